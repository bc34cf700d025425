"""The commands on market data: fetch, show, check, import and export."""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reportgen.beats.fed.detect import Tree
    from reportgen.datasets.market import Market
    from reportgen.sources.fetching import Outcome

from reportgen.config.resources import tidy
from reportgen.core.errors import InvalidParameter, did_you_mean

store_option = click.option(
    "--store",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="REPORTGEN_STORE",
    help="The store's file. By default the one in reportgen.toml, or the user's own.",
)


def _path(path: Path | None) -> Path:
    from reportgen.sources.store import store_path

    return path or store_path()


@click.command()
@click.argument("symbols", nargs=-1)
@store_option
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Fetch again from that day on, even what the store has.",
)
@click.option(
    "--sources",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="REPORTGEN_SOURCES",
    help="A sources.toml with another order of providers, or other addresses.",
)
def fetch(
    symbols: tuple[str, ...],
    path: Path | None,
    since: dt.datetime | None,
    sources: Path | None,
) -> None:
    """Bring the store up to date: everything that the reports use, or SYMBOLS alone.

    \b
    Examples:
      reportgen fetch
      reportgen fetch ^RUT MDY --since 2015-01-02
    """  # noqa: D301 - click reads the mark
    from reportgen.sources.fetching import bring, unreached

    outcomes = bring(
        _symbols(symbols),
        _path(path),
        lambda: dt.datetime.now(dt.UTC),
        sources=sources,
        since=since.date() if since else None,
        only=symbols,
    )
    for line in _noted(outcomes):
        click.echo(line, err=True)
    if reason := unreached(outcomes):
        click.echo(f"reportgen: {reason}", err=True)
    states = [outcome.state for outcome in outcomes]
    click.echo(
        f"{len(states)} series: {states.count('new')} with"
        f" {sum(o.added for o in outcomes):,} new values,"
        f" {states.count('unchanged')} unchanged, {states.count('current')}"
        f" current, {states.count('short')} short of what was"
        f" due{f'; kept in {tidy(str(_path(path)))}' if _path(path).is_file() else ''}"
    )
    if any(
        outcome.state == "short" and outcome.want.role not in ("events", "prints", "vintages")
        for outcome in outcomes
    ):  # what is next can be told later
        sys.exit(3)


def _noted(outcomes: Sequence[Outcome]) -> list[str]:
    """A line for each note on *outcomes*, with its symbols."""
    said: dict[tuple[str, str], list[str]] = {}
    for outcome in outcomes:
        if outcome.notes or outcome.state == "short":
            said.setdefault((outcome.state, "; ".join(outcome.notes)), []).append(
                outcome.want.symbol
            )
    return [f"{state:<10}{', '.join(listed):<9} {notes}" for (state, notes), listed in said.items()]


def _symbols(given: tuple[str, ...]) -> list[str]:
    """The symbols *given*, or all that any report uses."""
    from reportgen.markets.instruments import registry
    from reportgen.record.request import load_report, report_names
    from reportgen.sources.fetching import held
    from reportgen.sources.plan import EVENTS, rate_series
    from reportgen.sources.store import store_path

    known = [*registry(), *rate_series(), "futures", *EVENTS]
    for symbol in given:
        if symbol not in known:
            raise InvalidParameter(
                f"No instrument has the symbol '{symbol}'.{did_you_mean(symbol, known)}",
                subject=symbol,
            )
    if given:
        return list(given)
    reports = [load_report(name) for name in report_names()]
    beside = held([symbol for report in reports for symbol in report.beside], store_path())
    return [*(symbol for report in reports for symbol in report.symbols), *beside]


