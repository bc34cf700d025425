"""The documentation says what the program does."""

from __future__ import annotations

import ast
import dataclasses
import datetime as dt
import importlib
import inspect
import json
import re
import runpy
import shlex
from pathlib import Path

import jsonschema
import make_docs
import pytest
import rooms
import story_language
import test_architecture
import yaml
from click.testing import CliRunner
from transcripts import transcript

import reportgen
from reportgen.beats import beats
from reportgen.cli import main
from reportgen.core import errors
from reportgen.markets.spec import Index, MarketSpec
from reportgen.publish.recipients import read_recipients
from reportgen.record.request import load_report

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_readme_s_transcript_is_what_the_commands_print(sample_brief, tmp_path, monkeypatch):
    """Every reportgen command of the README, run in a folder with the sample brief."""
    monkeypatch.chdir(tmp_path)
    Path("out").symlink_to(sample_brief.folder.parents[1])
    commands = [
        (c, p)
        for c, p in transcript((ROOT / "README.md").read_text())
        if c.startswith("reportgen ")
    ]
    assert len(commands) >= 4
    for command, printed in commands:
        words = [w.strip('"') for w in re.findall(r'"[^"]*"|\S+', command)][1:]
        assert CliRunner().invoke(main, words).output.strip() == printed, command


def test_make_brief_prints_what_the_readme_says(sample_brief):
    """Six files, in that order."""
    printed = dict(transcript((ROOT / "README.md").read_text()))["make brief"].splitlines()
    assert [Path(line).name for line in printed] == [path.name for path in sample_brief.files]
    assert {Path(line).parent.name for line in printed} == {sample_brief.folder.name}


GENERATED = [
    "reference/commands.md",
    "reference/python-api.md",
    "reference/desk.md",
    "reference/checks.md",
    "reference/providers.md",
    "reference/files.md",
    "reference/story-language.md",
    "reference/beats.md",
    "reference/news-weights.md",
    "reference/markets.md",
    "reference/errors.md",
    "explanation/rooms.svg",
    "adr/README.md",
]


@pytest.mark.parametrize("name", GENERATED)
def test_what_the_docs_quote_from_the_program_is_up_to_date(name):
    """Rebuilt by ``make docs``."""
    pages = make_docs.PAGES
    assert list(pages) == GENERATED
    assert (ROOT / "docs" / name).read_text() == pages[name]()


def test_every_filter_and_global_of_a_story_is_on_its_page():
    """With a heading, words and an example of its own."""
    text = (ROOT / "docs" / "reference" / "story-language.md").read_text()
    filters, names = text.split("\n## Filters\n")[1].split("\n## Globals\n")
    known = story_language.filter_functions(), story_language.global_names()
    for part, those in zip((filters, names), known, strict=True):
        sections = re.findall(r"^### `(\w+)[^\n]*\n\n(\w[^\n]+)\n", part, re.MULTILINE)
        assert [name for name, _ in sections] == list(those)
    assert (set(story_language.FILTERS), set(story_language.GLOBALS)) == tuple(map(set, known))


def test_every_beat_market_key_and_error_is_on_its_page():
    """By its name."""
    pages = {
        name: (ROOT / "docs" / "reference" / f"{name}.md").read_text()
        for name in ("beats", "markets", "errors")
    }
    for beat in beats():
        assert f"\n## {beat.name}\n" in pages["beats"]
        assert [kind for kind in beat.kinds if f"| `{kind}` |" not in pages["beats"]] == []
    keys = [one.name for cls in (MarketSpec, Index) for one in dataclasses.fields(cls)]
    assert [key for key in keys if f"| `{key}` |" not in pages["markets"]] == []
    known = [one for one in vars(errors).values() if isinstance(one, type)]
    raised = [one for one in known if issubclass(one, errors.ReportgenError)]
    rows = [f"| `{one.__name__}` | `{one.__base__.__name__}` | {one.exit_code} |" for one in raised]
    assert len(rows) > 20
    assert [row for row in rows if row not in pages["errors"]] == []


