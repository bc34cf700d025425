"""Sessions, and what kind of moment an instant is."""

import datetime as dt

import pytest

from reportgen.core.errors import NotASession
from reportgen.markets import market
from reportgen.markets.closures import closures
from reportgen.markets.exchange import FIRST, LEAST_YEAR, _through, exchange

calendar = market("us").calendar
EXCHANGE = market("us").calendar.zone

NOW = dt.datetime(2025, 2, 1, 12, tzinfo=EXCHANGE)
MOURNING = "a national day of mourning for former President Jimmy Carter"


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=EXCHANGE)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("date", "open_that_day"),
    [
        ("2025-01-08", True),
        ("2025-01-09", False),
        ("2025-01-11", False),
        ("2025-01-20", False),
        ("2024-11-29", True),
        ("2024-03-29", False),
        ("2021-12-31", True),
        ("2023-01-02", False),
    ],
)
def test_a_session_is_a_weekday_without_a_closing(date, open_that_day):
    """New Year's Day on a Saturday (2022) closes no Friday,
    on a Sunday (2023) it closes the Monday."""
    assert calendar.is_session(day(date)) is open_that_day


@pytest.mark.parametrize("date", ["1980-01-02", "0001-01-01", "9999-12-31"])
def test_outside_its_years_the_calendar_says_so(date):
    """It neither guesses nor fails with another library's error."""
    with pytest.raises(
        NotASession, match=r"outside the trading calendar, which begins on 1990-01-01"
    ):
        calendar.is_session(day(date))


def test_sessions_are_listed_from_the_first_day_to_the_last_both_included():
    """The week of Jan. 6, 2025 had four."""
    found = calendar.sessions(day("2025-01-06"), day("2025-01-10"))
    assert found == [day("2025-01-06"), day("2025-01-07"), day("2025-01-08"), day("2025-01-10")]


def test_a_weekend_holds_no_sessions():
    """An empty list."""
    assert calendar.sessions(day("2025-01-11"), day("2025-01-12")) == []


def test_sessions_before_the_calendar_begins_are_not_listed():
    """The range is cut to the calendar's years."""
    assert calendar.sessions(day("1989-12-20"), day("1990-01-03")) == [
        day("1990-01-02"),
        day("1990-01-03"),
    ]


@pytest.mark.parametrize(
    ("date", "closes"),
    [
        ("2025-01-08", "16:00"),
        ("2024-11-29", "13:00"),
        ("2024-12-24", "13:00"),
        ("2024-07-03", "13:00"),
        ("2024-12-31", "16:00"),
    ],
)
def test_a_session_opens_at_half_past_nine_and_closes_at_four_or_at_one(date, closes):
    """The day after Thanksgiving, Christmas Eve and July 3 are short; New Year's Eve is not."""
    assert calendar.session_open(day(date)) == at(f"{date} 09:30")
    assert calendar.session_close(day(date)) == at(f"{date} {closes}")


def test_opening_times_are_exchange_time_in_summer_too():
    """Half past nine is 14:30 UTC in January and 13:30 in July."""
    assert calendar.session_open(day("2025-01-08")).utcoffset() == dt.timedelta(hours=-5)
    assert calendar.session_open(day("2024-07-03")).utcoffset() == dt.timedelta(hours=-4)


@pytest.mark.parametrize(
    ("date", "before", "after"),
    [
        ("2025-01-08", "2025-01-07", "2025-01-10"),
        ("2025-01-09", "2025-01-08", "2025-01-10"),
        ("2025-01-19", "2025-01-17", "2025-01-21"),
        ("2025-01-01", "2024-12-31", "2025-01-02"),
    ],
)
def test_the_neighbours_of_a_day_are_sessions_whether_it_is_one_or_not(date, before, after):
    """Over closings, weekends and the new year."""
    assert calendar.neighbours(day(date)) == (day(before), day(after))


@pytest.mark.parametrize(
    ("date", "reason"),
    [
        ("2025-01-09", MOURNING),
        ("2018-12-05", "a national day of mourning for former President George H.W. Bush"),
        ("2012-10-29", "Hurricane Sandy"),
        ("2025-01-11", "a Saturday"),
        ("2025-01-12", "a Sunday"),
        ("2025-01-01", "New Year's Day"),
        ("2025-01-20", "Martin Luther King Jr. Day"),
        ("2024-03-29", "Good Friday"),
        ("2024-07-04", "Independence Day"),
        ("2024-09-02", "Labor Day"),
        ("2024-11-28", "Thanksgiving Day"),
        ("2022-12-26", "Christmas Day"),
        ("2001-09-12", "the attacks of September 11"),
    ],
)
def test_a_closed_day_has_a_reason(date, reason):
    """A holiday's name, a weekday's, what the exchange announced, or at least that it closed."""
    assert calendar.closing_reason(day(date)) == reason