@click.command(name="fed-odds")
@click.option(
    "--as-of",
    default="last-session",
    show_default=True,
    help="A date (its close), a date with a time, or last-session.",
)
@click.option(
    "--data",
    "name",
    default="store",
    show_default=True,
    help="store, sample, or a folder with a dataset.toml.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--chart",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also draw the history of the next meeting's odds into an .svg or .png file.",
)
def fed_odds(as_of: str, name: str, as_json: bool, chart: Path | None) -> None:
    """Print the odds of each target range after each Fed meeting, from Fed funds futures.

    It also prints the prices of the futures.

    \b
    Examples:
      reportgen fed-odds
      reportgen fed-odds --as-of 2025-01-08 --data sample --json
      reportgen fed-odds --chart odds.svg
    """  # noqa: D301 - click reads the mark
    import json

    from reportgen.beats.fed.detect import tree
    from reportgen.datasets.market import Market
    from reportgen.datasets.remote import dataset
    from reportgen.datasets.snapshot import take
    from reportgen.markets import home
    from reportgen.record.request import located

    moment = home().calendar.resolve(as_of, dt.datetime.now(dt.UTC))
    market = Market(take(dataset(located(name)), moment, (), ()))
    found = tree(market)
    if chart:
        _draw_odds(market, found, chart)
    if as_json:
        click.echo(json.dumps({"as_of": moment.at.isoformat(), **found.payload()}, indent=1))
        return
    at = f"{moment.at:%Y-%m-%d %H:%M} {market.spec.zone_label}"
    click.echo(
        f"As of {at}, by {found.source} of {found.marked}."
        f" Target range {found.low:.2f} to {found.low + 0.25:.2f}.\n"
    )
    ranges = sorted({low for row in found.meetings.values() for low in row})
    click.echo(
        "meeting     "
        + "".join(f"{f'{low / 100:.2f}-{low / 100 + 0.25:.2f}':>11}" for low in ranges)
    )
    for day, row in found.meetings.items():
        click.echo(
            f"{day}  "
            + "".join(
                f"{f'{row[low]:.1%}' if row.get(low, 0) >= 0.0005 else '':>11}" for low in ranges
            )
        )
    click.echo(
        "\n" + "  ".join(f"{contract} {price:g}" for contract, price in found.prices.items())
    )


def _draw_odds(market: Market, now: Tree, path: Path) -> None:
    """Write a chart of the history of the next meeting's odds to *path*.

    The label of a line is its target range.
    """
    from reportgen.authoring import charts
    from reportgen.beats.fed.detect import odds_history
    from reportgen.config.resources import written
    from reportgen.rendering import pictures

    if path.suffix not in (".svg", ".png"):
        raise InvalidParameter(
            f"The chart is an .svg or a .png, not '{path.name}'.",
            subject=path,
        )
    chart = charts.odds(odds_history(market))
    meeting = next(iter(now.meetings))
    words = {
        "hold": f"{now.low:.2f}%-{now.low + 0.25:.2f}%",
        "cut": "a lower range",
        "increase": "a higher range",
    }
    spec = pictures.worded(chart.spec, words)
    title = (
        f"Chances of the target range after {meeting:%B} {meeting.day},"
        f" {meeting.year}, by Fed funds futures"
    )
    if path.suffix == ".png":
        drawn = pictures.png(spec, pictures.WIDE)
    else:
        drawn = (
            pictures.svg(spec, "odds", pictures.WIDE)
            .replace("><", f' role="img"><title>{title}</title><', 1)
            .encode()
        )
    written(path, drawn)
    click.echo(f"{title}: {path}", err=True)


@click.group()
def data() -> None:
    """Show, check, import and export what the store holds."""


@data.command()
@store_option
def status(path: Path | None) -> None:
    """List every series of the store.

    With its first and last day, the number of missing sessions, its source, and the age of
    the last fetch.
    """
    from reportgen.sources.inventory import series

    now, rows = dt.datetime.now(dt.UTC), list(series(_path(path)))
    click.echo(f"{'series':<12}{'first':<12}{'last':<12}{'gaps':>5}  {'fetched':<10}source")
    for row in rows:
        click.echo(
            f"{row.symbol:<12}{row.first!s:<12}{row.last!s:<12}{row.gaps:>5} "
            f" {_age(now - row.fetched_at):<10}{row.source}"
        )


def _age(span: dt.timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours:.0f} h ago" if hours < 48 else f"{hours / 24:.0f} d ago"


@data.command()
@click.argument("symbol")
@store_option
@click.option(
    "--last",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="The number of days.",
)
def show(symbol: str, path: Path | None, last: int) -> None:
    """Show the newest values of SYMBOL, their sources, and earlier versions of them."""
    from reportgen.sources.inventory import history, shown

    for row in history(_path(path), symbol, last):
        earlier = f"  before: {', '.join(row.before)}" if row.before else ""
        click.echo(
            f"{row.day}  {shown(row.value):>14}  {row.source}"
            f" ({row.fetched_at:%Y-%m-%d %H:%M}"
            f" UTC){'' if row.final else '  not final'}{earlier}"
        )


