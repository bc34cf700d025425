"""Chats.

Slack by an incoming webhook, Teams by a workflow's; their words are ours, so
nothing in them is markup.
"""

from __future__ import annotations

import re
from typing import Any

from reportgen.publish.channels import Post
from reportgen.publish.channels.webhook import Webhook
from reportgen.story.english import CORRECTION

LONGEST_HEADER = 150
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|>~-])")


class Slack(Webhook):
    """A door of the kind "slack": blocks of text, and buttons for page and chart."""

    optional = ()

    def body(self, post: Post) -> dict[str, Any]:
        """A message of Slack's Block Kit; ``text`` is what a notification shows."""
        title = _corrected(post)
        lines = [
            *(f"_{_slack(notice)}_" for notice in post.notices),
            *(f"• {_slack(point)}" for point in post.points),
        ]
        blocks: list[dict[str, Any]] = [
            {
                "type": "header",
                "text": {
                    "type": "plain_text",
                    "text": title[:LONGEST_HEADER],
                    "emoji": False,
                },
            },
            {
                "type": "section",
                "text": {
                    "type": "mrkdwn",
                    "text": "\n".join(lines)[:3000],
                    "verbatim": True,
                },
            },
        ]
        links = [("Read the brief", post.page), ("The chart", post.chart)]
        buttons = [
            {
                "type": "button",
                "text": {"type": "plain_text", "text": words},
                "url": url,
            }
            for words, url in links
            if url
        ]
        return {
            "text": _slack(title),
            "blocks": [
                *blocks,
                *([{"type": "actions", "elements": buttons}] if buttons else []),
            ],
        }


class Teams(Webhook):
    """A door of the kind "teams": an adaptive card."""

    optional = ()

    def body(self, post: Post) -> dict[str, Any]:
        """A message with one adaptive card of version 1.4."""
        rows = [
            {
                "type": "TextBlock",
                "text": _teams(_corrected(post)),
                "weight": "Bolder",
                "size": "Large",
                "wrap": True,
            }
        ]
        rows += [
            {
                "type": "TextBlock",
                "text": _teams(notice),
                "isSubtle": True,
                "wrap": True,
            }
            for notice in post.notices
        ]
        rows += [
            {"type": "TextBlock", "text": f"• {_teams(point)}", "wrap": True}
            for point in post.points
        ]
        links = [("Read the brief", post.page), ("The chart", post.chart)]
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": rows,
            "actions": [
                {"type": "Action.OpenUrl", "title": words, "url": url}
                for words, url in links
                if url
            ],
        }
        return {
            "type": "message",
            "attachments": [
                {
                    "contentType": "application/vnd.microsoft.card.adaptive",
                    "content": card,
                }
            ],
        }


def _corrected(post: Post) -> str:
    return post.title if post.edition == 1 else f"{CORRECTION}{post.title}"


def _slack(text: str) -> str:
    """*text* for Slack.

    Three letters escaped, as it asks, and a space of no width after
    marks of its own markup.
    """
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([*_~`])", "\\1\u200b", escaped)


def _teams(text: str) -> str:
    """*text* for an adaptive card, whose text blocks know a part of Markdown."""
    return MARKDOWN.sub(r"\\\1", text)
