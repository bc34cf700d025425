"""Notebooks that know nothing of reportgen, run by the command, from request to mail and archive."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat import v4
from stranger_notebooks import code, notebook, png, printed, prose, shows, told

from reportgen.core.errors import (
    FactCheckError,
    InvalidParameter,
    RecordError,
    SettingsError,
    UnknownReport,
)
from reportgen.produce.telling import check_renderings
from reportgen.record import foreign
from reportgen.record.request import load_report
from reportgen.rendering.brief import Rendering
from reportgen.rendering.exporter import BriefExporter
from reportgen.story.citations import NOTEBOOK, Run, text_of
from reportgen.story.foreign import judged

SCRIPT = """# ---
# jupyter: {kernelspec: {name: python3}}
# ---

# %% [markdown]
# # Rates **note**
#
# As of the day, rates stand.

# %% tags=["parameters"]
as_of = "2020-01-01"
months = 3
rate: float = 0.5
whole = True
names = ["a", "b"]

# %%
from pathlib import Path
print(as_of, months, rate, whole, names, Path("beside.csv").read_text().strip())

# %%
import pandas as pd
pd.DataFrame({"level": [1.5, 2.5]}, index=["x", "y"])
"""
FACTS = """# %% [markdown]
# # Desk note

# %% tags=["parameters"]
as_of = "2020-01-02"
data = "sample"

# %%
from reportgen.authoring import news, open_desk
desk = open_desk(report="note", data=data, as_of=as_of)
with desk.section("index", required=True):
    desk.tell(news.day(desk.track("^GSPC")))

# %% [markdown]
# <img src=x onerror=alert(1)><script>alert(1)</script>

# %% tags=["remove-input"]
hidden_secret = 1

# %% [markdown]
# {SENTENCE} My own view: it may fall by half in 2031.
"""
TRUE = '{{ the("^GSPC") | cap }} {{ fact("spx.pct_change") | rose }} on the day.'


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A folder with a notebook, and a file that it reads."""
    (tmp_path / "Rates_note.py").write_text(SCRIPT)
    (tmp_path / "beside.csv").write_text("read here\n")
    return tmp_path


def test_a_script_with_cells_becomes_a_brief(beside, apart):
    """In all forms, sealed, with the parameters that were asked for; check finds nothing wrong."""
    ran = apart(
        *("run", "Rates_note.py", "--as-of", "2025-01-08"),
        *("-p", "months", "6", "-p", "rate=0.25", "-p", "names", "[c]"),
        folder=beside,
    )
    assert ran.exit_code == 0, ran.stderr
    place = beside / "out" / "rates-note" / "2025-01-08"
    names = {path.name for path in place.iterdir()}
    assert names == {
        *("brief.html", "brief.pdf", "brief.eml", "brief.txt", "brief.json"),
        *("gate.txt", "notebook.ipynb", "seal.json"),
    }
    text = (place / "brief.txt").read_text()
    assert "2025-01-08 6 0.25 True ['c'] read here" in text
    assert text.startswith("Rates note\nNotebook Rates_note.py · Wednesday, Jan. 8, 2025\n")
    gate = (place / "gate.txt").read_text().splitlines()
    assert gate[:2] == ["VERDICT  SEND", "note     Not fact-checked: what Rates_note.py shows"]
    assert "- nothing is missing" in gate
    assert "borne out" not in (place / "gate.txt").read_text()
    assert "Not fact-checked" in ran.stderr
    checked = apart("check", place)
    assert checked.exit_code == 0
    assert "Not fact-checked: what Rates_note.py shows" in checked.stdout
    assert "borne out" not in checked.stdout
    again = apart("render", place, "--format", "txt")
    assert again.exit_code == 0, again.stderr
    assert (place / "brief.txt").read_text() == text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-p", "month=6"], "Rates_note.py has no parameter 'month'. Did you mean 'months'?"),
        (["-p", "month", "6"], "Rates_note.py has no parameter 'month'. Did you mean 'months'?"),
        (["-p", "months=six"], "Parameter 'months' is 'six'; it takes an integer."),
        (["-p", "names=[1"], "write a value such as 12, text or [1, 2]"),
        (["-p", "months"], "has no value; write --param NAME=VALUE"),
    ],
)
def test_a_wrong_parameter_is_refused_before_a_kernel_starts(beside, apart, words, said):
    ran = apart("run", "Rates_note.py", "--as-of", "2025-01-08", *words, folder=beside)
    assert ran.exit_code == 2
    assert said in ran.stderr
    assert not (beside / "out").exists()


