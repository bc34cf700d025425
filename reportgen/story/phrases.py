"""The filters of a story: each turns a fact into words and cites it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reportgen import renamed
from reportgen.core.errors import NarrativeError
from reportgen.core.facts import Fact, Unit
from reportgen.markets import MarketSpec
from reportgen.markets.instruments import FX
from reportgen.story.citations import cite
from reportgen.story.english import dates, figures, lexicon, own_figures
from reportgen.story.english.money import Money

NAMES = (
    "pct",
    "hedged",
    "odds",
    "level",
    "money",
    "whole",
    "amount",
    "rate",
    "points",
    "pp",
    "bp",
    "signed",
    "table_level",
    "updown",
    "rose",
    "gain",
    "verb",
    "says",
    "date",
    "day",
    "weekday",
    "month",
    "year",
    "count",
    "ordinal",
    "nth",
    "times",
    "term",
    "brief_term",
    "clock",
    "part_of_day",
    "daytime",
    "share",
    "full_date",
    "span",
    "text",
    "spelled",
    "period",
    "moved",
    "moved_to",
    "signed_points",
    "round",
    "price",
    "farthest",
    "published",
    "quarter",
    "figure",
    "size",
    "label",
)
FILTERS = {**{name: name for name in NAMES}, **renamed.FILTERS}
"""The filters of a story by the names that templates use, and the methods behind them."""


SEASON = 60
"""The days from which on a headline names a day by its month."""


class Phrases:
    """Filters bound to one brief: its date, instruments and market, and the verbs used last.

    The *number* of its session says which verb of a band comes first.
    """

    def __init__(
        self,
        as_of: dt.datetime,
        instruments: Mapping[str, Mapping[str, Any]],
        market: MarketSpec,
        number: int = 0,
    ) -> None:
        self.as_of = as_of.date()
        self.market = market
        self.instruments = instruments
        self._number = number
        self._used: list[str] = []
        self._plain: list[str] = []
        self.stated: set[tuple[str, float | str]] = set()
        """The instruments and the values that the story has given in percent."""

    def filters(self) -> dict[str, Callable[..., str]]:
        """All filters by the name a template uses."""
        return {name: getattr(self, method) for name, method in FILTERS.items()}

    def figure(self, fact: Fact, places: int | None = None, signed: bool = False) -> str:
        """A figure of the notebook's own in its unit: "1.35", "12.3%", "+0.4 pp", "$1,204.50".

        With so many decimals, if *places* are given; otherwise as many as its author said, or as
        its unit has. *signed*, a rise has a plus.
        """
        if isinstance(fact.value, str):
            return self.date(fact) if fact.unit is Unit.DATE else cite(fact.id, fact.value)
        amount = self._own_size(fact, places)
        return cite(fact.id, own_figures.with_sign(amount, fact.number, signed=signed))

    def size(self, fact: Fact, places: int | None = None) -> str:
        """A figure of the notebook's own without its sign, where a word says it: "13.4%" "below".

        *places* sets the number of decimals.
        """
        if isinstance(fact.value, str):
            return self.figure(fact)
        return cite(fact.id, self._own_size(fact, places))

    def _own_size(self, fact: Fact, places: int | None) -> str:
        """The size of a figure in its unit, with *places* decimals or those of its author."""
        decimals = fact.decimals if places is None else places
        return own_figures.amount(fact.number, fact.unit, decimals, self._money(fact))

    def label(self, fact: Fact) -> str:
        """What the author of the notebook calls a figure: "200-day average"."""
        if not fact.label:
            raise NarrativeError(
                f"fact '{fact.id}' has no label; record it by"
                f' desk.stat("{fact.id}", ..., label="...").',
                subject=fact.id,
            )
        return cite(fact.id, fact.label)

    def pct(self, fact: Fact, places: int = 0) -> str:
        """The size of a change in percent; a fall from a high is not rounded across 10% or 20%.

        With so many decimals, if *places* are given.
        """
        if places:
            self.stated.add((fact.instrument, fact.value))
            return cite(fact.id, f"{figures.in_percent(fact.number, places)}%")
        return cite(fact.id, self._size(fact))

    def _size(self, fact: Fact) -> str:
        self.stated.add((fact.instrument, fact.value))
        if fact.kind in ("drawdown_from_high", "near_record"):
            return figures.percent_near(fact.number, 0.1 if abs(fact.number) < 0.15 else 0.2)
        return figures.percent(fact.number)

    def hedged(self, fact: Fact) -> str:
        """The size of a change in percent as a whole number with a hedge: "nearly 11%"."""
        return cite(fact.id, figures.hedged_percent(fact.number))

    def share(self, fact: Fact) -> str:
        """A share in whole percent."""
        return cite(fact.id, f"{figures.rounded(figures.decimal(fact.number) * 100, 0)}%")

    def odds(self, fact: Fact) -> str:
        """A probability with a hedge: "more than 95%"."""
        return cite(fact.id, figures.probability(fact.number))

    def level(self, fact: Fact) -> str:
        """A level with its decimals, or a price in its currency: "2,225.43", "$220.87", "525p"."""
        return cite(fact.id, self._full(fact))

    def money(self, fact: Fact) -> str:
        """A large price of the moment, with a hedge: "about $94,000", "about $94,400".

        To the nearest thousand of its currency, if that is within half a percent, else the nearest
        hundred.

        Stories of 0.1.0 call it ``usd``.
        """
        return cite(fact.id, self._money(fact).near(fact.number))

    def whole(self, fact: Fact) -> str:
        """A large price of the end of a day in whole units of its currency: "$94,372"."""
        return cite(fact.id, self._money(fact).exact(round(fact.number), 0))

    def amount(self, fact: Fact) -> str:
        """The size of an amount of money or of a gain, with the decimals of its fact: "$12,345"."""
        money = self._money(fact)
        return cite(fact.id, money.exact(abs(fact.number), fact.decimals))

    def rate(self, fact: Fact) -> str:
        """A rate or yield in percent with its decimals."""
        return cite(fact.id, figures.rate(fact.number))

    def points(self, fact: Fact) -> str:
        """The size of a change in whole points, or of a price in full: "28 points", "$3.21"."""
        return cite(fact.id, self._exact(fact) if fact.unit.money else figures.points(fact.number))

    def moved(self, fact: Fact) -> str:
        """A change in exact points with a plain verb.

        The last two verbs are not repeated, and sessions begin with different ones.
        """
        verbs = (
            ("rose", "added", "climbed")
            if fact.number > 0
            else ("fell", "lost", "declined", "slid")
        )
        start = self._number % len(verbs)
        turned = verbs[start:] + verbs[:start]
        found = next(verb for verb in turned if verb not in self._plain[-2:])
        self._plain.append(found)
        return cite(fact.id, f"{found} {self._exact(fact)}")

    def moved_to(self, fact: Fact) -> str:
        """A change in exact points with its direction."""
        return cite(fact.id, f"{'up' if fact.number > 0 else 'down'} {self._exact(fact)}")

    def signed_points(self, fact: Fact) -> str:
        """A change in points or of a price with its sign, for a table: "+99.09", "+$3.21"."""
        if fact.unit.money:
            return cite(
                fact.id, figures.with_sign(self._amount(fact, abs(fact.number)), fact.number)
            )
        return cite(fact.id, figures.signed_points(fact.number, self._decimals(fact)))

    def round(self, fact: Fact) -> str:
        """A round number without decimals."""
        return cite(fact.id, figures.plain(figures.decimal(fact.number), 0))

    def price(self, fact: Fact) -> str:
        """A price in full, with the decimals of its currency."""
        return cite(fact.id, self._full(fact))

    def _money(self, fact: Fact) -> Money:
        return Money(fact.currency, self.market.currency)

    def _full(self, fact: Fact) -> str:
        if fact.unit.money:
            return self._amount(fact, fact.number)
        return figures.plain(figures.decimal(fact.number), self._decimals(fact))

    def _exact(self, fact: Fact) -> str:
        """A difference of levels in full: "99.09 points", "$3.21"."""
        if fact.unit.money:
            return self._amount(fact, abs(fact.number))
        return figures.exact_points(fact.number, self._decimals(fact))

    def _decimals(self, fact: Fact) -> int:
        """The decimals of a level of the fact's instrument, two at most."""
        return min(2, int(self.instruments.get(fact.instrument, {}).get("decimals", 2)))

    def _amount(self, fact: Fact, value: float) -> str:
        """A price in full, and an exchange rate or a difference of two with all its decimals."""
        row = self.instruments.get(fact.instrument, {})
        if row.get("kind") == FX:
            return self._money(fact).rate(value, int(row["decimals"]))
        return self._money(fact).exact(value)

    def pp(self, fact: Fact, places: int = 0) -> str:
        """A difference of two percentages in percentage points.

        With so many decimals, if *places* are given.
        """
        if places:
            return cite(fact.id, f"{figures.in_percent(fact.number, places)} percentage points")
        return cite(fact.id, figures.percentage_points(fact.number))

    def bp(self, fact: Fact) -> str:
        """The size of a change in basis points."""
        return cite(fact.id, figures.basis_points(fact.number))

    def term(self, fact: Fact) -> str:
        """A change of the target range in words: "a quarter of a percentage point"."""
        count = round(abs(fact.number) * 10000)
        words = {
            25: "a quarter of a percentage point",
            50: "half a percentage point",
            75: "three-quarters of a percentage point",
        }
        if count % 100 == 0:
            whole = f"{figures.count(count // 100)} percentage point"
            return cite(fact.id, whole + ("s" if count > 100 else ""))
        if count > 100 and count % 25 == 0:
            return cite(fact.id, f"{count / 100:g} percentage points")
        return cite(fact.id, words.get(count) or figures.basis_points(fact.number))

    def brief_term(self, fact: Fact) -> str:
        """A change of the target range for a headline: "a quarter point", "half a point"."""
        count = round(abs(fact.number) * 10000)
        words = {
            25: "a quarter point",
            50: "half a point",
            75: "three-quarters of a point",
            100: "a full point",
        }
        return cite(fact.id, words[count]) if count in words else self.term(fact)

    def signed(self, fact: Fact) -> str:
        """A change in percent or basis points with its sign, for a table."""
        if fact.unit is Unit.BP:
            return cite(fact.id, figures.signed_bp(fact.number))
        places = 1
        if (
            fact.kind == "drawdown_from_high"
        ):  # never rounded across the line it is measured against
            places = figures.places_near(fact.number, 0.1 if abs(fact.number) < 0.15 else 0.2)
            places = (
                2 if 0 < -fact.number < 0.0005 else places
            )  # nor does what is below its high look like what is at it
        return cite(fact.id, figures.signed(fact.number, places))

    def table_level(self, fact: Fact) -> str:
        """A level with the decimals and the unit of its instrument, for a table."""
        if fact.unit is Unit.YIELD:
            return self.rate(fact)
        row = self.instruments.get(fact.instrument, {})
        decimals = int(row.get("decimals", 2))
        if fact.unit.money:
            return cite(fact.id, self._money(fact).exact(fact.number, decimals))
        return cite(fact.id, figures.plain(figures.decimal(fact.number), decimals))

    def updown(self, fact: Fact, hedged: bool = False) -> str:
        """A change in percent with "up" or "down", or "unchanged"; *hedged* adds a hedge."""
        if fact.number == 0:
            return cite(fact.id, "unchanged")
        size = figures.hedged_percent(fact.number) if hedged else self._size(fact)
        return cite(fact.id, f"{'up' if fact.number > 0 else 'down'} {size}")

    def gain(self, fact: Fact, hedged: bool = False) -> str:
        """A change in percent as a noun: "a gain of 10%", "a loss of 0.2%", "no change".

        *hedged* adds a hedge.
        """
        if fact.number == 0:
            return cite(fact.id, "no change")
        size = figures.hedged_percent(fact.number) if hedged else self._size(fact)
        return cite(fact.id, f"{'a gain' if fact.number > 0 else 'a loss'} of {size}")

    def verb(
        self,
        fact: Fact,
        sigma: Fact,
        form: str = "past",
        after: bool = False,
        beside: Sequence[Fact] = (),
    ) -> str:
        """The verb for a change, measured by *sigma*: "fell", "surged", "was little changed".

        The last two verbs are not repeated, and sessions begin with different ones. *form* is the
        form of the verb. *after* another strong verb in the same sentence, the verb is plain. Told
        *beside* a larger change the same way, a pair of a change and its usual size, the verb is no
        stronger than that one's.
        """
        used, daily = self._used[-2:], "day" in fact.window
        found = lexicon.choose(
            fact.number,
            sigma.number,
            self._kind(fact),
            used,
            daily=daily,
            most=self._most(fact, beside),
            first=self._number if daily else 0,
        )
        if after and used and lexicon.strong(used[-1]) and lexicon.strong(found.base):
            found = lexicon.plain(fact.number, used)
        self._used.append(found.base)
        return cite(fact.id, found.form(form))

    def _most(self, fact: Fact, beside: Sequence[Fact]) -> int:
        """The strongest band for a change *beside* another one."""
        strongest = len(lexicon.BANDS)
        if not beside or not abs(fact.number) < abs(beside[0].number):
            return strongest
        change, sigma = beside
        if change.number * fact.number < 0:
            return strongest
        return lexicon.band(change.number, sigma.number, self._kind(change))

    def stirred(self, fact: Fact, sigma: Fact) -> bool:
        """Whether the verb for a change says that something moved."""
        return lexicon.choose(fact.number, sigma.number, self._kind(fact), ()) is not lexicon.FLAT

    def _kind(self, fact: Fact) -> str:
        return (
            "basket"
            if fact.instrument.startswith("basket:")
            else str(self.instruments.get(fact.instrument, {}).get("kind", "index"))
        )

    def rose(self, fact: Fact) -> str:
        """A change in percent with a plain verb: "rose 3.6%", "fell 0.5%", "was unchanged"."""
        if fact.number == 0:
            return cite(fact.id, "was unchanged")
        return cite(fact.id, f"{'rose' if fact.number > 0 else 'fell'} {self._size(fact)}")

    def says(self, fact: Fact, words: str) -> str:
        """Words of your own that rest on the fact.

        The fact check refuses a phrase that it cannot prove.
        """
        return cite(fact.id, words)

    def _day(self, fact: Fact) -> dt.date:
        return dt.date.fromisoformat(str(fact.value)[:10])

    def date(self, fact: Fact) -> str:
        """A date, with its year where that is needed: "Nov. 25", "Nov. 8, 2021"."""
        return cite(fact.id, dates.date(self._day(fact), self.as_of))

    def day(self, fact: Fact) -> str:
        """A day as its weekday, or as its date from a week away."""
        return cite(fact.id, dates.day(self._day(fact), self.as_of))

    def weekday(self, fact: Fact) -> str:
        """The weekday of a date."""
        return cite(fact.id, f"{self._day(fact):%A}")

    def month(self, fact: Fact, alone: bool = False, short: bool = False) -> str:
        """The month of a date, with its year where that is needed.

        *alone*, where the year is told beside it. *short*, for a table: "Aug. 2024", and of a
        quarter "Q3 2024".
        """
        if short:
            quarter = fact.kind.endswith("_quarter")
            return cite(fact.id, dates.label(str(fact.value), quarter=quarter))
        text = dates.month(str(fact.value), self.as_of)
        return cite(fact.id, text.partition(" ")[0] if alone else text)

    def year(self, fact: Fact) -> str:
        """The year of a yearly window, or of a date."""
        text = fact.window if fact.window.isdigit() else str(fact.value)[:4]
        return cite(fact.id, text)

    def farthest(self, fact: Fact, short: bool = False) -> str:
        """A superlative, and since when: "highest close since Nov. 6, 2020".

        Where the data have none as far, "largest one-day drop in data since 1990", or "on record"
        where they go back to the beginning of the instrument. In *short*, a day long ago is told
        by its month.
        """
        words = lexicon.superlative(fact.kind, fact.window, self._kind(fact))
        if fact.kind.endswith("_on_record"):
            return cite(fact.id, f"{words} on record".strip())
        if fact.kind.endswith("_on_file"):
            return cite(fact.id, f"{words} in data since {str(fact.value)[:4]}".strip())
        whole = len(str(fact.value)) > len("2024-11")
        if short and whole and (self.as_of - self._day(fact)).days > SEASON:
            since = dates.month(str(fact.value), self.as_of)
            return cite(fact.id, f"{words} since {since}")
        since = dates.date(self._day(fact), self.as_of) if whole else self._since_when(fact)
        return cite(fact.id, f"{words} since {since}")

    def _since_when(self, fact: Fact) -> str:
        """The month, the quarter or the year that begins with the month of a fact."""
        year, month = str(fact.value).split("-")
        if fact.window == "ytd":
            return year
        if fact.window == "quarter":
            return f"the {figures.ordinal((int(month) + 2) // 3)} quarter of {year}"
        return dates.month(str(fact.value), self.as_of)

    def count(self, fact: Fact) -> str:
        """A count, in words up to nine; of one below zero its size."""
        return cite(fact.id, figures.count(abs(fact.number)))

    def period(self, fact: Fact, window: str) -> str:
        """The month, quarter or year that starts on a date, or the week that ends on it.

        *window* is "week", "month", "quarter" or "year".
        """
        if window == "week":
            return self.date(fact)
        if window == "month":
            return self.month(fact)
        year, quarter = str(fact.value)[:4], figures.ordinal((int(str(fact.value)[5:7]) + 2) // 3)
        return cite(fact.id, year if window == "year" else f"the {quarter} quarter of {year}")

    def spelled(self, fact: Fact) -> str:
        """A count in words up to twelve, for the start of a sentence."""
        number = int(fact.number)
        return cite(
            fact.id,
            {10: "ten", 11: "eleven", 12: "twelve"}.get(number) or figures.count(fact.number),
        )

    def ordinal(self, fact: Fact) -> str:
        """A rank: "fifth", "11th"."""
        return cite(fact.id, figures.ordinal(fact.number))

    def nth(self, fact: Fact) -> str:
        """A rank with its article: "a fifth", "an eighth", "an 11th"."""
        text = figures.ordinal(fact.number)
        return cite(fact.id, f"{figures.article(text)} {text}")

    def times(self, fact: Fact) -> str:
        """A number of times: "once", "twice", "three times"."""
        number = int(fact.number)
        return cite(fact.id, {1: "once", 2: "twice"}.get(number, f"{figures.count(number)} times"))

    def _time(self, fact: Fact) -> dt.datetime:
        return dt.datetime.fromisoformat(str(fact.value))

    def clock(self, fact: Fact) -> str:
        """A time of day with the name of the market's time."""
        return cite(fact.id, dates.clock(self._time(fact), self.market.zone_label))

    def part_of_day(self, fact: Fact) -> str:
        """The part of the session of a time: "morning", "midday", "early-afternoon"."""
        return cite(fact.id, dates.part_of_day(self._time(fact)))

    def daytime(self, fact: Fact) -> str:
        """A time of day and its day."""
        at = self._time(fact)
        clock = dates.clock(at, self.market.zone_label)
        return cite(fact.id, f"{clock} on {dates.day(at.date(), self.as_of)}")

    def full_date(self, fact: Fact) -> str:
        """A date in full, with weekday and year."""
        day = self._day(fact)
        return cite(fact.id, f"{day:%A}, {dates.MONTHS[day.month - 1]} {day.day}, {day.year}")

    def span(self, start: Fact, end: Fact) -> str:
        """The days from *start* to *end*: "Jan. 28-29".

        It cites the last day. The fact ids of the two end in ".start" and ".end".
        """
        return cite(end.id, dates.span(self._day(start), self._day(end)))

    def published(self, fact: Fact, signed: bool = False) -> str:
        """A figure of a release as it is published: "0.3%", "256,000", "7.67 million", "58.7".

        Its size, or *signed* with a minus below zero.
        """
        row = self.instruments.get(fact.instrument, {})
        places = int(row.get("decimals", 1))
        size = abs(figures.decimal(fact.number))
        if fact.unit is Unit.FRACTION:
            text = f"{figures.rounded(size * 100, places)}%"
        elif row.get("millions"):
            text = f"{figures.rounded(size / 1_000_000, places)} million"
        else:
            text = figures.plain(size, places)
        minus = signed and fact.number < 0
        return cite(fact.id, f"{figures.MINUS}{text}" if minus else text)

    def quarter(self, fact: Fact) -> str:
        """The quarter that begins with a month, of the last half year: "the fourth quarter"."""
        number = figures.ordinal((int(str(fact.value)[5:7]) + 2) // 3)
        return cite(fact.id, f"the {number} quarter")

    def text(self, fact: Fact) -> str:
        """The value of a fact that is a name, word for word."""
        return cite(fact.id, str(fact.value))
