"""A desk, a store, an outbox and an archive that 0.1.0 made still work,
or a command says what to do."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import sqlite3
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from outside import Closes, Desk, package_of_010

from reportgen.cli import main
from reportgen.markets.instruments import registry
from reportgen.record.templates import STORY, Templates

MADE, REAL = (Path(__file__).parents[1] / name for name in ("made_by_010", "real_market"))
MARKET = Path(__file__).parents[3] / "shared" / "market"
DAILY, SMALL = "out/daily-recap/2025-01-08", "out/small-caps/2025-01-08T1300"
OWN = "from-store/desk-recap/2025-01-08"
SOME = ("2025-01-06", "2025-01-08")
SEND = ("send", DAILY, "--to", "recipients.toml", "--late")


def call(*args):
    """The command line in this process."""
    return CliRunner().invoke(main, [str(arg) for arg in args])


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """The desk's folder with all its files, in which commands are called."""
    folder = shutil.copytree(MADE / "desk", tmp_path / "desk")
    for name in ("out", "from-store", "archive"):
        with tarfile.open(MADE / f"{name}.tar.xz") as packed:
            packed.extractall(folder, filter="data")
    (folder / "state").mkdir()
    shutil.copy(MADE / "outbox.sqlite", folder / "state")
    (folder / "data" / "store.duckdb").write_bytes(
        gzip.decompress((MADE / "store.duckdb.gz").read_bytes())
    )
    for name in ("REPORTGEN_CONFIG", "REPORTGEN_STORE", "REPORTGEN_OUTBOX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(folder)
    registry.cache_clear()
    yield folder
    registry.cache_clear()


@pytest.fixture
def adopted(desk):
    """The same desk, after the one command that it needs."""
    for below in ("out", "from-store"):
        result = call("seal", below, "--adopt")
        assert result.exit_code == 0, result.output
    return desk


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    "args",
    [
        ("check", DAILY),
        SEND,
        (*SEND, "--dry-run"),
        ("render", SMALL),
        ("preview", DAILY, "--no-open"),
        ("approve", DAILY, "--by", "A. Editor"),
        ("correct", DAILY, "--why", "A number."),
        ("site", "build", "archive", "--from", "out"),
    ],
    ids=lambda args: args[0],
)
def test_an_unsealed_brief_is_refused_with_the_command_that_takes_it_in(args):
    """By each command that hands a brief over."""
    shutil.rmtree("archive")
    result = call(*args)
    assert result.exit_code == 5, result.output
    assert "seal" in result.stderr
    assert "--adopt" in result.stderr


@pytest.mark.usefixtures("adopted")
@pytest.mark.parametrize("folder", [DAILY, SMALL, OWN])
def test_a_brief_that_was_taken_in_is_true(folder):
    """Its story holds against its record, and its files against their digests."""
    result = call("check", folder)
    assert (result.exit_code, result.stdout.startswith(folder)) == (0, True), result.output
    assert call("seal", folder).exit_code == 0


@pytest.mark.parametrize("name", ["story/recap/record.j2", "story/rates.j2"])
def test_its_stories_have_nothing_to_vouch_for(desk, name):
    """Nor have its copies of the templates of 0.1.0: their lines are known."""
    with tarfile.open(MADE / "templates.tar.xz") as packed:
        text = packed.extractfile(name).read()
    (desk / "templates" / name).parent.mkdir(parents=True)
    (desk / "templates" / name).write_bytes(text)
    story = desk / "reports/desk-recap/story.j2"
    story.write_text(f'{{% import "{name}" as old with context %}}\n{story.read_text()}')
    assert "no new words" in call("vouch", "desk-recap").stdout


