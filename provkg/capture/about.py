"""What every run says about itself: who, when, with which code, environment, libraries and parameters."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, TypedDict

from provkg.capture.agents import Involved, agent
from provkg.capture.clusters import job_ids, namespace
from provkg.capture.defaults import defaults, told_everywhere
from provkg.capture.facts import facts, people, this_command, this_node
from provkg.capture.handles import ExperimentHandle
from provkg.capture.packages import package
from provkg.capture.parameters import cleaned, mapped
from provkg.capture.secrets import filtered
from provkg.capture.seeds import seeds_set, watch_seeds
from provkg.capture.session import Session
from provkg.capture.told import agreed, completed, told
from provkg.capture.trouble import attempt, trouble
from provkg.capture.wording import text_if_any
from provkg.facts_file import Fact
from provkg.records import (
    Agent,
    Experiment,
    ParameterSetting,
    Project,
    SeedSetting,
    SoftwarePackage,
    Tag,
    settings,
)

if TYPE_CHECKING:
    from provkg.capture.blocks import RunBlock  # which builds on this module

Params = Mapping[str, Any]
Library = str | ModuleType | Sequence[str | ModuleType]


class About(TypedDict, total=False):
    """The keyword arguments that every block takes."""

    params: Params | None
    """Parameters by name; nested ones get dotted names, `seed` and `random_state` count as seeds."""
    seed: int | None
    library: Library | None
    """The package that does the work: its name, its module, or several."""
    experiment: str | ExperimentHandle | None
    project: str | None
    responsible: str | Agent | None
    """Who answers for the run: a name, or `team:…`, `organization:…`."""
    description: str | None
    energy: bool | str | None
    """Whether CodeCarbon tells what energy the run takes: True or "process", "machine", or False."""
    within: RunBlock | None
    """The run that this one is a part of, where that is not the block around it: a new thread is in none.

    (`contextvars.copy_context().run` takes the block around it along into a thread.)
    """


RESOLVED: Final = frozenset({"parameters", "libraries", "experiment", "responsible"})
"""What `Telling` takes from `provkg.toml` itself: it is more than a value where the code says nothing."""


class Telling:
    """What is said of one run; parameters and libraries may come while it goes on."""

    def __init__(self, about: About, *, learns: bool, seed_scope: str, title: str = "") -> None:
        if unknown := about.keys() - About.__annotations__.keys():
            raise TypeError(f"got an unexpected keyword argument {min(unknown)!r}")
        self.project = text_if_any(about.get("project"), "project=") or defaults().project
        facts = attempt("read what is told of the run", lambda: told("runs", title)) or {}
        self.experiment = self._in_experiment(title, about.get("experiment"))
        self.energy = about.get("energy")
        self.params: dict[str, Any] = {}
        self.libraries: dict[SoftwarePackage, None] = {}
        self.deterministic: bool | None = None
        self.seeds: dict[str, SeedSetting] = {}
        self.description = text_if_any(about.get("description"), "description=")
        self._responsible = attempt("name the responsible", lambda: _responsible(title, about.get("responsible")))
        self._external_ids: dict[str, None] = {}
        self._tags: dict[str, str] = {}
        self._learns, self._seed_scope = learns, seed_scope
        if (seed := about.get("seed")) is not None:
            self.add_params({"seed": seed})
        self.params = {**_value(facts, "parameters", {}), **self.params}
        if (params := about.get("params")) is not None:
            attempt("record parameters", lambda: self.add_params(params))
        attempt("name the library", lambda: self.add_libraries(about.get("library")))
        self.libraries |= dict.fromkeys(_value(facts, "libraries", ()))

    def _in_experiment(self, title: str, said: str | ExperimentHandle | None) -> str | ExperimentHandle | None:
        given = said if isinstance(said, ExperimentHandle) else text_if_any(said, "experiment=")
        said = given or told_everywhere("experiment")
        name = said.name if isinstance(said, ExperimentHandle) else said
        known = agreed("runs", title, "experiment", Experiment(name=str(name)) if name else None)
        return said or (known.name if known is not None else defaults().experiment)

    def add_params(self, params: Params) -> None:
        """Take more parameters; one that cannot be recorded is said and left out."""
        self.params.update(attempt("record parameters", lambda: cleaned(mapped(params))) or {})

    def add_libraries(self, library: Library | None) -> None:
        """Take more libraries; says so when one is not installed."""
        for name in _names(library):
            if (found := package(name)) is not None:
                self.libraries[found] = None
            else:
                trouble(f"library {name!r} is not an installed package; it is left out", kind=f"library {name}")

    def add_external_id(self, external_id: str) -> None:
        """Take what another system calls the run, with the system's name: `mlflow:<run id>`."""
        self._external_ids[str(external_id)] = None

    def add_tag(self, key: str, value: Any) -> None:
        """Take a tag; said again it takes the place of the one before."""
        self._tags[str(key)] = str(filtered(str(key), str(value)))

    def settings(self) -> tuple[ParameterSetting, ...]:
        """Return the parameters as settings."""
        return settings(self.params, learning=self._learns, seed_scope=self._seed_scope)

    def begin(self) -> None:
        """Take the seeds that hold when the run begins."""
        watch_seeds()
        self.seeds = {seed.name: seed for seed in seeds_set()}

    def all_settings(self) -> tuple[ParameterSetting, ...]:
        """Return the parameters, and the seeds of the process where none of them is the same."""
        said = self.settings()
        facts = {(each.name, each.value_text) for each in said}
        return (*said, *(seed for seed in self.seeds.values() if (seed.name, seed.value_text) not in facts))

    def answerable(self) -> tuple[Agent, ...]:
        """Return whom an output is attributed to: who set the run off, and who answers for it."""
        return tuple(dict.fromkeys(who for who in (people().triggered_by, self._responsible) if who is not None))

    def fields(self, own: Session, patience: float) -> dict[str, Any]:
        """Return the fields that all kinds of runs share; waits at most `patience` for those that take long."""
        known, who, command = facts(patience), people(), this_command()
        return {
            "description": self.description,
            "triggered_by": who.triggered_by,
            "executed_by": _executed_by(who),
            "responsible": self._responsible,
            "trigger": who.trigger,
            "external_id": (*filter(None, [who.external_id]), *job_ids(os.environ), *self._external_ids),
            "tags": tuple(Tag(key=key, value=value) for key, value in self._tags.items()),
            "absent": who.absent,
            "experiment": self._experiment(),
            "code": own.introductions.code(known),
            "entry_point": command.entry_point,
            "command_line": command.line,
            "environment": own.introductions.environment(known),
            "node": this_node(),
            "libraries": tuple(self.libraries),
            "is_deterministic": self.deterministic,
            "parameters": self.all_settings(),
        }

    def _experiment(self) -> Experiment | None:
        if isinstance(self.experiment, ExperimentHandle):
            return self.experiment.said
        if not self.experiment:
            return None
        name = str(self.experiment)
        said = Experiment(name=name, project=Project(name=self.project) if self.project else None)
        return completed(said, "experiments", name)


def _responsible(title: str, said: str | Agent | None) -> Agent | None:
    said = said or told_everywhere("responsible")
    known: Agent | None = agreed("runs", title, "responsible", agent(said) if said else None)
    everywhere = defaults().responsible
    return known or (agent(everywhere) if everywhere else None)


def _value(facts: Mapping[str, Fact], key: str, default: Any) -> Any:
    return facts[key].value if key in facts else default


def _executed_by(who: Involved) -> Agent | tuple[Agent, ...]:
    around = namespace(os.environ)
    return (who.executed_by, around) if around is not None else who.executed_by


def _names(library: Library | None) -> Iterator[str]:
    if library is None:
        return
    for each in [library] if isinstance(library, str | ModuleType) else library:
        yield each.__name__ if isinstance(each, ModuleType) else each
