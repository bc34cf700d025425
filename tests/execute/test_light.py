"""A brief is not slowed by what JupyterLab brings along."""

import subprocess
import sys

import pytest

WARM = """
from reportgen.produce import telling
from reportgen.record import request
telling.warm(request.load_report("small-caps"))
"""
CHARTS = """
from reportgen.execute.light import light_imports
with light_imports():
    import altair
import rfc3987_syntax
print(rfc3987_syntax.LOADED)
"""


@pytest.fixture
def slow_module(tmp_path, monkeypatch):
    """A stand-in for the slow module, which says when somebody imports it."""
    (tmp_path / "rfc3987_syntax.py").write_text(
        "import sys\nLOADED = 'loaded late'\nsys.stderr.write('slow')\nis_valid_syntax = None\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


@pytest.mark.usefixtures("slow_module")
def test_the_stand_in_is_what_jsonschema_imports():
    """Without our rule it is loaded, so that the next test can fail."""
    assert python("import jsonschema").stderr == "slow"


@pytest.mark.slow
@pytest.mark.usefixtures("slow_module")
def test_what_a_brief_imports_leaves_the_slow_module_out():
    """The process that renders, before its first brief."""
    assert python(WARM).stderr == ""


@pytest.mark.usefixtures("slow_module")
def test_a_cell_can_still_import_it():
    """Only our own imports do without it."""
    assert python(CHARTS).stdout == "loaded late\n"
