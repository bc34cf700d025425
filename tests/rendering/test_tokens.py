"""The colours of the look.

Letters and marks stand out from their ground in both themes, for every eye.
"""

from __future__ import annotations

import itertools
import re

import pytest

from reportgen.config.resources import tokens

THEMES = ("light", "dark")
LETTERS = ("ink", "muted", "accent", "second", "third", "gain", "loss")
GROUNDED = [(theme, role, "paper") for theme in THEMES for role in LETTERS]
NOTICES = [("light", "paper", "ink"), ("dark", "paper", "ink"), ("dark", "ink", "rule")]
DEFICIENT = {  # Machado, Oliveira and Fernandes 2009, full severity, on linear RGB
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def linear(colour):
    """The linear red, green and blue of a colour such as #0B4F9C."""
    return [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (byte / 255 for byte in bytes.fromhex(colour[1:]))
    ]


def contrast(one, other):
    """The contrast of two colours as WCAG defines it."""
    light, dark = sorted(
        (
            sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(x), strict=True))
            for x in (one, other)
        ),
        reverse=True,
    )
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    """CIELAB of linear red, green and blue under daylight."""
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    x, y, z = (
        max(0.0, sum(m * c for m, c in zip(row, rgb, strict=True))) / white
        for row, white in zip(rows, (0.9505, 1.0, 1.089), strict=True)
    )
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize(("theme", "letters", "ground"), GROUNDED + NOTICES)
def test_letters_have_a_contrast_of_four_and_a_half(theme, letters, ground):
    """Text is readable on its ground, also in the bar above the headline."""
    assert contrast(tokens()[theme][letters], tokens()[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_the_series_of_a_chart_differ_for_every_kind_of_colour_vision(theme):
    """Lines, which have labels of their own too, stay apart for protanopes, deuteranopes
    and tritanopes.
    """
    for kind, matrix in DEFICIENT.items():
        seen = {
            r: lab(
                [
                    sum(m * c for m, c in zip(row, linear(tokens()[theme][r]), strict=True))
                    for row in matrix
                ]
            )
            for r in ("accent", "second", "third")
        }
        for one, other in itertools.combinations(seen, 2):
            apart = sum((a - b) ** 2 for a, b in zip(seen[one], seen[other], strict=True)) ** 0.5
            assert apart >= 8, f"{kind}: {one} and {other} are {apart:.1f} apart"


def test_both_themes_have_the_same_roles_in_full_hex():
    """A role that one theme lacks would be drawn in the other's colour."""
    assert list(tokens()["light"]) == list(tokens()["dark"])
    assert all(
        re.fullmatch(r"#[0-9A-F]{6}", colour)
        for theme in tokens().values()
        for colour in theme.values()
    )
    assert all(len(set(theme.values())) == len(theme) for theme in tokens().values())
