"""How a desk seals its briefs: by reference to its keys, never with the keys."""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.config.schema import Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """How a desk seals.

    The names of the variables with the keys, and whether a signature
    is required.

    ``key`` is an Ed25519 private key in PEM, ``public`` the public key in PEM;
    NAME_FILE names a file instead.
    """

    key: Variable = ""
    public: Variable = ""
    required: bool = False

    def __post_init__(self) -> None:
        """Refuse a seal that is required but could not be verified."""
        if self.required and not self.public:
            raise ValueError(
                'required = true needs public = "...", the variable that holds the public key.'
            )
