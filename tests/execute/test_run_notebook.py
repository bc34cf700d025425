"""A notebook that fails, hangs or loses its kernel ends as one error of ours, and is saved
as it then stood.
"""

from __future__ import annotations

import contextlib
from functools import partial

import inprocess
import nbformat
import pytest

from reportgen.core.errors import (
    CellFailed,
    CellTimeout,
    ExecutionError,
    KernelDied,
    OutputTooLarge,
)


@pytest.fixture(params=["reportgen", pytest.param("nbclient", marks=pytest.mark.slow)])
def run(tmp_path, alone, request):
    """Run cells of code as a notebook, on each engine.

    The output is tmp_path / "out" / "notebook.ipynb".
    """

    def start(*cells, cell_timeout=60, run_timeout=120, **parameters):
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        book.metadata = {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        }
        book.cells[0].metadata["tags"] = ["parameters"]
        nbformat.write(book, tmp_path / "notebook.ipynb")
        (tmp_path / "out").mkdir()
        output = tmp_path / "out" / "notebook.ipynb"
        limits = {"cell_timeout": cell_timeout, "run_timeout": run_timeout}
        return alone(
            partial(
                inprocess.ran,
                tmp_path / "notebook.ipynb",
                output,
                parameters,
                engine=request.param,
                **limits,
            )
        )

    return start


@pytest.fixture
def saved(tmp_path):
    """All outputs of the saved notebook, as text."""
    return lambda: str(
        [
            cell.get("outputs")
            for cell in nbformat.read(tmp_path / "out" / "notebook.ipynb", 4).cells
        ]
    )


def test_a_notebook_runs_with_its_parameters_in_the_folder_of_its_output(run, tmp_path):
    """Parameters are injected; nothing is saved of what goes well, for the brief is."""
    executed = run("months = 6", "import os; print(months, os.getcwd())", months=12)
    assert f"12 {tmp_path / 'out'}" in str(executed["cells"][-1]["outputs"])
    assert list((tmp_path / "out").glob("*.ipynb")) == []


def test_a_failing_cell_is_named_and_its_error_saved(run, saved):
    """CellFailed says which error.

    The saved notebook holds it, the cells before it, and none after.
    """
    with pytest.raises(CellFailed, match="ValueError: no wire") as caught:
        run("print('before')", "raise ValueError('no wire')", "print('after')")
    assert caught.value.exit_code == 4
    assert "\n" not in str(caught.value)
    assert "before" in saved()
    assert "ValueError" in saved()
    assert "after\\n" not in saved()


def test_an_error_of_many_lines_is_told_in_one(run):
    """A message with line breaks is folded."""
    with pytest.raises(CellFailed) as caught:
        run("pass", "raise ValueError('one\\ntwo\\nthree')")
    assert "ValueError: one two three" in str(caught.value)


def test_a_cell_that_takes_too_long_is_stopped(run):
    """CellTimeout names the limit."""
    with pytest.raises(CellTimeout, match="longer than 1 s") as caught:
        run("import time; time.sleep(30)", cell_timeout=1)
    assert caught.value.exit_code == 4


def test_a_notebook_that_takes_too_long_in_all_is_stopped(run):
    """Each cell is within its limit, the whole is not: CellTimeout names the limit of the run."""
    with pytest.raises(CellTimeout, match="longer than 3 s in all"):
        run(*["import time; time.sleep(1.5)"] * 6, run_timeout=3)


def test_a_kernel_that_dies_is_told(run):
    """A process killed from outside (as for want of memory) is KernelDied."""
    with pytest.raises(KernelDied, match="process died") as caught:
        run("import os; os.kill(os.getpid(), 9)")
    assert caught.value.exit_code == 4


def test_no_kernel_is_left_behind(run):
    """After a time-out no kernel of ours runs on."""
    import psutil

    with pytest.raises(CellTimeout):
        run("import time; time.sleep(30)", cell_timeout=1)
    kernels = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(
            psutil.ZombieProcess, psutil.NoSuchProcess
        ):  # one that ends while we look is not left behind
            kernels += [child] if "ipykernel_launcher" in " ".join(child.cmdline()) else []
    assert psutil.wait_procs(kernels, timeout=5)[1] == []


@pytest.mark.parametrize(
    "fault", ["import os; os.kill(os.getpid(), 9)", "import time; time.sleep(30)"]
)
def test_what_ran_before_a_time_out_or_a_death_is_saved(run, saved, fault):
    """The evidence is there whatever ended the run."""
    with pytest.raises(ExecutionError):
        run("print('before')", fault, cell_timeout=1)
    assert "before" in saved()


@pytest.mark.slow
@pytest.mark.parametrize(
    "cell",
    [
        "print('spam ' * 60_000_000)",
        "import sys\nfor _ in range(300): sys.stderr.write('spam ' * 200_000)",
        "import IPython.display as it\nit.display({'text/plain': 'x' * 30_000_000}, raw=True)",
        "import IPython.display as it\nit.display({'application/json': [1] * 12_000_000}, raw=True)",
    ],
    ids=["print", "stderr", "display", "json"],
)
def test_a_cell_that_puts_out_too_much_is_stopped_and_named(run, saved, cell):
    """What is saved is cut, and says so."""
    with pytest.raises(OutputTooLarge, match=r"Cell '.+' of the notebook put out more than 20 MB"):
        run("pass", cell)
    assert "[cut here: the cell put out more than 20 MB]" in saved()
    assert len(saved()) < 10_000


def test_the_text_of_an_error_is_cut_where_it_is_said(run):
    """2 MB of it, with codes that steer a terminal; its beginning and its end stay."""
    with pytest.raises(CellFailed) as caught:
        run("pass", "raise ValueError('spam \\x1b[2J' * 200_000 + 'the end')")
    told = str(caught.value)
    assert len(told) < 2_000
    assert told.isprintable()
    assert told.startswith("Cell 2 of the notebook failed: ValueError: spam")
    assert told.endswith("the end")
    assert "letters more" in told
