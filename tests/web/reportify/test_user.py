from __future__ import annotations

import pytest
from reportify_sdk.exceptions import APIError, NotFoundError

from tests.web.reportify.conftest import Connect


def test_companies_are_followed_by_symbol(connect: Connect) -> None:
    client = connect()
    assert client.user.followed_companies() == []
    made = client.user.follow_company("us:mp")
    assert (made["symbol"], made["name"], made["company_id"]) == ("US:MP", "MP Materials", "mp_materials")
    assert made["doc_count"] == 1
    client.user.follow_company("US:MP")
    client.user.follow_company("AU:LYC")
    followed = client.user.followed_companies()
    assert [one["symbol"] for one in followed] == ["AU:LYC", "US:MP"]
    assert followed[1]["followed_at"] == made["followed_at"]
    assert client.user.unfollow_company("US:MP")["message"]
    assert [one["symbol"] for one in client.user.followed_companies()] == ["AU:LYC"]


def test_a_symbol_of_no_company_of_the_chain_names_itself(connect: Connect) -> None:
    made = connect().user.follow_company("HK:700")
    assert (made["symbol"], made["name"], made["doc_count"]) == ("HK:00700", "HK:00700", 0)


def test_what_cannot_be_followed(connect: Connect) -> None:
    client = connect()
    with pytest.raises(APIError, match="no symbol") as error:
        client.user.follow_company("MP Materials")
    assert error.value.status_code == 400
    with pytest.raises(NotFoundError):
        client.user.unfollow_company("US:MP")
