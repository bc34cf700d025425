"""What a package or a desk brings from outside: the texts of its files, and a server of closes."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).parents[1]
SAMPLE = ("--as-of", "2025-01-08", "--format", "txt", "--format", "json")
MARKET = (
    (ROOT / "reportgen" / "markets" / "us.toml")
    .read_text()
    .replace('name = "U.S. stocks"', 'name = "Acme\'s market"')
    .replace('zone_label = "ET"', 'zone_label = "NYT"')
)
BEAT = """looks_at = "indexes"

[kinds.acme_day]
rank = 35
lead_index_only = true

[roles]
change = "fraction, week"
"""
DETECT = """from reportgen.beats.measure import Measure
from reportgen.core.facts import Unit
from reportgen.statistics import returns


def detect(scene):
    for track in scene.tracks:
        change = returns.to_date(track.closes, "week")
        measure = Measure.of(track)
        fact = measure.fact("week_change", change, Unit.FRACTION, "week", name="acme_day")
        yield measure.news("acme_day", {"change": fact}, {"size": 100 * abs(change)})
"""
SAYS = """{{ f.change | updown }} {{ f.change | says("for the week") }} by Acme's count"""
WORDS = f"""{{% macro headline(f) %}}{{{{ brief_name(f.instrument) }}}} is {SAYS}{{% endmacro %}}
{{% macro lead(f) %}}{{{{ called(f.instrument) | cap }}}} is {SAYS}.{{% endmacro %}}
{{% macro point(f) %}}{{{{ called(f.instrument) | cap }}}} is {SAYS}.{{% endmacro %}}
{{% macro tell(list) %}}
{{% for f in list %}}{{{{ called(f.instrument) | cap }}}} is {SAYS}. {{% endfor %}}
{{% endmacro %}}
"""
BEAT_FILES = {"beat.toml": BEAT, "detect.py": DETECT, "words.j2": WORDS}
PROVIDER = '''"""Daily closes of Acme, as CSV."""

import csv
import datetime as dt

from reportgen.sources.providers.contract import Bar, Call, Licence, Limit, Provider, number


class Acme(Provider):
    name = "acme"
    title = "Acme Data"
    base_url = "https://data.acme.example"
    roles = frozenset({"daily_bars"})
    licence = Licence("internal use", publish=False)
    limit = Limit(burst=10, per_second=10)

    def calls(self, ask):
        days = {"from": ask.first.isoformat(), "to": ask.last.isoformat()}
        yield Call(path="/closes.csv", params=days)

    def parse(self, ask, reply):
        rows = csv.DictReader(reply.body.decode().splitlines())
        days = ((dt.date.fromisoformat(row["date"]), number(row["close"])) for row in rows)
        return [Bar(day, None, None, None, close, None) for day, close in days]
'''
CHANNEL = '''"""A line in a file for each brief."""

from pathlib import Path

from reportgen.publish.mail.smtp import Outcome


class Acme:
    def __init__(self, name, settings):
        self.to = Path(settings["to"])

    def hand(self, post):
        with self.to.open("a") as file:
            file.write(f"{post.report} {post.label}\\n")
        return Outcome("sent", 0, "written")
'''
PLACES = '''"""Where the files of the package lie."""

from pathlib import Path

BEAT = Path(__file__).parent / "acme_day"
MARKET = Path(__file__).parent / "acme.toml"
REPORT = Path(__file__).parent / "acme-recap"
'''
ENTRY_POINTS = {
    "reportgen.beats": "acme_day = acme:BEAT",
    "reportgen.markets": "acme = acme:MARKET",
    "reportgen.reports": "acme-recap = acme:REPORT",
    "reportgen.providers": "acme = acme.provider:Acme",
    "reportgen.channels": "acme = acme.channel:Acme",
}


def distribution(place: Path, files: dict[str, str], groups: dict[str, str]) -> Path:
    """A folder to put on the path, as if a package "acme" of those *files* were installed in it."""
    info = "acme-1.0.dist-info"
    points = "\n".join(f"[{group}]\n{lines}" for group, lines in groups.items())
    about = {
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n",
        f"{info}/entry_points.txt": f"{points}\n",
        f"{info}/RECORD": "".join(f"{name},,\n" for name in files),
    }
    for name, text in (files | about).items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    return place


def package(place: Path) -> Path:
    """A package that brings a beat, a market, a provider, a channel and a report."""
    files = {
        "acme/__init__.py": PLACES,
        "acme/acme.toml": MARKET,
        "acme/provider.py": PROVIDER,
        "acme/channel.py": CHANNEL,
        **{f"acme/acme_day/{name}": text for name, text in BEAT_FILES.items()},
    }
    distribution(place, files, ENTRY_POINTS)
    report = place / "acme" / "acme-recap"
    shutil.copytree(ROOT / "reports" / "daily-recap", report)
    for name, old, new in (
        ("report.toml", 'market = "us"', 'market = "acme"'),
        ("notebook.ipynb", 'report=\\"daily-recap\\"', 'report=\\"acme-recap\\"'),
    ):
        text = (report / name).read_text()
        assert old in text
        (report / name).write_text(text.replace(old, new))
    return place


