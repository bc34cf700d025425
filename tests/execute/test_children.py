"""Forked children, the warm process and the renderer.

Each fails alone, and none outlives who started it.
"""

from __future__ import annotations

import os
import signal
import site
import threading
import time
from pathlib import Path

import errands
import psutil
import pytest

from reportgen.core.errors import InvalidParameter, KernelDied, RenderError
from reportgen.execute.fork import unsafe
from reportgen.execute.renderer import WARM, Renderer
from reportgen.execute.zygote import Zygote
from reportgen.rendering.assets import chart_fonts


@pytest.fixture
def zygote():
    """A warm process of this test alone."""
    started = Zygote.start()
    started.teach(site.addsitedir, str(Path(__file__).parent))
    yield started
    started.close()


@pytest.fixture
def renderer():
    """A renderer of this test alone."""
    started = Renderer.start(chart_fonts())
    yield started
    started.close()


def test_threads_are_a_reason_not_to_fork(alone):
    """A lock that another thread holds is held for ever in a child."""
    assert alone(unsafe) == ""
    thread = threading.Thread(target=time.sleep, args=(5,), daemon=True, name="at-work")
    thread.start()
    assert "runs threads" in unsafe()


def test_threads_of_a_library_are_a_reason_too(zygote):
    """What a library runs in the background has locks as well, though
    Python does not know of it.
    """
    assert "threads of a library" in zygote.call(errands.fork_after_drawing)


def test_a_child_answers_and_leaves(zygote):
    """Its exit status is that of its work."""
    assert zygote.call(errands.status_of_a_child) == ("hello", 0)


def test_a_call_sees_what_was_taught_and_leaves_nothing(zygote):
    """Each child begins where the warm process stands, not where the last child ended."""
    zygote.teach(errands.remember, "yes")
    zygote.call(errands.remember, "no")
    assert zygote.call(errands.recall) == "yes"


def test_an_error_comes_back_as_it_was_raised(zygote):
    """With its message and its subject."""
    with pytest.raises(InvalidParameter, match="off") as caught:
        zygote.call(errands.refuse)
    assert caught.value.subject == "months"


def test_a_child_that_dies_takes_nobody_along(zygote):
    """The caller is told; the next call works."""
    with pytest.raises(KernelDied):
        zygote.call(os._exit, 1)
    with pytest.raises(KernelDied):
        zygote.call(signal.raise_signal, signal.SIGKILL)
    assert zygote.call(max, 1, 2) == 2


def test_many_may_call_at_once(zygote):
    """Two calls that wait for half a second take little more than half a second."""
    started = time.monotonic()
    callers = [threading.Thread(target=zygote.call, args=(time.sleep, 0.5)) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert time.monotonic() - started < 1.8


def test_a_dead_warm_process_is_told(zygote):
    """It does not hang."""
    zygote.call(max, 1, 2)
    os.kill(zygote._process.pid, signal.SIGKILL)
    with pytest.raises(KernelDied):
        zygote.call(max, 1, 2)
    zygote._process.wait(2)
    assert not zygote.alive


def _wait_in(zygote):
    with pytest.raises(KernelDied):
        zygote.call(time.sleep, 60)


def test_children_end_with_their_warm_process(zygote):
    """However it ends."""
    caller = threading.Thread(target=_wait_in, args=(zygote,))
    caller.start()
    time.sleep(0.5)
    family = psutil.Process(zygote._process.pid).children(recursive=True)
    os.kill(zygote._process.pid, signal.SIGKILL)
    caller.join(5)
    assert len(family) == 1
    assert psutil.wait_procs(family, timeout=2)[1] == []


def test_a_renderer_draws_for_several_at_once(renderer):
    """The same picture, whoever asks."""
    drawn = []
    askers = [threading.Thread(target=lambda: drawn.append(renderer.svg(WARM))) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(drawn) == 4
    assert len(set(drawn)) == 1


def test_a_renderer_refuses_what_is_no_chart(renderer):
    """The error names the reason, and the next chart is drawn."""
    with pytest.raises(RenderError, match="could not be drawn"):
        renderer.svg({"mark": "nothing"})
    assert renderer.svg(WARM).startswith("<svg")


def test_a_dead_renderer_is_replaced():
    """Whoever draws next starts another."""
    from reportgen.rendering import pictures

    pictures.warm()
    os.kill(pictures._renderers[0]._process.pid, signal.SIGKILL)
    pictures._renderers[0]._process.wait()
    assert pictures.svg({**WARM, "title": "after a death"}, "w", 100).startswith("<svg")
