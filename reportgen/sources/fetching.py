"""Bringing the store up to date.

Every series from the first of its providers that has it, gaps filled from the
next.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from reportgen.core.errors import ProviderError
from reportgen.markets import home
from reportgen.markets.instruments import known
from reportgen.sources import store
from reportgen.sources.answers import SECOND, Known, known_at
from reportgen.sources.http import Web
from reportgen.sources.plan import (
    AHEAD,
    BEHIND,
    OVERLAP,
    START,
    Want,
    due,
    read_sources,
    wanted,
)
from reportgen.sources.providers.contract import Ask, Point, Provider

ASKED_AGAIN = dt.timedelta(hours=1)
"""The time until a provider is asked again, for it may have corrected its answer."""
ASKED_AFTER = {
    "events": dt.timedelta(hours=12),
    "prints": dt.timedelta(hours=2),
    "vintages": dt.timedelta(minutes=30),
    "intraday_bars": dt.timedelta(minutes=5),
}
"""The same of what is never missing."""
AT_ONCE = 8
INTRADAY = dt.timedelta(days=7)
"""How far levels within the day are asked for."""
VINTAGES = dt.timedelta(days=3 * 365)
"""How far the vintages of prints are asked for at first; further with a day to begin at."""
BATCH = 16
"""Series written in one transaction: what a kill can lose."""
ROWS = 25_000
"""Rows after which a transaction is written though it has fewer series."""
AHEAD_OF_STORE = 4
"""Series that may be finished and wait for the store, beside those that are being asked for."""
AGREE, AGREE_RATES = 5e-4, 0.02
"""The median difference, in points, up to which two sources have one rate."""
LEAST_SHARED, SWITCHED = 5, 0.02
"""Days that a source must tell again before its scale is compared with what it told before, and
how far it may then be from that in the middle."""
COMPARED = 20
"""Sessions that two sources must share before one may fill the other's gaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one series.

    "new", "unchanged", "current" (not asked: nothing is due), "keyless" (nobody
    to ask without a key) or "short", and why.
    """

    want: Want
    state: str
    added: int = 0
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def fetch(
    path: Path, wants: Sequence[Want], web: Web, since: dt.date | None = None
) -> Iterator[Outcome]:
    """The outcome of each of *wants* once the store at *path* is up to date.

    Funds stand in for indexes that stay incomplete.
    """
    turn = threading.Lock()
    proxies = [want.proxy for want in wants if want.proxy]
    symbols = {want.symbol for want in (*wants, *proxies)}
    known, web.known = known_at(path, web.clock(), symbols, turn)
    short: list[Want] = []
    for outcome in _brought(path, wants, known, web, since, turn):
        if outcome.state == "short" and outcome.want.proxy:
            short.append(outcome.want.proxy)
        yield outcome
    listed = {(want.role, want.symbol) for want in wants}
    yield from _brought(
        path,
        [want for want in short if (want.role, want.symbol) not in listed],
        known,
        web,
        since,
        turn,
    )


def _brought(
    path: Path,
    wants: Sequence[Want],
    known: Mapping[tuple[str, str], Known],
    web: Web,
    since: dt.date | None,
    turn: threading.Lock,
) -> Iterator[Outcome]:
    """The outcome of every one of *wants*."""
    now = web.clock()
    here: list[Want] = []
    for want in wants:
        held = known.get((want.role, want.symbol))
        if since is None and _current(want, held, now):
            yield Outcome(want=want, state="current")
        else:
            here.append(want)
    asked = (
        _Series(want, known.get((want.role, want.symbol)), web, since).brought for want in here
    )
    batch: list[Brought] = []
    for done in _in_turn(asked):
        batch.append(done)
        rows = sum(len(fetched.rows) for brought, _ in batch for fetched in brought)
        if len(batch) == BATCH or rows >= ROWS:
            yield from _kept(path, batch, turn)
            batch = []
    yield from _kept(path, batch, turn)


Brought = tuple[list[store.Fetched], Outcome]
"""What the providers brought of one series, and its outcome so far."""


def _in_turn(calls: Iterable[Callable[[], Brought]]) -> Iterator[Brought]:
    """The results of *calls* as they are done, a few at once.

    A call begins once the results of earlier ones have been taken, so that few are held.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = set[Future[Brought]]()
        for call in calls:
            waiting.add(pool.submit(call))
            if len(waiting) >= AT_ONCE + AHEAD_OF_STORE:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                while done:
                    yield done.pop().result()
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            while done:
                yield done.pop().result()