def test_a_cell_that_fails_holds_the_brief_with_file_and_line(tmp_path, apart):
    (tmp_path / "weekly.py").write_text("# %% [markdown]\n# # W\n\n# %%\nx = 0\n1 / x\n")
    ran = apart("run", "weekly.py", "--as-of", "2025-01-08", folder=tmp_path)
    assert ran.exit_code == 4
    reason = "weekly.py, line 4 (x = 0): ZeroDivisionError: division by zero."
    assert reason in ran.stderr
    place = tmp_path / "out" / "weekly" / "2025-01-08"
    assert (place / "gate.txt").read_text().startswith("VERDICT  HOLD\n")
    assert f"- {reason}" in (place / "gate.txt").read_text()
    assert not list(place.glob("brief.*"))


def test_a_cell_that_puts_out_fifty_megabytes_ends_the_run(tmp_path, apart):
    (tmp_path / "big.py").write_text('# %%\nx = 1\n\n# %%\nprint("x" * 50_000_000)\n')
    ran = apart("run", "big.py", "--as-of", "2025-01-08", folder=tmp_path)
    assert ran.exit_code == 4
    assert "big.py: Cell 'line-4' of the notebook put out more than 20 MB" in ran.stderr
    page = (tmp_path / "out" / "big" / "2025-01-08" / "gate.txt").read_text()
    assert page.startswith("VERDICT  HOLD\n")
    assert "big.py: Cell 'line-4'" in page


@pytest.mark.slow
def test_a_stock_kernel_runs_it_as_well(beside, apart):
    """In the folder of the notebook, which keeps no file of the kernel."""
    before = {*beside.iterdir()}
    ran = apart(
        *("run", "Rates_note.py", "--as-of", "2025-01-08", "--engine", "nbclient"),
        *("--format", "txt", "--out", beside / "out"),
        folder=beside,
    )
    assert ran.exit_code == 0, ran.stderr
    assert {*beside.iterdir()} - before == {beside / "out"}
    text = (beside / "out" / "rates-note" / "2025-01-08" / "brief.txt").read_text()
    assert "read here" in text


@pytest.mark.slow
def test_a_copy_for_each_reader(beside, apart):
    (beside / "readers.csv").write_text(
        "address,name,months\na@example.org,Ann,3\nb@example.org,Ben,9\n"
    )
    ran = apart(
        *("run", "Rates_note.py", "--as-of", "2025-01-08", "--format", "txt", "--format", "html"),
        *("--recipients", "readers.csv"),
        folder=beside,
    )
    assert ran.exit_code == 0, ran.stderr
    usual = beside / "out" / "rates-note" / "2025-01-08" / "recipients" / "a@example.org"
    other = (
        beside / "out" / "months=9" / "rates-note" / "2025-01-08" / "recipients" / "b@example.org"
    )
    assert "2025-01-08 3 0.5" in (usual / "brief.txt").read_text()
    assert "2025-01-08 9 0.5" in (other / "brief.txt").read_text()
    assert "Prepared for Ben" in (other / "brief.html").read_text()


