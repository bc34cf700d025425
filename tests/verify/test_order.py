"""A file with two things in each other's place is refused; files as written pass."""

from functools import cache

import pytest
from swaps import EVERY, WITH_TABLES, Told, told

BRIEFS = {
    "small-caps": ("2025-01-08 13:00", "sample"),
    "daily-recap": ("2025-11-20", "real"),
    "daily-recap of the sample": ("2024-09-05", "sample"),
}
ROWS = [
    pytest.param(brief, file, change, id=f"{brief}, {file}: {words}")
    for brief in BRIEFS
    for table in (EVERY, WITH_TABLES)[: 1 if brief == "small-caps" else 2]
    for file, rows in table.items()
    for words, change in rows
]


@pytest.fixture
def made(request):
    """The brief of a name in BRIEFS, made once; on real prices where there are any."""

    def of(brief: str) -> Told:
        as_of, data = BRIEFS[brief]
        where = request.getfixturevalue("real_market") if data == "real" else data
        return _made(as_of, where, brief.partition(" ")[0])

    return of


@cache
def _made(as_of, data, report):
    return told(as_of, data, report)


@pytest.mark.parametrize("brief", BRIEFS)
def test_files_as_they_were_written_pass(made, brief):
    """The check has no objection to any of the five."""
    told = made(brief)
    assert {name: told.objections(name, data) for name, data in told.files.items()} == {
        name: [] for name in told.files
    }


@pytest.mark.parametrize(("brief", "file", "change"), ROWS)
def test_what_stands_in_the_place_of_another_is_found(made, brief, file, change):
    """The check objects to the file after each change."""
    told = made(brief)
    data = change(told)
    assert data != told.files[file]
    assert told.objections(file, data)
