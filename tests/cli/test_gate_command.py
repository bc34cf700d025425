"""The gate on the command line: what is sent, degraded or held, by exit
code, brief and gate.txt.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil

import pytest

from reportgen.config.resources import SAMPLE, cache_dir

DAY = "2024-12-10"


class Desk:
    """A copy of the sample below *root*, and what the command line made of it."""

    def __init__(self, root, apart):
        self.root, self.apart = root, apart
        self.folder = shutil.copytree(SAMPLE, root / "sample")
        self.place = root / "out" / "daily-recap" / "2025-01-08"

    def edit(self, name, row):
        """Put ``row(day, symbol, value)``, the row's new value, into every row of a table.

        None leaves the row out.
        """
        head, *rows = gzip.decompress((self.folder / name).read_bytes()).decode().splitlines()
        told = [
            (day, symbol, row(day, symbol, value))
            for day, symbol, value in (line.split(",") for line in rows)
        ]
        kept = [f"{day},{symbol},{value}" for day, symbol, value in told if value is not None]
        (self.folder / name).write_bytes(gzip.compress("\n".join([head, *kept, ""]).encode(), 1))
        return self

    def multiply(self, symbol, factor):
        """One close of *symbol* is *factor* times what it was."""
        return self.edit(
            "daily.csv.gz",
            lambda day, name, value: (
                round(float(value) * factor, 2) if (day, name) == (DAY, symbol) else value
            ),
        )

    def describe(self, name, line):
        """Add *line* to what is said of a file."""
        text = (self.folder / "dataset.toml").read_text()
        (self.folder / "dataset.toml").write_text(
            text.replace(f'path = "{name}"', f'path = "{name}"\n{line}')
        )
        return self

    def args(self, *more, report="daily-recap", as_of="2025-01-08"):
        """The words of a run."""
        files = ["--format", "txt", "--format", "json"]
        return [
            "run",
            report,
            "--as-of",
            as_of,
            "--data",
            str(self.folder),
            "--out",
            str(self.root / "out"),
            *files,
            *more,
        ]

    def run(self, *more, **which):
        """What the command line said to a run."""
        return self.apart(*self.args(*more, **which))

    @property
    def gate(self):
        """The lines of gate.txt."""
        return (self.place / "gate.txt").read_text().splitlines()

    @property
    def told(self):
        """brief.json."""
        return json.loads((self.place / "brief.json").read_text())


@pytest.fixture
def desk(tmp_path, apart):
    """A dataset to be broken."""
    return Desk(tmp_path, apart)


@pytest.fixture(scope="module")
def sent(tmp_path_factory, apart):
    """A brief that lacks nothing, to be published, and what the command line said."""
    desk = Desk(tmp_path_factory.mktemp("sent"), apart)
    return desk, desk.run("--profile", "publish")


@pytest.fixture(scope="module")
def degraded(tmp_path_factory, apart):
    """A brief without the Russell 2000, which leapt by a third for a day, and what the
    command line said.
    """
    desk = Desk(tmp_path_factory.mktemp("degraded"), apart).multiply("^RUT", 1.3)
    return desk, desk.run()


def test_a_brief_that_lacks_nothing_is_sent(sent):
    """Exit code 0, and no word on standard error."""
    desk, result = sent
    assert (result.exit_code, result.stderr) == (0, "")
    assert str(desk.place / "gate.txt") in result.stdout.splitlines()
    assert desk.gate[0] == "VERDICT  SEND"
    assert (desk.told["verdict"], desk.told["gaps"]) == ("send", [])


def left_out(desk, result, check, day=DAY):
    """Assert that a brief is told without the Russell 2000, and that the desk reads symbol,
    day, check and what to do.
    """
    assert (result.exit_code, result.stderr) == (
        8,
        "reportgen: degraded; missing: indexes (Russell 2000); see gate.txt\n",
    )
    assert (desk.told["verdict"], desk.told["gaps"]) == ("degraded", ["indexes (Russell 2000)"])
    assert not [claim for claim in desk.told["claims"] if claim["instrument"] == "^RUT"]
    assert desk.gate[0] == "VERDICT  DEGRADED"
    assert any(
        re.match(rf"- indexes: .*\^RUT {day}: {check}: .*reportgen data accept", line)
        for line in desk.gate
    ), desk.gate


def test_an_optional_index_that_leaps_for_a_day_is_left_out(degraded):
    """Exit code 8."""
    left_out(*degraded, "spike")


@pytest.mark.slow
def test_an_optional_index_in_another_unit_is_left_out(desk):
    """A row that was not adjusted is ten times the others; the way back is found, too."""
    left_out(desk, desk.multiply("^RUT", 10).run(), "scale", day="2024-12-11")


def test_the_gap_is_told_in_a_sentence_before_the_first_number(degraded):
    """Below the headline and the dateline, which have no level of the market.

    The foot says why, and nothing else names the index.
    """
    text = " ".join((degraded[0].place / "brief.txt").read_text().split())
    before, _, after = text.partition("This brief has a gap: indexes (Russell 2000).")
    story, why, _ = after.partition("Behind the gap: Russell 2000 failed a check.")
    assert why
    assert "Russell 2000" not in story
    assert not re.search(r"\d,\d{3}|\d\.\d\d", before)
    assert re.search(r"\d,\d{3}\.\d\d", after)


@pytest.mark.parametrize(
    ("factor", "words"), [(10, "wrong unit"), (1.3, "outlier")], ids=["ten times", "a leap"]
)
def test_a_required_index_with_a_wrong_close_is_held(desk, sent, factor, words):
    """Exit code 3, with the symbol and the day in one line and in gate.txt.

    The last good brief is set aside.
    """
    shutil.copytree(sent[0].place, desk.place)
    good = contents(desk.place)
    result = desk.multiply("^GSPC", factor).run()
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (3, "", 1)
    assert contents(desk.place / "older") == good
    assert contents(desk.place) == {}
    assert desk.gate[0] == "VERDICT  HOLD"
    for told in (result.stderr, "\n".join(desk.gate)):
        assert [word for word in ("^GSPC", DAY, words, "Correct the") if word not in told] == []


def contents(place):
    """The files of a brief, but for gate.txt, which tells of the last run."""
    files = (path for path in place.iterdir() if path.is_file() and path.name != "gate.txt")
    return {path.name: path.read_bytes() for path in files}


@pytest.mark.parametrize(
    ("last", "gaps"),
    [("2025-01-07", []), ("2025-01-03", ["yields (10-year yield, 2-year yield)"])],
    ids=["one", "three"],
)
def test_yields_that_are_sessions_old_are_gaps(desk, last, gaps):
    """One session may be; three, and both yields are named as one gap, with how to renew them."""
    result = desk.edit(
        "rates.csv.gz",
        lambda day, name, value: value if not name.startswith("DGS") or day <= last else None,
    ).run()
    assert (result.exit_code, desk.told["gaps"]) == (8 if gaps else 0, gaps)
    reasons = [line for line in desk.gate if "the newest value is of" in line]
    assert len(reasons) == 2 * len(gaps)
    assert all(
        f"of {last}, 2025-01-07 is needed; bring the data up to date: reportgen fetch DGS" in line
        for line in reasons
    )


@pytest.mark.slow
def test_what_may_not_be_published_is_held_from_publishing(desk):
    """Exit code 3 with each source and its terms.

    For readers of the house it is made, and gate.txt tells of that.
    """
    terms = {
        "daily.csv.gz": "internal use",
        "rates.csv.gz": "no display",
        "futures.csv.gz": "ask first",
    }
    for name, said in terms.items():
        desk.describe(name, f'terms = "{said}"')
    result = desk.run("--profile", "publish")
    assert (result.exit_code, result.stdout, desk.gate[0]) == (3, "", "VERDICT  HOLD")
    for name, said in terms.items():
        source = re.search(
            rf'path = "{name}".*?source = "(.*?)"', (SAMPLE / "dataset.toml").read_text(), re.DOTALL
        )[1]
        assert f"{source} may not be published ({said})" in result.stderr
        assert any(
            line.startswith(f"- {source} may not be published ({said})") for line in desk.gate
        )
    assert not list(desk.place.glob("brief.*"))
    assert desk.run("--profile", "internal").exit_code == 0
    assert desk.gate[0] == "VERDICT  SEND"


@pytest.mark.slow
def test_levels_of_a_session_that_may_not_be_published_are_held(desk):
    """During a session they are what a brief tells, though its closes come from elsewhere."""
    desk.describe("intraday.csv.gz", 'terms = "internal use"')
    result = desk.run("--profile", "publish", as_of="2025-01-08 13:00")
    assert result.exit_code == 3, result.stdout
    assert "simulated 15-minute bars may not be published (internal use)" in result.stderr


@pytest.mark.parametrize(
    ("symbol", "factor", "code"), [("^RUT", 1.3, 8), ("^GSPC", 10, 3)], ids=["degraded", "held"]
)
def test_the_home_folder_is_not_named(desk, symbol, factor, code):
    """Neither on standard error nor in gate.txt, where the dataset lies in it.

    A file that is refused goes by a tilde.
    """
    env = {"HOME": str(desk.root), "XDG_CACHE_HOME": str(cache_dir().parent)}
    args = desk.multiply(symbol, factor).args()
    result = desk.apart(*args, folder=desk.root, env=env)
    gate = "\n".join(desk.gate)
    assert result.exit_code == code, result.stderr
    assert str(desk.root) not in result.stderr + gate
    assert [("~/sample/daily.csv.gz" in told) for told in (result.stderr, gate)] == [code == 3] * 2
