"""Ten days before the open and at midday, each read as at 6:45 on a phone.

News of today is not reported as yesterday's, or the reverse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import world
from sparing import first_quick
from style_rules import lint
from truth import told

from reportgen.produce import auditing
from reportgen.rendering.brief import Brief
from reportgen.rendering.json import claims
from reportgen.story.citations import text_of
from reportgen.verify.audit import audit
from reportgen.verify.factcheck import FactCheck
from reportgen.verify.rows import Location

WORLD = Path(__file__).parents[1] / "real_abroad"


@dataclass(frozen=True, kw_only=True)
class Day:
    """A brief, its headline, and words that it says and that it does not say."""

    as_of: str
    report: str = "pre-open"
    title: str
    says: tuple[str, ...] = ()
    says_not: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.report} {self.as_of}"


VERBS = {
    "fell": (
        r"(?:fell|slid|slipped|dipped|eased|dropped|declined|lost"
        r"|(?:edged|inched|ticked) (?:down|lower))"
    ),
    "falls": r"(?:falls|slides|slips|dips|drops|(?:edges|inches|ticks) (?:down|lower))",
    "fall": r"(?:fall|slide|drop|sink)",
    "rose": (r"(?:rose|climbed|gained|advanced|(?:edged|inched|ticked) (?:up|higher))"),
}
"""Verbs turn with the session: what is claimed here is which way it went, and by how much."""
NEVER = ("today", "yesterday", "tomorrow")
"""Words that a reader of the next day reads wrongly."""
DAYS = [
    Day(  # New York is closed on the next day
        as_of="2025-01-08 06:30",
        title="S&P 500 {fell} 1.1% on Tuesday; Wall Street is closed on Thursday",
        says=(
            (
                "U.S. stock markets are closed on Thursday for a national day of mourning for"
                " former President Jimmy Carter; trading resumes on Friday."
            ),
            "In Asia on Wednesday, Hong Kong's Hang Seng",
            "In Europe on Tuesday, Germany's DAX",
            "trading there is under way",
        ),
        says_not=("Earlier in Asia", "In Europe on Wednesday", "this session"),
    ),
    Day(  # Monday, and a holiday in Tokyo
        as_of="2025-01-13 06:30",
        title="Russell 2000 {fell} into a correction on Friday",
        says=(
            "Markets in Japan were closed on Monday for a holiday.",
            "In Europe on Friday, ",
            "For the week to Friday, the S&P 500 {fell} 1.9%",
        ),
        says_not=("Nikkei", "This week", "Friday, Jan. 13"),
    ),
    Day(  # the day after a holiday in New York and in London
        as_of="2025-05-27 06:30",
        title="S&P 500 {fell} 0.7% on Friday; May consumer confidence is due",
        says=(
            "May consumer confidence is due on Tuesday at 10 a.m. ET.",
            "In Asia on Tuesday, ",
            "In Europe on Monday, Germany's DAX",
            "Markets in Britain were closed on Monday for a holiday.",
            "The S&P 500 {fell} 0.7% on Friday",
        ),
        says_not=("FTSE", "S&P 500 {fell} 0.7% on Monday"),
    ),
    Day(  # a half day, the jobs report, and a holiday on the next day
        as_of="2025-07-03 06:30",
        title="S&P 500 closed at a record on Wednesday; trading ends at 1 p.m. ET",
        says=(
            "for a short session that ends at 1 p.m. ET",
            "The June jobs report is due on Thursday at 8:30 a.m. ET.",
            "closed on Friday for Independence Day; trading resumes on Monday",
        ),
        says_not=("Trading ended early",),
    ),
    Day(  # the Fed decides
        as_of="2025-10-29 06:30",
        title="S&P 500 {rose} 0.2% on Tuesday; the Fed's decision on rates is due",
        says=(
            "The Fed's decision on rates is due on Wednesday at 2 p.m. ET.",
            (
                "On Tuesday, the S&P 500, the Dow Jones Industrial Average and the Nasdaq Composite"
                " closed at records."
            ),
            "Markets in Hong Kong were closed on Wednesday.",
        ),
        says_not=("Hang Seng", "on Wednesday to a record"),
    ),
    Day(  # clocks differ by an hour less; a release and an auction
        as_of="2025-03-12 08:00",
        title="S&P 500 {fell} 0.8% on Tuesday; February consumer prices are due",
        says=(
            (
                "Due on Wednesday are February consumer prices at 8:30 a.m. ET and the auction of"
                " 10-year Treasury notes at 1 p.m. ET."
            ),
            "In Europe on Tuesday, ",
        ),
    ),
    Day(  # half of the world is closed after Christmas
        as_of="2024-12-26 06:30",
        title="S&P 500 {rose} 1.1% on Tuesday as consumer discretionary stocks led",
        says=(
            "Markets in Germany, France and Britain are closed on Thursday for a holiday.",
            "Markets in Hong Kong were closed on Thursday for a holiday.",
            "In Asia on Thursday, Japan's Nikkei 225",
        ),
        says_not=("DAX", "Hang Seng", "under way", "Wednesday, the S&P"),
    ),
    Day(  # the first day of a month and a quarter
        as_of="2025-04-01 06:30",
        title="S&P 500 ended the quarter on Monday down 4.6%",
        says=("In March, the S&P 500 {fell} 5.8%", "Germany's DAX {fell} 1.3%"),
        says_not=("In April", "this month", "This month"),
    ),
    Day(  # the recap of the same morning: past, with its weekday
        as_of="2025-01-08 08:00",
        report="daily-recap",
        title="S&P 500 {fell} 1.1% on Tuesday, technology stocks the weakest",
        says=(
            "U.S. stock markets are closed on Thursday",
            "The Dow Jones Industrial Average {fell} 178.20 points, or 0.4%",
            "Wall Street ended lower on Tuesday",
        ),
        says_not=("falls", "ends lower"),
    ),
    Day(  # midday
        as_of="2025-01-08 12:20",
        report="daily-recap",
        title="S&P 500 {falls} 0.2% in midday trading",
        says=(
            "The S&P 500 was down 0.2% in midday trading on Wednesday",
            "In stock markets abroad, France's CAC 40 {fell} 0.5%",
            "Earlier in Asia, Hong Kong's Hang Seng",
        ),
        says_not=("ended", "closed at", "The session left", "On Tuesday, the Dow"),
    ),
    Day(  # in the morning of New York, Europe still trades
        as_of="2025-01-08 10:15",
        report="daily-recap",
        title="S&P 500 {falls} 0.4% in early trading",
        says=("In Europe on Tuesday, Germany's DAX", "trading there is under way"),
        says_not=("In stock markets abroad", "ended", "In Europe, "),
    ),
    Day(  # one index, early in the afternoon
        as_of="2025-01-08 13:00",
        report="small-caps",
        title="Small caps {fall} closer to a correction in early-afternoon trading",
        says=(
            "{fell} closer to a correction in early-afternoon trading on Wednesday",
            "The Russell 2000 was down just over 1% at 2,225.43",
            "as of Tuesday's close",
        ),
        says_not=("ended", "closed at"),
    ),
]


def text(brief: Brief) -> str:
    """All that a reader reads above the foot, but for the strip."""
    read = (runs for where, runs in brief.narrative.texts() if where not in ("footer", "caption"))
    return " ".join(" ".join(text_of(runs).split()) for runs in read)


def stands(words: str, told: str, *, whole: bool = False) -> bool:
    """Whether *told* says *words*, or is their *whole*, with any verb of its kind in braces."""
    pattern = re.sub(r"\\{(\w+)\\}", lambda verb: VERBS[verb[1]], re.escape(words))
    return bool((re.fullmatch if whole else re.search)(pattern, told))


@pytest.mark.usefixtures("real_market")
@pytest.mark.parametrize("day", first_quick(DAYS), ids=str)
def test_a_reader_in_the_morning_knows_what_is_past_and_what_is_to_come(day):
    """The headline, what is said, what is not said, and what the audit and the style say."""
    brief = told(day.as_of, WORLD, day.report)
    words, title = text(brief), text_of(brief.narrative.title)
    assert stands(day.title, title, whole=True), title
    assert len(title) <= 70
    assert [one for one in day.says if not stands(one, words)] == []
    assert [one for one in (*day.says_not, *NEVER) if stands(one, f"{title} {words}")] == []
    assert FactCheck(brief.record).narrative(brief.narrative) == []
    assert lint(brief.narrative) == []
    rows = auditing.rows_of(brief.record, Location(path=WORLD))
    assert audit(brief.record, claims(brief), rows).objections == ()


@pytest.mark.usefixtures("real_market")
@pytest.mark.parametrize("day", first_quick(DAYS[:9]), ids=str)
def test_every_row_above_a_brief_before_the_open_has_its_weekday(day):
    """On a phone, a level under today's date is read as today's."""
    brief = told(day.as_of, WORLD, day.report)
    assert all(
        re.fullmatch(r"\w+day|\w+\.? \d+", text_of(row.note)) for row in brief.narrative.strip
    )


@pytest.mark.usefixtures("real_market")
@pytest.mark.slow
def test_london_hears_of_wall_street_and_of_asia_before_its_open(tmp_path, apart):
    """By a report of three lines, through the audit; Hong Kong still trades."""
    folder = tmp_path / "reports" / "london-open"
    folder.mkdir(parents=True)
    (tmp_path / "reportgen.toml").write_text("")
    three = 'title = "London open"\nlike = "pre-open"\nmarket = "gb"\n'
    (folder / "report.toml").write_text(three)
    asked = ("--as-of", "2025-01-08", "--data", WORLD, "--format", "txt")
    done = apart("run", "london-open", *asked, folder=tmp_path)
    assert done.exit_code in (0, 8), done.output
    brief = tmp_path / "out" / "london-open" / "2025-01-08T0700" / "brief.txt"
    words = " ".join(brief.read_text().split())
    assert words.startswith("FTSE 100 was little changed on Tuesday; Nasdaq ")
    assert stands("Nasdaq {fell} 1.9%", words)
    due = "Next on the calendar is the December jobs report, at 1:30 p.m. London time on Friday."
    assert due in words
    assert "on Wall Street on Tuesday" in words
    assert stands("Hong Kong's Hang Seng {fell} 1.2%; trading there is under way.", words)
    assert "DAX" not in words


ABROAD = [
    Day(  # three holidays end in Tokyo
        as_of="2025-05-07 07:30",
        report="jp",
        title="Nikkei 225 {rose} on Friday for a seventh session in a row",
        says=(
            "On Thursday at 3 a.m. Tokyo time, the Fed's decision on rates is due.",
            "On Wall Street on Tuesday, ",
            "Markets in South Korea were closed on Tuesday for a holiday.",
            "For the week to Friday, the Nikkei {rose} 3.2%",
        ),
        says_not=("under way", "on Wednesday, the Nikkei", "This week"),
    ),
    Day(  # Easter ends in Frankfurt, and Tokyo trades
        as_of="2025-04-22 07:30",
        report="de",
        title="DAX ended the week on Thursday up 4.1%; Nasdaq {fell} 2.6% on Monday",
        says=(
            "In Asia on Monday, Japan's Nikkei 225 {fell} 1.3%",
            "trading there is under way",
            "Markets in Germany, Britain, France and Hong Kong were closed on Monday for a holiday.",
        ),
        says_not=("on Friday", "DAX {fell} 0.5% on Monday", "this week"),
    ),
]


@pytest.mark.usefixtures("real_market")
@pytest.mark.slow
@pytest.mark.parametrize("day", ABROAD, ids=str)
def test_a_reader_abroad_knows_it_by_the_clock_of_that_market(day, tmp_path, monkeypatch):
    """After holidays there, the session told of is days old."""
    folder = tmp_path / "reports" / day.report
    folder.mkdir(parents=True)
    (tmp_path / "reportgen.toml").write_text("")
    three = f'title = "Before the open"\nlike = "pre-open"\nmarket = "{day.report}"\n'
    (folder / "report.toml").write_text(three)
    monkeypatch.setenv("REPORTGEN_CONFIG", str(tmp_path / "reportgen.toml"))
    brief = world.told(day.report, day.as_of)
    words, title = text(brief), text_of(brief.narrative.title)
    assert stands(day.title, title, whole=True), title
    assert [one for one in day.says if not stands(one, words)] == []
    assert [one for one in (*day.says_not, *NEVER) if stands(one, f"{title} {words}")] == []
    assert FactCheck(brief.record).narrative(brief.narrative) == []


JOBS = "Employers added 256,000 jobs in December"
"""What the sample has of the report of Jan. 10, 2025, at 8:30."""


@pytest.mark.parametrize(
    ("as_of", "out"), [("08:29", False), ("08:30", True), ("09:00", True), ("09:29", True)]
)
def test_a_figure_of_the_morning_is_told_from_its_minute_on(as_of, out):
    """First in the headline, the key points and the text; before, it is due, and nothing more."""
    brief = told(f"2025-01-10 {as_of}", "sample", "pre-open")
    text = [text_of(runs) for _, runs in brief.narrative.texts()]
    assert any(f"{JOBS}, the Labor Department said on Friday." in one for one in text) == out
    assert brief.headline.startswith("Employers add 256,000 jobs") == out
    assert text_of(brief.narrative.key_points[0]).startswith(JOBS) == out
    assert any("256,000" in one or "4.1%" in one for one in text) == out
    assert any("jobs report is due" in one for one in text) != out
    facts = brief.record.facts.values()
    assert (
        any(fact.id.endswith("print.at") and "2025-01-10" in str(fact.value) for fact in facts)
        == out
    )
    assert FactCheck(brief.record).narrative(brief.narrative) == []


def test_a_figure_of_the_session_before_is_told_with_it():
    """On Monday, that of Friday leads in the past tense, after the open that it came before."""
    brief = told("2025-01-13 09:00", "sample", "pre-open")
    assert brief.headline.endswith("% on Friday after employers added 256,000 jobs")
