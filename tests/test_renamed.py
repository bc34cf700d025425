"""What 0.1.0 called its modules can still be imported, with a word on the new name."""

import importlib

import pytest

from reportgen.renamed import RENAMED


@pytest.mark.parametrize("old", sorted(RENAMED))
def test_an_old_name_gives_the_module_at_its_new_place(old):
    """And says what it is called now."""
    with pytest.warns(DeprecationWarning, match=f"is reportgen.{RENAMED[old]} now"):
        found = fresh(f"reportgen.{old}")
    new = importlib.import_module(f"reportgen.{RENAMED[old]}")
    names = [name for name in vars(new) if not name.startswith("__")]
    assert [name for name in names if getattr(found, name) is not getattr(new, name)] == []


def fresh(name):
    import sys

    sys.modules.pop(name, None)
    return importlib.import_module(name)
