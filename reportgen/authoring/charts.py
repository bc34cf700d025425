"""The charts of a report, as Vega-Lite specifications without words.

A chart holds data and marks. Every text a reader sees is a slot ("slot:last"),
which the story fills from facts; so no chart can print a number that the
sentence beside it does not share. Colours are the light tokens; a renderer maps
them to the dark ones. Width and font size are the renderer's.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import wraps
from itertools import cycle
from typing import Any, ParamSpec

import pandas as pd

from reportgen.config.resources import tokens
from reportgen.core.errors import NoData, NotYet, RecordError
from reportgen.core.svg import MONEY, currency_of, in_money, own_ids, picture
from reportgen.datasets.courses import Course
from reportgen.datasets.market import YOUNG, Market, Track
from reportgen.markets.instruments import instrument, registry
from reportgen.statistics import drawdowns, indexes
from reportgen.statistics.indexes import of_period, sessions

P = ParamSpec("P")
HEIGHT = 200
PALETTE = ("accent", "second", "third", "muted")
"""The colours of lines, in turn."""
BASE = 100
"""Where rebased lines start."""
LEVEL_ROOM, NAME_ROOM, FIGURE_ROOM = 0.3, 0.44, 0.18
"""Share of a time axis that is free for a level or names behind its last point."""
MOST_NAMED = 31
"""Sessions in a calendar that labels each of them."""
MINUS = "replace(datum.label, '-', '\u2212')"
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
FIRST_WEEK = "utcdate(toDate(datum.value)) <= 7 ? utcFormat(toDate(datum.value), '%b') : ''"
MONTH = "utcFormat(datum.value, '%b')"
YEAR_OR_MONTH = f"utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : {MONTH}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A named Vega-Lite specification and the slots that its texts fill."""

    name: str
    spec: Mapping[str, Any]
    slots: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    """What an author sees in the slots before a story fills them."""


def refuse_unfit(chart: Chart) -> None:
    """Raise RecordError where a page cannot place *chart*."""
    if not isinstance(chart, Chart):
        raise RecordError(
            f"desk.show takes a Chart, not {type(chart).__name__}; write "
            "charts.Chart(name=..., spec=chart.to_dict(), slots=()).",
            subject=type(chart).__name__,
        )
    for layer in chart.spec.get("layer", [chart.spec]):
        if not _placed(layer):
            raise RecordError(
                f"Chart '{chart.name}': a page cannot place its y axis. Put it on"
                " the right with a format and the ends of its scale: alt.Y(...,"
                ' axis=alt.Axis(orient="right", format=".1%"),'
                " scale=alt.Scale(domain=[low, high])), or name the rows of"
                " inline data.",
                subject=chart.name,
            )


def _placed(layer: Mapping[str, Any]) -> bool:
    """Whether the room of a layer's y axis can be known before it is drawn.

    It has none, ends and format, or names.
    """
    y = layer.get("encoding", {}).get("y", {})
    placed = "value" in y or "datum" in y or not y.get("field")
    axis = y.get("axis", {} if placed else None) if y else {}
    if "axis" in y and not y["axis"]:
        return True
    scaled = "scale" in y
    if not axis:
        drawn_elsewhere = "layer" in layer or not scaled
        return "axis" not in y and (not y.get("field") or drawn_elsewhere)
    if axis.get("orient") == "right":
        ends = y.get("scale", {}).get("domain")
        return bool(axis.get("format")) and _is_pair(ends)
    data = layer.get("data")
    rows = data.get("values") if isinstance(data, Mapping) else None
    field = y.get("field")
    return bool(rows) and all(isinstance(row.get(field), str) for row in rows or ())


def _is_pair(domain: Any) -> bool:
    if not isinstance(domain, Sequence) or len(domain) != 2:
        return False
    return all(type(end) in (int, float) for end in domain)


def image(chart: Chart) -> str:
    """*chart* as an HTML image, its slots filled with its own words.

    What every notebook front end can show.
    """
    import vl_convert

    spec = _filled(
        {**chart.spec, "width": 660},
        {f"slot:{k}": v for k, v in chart.words.items()},
    )
    spec = in_money(spec, f"{currency_of(spec)} ".lstrip(), "")
    drawn = vl_convert.vegalite_to_svg(spec)
    return picture(own_ids(drawn, chart.name), chart.name)


