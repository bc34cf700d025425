"""People change a brief.

Lead, headline, what is dropped and what drove the market; all of it kept and checked.
"""

from __future__ import annotations

import json
import shutil

import pytest

RUN = ["run", "daily-recap", "--as-of", "2024-11-06", "--format", "txt", "--format", "json"]
CAUSE = "Stocks jumped after the presidential election, as investors bet on lower taxes."


@pytest.fixture(scope="module")
def recap(tmp_path_factory, apart):
    """The recap of 6 November 2024, a day on which much happened."""
    out = tmp_path_factory.mktemp("recap") / "out"
    assert apart(*RUN, "--out", out).exit_code == 0
    return out


@pytest.fixture
def place(recap, tmp_path):
    """A copy of its folder, to be edited."""
    return shutil.copytree(recap, tmp_path / "out") / "daily-recap" / "2024-11-06"


def _write(place, text):
    (place / "edits.toml").write_text(text, encoding="utf-8")


def _told(place):
    return json.loads((place / "brief.json").read_text())


def test_the_findings_are_listed_by_the_names_that_edits_use(call, place):
    """The lead first, each with its score and the parts of it."""
    lines = call("findings", place).stdout.splitlines()
    lead = _told(place)["lead"]
    assert f"{lead['kind']} {lead['instrument']}" in lines[0]
    assert any("record_close ^GSPC" in line and "threshold +12.0" in line for line in lines)


def test_another_lead_is_told_without_running_the_notebook(call, place):
    """The story, its headline and brief.json have the lead that was asked for.

    The same brief is still borne out.
    """
    assert call("render", place, "--lead", "record_close ^GSPC").exit_code == 0
    assert _told(place)["lead"] == {"kind": "record_close", "instrument": "^GSPC"}
    assert _told(place)["title"].startswith("S&P 500")
    assert call("check", place).exit_code == 0


def test_what_is_dropped_is_not_told(call, place):
    """No claim rests on the finding any more."""
    assert "outperform" in {claim["kind"] for claim in _told(place)["claims"]}
    assert call("render", place, "--drop", "outperform", "--drop", "underperform").exit_code == 0
    assert "outperform" not in {claim["kind"] for claim in _told(place)["claims"]}


def test_edits_on_the_command_line_are_kept_in_the_file_beside_its_comments(call, place):
    """What a person wrote there stays."""
    _write(
        place,
        f'# mine\nheadline = "Stocks surge"\n\n[[driver]]\ntext = "{CAUSE}"\nauthor = "Jane Doe"\n',
    )
    assert (
        call("render", place, "--lead", "record_close ^GSPC", "--drop", "outperform").exit_code == 0
    )
    text = (place / "edits.toml").read_text()
    assert "# mine" in text
    assert 'lead = "record_close ^GSPC"' in text.partition("[[driver]]")[0]
    assert call("render", place).exit_code == 0
    assert _told(place)["title"] == "Stocks surge"


def test_a_cause_is_told_word_for_word_with_its_author(call, place):
    """It says who said it and when."""
    _write(place, f'[[driver]]\ntext = "{CAUSE}"\nauthor = "Jane Doe, markets editor"\n')
    assert call("render", place).exit_code == 0
    said = f"“{CAUSE.removesuffix('.')},” Jane Doe, markets editor, said."
    text = " ".join((place / "brief.txt").read_text().split())
    assert f"rose 2.5% to a record. {said} The S&P 500 " in text
    gate = (place / "gate.txt").read_text()
    assert f'- Jane Doe, markets editor, 2024-11-06: "{CAUSE}" (edits.toml)' in gate


@pytest.mark.slow
def test_edits_survive_another_run(apart, place):
    """The notebook runs again, the headline stays.

    A brief whose edits changed is not taken for finished.
    """
    _write(place, 'headline = "Stocks surge on Wednesday"\n')
    again = [
        "backfill",
        "daily-recap",
        "--from",
        "2024-11-06",
        "--to",
        "2024-11-06",
        *RUN[4:],
        "--out",
        place.parents[1],
        "--jobs",
        "1",
    ]
    assert "1 made" in apart(*again).stdout
    assert _told(place)["title"] == "Stocks surge on Wednesday"
    assert "1 kept" in apart(*again).stdout


@pytest.mark.parametrize(
    ("headline", "words"),
    [
        ("S&P 500 surges 2.6%", "2.6%"),
        ("Dow up 2.5%", "2.5%"),
        ("S&P 500 plunges", "plunges"),
        ("Small caps soar 5.8% as voters decide", "voters decide"),
        ("Dow and S&P 500 up 2.5%", "2.5%"),
        ("The best day since 2020", "best"),
        ("S&P 500 ends a run of losses", "losses"),
        ("Gold at a record", "Gold"),
        ("Stocks rise, Acme up 2.5%", "Acme"),
    ],
)
def test_a_headline_that_is_not_borne_out_is_refused(refused, place, headline, words):
    """Whoever wrote it; the files stay as they were."""
    before = (place / "brief.txt").read_bytes()
    _write(place, f'headline = "{headline}"\n')
    refused(2, ["render", place], words)
    assert (place / "brief.txt").read_bytes() == before


@pytest.mark.parametrize(
    ("headline", "facts"),
    [
        (
            "S&P 500 surges 2.5% to a record before the Fed's decision on rates",
            {"spx.pct_change", "spx.record_close"},
        ),
        ("Small caps soar 5.8% as stocks surge", {"rut.pct_change", "spx.pct_change"}),
        (
            "Dow adds 1,508 points, closes above 43,000 for the first time",
            {"dji.point_change", "dji.milestone_cross"},
        ),
        ("Wall Street hits records", {"spx.record_close"}),
    ],
)
def test_a_headline_that_is_true_cites_what_it_rests_on(call, place, headline, facts):
    """Each of its figures and claims is a claim of brief.json."""
    _write(place, f'lead = "record_close ^GSPC"\nheadline = "{headline}"\n')
    result = call("render", place)
    assert result.exit_code == 0, result.stderr
    assert facts <= {claim["fact"] for claim in _told(place)["claims"] if claim["where"] == "title"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('lead = "record_clos ^GSPC"', ("record_clos", "Did you mean 'record_close ^GSPC'")),
        ('lead = "gauge ^VIX"', ("gauge", "cannot lead")),
        ('lead = "record_close ^GSPC"\ndrop = ["record_close"]', ("both the lead and dropped",)),
        ('drop = ["so_far"]', ("without what is dropped",)),
        ('titel = "x"', ("titel", "known")),
        ("headline = 3", ("headline", "one line of text")),
        (f'headline = "{"long " * 20}"', ("characters",)),
        ('[[driver]]\ntext = "No author."', ("author",)),
        ('[[driver]]\ntext = "Fine."\nauthor = "Me"\ndate = "soon"', ("soon", "2025-01-08")),
        ("headline = ", ("not valid TOML",)),
    ],
)
def test_edits_that_can_not_be_made_are_refused(refused, place, text, words):
    """With the thing, what was expected and how to mend it."""
    _write(place, text)
    message = refused(2, ["render", place], *(word for word in words if word != "known"))
    assert "known" not in words or "Known:" in message or "Did you mean" in message


def test_a_check_tells_that_the_edits_changed_since(call, place):
    """A brief that does not say what its editor wants is stale."""
    _write(place, 'headline = "Stocks surge"\n')
    result = call("check", place)
    assert result.exit_code == 5
    assert "edits.toml was changed since the brief was rendered" in result.stderr
