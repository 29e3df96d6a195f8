"""The index on a server: milvus-lite, which speaks Milvus's protocol, as a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mine2magnet.errors import UserError
from mine2magnet.model import Filters
from mine2magnet.search import Index
from tests.search.conftest import Shelf

pytest.importorskip("milvus_lite")


class Served:
    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        command = ["-m", "milvus_lite", "server", "--host", "127.0.0.1", "--data-dir", str(folder)]
        self.process = subprocess.Popen(
            [sys.executable, *command, "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("the server does not come up")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("milvus"))
    yield served
    served.stop()


@pytest.fixture
def both(shelf: Shelf, served: Served) -> Iterator[tuple[Shelf, Index]]:
    index = Index(shelf.folder.parent / "served", shelf.store, shelf.words, url=served.url)
    yield shelf, index
    server = index.backend._server  # type: ignore[attr-defined]
    for alias in server.list_aliases()["aliases"]:
        server.drop_alias(alias)
    for name in server.list_collections():
        server.drop_collection(name)


def fill(shelf: Shelf) -> None:
    shelf.put("zh", "欧洲车企的稀土库存只够维持数周。", title="车企告急", tags=["x"])
    shelf.put("en", "European carmakers hold rare earth inventories for weeks only.", language="en")
    shelf.put("ja", "欧州の自動車各社のレアアース在庫は数週間分しかない。", language="ja", source='a "b" \\')
    shelf.put("other", "A football match ended without a goal.", language="en")


QUERIES = [
    "稀土 库存",
    '"rare earth inventories"',
    "库存 -carmakers",
    "",
    "title:告急",
    "lang:ja",
    "车企 OR 自動車",
]


def ids(index: Index, query: str, filters: Filters | None = None) -> list[str]:
    return [hit.document for hit in index.search(query, filters or Filters()).hits]


def test_it_finds_what_the_files_find(both: tuple[Shelf, Index]) -> None:
    shelf, index = both
    fill(shelf)
    assert index.update() == shelf.index.update() == 4
    hostile = Filters(source=('a "b" \\',))
    for embedded in (False, True):
        if embedded:
            shelf.embed()
            while index.embed(16):
                pass
            assert index.pending() == shelf.index.pending()
        for query in QUERIES:
            ours, theirs = ids(index, query), ids(shelf.index, query)  # BM25 parts ties by other lengths
            assert set(ours) == set(theirs), query
            assert ours[:1] == theirs[:1], query
        assert ids(index, "库存", hostile) == ids(shelf.index, "库存", hostile) == ["ja"]
    assert index.search("稀土").facets == shelf.index.search("稀土").facets


def test_new_versions_removals_and_a_rebuild(both: tuple[Shelf, Index]) -> None:
    shelf, index = both
    fill(shelf)
    index.update()
    shelf.put("zh", "磁体价格上涨")
    shelf.remove("en")
    assert index.update() == 2
    assert index.update() == 0
    url = index.backend._server._url  # type: ignore[attr-defined]
    other = Index(shelf.folder.parent / "other", shelf.store, shelf.words, url=url)
    for one in (index, other):
        assert ids(one, "库存") == ["ja"]
        assert ids(one, "价格") == ["zh"]
    index.rebuild()
    assert ids(index, "库存") == ["ja"]


def test_an_index_dropped_on_the_server_is_made_anew(both: tuple[Shelf, Index]) -> None:
    shelf, index = both
    fill(shelf)
    index.update()
    server = index.backend._server  # type: ignore[attr-defined]
    server.drop_alias("mine2magnet_documents")
    for name in server.list_collections():
        server.drop_collection(name)
    assert index.update() == 4
    assert set(ids(index, "库存")) == {"zh", "en", "ja"}


def test_a_server_that_is_gone_is_said_in_one_line(shelf: Shelf, tmp_path: Path) -> None:
    served = Served(tmp_path / "milvus")
    index = Index(shelf.folder.parent / "served", shelf.store, shelf.words, url=served.url)
    fill(shelf)
    index.update()
    served.stop()
    shelf.put("late", "稀土")
    with pytest.raises(UserError, match="search server failed") as caught:
        index.update()
    assert "\n" not in str(caught.value)
    assert shelf.store.document("late").title
