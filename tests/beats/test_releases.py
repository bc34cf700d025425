"""The figures of a day: which are told, in which words, and which are not."""

from __future__ import annotations

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