def _filled(part: Any, words: Mapping[str, str]) -> Any:
    """*part* of a specification with *words* in their slots.

    A slot without words shows its name.
    """
    if isinstance(part, str):
        return words.get(part, part.removeprefix("slot:"))
    if isinstance(part, Mapping):
        return {key: _filled(value, words) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, words) for value in part]
    return part


def _drawn(draw: Callable[P, Chart]) -> Callable[P, Chart]:
    """*draw* without Altair's check of every part against Vega-Lite's schema.

    A test does that for each chart, a run need not.
    """

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Chart:
        from altair.utils.schemapi import debug_mode

        with debug_mode(arg=False):
            return draw(*args, **kwargs)

    return drawn


def _spec(
    layers: Sequence[Any],
    height: int = HEIGHT,
    series: Mapping[str, list[dict[str, Any]]] | None = None,
    currency: str = "",
) -> dict[str, Any]:
    """The specification of *layers*, without the copies of Altair's own layering.

    *series* holds long data by the names that layers refer to: they are written
    once, and Altair need not copy them. *currency* is that of figures with a
    format of money, "$,.2f".
    """
    from altair import SCHEMA_URL

    context = {"top_level": False}
    drawn = [layer.to_dict(validate=False, context=context) for layer in layers]
    return {
        "$schema": SCHEMA_URL,
        "layer": drawn,
        "height": height,
        "datasets": dict(series or {}),
        "background": "transparent",
        "config": {},
        **({"usermeta": {"currency": currency}} if currency else {}),
    }


def warm() -> None:
    """Draw one chart and drop it, so that Altair's look-ups of the first chart are done."""
    import altair as alt

    frame = pd.DataFrame({"date": ["2025-01-08"], "level": [1.0]})
    chart = alt.Chart(frame).mark_line().encode(x=alt.X("date:T").title(None), y="level:Q")
    chart.to_dict()


def _dates(closes: pd.Series) -> list[dict[str, Any]]:
    levels = [round(level, 4) for level in closes.astype(float).tolist()]
    dates = [day.isoformat() for day in pd.DatetimeIndex(closes.index).date]
    return [{"date": date, "level": level} for date, level in zip(dates, levels, strict=True)]


def _when(pattern: str, title: str) -> Any:
    """A tooltip's date as the axis has it.

    In UTC, so that readers in every zone see the same day.
    """
    import altair as alt

    return alt.Tooltip(
        "date",
        timeUnit="utcyearmonthdate",
        format=pattern,
        title=title,
        type="temporal",
    )


def _time_axis(
    begin: pd.Timestamp,
    end: pd.Timestamp,
    freq: str,
    room: float,
) -> Any:
    """A time axis with a tick at the start of each period.

    It leaves room at its end for the labels of the last points.
    """
    import altair as alt

    ticks = [f"{day:%Y-%m-%d}" for day in pd.date_range(begin, end, freq=freq)]
    free = end + (end - begin) * room
    axis = alt.Axis(
        format="%b",
        labelExpr=YEAR_OR_MONTH,
        values=ticks,
        grid=False,
        title=None,
    )
    return alt.X(
        "date:T",
        axis=axis,
        scale=alt.Scale(
            type="utc",
            domain=[f"{begin:%Y-%m-%d}", f"{free:%Y-%m-%d}"],
        ),
    )


ROUNDED, MOST_TICKS = 1e-9, 6
TICKS = {200: "MS", 1100: "QS", 3000: "YS", 9000: "2YS", 20_000: "5YS"}
"""How far apart the ticks of a time axis are, by the most days that it spans."""


def _ticks(span: pd.Timedelta) -> str:
    """How far apart the ticks of an axis over *span* are."""
    return next((freq for most, freq in TICKS.items() if span.days <= most), "10YS")


def _value_axis(low: float, high: float, *, figures: str = ",.0f", log: bool = False) -> Any:
    import altair as alt

    kind: Any = {"type": "log"} if log else {"zero": False}
    scale = alt.Scale(domain=[low, high], nice=False, **kind)
    ticks: Any = {"values": _log_ticks(low, high)} if log else {"tickCount": 5}
    return alt.Y(
        "level:Q",
        scale=scale,
        axis=alt.Axis(
            orient="right",
            title=None,
            format=figures,
            labelExpr=MINUS,
            **ticks,
        ),
    )


