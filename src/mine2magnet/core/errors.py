"""Errors that a user can cause and mend."""

from __future__ import annotations


class UserError(Exception):
    """One clear line: what is wrong, where, and how to mend it.

    >>> str(UserError("not a date: '2999-99'", where="--since", hint="write it as 2025-06-01"))
    "--since: not a date: '2999-99' (write it as 2025-06-01)"
    """

    status = 400  # the HTTP status the API maps it to

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what = " ".join(what.split())
        self.where = " ".join(where.split())
        self.hint = " ".join(hint.split())
        super().__init__(self.what)

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{self.what}{hint}"


class NotFound(UserError):
    """What was asked for is not held."""

    status = 404


class Unauthorized(UserError):
    """Who asks has shown no key that holds."""

    status = 401


class Forbidden(UserError):
    """Who asks may not do this."""

    status = 403


class TooLong(UserError):
    """What was sent is longer than is taken."""

    status = 413


class TooSlow(UserError):
    """What was to be sent did not come in time."""

    status = 408


class Conflict(UserError):
    """What is to be made is there already."""

    status = 409


class Busy(UserError):
    """What is asked for must wait for others; it may be asked for again."""

    status = 503
