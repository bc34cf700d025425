"""A ledger on a branch of the desk's repository, one commit for each push.

Neither the index nor the working tree is touched. Git refuses a push that does
not follow from the newest commit, so only one of two machines can push.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

from reportgen.core.errors import DeliveryError, SettingsError
from reportgen.publish.keepers import overtaken

REMOTE, FILE = "origin", "outbox.sqlite"
BRANCH = re.compile(r"[A-Za-z0-9][\w-]*(?:[./][\w-]+)*")
CREDENTIALS = re.compile(r"//[^/@\s]+@")
"""A user and a password in an address."""
SECONDS = 120
"""How long one call of git may take."""
PAUSES = (2.0, 8.0)
"""Seconds between two attempts to push."""
WHO = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "reportgen"), ("EMAIL", "reportgen@localhost"))
}


def at(branch: str, desk: Path) -> Branch:
    """The branch *branch* of the remote "origin" of the repository around *desk*.

    Raises:
        SettingsError: The name is that of no branch.
    """
    if not BRANCH.fullmatch(branch):
        raise SettingsError(
            f"[ledger]: keep = 'git:{branch}' names no branch; write one such as git:ledger.",
            subject=branch,
        )
    return Branch(branch, desk)


class Branch:
    """A branch that holds the ledger in its newest commit."""

    def __init__(self, name: str, desk: Path) -> None:
        self._ref, self._desk = f"refs/heads/{name}", desk
        self._commit = ""

    def __str__(self) -> str:
        return f"git:{self._ref.removeprefix('refs/heads/')}"

    def pull(self) -> bytes | None:
        """The ledger in the newest commit."""
        self._commit = self._newest()
        if not self._commit:
            return None
        self._git("fetch", "--quiet", "--no-tags", "--depth=1", REMOTE, self._commit)
        return self._git("cat-file", "blob", f"{self._commit}:{FILE}")

    def push(self, data: bytes) -> None:
        """Commit *data* on top of what was pulled, and push the commit."""
        blob = self._line("hash-object", "-w", "--stdin", given=data)
        tree = self._line("mktree", given=f"100644 blob {blob}\t{FILE}\n".encode())
        parent = ["-p", self._commit] if self._commit else []
        commit = self._line("commit-tree", tree, *parent, "-m", "Keep the ledger")
        for pause in (*PAUSES, None):
            try:
                self._git("push", "--quiet", REMOTE, f"{commit}:{self._ref}")
                break
            except DeliveryError:
                newest = self._newest()
                if newest == commit:  # only the answer was lost
                    break
                if newest != self._commit:
                    raise overtaken(str(self)) from None
                if pause is None:
                    raise
                time.sleep(pause)
        self._commit = commit

    def _newest(self) -> str:
        """The newest commit of the branch at the remote, "" where there is none."""
        return self._line("ls-remote", REMOTE, self._ref).partition("\t")[0]

    def _line(self, *words: str, given: bytes = b"") -> str:
        return self._git(*words, given=given).decode().strip()

    def _git(self, *words: str, given: bytes = b"") -> bytes:
        """What git prints.

        Raises:
            DeliveryError: It fails, or is not there.
        """
        try:
            done = subprocess.run(
                ["git", *words],  # noqa: S607 - the git of the machine
                cwd=self._desk,
                input=given,
                capture_output=True,
                timeout=SECONDS,
                check=True,
                env={**os.environ, **WHO, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
            )
        except subprocess.CalledProcessError as error:
            raise self._failure(error.stderr.decode("utf-8", "replace")) from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise self._failure(str(error)) from error
        return done.stdout

    def _failure(self, said: str) -> DeliveryError:
        lines = [line for line in said.splitlines() if not line.startswith("hint:")]
        words = CREDENTIALS.sub("//", " ".join(lines))[:400].strip().rstrip(".")
        return DeliveryError(
            f"The ledger cannot be kept at {self}: {words or 'git says no more'}."
            f" It needs a clone of the desk's repository at {self._desk}, whose"
            f" remote '{REMOTE}' may be pushed to.",
            subject=str(self),
        )
