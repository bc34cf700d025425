"""Other doors than the mail: what each says, how it is signed, and that nobody hears it twice."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import time
from itertools import chain

import pytest
from hooks import Hook
from hypothesis import given
from hypothesis import strategies as st
from stranger import StrangeHook, drip, endless

from reportgen.core.errors import DeliveryError, SettingsError
from reportgen.publish import channels as doors
from reportgen.publish.channels import Post, chat, door
from reportgen.publish.channels.posting import post, posted
from reportgen.publish.ledger import Key
from reportgen.publish.mail.smtp import Outcome

NOW = dt.datetime(2025, 1, 8, 21, 30, tzinfo=dt.UTC)
PAGE = "https://desk.example/briefs/small-caps/2025-01-08T1300/index.html"


@pytest.fixture
def what(brief):
    """What a door is handed of the sample brief."""
    return posted(brief, Key(brief.report, brief.label, 1), "desk", PAGE, lambda: NOW)


@pytest.fixture
def through(monkeypatch, brief, ledger):
    """``through(hook, kind)`` hands the brief through a door of that kind to *hook*.

    The states, in order.
    """
    monkeypatch.setattr("reportgen.publish.channels.webhook.time.sleep", lambda _: None)

    def handed(hook, kind="webhook", **rest):
        monkeypatch.setenv("HOOK", hook.url)
        again = rest.pop("again", ())
        opened = {"desk": door("desk", {"kind": kind, "url": "HOOK", **rest})}
        return [
            told.state for told in post(brief, opened, ledger, lambda: NOW, page=PAGE, again=again)
        ]

    return handed


def test_a_webhook_is_handed_the_brief_in_short(through, brief):
    """Title, key points, what is said of the data, and where page and chart are."""
    with Hook() as hook:
        assert through(hook) == ["sent"]
    body = hook.bodies[0]
    assert (body["schema"], body["title"], body["session"]) == (
        "reportgen.post/1",
        brief.title,
        "2025-01-08",
    )
    assert 1 <= len(body["key_points"]) <= 3
    assert all(point.endswith(".") for point in body["key_points"])
    assert body["notices"] == ["Sample data: simulated prices."]
    assert body["page"] == PAGE
    assert body["chart"].startswith(f"{PAGE}#figure-")


def test_a_signature_is_over_the_time_and_the_body(through, monkeypatch):
    """Who has the secret can tell it from another's, and from yesterday's."""
    monkeypatch.setenv("SIGNING", "a long secret")
    with Hook() as hook:
        through(hook, secret="SIGNING")
    headers, data = hook.posts[0]
    stamp = headers["X-Reportgen-Timestamp"]
    assert stamp == str(int(NOW.timestamp()))
    expected = hmac.new(b"a long secret", f"{stamp}.".encode() + data, hashlib.sha256).hexdigest()
    assert headers["X-Reportgen-Signature"] == f"sha256={expected}"
    assert b"a long secret" not in data


@pytest.mark.parametrize(
    ("faults", "state", "posts"),
    [
        ((), "sent", 1),
        ((503, 429), "sent", 3),
        ((503, 503, 503), "deferred", 3),
        ((504,), "unknown", 1),
        ((408,), "unknown", 1),
        ((404,), "refused", 1),
        ((302,), "refused", 1),
        ((500,), "unknown", 1),
        (("cut late",), "unknown", 1),
    ],
)
def test_an_answer_says_what_became_of_it(through, faults, state, posts):
    """What was surely not taken is tried again, what may have been is not."""
    with Hook(*faults) as hook:
        assert through(hook) == [state]
        assert len(hook.posts) == posts


def test_nobody_hears_it_twice(through):
    """What is unknown goes again only when a person says so.

    What was refused for now goes again by itself.
    """
    with Hook("cut late") as hook:
        assert through(hook) == ["unknown"]
        assert through(hook) == ["unknown"]
        assert len(hook.posts) == 1
        assert through(hook, again={"desk"}) == ["sent"]
        assert through(hook) == ["already"]
        assert through(hook, again={"desk"}) == ["already"]
        assert len({headers["Idempotency-Key"] for headers, _ in hook.posts}) == 1


@pytest.mark.parametrize("drips", ["head", "body"])
def test_an_answer_that_drips_ends_in_its_time(through, monkeypatch, drips):
    """Before its status nobody knows what became of the post; after it the words do not matter."""
    monkeypatch.setattr("reportgen.publish.channels.webhook.SECONDS", 0.5)
    monkeypatch.setattr("reportgen.publish.channels.webhook.SECONDS_OF_WORDS", 0.1)
    head = b"HTTP/1.1 200 OK\r\n\r\n" if drips == "body" else b"HTTP/1.1 200 OK\r\nX: "
    begun = time.monotonic()
    with StrangeHook(chain([head], drip(b"x" * 100))) as hook:
        assert through(hook) == ["sent" if drips == "body" else "unknown"]
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
def test_an_endless_answer_is_not_read_to_its_end(through, head):
    """Neither its words nor its head."""
    with StrangeHook(chain([head], endless(b"x" * 1000))) as hook:
        assert through(hook) == ["sent" if head.endswith(b"\n") else "unknown"]
        assert hook.told < 20 << 20  # what fits into the buffers between the two


def test_nothing_of_an_answer_moves_a_terminal(through, ledger):
    """Nor of what a door of another package says."""
    with StrangeHook(b"HTTP/1.1 404 No\r\n\r\n\x1b[31mno\x07 such place") as hook:
        assert through(hook) == ["refused"]
    assert [one.answer for one in ledger.deliveries()] == ["[31mno such place"]


def test_a_door_that_does_not_end_keeps_nobody_out(brief, ledger, monkeypatch):
    """Its outcome is unknown, and the ledger is free for others."""
    monkeypatch.setattr("reportgen.publish.channels.posting.LONGEST", 0.1)

    class Stuck:
        def hand(self, _):
            time.sleep(5)

    (told,) = post(brief, {"stuck": Stuck()}, ledger, lambda: NOW)
    assert (told.state, told.answer) == ("unknown", "no end came within 0.1 seconds")
    with ledger.held(0.0):
        pass


def test_a_door_that_can_not_be_reached_is_tried_the_next_time(through):
    """Nothing is lost."""
    with Hook() as gone:
        pass
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reportgen.publish.channels.webhook.ATTEMPTS", 1)
        assert through(gone) == ["deferred"]
    with Hook() as hook:
        assert through(hook) == ["sent"]


@pytest.mark.parametrize(
    "address", ["", "http://example.com/x", "https://[s3cret/x", "ftp://example.com", "https://"]
)
def test_a_door_that_is_not_open_yet_is_no_unknown_one(
    monkeypatch, brief, ledger, tmp_path, address
):
    """Nothing left: the next call tries it again, and the doors behind it have their turn."""
    monkeypatch.setenv("LATER", address)
    opened = {
        "first": door("first", {"kind": "slack", "url": "LATER"}),
        "shelf": door("shelf", {"kind": "folder", "to": str(tmp_path / "shelf")}),
    }
    told = list(post(brief, opened, ledger, lambda: NOW))
    assert [one.state for one in told] == ["deferred", "sent"]
    assert "s3cret" not in str(told)
    with Hook() as hook:
        monkeypatch.setenv("LATER", hook.url)
        assert [one.state for one in post(brief, opened, ledger, lambda: NOW)] == [
            "sent",
            "already",
        ]


def test_a_door_of_another_package_may_fail_as_it_likes(brief, ledger):
    """What it did by then nobody knows."""

    class Broken:
        def hand(self, _):
            raise ZeroDivisionError

    told = list(post(brief, {"desk": Broken()}, ledger, lambda: NOW))
    assert [(one.state, one.answer) for one in told] == [
        ("unknown", "the door failed: ZeroDivisionError")
    ]


def test_what_a_server_repeats_of_its_address_is_not_kept(through, ledger):
    """Some say what they could not find: that is the secret."""
    with Hook("repeat") as hook:
        assert through(hook) == ["refused"]
    answer = ledger.deliveries()[0].answer
    assert "Cannot POST" in answer
    assert "s3cret" not in answer


def test_one_that_dies_while_the_door_has_it_is_unknown_to_the_next(brief, ledger):
    """As with the mail: a person asks, and says --resend."""

    class Dying:
        def hand(self, _):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(post(brief, {"desk": Dying()}, ledger, lambda: NOW))
    told = list(post(brief, {"desk": Dying()}, ledger, lambda: NOW))
    assert [(one.state, "ask" in one.answer) for one in told] == [("unknown", True)]


def test_slack_is_told_in_blocks(what):
    """A header, the points, buttons; a notification shows the title."""
    body = chat.Slack("desk", {"url": "HOOK"}).body(what)
    assert body["text"] == what.title
    assert [block["type"] for block in body["blocks"]] == ["header", "section", "actions"]
    assert body["blocks"][1]["text"]["text"].splitlines() == [
        "_Sample data: simulated prices._",
        *(f"• {p.replace('&', '&amp;')}" for p in what.points),
    ]
    assert [button["url"] for button in body["blocks"][2]["elements"]] == [what.page, what.chart]


def test_teams_is_told_on_a_card(what):
    """With the page and the chart to open."""
    card = chat.Teams("desk", {"url": "HOOK"}).body(what)["attachments"][0]["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert card["body"][0]["text"].replace("\\", "") == what.title
    assert [action["url"] for action in card["actions"]] == [what.page, what.chart]


def test_without_an_address_there_are_no_links(brief):
    """And no empty buttons, which chats refuse."""
    bare = posted(brief, Key(brief.report, brief.label, 1), "desk", "", lambda: NOW)
    assert [b["type"] for b in chat.Slack("desk", {"url": "HOOK"}).body(bare)["blocks"]] == [
        "header",
        "section",
    ]
    assert (
        chat.Teams("desk", {"url": "HOOK"}).body(bare)["attachments"][0]["content"]["actions"] == []
    )


@given(st.text(max_size=60))
def test_the_words_of_a_point_are_no_markup(text):
    """No mention, no link, no bold: every letter that a chat would read is escaped."""
    point = Post(
        id="x",
        report="r",
        label="l",
        session=NOW.date(),
        as_of=NOW,
        edition=2,
        title=text,
        points=(f"<!channel> [a](http://x) {text}",),
        notices=(),
        verdict="send",
        page="",
        chart="",
        files={},
        at=NOW,
    )
    slack = chat.Slack("desk", {"url": "HOOK"}).body(point)
    assert "<" not in slack["text"]
    assert "<!channel>" not in slack["blocks"][1]["text"]["text"]
    teams = chat.Teams("desk", {"url": "HOOK"}).body(point)["attachments"][0]["content"]["body"][1][
        "text"
    ]
    assert "](" not in teams
    assert teams.replace("\\", "").replace("• ", "", 1) == point.points[0].replace("\\", "")


def test_a_folder_is_handed_the_files(brief, ledger, tmp_path):
    """A later edition takes the place of the one before."""
    opened = {"shelf": door("shelf", {"kind": "folder", "to": str(tmp_path / "shelf")})}
    assert [told.state for told in post(brief, opened, ledger, lambda: NOW)] == ["sent"]
    place = tmp_path / "shelf" / "small-caps" / brief.folder.name
    assert {p.name: p.read_bytes() for p in place.iterdir()} == {
        p.name: p.read_bytes() for p in brief.folder.glob("brief.*")
    }


def test_a_shelf_keeps_nothing_of_the_edition_before(what, tmp_path):
    """A wrong PDF does not stay beside the right page."""
    import dataclasses

    shelf = door("shelf", {"kind": "folder", "to": str(tmp_path / "shelf")})
    for files in ({"brief.html": b"wrong", "brief.pdf": b"wrong"}, {"brief.html": b"right"}):
        assert shelf.hand(dataclasses.replace(what, files=files)).state == "sent"
    place = tmp_path / "shelf" / what.report / what.label
    assert {p.name: p.read_bytes() for p in place.iterdir()} == {"brief.html": b"right"}


def test_a_shelf_that_can_not_be_reached_is_tried_again(what):
    """Whatever its file system raises."""
    for place in ("s9://nowhere/x", "/proc/nothing/x"):
        assert door("shelf", {"kind": "folder", "to": place}).hand(what).state == "deferred"


def test_a_shelf_lies_beside_the_file_that_names_it(tmp_path):
    """As the outbox does, wherever a command is called."""
    from reportgen.publish.config import read_config

    (tmp_path / "reportgen.toml").write_text(
        '[doors.shelf]\nkind = "folder"\nto = "briefs"\n[doors.far]\nkind = "folder"\nto ='
        ' "s3://b/x"\n'
    )
    assert [table["to"] for table in read_config(tmp_path / "reportgen.toml").doors.values()] == [
        str(tmp_path / "briefs"),
        "s3://b/x",
    ]


def test_a_brief_that_differs_from_what_was_posted_says_so_first(brief, ledger, tmp_path):
    """The doors know editions as the mail does."""
    from reportgen.publish.release import finished

    opened = {"shelf": door("shelf", {"kind": "folder", "to": str(tmp_path / "shelf")})}
    list(post(brief, opened, ledger, lambda: NOW))
    told = json.loads(brief.document)
    (brief.folder / "brief.json").unlink()
    (brief.folder / "brief.json").write_text(json.dumps(told | {"title": "Another"}))
    with pytest.raises(DeliveryError, match="reportgen correct"):
        list(post(finished(brief.folder), opened, ledger, lambda: NOW))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({}, "its kind is missing"),
        ({"kind": ["slack"]}, "there is no kind"),
        ({"kind": "slak"}, "there is no kind 'slak'. Did you mean 'slack'"),
        ({"kind": "slack"}, "'url' is missing"),
        (
            {"kind": "slack", "url": "https://hooks.slack.example/T0/B0/secret"},
            "the name of an environment variable",
        ),
        ({"kind": "slack", "url": "HOOK", "secret": "X"}, "unknown 'secret'"),
        ({"kind": "webhook", "url": 7}, "is not a line of text"),
        ({"kind": "folder", "too": "x"}, "unknown 'too'. Did you mean 'to'"),
    ],
)
def test_a_table_that_is_off_is_refused(table, words):
    """Before anything is posted."""
    with pytest.raises(SettingsError) as refused:
        door("desk", table)
    assert words in str(refused.value)


def test_an_address_goes_encrypted_and_is_never_named(what, monkeypatch):
    """It is a secret: who knows it can post."""
    monkeypatch.setenv("HOOK", "http://hooks.example/T0/s3cret")
    with pytest.raises(SettingsError, match="no https address") as refused:
        door("desk", {"kind": "slack", "url": "HOOK"}).hand(what)
    assert "s3cret" not in str(refused.value)


def test_a_package_can_add_a_kind(what, monkeypatch):
    """By an entry point; the built-in ones come the same way."""

    class Pager:
        def __init__(self, name, settings):
            self.name, self.settings = name, settings

        def hand(self, post):
            return Outcome("sent", 0, f"{self.name} {self.settings['number']} {post.title}")

    real = doors.registered()
    assert set(real) >= {"webhook", "slack", "teams", "folder"}
    monkeypatch.setattr(doors, "registered", lambda: {**real, "pager": Pager})
    assert (
        door("night", {"kind": "pager", "number": 7}).hand(what).answer == f"night 7 {what.title}"
    )