def _log_ticks(low: float, high: float) -> list[float]:
    """Up to six round values between *low* and *high* for a logarithmic axis.

    >>> _log_ticks(0.6, 1.9), _log_ticks(0.9, 260.0)
    ([0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8], [1.0, 3.0, 10.0, 30.0, 100.0])
    """
    if high < 4 * low:
        sizes = (digit * 10.0**power for power in range(-6, 9) for digit in (1, 2, 5))
        step = next(one for one in sizes if high - low < 8 * one)
        first = math.ceil(low / step - ROUNDED)
        return [round(place * step, 6) for place in range(first, math.floor(high / step) + 1)]
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found = [0.0]
    for firsts in ((1, 2, 5), (1, 3), (1,)):
        found = [
            float(f"{first}e{power}")
            for power in powers
            for first in firsts
            if low <= float(f"{first}e{power}") <= high
        ]
        if len(found) <= MOST_TICKS:
            break
    return found


def _text(rows: list[dict[str, Any]], **mark: Any) -> Any:
    """A label with a halo of paper, which renderers put behind its letters."""
    import altair as alt

    halo = {
        "stroke": tokens()["light"]["paper"],
        "strokeWidth": 3,
        "strokeJoin": "round",
    }
    drawn = alt.Chart(alt.Data(values=rows)).mark_text(
        **{
            "fontSize": 12,
            **halo,
            **mark,
        }
    )
    return drawn.encode(
        x=alt.X("date:T"),
        y=alt.Y("level:Q"),
        text=alt.Text("label:N"),
    )


def _signs(colour: Mapping[str, str]) -> Any:
    """The scale of colours for gains and losses."""
    import altair as alt

    return alt.Scale(
        domain=["gain", "loss"],
        range=[colour["gain"], colour["loss"]],
    )


@_drawn
def mountain(
    track: Track,
    months: int,
    line: float | None = None,
    event: str | None = None,
) -> Chart:
    """The index over *months* months as a filled line, with its 52-week high.

    A reference *line* is drawn if there is one.
    """
    import altair as alt

    colour = tokens()["light"]
    begin = track.closes.index[-1] - pd.DateOffset(months=months)
    closes = track.closes[track.closes.index >= begin]
    high = drawdowns.high_52_weeks(track.closes if track.whole_year else closes)
    low = min(float(closes.min()), line or math.inf)
    top = max(float(closes.max()), high.level)
    domain = (low - 0.04 * (top - low), top + 0.10 * (top - low))
    money = MONEY if track.instrument.currency else ""
    base = alt.Chart(alt.NamedData("path"))
    y = _value_axis(*domain, figures=f"{money},.0f")
    ticks = "MS" if months <= 12 else "QS"
    x = _time_axis(closes.index[0], closes.index[-1], ticks, LEVEL_ROOM)
    filled = base.mark_area(color=colour["accent"], opacity=0.12, clip=True)
    area = filled.encode(x=x, y=y, y2=alt.Y2Datum(domain[0]))
    drawn = base.mark_line(color=colour["accent"], strokeWidth=1.75).encode(
        x=x,
        y=y,
    )
    tooltip = [
        _when("%b %-d, %Y", "Session"),
        alt.Tooltip("level:Q", format=f"{money},.2f", title="Close"),
    ]
    dots = _nearest("path", ["date"], x, y, tooltip)
    last = f"{closes.index[-1]:%Y-%m-%d}"
    layers, slots = [area, drawn, dots], ["last"]
    if line is not None:
        layers[2:2] = _rule(closes, line, domain)
        slots.append("threshold")
    if (
        track.whole_year
        and pd.Timestamp(high.session) >= closes.index[0]
        and high.session != track.session
    ):
        at = [
            {
                "date": high.session.isoformat(),
                "level": high.level,
                "label": "slot:high",
            }
        ]
        layers += [
            _points(at, colour["ink"]),
            _text(at, align="center", dy=-13, color=colour["ink"]),
        ]
        slots.append("high")
    if event and pd.Timestamp(event) in closes.index:
        at = [
            {
                "date": event,
                "level": float(closes[pd.Timestamp(event)]),
                "label": "slot:event",
            }
        ]
        layers += [
            _points(at, colour["muted"]),
            _text(at, align="right", dx=-7, dy=12, color=colour["muted"]),
        ]
        slots.append("event")
    at = [{"date": last, "level": track.last, "label": "slot:last"}]
    layers += [
        _points(at, colour["accent"]),
        _text(
            at,
            align="left",
            dx=8,
            dy=-4,
            color=colour["accent"],
            fontWeight=600,
        ),
    ]
    words = {
        "last": f"{track.last:,.2f}",
        "high": f"{high.level:,.2f}",
        "event": str(event),
    }
    words |= {"threshold": f"{line:,.2f}"} if line is not None else {}
    return Chart(
        name="mountain",
        spec=_spec(layers, series={"path": _dates(closes)}, currency=track.instrument.currency),
        slots=tuple(slots),
        words=words,
    )


