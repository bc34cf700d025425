"""The commands of the archive: build, publish, serve."""

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
    help="The folder of the briefs.",
)
@click.option(
    "--profile",
    type=click.Choice(["internal", "publish"]),
    default="internal",
    show_default=True,
    help="publish: leave out briefs that use a source that may not be published.",
)
@config_option
def build(site: Path, out: Path, profile: str) -> None:
    """Build the archive in SITE, or bring it up to date with the finished briefs.

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
    help="Copy every file, even those copied before.",
)
def publish(site: Path, where: str, again: bool) -> None:
    """Copy the changed files of the archive in SITE to WHERE.

    WHERE is a folder, or a URL such as s3://bucket/site.

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
    help="The port. 0 takes a free one.",
)
@click.option(
    "--base",
    default="/",
    show_default=True,
    help="The path below which the site is served.",
)
def serve(site: Path, port: int, base: str) -> None:
    """Serve the archive in SITE to browsers on this machine only.

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