class Desk:
    """A desk with a package on its path, or with the same things in its folder."""

    def __init__(
        self, folder: Path, *path: Path, report: str = "desk-recap", warn: bool = False
    ) -> None:
        self.folder, self.report = folder, report
        self.path = [*path, ROOT]
        self.warnings = "always::DeprecationWarning" if warn else ""

    def says(self, *words: str, code: int = 0) -> str:
        """What the command line says to *words*, with that exit code."""
        done = subprocess.run(
            [sys.executable, "-m", "reportgen", *words],
            cwd=self.folder,
            env=os.environ
            | {
                "PYTHONPATH": os.pathsep.join(map(str, self.path)),
                "PYTHONWARNINGS": self.warnings,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def brief(self, day: str = "2025-01-08", data: str = "sample") -> str:
        """The brief of *day* on the *data*, made anew, on one line."""
        self.says("run", self.report, "--as-of", day, "--data", data, *SAMPLE[2:])
        return " ".join((self.place.parent / day / "brief.txt").read_text().split())

    def vouches(self) -> None:
        """Let a person vouch for the words of the report and its templates."""
        self.says("vouch", self.report, "--by", "A. Author")

    @property
    def place(self) -> Path:
        """The folder of that brief."""
        return self.folder / "out" / self.report / "2025-01-08"

    @property
    def record(self) -> str:
        """The notebook of that brief."""
        return (self.place / "notebook.ipynb").read_text()

    def writes(self, name: str, text: str) -> None:
        """Put a file into the desk."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)


class Closes:
    """A local address that gives closes of 2,000 on weekdays as CSV. Use it in a ``with``."""

    def __enter__(self) -> Self:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = parse_qs(urlsplit(self.path).query)
                first, last = (dt.date.fromisoformat(asked[name][0]) for name in ("from", "to"))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(_closes(first, last).encode())

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_port}"


def _closes(first: dt.date, last: dt.date) -> str:
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    rows = [f"{day},{2000 + day.day}" for day in days if day.weekday() < 5]
    return "\n".join(["date,close", *rows, ""])


NEWER = {
    "reportgen/beats/records/beat.toml": [
        (
            "[kinds.below_record]",
            '[kinds.odd_session]\nrank = 15\nmay_lead = "any"\n\n[kinds.under_record]',
        )
    ],
    "reportgen/beats/records/detect.py": [
        ('"below_record"', '"under_record"'),
        (
            "    for track in scene.tracks:\n",
            """    for track in scene.tracks:
        change = Measure.of(track).fact("pct_change", float(track.changes.iloc[-1]), Unit.FRACTION)
        yield Measure.of(track).news("odd_session", {"change": change}, {"size": 50.0})
""",
        ),
    ],
    "templates/story/en/records.j2": [("below_record", "under_record, odd_session")]
    + [
        (f"{{% macro {name}({it}) %}}", f"{{% macro old_{name}({it}) %}}")
        for name, it in (("headline", "f"), ("lead", "f"), ("point", "f"), ("tell", "list"))
    ],
}
"""What a version changes that has one more kind of news, and another name for one."""
ODD = """{% macro odd(f) %}Session of {{ brief_name(f.instrument) }} was odd{% endmacro %}
{% macro headline(f) %}{% if f.kind == "odd_session"
%}{{ odd(f) }}{% else %}{{ old_headline(f) }}{% endif %}{% endmacro %}
{% macro lead(f) %}{% if f.kind == "odd_session"
%}{{ odd(f) }}.{% else %}{{ old_lead(f) }}{% endif %}{% endmacro %}
{% macro point(f) %}{% if f.kind == "odd_session"
%}{{ odd(f) }}.{% else %}{{ old_point(f) }}{% endif %}{% endmacro %}
{% macro tell(list) %}{% for f in list if f.kind == "odd_session" %}{{ odd(f) }}. {% endfor %}
{{ old_tell(list | rejectattr("kind", "eq", "odd_session") | list) }}{% endmacro %}
"""


def newer(place: Path) -> Path:
    """A copy of the program as a later version: a kind of news is added, and one renamed."""
    for room in ("reportgen", "templates", "reports"):
        shutil.copytree(ROOT / room, place / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name, changes in NEWER.items():
        text = (place / name).read_text()
        for old, new in changes:
            assert old in text, (name, old)
            text = text.replace(old, new)
        (place / name).write_text(text)
    with (place / "templates/story/en/records.j2").open("a") as file:
        file.write(ODD)
    return place


OLD_NAMES = {
    "acme/provider.py": [("reportgen.sources.providers", "reportgen.data.providers")],
    "acme/channel.py": [
        ("reportgen.publish.mail.smtp import Outcome", "reportgen.deliver.smtp import Outcome"),
        (
            "class Acme:",
            "from reportgen.deliver.doors import Deliverer\n\n\nclass Acme(Deliverer):",
        ),
    ],
}
"""How 0.1.0 called what the plug-ins import."""


def package_of_010(place: Path) -> Path:
    """A package that brings a provider and a channel, as it was written for 0.1.0."""
    files = {"acme/__init__.py": "", "acme/provider.py": PROVIDER, "acme/channel.py": CHANNEL}
    for name, changes in OLD_NAMES.items():
        for new, old in changes:
            assert new in files[name]
            files[name] = files[name].replace(new, old)
    groups = {
        "reportgen.providers": "acme = acme.provider:Acme",
        "reportgen.deliverers": "acme = acme.channel:Acme",
    }
    return distribution(place, files, groups)