def test_a_table_without_rows_holds_the_brief(tmp_path, apart):
    cells = [
        prose("Words."),
        v4.new_code_cell("import pandas as pd\npd.DataFrame(columns=['a', 'b'])"),
    ]
    nbformat.write(v4.new_notebook(cells=cells), tmp_path / "weekly.ipynb")
    ran = apart("run", "weekly.ipynb", "--as-of", "2025-01-08", folder=tmp_path)
    assert ran.exit_code == 3
    assert "weekly.ipynb, cell 2 (import pandas as pd): its table has no rows" in ran.stderr


@pytest.mark.slow
def test_sentences_that_cite_facts_are_checked_and_others_are_not(tmp_path, apart):
    """The true one passes; a wrong verb, a wrong owner and a digit of its own are refused."""
    lies = {
        "verb": TRUE.replace("| rose", '| says("fell")'),
        "owner": TRUE.replace("^GSPC", "^IXIC"),
        "digit": TRUE.replace("on the day", "on the day, as in 1999"),
    }
    for name, sentence in {"note": TRUE, **lies}.items():
        (tmp_path / f"{name}.py").write_text(FACTS.replace("{SENTENCE}", sentence))
    ran = apart("run", "note.py", "--as-of", "2025-01-08", folder=tmp_path)
    assert ran.exit_code == 0, ran.stderr
    place = tmp_path / "out" / "note" / "2025-01-08"
    assert "The S&P 500 rose 0.2% on the day. My own view" in (place / "brief.txt").read_text()
    document = json.loads((place / "brief.json").read_text())
    assert {claim["fact"] for claim in document["claims"]} == {"spx.pct_change"}
    assert "Only sentences with cited figures are checked. " in document["provenance"]["notice"]
    assert "but for the sentences with cited figures" in (place / "gate.txt").read_text()
    page = (place / "brief.html").read_text()
    assert 'data-fact="spx.pct_change"' in page
    assert 'id="appendix"' in page
    assert "desk.tell" in page
    assert "hidden_secret" not in page
    assert "alert(1)" not in page
    for name in lies:
        lied = apart("run", f"{name}.py", "--as-of", "2025-01-08", folder=tmp_path)
        assert lied.exit_code == 5, name
        assert "not borne out" in lied.stderr


def test_a_desk_of_another_moment_is_refused(tmp_path, apart):
    text = FACTS.replace("{SENTENCE}", TRUE).replace("as_of=as_of", 'as_of="2025-01-07"')
    (tmp_path / "note.py").write_text(text)
    ran = apart("run", "note.py", "--as-of", "2025-01-08", folder=tmp_path)
    assert ran.exit_code == 4
    assert "opens its desk as of 2025-01-07, and the brief is of 2025-01-08" in ran.stderr


@pytest.mark.slow
def test_a_notebook_in_the_folder_of_a_desk_is_a_report_by_its_name(beside, apart):
    """It is listed, made, previewed to readers, scheduled and archived, as any report is."""
    desk = beside / "desk"
    assert apart("init", desk).exit_code == 0
    (desk / "notebooks").mkdir()
    (beside / "Rates_note.py").rename(desk / "notebooks" / "Rates_note.py")
    (beside / "beside.csv").rename(desk / "notebooks" / "beside.csv")
    assert "rates-note      The notebook Rates_note.py." in apart("list", folder=desk).stdout
    ran = apart("run", "rates-note", "--as-of", "2025-01-08", folder=desk)
    assert ran.exit_code == 0, ran.stderr
    sent = apart(
        *("send", "out/rates-note/2025-01-08", "--to", "recipients.toml", "--dry-run", "--late"),
        folder=desk,
    )
    assert sent.exit_code == 0, sent.stderr
    assert "would get it" in sent.stdout
    planned = apart("schedule", "rates-note", "--for", "cron", folder=desk)
    assert "REPORT=rates-note" in planned.stdout
    built = apart("site", "build", "archive", folder=desk)
    assert built.exit_code == 0, built.stderr
    page = desk / "archive" / "briefs" / "rates-note" / "2025-01-08" / "index.html"
    assert "Not fact-checked" in page.read_text()
    assert apart("due", "rates-note", folder=desk).exit_code == 0
    more = apart(
        *("backfill", "rates-note", "--from", "2025-01-06", "--to", "2025-01-08", "--jobs", "1"),
        folder=desk,
    )
    assert "2 made, 1 kept, 0 failed" in more.stdout