def _rule(
    closes: pd.Series,
    line: float,
    domain: tuple[float, float],
) -> list[Any]:
    """A dashed line across the picture, named where it meets the path least."""
    import altair as alt

    colour = tokens()["light"]
    rule = alt.Chart(alt.Data(values=[{"level": line}])).mark_rule(
        color=colour["loss"], strokeWidth=1, strokeDash=[5, 3]
    )
    spot, side = _clear_spot(closes, line, 0.09 * (domain[1] - domain[0]))
    named = _text(
        [{"date": spot, "level": line, "label": "slot:threshold"}],
        align="left",
        dx=4,
        dy=-11 * side,
        color=colour["loss"],
    )
    return [rule.encode(y=alt.Y("level:Q")), named]


def _clear_spot(closes: pd.Series, line: float, band: float) -> tuple[str, int]:
    """Where a label on *line* meets the path least.

    The date its text starts at, and 1 for above or -1 for below.
    """
    width = max(1, int(0.36 * len(closes)))
    tries = []
    for start in range(0, len(closes) - width, max(1, len(closes) // 16)):
        under = closes.iloc[start : start + width]
        for side in (1, -1):
            distance = (under - line) * side
            crossed = int(distance.between(-0.1 * band, band).sum())
            tries.append((crossed, start, side))
    _, start, side = min(tries, default=(0, 0, 1))
    return f"{closes.index[start]:%Y-%m-%d}", side


def _nearest(
    series: str,
    fields: list[str],
    x: Any,
    y: Any,
    tooltip: list[Any],
) -> Any:
    """The points of the named *series*.

    The one nearest to the pointer shows, with its tooltip.
    """
    import altair as alt

    hover = alt.selection_point(
        on="pointerover", nearest=True, fields=fields, empty=False, name="hover"
    )
    dots = alt.Chart(alt.NamedData(series)).mark_point(
        color=tokens()["light"]["ink"], filled=True, size=40
    )
    return dots.encode(
        x=x,
        y=y,
        opacity=alt.OpacityValue(
            0,
            condition={"param": "hover", "empty": False, "value": 1},
        ),
        tooltip=tooltip,
    ).add_params(hover)


def _points(rows: list[dict[str, Any]], colour: str) -> Any:
    import altair as alt

    return (
        alt.Chart(alt.Data(values=rows))
        .mark_point(filled=True, size=45, color=colour, opacity=1)
        .encode(x=alt.X("date:T"), y=alt.Y("level:Q"))
    )


@_drawn
def monthly(changes: pd.Series, best: str, worst: str) -> Chart:
    """Monthly returns as bars, gains and losses in two colours.

    The best and the worst month are labelled, in full colour.
    """
    import altair as alt

    colour = tokens()["light"]
    rows = [
        {
            "date": f"{m}-01",
            "level": round(float(c), 6),
            "sign": "gain" if c >= 0 else "loss",
            "told": str(m) in (best, worst),
        }
        for m, c in changes.items()
    ]
    low, high = float(changes.min()), float(changes.max())
    pad = 0.18 * (high - low)
    domain = (min(0.0, low) - pad, max(0.0, high) + pad)
    axis = alt.Axis(
        orient="right",
        title=None,
        tickCount=5,
        format="+.0%",
        labelExpr="datum.value == 0 ? '0' : replace(datum.label, '-', '\u2212')",
    )
    y = alt.Y("level:Q", scale=alt.Scale(domain=domain, nice=False), axis=axis)
    x = alt.X(
        "date:O",
        timeUnit="utcyearmonth",
        axis=alt.Axis(
            format="%b",
            labelAngle=0,
            title=None,
            labelOverlap=True,
            ticks=False,
            domain=False,
        ),
    )
    bars = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar()
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "sign:N",
                legend=None,
                scale=_signs(colour),
            ),
            opacity=alt.OpacityValue(
                0.42,
                condition={"test": "datum.told", "value": 1},
            ),
            tooltip=[
                _when("%B %Y", "Month"),
                alt.Tooltip("level:Q", format="+.1%", title="Change"),
            ],
        )
    )
    zero = (
        alt.Chart(alt.Data(values=[{"level": 0}]))
        .mark_rule(color=colour["ink"], strokeWidth=1)
        .encode(y=alt.Y("level:Q"))
    )
    labels = []
    for slot, month in (("best", best), ("worst", worst)):
        value = of_period(changes, pd.Period(month, "M"))
        row = [{"date": f"{month}-01", "level": value, "label": f"slot:{slot}"}]
        text = alt.Chart(alt.Data(values=row)).mark_text(
            fontSize=12,
            dy=-9 if value >= 0 else 11,
            color=colour["gain" if value >= 0 else "loss"],
            fontWeight=600,
        )
        labels.append(text.encode(x=x, y=y, text=alt.Text("label:N")))
    words = {
        slot: f"{of_period(changes, pd.Period(month, 'M')):+.1%}"
        for slot, month in (("best", best), ("worst", worst))
    }
    spec = _spec([bars, zero, *labels])
    return Chart(name="monthly", spec=spec, slots=("best", "worst"), words=words)


