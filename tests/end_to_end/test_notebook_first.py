"""The how-to on figures of one's own in a real Jupyter kernel, cell by cell, again and changed."""

from __future__ import annotations

import os
import re

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from outside import ROOT
from test_own_figures import BLOCKS, CELLS, SENTENCE, made

from reportgen.core.facts import CHART_MEDIA, FACTS_MEDIA

PATIENCE = 120


class Kernel:
    """A kernel in the folder of a report, and the outputs of the cell that ran last."""

    def __init__(self, folder):
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        self.manager, self.client = start_new_kernel(cwd=str(folder), env=env)

    def run(self, code):
        """The outputs of *code*, each by its media types; an error is text."""
        outputs = []

        def keep(message):
            content = message["content"]
            if message["msg_type"] in ("display_data", "execute_result"):
                outputs.append(content["data"])
            elif message["msg_type"] == "stream":
                outputs.append({"text/plain": content["text"]})
            elif message["msg_type"] == "error":
                outputs.append({"text/plain": "\n".join(content["traceback"])})

        self.client.execute_interactive(code, output_hook=keep, timeout=PATIENCE)
        return outputs

    def close(self):
        """End it."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def open_notebook(tmp_path):
    """A desk with the story of the how-to, and a kernel in which its notebook has run."""
    desk = made(tmp_path, (), SENTENCE + BLOCKS)
    folder = desk.folder / "reports/desk-recap"
    kernel = Kernel(folder)
    for cell in nbformat.read(folder / "notebook.ipynb", as_version=4).cells:
        if cell.cell_type == "code":
            kernel.run(cell.source)
    yield kernel, folder / "story.j2"
    kernel.close()


@pytest.mark.slow
def test_an_author_sees_each_figure_and_the_brief_and_may_run_a_cell_again(open_notebook):
    """Chart, table, facts and brief change with the cells and with the story."""
    kernel, story = open_notebook
    shown = [kernel.run(cell) for cell in CELLS]
    lines = [output["text/plain"] for output in shown[0]]
    assert lines[0].startswith("200-day average of ^GSPC, 200 sessions: 5,")
    assert 'fact("average")' in lines[0]
    assert "Weight: fraction, 1 decimal" in shown[2][0]["text/plain"]
    assert shown[3][0]["text/html"].startswith("<img")
    assert CHART_MEDIA in shown[3][0]

    (brief,) = kernel.run("desk.brief()")
    assert "200-day average</span> of" in brief["text/html"]
    assert brief["text/html"].count("<img") >= 2
    assert "nobody has vouched for" in brief["text/plain"]

    changed = CELLS[0].replace("200)", "50)").replace("200 sessions", "50 sessions")
    changed = changed.replace("200-day", "50-day")
    again = kernel.run(changed)
    assert again[0]["text/plain"].startswith("50-day average of ^GSPC, 50 sessions: 5,")
    assert len(again[-1][FACTS_MEDIA]["facts"]) == 2
    (brief,) = kernel.run("desk.brief()")
    assert "50-day average</span> of" in brief["text/html"]

    assert "“200” (own): a figure in a chart that no fact of its section has" in brief["text/plain"]

    kernel.run(CELLS[0])
    story.write_text(story.read_text().replace("gap.number > 0", "gap.number < 0"))
    (brief,) = kernel.run("desk.brief()")
    refused = r"story\.j2, line \d+: “below” \(gap\): nothing bears it out"
    assert re.search(refused, brief["text/plain"])


@pytest.mark.slow
def test_a_mistake_of_an_author_is_one_line_in_the_notebook(open_notebook):
    """In a section, outside of one, and in the story."""
    kernel, story = open_notebook
    inside = kernel.run('with desk.section("own"):\n    desk.stat("gap", 1.0, "percent")')
    assert inside[0]["text/plain"].startswith("Section 'own' stopped at line 2 of its cell")
    (outside,) = kernel.run('desk.stat("gap", float("nan"))')
    assert outside["text/plain"] == (
        "RecordError: The value of 'gap' is nan; look where its series has a gap, or leave it out."
    )
    story.write_text(story.read_text().replace("| figure }}", "| figur }}", 1))
    (brief,) = kernel.run("desk.brief()")
    assert "No filter named 'figur'" in brief["text/plain"]
    assert "Traceback" not in brief["text/plain"]
