"""Mistakes that an author makes: each is named with its file, its line, the cause and the cure.

The report is the one that ``reportgen new report`` writes. What needs no run is found by
``reportgen doctor``; a run refuses it before a kernel starts. None is a traceback.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from inprocess import placed, produced
from sparing import first_quick

AS_OF = ("--as-of", "2025-01-08", "--format", "html")
MONTHS = "\n[parameters.months]\ntype = 'integer'\n"


@dataclass(frozen=True)
class Report:
    """A report that an author changes."""

    folder: Path

    def put(self, file: str, old: str, new: str) -> None:
        """Replace *old*, which is there, in one of its files."""
        path = self.folder / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    def toml(self, more: str) -> None:
        """Add lines to its report.toml."""
        with (self.folder / "report.toml").open("a") as file:
            file.write(more)

    def notebook(self, change: Callable[[dict], None]) -> None:
        """Change its notebook as JSON."""
        path = self.folder / "notebook.ipynb"
        book = json.loads(path.read_text())
        change(book)
        path.write_text(json.dumps(book, indent=1))

    def cell(self, source: str, *tags: str) -> None:
        """Add a cell at the end."""
        cell = {"cell_type": "code", "id": f"c{len(source)}", "metadata": {"tags": [*tags]}}
        more = {"source": source, "outputs": [], "execution_count": None}
        self.notebook(lambda book: book["cells"].append({**cell, **more}))

    def story(self, line: str) -> None:
        """Add a paragraph to its story, at line 25."""
        groups = '{% include "story/en/parts/groups.j2" %}'
        self.put("story.j2", groups, f"{line}\n\n{groups}")


def toml(old: str, new: str) -> Callable[[Report], None]:
    return lambda report: report.put("report.toml", old, new)


def story(line: str) -> Callable[[Report], None]:
    return lambda report: report.story(line)


def cell(source: str, *tags: str) -> Callable[[Report], None]:
    return lambda report: report.cell(source, *tags)


def without_tag(book: dict) -> None:
    for one in book["cells"]:
        one["metadata"].pop("tags", None)


def of_another_kernel(book: dict) -> None:
    book["metadata"] = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}


BEFORE_A_RUN = {
    # report.toml
    "a key": (toml("most_gaps", "most_gap"), "line 8: unknown 'most_gap' below [gate]. Did you"),
    "a type": (toml("= 2", '= "two"'), 'line 8: most_gaps = "two" is not a whole number'),
    "no TOML": (toml('"us"', '"us'), "line 3: it is not valid TOML"),
    "a market": (toml('"us"', '"usa"'), "line 3: there is no market 'usa'. Did you mean 'us'?"),
    "a symbol": (toml('["^DJI"]', '["^DJII"]'), "line 14: optional has '^DJII', and no", "'^DJI'?"),
    "a series": (toml("series = []", 'series = ["DGS1O"]'), "line 16: series has 'DGS1O'", "DGS10"),
    "doubled": (toml('["^DJI"]', '["^GSPC"]'), "line 11: [instruments]: it lists '^GSPC' 2 times"),
    "a window": (toml('"us"', '"us"\nwindow = "fortnight"'), 'line 4: window = "fortnight"'),
    "a format": (toml('"txt"', '"docx"'), 'line 4: formats has "docx", which is not one of'),
    "a default": (
        lambda report: report.toml(f"{MONTHS}default = 36\nmax = 24\n"),
        "[parameters.months]: default = 36 is outside of max = 24",
    ),
    "a choice": (
        lambda report: report.toml(f"{MONTHS}default = 5\nchoices = [3, 6]\n"),
        "[parameters.months]: default = 5 is none of its choices, 3, 6",
    ),
    "bounds": (
        lambda report: report.toml(f"{MONTHS}default = 6\nmin = 24\nmax = 3\n"),
        "[parameters.months]: min = 24 is above max = 3",
    ),
    "an unset parameter": (
        lambda report: report.toml(f"{MONTHS}default = 6\n"),
        "report.toml, line 18: the notebook does not set the parameter 'months'; write months = 6",
    ),
    "a parameter of another type": (
        lambda report: (
            report.toml(f"{MONTHS}default = 6\n"),
            report.put("notebook.ipynb", '\\"sample\\"', '\\"sample\\"\\nmonths = \\"six\\"'),
        ),
        "notebook.ipynb, cell 2",
        "line 3: months = 'six' is not the integer that report.toml says; write months = 6",
    ),
    "a kind": (
        lambda report: report.toml('[kinds.gap]\npositve = ["above"]\n'),
        "line 18: unknown 'positve' below [kinds.gap]. Did you mean 'positive'?",
    ),
    "no notebook": (
        lambda report: (report.folder / "notebook.ipynb").unlink(),
        "notebook.ipynb",
        "new report' writes",
    ),
    "no story": (
        lambda report: (report.folder / "story.j2").unlink(),
        "story.j2",
        "new report' writes",
    ),
    # The notebook.
    "no JSON": (
        lambda report: report.put("notebook.ipynb", "{", "{\n<<<<<<< HEAD"),
        "notebook.ipynb, line 2: it is not a notebook",
        "Look for marks of a merge",
    ),
    "nothing": (
        lambda report: (report.folder / "notebook.ipynb").write_text(""),
        "notebook.ipynb, line 1: it is not a notebook",
    ),
    "a format to come": (
        lambda report: report.notebook(lambda book: book.update(nbformat=5)),
        "Unsupported nbformat version 5. Save it in Jupyter, in nbformat 4",
    ),
    "another kernel": (
        lambda report: report.notebook(of_another_kernel),
        "notebook.ipynb is written in R (kernel 'ir'), and reportgen runs Python",
    ),
    "no tag": (
        lambda report: report.notebook(without_tag),
        "no cell has the tag 'parameters'",
        "give the tag to the cell",
    ),
    "two tags": (
        cell('as_of = "2025-01-07"', "parameters"),
        "cell 7 (as_of = ",
        "a second cell has the tag 'parameters'; leave it on one",
    ),
    "syntax": (cell("def f(x:\n    return x"), "cell 7 (def f(x:), line 1: '(' was never closed"),
    "a return": (cell("\nreturn 1"), "cell 7 (return 1), line 2: 'return' outside function"),
    "another report": (
        lambda report: report.put(
            "notebook.ipynb", f'report=\\"{report.folder.name}', 'report=\\"x'
        ),
        "line 3: open_desk says report='x'",
        'write report="',
    ),
    "no desk": (
        lambda report: report.notebook(lambda book: book.update(cells=book["cells"][:2])),
        "notebook.ipynb: no cell opens the desk; write desk = open_desk(report=",
    ),
    # The story.
    "a filter": (story("{{ first.change | roze }}"), "line 25: No filter named 'roze'. Did you"),
    "an open tag": (story("{% if first %}"), "story.j2, line 31: Unexpected end of template"),
    "an open brace": (story("{{ first.change | rose"), "story.j2, line 27: expected token"),
    "a tag too many": (story("{% endfor %}"), "line 25: Encountered unknown tag 'endfor'"),
    "an include": (
        story('{% include "story/en/parts/group.j2" %}'),
        "line 25: there is no template 'story/en/parts/group.j2'. Did you mean",
    ),
    "an include from elsewhere": (
        story('{% include "../../secrets.j2" %}'),
        "line 25: '../../secrets.j2' is no name of a template; name one by its path",
    ),
    "no UTF-8": (
        lambda report: (report.folder / "story.j2").write_bytes(b"# Title\n\xff\n"),
        "story.j2, line 2: it is not in UTF-8; save it in UTF-8",
    ),
    "unvouched words": (story("Traders were calm."), 'line 25: "Traders were calm.". Read and'),
    "a typed digit": (story("It rose 0.2%."), 'line 25: "It rose 0.2%." (', "is a figure", "vouch"),
    "a direction": (story("Stocks fell."), 'line 25: "Stocks fell."', "vouch"),
    "a superlative": (story("It was the best day."), 'line 25: "It was the best day."', "vouch"),
    "a cause": (story("Because of the Fed."), 'line 25: "Because of the Fed."', "vouch"),
}
"""What a run refuses before a kernel starts, too."""
BY_THE_DOCTOR = {
    "a name": (cell("1 + averge"), "cell 7 (1 + averge), line 1: no cell makes the name 'averge'"),
    "a near name": (
        cell("print(trakcs)"),
        "no cell makes the name 'trakcs'. Did you mean 'tracks'?",
    ),
    "a module": (cell("\nimport no_such"), "line 2: no module 'no_such' is installed in this"),
    "a needed section": (
        toml("= 2", '= 2\nneeded = ["marktes"]'),
        (
            "line 9: needed has 'marktes', and the notebook has no such section."
            " Did you mean 'markets'"
        ),
    ),
    "a macro": (
        story("{{ pictures.montain(first) }}"),
        "line 25: 'story/en/parts/pictures.j2' has no macro 'montain'. Did you mean 'mountain'?",
    ),
    "an import": (
        lambda report: report.put("story.j2", "parts/words.j2", "parts/pictures.j2"),
        "has no macro 'when'",
    ),
    "a variable": (
        story("{{ frist.change | rose }}"),
        "line 25: the story has no 'frist'. Did you",
    ),
    "a kind of news": (story('{{ one("dey") }}'), "line 25: no beat has the kind of news 'dey'"),
    "an instrument": (
        story('{{ the("^GSPCC") | cap }}.'),
        "line 25: no instrument has the symbol '^GSPCC'. Did you mean '^GSPC'?",
    ),
}
"""What stops a cell or a line alone, which a run may not come to."""
HEAD = "with desk.section('own'):\n    "
FRAME = "f = pd.DataFrame({'date': ['2025-01-07', '2025-01-08'], 'level': [1.0, 2.0]})"
DRAWN = f"import altair as alt, pandas as pd\n    {FRAME}\n    c = alt.Chart(f).mark_line()\n    "
IN_A_SECTION = {
    "an id": ("desk.stat('Gap %', 0.01)", "'Gap %' cannot be an id; write small letters"),
    "a unit": ("desk.stat('gap', 0.01, 'percent')", "'percent' is no unit.", "0.012 for 1.2%"),
    "a percent": (
        "desk.stat('gap', 6.4, 'fraction')",
        "The value of 'gap' is 6.4, which would be printed as 640%",
        "Divide percents by 100",
    ),
    "a chance": ("desk.stat('odds', 85, 'probability')", "a probability is from 0 to 1"),
    "nan": ("desk.stat('gap', float('nan'))", "The value of 'gap' is nan; look where its series"),
    "a series": ("desk.stat('gap', tracks[0].closes)", "is a Series; give one number"),
    "an argument": ("desk.stat('gap', 0.01, windw='day')", "Did you mean 'window'?"),
    "a symbol": ("desk.track('^GSPCC')", "No instrument has the symbol '^GSPCC'. Did you mean"),
    "of a symbol": (
        "desk.stat('gap', 1.0, of='^GSPCC')",
        "The data have no '^GSPCC'. Did you mean",
    ),
    "a column of a chart": (
        f"{DRAWN}desk.show(c.encode(x='date:T', y='close:Q'), 'c1')",
        "Chart 'c1' draws the column 'close' as y, and its data have no such column",
    ),
    "words as a quantity": (
        f"{DRAWN}desk.show(c.encode(x='level:Q', y='date:Q'), 'c2')",
        "draws the column 'date' as y, a quantity, and its values are words such as '2025-01-07'",
    ),
    "no times": (
        f"{DRAWN}f['date'] = 'soon'\n    desk.show(c.encode(x='date:T', y='level:Q'), 'c3')",
        "a time, and its values are none, such as 'soon'",
    ),
    "a URL": (
        f"{DRAWN}desk.show(alt.Chart('https://x.example/a.csv').mark_bar().encode(x='a:Q'), 'c4')",
        "a brief needs no network: read the file with pandas",
    ),
    "a column twice": (
        "import pandas as pd\n    desk.table(pd.DataFrame([[1.0, 2.0]], columns=['A', 'A']), 't1')",
        "Table 't1' has two columns 'A'; rename one",
    ),
    "words among numbers": (
        (
            "import pandas as pd\n"
            "    desk.table(pd.DataFrame({'A': [1.0, 'n/a']}, index=['x', 'y']), 't2')"
        ),
        "'A' of 'y' in table 't2' is 'n/a', which is not in level; give numbers as numbers",
    ),
    "zones": (
        "import pandas as pd\n    tracks[0].closes[pd.Timestamp('2025-01-01', tz='UTC') :]",
        "its code stopped at 'tracks[0].closes[",
    ),
    "a module of Python's": (
        "import json\n    json.loads('{')",
        "its code stopped at 'json.loads('{')': JSONDecodeError: Expecting",
    ),
    "a division": ("desk.stat('late', 0.01)\n    1 / 0", "stopped at '1 / 0': ZeroDivisionError"),
}
"""The last line of a section, and what is said of it beside its cell and line."""
TOLD_LATER = {
    "a fact": ('{{ fact("gpa") | figure }}', "line 25: The story asks for fact 'gpa', which was"),
    "a role": ("{{ first.chnage | rose }}", "has no fact in the role 'chnage'. Did you mean"),
    "a division": ("{{ (first.level / first.change) | level }}", "a story computes nothing"),
    "a number": ("{{ (first.level.number / 2) | level }}", "is given a bare number; record it by"),
    "a bare number": ("{{ first.change.number }}", "line 25: The story prints the bare number"),
    "an endless loop": (
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "takes more turns than a template may",
    ),
    "a macro of itself": (
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "calls itself without an end",
    ),
    "the sandbox": ('{{ "".__class__ }}', "a template may not use '__class__' of a 'str'"),
    "a picture": ('{{ picture("line") }}', "recorded no chart of Altair 'line'; write desk.show"),
    "a table": ('{{ table("held") }}', "recorded no table 'held'; write desk.table(frame, ...)"),
    "no forms": ('{{ slot("x") }}', "slot('x') has no forms; give it two texts or more"),
    "a family": ('{% set w = wording("record") %}', "needs the template 'story/en/record.j2'"),
    "a false word": (
        '{{ the(first.instrument) | cap }} stands {{ first.change | says("below") }} it.',
        "story.j2, line 25: “below” (spx.pct_change): nothing bears it out",
    ),
    "an unproven word": (
        '{{ the(first.instrument) | cap }} stands {{ first.change | says("aboove") }} it.',
        "story.j2, line 25: “aboove” (spx.pct_change): a word that no rule proves",
    ),
}
"""A line of a story that only the facts refuse; the preview says so with its line."""
STOPPED = {
    "a name too early": (
        lambda report: report.notebook(
            lambda book: book["cells"].insert(2, {**book["cells"][2], "source": "print(tracks)"})
        ),
        "notebook.ipynb, cell 3 (print(tracks)), line 1: NameError: name 'tracks' is not defined.",
    ),
    "a magic": (cell("%lod_ext x"), "cell 7 (%lod_ext x): UsageError: Line magic function"),
    "an exit": (cell("import sys\nsys.exit(3)"), "cell 7 (import sys): SystemExit: 3."),
    "a question": (cell("input('which day?')"), "cell 7 (input('which day?')), line 1: StdinNot"),
    "a file": (cell("open('mine.csv')"), "cell 7 (open('mine.csv')), line 1: FileNotFoundError"),
}
"""What ends a run in a cell without a section."""
SETTINGS = {
    "a key": ("store =", "stoer =", "line 4: unknown 'stoer'. Did you mean 'store'?"),
    "a port": ("port = 8025", 'port = "8025"', 'line 18: port = "8025" is not a whole number'),
    "a table": ("[site]", "[sites]", "line 27: unknown 'sites'. Did you mean 'site'?"),
    "an address": ("desk@example.com>", "desk", "line 16: [mail]: sender = 'Desk recap <desk'"),
}
DATA = 'name = "Own"\n\n[[files]]\npath = "prices.csv"\nrole = "daily_bars"\nsource = "Own"\n'
ROWS = "date,symbol,close\n2025-01-06,^GSPC,5975.38\n2025-01-07,^GSPC,5909.03\n"
FILES = {
    "a column": (ROWS.replace("close", "px"), DATA, "column 'close' is missing; found date,"),
    "a day": (
        ROWS.replace("2025-01-07", "07 Jan"),
        DATA,
        "line 3: column 'date': '07 Jan' is no day",
    ),
    "words": (ROWS.replace("5909.03", "n.a. today"), DATA, "line 3: column 'close': 'n.a. today'"),
    "twice": (
        f"{ROWS}2025-01-07,^GSPC,5900\n",
        DATA,
        "^GSPC 2025-01-07: duplicate: closes 5,909.03",
    ),
    "a blank": (ROWS.replace("5909.03", ""), DATA, "^GSPC 2025-01-07: non_positive"),
    "nothing": ("", DATA, "prices.csv: the file is empty"),
    "a role": (ROWS, DATA.replace("bars", "bar"), 'line 5: role = "daily_bar" is not one of'),
    "a word": (ROWS, DATA.replace("source", "sorce"), "line 6: unknown 'sorce' below [[files]]"),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory, apart):
    """A new desk with a new report "note" and no other one."""
    place = tmp_path_factory.mktemp("author") / "desk"
    assert not apart("init", place).exit_code
    assert not apart("new", "report", "note", folder=place).exit_code
    shutil.rmtree(place / "reports/desk-recap")
    return place


@pytest.fixture(scope="module")
def crowded(desk, apart):
    """What the doctor says, by report, of a desk with a report for each mistake."""
    place = desk.with_name("crowded")
    shutil.copytree(desk, place)
    names = {}
    for number, (name, row) in enumerate({**BEFORE_A_RUN, **BY_THE_DOCTOR}.items()):
        names[name] = f"r{number}"
        folder = place / "reports" / names[name]
        shutil.copytree(desk / "reports/note", folder)
        report = Report(folder)
        report.put("notebook.ipynb", 'report=\\"note', f'report=\\"r{number}')
        row[0](report)
    told = apart("doctor", folder=place)
    lines = told.stdout.splitlines()
    assert not isinstance(told.exception, str), told.exception
    return {
        name: [line for line in lines if line.startswith(f"BAD  report {short} ")]
        for name, short in names.items()
    }


@pytest.mark.parametrize("name", [*BEFORE_A_RUN, *BY_THE_DOCTOR])
def test_the_doctor_finds_what_needs_no_run(crowded, name):
    """All of them at once, each in a line of its own with the file."""
    lines = [line.replace("/reports/r", "/reports/note r") for line in crowded[name]]
    _, *words = {**BEFORE_A_RUN, **BY_THE_DOCTOR}[name]
    assert any(all(word in line for word in words) for line in lines), lines


@pytest.fixture
def changed(desk, tmp_path):
    """``changed(change)`` is a copy of the desk, its report changed."""

    def make(change):
        place = tmp_path / "desk"
        shutil.copytree(desk, place)
        change(Report(place / "reports/note"))
        return place

    return make


@pytest.mark.slow
@pytest.mark.parametrize("name", BEFORE_A_RUN)
def test_a_run_refuses_it_before_a_kernel_starts(changed, apart, name):
    """With the same words, and nothing is written but the gate's page."""
    change, *words = BEFORE_A_RUN[name]
    place = changed(change)
    told = apart("run", "note", *AS_OF, folder=place)
    assert told.exit_code in (2, 5), told.output
    assert all(word in told.stderr for word in words), told.stderr
    assert not [*place.rglob("notebook*.ipynb")][1:]