def _kept(
    path: Path,
    batch: list[Brought],
    turn: threading.Lock,
) -> Iterator[Outcome]:
    """The outcomes of *batch*, once all of it is in the store."""
    everything = [fetched for brought, _ in batch for fetched in brought]
    with turn:
        added = store.append(path, everything) if everything else {}
    for _, outcome in batch:
        count = added.get((outcome.want.role, outcome.want.symbol), 0)
        yield replace(
            outcome,
            added=count,
            state=outcome.state or ("new" if count else "unchanged"),
        )


def _current(want: Want, known: Known | None, now: dt.datetime) -> bool:
    """Whether nothing due is missing, and what is there is recent."""
    if known is None:
        return False
    if want.role in ASKED_AFTER:
        return now - known.fetched_at < ASKED_AFTER[want.role]
    if now - known.fetched_at >= ASKED_AGAIN:
        return False
    return not missing(want, known.closes, due(want, now))


@dataclass
class _Series:
    """One series while its providers are asked in turn."""

    want: Want
    known: Known | None
    web: Web
    since: dt.date | None

    def __post_init__(self) -> None:
        self.asked_at = self.web.clock()
        self.have = dict[dt.date, float](self.known.closes if self.known else {})
        self.usual = self.known.provider if self.known else ""
        self.found: list[store.Fetched] = []
        self.notes: list[str] = []

    def brought(self) -> tuple[list[store.Fetched], Outcome]:
        """What the providers brought, in turn until nothing is missing."""
        for provider in self.want.providers:
            try:
                fetched = self._of(provider)
            except ProviderError as error:
                self.notes.append(str(error))
                continue
            self.found.append(fetched)
            self.have |= values(fetched)
            lacking = missing(
                self.want,
                self.have,
                due(self.want, self.asked_at),
            )
            if not lacking:
                self._confirm()
                return self.found, self._outcome("")
            shown = ", ".join(map(str, lacking[:3]))
            if len(lacking) > 3:
                shown += " and more"
            self.notes.append(f"{provider.title} lacks {shown}")
        for title, key in self.want.keyless:
            self.notes.append(f"{title} needs {key}, a key that is not set")
        state = "short" if self.want.providers else "keyless"
        return self.found, self._outcome(state)

    def _confirm(self) -> None:
        """Keep what the next providers say of a series to be confirmed.

        Of the last weeks. They are asked in turn until one has its newest day.
        """
        if not self.want.confirm or self.want.role != "daily_bars":
            return
        told = {fetched.provider for fetched in self.found if fetched.rows}
        for provider in self.want.providers:
            with suppress(ProviderError):
                if provider.name in told:
                    continue
                if self._told_all(provider):
                    return
                second = self._asked(
                    provider,
                    self.asked_at.date() - OVERLAP,
                    self.asked_at.date(),
                )
                closes = values(second)
                symbol = self.want.symbol
                points = [Point(symbol, day, closes[day]) for day in closes]
                self.found.append(
                    replace(
                        second,
                        role=f"{SECOND}/{provider.name}",
                        rows=points,
                    )
                )
                if max(self.have) in closes:
                    return

    def _told_all(self, provider: Provider) -> bool:
        """Whether *provider* has told the newest day, and can only send its whole history again.

        A provider of a whole history makes the same calls whatever the days.
        """
        if self.since or self.known is None:
            return False
        newest = self.known.confirmed.get(provider.name)
        if newest is None or newest < max(self.have):
            return False
        whole = self._ask(provider, START, self.asked_at.date())
        recent = replace(whole, first=whole.last - OVERLAP)
        return [*provider.calls(whole)] == [*provider.calls(recent)]

    def _outcome(self, state: str) -> Outcome:
        own = [one for one in self.found if one.role.startswith(self.want.role)]
        return Outcome(
            want=self.want,
            state=state,
            sources=tuple(one.source for one in own),
            notes=tuple(self.notes),
        )

    def _of(self, provider: Provider) -> store.Fetched:
        """What *provider* adds.

        All its rows where the series is its own, else those of the days that
        are missing.
        """
        first, last = self._span()
        fetched = self._asked(provider, first, last)
        if self.want.role not in ("daily_bars", "rates"):
            return fetched
        if not self.found and (self.since or self.usual in ("", provider.name)):
            split = self._split(provider, first, fetched)
            if self.want.role == "daily_bars" and not self.since:
                refuse_switch(provider, values(fetched), self.have, split)
            ratio = adjusted(values(fetched), self.have)
            if ratio is None:
                return fetched
            self.notes.append(
                f"{provider.title} adjusted its history{split}; all of it was fetched again"
            )
            self.have = {}
            return replace(self._asked(provider, START, last), rescale=ratio)
        refuse_disagreement(provider, self.want.role, values(fetched), self.have)
        return replace(
            fetched,
            rows=[row for row in fetched.rows if row.day not in self.have],
        )

    def _split(self, provider: Provider, first: dt.date, fetched: store.Fetched) -> str:
        """The last split that the answers of *fetched* tell, in words; "" for none."""
        if self.want.role != "daily_bars":
            return ""
        ask = self._ask(provider, first, self.asked_at.date())
        told = [split for reply in fetched.replies for split in provider.splits(ask, reply)]
        if not told:
            return ""
        last = max(told)
        words = f"{last.ratio:g} for 1" if last.ratio > 1 else f"1 for {1 / last.ratio:g}"
        return f" for a split of {words} on {last.day}"

    def _span(self) -> tuple[dt.date, dt.date]:
        today = self.asked_at.date()
        if self.want.role == "events":
            return today, today + AHEAD
        if self.want.role == "intraday_bars":
            return self.since or today - INTRADAY, today
        newest = max(self.have, default=None)
        if self.want.role == "vintages" and newest is None:
            return self.since or today - VINTAGES, today
        back = OVERLAP
        if self.want.role == "futures":
            back = dt.timedelta(days=3)  # a call a day
        return self.since or (START if newest is None else newest - back), today

    def _ask(self, provider: Provider, first: dt.date, last: dt.date) -> Ask:
        """What *provider* is asked, in its own words."""
        name = (
            provider.symbol(self.want.symbol, self.want.kind)
            if self.want.role in provider.roles
            else None
        )
        if name is None:
            raise ProviderError(f"{provider.title} does not have it")
        told = known(self.want.symbol)
        return Ask(
            symbol=name,
            role=self.want.role,
            first=first,
            last=last,
            currency=told.currency if told else "",
            behind=BEHIND if self.want.role == "events" else dt.timedelta(),
        )

    def _asked(
        self,
        provider: Provider,
        first: dt.date,
        last: dt.date,
    ) -> store.Fetched:
        ask = self._ask(provider, first, last)
        try:
            replies = provider.history(ask, self.web)
            rows = provider.rows(ask, replies)
        except ProviderError as error:
            named = provider.title in str(error)
            raise ProviderError(str(error) if named else f"{provider.title}: {error}") from None
        except (
            KeyError,
            TypeError,
            IndexError,
            ValueError,
            AttributeError,
            ArithmeticError,
            RecursionError,
        ) as error:
            raise ProviderError(
                f"{provider.title}: the answer on {ask.symbol} has another form than"
                f" expected ({type(error).__name__}: {error})"
            ) from None
        return store.Fetched(
            provider=provider.name,
            source=provider.title,
            terms="" if provider.licence.publish else provider.licence.terms,
            symbol=self.want.symbol,
            rows=rows,
            role=(
                self.want.role
                if self.want.role != "events"
                else f"events/release/{self.want.symbol}"
            ),
            replies=tuple(replies),
            final=due(self.want, self.asked_at),
            calendar_from=first if self.want.role == "events" else None,
        )


