"""What an answer rests on: the statements that its query met, the records that state them, and a proof of these."""

from provkg.evidence.again import asks_of_records, follows
from provkg.evidence.behind import Behind
from provkg.evidence.looking import matching
from provkg.evidence.records import Evidence, answer_in, evidence

__all__ = ["Behind", "Evidence", "answer_in", "asks_of_records", "evidence", "follows", "matching"]
