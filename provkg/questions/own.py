"""A new question of a graph's owner: three files to go on from, which answer each other as they are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

from provkg.durable import write_durably
from provkg.errors import BadParameter, StorageFailed
from provkg.questions.library import DEFAULT_THEME, shipped_files
from provkg.vocabulary import NAMESPACES

_NAME: Final = re.compile(r"(?:([a-z][a-z0-9-]*)/)?([a-z][a-z0-9-]*?)(?:\.rq)?")
_QUESTION: Final = f"""\
#+ summary: Which models were trained on this data?
#+ description: One row per model. Empty when no model was trained on it.
#+ tags: [%(theme)s]
#+ x-provkg:
#+   params:
#+     data: {{type: iri, class: prov:Entity, description: a version of data}}
#+   columns: {{model: iri, framework: string}}
PREFIX pvk: <{NAMESPACES["pvk"]}>
SELECT DISTINCT ?model ?framework WHERE {{
  ?model pvk:trainedOn ?_data_iri .
  OPTIONAL {{ ?model pvk:framework ?framework }}
}} ORDER BY ?model ?framework
"""
_EXPECTED: Final = """\
# asked of = %(name)s.data.ttl
# data = rows
model\tframework
<model/first>\t"scikit-learn"
<model/second>\t
"""
_DATA: Final = """\
# A few facts that the question is asked of, instead of the graph: the prefixes of provkg are known here.
<data/rows> a pvk:DatasetVersion ; dct:title "rows" .
<model/first> a pvk:ModelVersion ; pvk:trainedOn <data/rows> ; pvk:framework "scikit-learn" .
<model/second> a pvk:ModelVersion ; pvk:trainedOn <data/rows> .
<model/third> a pvk:ModelVersion ; pvk:framework "torch" .
"""


class NewQuestion(NamedTuple):
    """The files of a new question: its text, its expected answer, and the facts that this is the answer of."""

    question: Path
    expected: Path
    data: Path


def new_question(folder: Path, name: str) -> NewQuestion:
    """Make the question `theme/name`, or `name` among the `own`, below `folder`, the queries of a graph.

    Raises `BadParameter` for a name that is none, one of a file that is there, or one of a shipped question.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise BadParameter(f"{name!r} is no name for a question; write small letters, digits and -, like own/late-runs")
    said = {"theme": match[1] or DEFAULT_THEME, "name": match[2]}
    if (path := f"{said['theme']}/{said['name']}") in shipped_files():
        cure = f"give another name, such as {DEFAULT_THEME}/{said['name']}, or copy the shipped one there to change it"
        raise BadParameter(f"{path} is a shipped question, and yours would take its place; {cure}")
    place = folder / said["theme"]
    made = NewQuestion(*(place / f"{said['name']}{ending}" for ending in (".rq", ".tsv", ".data.ttl")))
    if there := next((file for file in made if file.exists()), None):
        raise BadParameter(f"{there} is there already; choose another name, or go on with that one")
    try:
        place.mkdir(parents=True, exist_ok=True)
        for file, text in zip(made, (_QUESTION, _EXPECTED, _DATA), strict=True):
            write_durably(file, (text % said).encode())
    except OSError as error:
        raise StorageFailed(f"cannot write into {place}: {error.strerror}") from None
    return made