@_drawn
def rebased(tracks: Mapping[str, Track], start: str) -> Chart:
    """Several indices set to BASE at the last close before *start*.

    Each is labelled at its end; keys name the slots.
    """
    begin = pd.Timestamp(start)
    table = {}
    for key, track in tracks.items():
        before = track.closes[: begin - pd.Timedelta(days=1)]
        base = before.iloc[-1:]
        since = track.closes[track.closes.index >= begin]
        table[key] = pd.concat([base, since]) / before.iloc[-1] * BASE
    spec = _lines(table, BASE, ",.0f", "Rebased")
    return Chart(
        name="rebased",
        spec=spec,
        slots=tuple(tracks),
        words=_short_names(tracks),
    )


@_drawn
def book(growth: pd.Series, benchmark: Track) -> Chart:
    """The growth of a book beside its benchmark, both set to BASE at the first session.

    Each is labelled at its end; the slots are "book" and the key of the benchmark.

    Args:
        growth: The growth of a book by session, as :attr:`reportgen.datasets.book.Book.growth`.
        benchmark: What it is held against.
    """
    closes = benchmark.closes.reindex(growth.index, method="ffill").dropna()
    growth = growth[closes.index]
    key = benchmark.instrument.key
    table = {
        "book": growth / growth.iloc[0] * BASE,
        key: closes / closes.iloc[0] * BASE,
    }
    spec = _lines(table, BASE, ",.0f", "Rebased", "Line")
    words = {"book": "Book", key: benchmark.instrument.short}
    return Chart(name="book", spec=spec, slots=("book", key), words=words)


@_drawn
def drawdown(tracks: Mapping[str, Track], months: int) -> Chart:
    """The distance of several indexes from their 52-week closing highs.

    Over *months* months. Each line is labelled at its end; keys name the slots.

    Raises:
        NotYet: None of them has a year of closes.
    """
    table = {}
    for key, track in tracks.items():
        if not track.whole_year:
            continue
        fall = track.closes / track.closes.rolling("365D").max() - 1
        if (fall.index[0].date() - track.instrument.inception).days > YOUNG:
            whole = fall.index[0] + pd.Timedelta(days=drawdowns.DAYS)
            fall = fall[fall.index >= whole]
        begin = fall.index[-1] - pd.DateOffset(months=months)
        table[key] = fall[fall.index >= begin]
    if not table:
        raise NotYet("No index has the closes of a year.")
    spec = _lines(table, 0.0, ".0%", "Below the high")
    return Chart(
        name="drawdown",
        spec=spec,
        slots=tuple(tracks),
        words=_short_names(tracks),
    )


MOST_POINTS = {"W": 1000, "M": 6000}
"""A line of more days than this shows the last day of each week, or of each month."""


