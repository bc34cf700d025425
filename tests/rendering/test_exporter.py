"""nbconvert's door: a draft of a page, whoever vouches for its words."""

from __future__ import annotations

import logging

import nbformat

from reportgen.rendering.exporter import BriefExporter


def test_a_draft_names_words_that_are_nobodys(sample_brief, caplog, monkeypatch):
    """And shows them; a run would refuse them."""
    notebook = nbformat.read(sample_brief.folder / "notebook.ipynb", as_version=4)
    kept = notebook["metadata"]["reportgen"]["report"]
    for row in kept["story"]:
        if row[0] == "story.j2":
            row[1] += "\n\nThe desk is calm.\n"
    exporter = BriefExporter()
    monkeypatch.setattr(exporter.log, "propagate", True)
    with caplog.at_level(logging.WARNING):
        page, _ = exporter.from_notebook_node(notebook)
    assert "The desk is calm." in page
    assert '"The desk is calm.". Read and vouch for them: reportgen vouch' in caplog.text
