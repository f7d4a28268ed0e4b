"""Labels of a picture are broken into lines and measured, so that boxes hold them and no version is cut off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provkg.lineage.lettering import MOST_LETTERS, MOST_LINES, lines, width


@pytest.mark.parametrize(
    ("name", "version", "shown"),
    [
        ("digits", "1.0", ["digits@1.0"]),
        ("split digits", None, ["split digits"]),
        ("digits-classifier", "2026-11-21T120855-6", ["digits-classifier", "@2026-11-21T120855-6"]),
        (
            "https://archive.example.org/dataset/80/digits",
            None,
            ["https://archive.example.org/", "dataset/80/digits"],
        ),
    ],
)
def test_a_long_label_goes_on_below(name: str, version: str | None, shown: list[str]) -> None:
    assert lines(name, version) == shown


@given(st.text("abc-/. @", max_size=90), st.none() | st.text("0123-T", min_size=1, max_size=30))
def test_no_line_is_too_long_and_no_version_is_cut(name: str, version: str | None) -> None:
    shown = lines(name, version)
    assert len(shown) <= MOST_LINES
    assert all(len(line) <= MOST_LETTERS for line in shown)
    if version is not None and len(version) < MOST_LETTERS:
        assert shown[-1].endswith(f"@{version}")


def test_what_is_broken_into_few_lines_loses_nothing() -> None:
    name = "validation part of the digits, scaled and reduced"
    assert "".join(lines(name, "b0d4013f4023")).replace(" ", "") == f"{name}@b0d4013f4023".replace(" ", "")


def test_letters_are_as_wide_as_they_are() -> None:
    assert width("iiii", 12) < width("aaaa", 12) < width("WWWW", 12)
    assert width("数", 12) > width("a", 12)
    assert width("e\u0301", 12) == width("e", 12), "an accent of its own takes no room"
    assert width("ab", 24) == 2 * width("ab", 12)
