"""The day that begins: hours of the session, publications, decisions, and futures."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.beats.calendar.detect import expires
from reportgen.beats.measure import Measure, News
from reportgen.beats.scene import Scene
from reportgen.core.facts import Unit
from reportgen.datasets.market import DECIDED, Due, Market
from reportgen.markets.calendar import Moment
from reportgen.statistics import returns


def day_ahead(moment: Moment, expiry_friday: int) -> News | None:
    """The session that opens on the day of the moment, or None.

    When it opens, when it closes if that is early, and whether options and futures expire with it.
    """
    session, calendar = moment.upcoming, moment.calendar
    if moment.state != "pre":
        return None
    measure = Measure("ahead", "calendar", session.isoformat(), "trading calendar")
    opens, closes = calendar.session_open(session), calendar.session_close(session)
    roles = {
        "date": measure.fact("day_ahead", session, Unit.DATE, name="date"),
        "opens": measure.fact("day_ahead", opens.isoformat(), Unit.TIME, name="opens"),
    }
    if closes < calendar.usual_close(session):
        roles["short"] = measure.fact("day_ahead", closes.isoformat(), Unit.TIME, name="short")
    if expires(session, calendar, expiry_friday):
        roles["expiry"] = measure.fact(
            "day_ahead", "expiration of options and futures", Unit.TEXT, name="expiry"
        )
    return measure.news("day_ahead", roles)


def due(market: Market) -> Iterator[News]:
    """What is due on the day of the moment and after it, the earliest first."""
    for number, found in enumerate(market.due_today(), 1):
        yield _due(market, found, number)


def _due(market: Market, found: Due, number: int) -> News:
    at = market.moment.at
    measure = Measure("due", "calendar", at.date().isoformat(), "public calendar")
    name = f"{number}"
    roles = {"name": measure.fact("due", found.name, Unit.TEXT, name=f"{name}.name")}
    if found.name == DECIDED:
        roles["decision"] = roles["name"]
    if found.time:
        told = market.clock_of(found).isoformat()
        roles["time"] = measure.fact("due", told, Unit.TIME, name=f"{name}.time")
    # The earliest ranks first.
    return measure.news("due", roles, {"order": 1 / number})


def future(market: Market, symbol: str) -> News:
    """The future *symbol* before the open.

    Kind ``future_now`` is its price of the last hour against its last settlement, ``future`` its
    last settlement against the one before, where no such price is known.

    Raises:
        NoData: A settlement is missing.
        StaleData: The last settlement is not there.
    """
    track = market.finished(symbol)
    measure, moment = Measure.of(track), market.moment
    level = market.level_since(symbol, moment.closes)
    date = measure.fact("future_session", track.session, Unit.DATE)
    if level is None:
        settled = measure.fact("future_settled", track.last, track.instrument.unit)
        change = measure.fact("future_change", returns.day(track.closes), Unit.FRACTION)
        return measure.news("future", {"level": settled, "change": change, "date": date})
    now = Measure.at(track, moment.at.isoformat())
    change = now.fact("future_now", level / track.last - 1, Unit.FRACTION)
    at = now.fact("future_time", moment.at.isoformat(), Unit.TIME)
    return now.news("future_now", {"change": change, "at": at, "date": date})


def detect(scene: Scene) -> Iterator[News | None]:
    """The session to come, what is due on its day, and the futures that the report names."""
    yield day_ahead(scene.moment, scene.spec.expiry_friday)
    yield from due(scene.market)
    for symbol in scene.series:
        yield from scene.known(future, scene.market, symbol)
