"""The figures of a day: which are told, in which words, and which are not."""

from __future__ import annotations

import re

import pytest
from printed import WHOLE, row, surprised, told, write

JOBS, RATE, PAY = "CES0000000001", "LNS14000000", "CES0500000003"
CPI, GDP, SALES, ISM = "CUSR0000SA0", "A191RL1Q225SBEA", "RSAFS", "ISM.PMI"
CLAIMS, OPENINGS, MOOD = "ICSA", "JTS000000000000000JOL", "UMCSENT"
FRIDAY = "2024-09-06T08:30"
SURVEY = {"poll": "a survey"}
EMPLOYED = row(
    JOBS,
    "2024-08",
    "142000",
    FRIDAY,
    previous="89000",
    previous_first="114000",
    consensus="164000",
    **SURVEY,
)
JOBLESS = row(RATE, "2024-08", "4.2", FRIDAY, previous="4.3", consensus="4.2", **SURVEY)


@pytest.fixture
def said(tmp_path):
    """``said(as_of, *rows)`` is the first paragraph of that day; it is checked and audited."""

    def first(as_of, *rows, events=""):
        folder = write(tmp_path, rows, events)
        found = told(folder, as_of, WHOLE)
        assert (found.checked(), found.audited(folder).objections) == ([], ())
        return (found.paragraphs or [""])[0]

    return first


def test_a_report_on_jobs_is_told_against_its_poll_and_with_its_revision(said):
    """Each figure by its own measure."""
    assert said("2024-09-06", EMPLOYED, JOBLESS) == (
        "Employers added 142,000 jobs in August, fewer than the 164,000 that economists polled by"
        " a survey had expected, the Labor Department said. The figure for July was revised down"
        " to 89,000 from 114,000. The unemployment rate fell to 4.2% from 4.3%, as expected."
    )


def test_nothing_is_known_of_it_a_minute_before(said):
    """And all in its minute."""
    assert said("2024-09-06 08:29", EMPLOYED, JOBLESS) == ""
    assert "142,000 jobs in August" in said("2024-09-06 08:31", EMPLOYED, JOBLESS)


def test_the_day_after_tells_it_no_more(said):
    """It is no news then."""
    assert said("2024-09-09", EMPLOYED, JOBLESS) == ""


def test_a_figure_of_a_holiday_is_told_with_its_day_in_the_next_recap(said):
    """No market answered on that day."""
    friday = row(JOBS, "2023-03", "236000", "2023-04-07T08:30")
    assert said("2023-04-10", friday) == (
        "Employers added 236,000 jobs in March, the Labor Department said on Friday, when U.S."
        " stock markets were closed."
    )


@pytest.mark.parametrize(
    ("actual", "words"),
    [
        ("162000", "added 162,000 jobs in August, fewer than the 164,000"),
        ("164000", "added 164,000 jobs in August, in line with what economists"),
        ("165000", "added 165,000 jobs in August, more than the 164,000"),
        ("185000", "added 185,000 jobs in August, well above the 164,000"),
        ("206000", "added 206,000 jobs in August, far more than the 164,000"),
        ("-5000", ("lost 5,000 jobs in August, the Labor Department said; economists polled by a"
         " survey had expected a rise of 164,000")),
    ],
)  # fmt: skip
def test_the_words_for_a_surprise_grow_with_it(said, actual, words):
    """A usual one is 20,528 here: two of them are far."""
    usual = surprised(JOBS, *([20_000.0, -20_000.0] * 10))
    assert words in said("2024-09-06", *usual, {**EMPLOYED, "actual": actual})


def test_a_surprise_of_one_step_is_never_large(said):
    """However small the others were."""
    usual = surprised(RATE, *([0.0] * 19 + [0.1]), step=0.00004)
    told = said("2024-09-06", *usual, {**JOBLESS, "actual": "4.3", "previous": "4.1"})
    assert "rose to 4.3% in August from 4.1%, above the 4.2% that economists" in told


def test_polls_on_two_sides_give_no_verdict(said):
    """The figure stands alone."""
    other = {**EMPLOYED, "consensus": "130000", "poll": "another"}
    assert "expected" not in said("2024-09-06", EMPLOYED, other)


