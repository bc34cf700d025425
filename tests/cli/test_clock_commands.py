"""A morning without a person: due, made once its data are there, told of when it is not."""

from __future__ import annotations

import datetime as dt
import json
import re
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from feeds import Feeds
from postbox import PASSWORD, Postbox

from reportgen.jobs import schedule
from reportgen.markets import market
from reportgen.record.request import load_report
from reportgen.sources.plan import Want, due

calendar = market("us").calendar


def passed():
    """This minute as a deadline. It has always passed, so the command does not wait."""
    return ("--deadline", f"{dt.datetime.now(dt.UTC):%H:%M}", "--zone", "UTC")


@pytest.fixture
def newest():
    """The session that closed last."""
    now = dt.datetime.now(dt.UTC)
    session = calendar.resolve("last-session", now).session
    if due(Want(symbol="^RUT", role="daily_bars", kind="index", providers=()), now) != session:
        pytest.skip(
            "for twenty minutes after a close its prices are not final, and a morning waits for"
            " them"
        )
    return session


@pytest.fixture
def postbox(tmp_path):
    """Where the owners get their mail."""
    with Postbox(tmp_path) as here:
        yield here


@pytest.fixture
def feeds(newest):
    """What providers know by now."""
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    with Feeds(max(newest, yesterday), since=newest - dt.timedelta(days=1200)) as known:
        yield known


