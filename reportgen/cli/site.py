"""The commands of the archive: build it, publish it, look at it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reportgen.cli.group import config_option

site_argument = click.argument(
    "site",
    type=click.Path(path_type=Path, file_okay=False),
)


@click.group("site")
def site_group() -> None:
    """The archive of briefs as a static site."""


@site_group.command()
@site_argument
@click.option(
    "--from",
    "out",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Where the briefs' folders are.",
)
@click.option(
    "--profile",
    type=click.Choice(["internal", "publish"]),
    default="internal",
    show_default=True,
    help="publish: leave out what rests on a source that may not be published.",
)
@config_option
def build(site: Path, out: Path, profile: str) -> None:
    """Bring the archive in SITE up to date with the finished briefs, or make it.

    \b
    Example:
      reportgen site build archive --from out
    """  # noqa: D301 - click reads the mark
    from reportgen.core.errors import SealError
    from reportgen.publish.config import read_config
    from reportgen.publish.site.build import build as built

    config = read_config()
    done = built(
        site,
        out,
        config.site,
        publish=profile == "publish",
        sealing=config.sealing,
    )
    for key, reason in done.left_out.items():
        click.echo(f"left out: {key}: {reason}", err=True)
    taken = f", {len(done.gone)} taken away" if done.gone else ""
    click.echo(
        f"{site / 'index.html'}: {done.briefs}"
        f" brief{'s' if done.briefs != 1 else ''}, {len(done.fresh)} new or"
        f" made again{taken}."
    )
    if done.unsealed:
        sys.exit(SealError.exit_code)


@site_group.command()
@site_argument
@click.argument("where")
@click.option(
    "--again",
    is_flag=True,
    help="Every file, also those that are there by what was noted the last time.",
)
def publish(site: Path, where: str, again: bool) -> None:
    """Copy what has changed in the archive in SITE to WHERE.

    WHERE is a folder or a URL such as s3://bucket/site.

    \b
    Example:
      reportgen site publish archive s3://desk-briefs/site
    """  # noqa: D301 - click reads the mark
    from reportgen.publish.site.publish import publish as published

    done = published(site, where, again=again)
    click.echo(f"{where}: {done.written} files written, {done.removed} removed.")


@click.command()
@site_argument
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The port; 0 takes any that is free.",
)
@click.option(
    "--base",
    default="/",
    show_default=True,
    help="The path that the site is to lie below.",
)
def serve(site: Path, port: int, base: str) -> None:
    """Show the archive in the folder SITE to a browser of this machine, and to no other.

    \b
    Example:
      reportgen serve archive
    """  # noqa: D301 - click reads the mark
    from reportgen.publish.site.serve import server

    with server(site, port, base) as running:
        below = f"{base.strip('/')}/" if base.strip("/") else ""
        click.echo(f"http://127.0.0.1:{running.server_port}/{below}")
        sys.stdout.flush()
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
