"""What keeps a brief from leaving: the gate, a person, a policy, and time."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from archives import resealed

from reportgen.core.errors import DeliveryError
from reportgen.publish import release
from reportgen.publish.config import Mail

TODAY, NEXT = dt.date(2025, 1, 8), dt.date(2025, 1, 10)
MAIL = Mail(host="localhost", sender="desk@example.com")
AT = dt.datetime(2025, 1, 8, 22, tzinfo=dt.UTC)


def changed(brief, **told):
    """The same brief, made again and telling something else."""
    document = json.loads(brief.document)
    (brief.folder / "brief.json").write_text(json.dumps(document | told))
    return release.finished(brief.folder)


def refused(brief, mail=MAIL, last=TODAY, **more):
    """The one line in which it is kept."""
    with pytest.raises(DeliveryError) as caught:
        release.refuse(brief, mail, last, **more)
    return str(caught.value)


def test_a_good_brief_of_today_may_leave(brief):
    """Nothing is said."""
    release.refuse(brief, MAIL, TODAY)


def test_what_the_gate_holds_stays_though_an_older_brief_lies_there(brief):
    """The page of the gate is newer than the brief."""
    (brief.folder / "gate.txt").write_text("VERDICT  HOLD\nReasons\n- no close\n")
    assert "is held by the gate" in refused(brief)


def test_a_brief_with_gaps_leaves_by_policy(brief):
    """Of the desk."""
    degraded = changed(brief, verdict="degraded", gaps=["rates"])
    release.refuse(degraded, MAIL, TODAY)
    assert "names gaps" in refused(
        degraded, Mail(host="localhost", sender="desk@example.com", degraded="hold")
    )


def test_a_brief_of_an_older_session_is_stale(brief):
    """Unless a person says that it may be late."""
    assert "tells of 2025-01-08, and the last session was 2025-01-10" in refused(brief, last=NEXT)
    release.refuse(brief, MAIL, NEXT, late=True)


def test_a_person_holds_and_lets_go(brief):
    """With a name and a reason; approving ends a hold."""
    release.hold(brief, "A. Editor", "the lead\nis wrong")
    assert "the lead is wrong (A. Editor)" in refused(brief)
    release.approve(brief, "A. Editor", AT)
    release.refuse(brief, MAIL, TODAY)


def test_an_approval_is_of_the_words_too(brief):
    """A cause that somebody names afterwards was not read."""
    careful = Mail(host="localhost", sender="desk@example.com", approval=True)
    release.approve(brief, "A. Editor", AT)
    mail = brief.folder / "brief.eml"
    mail.write_bytes(
        mail.read_bytes().replace(b"Small-cap stocks", b"Traders blamed the vote. Small-cap stocks")
    )
    assert "waits for a person" in refused(release.finished(brief.folder), careful)


def test_the_form_of_a_mail_is_no_other_brief(brief):
    """Its headings may change with a version; what was kept by an earlier one holds too."""
    mail = brief.folder / "brief.eml"
    kept = brief.old_mark
    mail.write_bytes(mail.read_bytes().replace(b"<h1 ", b"<h1  "))
    again = release.finished(brief.folder)
    assert again.mark == brief.mark
    assert again.old_mark != kept
    assert release.same(brief, kept)
    assert release.same(again, kept, brief.document)
    assert not release.same(again, kept)
    assert not release.same(changed(again, title="Another headline"), kept, brief.document)


def test_a_brief_without_a_verdict_stays(brief):
    """What is not known to be good is not sent."""
    (brief.folder / "gate.txt").unlink()
    assert "has no verdict" in refused(brief)


@pytest.mark.parametrize("place", [0, 1])
def test_a_file_in_a_folder_above_holds_all_below(brief, place):
    """Of the report, or of all reports."""
    (brief.folder.parents[place] / "hold.txt").write_text("no mail before the call with compliance")
    assert "no mail before the call" in refused(brief)


def test_where_a_person_is_wanted_each_brief_waits_for_one(brief):
    """An approval is of what was read: made again and telling something else, it waits again."""
    careful = Mail(host="localhost", sender="desk@example.com", approval=True)
    assert "reportgen approve" in refused(brief, careful)
    release.approve(brief, "A. Editor", AT)
    release.refuse(brief, careful, TODAY)
    assert release.approved_by(brief) == "A. Editor"
    assert "waits for a person" in refused(changed(brief, title="Another headline"), careful)


def test_a_folder_without_a_brief_is_named(tmp_path):
    """With the command that makes one."""
    with pytest.raises(
        DeliveryError,
        match=(
            r"There is no finished brief in .*: brief.json cannot be read. Make one: reportgen run"
        ),
    ):
        release.finished(tmp_path)


@pytest.mark.parametrize(
    "name",
    ["../../x", "/etc/x", "a/b", "..", ".", "", "~", "a\\b", "C:x", "\0", "a\nb", ".ssh", "{{x}}"],
)
def test_a_report_with_the_name_of_a_path_is_no_brief(brief, name):
    """Folders elsewhere are named by it: those of a channel and of an archive."""
    told = json.loads(brief.document) | {"report": name}
    (brief.folder / "brief.json").write_text(json.dumps(told))
    resealed(brief.folder)
    with pytest.raises(DeliveryError, match=r"There is no finished brief"):
        release.finished(brief.folder)


def test_a_document_that_no_reader_takes_is_no_brief(brief):
    (brief.folder / "brief.json").write_text("[" * 100_000)
    resealed(brief.folder)
    with pytest.raises(DeliveryError, match=r"There is no finished brief"):
        release.finished(brief.folder)
