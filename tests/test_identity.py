"""The same thing has the same IRI, and another thing another."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from provkg.identity import Names, canonical_json, file_iri, kebab_case

NAMES = Names("https://example.org/kg/", b"salt" * 8)
FIELDS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"])) | st.integers() | st.booleans() | st.none(), max_size=4
)


@given(FIELDS, FIELDS)
def test_two_things_share_an_iri_only_when_all_fields_are_equal(
    a: list[str | int | bool | None], b: list[str | int | bool | None]
) -> None:
    same = canonical_json(a) == canonical_json(b)
    assert (NAMES.iri("dataset", a) == NAMES.iri("dataset", b)) == same


def test_fields_do_not_run_into_each_other() -> None:
    assert NAMES.iri("dataset", ["ab", "c"]) != NAMES.iri("dataset", ["a", "bc"])


def test_another_salt_gives_other_names_so_that_erased_text_cannot_be_guessed() -> None:
    assert NAMES.key(["Ada"]) != Names(NAMES.base, b"pepper").key(["Ada"])


def test_an_iri_shows_base_and_kind_and_a_whole_digest() -> None:
    base, _, key = NAMES.iri("training-run", ["1"]).value.rpartition("/")
    assert base == "https://example.org/kg/training-run"
    assert len(key) == 64
    assert int(key, 16) >= 0


def test_a_file_is_named_by_its_bytes_as_rfc_6920_says() -> None:
    # The example of RFC 6920, section 8.1: the SHA-256 of "Hello World!".
    digest = sha256(b"Hello World!").hexdigest()
    assert file_iri(digest).value == "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"


def test_class_names_become_kebab_case() -> None:
    assert [kebab_case(name) for name in ("Run", "TrainingRun", "DatasetVersion")] == [
        "run",
        "training-run",
        "dataset-version",
    ]