def missing(
    want: Want,
    have: Mapping[dt.date, float],
    last: dt.date,
) -> list[dt.date]:
    """The days of the last weeks, up to the *last* that is due, without a value.

    Of rates and futures only that one.
    """
    if want.role in ASKED_AFTER:
        return []
    found = known(want.symbol)
    bars = want.role == "daily_bars" and want.kind != "crypto"
    if not bars or (found and found.skips):
        return [] if max(have, default=dt.date.min) >= last else [last]
    calendar = found.sessions if found else home().calendar
    first = max(last - OVERLAP, min(have, default=last))
    return [day for day in calendar.sessions(first, last) if day not in have]


def values(fetched: store.Fetched) -> dict[dt.date, float]:
    """The finished values of *fetched* by day."""
    rows: Sequence[Any] = fetched.rows
    if fetched.role == "daily_bars":
        final = fetched.final or dt.date.max
        return {row.day: row.close for row in rows if row.day <= final}
    points = (row for row in rows if isinstance(row, Point))
    return {row.day: row.value for row in points if row.value is not None}


def adjusted(
    new: Mapping[dt.date, float],
    old: Mapping[dt.date, float],
) -> float | None:
    """At what other scale *new* tells the days of *old*, as after a split.

    None where it tells them at the same, or at none.
    """
    ratios = [new[day] / old[day] for day in new.keys() & old.keys() if old[day]]
    middle = median(ratios) if len(ratios) >= LEAST_SHARED else 1.0
    uniform = all(abs(ratio / middle - 1) < 1e-3 for ratio in ratios)
    return middle if uniform and abs(middle - 1) > 1e-2 else None