def test_the_picture_of_the_rooms_has_the_imports_that_the_architecture_test_reads():
    """Two readers of the same files; the door of nbconvert is left out of the picture."""
    read = {}
    for path in test_architecture.FILES:
        found = set() if path.name == "exporter.py" else test_architecture.imports(path)
        read.setdefault(test_architecture.room(path), set()).update(found)
    drawn = rooms.imports()
    assert drawn == {room: (read[room] - {room}) & drawn.keys() for room in drawn}
    assert set(read) - set(drawn) == {"renamed", "__main__"}


def test_the_provider_of_the_how_to_reads_its_answer(tmp_path):
    """In at most 60 lines, and by the contract that ours keep."""
    from reportgen.sources.providers.contract import Ask, Bar, Reply

    block = re.search(
        r"```python\n(.*?)```",
        (ROOT / "docs" / "how-to" / "add-a-provider.md").read_text(),
        re.DOTALL,
    )[1]
    (tmp_path / "example.py").write_text(block)
    provider = runpy.run_path(str(tmp_path / "example.py"))["Example"]()
    ask = Ask(symbol="NVDA", role="daily_bars", first=dt.date(2025, 1, 7), last=dt.date(2025, 1, 8))
    (call,) = provider.calls(ask)
    reply = Reply(
        url="",
        status=200,
        at=dt.datetime.now(dt.UTC),
        body=b"date,close\n2025-01-08,140.11\n2025-01-07,140.14\n2025-01-06,\n",
    )
    assert provider.rows(ask, [reply]) == [
        Bar(dt.date(2025, 1, d), None, None, None, c, None) for d, c in ((7, 140.14), (8, 140.11))
    ]
    assert (call.params["from"], len(block.splitlines()) <= 60) == ("2025-01-07", True)