def _thinned(series: pd.Series) -> pd.Series:
    """*series* with as many points as a page can hold: its first, and the last of each week."""
    found = series
    for freq, most in MOST_POINTS.items():
        if len(series) > most:
            last = series.groupby(sessions(series).to_period(freq)).tail(1)
            found = pd.concat([series.iloc[:1], last])
    return found[~found.index.duplicated()]


@_drawn
def growth(table: Mapping[str, pd.Series]) -> Chart:
    """Series that begin at 1, on a logarithmic scale; keys name the slots."""
    thinned = {key: _thinned(one) for key, one in table.items()}
    spec = _lines(thinned, 1.0, ",.1f", "Growth", log=True)
    return Chart(name="growth", spec=spec, slots=tuple(table))


@_drawn
def underwater(table: Mapping[str, pd.Series]) -> Chart:
    """Drawdowns from the highest close so far, as fractions; keys name the slots."""
    spec = _lines({key: _thinned(one) for key, one in table.items()}, 0.0, ".0%", "Below the high")
    return Chart(name="underwater", spec=spec, slots=tuple(table))


@_drawn
def rolling(table: Mapping[str, pd.Series]) -> Chart:
    """Annualised volatilities by session, as fractions; keys name the slots."""
    spec = _lines({key: _thinned(one) for key, one in table.items()}, None, ".0%", "Volatility")
    return Chart(name="rolling", spec=spec, slots=tuple(table))


@_drawn
def course(course: Course, years: int) -> Chart:
    """A monthly or quarterly series by period, the last figure labelled in the slot of its key.

    Args:
        course: The series, as it was known.
        years: Over how many years up to the newest period.
    """
    found, names = course.instrument, indexes.periods(course.levels)
    levels = course.levels.set_axis(names.to_timestamp(how="start"))
    levels = levels[levels.index > levels.index[-1] - pd.DateOffset(years=years)]
    figures = f".{found.decimals}%" if course.rate else f",.{found.decimals}f"
    when = ("%b %Y", "Month") if course.every == "M" else ("Q%q %Y", "Quarter")
    spec = _lines(
        {found.key: levels}, None, figures, "Figure", "Series", when=when, room=FIGURE_ROOM
    )
    return Chart(
        name=f"course_{found.key}",
        spec=spec,
        slots=(found.key,),
        words={found.key: f"{float(levels.iloc[-1]):{figures}}"},
    )


@_drawn
def months(frame: pd.DataFrame) -> Chart:
    """Returns of months, as fractions: a row a year, a column a month. Larger moves are darker.

    Args:
        frame: A row for each year, oldest first, a column for each month by its name.
    """
    import altair as alt

    colour = tokens()["light"]
    frame = frame.astype(float)
    most = float(frame.abs().max().max()) or 1.0
    rows = [
        {
            "month": str(month),
            "year": str(year),
            "change": round(float(change), 6),
            "sign": "gain" if change >= 0 else "loss",
            "depth": round(0.08 + 0.72 * abs(float(change)) / most, 3),
        }
        for year, moves in frame.iterrows()
        for month, change in moves.items()
        if pd.notna(change)
    ]
    quiet = {"title": None, "ticks": False, "domain": False}
    drawn = (
        alt.Chart(alt.Data(values=rows))
        .mark_rect(stroke=colour["paper"], strokeWidth=2)
        .encode(
            x=alt.X(
                "month:O",
                sort=[str(name) for name in frame.columns],
                axis=alt.Axis(**quiet, labelAngle=0),
            ),
            y=alt.Y(
                "year:N",
                sort=[str(name) for name in frame.index],
                axis=alt.Axis(**quiet),
            ),
            color=alt.Color("sign:N", legend=None, scale=_signs(colour)),
            opacity=alt.Opacity("depth:Q", scale=None, legend=None),
            tooltip=[
                alt.Tooltip("month:N", title="Month"),
                alt.Tooltip("year:N", title="Year"),
                alt.Tooltip("change:Q", format="+.1%", title="Change"),
            ],
        )
    )
    return Chart(name="grid", spec=_spec([drawn], height=18 * len(frame) + 20), slots=())


def _short_names(tracks: Mapping[str, Track]) -> dict[str, str]:
    return {key: track.instrument.short for key, track in tracks.items()}


