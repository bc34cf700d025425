"""Fonts and the Vega bundle: built once per version, kept in the user's cache, the same bytes always."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

from reportgen.resources import cache_dir

BUILD = 2
"""Counts changes of this module's own building, so that a cache never serves what an older version built."""
LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180), 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x2212]
FACES = (("IBM Plex Serif", 400, "normal"), ("IBM Plex Serif", 600, "normal"), ("IBM Plex Sans", 0, "normal"))
"""Family, weight (0: the variable face) and style of what a page embeds."""


def font_file(family: str, weight: int, style: str = "normal") -> Path:
    """The TrueType file of a face from the font packages."""
    import fontpkg_ibm_plex_sans
    import fontpkg_ibm_plex_serif

    if "Serif" in family:
        name = {400: "Regular", 600: "SemiBold"}[weight]
        return Path(fontpkg_ibm_plex_serif.__file__).parent / "files" / f"IBMPlexSerif-{name}.ttf"
    slant = "-Italic" if style == "italic" else ""
    return Path(fontpkg_ibm_plex_sans.__file__).parent / "files" / f"IBMPlexSans{slant}[wdth,wght].ttf"


@cache
def font_folders() -> tuple[Path, ...]:
    """The folders that hold the fonts."""
    return tuple(sorted({font_file(*face).parent for face in FACES}))


@cache
def font_faces() -> str:
    """The ``@font-face`` rules of a page, each face cut down to Latin letters and embedded."""
    rules = []
    for family, weight, style in FACES:
        name = f"{family}-{weight}-{style}".replace(" ", "")
        data = base64.b64encode(_cached(name, "ttf", partial(_subset, family, weight, style)))
        span = "100 700" if weight == 0 else str(weight)
        url = f"url(data:font/ttf;base64,{data.decode()}) format('truetype')"
        rules.append(f"@font-face{{font-family:'{family}';font-weight:{span};font-style:{style};font-display:swap;src:{url}}}")
    return "\n".join(rules)


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
    options.drop_tables += ["meta"]
    options.hinting = False
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=LATIN)
    subsetter.subset(font)
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


@cache
def vega_bundle() -> str:
    """The script that defines ``window.vegaEmbed``, wrapped so that it adds no other global."""
    return _cached("vega", "js", _build_bundle).decode()


def _build_bundle() -> bytes:
    import vl_convert

    code: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    # Only what would end the element is escaped: "</" is also part of regular expressions.
    return re.sub(r"</(?=script)", r"<\\/", f"(function(){{{code}}})();", flags=re.IGNORECASE).encode()


def _cached(name: str, suffix: str, build: Callable[[], bytes]) -> bytes:
    """The bytes of *build*, from the cache where they are there; an unwritable cache costs time, not the brief."""
    made_by = "-".join(version(p) for p in ("vl-convert-python", "fonttools", "fontpkg-ibm-plex-sans", "fontpkg-ibm-plex-serif"))
    key = hashlib.sha256(f"{made_by}-{BUILD}-{LATIN}".encode()).hexdigest()[:12]
    path = cache_dir() / f"{name}-{key}.{suffix}"
    if path.is_file():
        return path.read_bytes()
    data = build()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
        os.replace(file.name, path)  # noqa: PTH105 - the one atomic step
    except OSError:
        return data
    return data
