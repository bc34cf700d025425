"""The command that adds what a person said to a finished brief."""

from __future__ import annotations

from pathlib import Path

import click


@click.group("voice")
def voice_group() -> None:
    """Add to a brief what a person said, with name and date."""


@voice_group.command("add")
@click.argument("brief", type=click.Path(path_type=Path))
@click.option("--by", required=True, metavar="NAME", help="Who said it.")
@click.option("--says", required=True, metavar="TEXT", help="Whole sentences, word for word.")
@click.option("--role", default="", help="What the person is: 'Example Securities' strategist'.")
@click.option(
    "--about",
    default="",
    metavar="INSTRUMENT",
    help="What it is about, by symbol or name. The market as a whole by default.",
)
@click.option("--driver", is_flag=True, help="The statement names a cause.")
@click.option(
    "--clause",
    default="",
    metavar="WORDS",
    help="With --driver: the cause in a few words for the headline: 'Fed signals fewer cuts'.",
)
@click.option(
    "--as-of",
    "date",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which it was said. The brief's own by default.",
)
@click.option("--source", default="", help="Where it was said, or a link. Kept in gate.txt.")
def add(brief: Path, **options: str) -> None:
    """Add a statement to the brief in BRIEF, and render it again. The notebook does not run.

    \b
    Example:
      reportgen voice add out/daily-recap/2025-01-08 --by "Jane Doe" --role "markets editor" \\
        --about "10-year Treasury yield" --says "Traders gave up on a cut this month."
    """  # noqa: D301 - click reads the mark
    from reportgen.api import record_at
    from reportgen.produce import speaking
    from reportgen.publish.config import read_config

    driver, day = options.pop("driver"), options.pop("date")
    asked = speaking.Asked(
        author=options["by"],
        text=options["says"],
        role=options["role"],
        about=options["about"],
        clause=options["clause"],
        source=options["source"],
        date=f"{day:%Y-%m-%d}" if day else "",
        driver=bool(driver),
    )
    told = speaking.add(record_at(brief), asked, read_config().settings())
    click.echo(told.shown)
    for path in told.files:
        click.echo(path)