@pytest.fixture(scope="module")
def sections(desk, apart):
    """What a run says of a notebook with a section for each mistake, and its gate's page."""
    place = desk.with_name("sections")
    shutil.copytree(desk, place)
    report = Report(place / "reports/note")
    report.put("report.toml", "most_gaps = 2", "most_gaps = 99")
    for source, *_ in IN_A_SECTION.values():
        report.cell(HEAD.replace("own", f"s{len(source)}") + source)
    told = apart("run", "note", *AS_OF, folder=place)
    assert told.exit_code == 8, told.output
    (page,) = place.glob("out/note/*/gate.txt")
    return told.stderr.splitlines(), page.read_text()


@pytest.mark.parametrize("number", range(len(IN_A_SECTION)), ids=IN_A_SECTION)
def test_a_mistake_in_a_section_is_named_with_cell_and_line(sections, number):
    """The run says it, and so does the gate's page; the rest of the brief is there."""
    lines, page = sections
    source, *words = [*IN_A_SECTION.values()][number]
    at = f"cell {7 + number}, line {2 + source.count(chr(10))}"
    (line,) = [line for line in lines if f"notebook.ipynb, {at}: " in line]
    assert all(word in line for word in words), line
    assert f"({at}): " in page
    assert "Traceback" not in page


