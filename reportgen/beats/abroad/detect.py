"""Other markets, each by the last session of its own exchange."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from reportgen.beats.measure import Measure, News, with_sigma
from reportgen.beats.scene import Scene
from reportgen.core.errors import NoData
from reportgen.core.facts import Fact, Unit
from reportgen.datasets.market import Market, Track
from reportgen.markets import MarketSpec, market_on
from reportgen.markets.calendar import DAY, Calendar, Moment
from reportgen.markets.closures import closures
from reportgen.markets.instruments import Instrument
from reportgen.statistics import returns, volatility

SATURDAY = 5
HOLIDAY = "a holiday"


def abroad(market: Market, symbol: str) -> News:
    """The index *symbol* of another market, as it stands at the moment.

    Kind ``abroad`` is its last session that is over, ``abroad_live`` the one that is running,
    where intraday prices are known. Kind ``abroad_shut`` is a market that is closed on this
    weekday, ``abroad_closed`` one that was closed on the last weekday: no session of before is
    then told again.

    Raises:
        NoData: A close is missing, or no market has the exchange.
        StaleData: The close of the last session is not there.
    """
    found = market.snapshot.instrument(symbol)
    place = market_on(found.calendar)
    if found.sessions.always or place is None:
        raise NoData(
            f"{symbol}: no market has the exchange {found.calendar}; describe it in markets/",
            subject=symbol,
        )
    at = market.moment.at
    if day := closed_on(found.sessions, at):
        return _closed(found, place, day, at)
    own = found.sessions.moment(at)
    track = market.finished(symbol)
    if own.state == "open":
        level = market.level_since(symbol, own.opened)
        if level is not None:
            return _live(track, place, own, level)
    return _over(track, place, own, market.moment)


def closed_on(calendar: Calendar, at: dt.datetime) -> dt.date | None:
    """The weekday on which an exchange is, or was last, closed; None where it traded last.

    Today counts from its midnight on if there is no session, and otherwise from the close on.
    """
    today = at.astimezone(calendar.zone).date()
    if today.weekday() < SATURDAY and not calendar.expected(today, at):
        return today
    day = today
    if not calendar.is_session(today) or calendar.session_close(today) > at:
        day -= DAY
    while day.weekday() >= SATURDAY:
        day -= DAY
    return None if calendar.is_session(day) else day


def _closed(found: Instrument, place: MarketSpec, day: dt.date, at: dt.datetime) -> News:
    """That a market is closed, or was."""
    is_over = found.sessions.usual_close(day) <= at
    kind = "abroad_closed" if is_over else "abroad_shut"
    there = _place(place, day)
    roles = {
        "date": there.fact(kind, day, Unit.DATE),
    }
    if place.country:
        roles["country"] = there.fact("abroad_country", place.country, Unit.TEXT, "place")
    else:
        roles["places"] = there.fact("abroad_places", place.places, Unit.TEXT, "place")
    if reason := why(found.sessions, day):
        roles["reason"] = there.fact("abroad_reason", reason, Unit.TEXT)
    return Measure(found.key, found.symbol, day.isoformat(), there.source).news(kind, roles)


def why(calendar: Calendar, day: dt.date) -> str:
    """Why there is no session on *day*: what was announced, "a holiday", or "" if unknown."""
    if announced := closures(calendar.code).closed.get(day):
        return announced.reason
    return HOLIDAY if day in calendar.table(day).holidays else ""


def _place(place: MarketSpec, day: dt.date) -> Measure:
    """The facts of an exchange."""
    code = place.exchange
    return Measure(f"exchange_{code.lower()}", code, day.isoformat(), "trading calendar")


def _where(place: MarketSpec, day: dt.date) -> dict[str, Fact]:
    """The role "region"."""
    there = _place(place, day)
    return {"region": there.fact("abroad_region", place.region, Unit.TEXT, "place")}


def _live(track: Track, place: MarketSpec, own: Moment, level: float) -> News:
    """The running session, up to the last price that is known."""
    measure = Measure.at(track, own.at.isoformat())
    roles = _where(place, own.session)
    roles["at"] = measure.fact("abroad_time", own.at.isoformat(), Unit.TIME)
    change = level / track.last - 1
    roles["change"] = measure.fact("abroad_live", change, Unit.FRACTION)
    return measure.news("abroad_live", roles)


def _over(track: Track, place: MarketSpec, own: Moment, here: Moment) -> News:
    """The last session that is over."""
    measure = Measure.of(track)
    date = measure.fact("abroad_session", track.session, Unit.DATE)
    roles = {**_where(place, track.session), "date": date}
    sigma = volatility.ewma(track.changes)
    change = returns.day(track.closes)
    with_sigma(
        roles,
        "change",
        measure.change("pct_change", change, sigma, name="abroad_change"),
    )
    closed = own.previous_closes if own.state == "open" else own.closes
    opened = here.opened if here.state in ("open", "post") else here.at
    roles["level"] = measure.fact("level", track.last, track.instrument.unit)
    if closed <= opened:
        roles["earlier"] = date
    if closed > (here.closes if here.state == "pre" else here.previous_closes):
        roles["fresh"] = date
    if own.state == "open":
        roles["running"] = date
    return measure.news("abroad", roles)


def detect(scene: Scene) -> Iterator[News | None]:
    """Each index of another market that the report names."""
    for symbol in scene.series:
        yield from scene.known(abroad, scene.market, symbol)