def test_a_schedule_asks_for_a_name(beside, apart):
    desk = beside / "desk"
    apart("init", desk)
    planned = apart("schedule", beside / "Rates_note.py", "--for", "cron", folder=desk)
    assert planned.exit_code == 2
    assert "into the folder notebooks of the desk" in planned.stderr


def test_nbconvert_takes_any_executed_notebook(caplog):
    found = notebook(prose("# Any\n\nWords."), code("df", printed("printed")))
    page, _ = BriefExporter().from_notebook_node(found, {"metadata": {"name": "any", "path": "."}})
    assert "Not fact-checked: this brief shows the notebook any.ipynb as it ran." in page
    assert "printed" in page
    assert "Not fact-checked: what any.ipynb shows" in caplog.text or not caplog.handler


def test_what_reads_the_files_again_sees_what_was_changed():
    """A digit, a cell, a picture, a line: in the page, the mail, the text and the PDF."""
    table = "<table><thead><tr><th>a</th><th>b</th></tr></thead><tr><td>1.25</td><td>3.75</td></tr></table>"
    found = told(
        notebook(
            prose("Words of 2024.\n\n- item\n"),
            code("df", shows(html=table)),
            code("p", printed("line of print")),
            code("fig", shows(png=png())),
        )
    )
    assert not found.failed
    other = png(41, 30)

    def judged_again(name: str, old: str, new: str) -> bool:
        data = found.files[name].decode()
        assert old in data
        files = [Rendering(name=name, data=data.replace(old, new).encode())]
        return bool(check_renderings(found.brief.narrative, found.brief.record, files))

    for name in ("brief.html", "brief.eml", "brief.txt"):
        for old, new in (
            ("Words of 2024.", "Words of 2025."),
            ("1.25", "1.26"),
            ("3.75", "1.25"),
            ("line of print", "line of"),
            ("item", "items"),
            ("Not fact-checked", "Fact-checked"),
        ):
            assert judged_again(name, old, new), (name, old)
    assert judged_again("brief.html", png(), other)
    assert judged_again("brief.json", '"fact_checked": false', '"fact_checked": true')
    others = told(notebook(prose("Words of 2025.")))
    files = [Rendering(name="brief.pdf", data=found.files["brief.pdf"])]
    assert check_renderings(others.brief.narrative, others.brief.record, files)


@pytest.mark.parametrize(
    ("text", "checked"),
    [
        ([("It rose 1%.", "f.1")], "It rose 1%."),
        (
            [("Our view. The index ", NOTEBOOK), ("rose 1%", "f.1"), (" today. Sell.", NOTEBOOK)],
            " The indexrose 1% today.",
        ),
        ([("A, ", NOTEBOOK), ("1%", "f.1"), (", b", NOTEBOOK)], "A, 1%, b"),
        (
            [("One of the U.S. firms ", NOTEBOOK), ("fell", "f.1"), ("! So? ", NOTEBOOK)],
            "One of the U.S. firms fell!",
        ),
        ([("Nothing cited. At all.", NOTEBOOK)], ""),
    ],
)
def test_the_sentence_that_cites_is_the_one_that_is_checked(text, checked):
    """Its plain words become words of a template; those of its neighbours stay the notebook's."""
    runs = list(judged(Run(words, ref) for words, ref in text))
    assert text_of(runs) == "".join(words for words, _ in text)
    kept = text_of(run for run in runs if run.ref != NOTEBOOK)
    assert kept.replace(" ", "") == checked.replace(" ", "")