def test_a_sentence_about_a_statistic_that_stopped_says_why_it_is_missing(changed, apart):
    """The story only asks for it: the cause is in the notebook."""

    def spoil(report):
        report.cell(HEAD + "desk.stat('gap', -13.4, 'fraction')")
        report.story('{{ fact("gap") | figure }}')

    told = apart("run", "note", *AS_OF, folder=changed(spoil))
    assert "'own' of the notebook stopped at cell 7, line 2: The value of 'gap' is -13.4" in (
        told.stderr
    )
    assert told.stderr.index("Divide percents by 100") < told.stderr.index("asks for fact 'gap'")


@pytest.fixture(scope="module")
def executed(desk, apart):
    """The desk after a run, and its executed notebook."""
    place = desk.with_name("executed")
    shutil.copytree(desk, place)
    assert not apart("run", "note", *AS_OF, folder=place).exit_code
    (book,) = place.glob("out/note/*/notebook.ipynb")
    return place, json.loads(book.read_text())


def errors_of(book):
    """What the preview shows above a draft of the report "note"."""
    from reportgen.jobs.live import told

    return told("note", book).errors


@pytest.mark.parametrize("name", first_quick(TOLD_LATER, 4))
def test_a_preview_names_the_line_of_a_story(executed, alone, tmp_path, name):
    """The draft is made again from the notebook that ran."""
    place, book = executed
    shutil.copytree(place, tmp_path / "desk")
    report = Report(tmp_path / "desk/reports/note")
    line, words = TOLD_LATER[name]
    report.story(line)
    told = alone(placed, tmp_path / "desk", {}, errors_of, book)
    assert any(words in error and "story.j2, line " in error for error in told), told


