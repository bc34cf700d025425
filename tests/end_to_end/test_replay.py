"""A brief is made again from its record alone, to the byte, whatever has become of the data.

What is not the same is named.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import socket

import pytest

from reportgen.config.resources import SAMPLE
from reportgen.core.checks import Acceptance
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.importing import take_in
from reportgen.datasets.validation.accepting import accept
from reportgen.sources import store
from reportgen.sources.providers.contract import Bar, Reply

# DuckDB says so to the newest pandas when it makes a frame with a time zone.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.drop"),
]

AS_OF = "2024-11-06"
TEXTS = ["--format", "txt", "--format", "json"]
FILES = ["brief.txt", "brief.json"]
AT = dt.datetime(2025, 2, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def run(apart):
    """Make a brief: the folder of the one that the command line makes of *data* below *out*."""

    def make(out, *more, data="sample", report="daily-recap", as_of=AS_OF, formats=TEXTS):
        args = ["--as-of", as_of, "--data", data, "--out", out, *formats, *more]
        result = apart("run", report, *args)
        assert result.exit_code == 0, result.stderr
        return next(path.parent for path in (out / report).rglob("notebook.ipynb"))

    return make


@pytest.fixture(scope="session")
def replayed(apart):
    """What the command line says to a replay."""
    return lambda folder, *more: apart("replay", folder, *more)


@pytest.fixture(scope="session")
def same(replayed):
    """Assert that a replay gives back every one of the *files*."""

    def check(folder, *more, files=FILES):
        result = replayed(folder, *more)
        assert (result.exit_code, result.stderr) == (0, ""), result.stdout
        assert result.stdout == f"{folder}: {', '.join(files)} are the same to the byte.\n", (
            result.stdout
        )

    return check


@pytest.fixture(scope="module")
def made(tmp_path_factory, run):
    """A recap of the sample."""
    return run(tmp_path_factory.mktemp("made"))


@pytest.fixture
def copy(made, tmp_path):
    """A copy of it, to be changed."""
    return shutil.copytree(made, tmp_path / made.name)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store of the sample."""
    path = tmp_path_factory.mktemp("filled") / "store.duckdb"
    take_in(path, open_dataset(SAMPLE), AT)
    return path


@pytest.fixture
def market(filled, tmp_path, monkeypatch):
    """A copy of it, which is the user's own."""
    path = shutil.copy(filled, tmp_path / "store.duckdb")
    monkeypatch.setenv("REPORTGEN_STORE", str(path))
    return path


@pytest.fixture
def elsewhere(tmp_path):
    """The sample as a folder of one's own, under another name."""
    folder = shutil.copytree(SAMPLE, tmp_path / "data")
    (folder / "dataset.toml").write_text(
        (folder / "dataset.toml").read_text().replace("Sample market", "Our market")
    )
    return folder


def told(path, symbol, closes):
    """Let the store at *path* learn other closes of *symbol*."""
    rows = [
        Bar(dt.date.fromisoformat(day), None, None, None, close, None)
        for day, close in closes.items()
    ]
    reply = Reply(
        url="https://example.com/later", status=200, at=AT, body=repr((symbol, closes)).encode()
    )
    store.append(
        path,
        [
            store.Fetched(
                provider="later",
                source="A later feed",
                terms="",
                role="daily_bars",
                symbol=symbol,
                replies=(reply,),
                rows=rows,
            )
        ],
    )


# The sample
# ------------------------------------------------------------------------------


def test_a_brief_of_the_sample_is_made_again_without_the_network(made, monkeypatch, same):
    """Its files are the same to the byte; nobody is asked for anything."""

    def closed(*_):
        raise OSError("the network is closed")

    monkeypatch.setattr(socket, "getaddrinfo", closed)
    monkeypatch.setattr(socket, "create_connection", closed)
    same(made)


def test_every_format_is_made_again(sample_brief, same):
    """Page, pages, mail, text and data."""
    same(
        sample_brief.folder,
        files=["brief.html", "brief.pdf", "brief.eml", "brief.txt", "brief.json"],
    )


def test_a_brief_of_a_week_is_made_again(tmp_path, run, same):
    """It is of the last whole week by a moment inside the next one."""
    same(run(tmp_path, report="weekly-recap", as_of="2024-11-13"))


def test_a_brief_is_made_again_with_its_parameters(tmp_path, run, same):
    """A number, a word and what is not shown."""
    more = ["-p", "months=12", "-p", "benchmark=^IXIC", "-p", "rates=false"]
    same(run(tmp_path, *more, report="small-caps", as_of="2025-01-08"))


# Edits
# ------------------------------------------------------------------------------


def test_a_brief_with_another_lead_is_made_again(tmp_path, run, same):
    """And without what was dropped."""
    same(run(tmp_path, "--lead", "record_close ^GSPC", "--drop", "outperform"))


def test_a_brief_with_words_of_a_person_is_made_again(copy, same, apart):
    """The headline and the cause that stood beside it when it was rendered."""
    cause = (
        '[[driver]]\ntext = "Stocks jumped as investors bet on lower taxes."\nauthor = "Jane Doe"\n'
    )
    (copy / "edits.toml").write_text(f'headline = "Stocks surge"\n\n{cause}')
    assert apart("render", copy).exit_code == 0
    text = (copy / "brief.txt").read_text()
    assert all(words in text for words in ("Stocks surge", "lower taxes"))
    same(copy)


