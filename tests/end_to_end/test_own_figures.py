"""The how-to on statistics, tables and charts of one's own, word for word, in every format."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from outside import Desk

from reportgen.jobs import workspace

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "own-figures.md").read_text()
CELLS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
SENTENCE, PROVEN = re.findall(r"```jinja\n(.*?)```", PAGE, re.DOTALL)
BLOCKS = "\n".join(f"\n{one}" for one in re.findall(r"`(\{\{ (?:table|picture)\(.*?\}\})`", PAGE))
SOURCE = (Path(__file__).parents[1] / "gallery.py").read_text()
FOOT = '{% include "story/en/parts/recap/footer.j2" %}'


@pytest.fixture
def desk(tmp_path):
    """A desk with the cells and the story of the how-to."""
    return made(tmp_path, CELLS, f"{SENTENCE}\n{PROVEN}{BLOCKS}")


def made(folder, cells, told):
    """A desk with more *cells*, and a story that tells of them."""
    workspace.create(folder / "desk", "daily-recap", "desk-recap")
    found = Desk(folder / "desk")
    place = found.folder / "reports/desk-recap/notebook.ipynb"
    notebook = nbformat.read(place, as_version=4)
    notebook.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(notebook, place)
    story = found.folder / "reports/desk-recap/story.j2"
    before, after, _ = story.read_text().partition(FOOT)
    assert after
    story.write_text(f"{before}{told}\n\n{FOOT}\n")
    return found


def test_the_page_has_what_the_tests_below_take_from_it():
    """Four cells, sentences, a table and a picture."""
    assert len(CELLS) == 4
    assert BLOCKS.split() == ["{{", 'table("holdings")', "}}", "{{", 'picture("line")', "}}"]


@pytest.mark.slow
def test_the_how_to_is_told_in_every_format(desk):
    """After one vouch for its one sentence; the audit names the kinds that nobody proves."""
    desk.vouches()
    desk.says("run", "desk-recap", "--as-of", "2025-01-08")
    text = " ".join((desk.place / "brief.txt").read_text().split())
    assert re.search(
        r"The S&P 500 stands [\d.]+% above its 200-day average of 5,\d{3}\.\d\d\.", text
    )
    assert re.search(r"The 21-day volatility of the S&P 500 is \d+\.\d%, by the year\.", text)
    assert re.search(r"The 14-day relative strength index of the S&P 500 is \d\d\.\d\.", text)
    assert "Weight P&L vs benchmark Apple 50.0% $1,200.50 +1.0% Nvidia 30.0% \u2212$3.20" in text
    assert "[ S&P 500 and its 200-day average Line chart of Level by Date ]" in text
    page = (desk.place / "brief.html").read_text()
    assert page.count('id="figure-line"') == 1
    ruled = (desk.place / "gate.txt").read_text()
    assert re.search(r"the notebook's own: average, gap, holdings_\w+, ", ruled)
    assert "borne out" in desk.says("check", str(desk.place))


@pytest.mark.slow
def test_the_author_chooses_the_pictures_of_the_mail(tmp_path):
    """One that is asked for is there, whatever its place; one that is not is left out."""
    cells = [CELLS[0], CELLS[2], CELLS[3].replace('["average"])', '["average"], mail=True)')]
    desk = made(tmp_path, cells, SENTENCE + BLOCKS)
    desk.vouches()
    desk.says("run", "desk-recap", "--as-of", "2025-01-08", "--format", "eml")
    mail = (desk.place / "brief.eml").read_text()
    assert mail.count("Content-Type: image/png") == 2
    assert 'filename="line.png"' in mail


@pytest.mark.slow
def test_a_word_of_a_chart_that_is_nobodys_is_refused_with_the_call_that_mends_it(tmp_path):
    """The person is then named by the gate's page."""
    worded = CELLS[3].replace('title="Level"', 'title="Inflation"')
    desk = made(tmp_path, [CELLS[0], CELLS[2], worded], SENTENCE + BLOCKS)
    desk.vouches()
    desk.says("run", "desk-recap", "--as-of", "2025-01-08", "--format", "html", code=5)
    said = (desk.place / "gate.txt").read_text()
    assert 'nobody has vouched for this word of a chart: desk.vouch("Inflation", by="NAME")' in said
    vouched = worded + '    desk.vouch("Inflation", by="Jane Doe")\n'
    (tmp_path / "again").mkdir()
    desk = made(tmp_path / "again", [CELLS[0], CELLS[2], vouched], SENTENCE + BLOCKS)
    desk.vouches()
    desk.says("run", "desk-recap", "--as-of", "2025-01-08", "--format", "html")
    assert '- Jane Doe: "Inflation" (notebook)' in (desk.place / "gate.txt").read_text()


GALLERY = f"""
import sys

sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from gallery import charts as gallery

with desk.section("gallery"):
    for name, chart in gallery(desk.track("^GSPC").closes, desk.track("^RUT").closes).items():
        desk.show(chart, name)
"""


@pytest.mark.slow
def test_charts_in_the_manner_of_a_gallery_pass_through_every_format(tmp_path):
    """Layers, facets, charts side by side, transforms, pies, bands and heat maps."""
    names = re.findall(r'^        "(\w+)":', SOURCE, re.MULTILINE)
    assert len(names) == 32
    story = "\n\n".join(f'{{{{ picture("{name}") }}}}' for name in names)
    desk = made(tmp_path, [GALLERY], story)
    desk.says("run", "desk-recap", "--as-of", "2025-01-08")
    page = (desk.place / "brief.html").read_text()
    assert all(f'id="figure-{name}"' in page for name in names)
    assert "borne out" in desk.says("check", str(desk.place))