@_drawn
def odds(history: pd.DataFrame) -> Chart:
    """Chances over time: a line for each column that ever reached a tenth.

    Each line is labelled at its end; columns name the slots.
    """
    likely = [name for name in history if history[name].max() >= 0.1]
    table = {str(name): history[name] for name in likely}
    return Chart(
        name="odds",
        spec=_lines(table, 0.0, ".0%", "Chance", "Outcome"),
        slots=tuple(table),
    )


@_drawn
def yields(market: Market, series: Sequence[str], months: int) -> Chart:
    """Up to three yields over *months* months, each labelled at its end.

    A series that is not there is left out; the keys of the instruments name the slots.
    """
    table = {}
    for symbol in series:
        with suppress(NoData):
            levels = market.rate(symbol)
            begin = levels.index[-1] - pd.DateOffset(months=months)
            table[instrument(symbol).key] = levels[begin:]
    return Chart(
        name="yields", spec=_lines(table, None, ".1%", "Yield", "Series"), slots=tuple(table)
    )


def _lines(  # noqa: PLR0913 - keywords, each of which the caller may leave out
    table: Mapping[str, pd.Series],
    zero: float | None,
    figures: str,
    heading: str,
    what: str = "Index",
    *,
    log: bool = False,
    when: tuple[str, str] = ("%b %-d, %Y", "Session"),
    room: float = NAME_ROOM,
) -> dict[str, Any]:
    """Up to three lines over time, against the one at *zero* where there is one.

    Each has its name at its end; no name covers another. *log* is for a logarithmic scale, *when*
    says how a tooltip tells a day, and what it calls it.
    """
    import altair as alt

    colour = tokens()["light"]
    place, value = (math.log, math.exp) if log else (float, float)
    low = place(min(series.min() for series in table.values()))
    high = place(max(series.max() for series in table.values()))
    y = _value_axis(
        value(low - 0.03 * (high - low)),
        value(high + 0.04 * (high - low)),
        figures=figures,
        log=log,
    )
    begin = min(series.index[0] for series in table.values())
    end = max(series.index[-1] for series in table.values())
    x = _time_axis(begin, end, _ticks(end - begin), room)
    tooltip = [
        alt.Tooltip("series:N", title=what),
        _when(*when),
        alt.Tooltip("level:Q", format=figures.replace("0", "1"), title=heading),
    ]
    lines, labels, rows = [], [], list[dict[str, Any]]()
    colours = cycle(PALETTE)
    roles = dict(zip(table, colours, strict=False))
    for key, series in table.items():
        rows += [{**row, "series": f"slot:{key}"} for row in _dates(series)]
        line = alt.Chart(alt.NamedData("lines")).transform_filter(
            alt.FieldEqualPredicate(field="series", equal=f"slot:{key}")
        )
        style = {
            "color": colour[roles[key]],
            "strokeWidth": 1.75 if roles[key] == "accent" else 1.4,
        }
        lines.append(line.mark_line(**style).encode(x=x, y=y))
    lines.append(_nearest("lines", ["date", "series"], x, y, tooltip))
    gap, placed = 0.085 * (high - low), float("inf")
    for key in sorted(table, key=lambda k: -float(table[k].iloc[-1])):
        placed = min(place(float(table[key].iloc[-1])), placed - gap)
        row = [
            {
                "date": f"{table[key].index[-1]:%Y-%m-%d}",
                "level": value(placed),
                "label": f"slot:{key}",
            }
        ]
        labels.append(
            _text(
                row,
                align="left",
                dx=6,
                color=colour[roles[key]],
                fontWeight=600,
            )
        )
    rule = (
        alt.Chart(alt.Data(values=[{"level": zero}]))
        .mark_rule(color=colour["muted"], strokeWidth=0.75)
        .encode(y=alt.Y("level:Q"))
    )
    rules = [] if zero is None else [rule]
    return _spec([*rules, *lines, *labels], series={"lines": rows})


