"""Prices that lie in a database are read by a query, as any file is."""

import duckdb
import pytest
import sqlalchemy

from reportgen.config.resources import SAMPLE
from reportgen.core.errors import BadData, NoData, SettingsError
from reportgen.datasets.dataset import manifest, open_dataset, read

QUERY = "select day as date, ticker as symbol, px as close from prices order by 1, 2"
ROWS = [("2025-01-07", "^GSPC", 5909.03), ("2025-01-08", "^GSPC", 5918.25)]


@pytest.fixture
def folder(tmp_path):
    """A folder with two databases of equal rows."""
    with duckdb.connect(str(tmp_path / "prices.duckdb")) as connection:
        connection.execute("create table prices (day date, ticker text, px double)")
        connection.executemany("insert into prices values (?, ?, ?)", ROWS)
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/prices.sqlite")
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("create table prices (day text, ticker text, px real)"))
        for row in ROWS:
            connection.execute(
                sqlalchemy.text("insert into prices values (:a, :b, :c)"),
                dict(zip("abc", row, strict=True)),
            )
    engine.dispose()
    return tmp_path


def described(folder, database, query=QUERY, more=""):
    """The dataset of *folder*, with one query."""
    (folder / "dataset.toml").write_text(
        'name = "Desk"\n[[files]]\nrole = "daily_bars"\nsource = "our database"\n'
        f'query = """{query}"""\ndatabase = "{database}"\n{more}'
    )
    return open_dataset(folder)


@pytest.mark.parametrize("database", ["prices.duckdb", "sqlite:///{folder}/prices.sqlite", "DESK"])
def test_a_query_gives_what_it_selects(folder, database, monkeypatch):
    """From a DuckDB file beside the description, a URL, or a variable that holds either."""
    monkeypatch.setenv("DESK", f"sqlite:///{folder}/prices.sqlite")
    table = read(described(folder, database.format(folder=folder)).files[0])
    assert table["close"].tolist() == [5909.03, 5918.25]
    assert table["date"].dt.strftime("%Y-%m-%d").tolist() == ["2025-01-07", "2025-01-08"]


def test_a_row_that_changed_changes_the_hash_that_the_record_keeps(folder):
    """And nothing else does."""
    before = manifest(described(folder, "prices.duckdb"))
    assert manifest(described(folder, "prices.duckdb")) == before
    with duckdb.connect(str(folder / "prices.duckdb")) as connection:
        connection.execute("update prices set px = 5918.26 where day = '2025-01-08'")
    assert manifest(described(folder, "prices.duckdb"))[1]["sha256"] != before[1]["sha256"]


@pytest.mark.parametrize(
    ("database", "query", "more", "error", "words"),
    [
        ("none.duckdb", QUERY, "", NoData, "there is no DuckDB file .*none.duckdb"),
        ("prices.duckdb", "select nothing", "", NoData, "the query of 'daily_bars' failed: Binder"),
        ("prices.duckdb", f"{QUERY.partition('order')[0]} where px < 0", "", NoData, "no rows"),
        ("prices.duckdb", QUERY, 'path = "a.csv"', BadData, "either path or query"),
        ("UNSET", QUERY, "", SettingsError, "The key UNSET is not set"),
    ],
)
def test_a_query_that_gives_nothing_is_refused(folder, database, query, more, error, words):
    """With the description, the role, and what the database said."""
    with pytest.raises(error, match=words):
        described(folder, database, query, more)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://desk:hunter2@db.example.com/prices",
        "postgresql://desk:hun/ter2hunter2@db.example.com/prices",
        "postgresql://desk@corp:hunter2@db.example.com/prices",
        "postgresql://db.example.com/prices?password=hunter2",
        "md:prices?motherduck_token=hunter2",
    ],
)
def test_a_password_in_the_description_is_refused_and_not_shown(folder, address):
    """It belongs into a variable."""
    with pytest.raises(BadData, match="the name of a variable") as refused:
        described(folder, address)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:////nowhere/hunter2.sqlite",
        "host=h password=hunter2",
        "sqlite:///file:x?uri=true&timeout=hunter2",
        "nothing+known://u:hunter2@h/x",
    ],
)
def test_a_database_that_cannot_be_reached_does_not_show_its_password(folder, monkeypatch, address):
    """Nor the address, which stands in a variable, wherever the driver repeats a part of it."""
    monkeypatch.setenv("DESK", address)
    with pytest.raises(NoData) as refused:
        described(folder, "DESK")
    assert "hunter2" not in f"{refused.value} {refused.value.subject}"
    assert refused.value.__cause__ is None


def test_two_databases_of_one_name_have_files_of_their_own(folder, monkeypatch):
    """A run that still reads the first is not handed the rows of the second."""
    monkeypatch.setenv("DESK", "prices.duckdb")
    first = described(folder, "DESK")
    with duckdb.connect(str(folder / "other.duckdb")) as connection:
        connection.execute(
            "create table prices as select '2025-01-08' as day, 'X' as ticker, 1.0 as px"
        )
    monkeypatch.setenv("DESK", "other.duckdb")
    second = described(folder, "DESK")
    assert first.files[0].path != second.files[0].path
    assert read(first.files[0])["close"].tolist() == [5909.03, 5918.25]


def test_the_sample_through_a_database_is_the_sample(folder):
    """The same rows by a query give the same table."""
    with duckdb.connect(str(folder / "prices.duckdb")) as connection:
        path = SAMPLE / "daily.csv.gz"
        connection.execute(f"create table daily as select * from read_csv('{path}')")
    asked = described(folder, "prices.duckdb", "select date, symbol, close from daily")
    ours = read(asked.files[0]).sort_values(["date", "symbol"]).reset_index(drop=True)
    theirs = read(open_dataset(SAMPLE).of_role("daily_bars")[0])
    theirs = theirs.sort_values(["date", "symbol"]).reset_index(drop=True)[list(ours.columns)]
    assert ours.equals(theirs)
