"""A slow judge of every claim of a brief: the sum of the proofs of all beats.

A proof recomputes a claim from the rows of the files, and shares no code with what found it.
"""

from __future__ import annotations

from reportgen.verify.audit import objection
from reportgen.verify.rows import Claim, Rows, words

__all__ = ["Judge", "words"]


class Judge(Rows):
    """The claims of the brief of one session after its close."""

    def objection(self, claim: Claim) -> str | None:
        """Why the claim is false, None where it is true."""
        return objection(claim, self)