@pytest.mark.usefixtures("desk")
def test_what_its_story_calls_is_there():
    """Each macro, by the name that it had; and a plan in families of that time."""
    templates = Templates.of(Path("reports/desk-recap").resolve())
    story, _ = templates.text(STORY)
    lacking = [
        f"{alias}.{macro}"
        for name, alias in re.findall(r'import "([^"]+)" as (\w+)', story)
        for macro in re.findall(rf"\b{alias}\.(\w+)\(", story)
        if f"macro {macro}(" not in templates.text(name)[0]
    ]
    assert lacking == []
    assert not templates.asks


@pytest.mark.usefixtures("adopted")
def test_nothing_is_mailed_twice():
    """Even with no server at the port: there is nobody left to write to."""
    assert call(*SEND).stdout == "0 sent, 2 already.\n"
    assert "0 would get it, 2 would not." in call(*SEND, "--dry-run").stdout
    own = call("send", DAILY, "--to", "readers-own.toml", "--late", "--dry-run")
    assert "1 would get it, 2 would not." in own.stdout


@pytest.mark.usefixtures("adopted")
def test_the_outbox_tells_what_was_sent_and_keeps_it():
    """The ledger gains its column for seals and loses no row."""
    call(*SEND)
    result = call("outbox", DAILY)
    assert result.stdout.splitlines()[-1] == "2 sent."
    with sqlite3.connect("state/outbox.sqlite") as ledger:
        (version,) = ledger.execute("PRAGMA user_version").fetchone()
        rows = ledger.execute("SELECT recipient, state FROM deliveries ORDER BY 1").fetchall()
    assert version == 3
    assert rows == [("ann@example.com", "sent"), ("ben@example.com", "sent")]


@pytest.mark.slow
@pytest.mark.usefixtures("adopted")
def test_it_is_rendered_and_corrected():
    """The words of today's stories are another edition: nobody gets them without a correction."""
    assert call(*SEND).stdout == "0 sent, 2 already.\n"
    assert call("render", DAILY).exit_code == 0
    assert call("check", DAILY).exit_code == 0
    assert call(*SEND).exit_code == 7
    assert call("correct", DAILY, "--why", "The calendar was wrong.").exit_code == 0
    assert "2 would get it." in call(*SEND, "--dry-run").stdout


@pytest.mark.usefixtures("adopted")
def test_edits_of_a_person_are_kept():
    """The second brief has a headline that a person wrote."""
    assert call("render", SMALL).exit_code == 0
    record = json.loads(Path(SMALL, "brief.json").read_text())
    assert (
        record["title"] == "Small caps fall 1.1%, closer to a correction, before a market holiday"
    )


@pytest.mark.usefixtures("adopted")
def test_the_archive_goes_on():
    """Its two briefs stay, built again or from nothing."""
    result = call("site", "build", "archive", "--from", "out")
    assert result.exit_code == 0, result.output
    assert "archive/index.html: 2 briefs" in result.stdout
    shutil.rmtree("out")
    Path("out").mkdir()
    assert "2 briefs, 0 new" in call("site", "build", "archive", "--from", "out").stdout


@pytest.mark.usefixtures("desk")
def test_the_store_is_read_and_filled():
    """With what a person accepted in it."""
    status = call("data", "status").stdout
    assert [line.split()[0] for line in status.splitlines()[1:6]] == [
        "DGS10",
        "DGS2",
        "^GSPC",
        "^IXIC",
        "^SOX",
    ]
    assert "accepted by A. Editor" in call("data", "verify", "--all").stdout
    assert "0 new values" in call("data", "import", MADE / "dataset").stdout


RUN = ("run", "desk-recap", "--as-of", "2025-01-08", "--out", "new", "--format", "txt", "--data")


@pytest.mark.slow
@pytest.mark.usefixtures("desk")
def test_the_report_of_the_desk_runs_on_the_sample(apart):
    """Its own index, which the sample lacks, is now a gap with a name."""
    result = apart(*RUN, "sample")
    assert result.exit_code == 8, result.output
    assert "PHLX Semiconductor" in result.stderr
    assert 'calendar = "XNYS" is an old form; write market = "us".' in result.stderr
    assert call("check", "new/desk-recap/2025-01-08").exit_code == 0


