"""What the Fed decided: when it is known, what is rare about it, and how likely it was."""

from __future__ import annotations

import csv
import datetime as dt

import pytest
from truth import told

from reportgen.beats.fed.decisions import decision, decisions
from reportgen.core.errors import NoData, StaleData
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.market import Market
from reportgen.datasets.snapshot import take
from reportgen.markets import market
from reportgen.story.citations import text_of
from reportgen.verify.audit import objection
from reportgen.verify.rows import Location, Rows

LATER = dt.datetime(2027, 1, 5, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
DATASET = """
name = "The Fed"
[[files]]
path = "rates.csv"
role = "rates"
source = "made up"
available = { default = "16:00", DFEDTARU = "-1d 14:00", DFEDTARL = "-1d 14:00" }
[[files]]
path = "futures.csv"
role = "futures"
source = "made up"
available = { default = "15:00" }
[[files]]
path = "meetings.csv"
role = "meetings"
source = "made up"
"""
MEETINGS = """start,end,type
2024-01-30,2024-01-31,regular
2024-03-19,2024-03-20,regular
2024-04-30,2024-05-01,regular
2024-05-20,2024-05-20,unscheduled
2024-06-11,2024-06-12,regular
2024-07-30,2024-07-31,regular
2024-09-17,2024-09-18,regular
2024-11-06,2024-11-07,regular
2024-12-17,2024-12-18,regular
"""
MOVES = {
    "2024-02-01": 5.25,
    "2024-05-21": 4.75,
    "2024-06-13": 4.50,
    "2024-09-19": 4.75,
    "2024-12-19": 5.00,
}
"""The upper end from the first day in force on: 5.50 before."""


def write(path, *rows):
    """A CSV file of those rows."""
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)


@pytest.fixture
def folder(tmp_path):
    """A year of decisions: cuts, one of them without a meeting on the schedule, and increases."""
    (tmp_path / "dataset.toml").write_text(DATASET)
    (tmp_path / "meetings.csv").write_text(MEETINGS)
    rows, upper, day = [], 5.50, dt.date(2023, 12, 1)
    while day <= dt.date(2024, 12, 31):
        upper = MOVES.get(day.isoformat(), upper)
        rows += [(day, "DFEDTARL", upper - 0.25), (day, "DFEDTARU", upper)]
        day += DAY
    write(tmp_path / "rates.csv", ("date", "series", "value"), *rows)
    write(tmp_path / "futures.csv", ("date", "contract", "settle"), ("2023-12-01", "ZQF2024", 94.7))
    return tmp_path


def at(folder, moment):
    """The market of *folder* at a moment, and the raw rows by which claims are judged."""
    moment = market("us").calendar.resolve(moment, LATER)
    found = Market(take(open_dataset(folder), moment, (), ()))
    asked = None if moment.known > moment.at else moment.at
    return found, Rows(Location(path=folder), moment.session, at=asked)


def roles(found, rows):
    """The values of a finding by role; each is proven from the raw rows."""
    facts = {fact.id: fact for fact in found.facts}
    for fact in facts.values():
        claim = {name: getattr(fact, name) for name in ("kind", "window", "value", "instrument")}
        claim |= {"fact": fact.id, "unit": str(fact.unit), "text": ""}
        assert objection(claim, rows) is None, fact.id
    values = {role: facts[id].value for role, id in found.finding.facts.items()}
    return {
        role: round(value, 6) if isinstance(value, float) else value
        for role, value in values.items()
    }