def test_prices_that_fell_are_told_against_a_rise_that_was_expected(said):
    """Neither more nor less would say it."""
    assert said("2024-07-11", row(CPI, "2024-06", "-0.1", "2024-07-11T08:30", consensus="0.1",
                                  **SURVEY)) == (
        "Consumer prices fell 0.1% in June, the Labor Department said; economists polled by a"
        " survey had expected a rise of 0.1%."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            row(GDP, "2024Q4", "2.4", "2025-03-27T08:30", stage="third", previous="2.3"),
            (
                "By the third estimate, gross domestic product grew at an annual rate of 2.4% in "
                "the"
                " fourth quarter, revised up from 2.3%, the Commerce Department said."
            ),
        ),
        (
            row(GDP, "2025Q1", "-0.3", "2025-04-30T08:30", stage="advance", previous="2.4"),
            (
                "Gross domestic product shrank at an annual rate of 0.3% in the first quarter, the"
                " Commerce Department said."
            ),
        ),
        (
            row(MOOD, "2025-01", "71.1", "2025-01-24T10:00", stage="final", previous="73.2"),
            (
                "By the final reading, the index of consumer sentiment stood at 71.1 in January,"
                " revised down from 73.2, the University of Michigan said."
            ),
        ),
        (
            row(ISM, "2025-01", "50.9", "2025-02-03T10:00", previous="49.2"),
            (
                "The ISM manufacturing index rose to 50.9 in January from 49.2, the Institute for"
                " Supply Management said. That is a reading of expansion."
            ),
        ),
        (
            row(ISM, "2025-01", "50.0", "2025-02-03T10:00", previous="50.0"),
            (
                "The ISM manufacturing index stood at 50.0 in January, unchanged from the month before"
                ","
                " the Institute for Supply Management said."
            ),
        ),
        (
            row(SALES, "2025-01", "0.0", "2025-02-14T08:30"),
            "Retail sales showed no change in January, the Commerce Department said.",
        ),
        (
            row(OPENINGS, "2024-11", "8098000", "2025-01-07T10:00", previous="7839000"),
            (
                "Job openings rose to 8.10 million in November from 7.84 million, the Labor "
                "Department"
                " said."
            ),
        ),
    ],
)
def test_each_kind_of_figure_has_its_words(said, found, words):
    """As it is published."""
    assert said(found["released_at"][:10], found) == words


@pytest.mark.parametrize(("actual", "told_of"), [("145000", False), ("160000", True)])
def test_claims_have_a_sentence_only_with_a_large_surprise(said, actual, told_of):
    """A usual one is 21 thousand here. The table has them always."""
    usual = surprised(CLAIMS, *([20_000.0, -20_000.0] * 10))
    weekly = [{**one, "period": f"{one['period']}-01"} for one in usual]
    now = row(CLAIMS, "2024-08-31", actual, "2024-09-05T08:30", consensus="110000", **SURVEY)
    text = said("2024-09-05", *weekly, now)
    assert ("initial jobless claims" in text.lower()) == told_of


def test_what_was_due_and_did_not_come_is_said(said):
    """Never as released."""
    old = row(JOBS, "2025-08", "22000", "2025-09-05T08:30")
    due = "2025-10-03,the employment report,release,08:30\n"
    assert said("2025-10-03", old, events=due) == (
        "The employment report was due on Friday at 8:30 a.m. ET; the data have no figure of it."
    )
    assert said("2025-10-06", old, events=due) == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"actual": "143000"},
        {"previous": "90000"},
        {"previous_first": "115000"},
        {"consensus": "165000"},
        {"poll": "another"},
        {"period": "2024-07"},
        {"released_at": "2024-09-06T08:31"},
    ],
)
def test_data_with_one_field_changed_no_longer_bear_the_brief_out(tmp_path, changed):
    """The audit reads each of them."""
    found = told(write(tmp_path, [EMPLOYED, JOBLESS]), "2024-09-06", WHOLE)
    assert found.audited(tmp_path).objections == ()
    write(tmp_path, [{**EMPLOYED, **changed}, JOBLESS])
    assert found.audited(tmp_path).objections


