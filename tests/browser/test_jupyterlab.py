"""The reports as an author has them: run, changed and saved in JupyterLab, in Chromium."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import nbformat
import pytest

from reportgen.core.facts import CHART_MEDIA, FACTS_MEDIA, TABLE_MEDIA
from reportgen.record.request import load_report

pytestmark = pytest.mark.browser

REPORTS = ("daily-recap", "small-caps")
SQUARE = "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='90'><rect/></svg>"
ICON = SQUARE.replace("90", "16")
KINDS = {
    "imports": "import io, PIL.Image\nfrom IPython.display import HTML, SVG, Image, display",
    "svg": f"SVG({SQUARE!r})",
    "inline": f"HTML({SQUARE!r})",
    "icon": f"HTML({ICON!r})",
    "drawn": "drawn = io.BytesIO()\nPIL.Image.new('L', (90, 90)).save(drawn, 'png')",
    "png": "Image(drawn.getvalue())",
    "broken": "HTML('<img src=\"nowhere.png\" width=90 height=90>')",
    "table": "HTML('<table><tr><td>1</td></tr></table>')",
    "best": "display({'text/plain': 'words', 'text/html': '<b>HTML</b>'}, raw=True)",
    "unknown": "display({'text/plain': 'words', 'application/x-unknown': {}}, raw=True)",
    "many": "for number in range(60):\n    display(number)",
    "error": "1 / 0",
    "after": "print('never')",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """An author's folder with copies of the reports' notebooks, and one of outputs of all kinds."""
    place = tmp_path_factory.mktemp("author")
    for name in REPORTS:
        shutil.copy(load_report(name).notebook, place / f"{name}.ipynb")
    cells = [nbformat.v4.new_code_cell(source, id=name) for name, source in KINDS.items()]
    kernel = {"name": "python3", "display_name": "Python 3"}
    book = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(book, place / "kinds.ipynb")
    return place


@pytest.fixture(scope="module")
def lab(root, tmp_path_factory):
    """JupyterLab in that folder."""
    from lab import JupyterLab

    opened = JupyterLab(root, tmp_path_factory.mktemp("lab"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shown(browser, lab):
    """``shown(name)`` is a notebook that was run from its first cell to its last, once."""
    known = {}

    def show(name):
        if name not in known:
            known[name] = lab.open(browser.page(offline=False), f"{name}.ipynb")
            known[name].run_all()
        return known[name]

    yield show
    for notebook in known.values():
        notebook.page.close()


def some(told, what):
    """What there is of *what*, by cell."""
    return {one.cell: getattr(one, what) for one in told if getattr(one, what)}


def saved(notebook, root, name):
    """The cells of the notebook's file, after it was saved."""
    notebook.save()
    return {cell["id"]: cell for cell in json.loads((root / f"{name}.ipynb").read_text())["cells"]}


def test_what_is_shown_is_counted(shown):
    """The measure itself: an icon is no picture, nor is what cannot be loaded."""
    kinds = shown("kinds")
    assert some(kinds.outputs(), "pictures") == {"svg": 1, "inline": 1, "png": 1}
    assert some(kinds.outputs(), "tables") == {"table": 1}
    assert kinds.outputs("best")[0][1:3] == ("text/html", "HTML")
    assert kinds.outputs("unknown")[0][1:3] == ("text/plain", "words")
    assert len(kinds.outputs("many")) == 51
    assert kinds.count()["jp-TrimmedOutputs"] == 1
    assert kinds.errors() == ["error: ZeroDivisionError: division by zero"]
    assert kinds.outputs("after") == []


@pytest.mark.parametrize("name", REPORTS)
def test_every_cell_runs(shown, root, name):
    """From the first to the last, without a complaint, and nothing is fetched from elsewhere."""
    notebook = shown(name)
    cells = saved(notebook, root, name).values()
    here = ("http://127.0.0.1:", "data:", "blob:")
    assert notebook.errors() == []
    assert all(cell["execution_count"] for cell in cells if cell["cell_type"] == "code")
    assert not [a for a in notebook.page.complaints if a.startswith(("exception", "console.error"))]
    assert not [url for url in notebook.page.requests if not url.startswith(here)]


@pytest.mark.parametrize("name", REPORTS)
def test_every_chart_is_a_picture(shown, root, name):
    """No chart is shown by its name alone."""
    notebook = shown(name)
    cells = saved(notebook, root, name).values()
    outputs = [one for cell in cells for one in cell.get("outputs", [])]
    charts = [one for one in outputs if CHART_MEDIA in one.get("data", {})]
    names = [one.text for one in notebook.outputs() if one.text.startswith("chart ")]
    assert len(charts) >= 4
    assert (notebook.count()["pictures"], names) == (len(charts), [])


@pytest.mark.parametrize("name", REPORTS)
def test_a_cell_that_is_run_again_shows_the_same_once(shown, root, name):
    """On the screen and in the file."""
    notebook = shown(name)
    before = notebook.outputs("mountain")
    kept = saved(notebook, root, name)["mountain"]["outputs"]
    notebook.run("mountain")
    notebook.run("mountain")
    assert notebook.outputs("mountain") == before
    assert saved(notebook, root, name)["mountain"]["outputs"] == kept


@pytest.mark.parametrize("name", REPORTS)
def test_a_changed_cell_is_saved_with_what_it_showed(shown, root, name):
    """Python reads from the file what the author wrote and saw."""
    notebook = shown(name)
    source = notebook.read("ahead") + "\nprint('changed')"
    notebook.write("ahead", source)
    notebook.run("ahead")
    cell = saved(notebook, root, name)["ahead"]
    assert "".join(cell["source"]) == source
    assert notebook.outputs("ahead")[-1].text == "changed\n"
    assert cell["outputs"][-1]["text"] == ["changed\n"]