def examples(text: str) -> list[list[str]]:
    """The words of every reportgen command in a fenced block, continued lines joined,
    notes left out."""
    blocks = re.findall(r"```(?:console)?\n(.*?)```", text, re.DOTALL)
    lines = [
        line.removeprefix("$ ")
        for block in blocks
        for line in block.replace("\\\n", " ").splitlines()
    ]
    return [
        shlex.split(line, comments=True)[1:]
        for line in lines
        if line.startswith("reportgen ") and not line.startswith("reportgen:")
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_command_of_the_docs_can_be_given(page):
    """Its name and options exist and take such values."""
    for name, *words in examples(page.read_text()):
        command = main.commands[name]
        command.make_context(name, list(words))


PYTHON = (ROOT / "docs" / "how-to" / "use-from-python.md").read_text()


def test_the_first_python_example_runs(alone, tmp_path, monkeypatch):
    """As it stands, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    alone(exec, re.findall(r"```python\n(.*?)```", PYTHON, re.DOTALL)[0], {})
    assert (tmp_path / "elsewhere" / "brief.html").is_file()


def test_every_python_example_makes_calls_that_exist():
    """Airflow, Dagster and Prefect are not here; what they call is."""
    calls = [
        node
        for block in re.findall(r"```python\n(.*?)```", PYTHON, re.DOTALL)
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("reportgen.")
    ]
    assert len(calls) >= 9
    for call in calls:
        target = getattr(reportgen, ast.unparse(call.func).removeprefix("reportgen."))
        inspect.signature(target).bind(*call.args, **{k.arg: k.value for k in call.keywords})


def test_the_lists_of_readers_in_the_docs_can_be_read(tmp_path):
    """The CSV and the TOML."""
    text = (ROOT / "docs" / "how-to" / "recipients.md").read_text()
    for suffix in ("csv", "toml"):
        (tmp_path / f"people.{suffix}").write_text(
            re.search(rf"```{suffix}\n(.*?)```", text, re.DOTALL)[1]
        )
    csv, toml = (
        read_recipients(tmp_path / f"people.{suffix}", load_report("small-caps"))
        for suffix in ("csv", "toml")
    )
    assert [one.name for one in csv] == ["Ann Lee", "Bob Hill", "Cy Moss"]
    assert toml == [csv[1]]


def test_the_edits_in_the_docs_can_be_made(apart, tmp_path):
    """The file of the page on editing, beside the brief that it speaks of."""
    run = ["run", "daily-recap", "--as-of", "2025-01-08", "--format", "txt", "--out", tmp_path]
    assert apart(*run).exit_code == 0
    place = tmp_path / "daily-recap" / "2025-01-08"
    block = re.search(
        r"```toml\n(.*?)```", (ROOT / "docs" / "how-to" / "edit.md").read_text(), re.DOTALL
    )
    (place / "edits.toml").write_text(block[1])
    result = CliRunner().invoke(main, ["render", str(place)])
    assert result.exit_code == 0, result.stderr
    assert (
        (place / "brief.txt").read_text().startswith(re.search(r'headline = "(.*)"', block[1])[1])
    )


def test_the_driver_of_the_docs_can_be_added(apart, tmp_path, monkeypatch):
    """The command of the page on commentary prints what the page says, and the brief has it."""
    monkeypatch.chdir(tmp_path)
    run = ["run", "daily-recap", "--as-of", "2025-01-07", "--format", "txt"]
    assert apart(*run, folder=tmp_path).exit_code == 0
    page = (ROOT / "docs" / "how-to" / "commentary.md").read_text()
    ((command, _),) = transcript(page)
    result = CliRunner().invoke(main, shlex.split(command)[1:])
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[0] == re.search(r"```text\n(.*)\n", page)[1]
    told = " ".join(Path("out/daily-recap/2025-01-07/brief.txt").read_text().split())
    assert told.startswith(re.search(r'"(S&P 500 .*? says)"', page)[1])
    assert re.search(r"“.*? said\.", page)[0] in told


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    """Relative links and pictures exist."""
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_every_page_is_in_the_navigation_of_the_site():
    """Each once, and nothing else."""
    site = yaml.safe_load((ROOT / "tools" / "mkdocs.yml").read_text())

    def pages(nav):
        if isinstance(nav, str):
            return [nav]
        below = nav.values() if isinstance(nav, dict) else nav
        return [page for one in below for page in pages(one)]

    docs = (ROOT / "tools" / site["docs_dir"]).resolve()
    assert docs == ROOT / "docs"
    assert sorted(pages(site["nav"])) == sorted(
        path.relative_to(docs).as_posix() for path in docs.rglob("*.md")
    )


def test_the_places_that_contributing_names_are_there():
    """Files, folders, and the functions and tables named beside them."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    places = re.findall(r"`((?:reportgen|templates|reports|tests|docs)/[\w./-]*)`", text)
    assert len(places) > 20
    assert [place for place in places if not (ROOT / place).exists()] == []
    for place, name in re.findall(r"`(reportgen/[\w/]+\.py)`, `(\w+)`", text):
        assert hasattr(importlib.import_module(place[:-3].replace("/", ".")), name)


def test_brief_json_keeps_to_its_published_schema(sample_brief):
    """reportgen.brief/1."""
    schema = json.loads((ROOT / "docs" / "reference" / "brief.schema.json").read_text())
    jsonschema.validate(json.loads((sample_brief.folder / "brief.json").read_text()), schema)


def test_every_public_name_has_a_docstring():
    """In the package, modules included."""
    for path in (ROOT / "reportgen").rglob("*.py"):
        tree = ast.parse(path.read_text())
        public = [
            n
            for n in tree.body
            if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.name.startswith("_")
        ]
        assert ast.get_docstring(tree), path
        assert [n.name for n in public if not ast.get_docstring(n)] == [], path


SHOWN = [
    ROOT / "README.md",
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "templates").rglob("*.j2"),
    *(ROOT / "reportgen").rglob("*.py"),
]


def test_nothing_says_to_install_by_the_name_that_is_not_ours():
    """On the package index the name reportgen is somebody else's."""
    wrong = re.compile(r"install[^\n]*[ '\"]reportgen(?:\[|==|['\" ]|$)", re.MULTILINE)
    assert [path.name for path in SHOWN if wrong.search(path.read_text())] == []