def refuse_switch(
    provider: Provider, new: Mapping[dt.date, float], old: Mapping[dt.date, float], split: str
) -> None:
    """Raise ProviderError where *new* and *old* can be no prices of one series and one unit.

    After a split all days have one ratio. In another currency each has its own; in hundredths all
    have that of a hundred, and there is no *split*.
    """
    ratios = [new[day] / old[day] for day in new.keys() & old.keys() if old[day] and new[day]]
    if len(ratios) < LEAST_SHARED:
        return
    apart, scale = median(abs(ratio - 1) for ratio in ratios), adjusted(new, old)
    hundredth = scale is not None and abs(max(scale, 1 / scale) / 100 - 1) < 1e-3 and not split
    if hundredth or (scale is None and apart > SWITCHED):
        raise ProviderError(
            f"{provider.title} now tells {median(ratios):.4g} times what it told of the same days:"
            " in another currency, or another series? To take it, fetch with --since"
        )


def refuse_disagreement(
    provider: Provider,
    role: str,
    new: Mapping[dt.date, float],
    old: Mapping[dt.date, float],
) -> None:
    """Raise ProviderError where *new* may not fill the gaps of *old*.

    Too few days in common, or another series.
    """
    shared = {day for day in new.keys() & old.keys() if old[day]}
    if len(shared) < COMPARED:
        raise ProviderError(
            f"{provider.title} shares {len(shared)} days with what is known,"
            f" too few to hold it against ({COMPARED} are needed)"
        )
    if role == "rates":
        apart = median(abs(new[day] - old[day]) for day in shared)
        most, shown = AGREE_RATES, f"{apart:.2f} points"
    else:
        apart = median(abs(new[day] / old[day] - 1) for day in shared)
        most, shown = AGREE, f"{apart * 1e4:.0f} basis points"
    if apart > most:
        raise ProviderError(
            f"{provider.title} differs from what is known by {shown} in the"
            " middle; it is not mixed in"
        )


def bring(
    symbols: Sequence[str],
    path: Path,
    clock: Callable[[], dt.datetime],
    *,
    sources: Path | None = None,
    since: dt.date | None = None,
    only: Sequence[str] = (),
) -> list[Outcome]:
    """The outcome for each series that *symbols* need, once the store is up to date.

    Args:
        symbols: What the reports are about.
        path: The store.
        clock: The time now.
        sources: A file with other providers or addresses.
        since: Fetch again from that day, whatever is known.
        only: Limits the series to some.
    """
    wants = wanted(symbols, read_sources(sources), clock())
    wants = [want for want in wants if not only or want.symbol in only]
    with closing(Web(clock)) as web:
        return list(fetch(path, wants, web, since))


def held(symbols: Sequence[str], path: Path) -> list[str]:
    """Those of *symbols* that the store at *path* has, which a fetch keeps up to date."""
    if not path.is_file():
        return []
    known = store.symbols(path)
    return [symbol for symbol in symbols if symbol in known]


def unreached(outcomes: Sequence[Outcome]) -> str:
    """A message where sources were asked and none could be reached.

    "" where one brought something.
    """
    asked = [one for one in outcomes if one.state not in ("current", "keyless")]
    notes = (note for outcome in asked for note in outcome.notes)
    lost = [note for note in notes if "the connection failed" in note]
    if not lost or any(outcome.sources for outcome in asked):
        return ""
    return f"No source could be reached ({lost[0]}). Can this machine reach the internet?"
