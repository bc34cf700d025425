"""Papermill's door in a process that is not ours: this one, with its threads and its state.

A notebook finds there what it finds in a stock kernel, and nothing of the caller.
"""

from __future__ import annotations

import builtins
import json
import locale
import os
import signal
import sys
import threading
import time
import warnings
from pathlib import Path

import inprocess
import nbformat
import numpy as np
import pandas as pd
import papermill
import psutil
import pytest
from nbclient.client import NotebookClient
from papermill.clientwrap import PapermillNotebookClient

from reportgen.execute.engine import ForkEngine
from reportgen.execute.zygote import shared

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")

DRAWN = (
    "import random, secrets, sys, uuid; loaded = 'numpy' in sys.modules; import numpy",
    "print(numpy.random.rand(), random.random(), secrets.token_hex(), uuid.uuid4())",
)
GENERATORS = """
import gc, random, tempfile
import numpy
gc.unfreeze()
kinds = random.Random, numpy.random.RandomState, numpy.random.Generator, numpy.random.BitGenerator
known = (
    random._inst,
    numpy.random.mtrand._rand,
    numpy.random.mtrand._rand._bit_generator,
    tempfile._name_sequence and tempfile._name_sequence._rng,  # it makes another in a new process
)
print([
    repr(each)
    for each in gc.get_objects()
    if isinstance(each, kinds)
    and not isinstance(each, random.SystemRandom)  # its numbers are the system's
    and not any(each is other for other in known)
])
"""
STATE = """
import builtins, json, locale, logging, os, signal, sys, threading, warnings
import decimal, numpy, pandas
print(json.dumps({
    "leak": hasattr(builtins, "leak"),
    "argv": os.path.basename(sys.argv[0]),
    "rows": pandas.options.display.max_rows,
    "division": numpy.geterr()["divide"],
    "digits": decimal.getcontext().prec,
    "language": locale.setlocale(locale.LC_NUMERIC),
    "handlers": len(logging.root.handlers),
    "signal": signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL,
    "filtered": any("of the caller" in str(each) for each in warnings.filters),
    "path": "/of/the/caller" in sys.path,
    "mutated": hasattr(json, "of_the_caller"),
    "files": [path for path in map(os.path.realpath, (f"/proc/self/fd/{n}" for n in os.listdir("/proc/self/fd")))
              if "of_the_caller" in path],
    "threads": [t.name for t in threading.enumerate() if t.name == "of-the-caller"],
}))
"""
CLEAN = {
    "leak": False,
    "argv": "ipykernel_launcher.py",
    "rows": 60,
    "division": "warn",
    "digits": 28,
    "language": "C",
    "handlers": 0,
    "signal": True,
    "filtered": False,
    "path": False,
    "mutated": False,
    "files": [],
    "threads": [],
}
SLEEPERS = """
import subprocess
one = subprocess.Popen(["sleep", "60"], start_new_session=True)
two = subprocess.run(["sh", "-c", "setsid sleep 60 >/dev/null 2>&1 & echo $!"], stdout=-1, text=True)
print(one.pid, two.stdout)
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run cells of code through papermill's door, in this process.

    The notebook as papermill saved it; what papermill raised is its ``failure``.
    """
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # it names each test, and a changed environment
    # is a reason for a new clean process

    def start(*cells, engine_name="reportgen", **options):
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        nbformat.write(book, tmp_path / "given.ipynb")
        given = {"progress_bar": False, "kernel_name": "python3", "cwd": tmp_path, **options}
        paths = (tmp_path / "given.ipynb", tmp_path / "saved.ipynb")
        failure = None
        try:
            papermill.execute_notebook(*paths, engine_name=engine_name, **given)
        except Exception as error:  # noqa: BLE001 - tests look at it
            failure = error
        saved = nbformat.read(tmp_path / "saved.ipynb", 4)
        saved.failure = failure
        return saved

    return start


def printed(book):
    """All that the cells of *book* printed."""
    outputs = [output for cell in book.cells for output in cell.get("outputs", ())]
    return "".join(output.get("text", "") for output in outputs)


def test_two_notebooks_of_one_process_draw_different_numbers(run):
    """Through papermill's door, though the caller has drawn from the same generators."""
    np.random.seed(1)  # noqa: NPY002 - the global state is the point
    draws = [printed(run(*DRAWN)).split() for _ in range(2)]
    assert len(draws[0]) == 4
    assert all(one != other for one, other in zip(*draws, strict=True))