def test_a_decision_is_known_from_two_o_clock_on(folder):
    """A brief of a minute before has no trace of it, nor has one of the next day."""
    assert decision(at(folder, "2024-06-12 13:59")[0]) is None
    told = roles(decision(at(folder, "2024-06-12 14:00")[0]), at(folder, "2024-06-12 14:00")[1])
    assert told == {
        "low": 0.0425,
        "high": 0.045,
        "change": -0.0025,
        "decided": "2024-06-12",
        "nth": 2,
    }
    assert decision(at(folder, "2024-06-12")[0]) is not None
    assert decision(at(folder, "2024-06-13 08:00")[0]) is not None  # it tells of the session before
    assert decision(at(folder, "2024-06-13 10:00")[0]) is None
    assert decision(at(folder, "2024-06-13")[0]) is None


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2024-03-20", {"change": 0.0}),  # after one cut, which is no run
        ("2024-05-01", {"change": 0.0, "nth": 2}),
        ("2024-05-20", {"change": -0.005, "unscheduled": "2024-05-20"}),
        ("2024-06-12", {"change": -0.0025, "nth": 2}),
        ("2024-07-31", {"change": 0.0, "ended": 2}),
        ("2024-09-18", {"change": 0.0025}),  # the first increase of the data, since none
        ("2024-11-07", {"change": 0.0}),
        ("2024-12-18", {"change": 0.0025}),  # 91 days after the last one is no first one
    ],
)
def test_what_is_rare_about_a_decision(folder, day, told):
    """Runs are counted by decisions, unscheduled ones too; a hold ends a run of moves."""
    known, rows = at(folder, day)
    found = roles(decision(known), rows)
    assert found["decided"] == day
    assert {role: found[role] for role in found if role not in ("low", "high", "decided")} == told


def test_the_first_cut_since_names_the_last_one_before_a_turn_or_a_long_pause(folder):
    """An increase between the two is a turn."""
    with (folder / "rates.csv").open("a") as file:
        rows = []
        for number in range(120):
            upper = 5.00 if number < 29 else 4.75
            day = dt.date(2025, 1, 1) + number * DAY
            rows += [f"{day},DFEDTARL,{upper - 0.25}", f"{day},DFEDTARU,{upper}"]
        file.write("\n".join(rows) + "\n")
    with (folder / "meetings.csv").open("a") as file:
        file.write("2025-01-28,2025-01-29,regular\n")
    known, rows = at(folder, "2025-01-29")
    assert roles(decision(known), rows)["since"] == "2024-06-12"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("12,0,,", {"voters": 12, "votes_against": 0}),
        ("10,2,1,1", {"voters": 12, "votes_against": 2, "prefer_higher": 1, "prefer_lower": 1}),
        (",,,", {}),
    ],
)
def test_votes_come_with_the_decision(folder, row, told):
    """A minute before, the brief has none of them."""
    table = MEETINGS.replace("type\n", "type,votes_for,votes_against,prefer_higher,prefer_lower\n")
    meeting = "2024-03-20,regular"
    (folder / "meetings.csv").write_text(table.replace(meeting, f"{meeting},{row}"))
    known, rows = at(folder, "2024-03-20 14:00")
    found = roles(decision(known), rows)
    kinds = ("voters", "votes_against", "prefer_higher", "prefer_lower")
    assert {kind: found[kind] for kind in kinds if kind in found} == told
    assert at(folder, "2024-03-20 13:59")[0].snapshot.votes == {}


def test_a_meeting_whose_range_is_not_in_the_data_is_a_gap(folder):
    """That is no hold: the row that would tell is missing."""
    kept = [
        line
        for line in (folder / "rates.csv").read_text().splitlines()
        if not "2024-06-13" <= line[:10] < "2025"
    ]
    (folder / "rates.csv").write_text("\n".join(kept) + "\n")
    with pytest.raises(StaleData, match="2024-06-12"):
        decision(at(folder, "2024-06-12")[0])


def test_a_table_of_meetings_that_begins_later_gives_no_runs(folder):
    """Holds before it are not known. A move without a listed meeting is one of its eve."""
    (folder / "meetings.csv").write_text(
        "start,end,type\n2024-06-11,2024-06-12,regular\n2024-07-30,2024-07-31,regular\n"
    )
    known, rows = at(folder, "2024-06-12")
    assert "nth" not in roles(decision(known), rows)
    known, rows = at(folder, "2024-05-20")
    told = roles(decision(known), rows)
    assert told["decided"] == "2024-05-20"
    assert "unscheduled" not in told


