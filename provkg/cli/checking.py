"""The command that checks data against shapes, for people and for continuous integration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from click.core import ParameterSource

from provkg.cli.holding import tell
from provkg.cli.options import (
    ANY_PATH,
    TEXT,
    engine_option,
    example,
    format_option,
    level_option,
    rdf_format_option,
    skolemize_option,
    store_option,
)
from provkg.cli.prov_checking import check_prov
from provkg.cli.rdf_input import rdf_files
from provkg.cli.reading import reader, say_state
from provkg.errors import UsageError
from provkg.folder import Folder

if TYPE_CHECKING:
    from pyoxigraph import Quad, Triple

    from provkg.exchange.rdf import RdfFile
    from provkg.gate import OwnFiles, Verdict

    Checked = tuple[Verdict, Sequence[Triple]]
    """What was found, and in which data."""

# The names of `provkg.gate.report.REPORT_FORMATS`, not taken from there: that would import the gate for a help text.
REPORT_FORMATS: Final = ("text", "json", "turtle", "junit", "sarif", "github")
# The names of `provkg.score.showing.WRITERS`.
SCORE_FORMATS: Final = ("text", "json", "csv", "badge")
FORMATS: Final = tuple(dict.fromkeys((*REPORT_FORMATS, *SCORE_FORMATS)))


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE...]")
@level_option("standard", "What the data must say.")
@click.option(
    "--shapes",
    metavar="FILE",
    type=ANY_PATH,
    help="Check any data against these shapes instead, with nothing added.",
)
@click.option(
    "--prov",
    is_flag=True,
    help="Ask whether PROV documents (PROV-N, PROV-XML, PROV-JSON or RDF) are valid by PROV-CONSTRAINTS instead.",
)
@store_option
@engine_option
@rdf_format_option
@skolemize_option
@format_option(FORMATS, "How the report is written; csv and badge (SVG) with --explain.")
@click.option(
    "--explain",
    type=TEXT,
    metavar="NODE",
    help="Say how complete the record of NODE, a thing in the graph, and of all that it rests on is.",
)
@click.pass_context
@example(
    "provkg check --level audit records/*.ttl",
    "provkg check --level audit --explain digits-classifier@latest",
    "provkg check --format sarif run.ttl > provkg.sarif",
    "provkg check --shapes my-shapes.ttl data.ttl",
    "provkg check --prov experiment.provn",
)
def check(
    ctx: click.Context,
    files: tuple[str, ...],
    level: str,
    shapes: Path | None,
    prov: bool,  # noqa: FBT001  # click hands options over by name
    store: Path,
    engine: str,
    from_: str | None,
    skolemize: bool,  # noqa: FBT001  # click hands options over by name
    format_: str,
    explain: str | None,
) -> None:
    """Report what is missing from RDF files.

    Without FILE, the whole graph in the store is checked, in memory; of a large one, ask provkg audit. All files of one
    call are one data graph. What they refer to and nobody describes is a warning; with --store, it is looked up in that
    graph, whose own shapes (in its folder shapes/) hold too. With --explain, the fields that are asked of one thing and
    of all that it rests on are counted, and the missing ones named. Exits with 0 if the data conform, 1 if anything is
    missing, 3 if a file does not parse.
    """
    _check_format(format_, explain)
    if explain is not None:
        if files or shapes is not None or prov:
            raise UsageError("--explain counts in the graph; leave FILE, --shapes and --prov out")
        ctx.exit(_explain(explain, store, level, format_))
    if prov:
        check_prov(ctx, files, from_, format_)
    # A tenth of a second that help texts do without.
    from provkg.gate.report import write_report

    read = rdf_files(files, from_)
    if shapes is not None:
        verdict, data = _against(shapes, read, engine)
    elif read:
        named = ctx.get_parameter_source("store") != ParameterSource.DEFAULT
        verdict, data = _of_files(read, store if named else None, level, engine, skolemize=skolemize)
    else:
        verdict, data = _of_graph(store, level, engine)
    places, labels = (_places(read), _labels(verdict, data)) if verdict.found else ({}, {})
    click.echo(write_report(verdict.found, format_, places, labels), nl=False)
    click.echo(_summary(verdict, read, store), err=True)
    ctx.exit(0 if verdict.accepted else 1)


def _check_format(format_: str, explain: str | None) -> None:
    known = REPORT_FORMATS if explain is None else SCORE_FORMATS
    if format_ not in known:
        asked = "a report of what was found" if explain is None else "a score (--explain)"
        raise UsageError(f"{asked} is not written as {format_}; take one of {', '.join(known)}")


def _explain(thing: str, store: Path, level: str, format_: str) -> int:
    with reader(store) as opened:
        score = opened.score(thing, level)
        click.echo(score.text(format_), nl=False)
        say_state(f"{len(score):,} of {score.asked:,} field(s) missing", opened)
        return 0 if score.complete else 1


def _against(shapes: Path, files: Sequence[RdfFile], engine: str) -> Checked:
    from provkg.gate import validate

    if not files:
        raise UsageError("--shapes needs data to check; name at least one FILE")
    triples = [quad.triple for file in files for quad in file.quads(blank_nodes=True)]
    return validate(triples, shapes, engine), triples


def _of_files(files: Sequence[RdfFile], store: Path | None, level: str, engine: str, *, skolemize: bool) -> Checked:
    from provkg.entailment import unqualified
    from provkg.gate import check_data
    from provkg.identity import LEDGER_GRAPH, Names

    names = Names("https://provkg.invalid/", b"") if skolemize else None
    # What an export tells about records is provkg's own account of them, and none of what was said.
    about_records = f"/{LEDGER_GRAPH}>"
    read = (quad for file in files for quad in file.quads(skolemize=names))
    quads = [quad for quad in read if not str(quad.graph_name).endswith(about_records)]
    if store is None:
        kept = _as_kept(quads)
        return check_data(kept, level, engine), kept
    folder = Folder.find(store)
    own = _own_files(folder)
    said = _as_kept(quads, own)
    with reader(store) as opened:
        # The whole graph, not only the nodes referred to: some rules follow derivations to their source.
        known = opened.triples()
    # What the files and the graph say together, in parts of qualified relations, is judged as what the files say.
    whole = dict.fromkeys([*said, *known])
    said += [each for each in unqualified(whole) if each not in whole]
    return check_data(said, level, engine, known=known, extensions=own.shapes), [*said, *known]


def _own_files(folder: Folder) -> OwnFiles:
    """Return what is sound of the graph's own shapes and terms, and say what is not."""
    from provkg.gate import own_files

    own = own_files(folder.own_shapes, folder.own_ontology)
    for complaint in own.complaints:
        tell(complaint)
    return own