@pytest.fixture
def desk(tmp_path, monkeypatch, postbox, feeds):
    """A folder with a configuration, an empty store, and providers."""
    heartbeat = f'[heartbeat]\nfile = "alive.json"\nurl = "{feeds.url("bea")}/alive"\n'
    (tmp_path / "reportgen.toml").write_text(
        f'{postbox.config()}\n[alerts]\nto = ["owner@example.com"]\n{heartbeat}'
    )
    (tmp_path / "sources.toml").write_text('[order]\ncrypto = ["yahoo"]\n' + feeds.sources())
    for name, value in {
        "SMTP_PASSWORD": PASSWORD,
        "REPORTGEN_STORE": tmp_path / "store.duckdb",
        "REPORTGEN_SOURCES": tmp_path / "sources.toml",
    }.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.delenv("REPORTGEN_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_a_morning_makes_the_brief_once(desk, call, apart, newest, postbox, feeds):
    """Fetched, made, and a sign of life given.

    The second time there is nothing to do, and nobody is worried.
    """
    assert call("due", "daily-recap").exit_code == 10
    made = apart("morning", "daily-recap", *passed())
    assert made.exit_code in (0, 8), made.stderr
    folder = desk / "out" / "daily-recap" / f"{newest}"
    assert {"brief.html", "brief.eml", "gate.txt"} <= {path.name for path in folder.iterdir()}
    told = json.loads((desk / "alive.json").read_text())
    assert (told["report"], told["session"]) == ("daily-recap", f"{newest}")
    assert "bea alive" in feeds.asked
    again = call("morning", "daily-recap", *passed())
    assert (again.exit_code, again.stderr) == (9, f"daily-recap of {newest} is done.\n")
    assert call("due", "daily-recap").exit_code == 9
    assert call("watch", "daily-recap").exit_code == 0
    assert len(postbox.messages) == (made.exit_code == 8)


@pytest.mark.slow
def test_a_morning_signs_its_seal_and_takes_the_desk_s_paper(desk, apart, monkeypatch, newest):
    """As any run of that desk does."""
    signed(monkeypatch)
    settings = '[seal]\nkey = "SEAL_KEY"\npublic = "SEAL_PUBLIC"\nrequired = true\n'
    with (desk / "reportgen.toml").open("a") as file:
        file.write(f'{settings}[defaults]\npaper = "a4"\n')
    made = apart("morning", "daily-recap", *passed())
    assert made.exit_code in (0, 8), made.stderr
    folder = desk / "out" / "daily-recap" / f"{newest}"
    assert apart("seal", folder).exit_code == 0
    with pypdfium2.PdfDocument(folder / "brief.pdf") as document:
        assert document[0].get_height() == pytest.approx(841.89, abs=0.01)


def signed(monkeypatch):
    """A pair of keys in variables."""
    key = Ed25519PrivateKey.generate()
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(serialization.Encoding.PEM, form, plain)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    monkeypatch.setenv("SEAL_KEY", private.decode())
    monkeypatch.setenv("SEAL_PUBLIC", public.decode())


@pytest.mark.slow
def test_a_morning_that_fails_is_told_to_the_owners(desk, apart, newest, postbox, feeds):
    """No source has the index nor its fund.

    No brief, a reason, the gate's page and what to do, to the owners alone.
    """
    for symbol in ("^GSPC", "SPY"):
        feeds.fail("yahoo", "always status 503", key=symbol)
    feeds.fail("cboe", "always status 503")
    result = apart("morning", "daily-recap", *passed())
    assert result.exit_code == 3
    assert not (desk / "alive.json").exists()
    mail = postbox.message()
    assert postbox.received() == {"owner@example.com": 1}
    assert mail["Subject"] == f"reportgen: daily-recap of {newest} failed"
    text = mail.get_body(("plain",)).get_content()
    assert "^GSPC" in text
    assert f"reportgen run daily-recap --as-of {newest} --data store --out out" in text.replace(
        "\r\n", "\n"
    )
    assert "Traceback" in text
    assert [part.get_filename() for part in mail.iter_attachments()] == ["gate.txt"]


def test_an_alert_that_does_not_arrive_is_said(desk, apart):
    """Beside what went wrong in the first place."""
    (desk / "reportgen.toml").write_text(
        (desk / "reportgen.toml").read_text().replace("port = ", "port = 1 # ")
    )
    result = apart("morning", "daily-recap", "--data", "sample", *passed())
    assert result.exit_code == 3
    assert (
        "the alert did not arrive: owner@example.com: The mail server 127.0.0.1:1 does not answer"
        in result.stderr
    )
    assert "is needed" in result.stderr


def test_an_overdue_brief_is_told(desk, call, postbox):
    """By what watches, if the morning never came: at any time of day."""
    del desk
    result = call("watch", "daily-recap", "--deadline", "06:45", "--zone", "Asia/Tokyo")
    assert result.exit_code == 11
    told = postbox.message().get_content().replace("\r\n", " ")
    assert re.search(r"should have been there by 06:45 on \d{4}-\d\d-\d\d \(Asia/Tokyo\)", told)


@pytest.mark.slow
def test_a_run_can_wait_for_its_data_too(desk, apart):
    """With the sign of life and the session that it told of.

    It is made again when it is asked for again.
    """
    for _ in range(2):
        made = apart(
            "run",
            "daily-recap",
            "--data",
            "sample",
            "--as-of",
            "2025-01-08",
            "--format",
            "txt",
            "--wait-for-data",
            *passed(),
        )
        assert made.exit_code == 0, made.stderr
        assert json.loads((desk / "alive.json").read_text())["session"] == "2025-01-08"
        (desk / "alive.json").unlink()


@pytest.mark.slow
def test_a_run_that_waited_in_vain_tells_the_owners(desk, call, newest, postbox, monkeypatch):
    """At the deadline it is held, and they hear of it."""
    (desk / "sources.toml").unlink()
    monkeypatch.setenv("REPORTGEN_SOURCES", str(desk / "none.toml"))
    monkeypatch.setattr("reportgen.jobs.morning.looked", lambda *_: "nothing is there")
    failed = call("run", "daily-recap", "--data", "store", "--wait-for-data", *passed())
    assert failed.exit_code in (2, 3)
    assert f"daily-recap of {newest} failed" in postbox.message()["Subject"]


# By the clock
# --------------------------------------------------------------------------------------

NEW_YORK = "America/New_York"


@pytest.fixture
def clock(monkeypatch, tmp_path):
    """``clock(when)`` sets the clock of the commands, in New York."""
    monkeypatch.chdir(tmp_path)

    def stopped(when):
        at = dt.datetime.fromisoformat(when).replace(tzinfo=ZoneInfo(NEW_YORK))

        class Stopped(dt.datetime):
            @classmethod
            def now(cls, tz=None):
                return at.astimezone(tz)

        monkeypatch.setattr(
            "reportgen.cli.clock.dt", SimpleNamespace(**vars(dt) | {"datetime": Stopped})
        )

    return stopped


ASKED = ("daily-recap", "--zone", NEW_YORK)


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ("2026-03-09 04:23", 12),
        ("2026-03-09 05:23", 9),  # on a Monday, after the night of the change
        ("2026-03-09 06:23", 9),
        ("2026-03-09 07:23", 12),
        ("2026-03-07 05:23", 12),  # a Saturday
    ],
)
def test_a_morning_is_made_at_its_time_alone(tmp_path, monkeypatch, clock, call, when, code):
    """As the variable asks that a crontab sets: the brief is done, or nothing is said."""
    clock(when)
    place = tmp_path / "out" / "daily-recap" / "2026-03-06"
    place.mkdir(parents=True)
    (place / "brief.json").write_text('{"session": "2026-03-06"}')
    (place / "gate.txt").write_text("VERDICT  SEND\n")
    monkeypatch.setenv("REPORTGEN_BEGIN", "05:23")
    done = call("morning", *ASKED)
    assert done.exit_code == code
    assert bool(done.output) == (code == 9)


@pytest.mark.parametrize(
    ("when", "code"),
    [("2026-03-09 06:18", 12), ("2026-03-09 07:18", 11), ("2026-03-09 08:18", 12)],
)
def test_a_brief_is_looked_for_at_its_time_alone(clock, call, when, code):
    """Once a day; without a time it is looked for whenever the command is called."""
    clock(when)
    assert call("watch", *ASKED, "--begin", "07:18").exit_code == code
    assert call("watch", *ASKED).exit_code == 11


def test_a_call_beside_a_run_that_waits_is_silent(tmp_path, clock, call):
    """It sends nothing, and disturbs nobody."""
    clock("2026-03-09 06:23")
    with schedule.alone(load_report("daily-recap"), str(tmp_path / "out")):
        beside = call("morning", *ASKED, "--begin", "05:23")
    assert (beside.exit_code, beside.output) == (12, "")
