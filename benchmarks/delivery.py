"""A thousand mails to a real server on this machine, and an archive of five hundred briefs.

As a script: ``delivery.py serve PORTFILE`` is the mail server, which counts and forgets;
``delivery.py send BRIEF CONFIG COUNT`` prints the seconds of sending and how many MB the process
grew from the hundredth message to the last.
"""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
import time
from pathlib import Path

from measure import HERE, MB, Bench, Section, in_turns, python, run, seconds, tool

READERS, BRIEFS = 1_000, 500
RECAP, FIRST, LAST = "daily-recap", "2023-01-03", "2025-01-08"
MOST_SEARCHED = "words.js"


def mail(bench: Bench) -> Section:
    """A brief sent to a thousand readers, each in a message of its own.

    One encrypted connection with a password; the ledger is written throughout.
    """
    found, place = Section(), bench.place()
    run(tool("reportgen", "run", RECAP, "--as-of", LAST, "--out", place))
    brief = place / RECAP / LAST
    port = place / "port"
    with subprocess.Popen(python(HERE / "delivery.py", "serve", port)) as server:
        try:
            while not port.is_file():
                time.sleep(0.05)
            grown: list[float] = []

            def sent() -> float:
                taken, more = map(
                    float,
                    run(
                        python(HERE / "delivery.py", "send", brief, port.read_text(), READERS)
                    ).split(),
                )
                grown.append(more)
                return taken

            walls = in_turns({"mail": sent}, bench.plan.crowds)["mail"]
        finally:
            server.terminate()
    rate = found.add(
        f"messages a second, {READERS:,} of {(brief / 'brief.eml').stat().st_size // 1000} kB",
        "1/s",
        [READERS / w for w in walls],
    )
    found.add("growth of the sender from the 100th message to the last", "MB", grown[1:])
    found.ratios |= {"mail_per_second": rate, "mail_growth_mb": max(grown[1:])}
    return found


def site(bench: Bench) -> Section:
    """The archive of two years of daily recaps.

    Built, brought up to date with nothing new, and with one day more.
    """
    found, place = Section(), bench.place()
    run(
        tool(
            "reportgen",
            "backfill",
            RECAP,
            "--from",
            FIRST,
            "--to",
            LAST,
            "--jobs",
            2,
            "--out",
            place / "out",
        )
    )
    briefs = sorted((place / "out" / RECAP).iterdir())
    for old in briefs[: max(0, len(briefs) - BRIEFS)]:
        shutil.rmtree(old)
    last, aside, built = briefs[-1], place / "aside", place / "site"
    build = tool("reportgen", "site", "build", built, "--from", place / "out")

    def whole() -> float:
        shutil.rmtree(built, ignore_errors=True)
        return seconds(build)

    def one_more() -> float:
        shutil.rmtree(built, ignore_errors=True)
        shutil.move(last, aside)
        run(build)
        shutil.move(aside, last)
        return seconds(build)

    rounds = bench.plan.batch
    walls = in_turns(
        {"all": whole, "one": one_more, "none": lambda: seconds(build)}, rounds, warm=False
    )
    number = len(list((place / "out" / RECAP).iterdir()))
    found.ratios["site_build_s"] = found.add(
        f"{number} briefs into an empty folder, whole command", "s", walls["all"]
    )
    found.ratios["site_day_s"] = found.add("one day more, whole command", "s", walls["one"])
    found.add("nothing new, whole command", "s", walls["none"])
    sizes = {
        p.relative_to(built).as_posix(): p.stat().st_size for p in built.rglob("*") if p.is_file()
    }
    found.ratios["site_mb"] = found.add("all files", "MB", [sum(sizes.values()) / MB])
    found.table(
        "Files",
        ["file", "kB"],
        [
            [name, round(sizes[name] / 1000)]
            for name in ("index.html", "archive/index.html", "briefs.js", MOST_SEARCHED)
        ],
    )
    return found


def serve(port: str) -> None:
    """A mail server that requires STARTTLS and a password.

    It listens on any free port, and writes the port into the file *port*.
    """
    import tempfile

    sys.path.insert(0, str(HERE.parent / "tests"))
    from postbox import Postbox

    class Forgetful(Postbox):
        """It keeps nothing of what it took."""

        async def handle_DATA(self, _server, _session, _envelope):  # noqa: ANN001, ANN202, N802
            return "250 OK: queued"

    folder = Path(tempfile.mkdtemp())
    with Forgetful(folder) as here:
        Path(f"{port}.new").write_text(here.config(), encoding="utf-8")
        Path(f"{port}.new").replace(port)
        while True:
            time.sleep(1)


def send(brief: str, config: str, count: str) -> None:
    """Send *brief* to *count* readers by *config*.

    Print seconds, and MB of growth after the hundredth.
    """
    import os
    import tempfile

    import psutil

    from reportgen.publish.config import read_config
    from reportgen.publish.ledger import Ledger
    from reportgen.publish.mail.sending import Errand
    from reportgen.publish.mail.sending import send as sent
    from reportgen.publish.recipients import Recipient
    from reportgen.publish.release import finished

    os.environ["SMTP_PASSWORD"] = "mail-secret"
    folder = Path(tempfile.mkdtemp())
    (folder / "reportgen.toml").write_text(config, encoding="utf-8")
    readers = [
        Recipient(address=f"reader{n}@example.org", name=f"Reader {n}", parameters={})
        for n in range(int(count))
    ]
    errand = Errand(
        brief=finished(Path(brief)),
        readers=readers,
        mail=read_config(folder / "reportgen.toml").mailer(),
    )
    here, states, early = psutil.Process(), [], 0
    started = time.perf_counter()
    for told in sent(errand, Ledger(folder / "outbox.sqlite"), lambda: dt.datetime.now(dt.UTC)):
        states.append(told.state)
        if len(states) == min(100, len(readers)):
            early = here.memory_info().rss
    if states.count("sent") != len(readers):
        raise RuntimeError(f"{states.count('sent')} of {len(readers)} were sent")
    print(time.perf_counter() - started, (here.memory_info().rss - early) / MB)


if __name__ == "__main__":
    {"serve": serve, "send": send}[sys.argv[1]](*sys.argv[2:])
