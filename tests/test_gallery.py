"""The gallery of the documentation: its entries, and the files that make them."""

from __future__ import annotations

import make_gallery as gallery
import pytest

ENTRIES = gallery.entries()


def test_the_gallery_has_as_many_briefs_as_its_page_says():
    """Each with a place of its own."""
    assert "twelve briefs" in (gallery.ENTRIES / "README.md").read_text(encoding="utf-8")
    assert [entry.order for entry in ENTRIES] == list(range(1, 13))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_entry_shows_a_command_and_the_files_that_make_it(entry):
    """Own files, or those of the shipped report."""
    assert entry.command.startswith("reportgen run ")
    assert {path.suffix for path in entry.sources} & {".ipynb", ".py"}
    assert entry.title
    assert entry.shows.endswith(".")


@pytest.mark.slow
def test_an_entry_is_made_by_its_command(tmp_path):
    """The notebook as it is; `make site` makes all of them."""
    (entry,) = [one for one in ENTRIES if one.name == "plain-notebook"]
    gallery.make(entry, tmp_path, photograph=False)
    assert "The trees of the park" in (tmp_path / "brief.txt").read_text(encoding="utf-8")