@pytest.mark.slow
@pytest.mark.parametrize("name", STOPPED)
def test_a_cell_that_stops_the_run_is_named(changed, apart, name):
    """In one line, with what Python said of it."""
    change, words = STOPPED[name]
    told = apart("run", "note", *AS_OF, folder=changed(change))
    assert told.exit_code == 4
    assert words in told.stderr.replace("\\", "")
    assert "Traceback" not in told.output


def refusal_of_a_run(**settings):
    """What a run of the report "note" says from Python."""
    from reportgen.core.errors import ReportgenError
    from reportgen.record.request import Request, load_report

    with pytest.raises(ReportgenError) as refused:
        produced(Request(report=load_report("note"), as_of="2025-01-08"), Path("out"), **settings)
    return str(refused.value)


@pytest.mark.slow
def test_a_cell_that_never_ends_is_named(changed, alone):
    """With the limit that it passed."""
    place = changed(cell("while True:\n    pass"))
    told = alone(placed, place, dict(os.environ), partial(refusal_of_a_run, cell_timeout=2))
    assert "notebook.ipynb, cell 7 (while True:)" in told
    assert ": A cell took longer than 2 s; change the cell" in told


@pytest.mark.slow
def test_a_secret_that_a_cell_prints_is_in_no_file(changed, apart):
    """A cell sees none of the variables that the settings name."""
    place = changed(cell("import os\nprint('it is', os.environ.get('SMTP_PASSWORD'))"))
    Report(place).put("reportgen.toml", "# password", 'user = "desk"\npassword')
    told = apart("run", "note", *AS_OF, folder=place, env={"SMTP_PASSWORD": "hunter22"})
    files = [path for path in place.rglob("out/**/*") if path.is_file()]
    assert not told.exit_code, told.output
    assert not [path for path in files if b"hunter22" in path.read_bytes()]
    assert "it is None" in next(path for path in files if path.suffix == ".ipynb").read_text()