def test_the_table_has_what_was_printed_expected_and_before(tmp_path):
    """By series, each in its own unit."""
    found = told(write(tmp_path, [EMPLOYED, JOBLESS]), "2024-09-06", WHOLE)
    rows = [[" ".join(run.text for run in cell) for cell in line] for line in found.table.rows]
    assert rows == [
        ["Payrolls", "August", "142,000", "164,000", "89,000"],
        ["Unemployment rate", "August", "4.2%", "4.2%", "4.3%"],
    ]


def test_what_comes_with_the_next_session_is_in_a_table(tmp_path):
    """By the calendar, where the data have that series; a day later it is not."""
    due = (
        "2024-09-11,the consumer price index,release,08:30\n"
        "2024-09-12,the producer price index,release,08:30\n"
    )
    old = row(CPI, "2024-07", "0.2", "2024-08-14T08:30")
    folder = write(tmp_path, [old], due)
    found = told(folder, "2024-09-10", WHOLE)
    assert found.table is not None
    rows = [["".join(run.text for run in cell) for cell in line] for line in found.table.rows]
    assert rows == [["Consumer prices", "8:30 a.m. ET"]]
    assert (found.checked(), found.audited(folder).objections) == ([], ())
    (folder / "events.csv").write_text(f"date,name,kind,time\n{due.replace('08:30', '10:00')}")
    assert found.audited(folder).objections
    assert told(folder, "2024-09-12", WHOLE).table is None


JUNE = row(JOBS, "2024-07", "114000", "2024-08-02T08:30", previous="179000",
           previous_first="206000")  # fmt: skip


@pytest.mark.parametrize(
    ("earlier", "words"),
    [
        ("118000", "The figures for June and July were revised down by a combined 86,000."),
        ("204000", ""),  # one went as far up as the other went down
        ("214000", "The figures for June and July were revised up by a combined 10,000."),
        ("", ""),
    ],
)
def test_the_revisions_of_two_months_are_told_together(said, earlier, words):
    """July came from 114,000 to 89,000; June stood at 179,000 with the report of July."""
    text = said("2024-09-06", JUNE, {**EMPLOYED, "earlier": earlier})
    assert text.partition("revised down to 89,000 from 114,000.")[2].strip() == words


def test_the_months_before_are_told_together_only_where_both_stood_before(said):
    """Without the report of July nobody knows how June stood with it."""
    assert "combined" not in said("2024-09-06", {**EMPLOYED, "earlier": "118000"})


def months(series, first, *values, **rest):
    """First prints of the months from *first* on, each released on the fifth of the next month."""
    year, month = map(int, first.split("-"))
    rows = []
    for place, value in enumerate(values):
        at = 12 * year + month - 1 + place
        told = f"{(at + 1) // 12}-{(at + 1) % 12 + 1:02}-05T08:30"
        before = {"previous": str(values[place - 1])} if place else {}
        rows.append(row(series, f"{at // 12}-{at % 12 + 1:02}", str(value), told, **before, **rest))
    return rows


@pytest.mark.parametrize(
    ("series", "values", "words"),
    [
        (JOBS, [300000, *[100000] * 11, 300000], "It was the largest gain since August 2023."),
        (JOBS, [300000, *[100000] * 11, 301000], ""),  # the data have none as large
        (JOBS, [300000, 300000, *[100000] * 10, 300000], ""),  # eleven months ago
        (JOBS, [1000, *[100000] * 11, 1000], "It was the smallest gain since August 2023."),
        (JOBS, [-9000, *[100000] * 11, -9000], "It was the largest loss since August 2023."),
        (JOBS, [-1000, *[-9000] * 11, -1000], ""),  # no word for a smaller loss
        (CPI, [0.5, *[0.1] * 11, 0.5], "It was the largest rise since August 2023."),
        (CPI, [0.1, *[0.5] * 11, 0.1], "It was the smallest rise since August 2023."),
        (CPI, [-0.1, *[0.5] * 11, -0.1], "It was the largest decline since August 2023."),
        (RATE, [4.3, *[3.9] * 11, 4.3], "It was the highest reading since August 2023."),
        (RATE, [3.4, *[3.9] * 11, 3.4], "It was the lowest reading since August 2023."),
        (RATE, [3.4, *[3.9] * 12], ""),
    ],
)
def test_a_figure_as_far_as_none_for_a_year_is_told_with_the_last_one(said, series, values, words):
    """Of first prints without a gap, and no other way."""
    text = said("2024-09-05", *months(series, "2023-08", *values))
    assert text.partition("Department said.")[2].partition("The figure")[0].strip() == words