def _cells(tmp_path: Path, *cells: object, **about: object) -> Path:
    path = tmp_path / "weekly.ipynb"
    nbformat.write(v4.new_notebook(cells=list(cells), metadata=about), path)
    return path


def test_parameters_have_the_types_of_their_defaults(tmp_path):
    source = (
        "n = 3\nx: float = -0.5\nname = 'a'\nflag = True\nrows = [1]\nday = today()\nnone = None"
    )
    report = load_report(str(_cells(tmp_path, code(source, tags=["parameters"]))))
    kinds = {name: one.type for name, one in report.parameters.items()}
    assert kinds == {
        "n": "integer",
        "x": "number",
        "name": "string",
        "flag": "boolean",
        **dict.fromkeys(("rows", "day", "none"), "string"),
    }
    values = report.parameter_values({"n": "4", "rows": "[2, 3]", "none": "null"})
    assert values == {"n": 4, "x": -0.5, "name": "a", "flag": True, "rows": [2, 3], "none": None}
    with pytest.raises(InvalidParameter, match="no parameter 'm'"):
        report.parameter_values({"m": "1"})


def test_a_notebook_without_the_tag_takes_no_parameter(tmp_path):
    report = load_report(str(_cells(tmp_path, code("n = 3"))))
    with pytest.raises(InvalidParameter, match="no cell of it has the tag 'parameters'"):
        report.parameter_values({"n": "4"})


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.ipynb", "{", "a.ipynb, line 1: it is not a notebook, for it is no JSON"),
        ("a.ipynb", '{"cells": 1}', "a.ipynb is not a notebook"),
        ("a.py", "print(1)\n", "a.py has no cells; begin each one with a line '# %%'"),
        ("a.py", "# + {}\nprint(1)\n# -\n", "jupytext --to py:percent a.py"),
        ("\u65e5.py", "# %%\n", "name the file with letters from a to z or digits"),
        ("a.py", '# %% tags=["parameters"]\n%time\n', "give it assignments alone"),
    ],
)
def test_what_is_no_notebook_is_refused(tmp_path, name, text, said):
    (tmp_path / name).write_text(text)
    with pytest.raises(SettingsError, match=said):
        load_report(str(tmp_path / name))


def test_a_missing_file_names_the_nearest(tmp_path):
    (tmp_path / "weekly.py").write_text("# %%\n")
    with pytest.raises(SettingsError, match=r"Did you mean 'weekly\.py'"):
        load_report(str(tmp_path / "weely.py"))
    with pytest.raises(UnknownReport):
        load_report("weely")


def test_another_language_is_refused_with_the_way_out(tmp_path):
    about = {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}
    path = _cells(tmp_path, code("x <- 1"), **about)
    with pytest.raises(SettingsError, match=r"written in R \(kernel 'ir'\).*nbconvert --to brief"):
        load_report(str(path))


def test_another_kernel_of_python_is_taken(tmp_path):
    about = {"kernelspec": {"name": "conda-env-x", "language": "python", "display_name": "x"}}
    assert load_report(str(_cells(tmp_path, code("x = 1"), **about))).name == "weekly"


def test_the_notebook_of_a_report_is_asked_for_by_name():
    path = Path(foreign.__file__).parents[2] / "reports" / "small-caps" / "notebook.ipynb"
    with pytest.raises(SettingsError, match="write 'reportgen run small-caps'"):
        load_report(str(path))


def test_two_desks_are_refused():
    desk = {"application/vnd.reportgen.context.v1+json": {"report": "x"}}
    cells = [code("open_desk()", v4.new_output("display_data", data=desk)) for _ in range(2)]
    with pytest.raises(RecordError, match="opens 2 desks"):
        told(notebook(prose("Words."), *cells))


def test_a_sentence_cites_only_what_was_recorded():
    with pytest.raises(Exception, match="cites a fact, and the notebook records none") as found:
        told(notebook(prose(TRUE)))
    assert not isinstance(found.value, FactCheckError)
