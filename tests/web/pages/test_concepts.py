"""The pages of things: found by id and by name, in three languages, with what is held of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from httpx import Client

from mine2magnet.background.models import network
from mine2magnet.core import thesaurus
from mine2magnet.core.errors import NotFound
from mine2magnet.library.library import Library
from mine2magnet.model import Quantity
from mine2magnet.web.pages.concepts import named, places
from tests.web.conftest import CHINESE, MAGNETS, id_of, tell

Get = Callable[..., str]


@pytest.mark.parametrize("name", ["mp-materials", "mp_materials", "MP材料", "MP Materials"])
def test_a_thing_is_found_by_any_of_its_names(name: str) -> None:
    assert named(thesaurus.load(), name).id == "mp_materials"


@pytest.mark.parametrize("name", ["nothing-of-the-kind", "aspect.supply", "", "x" * 500])
def test_what_is_nothing_is_not_found(name: str, filled: Library, client: Client) -> None:
    with pytest.raises(NotFound):
        named(thesaurus.load(), name)
    assert client.get(f"/concepts/{name}").status_code == 404


def test_a_page_has_names_documents_claims_and_a_watch(filled: Library, page: Get) -> None:
    slots: dict[str, object] = {
        "subjects": ("europe",),
        "measure": "stock_cover",
        "materials": ("dysprosium",),
    }
    tell(filled, MAGNETS, (1, "five weeks", Quantity(5, 5, "week"), slots))
    html = page("/concepts/dysprosium")
    for part in (
        "dysprosium · Dy",
        "镝",
        "ジスプロシウム",
        "5\u00a0weeks",
        "/new-watch?query=",
        'href="/concepts/heavy-rare-earths"',
    ):
        assert part in html
    for document in (MAGNETS, CHINESE):
        assert f"/documents/{id_of(filled, document)}" in html
    assert "Takaichi Sanae" in page("/concepts/takaichi-sanae")


def test_the_same_as_json(filled: Library, client: Client) -> None:
    told = client.get("/concepts/dysprosium", params={"format": "json"}).json()
    assert told["concept"]["id"] == "dysprosium"
    assert set(told["names"]) == {"en", "zh", "ja"}


def test_its_place_in_the_chain(filled: Library) -> None:
    words = thesaurus.load()
    assert places(network(), words["australia"])
    assert not places(network(), words["takaichi_sanae"])


def test_names_in_a_digest_link_to_their_page(filled: Library, page: Get) -> None:
    html = page(f"/documents/{id_of(filled, MAGNETS)}")
    assert '<a class="name" href="/concepts/dysprosium">dysprosium</a>' in html