def test_a_brief_is_made_again_wherever_its_folder_lies(tmp_path, run, same):
    """Under another name, too."""
    folder = run(tmp_path, "--lead", "record_close ^GSPC")
    same(folder.rename(tmp_path / "sent"))


def test_a_file_that_was_rendered_later_is_made_again(copy, same, apart):
    """The page was not asked for at first."""
    assert apart("render", copy, "--format", "html").exit_code == 0
    same(copy, files=["brief.html", *FILES])


# What is not the same
# ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [lambda path: path.write_bytes(path.read_bytes() + b"\n"), lambda path: path.unlink()]
)
def test_a_file_that_was_changed_by_hand_is_named(copy, change, replayed):
    """Exit code 5, and nothing else is named; a file that is gone is another, too."""
    change(copy / "brief.txt")
    result = replayed(copy)
    assert (result.exit_code, result.stdout) == (5, "differs: brief.txt\n")


def test_what_changed_on_the_machine_is_said(copy, replayed):
    """A package of another version is named beside the files,
    which may be the same for all that."""
    notebook = json.loads((copy / "notebook.ipynb").read_text())
    notebook["metadata"]["reportgen"]["inputs"]["versions"]["pandas"] = "0.1"
    (copy / "notebook.ipynb").write_text(json.dumps(notebook))
    result = replayed(copy)
    assert result.exit_code == 0
    assert result.stderr.startswith("changed since: pandas 0.1, now ")


def test_a_notebook_that_does_not_say_what_it_was_made_from_is_refused(copy, replayed):
    """An author's own run has no inputs."""
    notebook = json.loads((copy / "notebook.ipynb").read_text())
    del notebook["metadata"]["reportgen"]["inputs"]
    (copy / "notebook.ipynb").write_text(json.dumps(notebook))
    result = replayed(copy)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (4, "", 1)
    assert "does not say what the brief was made from" in result.stderr


def test_a_folder_without_a_notebook_is_refused(tmp_path, replayed):
    """In one line."""
    result = replayed(tmp_path)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (4, "", 1)
    assert "notebook.ipynb does not exist" in result.stderr


# Folders
# ------------------------------------------------------------------------------


def test_a_brief_of_a_folder_is_made_again_from_it(tmp_path, elsewhere, run, replayed, same):
    """It is to be named: no record says where it lies."""
    (elsewhere / "events.csv").write_text(
        (elsewhere / "events.csv").read_text()
        + "2025-01-15,the December inflation report,release\n"
    )
    folder = run(tmp_path / "out", data=elsewhere)
    result = replayed(folder)
    assert (result.exit_code, result.stdout) == (4, "")
    assert "made from a folder of files; name it with --data" in result.stderr
    same(folder, "--data", elsewhere)


def test_another_folder_is_refused(tmp_path, elsewhere, run, replayed):
    """One file in it is not the one that the brief was made from."""
    folder = run(tmp_path / "out", data=elsewhere)
    (elsewhere / "events.csv").write_text(
        (elsewhere / "events.csv").read_text()
        + "2025-01-15,the December inflation report,release\n"
    )
    result = replayed(folder, "--data", elsewhere)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (4, "", 1)
    assert "these are not the data that the brief was made from" in result.stderr


def test_a_folder_that_is_described_otherwise_is_refused(tmp_path, elsewhere, run, replayed):
    """Its files are the same, but what it says of them, which is told, is not."""
    folder = run(tmp_path / "out", data=elsewhere)
    described = (elsewhere / "dataset.toml").read_text()
    (elsewhere / "dataset.toml").write_text(described.replace("simulated closes", "other closes"))
    result = replayed(folder, "--data", elsewhere)
    assert (result.exit_code, result.stdout) == (4, "")
    assert "these are not the data that the brief was made from" in result.stderr


# The store
# ------------------------------------------------------------------------------


def test_a_brief_of_a_store_is_made_again_after_the_store_has_changed(tmp_path, market, run, same):
    """Other closes, a finding that was accepted and another symbol came later.

    A new run of that session tells of them.
    """
    folder = run(tmp_path / "before", data="store")
    told(market, "^GSPC", {AS_OF: 5900.25, "2024-11-05": 5780.5})
    told(market, "RSP", {"2024-11-05": 181.0, AS_OF: 184.0})
    accept(
        market,
        Acceptance(
            symbol="^GSPC",
            check="outlier",
            day=dt.date(2024, 11, 6),
            reason="it rose",
            person="A. Editor",
        ),
        AT,
    )
    later = run(tmp_path / "after", data=f"store@{store.last_fetch(market)}")
    assert all((later / name).read_bytes() != (folder / name).read_bytes() for name in FILES)
    assert "5,900.25" in (later / "brief.txt").read_text()
    same(folder)
    same(later)


def test_a_brief_of_a_store_that_is_gone_is_refused(tmp_path, market, run, replayed):
    """In one line that says how to make one."""
    folder = run(tmp_path / "out", data="store")
    market.unlink()
    result = replayed(folder)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (3, "", 1)
    assert "There is no store" in result.stderr


def test_a_brief_of_another_store_is_refused(tmp_path, market, run, replayed):
    """The fetch of that number is another there."""
    folder = run(tmp_path / "out", data="store")
    market.unlink()
    other = shutil.copytree(SAMPLE, tmp_path / "other")
    (other / "events.csv").write_text(
        "date,name,kind\n2024-11-05,the election,election\n2025-01-10,the jobs report,release\n"
    )
    take_in(market, open_dataset(other), AT)
    result = replayed(folder)
    assert (result.exit_code, result.stdout) == (4, "")
    assert "these are not the data" in result.stderr