@pytest.mark.parametrize(
    ("when", "state", "session"),
    [
        ("2025-01-08 09:29:59", "pre", "2025-01-07"),
        ("2025-01-08 09:30", "open", "2025-01-08"),
        ("2025-01-08 15:59:59", "open", "2025-01-08"),
        ("2025-01-08 16:00", "post", "2025-01-08"),
        ("2025-01-08 23:59", "post", "2025-01-08"),
        ("2025-01-09 12:00", "closed", "2025-01-08"),
        ("2025-01-11 12:00", "closed", "2025-01-10"),
        ("2024-11-29 12:59", "open", "2024-11-29"),
        ("2024-11-29 13:00", "post", "2024-11-29"),
        ("2025-01-02 08:00", "pre", "2024-12-31"),
    ],
)
def test_a_moment_is_before_during_or_after_a_session_or_on_a_closed_day(when, state, session):
    """It tells of the running session, or of the last one that closed."""
    found = calendar.moment(at(when))
    assert (found.state, found.session) == (state, day(session))


def test_a_moment_names_the_sessions_around_it():
    """During Jan. 8: the one before, and the next to open."""
    found = calendar.moment(at("2025-01-08 13:00"))
    assert (found.previous, found.upcoming) == (day("2025-01-07"), day("2025-01-10"))
    assert (found.opened, found.closes) == (at("2025-01-08 09:30"), at("2025-01-08 16:00"))


def test_before_the_bell_the_upcoming_session_is_todays():
    """The moment tells of yesterday's session, with its times."""
    found = calendar.moment(at("2025-01-08 08:00"))
    assert (found.session, found.previous, found.upcoming) == (
        day("2025-01-07"),
        day("2025-01-06"),
        day("2025-01-08"),
    )
    assert found.closes == at("2025-01-07 16:00")


@pytest.mark.parametrize("when", ["2025-01-08 13:00", "2025-01-08 16:00", "2025-01-09 09:00"])
def test_a_closing_ahead_is_announced_with_its_reason(when):
    """Jan. 9, 2025, from the session before it and on the day itself."""
    found = calendar.moment(at(when))
    assert (found.closed_on, found.closed_for) == (day("2025-01-09"), MOURNING)


def test_a_long_weekend_is_announced_by_its_holiday_not_its_saturday():
    """From Friday, Jan. 17 and from Sunday, Jan. 19, 2025."""
    for when in ("2025-01-17 16:00", "2025-01-19 12:00"):
        found = calendar.moment(at(when))
        assert (found.closed_on, found.closed_for) == (
            day("2025-01-20"),
            "Martin Luther King Jr. Day",
        )


@pytest.mark.parametrize(
    "when", ["2025-01-07 16:00", "2025-01-10 16:00", "2025-01-11 12:00", "2025-01-10 08:00"]
)
def test_an_ordinary_night_or_weekend_needs_no_reason(when):
    """Nobody asks why there is no session on a Saturday; and a closing in the past is over."""
    found = calendar.moment(at(when))
    assert (found.closed_on, found.closed_for) == (None, "")


def test_an_instant_counts_wherever_it_was_written():
    """18:00 UTC is 1 p.m. in New York; half past midnight in UTC is still the evening before."""
    assert calendar.moment(dt.datetime(2025, 1, 8, 18, tzinfo=dt.UTC)) == calendar.moment(
        at("2025-01-08 13:00")
    )
    assert calendar.moment(dt.datetime(2025, 1, 9, 0, 30, tzinfo=dt.UTC)).session == day(
        "2025-01-08"
    )


@pytest.mark.parametrize(
    ("when", "label"),
    [
        ("2025-01-08 16:00", "2025-01-08T1600"),
        ("2025-01-08 13:00", "2025-01-08T1300"),
        ("2025-01-08 18:05", "2025-01-08T1805"),
        ("2024-11-29 13:00", "2024-11-29T1300"),
        ("2025-01-09 16:00", "2025-01-09T1600"),
    ],
)
def test_a_moment_is_labelled_by_its_time(when, label):
    """Also that of a close.

    It knows less than the close with its evening, which a date stands for.
    """
    assert calendar.moment(at(when)).label == label


@pytest.mark.parametrize("day", ["2025-01-08", "2024-11-29"])
def test_a_close_with_its_evening_is_labelled_by_its_date(day):
    """So that neither of the two takes the other's folder."""
    assert calendar.resolve(day, NOW).label == day


def test_a_date_stands_for_its_close():
    """Of a short day at 1 p.m."""
    assert calendar.resolve("2025-01-08", NOW).at == at("2025-01-08 16:00")
    assert calendar.resolve("2024-11-29", NOW).at == at("2024-11-29 13:00")


def test_a_time_without_an_offset_is_exchange_time():
    """And one with an offset is what it says."""
    noon = calendar.resolve("2025-01-08 13:00", NOW)
    assert noon.at == at("2025-01-08 13:00")
    assert (
        calendar.resolve("2025-01-08T18:00+00:00", NOW)
        == calendar.resolve("2025-01-08T19:00+01:00", NOW)
        == noon
    )


