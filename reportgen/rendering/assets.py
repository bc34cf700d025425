"""Fonts and the Vega bundle.

Built once per version, kept in the user's cache, the same bytes always.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

from reportgen.config.resources import cache_dir, cached

BUILD = 4
"""The version of what this module builds; a cache never serves an older one."""
LATIN = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    0x2013,
    0x2014,
    0x2018,
    0x2019,
    0x201C,
    0x201D,
    0x2022,
    0x2026,
    0x2212,
]
LICENCES = Path(__file__).parent / "licences"
"""The notices of what a page brings along from others; they travel with it."""
PLEX = (
    "/*! IBM Plex. Copyright 2017 IBM Corp., with Reserved Font Name Plex. SIL Open Font License"
    " 1.1: https://openfontlicense.org. Cut to Latin letters. */"
)
"""What stands above the fonts of a page; each font holds the same in its own table of names."""
NOTICES = [13, 14]
"""The names of a font that hold its licence, beside the usual ones."""
FACES = (
    ("IBM Plex Serif", 400, "normal"),
    ("IBM Plex Serif", 600, "normal"),
    ("IBM Plex Sans", 0, "normal"),
)
"""Family, weight (0: the variable face) and style of what a page embeds."""


def font_file(family: str, weight: int, style: str = "normal") -> Path:
    """The TrueType file of a face from the font packages."""
    import fontpkg_ibm_plex_sans
    import fontpkg_ibm_plex_serif

    if "Serif" in family:
        name = {400: "Regular", 600: "SemiBold"}[weight]
        return Path(fontpkg_ibm_plex_serif.__file__).parent / "files" / f"IBMPlexSerif-{name}.ttf"
    slant = "-Italic" if style == "italic" else ""
    return (
        Path(fontpkg_ibm_plex_sans.__file__).parent / "files" / f"IBMPlexSans{slant}[wdth,wght].ttf"
    )


@cache
def font_folders() -> tuple[Path, ...]:
    """The folders with the fonts."""
    return tuple(sorted({font_file(*face).parent for face in FACES}))


@cache
def font_faces() -> str:
    """The ``@font-face`` rules of a page: faces cut to Latin letters, embedded."""
    rules = []
    for family, weight, style in FACES:
        name = f"{family}-{weight}-{style}".replace(" ", "")
        data = base64.b64encode(_cached(name, "woff", partial(_packed, family, weight, style)))
        span = "100 700" if weight == 0 else str(weight)
        url = f"url(data:font/woff;base64,{data.decode()}) format('woff')"
        face = f"font-family:'{family}';font-weight:{span};font-style:{style}"
        rules.append(f"@font-face{{{face};font-display:swap;src:{url}}}")
    return "\n".join([PLEX, *rules])


def _subset(family: str, weight: int, style: str) -> bytes:
    import io

    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(font_file(family, weight, style), recalcTimestamp=False)
    if "fvar" in font:
        from fontTools.varLib.instancer import instantiateVariableFont

        cut = io.BytesIO()  # the subsetter wants a font as read from a file
        instantiateVariableFont(font, {"wdth": 100, "wght": (400, 600)}).save(cut)
        font = TTFont(io.BytesIO(cut.getvalue()), recalcTimestamp=False)
    options = Options()
    options.layout_features = ["kern", "liga", "tnum", "lnum"]
    options.name_IDs = [*options.name_IDs, *NOTICES]
    options.drop_tables += ["meta"]
    options.hinting = False
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=LATIN)
    subsetter.subset(font)
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def _letters(family: str, weight: int, style: str) -> bytes:
    """The face with the letters of a page alone."""
    return _cached(
        f"{family}-{weight}-{style}".replace(" ", ""),
        "ttf",
        partial(_subset, family, weight, style),
    )


def _packed(family: str, weight: int, style: str) -> bytes:
    """The same, half as large: every browser unpacks it."""
    import io

    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(_letters(family, weight, style)), recalcTimestamp=False)
    font.flavor = "woff"
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


@cache
def vega_bundle() -> str:
    """The script that defines ``window.vegaEmbed`` and adds no other global.

    The notices of all packages in it stand at its head.
    """
    return _cached("vega", "js", _build_bundle).decode()


def _build_bundle() -> bytes:
    import vl_convert

    code: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    notices = (LICENCES / "vega.txt").read_text(encoding="utf-8").strip()
    # Only what would end the element is escaped: "</" is also part of
    # regular expressions.
    return re.sub(
        r"</(?=script)",
        r"<\\/",
        f"/*!\n{notices}\n*/\n(function(){{{code}}})();",
        flags=re.IGNORECASE,
    ).encode()


@cache
def chart_fonts() -> tuple[Path, ...]:
    """The folder of the faces that charts are set in.

    Small ones, for a converter reads them again for every label it measures.
    """
    paths = []
    for weight in (400, 600):
        _cached(
            f"charts-{_key()}/IBMPlexSans-{weight}",
            "ttf",
            partial(_static, weight),
        )
        paths.append(cache_dir() / f"charts-{_key()}" / f"IBMPlexSans-{weight}-{_key()}.ttf")
    return (paths[0].parent,) if all(p.is_file() for p in paths) else font_folders()


def _static(weight: int) -> bytes:
    """IBM Plex Sans at one *weight*, from the page's face, reduced to few letters."""
    import io

    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    family, _, style = FACES[-1]
    font = TTFont(io.BytesIO(_letters(family, 0, style)), recalcTimestamp=False)
    cut = io.BytesIO()
    instantiateVariableFont(font, {"wght": weight}, updateFontNames=True).save(cut)
    return cut.getvalue()


@cache
def advances() -> dict[str, float]:
    """How wide the letters of charts are, in parts of their size."""
    found: dict[str, float] = json.loads(_cached("advances", "json", _advances))
    return found


def _advances() -> bytes:
    import io

    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(_static(400)))
    metrics, unit = font["hmtx"].metrics, font["head"].unitsPerEm
    return json.dumps(
        {
            chr(code): round(metrics[glyph][0] / unit, 4)
            for code, glyph in font.getBestCmap().items()
        }
    ).encode()


@cache
def _key() -> str:
    made_by = "-".join(
        version(p)
        for p in (
            "vl-convert-python",
            "fonttools",
            "fontpkg-ibm-plex-sans",
            "fontpkg-ibm-plex-serif",
        )
    )
    return hashlib.sha256(f"{made_by}-{BUILD}-{LATIN}".encode()).hexdigest()[:12]


def _cached(name: str, suffix: str, build: Callable[[], bytes]) -> bytes:
    return cached(f"{name}-{_key()}.{suffix}", build)
