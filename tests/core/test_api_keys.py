"""Keys: what they may be named, and what each role may do."""

from __future__ import annotations

import pytest

from mine2magnet.core import api_keys
from mine2magnet.core.errors import UserError
from mine2magnet.model import ACCOUNT, SCOPES


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\nb\0", f"{ACCOUNT}0123456789abcdef"])
def test_a_key_cannot_be_named_so(name: str) -> None:
    with pytest.raises(UserError, match="cannot be named"):
        api_keys.new(name, ["read"])


@pytest.mark.parametrize("role", SCOPES)
def test_a_role_may_do_what_those_before_it_may(role: str) -> None:
    secret, key = api_keys.new("  note  book ", [role])
    assert key.name == "note book"
    assert key.fingerprint == api_keys.fingerprint(secret)
    assert [one for one in SCOPES if one in key.scopes] == list(SCOPES[: SCOPES.index(role) + 1])
