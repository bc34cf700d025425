"""The notices of what a page brings along from others: Vega, D3 and the fonts."""

import io
import mmap
import re
import tomllib
from pathlib import Path

import vl_convert
from fontTools.ttLib import TTFont

from reportgen.rendering import assets

ROOT = Path(__file__).parents[2]
PACKAGE = re.compile(rb"npm/((?:@[a-z-]+/)?[a-zA-Z0-9._-]+)@(\d+\.\d+\.\d+)")
"""How the converter names a package that it holds, and its version."""


def folded(name):
    return " ".join((assets.LICENCES / name).read_text().split())


def bundled():
    """The packages in the converter's library, each with its version.

    It holds older versions of Vega-Lite, of which the script of a page has none.
    """
    (library,) = Path(vl_convert.__file__).parent.glob("vl_convert*.so")
    with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found = {(name.decode(), version.decode()) for name, version in PACKAGE.findall(data)}
    newest = max(vl_convert.get_vegalite_versions(), key=lambda text: [*map(int, text.split("."))])
    return {one for one in found if one[0] != "vega-lite" or one[1].startswith(f"{newest}.")}


def test_the_notice_names_each_package_of_the_script():
    """With its version, as the installed converter holds it."""
    packages, notice = bundled(), folded("vega.txt")
    assert len(packages) > 50
    assert {f"{name} {version}" for name, version in packages} == set(
        re.findall(r"[a-z][\w.-]* \d+\.\d+\.\d+\b", notice)
    )


def test_the_notice_has_the_terms_of_each_licence():
    notice = folded("vega.txt")
    for words in (
        "Redistributions in binary form must reproduce the above copyright notice",
        "University of Washington Interactive Data Lab",
        "provided that the above copyright notice and this permission notice appear in all copies",
        "Mike Bostock",
        "The above copyright notice and this permission notice shall be included in all copies",
        "Cynthia Brewer",
        "Apache License 2.0",
    ):
        assert words in notice


def test_the_script_of_a_page_has_the_notice_at_its_head(sample_brief):
    page = (sample_brief.folder / "brief.html").read_text()
    notice = (assets.LICENCES / "vega.txt").read_text().strip()
    assert assets.vega_bundle().startswith(f"/*!\n{notice}\n*/\n")
    assert f"<script>/*!\n{notice}\n*/" in page
    assert len(notice.encode()) < 0.01 * len(page.encode())


def test_each_font_of_a_page_says_whose_it_is(sample_brief):
    page = (sample_brief.folder / "brief.html").read_text()
    assert assets.PLEX in page
    for face in assets.FACES:
        names = TTFont(io.BytesIO(assets._letters(*face)))["name"]
        assert "IBM Corp" in names.getDebugName(0)
        assert "SIL Open Font License" in names.getDebugName(13)
        assert "OFL" in names.getDebugName(14)
    assert "Reserved Font Name" in folded("plex.txt")


def test_the_wheel_takes_the_notices_along():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    files = {path for pattern in project["license-files"] for path in ROOT.glob(pattern)}
    assert {path.name for path in files} == {"LICENSE", "vega.txt", "plex.txt"}