def test_a_range_that_is_in_force_on_the_day_of_its_meeting_was_decided_on_it(folder):
    """As the series had it until 2016."""
    text = (folder / "rates.csv").read_text()
    text = text.replace("2024-09-18,DFEDTARU,4.5", "2024-09-18,DFEDTARU,4.75")
    text = text.replace("2024-09-18,DFEDTARL,4.25", "2024-09-18,DFEDTARL,4.5")
    (folder / "rates.csv").write_text(text)
    assert decision(at(folder, "2024-09-17")[0]) is None
    known, rows = at(folder, "2024-09-18")
    assert roles(decision(known), rows)["decided"] == "2024-09-18"


@pytest.mark.parametrize(
    ("october", "chance", "score"), [(95.39, 0.94, 8.0), (95.45, 0.7, 9.0), (95.55, 0.3, 12.0)]
)
def test_the_odds_of_the_eve_say_whether_a_decision_was_expected(folder, october, chance, score):
    """By quiet months beside the meeting; those of the day itself were settled after it."""
    rows = []
    for day, price in (("2024-09-17", october), ("2024-09-18", 95.0)):
        september = (18 * 95.625 + 12 * price) / 30
        rows += [(day, "ZQQ2024", 95.625), (day, "ZQU2024", september), (day, "ZQV2024", price)]
    write(folder / "futures.csv", ("date", "contract", "settle"), *rows)
    known, raw = at(folder, "2024-09-18")
    found = decision(known)
    told = roles(found, raw)
    assert (told["odds"], told["marked"]) == (pytest.approx(chance), "2024-09-17")
    assert found.finding.score == score


def test_windows_count_moves_and_sum_them(folder):
    """A window of one decision is told as that decision."""
    known, rows = at(folder, "2024-12-31")
    assert roles(decisions(known, "year"), rows) == {
        "low": 0.0475,
        "high": 0.05,
        "meetings": 9,
        "moves": 5,
        "total": -0.005,
        "last": "2024-12-18",
        "cuts": 3,
        "increases": 2,
    }
    known, rows = at(folder, "2024-06-28")
    assert roles(decisions(known, "quarter"), rows) == {
        "low": 0.0425,
        "high": 0.045,
        "meetings": 3,
        "moves": 2,
        "total": -0.0075,
        "last": "2024-06-12",
    }
    for window in ("month", "week"):
        known, rows = at(folder, "2024-06-28" if window == "month" else "2024-06-14")
        assert roles(decisions(known, window), rows)["nth"] == 2
    assert decisions(at(folder, "2024-06-21")[0], "week") is None
    assert decisions(at(folder, "2024-12-31")[0], "month") is not None


def test_data_that_begin_within_the_window_do_not_tell_it(folder):
    """Its moves before are not known."""
    assert decisions(at(folder, "2023-12-29")[0], "year") is None


def test_data_without_a_range_are_named_and_not_guessed(folder):
    """None of the days before the series began, an error from then on."""
    write(folder / "rates.csv", ("date", "series", "value"), ("2024-01-02", "DFF", 5.33))
    with pytest.raises(NoData):
        decision(at(folder, "2024-01-31")[0])


@pytest.mark.parametrize(
    ("moment", "report", "headline"),
    [
        ("2022-06-15", "daily-recap", "S&P 500 slides into a correction after Fed raises rates"),
        ("2024-12-18", "daily-recap", "S&P 500 rises 0.2% after Fed cuts rates by a quarter point"),
    ],
)
def test_a_move_is_in_the_headline_whatever_leads(moment, report, headline):
    """It leads itself, or stands after the news that does, where there is room."""
    assert text_of(told(moment, "sample", report).narrative.title) == headline


def test_a_year_of_increases_is_a_key_point():
    """In other words than the sentence of the story."""
    points = map(text_of, told("2022-12-30", "sample", "year-in-review").narrative.key_points)
    assert "The Fed raised rates seven times, by 4.25 percentage points altogether." in points