def told_by_doctor(changed, apart, change):
    """The lines of what the doctor finds in a changed desk."""
    told = apart("doctor", folder=changed(change))
    assert told.exit_code == 1, told.output
    assert not isinstance(told.exception, str), told.exception
    return [line for line in told.stdout.splitlines() if line.startswith("BAD")]


@pytest.mark.slow
@pytest.mark.parametrize("name", SETTINGS)
def test_a_mistake_in_the_settings_is_said_once(changed, apart, name):
    """Though several checks read that file."""
    *change, words = SETTINGS[name]

    def desk(report):
        return Report(report.folder.parents[1]).put("reportgen.toml", *change)

    (line,) = told_by_doctor(changed, apart, desk)
    assert f"reportgen.toml, {words}" in line


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_the_doctor_reads_the_data_of_the_desk(changed, apart, name):
    """Each folder with a dataset.toml, as a run reads it."""
    rows, described, words = FILES[name]

    def change(report):
        folder = report.folder.parents[1] / "own"
        folder.mkdir()
        (folder / "prices.csv").write_text(rows)
        (folder / "dataset.toml").write_text(described)

    (line,) = told_by_doctor(changed, apart, change)
    assert "/own" in line
    assert words in line


def test_the_doctor_reads_recipients_colours_and_beats_too(changed, apart):
    """A column, a colour, a weight that nothing uses, a broken part of a story: four lines."""

    def change(report):
        desk = report.folder.parents[1]
        (desk / "recipients.csv").write_text("adress,name\nann@example.com,Ann\n")
        Report(desk).put("recipients.toml", "ann@example.com", "ann.example.com")
        (desk / "templates/story/en/parts").mkdir(parents=True)
        (desk / "templates/tokens.json").write_text('{"light": {')
        (desk / "templates/story/en/parts/words.j2").write_text("{% macro x() %}")
        assert not apart("new", "beat", "gap", folder=desk).exit_code
        with (desk / "beats/gap/beat.toml").open("a") as file:
            file.write("\n[weights]\nsise = 2.0\n")

    lines = " ".join(told_by_doctor(changed, apart, change))
    assert "recipients.toml, line 5: 'ann.example.com' is not an address" in lines
    assert "tokens.json cannot be read: Expecting property name" in lines
    assert "words.j2, line 1: Unexpected end of template" in lines
    assert "beat.toml, line 17: the weight 'sise' is unused" in lines


