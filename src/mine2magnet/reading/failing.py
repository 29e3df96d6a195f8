"""A part of a source that fails while the rest goes on."""

from __future__ import annotations

from mine2magnet.core.errors import UserError
from mine2magnet.model import Failure


def failure(where: str, error: UserError) -> Failure:
    """The part at `where`, why it failed, and how that is mended."""
    reason = str(UserError(error.what, hint=error.hint))
    return Failure(where, reason, lasting=getattr(error, "lasting", False))