@_drawn
def heat(track: Track, start: dt.date) -> Chart:
    """Each session since *start* as a cell of a calendar.

    Larger moves are darker.
    With 31 sessions or fewer, each has a label in the slot "d" and its date.
    """
    import altair as alt

    colour = tokens()["light"]
    changes = track.changes[track.changes.index >= pd.Timestamp(start)]
    named = len(changes) <= MOST_NAMED
    most = float(changes.abs().max()) or 1.0
    rows = [
        {
            "week": f"{day - pd.Timedelta(days=day.weekday()):%Y-%m-%d}",
            "day": DAYS[day.weekday()],
            "date": f"{day:%Y-%m-%d}",
            "change": round(float(c), 6),
            "sign": "gain" if c >= 0 else "loss",
            "depth": round(0.08 + 0.5 * abs(float(c)) / most, 3),
            **({"label": f"slot:d{day:%Y-%m-%d}"} if named else {}),
        }
        for day, c in zip(sessions(changes), changes, strict=True)
    ]
    x = alt.X(
        "week:O",
        axis=(
            None
            if named
            else alt.Axis(
                title=None,
                labelExpr=FIRST_WEEK,
                labelAngle=0,
                ticks=False,
                domain=False,
                labelOverlap=False,
            )
        ),
    )
    y = alt.Y(
        "day:N",
        sort=DAYS if any(row["day"] in DAYS[5:] for row in rows) else DAYS[:5],
        axis=alt.Axis(title=None, ticks=False, domain=False),
    )
    base = alt.Chart(alt.Data(values=rows))
    stroke = 2 if named else 1
    cells = base.mark_rect(stroke=colour["paper"], strokeWidth=stroke).encode(
        x=x,
        y=y,
        color=alt.Color("sign:N", legend=None, scale=_signs(colour)),
        opacity=alt.Opacity("depth:Q", scale=None, legend=None),
        tooltip=[
            _when("%b %-d, %Y", "Session"),
            alt.Tooltip("change:Q", format="+.1%", title="Change"),
        ],
    )
    texts = (
        [
            base.mark_text(fontSize=12, color=colour["ink"]).encode(
                x=x, y=y, text=alt.Text("label:N")
            )
        ]
        if named
        else []
    )
    slots = tuple(f"d{row['date']}" for row in rows) if named else ()
    words = {f"d{row['date']}": str(row["date"])[-2:] for row in rows}
    spec = _spec([cells, *texts], height=160 if named else 110)
    return Chart(name="heat", spec=spec, slots=slots, words=words)


@_drawn
def bars(name: str, changes: Mapping[str, float]) -> Chart:
    """Changes side by side as horizontal bars.

    The key of each names the slot of its name, and "<key>_value" of its label.
    """
    import altair as alt

    colour = tokens()["light"]
    rows = [
        {
            "key": f"slot:{k}",
            "change": round(v, 6),
            "sign": "gain" if v >= 0 else "loss",
            "label": f"slot:{k}_value",
        }
        for k, v in changes.items()
    ]
    low, high = min(0.0, *changes.values()), max(0.0, *changes.values())
    pad = 0.42 * (high - low)
    room = pad if high > 0 else 0.02 * (high - low)
    x = alt.X(
        "change:Q",
        scale=alt.Scale(domain=[low - pad, high + room], nice=False),
        axis=None,
    )
    y = alt.Y(
        "key:N",
        sort=[r["key"] for r in rows],
        axis=alt.Axis(
            title=None,
            ticks=False,
            domain=False,
            labelPadding=8,
            labelLimit=240,
            labelFontSize=13,
        ),
    )
    base = alt.Chart(alt.Data(values=rows))
    drawn = base.mark_bar(height={"band": 0.62}).encode(
        x=x,
        y=y,
        color=alt.Color(
            "sign:N",
            legend=None,
            scale=_signs(colour),
        ),
        tooltip=[alt.Tooltip("change:Q", format="+.1%", title="Change")],
    )
    texts = [
        base.transform_filter(f"datum.change {op} 0")
        .mark_text(align=align, dx=dx, fontSize=13, color=colour["ink"])
        .encode(x=x, y=y, text=alt.Text("label:N"))
        for op, align, dx in (("<", "right", -5), (">=", "left", 5))
    ]
    zero = (
        alt.Chart(alt.Data(values=[{"change": 0}]))
        .mark_rule(color=colour["ink"], strokeWidth=1)
        .encode(x=x)
    )
    slots = tuple(name for key in changes for name in (key, f"{key}_value"))
    names = {found.key: found.short for found in registry().values()}
    words = {key: names.get(key, key) for key in changes}
    values = {f"{key}_value": f"{change:+.1%}" for key, change in changes.items()}
    words |= values
    spec = _spec([drawn, zero, *texts], height=32 * len(rows) + 8)
    return Chart(name=name, spec=spec, slots=slots, words=words)