def test_a_list_of_recipients_names_the_line(changed, apart):
    """Of the head, and of a row."""
    place = changed(lambda _: None)
    for text, words in (
        (
            "adress,name\nann@example.com,Ann\n",
            "line 1: there is no column 'address'; found adress",
        ),
        ("address;name\nann@example.com;Ann\n", "Separate columns by commas"),
        ("address,name\nann@example,Ann\n", "line 2: 'ann@example' is not an address"),
        ("address\na@example.com\na@example.com\n", "line 3: 'a@example.com' is listed twice"),
    ):
        (place / "list.csv").write_text(text)
        told = apart("run", "note", *AS_OF, "--recipients", "list.csv", folder=place)
        assert told.exit_code == 2
        assert f"list.csv, {words}" in told.stderr or words in told.stderr


def test_an_edit_that_cannot_be_made_is_named(executed, apart, tmp_path):
    """With its line, or the name that is off."""
    place, _ = executed
    shutil.copytree(place, tmp_path / "desk")
    (brief,) = (tmp_path / "desk").glob("out/note/*")
    for text, words in (
        ('leed = "day ^DJI"\n', "edits.toml, line 1: unknown 'leed'. Did you mean 'lead'?"),
        ("lead =\n", "edits.toml, line 1: it is not valid TOML"),
        ('lead = "dey ^DJI"\n', "no finding 'dey ^DJI'. Did you mean 'day ^DJI'?"),
        ('headline = "Stocks crash 20%"\n', "The headline says '20%' of Stocks, which nothing"),
        ('[[quote]]\ntext = "Calm."\n', "line 1: 'author' is missing below [[quote]]"),
    ):
        (brief / "edits.toml").write_text(text)
        told = apart("render", brief, folder=tmp_path / "desk")
        assert told.exit_code == 2
        assert words in told.stderr
