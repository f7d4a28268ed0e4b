"""Secrets stay out of records, and what only looks like one stays in."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provkg.capture.about import Telling
from provkg.capture.parameters import cleaned
from provkg.capture.secrets import REMOVED, filtered, filtered_arguments, filtered_text, without_credentials

# Put together here, so that no scanner takes this file for a leak.
GITHUB, AWS, SLACK = "gh" + "p_" + "a1B2" * 9, "AK" + "IA" + "IOSFODNN7EXAMPLE", "xo" + "xb-" + "123456789012-abcDEF"
HUGGING_FACE, OPENAI = "h" + "f_" + "AbCd1234" * 4, "s" + "k-" + "proj-" + "Ab1_" * 10
TOKEN = "ey" + "JhbGciOiJIUzI1NiJ9." + "ey" + "JzdWIiOiIxIn0." + "c2lnbmF0dXJl"
DENSE = "q7Xc9RtLp2Vw8ZsKd4Yb6NhMf1Gj3TeUa5Ro"
PEM = "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEow\n-----END RSA PRIVATE " + "KEY-----"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("password", "hunter2"),
        ("db_passwd", "x"),
        ("PASSWORD", "12345"),
        ("aws.secretKey", "abc"),
        ("apiKey", "abc"),
        ("api-key", "short"),
        ("wandb_api_key", "0123456789abcdef0123456789abcdef01234567"),
        ("hf_token", "abc"),
        ("accessToken", "abc"),
        ("client_secret", "abc"),
        ("credentials", "abc"),
        ("ssh_key", "AAAAB3NzaC1yc2E"),
        ("PGPWD", REMOVED),
        ("anything", GITHUB),
        ("anything", AWS),
        ("anything", SLACK),
        ("anything", HUGGING_FACE),
        ("anything", OPENAI),
        ("anything", TOKEN),
        ("anything", PEM),
        ("anything", DENSE),
    ],
)
def test_a_secret_is_removed_whole(name: str, value: str) -> None:
    assert filtered(name, value) == REMOVED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("num_memory_tokens", "16"),
        ("n_tokens", "4096"),
        ("max_tokens", "512"),
        ("tokenizer", "bert-base-uncased"),
        ("pad_token", "<pad>"),
        ("eos_token", "</s>"),
        ("mask_token", "[MASK]"),
        ("token_dropout", "0.1"),
        ("key_dim", "64"),
        ("num_key_value_heads", "8"),
        ("keypoints", "17"),
        ("sort_key", "timestamp"),
        ("monkey", "capuchin"),
        ("keyboard", "qwerty"),
        ("passes", "3"),
        ("compass", "north"),
        ("commit", "4f1c09d2a7b3e85c61d0f94e2b7a8c3d5e6f7081"),
        ("sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("run", "01a1fd6a-c71c-7ae1-b4eb-a7af54464da8"),
        ("model", "resnet50-imagenet-v2-finetuned-with-a-long-name-2026"),
        ("path", "/data/Projects/2026/Images/training-part-01/LabelsAndBoxes.parquet"),
        ("author", "Ada Lovelace"),
    ],
)
def test_what_only_looks_like_a_secret_stays(name: str, value: str) -> None:
    assert filtered(name, value) == value


def test_a_command_line_loses_its_secrets_and_nothing_else() -> None:
    said = ["train.py", "--epochs", "20", "--token", "abc", "--password=x", "API_KEY=abc", f"--url=https://u:p@h/{AWS}"]
    assert filtered_arguments(said) == [
        *("train.py", "--epochs", "20", "--token", REMOVED, f"--password={REMOVED}", f"API_KEY={REMOVED}"),
        f"--url=https://{REMOVED}@h/{REMOVED}",
    ]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("cannot reach https://me:pw@example.org/x", f"cannot reach https://{REMOVED}@example.org/x"),
        ("GET https://e.org/a?X-Amz-Signature=abc&n=1", f"GET https://e.org/a?X-Amz-Signature={REMOVED}&n=1"),
        ("AccountName=a;AccountKey=abc==;x=1", f"AccountName=a;AccountKey={REMOVED};x=1"),
        ("Authorization: Bearer abcdefghijklmnop", f"Authorization: Bearer {REMOVED}"),
        (f"token {GITHUB} is bad", f"token {REMOVED} is bad"),
    ],
)
def test_a_text_loses_what_has_the_shape_of_a_secret(text: str, clean: str) -> None:
    assert filtered_text(text) == clean


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://me:token@example.org/team/code.git", "https://example.org/team/code.git"),
        ("git@example.org:team/code.git", "example.org:team/code.git"),
        ("ssh://git@example.org:22/code", "ssh://example.org:22/code"),
        ("https://example.org/data?id=80&sig=abc", "https://example.org/data?id=80"),
        ("/srv/git/code@home", "/srv/git/code@home"),
    ],
)
def test_a_url_keeps_what_identifies_it_and_loses_its_credentials(url: str, clean: str) -> None:
    assert without_credentials(url) == clean


@given(st.text())
def test_any_text_is_filtered_without_an_error_and_only_once(text: str) -> None:
    assert filtered_text(filtered_text(text)) == filtered_text(text)


WANDB = "0123456789abcdef0123456789abcdef01234567"
COMMIT, DIGEST = "4f1c09d2a7b3e85c61d0f94e2b7a8c3d5e6f7081", "ab12" * 16


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        (["db", "-p", "hunter2", "x"], ["db", "-p", REMOVED, "x"]),
        (["db", "--password", "hunter2"], ["db", "--password", REMOVED]),
        (["db", "-p", "8080"], ["db", "-p", "8080"]),
        (["db", "-p", "data/train.csv"], ["db", "-p", "data/train.csv"]),
        (["curl", "-u", "ada:hunter2"], ["curl", "-u", f"ada:{REMOVED}"]),
        (["wandb", "login", WANDB], ["wandb", "login", REMOVED]),
        (["train.py", "--wandb-key", WANDB], ["train.py", "--wandb-key", REMOVED]),
        (["train.py", "--commit", COMMIT], ["train.py", "--commit", COMMIT]),
        (["train.py", "--revision", COMMIT, DIGEST], ["train.py", "--revision", COMMIT, DIGEST]),
    ],
)
def test_what_stands_after_an_option_is_known_by_it(arguments: list[str], kept: list[str]) -> None:
    assert filtered_arguments(arguments) == kept


def test_a_key_of_40_digits_is_told_from_a_commit_by_what_stands_before_it() -> None:
    assert WANDB not in filtered_text(f"uses WANDB_API_KEY={WANDB} for logging")
    assert WANDB not in filtered_text(f"my wandb login is {WANDB}")
    assert filtered("wandb", WANDB) == REMOVED
    commits = [f"built from commit {COMMIT}", f"the key change is commit {COMMIT}", f"wandb at revision {COMMIT}"]
    for text in (*commits, f"sha256 {DIGEST}", f"https://github.com/a/b/tree/{COMMIT}"):
        assert filtered_text(text) == text
    assert filtered("git_commit", COMMIT) == COMMIT


def test_lists_and_numbers_under_a_secret_name_are_secrets_too() -> None:
    params = {
        "password": ["a", "b"],
        "db_password": 12345,
        "command": ["db", "--password", "hunter2"],
        "token_ids": [1],
    }
    assert cleaned(params) == {
        "password": [REMOVED, REMOVED],
        "db_password": REMOVED,
        "command": ["db", "--password", REMOVED],
        "token_ids": [1],
    }
    plain = {"sizes": [64, 32], "names": ["a", "b"], "commits": [COMMIT], "max_tokens": 512, "key_dim": 64}
    assert cleaned(plain) == plain


def test_a_mark_is_not_marked_again() -> None:
    line = ["train.py", "--api-key", OPENAI, "-H", "Authorization: Bearer abc.def", "x"]
    once = shlex.join(filtered_arguments(line))
    assert once == "train.py --api-key '[secret removed]' -H 'Authorization: Bearer [secret removed]' x"
    assert filtered_text(once) == once


def test_a_token_in_a_description_is_removed() -> None:
    told = Telling({"description": f"uploads with {GITHUB}, from {COMMIT}"}, learns=False, seed_scope="global")
    assert told.description == f"uploads with {REMOVED}, from {COMMIT}"
