"""Secrets of every format that people meet are removed wherever they stand, and what only looks like one stays."""

from __future__ import annotations

import json
import shlex
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from provkg.capture.parameters import cleaned
from provkg.capture.secrets import filtered, filtered_arguments, filtered_text, without_known
from provkg.capture.secrets.commands import OPTIONS
from provkg.capture.secrets.density import is_dense
from provkg.capture.secrets.shapes import SHAPES
from tests.secrets.drawing import Secret, secrets

SECRETS = secrets()
LOOK_ALIKES = tomllib.loads((Path(__file__).parent / "secrets" / "look_alikes.toml").read_text("utf-8"))
PARAMETERS: dict[str, str] = LOOK_ALIKES["parameters"]
TEXTS: dict[str, str] = LOOK_ALIKES["texts"]
EACH = pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret.name.replace(" ", "-"))


def test_the_corpus_is_as_large_as_it_is_said_to_be() -> None:
    assert len({secret.name for secret in SECRETS}) == len(SECRETS) > 180
    assert all(secret.drawn for secret in SECRETS), "each has a part that is searched for"
    assert len(PARAMETERS) + len(TEXTS) > 140


@EACH
@pytest.mark.parametrize(
    "place",
    [
        "{}",
        "see {} for more",
        "RuntimeError: cannot use '{}' here",
        "+++ b/settings.txt\n@@ -0,0 +1 @@\n+{}\n",
    ],
    ids=["alone", "prose", "error", "patch"],
)
def test_a_secret_in_a_text_is_removed(secret: Secret, place: str) -> None:
    text = secret.text.replace("\n", "\n+") if "+++" in place else secret.text
    assert secret.left_in(filtered_text(place.replace("{}", text))) == []


@EACH
def test_a_secret_in_a_notebook_is_removed(secret: Secret) -> None:
    cell = {"cell_type": "code", "source": [f"{line}\n" for line in secret.text.split("\n")]}
    assert secret.left_in(filtered_text(json.dumps({"cells": [cell]}))) == []
    assert secret.left_in(filtered_text(json.dumps({"cells": [{**cell, "source": secret.text}]}))) == []


@EACH
def test_a_secret_on_a_command_line_is_removed(secret: Secret) -> None:
    lines = [["train.py", secret.text], ["train.py", "--note", secret.text], ["train.py", f"--note={secret.text}"]]
    if secret.text.split()[0] in OPTIONS:
        lines.append(shlex.split(secret.text))
    if secret.named is not None:
        option = f"--{secret.named.lower().replace('_', '-')}"
        lines = [["train.py", option, secret.value], ["train.py", f"{option}={secret.value}"], *lines]
    for line in lines:
        assert secret.left_in("\0".join(filtered_arguments(line))) == [], line


@EACH
def test_a_secret_among_parameters_is_removed(secret: Secret) -> None:
    name = secret.named or "note"
    value = secret.value if secret.named else secret.text
    params = {"outer": {name: value, "deep": [{name: value}]}, name: value}
    assert secret.left_in(repr(cleaned(params))) == []


@pytest.mark.parametrize("seed", range(5))
def test_other_draws_of_the_same_formats_are_removed_too(seed: int) -> None:
    left = [secret.name for secret in secrets(seed) if secret.left_in(filtered_text(secret.text))]
    assert left == []


def test_random_words_without_any_context_are_nearly_all_recognised() -> None:
    words = [secret.value for seed in range(500) for secret in secrets(seed) if secret.name.startswith("random word")]
    assert len(words) == 500
    assert sum(is_dense(word) for word in words) >= 0.98 * len(words)


# --- what stays


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_that_only_looks_like_a_secret_stays(name: str) -> None:
    value = PARAMETERS[name]
    assert filtered(name, value) == value
    assert filtered_text(value) == value
    assert filtered_text(f"{name}: {value}\n") == f"{name}: {value}\n"
    assert filtered_text(json.dumps({name: value}, ensure_ascii=False)) == json.dumps({name: value}, ensure_ascii=False)
    assert filtered_arguments([f"--{name}", value, f"--{name}={value}"]) == [f"--{name}", value, f"--{name}={value}"]
    assert cleaned({"model": {name: value}}) == {"model": {name: value}}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_without_secrets_stays(name: str) -> None:
    assert filtered_text(TEXTS[name]) == TEXTS[name]
    assert cleaned({f"about {name}": TEXTS[name]}) == {f"about {name}": TEXTS[name]}


def test_provkgs_own_source_loses_nothing_but_what_a_secret_is_said_to_look_like() -> None:
    files = [file for file in (Path(__file__).parent.parent / "provkg").rglob("*.py") if file.parent.name != "secrets"]
    assert len(files) > 100
    changed = {file.name for file in files if filtered_text(file.read_text("utf-8")) != file.read_text("utf-8")}
    assert changed == set()


# --- how long it takes

LONG = 100_000
SECONDS = 20
"""Many times what it takes, and far less than a search that looks at everything for every letter would."""
PIECES = sorted({letters for letters, _ in SHAPES} | {"://", ":a@", "curl -u ", "password", "--password ", "machine "})
PIECES += ["-----BEGIN RSA PRIVATE KEY-----", "-----END", "key", "wandb ", "cookie: ", "Basic ", "Private-Lines: 1\n"]
PIECES += ['"', "'", "\\", "=", "?sig=", ":", "data:image/png;base64,", "a" * 75, "A1b2C3d4", " ", "\n", "0f" * 20, "/"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=5))
@example(["-----BEGIN RSA PRIVATE KEY-----"])
@example(["docker login ", "A1b2C3d4"])
@example(["eyJ", "."])
@example(["://", ":"])
def test_no_text_takes_long_however_it_is_made(pieces: list[str]) -> None:
    text = "".join(pieces)
    began = time.process_time()
    filtered_text((text * (LONG // len(text) + 1))[:LONG])
    assert time.process_time() - began < SECONDS


@given(st.text(), st.sampled_from(SECRETS))
def test_what_is_a_secret_wherever_it_stands_is_removed_once_and_for_all(text: str, secret: Secret) -> None:
    once = without_known(f"{text} {secret.text}")
    assert without_known(once) == once