@pytest.mark.parametrize("change", [None, {"released_at": "", "known_at": "2024-03-05T08:30"}])
def test_a_figure_is_compared_only_with_first_prints_without_a_gap(tmp_path, change):
    """One that is lacking may be farther; one without a time of release may be a revision."""
    rows = months(RATE, "2023-08", 4.3, *[3.9] * 11, 4.3)
    rows[6:7] = [{**rows[6], **change}] if change else []
    folder = write(tmp_path, rows)
    found = told(folder, "2024-09-05", WHOLE)
    assert found.audited(folder).objections == ()
    assert not any(id.endswith("print.since") for id in found.record.facts)


def test_a_figure_as_far_is_told_against_the_first_prints_not_the_revised_ones(said):
    """January was revised to 310,000 later: that is another vintage."""
    rows = months(JOBS, "2023-08", 305000, *[100000] * 11, 302000)
    rows[6]["previous"] = "310000"
    assert "largest gain since August 2023" in said("2024-09-05", *rows)


OCTOBER = row(JOBS, "2025-10", "-105000", "2025-12-16T08:30", previous="108000")
NOVEMBER = row(JOBS, "2025-11", "64000", "2025-12-16T08:30", previous="-105000")


def test_two_periods_of_one_release_are_both_told(said):
    """The newest, and what came with it."""
    assert said("2025-12-16", OCTOBER, NOVEMBER) == (
        "Employers added 64,000 jobs in November, the Labor Department said. The same release had"
        " the figure for October, a decline of 105,000."
    )


def test_four_weeks_of_one_release_are_told_by_the_newest(said):
    """With words that say so."""
    usual = surprised(CLAIMS, *([20_000.0, -20_000.0] * 10))
    weekly = [{**one, "period": f"{one['period']}-01"} for one in usual]
    days = ("2025-10-25", "2025-11-01", "2025-11-08", "2025-11-15")
    rows = [
        row(CLAIMS, day, "230000", "2025-11-20T08:30", consensus="130000", **SURVEY) for day in days
    ]
    assert "The same release had the figures of four weeks; this is the newest." in said(
        "2025-11-20", *weekly, *rows
    )


@pytest.mark.parametrize(
    ("known", "told_of"),
    [
        ("2025-12-15T08:30", True),
        ("2025-12-16T08:30", True),
        ("2025-12-16T08:31", True),
        ("2025-12-17T08:30", False),
    ],
)
def test_a_period_that_was_never_published_is_said_to_be_lacking(said, known, told_of):
    """From when that was known."""
    rows = [
        row(RATE, "2025-09", "4.4", "2025-11-20T08:30", previous="4.3"),
        row(RATE, "2025-10", "-", known),
        row(RATE, "2025-11", "4.6", "2025-12-16T08:30"),
    ]
    text = said("2025-12-16", *rows)
    assert ("The figure for October was not published." in text) == told_of
    assert text.startswith("The unemployment rate stood at 4.6% in November, the Labor")


PRICES = ("CUSR0000SA0", "CUUR0000SA0", "CUSR0000SA0L1E", "CUUR0000SA0L1E")
HEATED = """
{% for f in releases.listed if f.heat is defined %}
{{ called(f.instrument) | cap }} came in {{ f.heat | says("hotter than expected" if f.heat.number > 0 else "cooler than expected") }}.

{% endfor %}
"""