def test_two_notebooks_of_one_warm_process_draw_different_numbers(alone, tmp_path):
    """As in a backfill, where numpy was loaded before the fork."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in DRAWN])
    book.cells.append(nbformat.v4.new_code_cell("print(loaded)"))
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(book, tmp_path / "given.ipynb")
    ran = [tmp_path / "given.ipynb", tmp_path / "ran.ipynb", {}]
    draws = [printed(nbformat.from_dict(alone(inprocess.ran, *ran))).split() for _ in range(2)]
    assert draws[0][-1] == "True"
    assert all(one != other for one, other in zip(draws[0][:4], draws[1][:4], strict=True))


def test_a_warm_process_hands_no_other_generator_to_its_kernels(alone, tmp_path):
    """Whatever library it has imported: only those that are seeded anew."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(GENERATORS)])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(book, tmp_path / "given.ipynb")
    executed = alone(inprocess.ran, tmp_path / "given.ipynb", tmp_path / "ran.ipynb", {})
    assert printed(nbformat.from_dict(executed)) == "[]\n"


@pytest.fixture
def untidy(tmp_path, monkeypatch):
    """This process, with what a caller may have done to it."""
    import decimal
    import logging

    monkeypatch.setattr(builtins, "leak", "from the caller", raising=False)
    monkeypatch.setattr(sys, "argv", ["caller.py"])
    monkeypatch.setattr(json, "of_the_caller", True, raising=False)
    monkeypatch.syspath_prepend("/of/the/caller")
    before = locale.setlocale(locale.LC_NUMERIC)
    handled = signal.signal(signal.SIGUSR1, lambda *_: None)
    handler = logging.StreamHandler()
    logging.root.addHandler(handler)
    stop = threading.Event()
    threading.Thread(target=stop.wait, name="of-the-caller", daemon=True).start()
    with (
        pd.option_context("display.max_rows", 4),
        np.errstate(divide="raise"),
        decimal.localcontext(prec=5),
        warnings.catch_warnings(),
        (tmp_path / "of_the_caller").open("w") as opened,
    ):
        os.set_inheritable(opened.fileno(), True)
        warnings.filterwarnings("ignore", message="of the caller")
        yield
    stop.set()
    logging.root.removeHandler(handler)
    signal.signal(signal.SIGUSR1, handled)
    locale.setlocale(locale.LC_NUMERIC, before)


@pytest.mark.usefixtures("untidy")
def test_a_notebook_finds_nothing_of_its_caller(run):
    """Neither options, nor handlers, nor files, nor what it did to modules."""
    assert json.loads(printed(run(STATE))) == CLEAN


@pytest.mark.slow
@pytest.mark.usefixtures("untidy")
def test_a_stock_kernel_finds_the_same(run):
    """The state that the test above asks for is that of a stock kernel."""
    assert json.loads(printed(run(STATE, engine_name="nbclient"))) == CLEAN


def test_a_notebook_has_the_environment_and_the_folder_of_now(run, tmp_path, monkeypatch):
    """Those of the call, not of the moment when the clean process was started."""
    run("1")
    monkeypatch.setenv("SAID_LATER", "yes")
    said = printed(run("import os; print(os.environ['SAID_LATER'], os.getcwd())"))
    assert said == f"yes {tmp_path}\n"


def test_no_notebook_falls_back_for_a_thread_of_its_caller(run):
    """Papermill's own progress bar leaves one, and others do no harm."""
    ForkEngine.fallbacks.clear()
    ended = [run("1", progress_bar=True).failure for _ in range(3)]
    assert "tqdm_monitor" in [thread.name for thread in threading.enumerate()]
    assert (ended, ForkEngine.fallbacks) == ([None] * 3, [])


def test_another_kernel_than_this_python_is_a_reason_that_is_told(run, capsys):
    """So are options that ask for sockets: nothing is ignored in silence."""
    ForkEngine.fallbacks.clear()
    run("1", extra_arguments=["--quiet"], kernel_name="none")
    assert ForkEngine.fallbacks == ["kernel 'none' is not this Python"]
    assert "runs in a stock kernel" in capsys.readouterr().err


def test_what_a_cell_prints_before_it_kills_its_process_is_kept(run):
    """With its execution count, without which nobody knows that it ran."""
    cell = run(
        "import os, signal\nprint('the line that tells why')\nos.kill(os.getpid(), signal.SIGKILL)"
    ).cells[0]
    assert cell.outputs[0].text == "the line that tells why\n"
    assert cell.execution_count == 1


def test_what_a_long_cell_prints_is_seen_while_it_runs(run):
    """Within the tenth of a second that a line may wait, and joined to one output."""

    class Watch:
        came: list[float] = []  # noqa: RUF012 - one watch

        def write(self, _text):
            self.came.append(time.monotonic())

        def flush(self):
            pass

    book = run(
        "import time\nfor n in range(3):\n    print(n, end=' ')\n    time.sleep(0.25)",
        stdout_file=Watch(),
    )
    assert Watch.came[-1] - Watch.came[0] > 0.3
    assert [output.text for output in book.cells[0].outputs] == ["0 1 2 "]


