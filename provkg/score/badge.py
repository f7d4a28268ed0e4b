"""A badge for a page or a README: a label and a percentage, as SVG that needs nothing from elsewhere."""

from __future__ import annotations

from html import escape
from typing import Final

# White text on each has a contrast of at least 4.5 to 1 (WCAG 2.2, success criterion 1.4.3).
COLOURS: Final = ((100, "#2e7d32"), (90, "#4a7a1e"), (75, "#8a6100"), (50, "#a84300"), (0, "#b3261e"))
_LETTER, _PADDING, _HEIGHT = 6.6, 7.0, 20
# XML 1.0 cannot hold control characters, not even escaped ones (section 2.2).
_UNPRINTABLE: Final = dict.fromkeys((*range(0x20), 0x7F, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF), "\ufffd")


def badge(label: str, percent: int, title: str) -> str:
    """Return the badge; `title` is what a screen reader says and what shows under the pointer."""
    value = f"{percent} %"
    left, right = _width(label), _width(value)
    width = left + right
    # Several badges may stand in one page, where the first of an id counts: the same id is then the same shape.
    corners = f"badge-{width * 10:.0f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{_HEIGHT}" role="img" '
        f'aria-label="{_xml(title)}">\n'
        f"  <title>{_xml(title)}</title>\n"
        f'  <clipPath id="{corners}"><rect width="{width:g}" height="{_HEIGHT}" rx="3"/></clipPath>\n'
        f'  <g clip-path="url(#{corners})">\n'
        f'    <rect width="{left:g}" height="{_HEIGHT}" fill="#3c4043"/>\n'
        f'    <rect x="{left:g}" width="{right:g}" height="{_HEIGHT}" fill="{colour(percent)}"/>\n'
        f"  </g>\n"
        f'  <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">\n'
        f"    {_text(label, left / 2, left)}\n"
        f"    {_text(value, left + right / 2, right)}\n"
        f"  </g>\n"
        f"</svg>\n"
    )


def colour(percent: int) -> str:
    """Return the colour of a percentage: green only where nothing is missing."""
    return next(shade for least, shade in COLOURS if percent >= least)


def _text(text: str, middle: float, width: float) -> str:
    # textLength: fonts differ, the boxes do not.
    length = max(width - 2 * _PADDING, 0)
    return f'<text x="{middle:g}" y="14" textLength="{length:g}">{_xml(text)}</text>'


def _width(text: str) -> float:
    return round(len(text) * _LETTER + 2 * _PADDING, 1)


def _xml(text: str) -> str:
    return escape(text.translate(_UNPRINTABLE))