@pytest.mark.parametrize("name", REPORTS)
def test_a_section_is_a_table(shown, name):
    """All that a section recorded is one output that a person can read, and no cell is cut."""
    notebook = shown(name)
    tables = some(notebook.outputs(), "tables")
    assert len(tables) >= 8
    assert "strip" in tables
    assert notebook.count()["jp-TrimmedOutputs"] == 0


@pytest.mark.parametrize("name", REPORTS)
def test_a_changed_parameter_replaces_what_the_section_recorded(shown, root, name):
    """The cell of the first pictures says another number of months.

    Run again, it is the one of the record.
    """
    notebook = shown(name)
    source = notebook.read("mountain")
    notebook.write(
        "mountain",
        source.replace("MONTHS := 6", "9")
        .replace('"months", months', '"months", 9')
        .replace("MONTHS)", "9)")
        .replace("small, months", "small, 9"),
    )
    notebook.run("mountain")
    assert notebook.errors() == []
    kept = saved(notebook, root, name)["mountain"]["outputs"]
    facts = [f for one in kept for f in one.get("data", {}).get(FACTS_MEDIA, {}).get("facts", ())]
    assert [fact["value"] for fact in facts if fact["id"] == "parameter.months"] == [9.0]


@pytest.mark.parametrize("name", REPORTS)
def test_the_saved_notebook_is_a_brief(shown, root, name):
    """``jupyter nbconvert --to brief`` takes what JupyterLab saved."""
    notebook = shown(name)
    saved(notebook, root, name)
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "brief", f"{name}.ipynb"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-800:]
    page = (root / f"{name}.html").read_text()
    assert 'data-part="title"' in page
    assert "<svg" in page


# An author changes a cell, and looks at the brief
# ------------------------------------------------------------------------------------------------

OWN = """with desk.section("own figures"):
    import altair as alt
    import pandas as pd

    SESSIONS = 60
    closes = tracks[0].closes.iloc[-SESSIONS:].rename("level").rename_axis("date").reset_index()
    mean = closes["level"].mean()
    desk.stat("mean", mean, of="^GSPC", window=f"{SESSIONS} sessions", label="average", decimals=1)
    held = pd.DataFrame({"Level": [mean]}, index=["Average"])
    desk.table(held, "levels", columns={"Level": ("level", 1)})
    line = alt.Chart(closes).mark_line().encode(
        alt.X("date:T", title="Date"), alt.Y("level:Q", title="Level").scale(zero=False)
    )
    desk.show(line, "line", title="The level")"""
TELLS = """{{ the(first.instrument) | cap }} has an average of {{ fact("mean") | figure }}.

{{ table("levels") }}

{{ picture("line") }}

"""
GROUPS = '{% include "story/en/parts/groups.j2" %}'


@pytest.fixture(scope="module")
def author(tmp_path_factory):
    """A desk with a new report that has a figure, a table and a chart of its own, and a brief."""
    desk = tmp_path_factory.mktemp("author") / "desk"
    program = [sys.executable, "-m", "reportgen"]
    for words, folder in ((["init", desk], None), (["new", "report", "note"], desk)):
        subprocess.run([*program, *words], cwd=folder, check=True, capture_output=True)
    report = desk / "reports/note"
    story = report / "story.j2"
    story.write_text(story.read_text().replace(GROUPS, f"{TELLS}{GROUPS}"))
    book = nbformat.read(report / "notebook.ipynb", as_version=4)
    book.cells += [
        nbformat.v4.new_code_cell(OWN, id="own"),
        nbformat.v4.new_code_cell("desk.brief()", id="brief"),
    ]
    nbformat.write(book, report / "notebook.ipynb")
    return desk


@pytest.fixture(scope="module")
def opened(browser, author, tmp_path_factory):
    """The notebook of that report in JupyterLab, run once."""
    from lab import JupyterLab

    lab = JupyterLab(author, tmp_path_factory.mktemp("own-lab"))
    notebook = lab.open(browser.page(offline=False), "reports/note/notebook.ipynb")
    notebook.run_all(180)
    yield notebook
    notebook.page.close()
    lab.close()


def test_a_changed_cell_changes_chart_table_fact_and_brief(opened, author):
    """An author sees all four at once, below the cells, and what nobody has vouched for."""
    told = []
    for sessions in ("60", "20"):
        opened.write("own", OWN.replace("60", sessions))
        opened.run("own")
        opened.run("brief")
        assert opened.errors() == []
        opened.save()
        file = json.loads((author / "reports/note/notebook.ipynb").read_text())
        (cell,) = [one for one in file["cells"] if one["id"] == "own"]
        data = [one["data"] for one in cell["outputs"] if "data" in one]
        (chart,) = [one[CHART_MEDIA]["spec"] for one in data if CHART_MEDIA in one]
        (table,) = ["".join(one["text/html"]) for one in data if TABLE_MEDIA in one]
        (facts,) = [one[FACTS_MEDIA]["facts"] for one in data if FACTS_MEDIA in one]
        brief = "".join(one.text for one in opened.outputs("brief"))
        mean = next(fact["value"] for fact in facts if fact["id"] == "mean")
        assert f"has an average of {mean:,.1f}." in brief
        assert f"{mean:,.1f}" in table
        assert some(opened.outputs("brief"), "pictures")
        assert "nobody has vouched for" in brief
        told.append((json.dumps(chart), table, mean, brief))
    assert all(before != after for before, after in zip(*told, strict=True))