def test_a_library_finds_the_kernel_its_session_and_its_connection_file(run):
    """Those of ipykernel itself; nobody can connect."""
    book = run(
        "from ipykernel.connect import get_connection_file\n"
        "from ipykernel.kernelbase import Kernel\nimport json\n"
        "kernel = get_ipython().kernel\n"
        "print(json.load(open(get_connection_file()))['shell_port'])\n"
        "print(isinstance(kernel, Kernel), Kernel.instance().session is kernel.session)\n"
        "print(kernel.get_parent()['header']['msg_type'], kernel.comm_manager.comms)\n"
        "print(get_ipython().history_manager.hist_file)"
    )
    assert printed(book) == "0\nTrue True\nexecute_request {}\n:memory:\n"


def test_a_session_sends_displays_that_later_ones_replace(run):
    """As nbclient's own notebook of display identifiers does it."""
    send = (
        "kernel = get_ipython().kernel\n"
        "def send(kind, text):\n"
        "    content = {'data': {'text/plain': text}, 'metadata': {},"
        " 'transient': {'display_id': 'x'}}\n"
        "    kernel.session.send(kernel.iopub_socket, kind, content)\n"
        "send('display_data', 'first')"
    )
    book = run(send, "send('update_display_data', 'last')")
    assert [output.data["text/plain"] for output in book.cells[0].outputs] == ["last"]


def test_a_comm_opens_and_is_kept_under_its_identifier(run):
    """What it says reaches the notebook's client."""
    book = run(
        "from comm import create_comm, get_comm_manager\n"
        "state = {'_model_name': 'M', '_model_module': 'm', 'a': 1}\n"
        "opened = create_comm('jupyter.widget', data={'state': state})\n"
        "print(get_comm_manager().get_comm(opened.comm_id) is opened, opened.comm_id)"
    )
    there, name = printed(book).split()
    kept = book.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    assert (there, kept[name]["state"]["a"]) == ("True", 1)


def test_what_is_printed_for_an_output_widget_goes_there(run):
    """The notebook's client says so to the kernel, as a front end does."""
    book = run(
        "from comm import create_comm\n"
        "state = {'_model_name': 'OutputModel', '_model_module': '@jupyter-widgets/output'}\n"
        "data = {'state': {**state, 'outputs': []}}\n"
        "widget, told = create_comm('jupyter.widget', data=data), []\n"
        "widget.on_msg(told.append)",
        "cell = get_ipython().kernel.get_parent()['header']['msg_id']\n"
        "widget.send({'method': 'update', 'state': {'msg_id': cell}})\n"
        "print('in the widget')\n"
        "widget.send({'method': 'update', 'state': {'msg_id': ''}})",
        "print(told[-1]['content']['data']['state']['outputs'][0]['text'])",
    )
    assert book.failure is None
    assert [output.text for cell in book.cells for output in cell.outputs] == ["in the widget\n\n"]


@pytest.mark.slow
def test_a_kernel_that_does_not_start_in_time_is_told(run):
    """In the words of a stock kernel's client: start_timeout is kept."""
    run("1")
    os.kill(shared(())._process.pid, signal.SIGSTOP)
    try:
        failure = run("1", start_timeout=1).failure
    finally:
        os.kill(shared(())._process.pid, signal.SIGCONT)
    assert "Kernel didn't respond in 1 seconds" in str(failure)


def test_every_option_of_nbclient_and_papermill_is_in_the_table():
    """Each is kept, or its row says what becomes of it."""
    page = (Path(__file__).parents[2] / "docs" / "reference" / "engines.md").read_text()
    table = page.partition("## Options")[2].partition("\n## ")[0]
    asked = {
        *NotebookClient.class_own_traits(config=True),
        *PapermillNotebookClient.class_own_traits(config=True),
    }
    missing = {name for name in asked if f"`{name}`" not in table}
    assert not missing


def test_what_a_cell_starts_in_a_session_of_its_own_ends_with_the_kernel(run):
    """Even if it has lost its parent."""
    pids = [int(word) for word in printed(run(SLEEPERS)).split()]
    assert len(pids) == 2
    assert not [pid for pid in pids if psutil.pid_exists(pid)]


def test_what_a_cell_starts_ends_with_a_kernel_that_is_killed(run):
    """However the kernel ends."""
    book = run(SLEEPERS, "import os; os.kill(os.getpid(), 9)")
    pids = [int(word) for word in printed(book).split()]
    assert book.failure is not None
    assert not [pid for pid in pids if psutil.pid_exists(pid)]
