"""From Python: few calls, typed results, and errors of one family."""

import datetime as dt
import re
import subprocess
import sys
from functools import partial

import pandas as pd
import pytest
from sparing import first_quick

import reportgen
from reportgen.config.resources import SAMPLE


@pytest.fixture(scope="module")
def made(alone):
    """``made(...)`` is ``reportgen.run(...)`` in a process of its own, as a script's is."""
    return lambda *args, **named: alone(partial(reportgen.run, *args, **named))


@pytest.fixture(scope="module")
def brief(tmp_path_factory, made):
    """A daily recap, made by a call."""
    out = tmp_path_factory.mktemp("out")
    return made("daily-recap", as_of="2025-01-08", out=out, formats=["txt", "json"])


@pytest.fixture(scope="module")
def closes():
    """The sample's daily closes, a row for each."""
    return pd.read_csv(SAMPLE / "daily.csv.gz")


def wide_of(frame):
    """Days down the side, a column for each symbol."""
    wide = frame.pivot(index="date", columns="symbol", values="close")
    return wide.set_axis(pd.to_datetime(wide.index), axis="index")


def test_all_that_is_promised_is_there():
    """Each public name, and nothing heavy until it is asked for."""
    assert all(getattr(reportgen, name) for name in reportgen.__all__)
    code = "import reportgen, sys; print({'pandas', 'click', 'altair'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
    with pytest.raises(AttributeError, match="no attribute 'rune'"):
        _ = reportgen.rune


def test_a_brief_has_what_a_program_asks_for(brief):
    """Headline, verdict, facts with their units, findings in order, files."""
    assert (brief.verdict, brief.gaps) == (reportgen.Verdict.SEND, ())
    told = re.fullmatch(r"Dow (.+) 0\.3% as Nasdaq is little changed", brief.headline)
    assert told is not None, brief.headline
    assert told[1] in ("rises", "climbs", "advances", "ticks up", "ticks higher")
    fact = brief.facts["spx.pct_change"]
    assert (round(fact.value, 6), fact.unit) == (0.00156, "fraction")
    assert brief.findings[0].score >= brief.findings[-1].score
    assert [name.rpartition("/")[2] for name in brief.files][:2] == ["brief.txt", "brief.json"]


def test_it_is_checked_and_read_again(brief):
    """From its folder alone."""
    assert not reportgen.check(brief.folder)
    again = reportgen.read_brief(brief.folder)
    assert (again.headline, again.facts) == (brief.headline, brief.facts)


def test_it_is_told_again_with_another_lead(brief, tmp_path):
    """Into another folder; the first stays as it is."""
    other = next(found for found in brief.findings[1:] if found.kind != brief.findings[0].kind)
    told = reportgen.render(
        brief.folder, drop=[f"{other.kind} {other.instrument}".strip()], out=tmp_path
    )
    assert {path.name for path in tmp_path.iterdir()} == {"brief.txt", "brief.json"}
    assert other not in told.findings
    assert not reportgen.check(brief.folder)


@pytest.mark.parametrize(
    ("as_of", "label"),
    first_quick(
        [
            (dt.date(2025, 1, 8), "2025-01-08"),
            (dt.datetime(2025, 1, 8, 13), "2025-01-08T1300"),  # noqa: DTZ001 - exchange time
            (dt.datetime(2025, 1, 8, 18, tzinfo=dt.UTC), "2025-01-08T1300"),
            ("2025-01-08 13:00", "2025-01-08T1300"),
        ],
        quick=1,
    ),
)
def test_a_moment_is_given_as_a_value(made, as_of, label, tmp_path):
    """A day, a moment without an offset, one with, or words."""
    brief = made("small-caps", as_of=as_of, out=tmp_path, formats=["txt"])
    assert brief.label == label


@pytest.mark.slow
def test_prices_in_memory_give_the_brief_of_the_same_file(made, closes, tmp_path):
    """Long or wide, under the name that the frame has for its source."""
    closes.attrs["source"] = "our database"
    wide = wide_of(closes)
    frames = (closes, closes.set_index("date"), wide, wide.to_period("D"), wide.astype(object))
    briefs = [
        made(
            "weekly-recap",
            as_of="2025-01-10",
            data={"prices": frame},
            out=tmp_path,
            formats=["txt"],
        )
        for frame in frames
    ]
    assert len({brief.facts["spx.week_change"].value for brief in briefs}) == 1
    assert briefs[0].facts["spx.week_change"].source == "our database"
    assert briefs[0].verdict == "degraded"
    assert any("10-year yield" in gap for gap in briefs[0].gaps)


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        (lambda f: {"price": f}, "No role is called 'price'. Did you mean 'prices'"),
        (lambda _: {}, "No DataFrame was given"),
        (lambda f: {"prices": f.drop(columns="close")}, "has no column 'close'; it has date"),
        (lambda f: {"prices": f.iloc[:0]}, "has no rows"),
        (lambda _: {"prices": None}, "'prices' is a NoneType; hand over a DataFrame"),
        (lambda f: {"prices": f["close"]}, "'prices' is a Series"),
        (lambda f: {1: f}, "No role is called '1'"),
        (lambda f: {"prices": pd.concat([f, f[["close"]]], axis=1)}, "or a column twice"),
        (lambda f: {"prices": pd.concat({"Close": wide_of(f)}, axis=1)}, "several levels"),
        (
            lambda f: {"prices": wide_of(f)[["^GSPC"]].rename(columns={"^GSPC": "close"})},
            "no column",
        ),
        (lambda f: {"prices": wide_of(f).tz_localize("UTC")}, "have a time zone; drop it"),
        (lambda f: {"prices": wide_of(f).assign(X="a")}, "not all of its columns are numbers"),
        (lambda f: {"prices": f.assign(date="someday")}, "has a day that is none"),
    ],
)
def test_a_frame_that_is_off_is_refused(frames, words, closes, tmp_path):
    """Before anything runs, with what a frame of that role has."""
    with pytest.raises(reportgen.DataError, match=words):
        reportgen.run("weekly-recap", as_of="2025-01-10", data=frames(closes), out=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: reportgen.run("daily-recp"), reportgen.RequestError),
        (lambda: reportgen.run("daily-recap", as_of="someday"), reportgen.RequestError),
        (
            lambda: reportgen.run("small-caps", as_of="2025-01-08", parameters={"months": 99}),
            reportgen.RequestError,
        ),
        (lambda: reportgen.run("daily-recap", data="nowhere"), reportgen.DataError),
        (lambda: reportgen.read_brief("nowhere"), reportgen.RecordError),
        (lambda: reportgen.render("nowhere"), reportgen.RecordError),
        (lambda: reportgen.check("nowhere"), reportgen.RecordError),
    ],
)
def test_what_goes_wrong_is_an_error_of_ours(call, error):
    """So that a program catches one family."""
    with pytest.raises(error):
        call()
    assert issubclass(error, reportgen.ReportgenError)
