"""A report of three lines: its title, its market, and the report that it is like."""

import pytest

from reportgen.core.errors import SettingsError
from reportgen.record.request import load_report

THREE = 'title = "London recap"\nmarket = "gb"\nlike = "daily-recap"\n'


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A desk; what it gives writes the report.toml of a report, and reads the report."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reportgen.toml").write_text("")

    def written(text, name="london"):
        folder = tmp_path / "reports" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.toml").write_text(text)
        return load_report(name)

    return written


def test_it_has_the_notebook_and_the_story_of_the_other(desk):
    """And its formats and its description, but a title of its own."""
    found, other = desk(THREE), load_report("daily-recap")
    assert found.notebook == other.notebook
    assert (found.title, found.formats) == ("London recap", other.formats)
    assert found.described.name == "london"


def test_it_reads_what_its_market_names(desk):
    """It needs the lead index alone; nothing of the other market is left in it."""
    found = desk(THREE)
    assert found.required == ("^FTSE",)
    assert found.optional == ("^FTMC",)
    assert (found.series, found.universe.symbols, found.gate.fresh) == ((), (), {})


def test_of_the_same_market_it_reads_the_same(desk):
    """Its rates have to be as fresh as the market says."""
    found, other = desk(THREE.replace('"gb"', '"us"')), load_report("daily-recap")
    assert found.symbols == other.symbols
    assert found.gate.fresh == other.gate.fresh == {"DGS10": 1, "DGS2": 1}


def test_what_it_says_comes_before_what_the_other_says(desk):
    """Its own instruments, and its own gate."""
    more = '[instruments]\nrequired = ["^FTSE", "VOD.L"]\n[gate]\nmost_gaps = 1\n'
    found = desk(THREE + more)
    assert found.required == ("^FTSE", "VOD.L")
    assert found.gate.most_gaps == 1


def test_without_a_market_it_is_of_the_desks(desk, tmp_path):
    """The one that reportgen.toml names."""
    (tmp_path / "reportgen.toml").write_text('market = "de"\n')
    found = desk('title = "Recap"\nlike = "daily-recap"\n')
    assert found.required == ("^GDAXI",)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("daily-recip", "there is no such report. Did you mean 'daily-recap'"),
        ("london", "there is no such report"),
        ("second", 'which is like "daily-recap"; name that one'),
    ],
)
def test_another_that_is_none_is_refused(desk, other, words):
    """A name that is misspelt, its own, and that of a report of three lines."""
    desk(THREE, name="second")
    with pytest.raises(SettingsError, match=words):
        desk(THREE.replace("daily-recap", other))


def test_a_story_of_its_own_is_refused(desk, tmp_path):
    """One of the two would be passed over without a word."""
    desk(THREE)
    (tmp_path / "reports" / "london" / "story.j2").write_text("# x")
    with pytest.raises(SettingsError, match=r"remove story\.j2"):
        load_report("london")
