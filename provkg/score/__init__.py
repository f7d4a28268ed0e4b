"""How complete the record of a thing is: points for the fields that are asked of it and of what it rests on."""

from provkg.score.projects import PERIODS
from provkg.score.score import KindScore, Missing, NodeScore, Score
from provkg.score.scores import Lacking, PeriodScore, Scores
from provkg.score.scoring import score, scores

__all__ = [
    "PERIODS",
    "KindScore",
    "Lacking",
    "Missing",
    "NodeScore",
    "PeriodScore",
    "Score",
    "Scores",
    "score",
    "scores",
]