@data.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@store_option
@click.option("--all", "every", is_flag=True, help="Also show older findings and remarks.")
def verify(folder: Path | None, path: Path | None, every: bool) -> None:
    """Check every series of the store, or of the dataset in FOLDER.

    \b
    Examples:
      reportgen data verify
      reportgen data verify my-data --all
    """  # noqa: D301 - click reads the mark
    from reportgen.datasets.dataset import open_dataset
    from reportgen.datasets.validation import verifying
    from reportgen.datasets.validation.accepting import accepted_by
    from reportgen.markets import home
    from reportgen.sources import store

    if folder:
        dataset = open_dataset(folder.resolve())
        found, accepted = verifying.verify_dataset(dataset), list(dataset.accepted)
    else:
        session = home().calendar.resolve("last-session", dt.datetime.now(dt.UTC)).session
        found, accepted = (
            verifying.verify_store(_path(path), session),
            store.accepted(_path(path), store.MOST),
        )
    shown = [d for d in found if every or d.severity == "block"]
    refused = 0
    for defect in shown:
        by = accepted_by(defect, accepted)
        reason = f"  accepted by {by.person}: {by.reason}" if by else ""
        found_at = f"{defect.severity:<6}{defect.symbol:<10}{defect.day!s:<12}"
        click.echo(f"{found_at}{defect.check:<16}{defect.detail}{reason}")
        refused += defect.severity == "block" and not reason
    count = Counter(defect.severity for defect in found)
    click.echo(
        f"{count['block']} block, {count['warn']} warn, {count['info']} info;"
        f" {refused} not accepted"
    )
    if refused:
        sys.exit(3)


@data.command()
@click.argument("symbol")
@click.argument("check")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--reason", required=True, help="The reason to accept the finding.")
@click.option("--by", "person", required=True, help="The name of the person.")
@click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The folder of the dataset. The store by default.",
)
@store_option
def accept(
    symbol: str,
    check: str,
    day: dt.datetime,
    path: Path | None,
    folder: Path | None,
    **why: str,
) -> None:
    """Accept the finding of CHECK on SYMBOL and DAY, so that it no longer blocks.

    The manifest of each brief that uses the series names the person and the reason.

    \b
    Examples:
      reportgen data accept LUNR split_like 2023-02-23 --reason "it fell by 75%" --by "A. Editor"
      reportgen data accept LUNR scale 2023-02-23 --reason "it fell" --by "A. Editor" --data mine
    """  # noqa: D301 - click reads the mark
    from reportgen.core.checks import Acceptance
    from reportgen.datasets.validation.accepting import accept as keep
    from reportgen.datasets.validation.accepting import accept_in

    acceptance = Acceptance(symbol=symbol, check=check, day=day.date(), **why)
    if folder:
        accept_in(folder, acceptance)
    else:
        keep(_path(path), acceptance, dt.datetime.now(dt.UTC))
    place = folder / "dataset.toml" if folder else _path(path)
    click.echo(f"{symbol} {day:%Y-%m-%d}: {check} is accepted in {place}.")


@data.command(name="import")
@click.argument("folder", type=click.Path(path_type=Path))
@store_option
def import_folder(folder: Path, path: Path | None) -> None:
    """Import the dataset in FOLDER, which has a dataset.toml, into the store."""
    from reportgen.datasets.dataset import open_dataset
    from reportgen.datasets.importing import take_in

    for name, count, left_out in take_in(
        _path(path), open_dataset(folder.resolve()), dt.datetime.now(dt.UTC)
    ):
        click.echo(f"{name:<32}{count:>12,} new values")
        for row in left_out:
            click.echo(f"  {row}")
    click.echo(f"kept in {tidy(str(_path(path)))}")


@data.command()
@click.argument("folder", type=click.Path(path_type=Path))
@store_option
def export(folder: Path, path: Path | None) -> None:
    """Export the newest values of the store to FOLDER, as a dataset."""
    from reportgen.datasets.exporting import give_out

    for name, count in give_out(_path(path), folder):
        click.echo(f"{name:<32}{count:>12,} values")


@data.command()
@click.argument("symbols", nargs=-1, required=True)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day. By default today.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("results.csv"),
    show_default=True,
    help="The file that is written: a desk's table of results.",
)
@click.option("--address", help="Where the SEC's files are, for a mirror.")
def results(
    symbols: tuple[str, ...],
    since: dt.datetime,
    until: dt.datetime | None,
    out: Path,
    address: str | None,
) -> None:
    """Write when the companies of SYMBOLS reported results, by their filings with the SEC.

    The SEC answers only who says who asks: set SEC_USER_AGENT to a name and an address for mail.

    \b
    Example:
      reportgen data results AAPL NVDA --since 2025-01-02 --out my-data/results.csv
    """  # noqa: D301 - click reads the mark
    from contextlib import closing

    from reportgen.markets import public_calendar
    from reportgen.sources import edgar
    from reportgen.sources.http import Web

    now = dt.datetime.now(dt.UTC)
    last = until.date() if until else now.astimezone(public_calendar().zone).date()
    with closing(Web(lambda: dt.datetime.now(dt.UTC))) as web:
        count = edgar.write(out, edgar.reported(web, symbols, since.date(), last, address))
    click.echo(f"{count} results; kept in {tidy(str(out))}")