def _as_kept(quads: Sequence[Quad], own: OwnFiles | None = None) -> list[Triple]:
    """Return what the quads come to when a graph keeps them: closed, and with literals as they are stored."""
    from provkg.entailment import closed
    from provkg.graph.canonical import normalised

    triples = [quad.triple for quad in quads]
    return normalised(closed(own.terms.widened(triples) if own else triples))


def _of_graph(store: Path, level: str, engine: str) -> Checked:
    from provkg.gate import check_data

    with reader(store) as opened:
        data = opened.triples()
        verdict = check_data(data, level, engine, extensions=_own_files(Folder.find(store)).shapes)
        return opened.excused(verdict), data


def _labels(verdict: Verdict, data: Sequence[Triple]) -> dict[str, str]:
    from provkg.questions.labels import called

    return called({each.focus for each in verdict.found}, data)


def _places(files: Sequence[RdfFile]) -> Mapping[str, tuple[str, int]]:
    places: dict[str, tuple[str, int]] = {}
    for file in files:
        for subject, line in file.places().subjects.items():
            places.setdefault(subject, (file.name, line))
    return places


def _summary(verdict: Verdict, files: Sequence[RdfFile], store: Path) -> str:
    where = f"{len(files)} file(s)" if files else f"the graph {store}"
    return f"{len(verdict.problems)} problem(s), {len(verdict.warnings)} warning(s) in {where}"
