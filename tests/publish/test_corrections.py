"""A brief that was sent and is made again.

The same is not sent again, another one only if it says what it corrects.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from postbox import readers

from reportgen.config.settings import Settings
from reportgen.core.errors import DeliveryError, FactCheckError
from reportgen.produce.again import render_again
from reportgen.produce.telling import read_notebook
from reportgen.publish import release
from reportgen.publish.ledger import Edition, Key
from reportgen.publish.mail.sending import corrected
from reportgen.record.edits import Edits
from reportgen.record.record import edited, read_record
from reportgen.story.citations import Run
from reportgen.story.compose import compose
from reportgen.verify.factcheck import FactCheck

NOW = dt.datetime(2025, 1, 8, 21, 30, tzinfo=dt.UTC)
ONE = "reader0@example.org"
WHY = "The exchange mended the level of the Russell 2000."


@pytest.fixture
def before(brief):
    """The brief as it would have been told with another level of the index."""
    document = json.loads(brief.document.decode().replace("2,225.43", "2,220.10"))
    document["facts"]["rut.level"]["value"] = 2220.1
    wrong = brief.folder.parent / "wrong"
    wrong.mkdir()
    for name in ("brief.eml", "brief.pdf"):
        (wrong / name).write_bytes((brief.folder / name).read_bytes())
    (wrong / "brief.json").write_text(json.dumps(document))
    return release.Finished(**{**vars_of(release.finished(wrong)), "label": brief.label})


def vars_of(one):
    """The values of *one* by name."""
    return {name: getattr(one, name) for name in one.__slots__}


def test_a_brief_that_differs_has_to_say_so(postbox, sent, before, brief):
    """What differs is named, and nobody gets it."""
    sent(postbox, of=before)
    with pytest.raises(
        DeliveryError, match=r"level: 2,225.43, was 2,220.10.*reportgen correct .* --why"
    ):
        sent(postbox, of=brief)
    assert len(postbox.messages) == 1


def test_a_correction_says_on_top_what_was_and_what_is(postbox, sent, before, brief, ledger):
    """In every file, checked like the rest; each reader gets it once, as a message of its own."""
    sent(postbox, of=before)
    told = corrected(brief, ledger, WHY)
    render_again(brief.folder / "notebook.ipynb", Edits(correction=told), (), Settings())
    for _ in range(2):
        sent(postbox, of=release.finished(brief.folder))
    assert postbox.received()[ONE] == 2
    assert [delivery.key.edition for delivery in ledger.deliveries()] == [1, 2]
    assert postbox.message(0)["Message-ID"] != postbox.message(1)["Message-ID"]
    near = "closer to a correction"
    assert brief.title.startswith("Small caps ")
    assert near in brief.title
    subject = brief.title.partition(near)[0] + near
    assert postbox.message(0)["Subject"].startswith(subject)
    assert postbox.message(1)["Subject"] == f"Correction: {subject}"
    text = " ".join(postbox.message(1).get_body(("plain",)).get_content().split())
    assert f"Correction, edition 2: {WHY} Russell 2000, level: 2,225.43, was 2,220.10." in text
    assert "Correction, edition 2" in (brief.folder / "brief.html").read_text()


def test_a_correction_answers_the_first_message_that_its_reader_has(
    postbox, sent, before, brief, ledger
):
    """By the ledger, also where the sender was another; who had none is answered nothing."""
    sent(postbox, of=before, mail={"sender": "Old desk <old@example.org>"})
    for edition, why in ((2, WHY), (3, "A word was wrong.")):
        told = replace(corrected(brief, ledger, why), edition=edition)
        render_again(brief.folder / "notebook.ipynb", Edits(correction=told), (), Settings())
        sent(postbox, readers(2), of=release.finished(brief.folder))
    first, *later = (postbox.message(n) for n in range(5))
    to_ann = [mail for mail in later if "reader0" in mail["To"]]
    assert first["References"] is first["In-Reply-To"] is None
    assert [mail["References"] for mail in to_ann] == [first["Message-ID"]] * 2
    assert [mail["In-Reply-To"] for mail in to_ann] == [first["Message-ID"]] * 2
    to_bob = [mail for mail in later if "reader1" in mail["To"]]
    assert [mail["References"] for mail in to_bob] == [None, to_bob[0]["Message-ID"]]


def test_a_correction_without_a_word_of_it_in_its_subject_is_not_told(brief, before, ledger):
    """Nor is a brief that corrects nothing told as one."""
    key = Key(brief.report, brief.label, 1)
    ledger.begin(Edition(key, before.mark, before.document), NOW)
    edits = Edits(correction=corrected(brief, ledger, WHY))
    record = edited(read_record(read_notebook(brief.folder / "notebook.ipynb")), edits)
    story = compose(record, Path(), record.title, record.templates)
    assert FactCheck(record).narrative(story) == []
    (check,) = FactCheck(record).narrative(replace(story, flag=()))
    assert check.reason == "the subject of a correction has to say so"
    first = edited(record, Edits())
    first = replace(first, context={k: v for k, v in first.context.items() if k != "correction"})
    story = compose(first, Path(), first.title, first.templates)
    assert FactCheck(first).narrative(replace(story, flag=(Run("Correction: "),)))


def test_a_figure_that_is_not_so_is_refused(brief, before, ledger, postbox, sent):
    """Somebody wrote another value into the file of edits."""
    sent(postbox, of=before)
    told = corrected(brief, ledger, WHY)
    wrong = replace(told, changed=(replace(told.changed[0], stands="2,230.00"),))
    with pytest.raises(FactCheckError, match="no such notice is due"):
        render_again(brief.folder / "notebook.ipynb", Edits(correction=wrong), (), Settings())


def test_the_same_brief_made_again_is_the_same_edition(postbox, sent, brief):
    """Only what it was made with has changed, which tells nothing."""
    sent(postbox)
    document = json.loads(brief.document)
    document["provenance"] = {"versions": {"pandas": "4.0"}}
    (brief.folder / "brief.json").write_text(json.dumps(document))
    assert sent(postbox, of=release.finished(brief.folder))[ONE][0] == "already"


def test_what_was_not_sent_needs_no_correction(brief, ledger):
    """It is simply made again."""
    with pytest.raises(DeliveryError, match="was not sent yet; there is nothing to correct"):
        corrected(brief, ledger, WHY)


def test_what_nobody_got_needs_no_correction(postbox, sent, before, brief, ledger):
    """The server put everybody off.

    The brief was made again since, and goes out as the first edition.
    """
    postbox.faults.recipients[ONE] = ["always 451 busy"]
    assert sent(postbox, of=before)[ONE][0] == "deferred"
    postbox.faults.recipients.clear()
    assert sent(postbox, of=brief)[ONE][0] == "sent"
    assert [delivery.key.edition for delivery in ledger.deliveries()] == [1]