@pytest.mark.slow
def test_the_report_of_the_desk_runs_on_its_store_as_doctor_says(desk, apart):
    """The store lacks most of what the report lists: held, until the desk declares it."""
    assert apart(*RUN, "store").exit_code == 3
    (line,) = (row for row in call("doctor").output.splitlines() if row.startswith("BAD  store"))
    (desk / "data" / "store.dataset.toml").write_text("absent" + line.partition(": absent")[2])
    result = apart(*RUN, "store")
    assert result.exit_code == 8, result.output
    told = Path("new/desk-recap/2025-01-08/brief.txt").read_text()
    assert "PHLX Semiconductor     9,626.43" in told
    assert "ok   store" in call("doctor").output


@pytest.mark.usefixtures("desk")
def test_doctor_says_what_to_do():
    """The briefs need a seal, the workflow an install line that exists."""
    told = call("doctor").output
    assert "/out --adopt" in told
    assert "reportgen schedule" in told


@pytest.mark.truth
@pytest.mark.long
@pytest.mark.parametrize(
    ("first", "last", "sessions"),
    [("2025-01-01", "2025-06-30", 122), ("2025-07-01", "2025-12-31", 128)],
)
def test_the_report_of_the_desk_is_made_for_every_session_of_2025(
    desk, real_market, first, last, sessions
):
    """On real prices, with a word on its old forms; none is refused."""
    said = backfilled(desk, first, last, real_market)
    assert f"{sessions} made, 0 kept, 0 failed" in said


@pytest.mark.slow
def test_the_report_of_the_desk_is_made_for_a_run_of_sessions(desk):
    """The rarest of 2025, a crash and the days after it; of the sample where those are not here."""
    days = ("2025-04-03", "2025-04-08", REAL) if MARKET.is_dir() else (*SOME, "sample")
    said = backfilled(desk, *days)
    assert re.search(r"^[34] made, 0 kept, 0 failed", said, re.MULTILINE), said
    assert 'calendar = "XNYS" is an old form; write market = "us".' in said


def backfilled(desk, first, last, data):
    """What a backfill of the desk's report says."""
    span = ("--from", first, "--to", last, "--data", str(data), "--format", "txt")
    return Desk(desk).says("backfill", "desk-recap", *span, "--out", "new")


@pytest.fixture
def plugged(adopted, tmp_path):
    """The desk, with a provider and a channel of a package that was written for 0.1.0."""
    with (adopted / "reportgen.toml").open("a") as file:
        file.write('\n[doors.night]\nkind = "acme"\nto = "posted.txt"\n')
    return Desk(adopted, package_of_010(tmp_path / "acme"), warn=True)


def test_a_channel_of_010_is_posted_to(plugged):
    """Its imports and its group of entry points have new names, which a warning says."""
    said = plugged.says("post", DAILY, "--late")
    assert (plugged.folder / "posted.txt").read_text() == "daily-recap 2025-01-08\n"
    assert "DeprecationWarning: The kind of door 'acme' is in the group" in said
    assert "reportgen.deliver.doors is reportgen.publish.channels now" in said


def test_a_provider_of_010_fills_the_store(plugged):
    """With a warning that names the new module."""
    with Closes() as server:
        sources = f'[order]\n"^RUT" = ["acme"]\n[base_url]\nacme = "{server.url}"\n'
        plugged.writes("sources.toml", sources)
        since = ("--sources", "sources.toml", "--since", "2026-01-02", "--store", "new.duckdb")
        said = plugged.says("fetch", "^RUT", *since)
    assert "1 series: 1 with " in said
    assert "is reportgen.sources.providers.contract now" in said


def test_doctor_names_the_old_group(plugged):
    """And what to write instead."""
    (line,) = (row for row in plugged.says("doctor", code=1).splitlines() if "deliverers" in row)
    assert line.startswith("ok ")
    assert "reportgen.deliverers, which is reportgen.channels now" in line