@pytest.mark.parametrize(
    ("gaps", "heat"),
    [
        ((0.1, 0.1, 0.1), "hotter"),
        ((0.1, 0.0, 0.0), "hotter"),
        ((0.0, 0.0, 0.1), "hotter"),
        ((0.1, 0.1, -0.1), ""),  # opposed
        ((0.0, 0.0, 0.0), ""),
        ((-0.1, 0.0, 0.0), "cooler"),
        ((-0.1, -0.2, -0.1), "cooler"),
        ((0.1, None, None), ""),  # one figure alone is named
        ((0.1, 0.0, None), "hotter"),
        ((None, None, None), ""),
    ],
)
def test_prices_are_hot_or_cool_only_where_none_of_their_measures_is_opposed(tmp_path, gaps, heat):
    """And where two of them were expected."""
    rows = []
    for series, gap in zip(PRICES, gaps, strict=False):
        asked = {} if gap is None else {"consensus": "0.3", **SURVEY}
        value = f"{0.3 + (gap or 0):.1f}"
        rows.append(row(series, "2025-01", value, "2025-02-12T08:30", **asked))
    folder = write(tmp_path, rows)
    found = told(folder, "2025-02-12", HEATED)
    assert (found.checked(), found.audited(folder).objections) == ([], ())
    words = {text.partition(" came in ")[2] for text in found.paragraphs}
    assert words == ({f"{heat} than expected."} if heat else set())


def prices(actual, **asked):
    """The rows of consumer prices and of core prices, both of that size."""
    return [row(one, "2025-01", actual, "2025-02-12T08:30", **asked) for one in PRICES[::2]]


@pytest.mark.parametrize(
    ("actual", "words"),
    [
        (
            "0.4",
            "rose 0.4% in January, hotter than the 0.3% that economists polled by a survey had",
        ),
        (
            "0.2",
            "rose 0.2% in January, cooler than the 0.3% that economists polled by a survey had",
        ),
        ("0.3", "rose 0.3% in January, in line with what economists polled by a survey had"),
    ],
)
def test_a_sentence_calls_prices_hot_or_cool_against_the_poll_that_it_names(said, actual, words):
    """The figures after it are more, or less, than expected."""
    text = said("2025-02-12", *prices(actual, consensus="0.3", **SURVEY))
    assert words in text
    assert text.count("hotter") + text.count("cooler") <= 1


@pytest.mark.parametrize(
    ("actual", "words"),
    [
        ("0.4", "rose 0.4% in January, more than the 0.3% that the Cleveland Fed's nowcast had"),
        ("0.3", "in January, in line with what the Cleveland Fed's nowcast had pointed to"),
        ("-0.1", "the Labor Department said; the Cleveland Fed's nowcast had pointed to a rise of"),
    ],
)
def test_a_nowcast_is_named_as_a_model_and_never_as_what_was_expected(said, actual, words):
    """A model polls no economists, so prices are neither hot nor cool."""
    text = said("2025-02-12", *prices(actual, consensus="0.3", poll="the Cleveland Fed's nowcast"))
    assert words in text
    assert not re.search("economists|expected|hotter|cooler", text)


def test_the_table_has_no_nowcast_below_what_was_expected(tmp_path):
    """The column is left out where it has nothing else."""
    rows = prices("0.4", consensus="0.3", poll="a nowcast")
    found = told(write(tmp_path, rows), "2025-02-12", WHOLE)
    assert not any("Expected" in str(table.columns) for table in found.narrative.tables)


def test_polls_on_two_sides_leave_prices_without_a_word_on_their_heat(tmp_path):
    """The figure has no verdict."""
    one = row(CPI, "2025-01", "0.3", "2025-02-12T08:30", consensus="0.2", **SURVEY)
    rows = [one, {**one, "consensus": "0.4", "poll": "another"}]
    rows += [{**one, "series": series} for series in PRICES[1:]]
    found = told(write(tmp_path, rows), "2025-02-12", HEATED)
    assert found.paragraphs == []


@pytest.mark.parametrize("changed", [{"earlier": "119000"}, {"previous_first": "115000"}])
def test_another_figure_of_two_months_before_no_longer_bears_them_out_together(tmp_path, changed):
    """The audit reads it."""
    now = {**EMPLOYED, "earlier": "118000"}
    found = told(write(tmp_path, [JUNE, now]), "2024-09-06", WHOLE)
    assert found.audited(tmp_path).objections == ()
    write(tmp_path, [JUNE, {**now, **changed}])
    assert found.audited(tmp_path).objections
    write(tmp_path, [{**JUNE, "previous": "180000"}, now])
    assert found.audited(tmp_path).objections
