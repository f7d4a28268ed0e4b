"""Who started this process and answers for it: the OS account, or the CI system and the person behind it."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from provkg import vocabulary
from provkg.capture.wording import worded
from provkg.records import Agent, Iri, Orchestrator, Organization, Person, ServiceAccount, Team

NAMED: Final = "name"
KINDS: Final[dict[str, type[Agent]]] = {
    "person": Person,
    "team": Team,
    "organization": Organization,
    "account": ServiceAccount,
    "orchestrator": Orchestrator,
}


# Where other CI systems put the id of a job, or of the build that it is part of.
JOB_VARIABLES: Final = (
    "CI_JOB_ID",
    "BUILDKITE_JOB_ID",
    "CIRCLE_WORKFLOW_JOB_ID",
    "TRAVIS_JOB_ID",
    "BUILD_BUILDID",
    "CODEBUILD_BUILD_ID",
    "BUILD_TAG",
    "BUILD_ID",
)


@dataclass(frozen=True)
class Involved:
    """The agents of a run and how it was set off."""

    triggered_by: Agent
    executed_by: Agent
    trigger: Iri | None = None
    external_id: str | None = None

    @property
    def absent(self) -> tuple[Iri, ...]:
        """What an orchestrator is expected to tell and did not: the id of its job."""
        nameless = isinstance(self.executed_by, Orchestrator) and self.external_id is None
        return (Iri(vocabulary.externalId.value),) if nameless else ()


def agent(said: str | Agent) -> Agent:
    """Return the agent that `said` names: `Ada Lovelace`, or with its kind `team:vision`, `organization:ACME`."""
    if isinstance(said, Agent):
        return said
    said = worded(said, "the name of who is responsible or acts")
    kind, colon, name = said.partition(":")
    if colon and kind in KINDS:
        return KINDS[kind](issuer=NAMED, subject=name, name=name)
    return Person(issuer=NAMED, subject=said, name=said)


def involved(told: str | Agent | None, environment: Mapping[str, str] = os.environ) -> Involved:
    """Return who is involved: `told` where the user said so, else what CI variables or the OS say."""
    found = _ci(environment) or Involved(_account(), _account(), _by_hand())
    if told is None:
        return found
    return Involved(agent(told), agent(told), found.trigger, found.external_id)


def _ci(environment: Mapping[str, str]) -> Involved | None:
    if environment.get("GITHUB_ACTIONS"):
        host = urlsplit(environment.get("GITHUB_SERVER_URL", "https://github.com")).hostname or "github.com"
        place = environment.get("GITHUB_WORKFLOW_REF") or environment.get("GITHUB_REPOSITORY", "actions")
        return _run_by(host, place.partition("@")[0], environment.get("GITHUB_ACTOR"), environment.get("GITHUB_RUN_ID"))
    if environment.get("GITLAB_CI"):
        host = environment.get("CI_SERVER_HOST", "gitlab")
        place = environment.get("CI_PROJECT_PATH", "ci")
        return _run_by(host, place, environment.get("GITLAB_USER_LOGIN"), environment.get("CI_JOB_ID"))
    if environment.get("JENKINS_URL"):
        host = urlsplit(environment["JENKINS_URL"]).hostname or "jenkins"
        return _run_by(host, environment.get("JOB_NAME", "job"), None, environment.get("BUILD_TAG"))
    if environment.get("CI", "").lower() in {"1", "true", "yes"}:
        job = next((environment[name] for name in JOB_VARIABLES if environment.get(name)), None)
        return _run_by(socket.gethostname(), "ci", None, job)
    return None


def _run_by(host: str, place: str, person: str | None, job: str | None) -> Involved:
    behind: Agent = Person(issuer=host, subject=person) if person else _account()
    system = Orchestrator(issuer=host, subject=place, on_behalf_of=behind)
    return Involved(behind if person else system, system, Iri(vocabulary.TriggerKind_ci.value), job)


def _account() -> Agent:
    return Person(issuer=socket.gethostname(), subject=_user_name())


def _user_name() -> str:
    import pwd  # not on every platform

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container user without an entry
        return f"uid-{os.getuid()}"


def _by_hand() -> Iri | None:
    # Without a terminal it may be cron as well as a person's editor, so nothing is said.
    interactive = hasattr(sys, "ps1") or (sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty())
    return Iri(vocabulary.TriggerKind_manual.value) if interactive else None
