"""One command adds what a person said to a finished brief."""

from __future__ import annotations

import shutil
import tomllib

import pytest

SAYS = "Stocks jumped as investors bet on lower taxes."
JANE = ["--by", "Jane Doe", "--role", "chief strategist"]
CLAUSE = ["--driver", "--clause", "Trump wins"]


@pytest.fixture(scope="module")
def recap(tmp_path_factory, apart):
    """The recap of 6 November 2024, made once."""
    out = tmp_path_factory.mktemp("recap") / "out"
    made = apart(
        *("run", "daily-recap", "--as-of", "2024-11-06", "--out", out),
        *("--lead", "record_close ^GSPC", "--format", "txt", "--format", "eml"),
    )
    assert made.exit_code == 0
    return out


@pytest.fixture
def place(recap, tmp_path):
    """A copy of its folder."""
    return shutil.copytree(recap, tmp_path / "out") / "daily-recap" / "2024-11-06"


@pytest.fixture
def add(call, place):
    """``add(says, *options)`` adds a statement of Jane Doe."""

    def run(says=SAYS, *options):
        result = call("voice", "add", place, *JANE, "--says", says, *options)
        assert result.exit_code == 0, result.stderr
        return result.stdout.splitlines()[0]

    return run


def kept(place):
    """The statements in its edits.toml."""
    edits = tomllib.loads((place / "edits.toml").read_text())
    return [*edits.get("driver", []), *edits.get("quote", [])]


def text(place):
    """The brief, its lines joined."""
    return " ".join((place / "brief.txt").read_text().split())


def test_a_driver_stands_in_headline_lead_and_subject(add, call, place):
    """With its speaker each time; the brief is sealed anew and borne out."""
    assert add(SAYS, *CLAUSE).endswith("Jane Doe in the headline and the text.")
    told = text(place)
    title = told.partition(" Daily recap")[0]
    assert title.endswith(" as Trump wins, strategist says")
    assert f"“{SAYS[:-1]},” Jane Doe, chief strategist, said." in told
    assert f"Subject: {title}" in (place / "brief.eml").read_text()
    assert call("check", place).exit_code == 0


def test_a_quote_stands_beside_its_subject(add, place):
    """By a name of it, or by its symbol; a full stop is added."""
    assert add("Yields have room to rise", "--about", "10-year Treasury yield")
    parts = [" ".join(part.split()) for part in (place / "brief.txt").read_text().split("\n\n")]
    quote = "“Yields have room to rise,” Jane Doe"
    (before,) = (part.partition(quote)[0] for part in parts if quote in part)
    assert "10-year Treasury yield rose to" in before[-160:]
    assert kept(place)[0]["about"] == "DGS10"


def test_the_same_statement_is_added_once(add, place):
    """A second time, no file changes."""
    add(SAYS, *CLAUSE)
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    assert add(SAYS, *CLAUSE).endswith("nothing was changed.")
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before


def test_a_statement_is_appended_to_what_the_editor_wrote(add, place):
    """Comments and rows stay."""
    quote = '[[quote]]\ntext = "One."\nauthor = "Ann Poe"\n'
    mine = f'# mine\nlead = "record_close ^GSPC"\ndrop = ["outperform"]\n\n{quote}'
    (place / "edits.toml").write_text(mine)
    add("Two.", "--about", "DGS10", "--source", "a note")
    written = (place / "edits.toml").read_text()
    assert written.startswith(mine)
    assert [row["text"] for row in kept(place)] == ["One.", "Two."]
    assert 'on DGS10: "Two." (edits.toml, a note)' in (place / "gate.txt").read_text()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--by", "", "--says", SAYS], "--by is empty"),
        (["--by", "7", "--says", SAYS], "--by is empty"),
        (["--by", "Jane Doe", "--says", " "], "--says is empty"),
        ([*JANE, "--says", SAYS, "--about", "VIXX"], "Did you mean 'VIX'?"),
        ([*JANE, "--says", SAYS, "--about", "^TNX"], "is no instrument of this brief. Write"),
        ([*JANE, "--says", SAYS, "--as-of", "2024-11-07"], "nobody had said it yet"),
        ([*JANE, "--says", SAYS, "--driver", "--as-of", "2024-11-05"], "of its own day"),
        ([*JANE, "--says", SAYS, "--clause", "Trump wins"], "add --driver"),
        ([*JANE, "--says", SAYS, "--driver", "--clause", "a 3% cut"], "has words alone"),
        ([*JANE, "--says", SAYS, "--driver", "--clause", "because of it"], "leave it out"),
        ([*JANE, "--says", "Two.", "--driver"], "Two drivers are about the market"),
        ([*JANE, "--says", "Two.", "--driver", "--about", "^GSPC"], "Two drivers are about"),
    ],
)
def test_a_statement_that_cannot_stand_is_refused(refused, place, add, options, words):
    """In one line; the brief and its edits stay as they were."""
    if words.startswith("Two"):
        add(SAYS, "--driver")
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    refused(2, ["voice", "add", place, *options], words)
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before


def test_a_headline_may_end_in_a_driver_s_clause(call, add, place):
    """With the speaker, as the program writes it; without one it is refused."""
    add(SAYS, *CLAUSE)
    file = place / "edits.toml"
    rows = file.read_text()
    file.write_text(f'headline = "Stocks surge as Trump wins, strategist says"\n{rows}')
    assert call("render", place).exit_code == 0
    assert text(place).startswith("Stocks surge as Trump wins, strategist says Daily")
    file.write_text(f'headline = "Stocks surge as Trump wins"\n{rows}')
    assert "a cause is that of a person who names it" in call("render", place).stderr


def test_nothing_is_added_to_a_brief_that_was_changed_by_hand(call, place):
    """The seal names the file."""
    (place / "brief.txt").write_text("other")
    result = call("voice", "add", place, *JANE, "--says", SAYS)
    assert result.exit_code == 5
    assert "brief.txt" in result.stderr
    assert SAYS not in (place / "edits.toml").read_text()