@pytest.mark.parametrize("date", ["2025-01-09", "2025-01-11", "2025-01-20", "2024-12-25"])
def test_a_date_without_a_session_is_refused(date):
    """It has no close to tell of."""
    with pytest.raises(NotASession, match="has no trading session"):
        calendar.resolve(date, NOW)


def test_the_refusal_names_the_reason_and_the_nearest_sessions():
    """With their weekdays."""
    with pytest.raises(NotASession) as refused:
        calendar.resolve("2025-01-09", NOW)
    assert (
        str(refused.value) == f"2025-01-09 (Thursday) has no trading session: {MOURNING}. "
        "The nearest sessions are 2025-01-08 (Wednesday) and 2025-01-10 (Friday)."
    )


def test_a_moment_on_a_closed_day_is_no_error():
    """A brief may be asked for on a holiday's noon."""
    assert calendar.resolve("2025-01-09 12:00", NOW).state == "closed"


@pytest.mark.parametrize(
    "when",
    [
        "tomorrow",
        "",
        "2025-13-01",
        "2025-02-30",
        "08/01/2025",
        "2025-01-08 25:00",
        "Last Week!",
        "last-sessions",
    ],
)
def test_words_that_are_no_date_are_refused_with_the_forms_that_are(when):
    """Also ten letters that are as long as a date."""
    with pytest.raises(
        NotASession, match="is not a date; give 2025-01-08, '2025-01-08 13:00' or last-session"
    ):
        calendar.resolve(when, NOW)


@pytest.mark.parametrize(
    "when", ["2025-02-03", "2025-02-01 12:01", "2025-02-01T17:00:01+00:00", "2027-06-30"]
)
def test_the_future_is_refused(when):
    """Half past noon is, at noon; the message tells the time."""
    with pytest.raises(
        NotASession, match=r"lies in the future \(it is 2025-02-01 12:00 in New York\)"
    ):
        calendar.resolve(when, NOW)


def test_now_is_not_the_future():
    """Neither is a close at the very second it happens."""
    assert calendar.resolve("2025-02-01 12:00", NOW).state == "closed"
    assert calendar.resolve("2025-01-31", at("2025-01-31 16:00")).session == day("2025-01-31")


def test_todays_close_is_refused_until_it_has_happened():
    """A second early is too early."""
    with pytest.raises(NotASession, match="the close of 2025-01-31 lies in the future"):
        calendar.resolve("2025-01-31", at("2025-01-31 15:59:59"))


@pytest.mark.parametrize(
    ("now", "session"),
    [
        ("2025-01-08 08:00", "2025-01-07"),
        ("2025-01-08 13:00", "2025-01-07"),
        ("2025-01-08 16:00", "2025-01-08"),
        ("2025-01-09 12:00", "2025-01-08"),
        ("2025-01-12 12:00", "2025-01-10"),
        ("2024-11-29 13:00", "2024-11-29"),
    ],
)
def test_the_last_session_is_the_last_one_that_has_closed(now, session):
    """Before the bell and while a session runs it is yesterday's."""
    found = calendar.resolve("last-session", at(now))
    assert (found.session, found.state, found.at) == (day(session), "post", found.closes)


def test_the_close_of_a_day_is_a_moment_after_it():
    """The short Christmas Eve of 2024."""
    found = calendar.close_of(day("2024-12-24"), NOW)
    assert (found.label, found.upcoming, found.closed_for) == (
        "2024-12-24",
        day("2024-12-26"),
        "Christmas Day",
    )


def test_every_day_and_hour_is_the_exchanges(monkeypatch, tmp_path):
    """The tables that are kept say what the calendar says that they were made of,
    and so do those read back from a damaged cache."""
    from exchange_calendars import get_calendar

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    _through.cache_clear()
    made = exchange("XNYS")
    theirs = get_calendar("XNYS", start=FIRST, end=f"{LEAST_YEAR}-12-31")
    assert [day.isoformat() for day in made.sessions] == [
        f"{day:%Y-%m-%d}" for day in theirs.sessions
    ]
    own = closures("XNYS").hours
    for place, at in enumerate((theirs.opens, theirs.closes)):
        told = {stamp.to_pydatetime().astimezone(EXCHANGE).date(): stamp for stamp in at}
        differ = [day for day in made.sessions if made.at(day, place) != told[day]]
        assert [day for day in differ if own.get(day, (None, None))[place] is None] == []
        assert all(day in differ for day, hours in own.items() if hours[place] is not None)
    kept = next(tmp_path.rglob("calendar-*.json"))
    kept.write_bytes(b'{"sessions": [')
    _through.cache_clear()
    assert exchange("XNYS") == made


@pytest.mark.parametrize("text", ["2027-12-31", "2028-01-03", "2030-06-03", "2061-08-02"])
def test_the_calendar_has_no_last_year(text):
    """A day farther ahead than the kept tables has them computed again."""
    session = day(text)
    after = calendar.neighbours(session)[1]
    assert calendar.is_session(session)
    assert (after - session).days <= 4
    assert calendar.session_close(session).hour in (13, 16)
