"""The index on a server: what files do not have. `indexes` marks the tests that run over both."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.model import Filters
from mine2magnet.search import Index, milvus
from mine2magnet.search.milvus import Cluster, Server
from tests.conftest import Milvus, until
from tests.forked import Forked
from tests.search.conftest import Shelf
from tests.search.test_durability import answers, fill, fresh

ROOT = Path(__file__).parents[2]


@pytest.fixture(name="served")
def shelf_on_a_server(tmp_path: Path, milvus: Milvus) -> Shelf:
    return Shelf(tmp_path, url=milvus.database())


def server(shelf: Shelf) -> Server:
    assert isinstance(shelf.index.backend, Cluster)
    return shelf.index.backend._server


def seqs(shelf: Shelf) -> list[int]:
    rows = server(shelf).rows("mine2magnet_documents", "seq > 0", ["seq"])
    return sorted(row["seq"] for row in rows)


def test_it_finds_what_the_files_find(served: Shelf) -> None:
    served.put("zh", "欧洲车企的稀土库存只够维持数周。", title="车企告急", tags=["x"])
    served.put("en", "European carmakers hold rare earth inventories for weeks only.", language="en")
    served.put("ja", "欧州の自動車各社のレアアース在庫は数週間分しかない。", language="ja", source='a "b" \\')
    served.put("other", "A football match ended without a goal.", language="en")
    files = Index(served.folder.parent / "files", served.store, served.words)
    files.update()
    served.index.update()
    for embedded in (False, True):
        if embedded:
            served.embed()
            while files.embed(16):
                pass
            assert served.index.pending() == files.pending()
        for query in (
            "稀土 库存",
            '"rare earth inventories"',
            "库存 -carmakers",
            "",
            "title:告急",
            "lang:ja",
        ):
            ours, theirs = ([h.document for h in index.search(query).hits] for index in (served.index, files))
            assert set(ours) == set(theirs), query
            assert ours[:1] == theirs[:1], query  # those after it may be nearly as good as one another
        hostile = Filters(source=('a "b" \\',))
        assert served.found("库存", filters=hostile) == ["ja"]
    assert served.index.search("稀土").facets == files.search("稀土").facets


# Each point is where the process is killed: before the n-th call to the server of that name.
KILLED = """
import os, signal, sys
from pathlib import Path
from mine2magnet.search import Index, index as module, milvus
from mine2magnet.store import Store
from tests.search.conftest import WORDS

folder, url, name, nth = Path(sys.argv[1]), *sys.argv[2:4], int(sys.argv[4])
module.BATCH = 10
original, calls = milvus.Server.__getattr__, 0

def killing(self, asked):
    global calls
    calls += asked == name
    if asked == name and calls == nth:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(self, asked)

milvus.Server.__getattr__ = killing
index = Index(folder / "index", Store(folder), WORDS, url=url)
index.rebuild() if "rebuild" in sys.argv else index.update()
"""


@pytest.mark.parametrize(
    ("name", "nth", "how"),
    [
        ("create_alias", 1, "update"),  # a generation is there, none is in force
        ("upsert", 4, "update"),  # rows are sent, not yet said to be in
        ("upsert", 3, "rebuild"),  # beside the generation in force
        ("alter_alias", 1, "rebuild"),
        ("delete", 1, "update"),  # rows that later ones replaced are still there
    ],
)
def test_a_killed_process_is_taken_up_where_it_was_left(
    served: Shelf, forked: Forked, name: str, nth: int, how: str
) -> None:
    fill(served, 12)
    if how == "rebuild" or name == "delete":
        served.index.update()
        fill(served, 3)  # next versions of some
    done = forked(KILLED, served.folder.parent, served.url, name, nth, how)
    assert done.returncode == -signal.SIGKILL, done.stderr
    index = served.again()
    index.update()
    assert answers(index) == answers(fresh(served))
    assert len(seqs(served)) == 24
    index.rebuild()
    assert [n for n in server(served).list_collections() if "documents" in n] == [
        server(served).describe_alias(alias="mine2magnet_documents")["collection_name"]
    ]


TWO = """
import json, sys
from pathlib import Path
from mine2magnet.search import Index
from mine2magnet.store import Store
from tests.search.conftest import WORDS

folder = Path(sys.argv[1])
index = Index(folder / sys.argv[3], Store(folder), WORDS, url=sys.argv[2])
for _ in range(8):
    index.update()
    hits = index.search("稀土", limit=100).hits
assert all(hit.document.startswith(("zh", "en")) for hit in hits)
print(json.dumps(sorted(id for hit in hits for id in (hit.document, *hit.copies))))
"""


@pytest.mark.parametrize("folders", [("one", "one"), ("one", "other")], ids=["a machine", "two machines"])
def test_two_processes_write_and_search_one_server(served: Shelf, folders: tuple[str, str]) -> None:
    fill(served, 4)
    served.index.update()
    fill(served, 9)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", TWO, str(served.folder.parent), served.url, folder],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for folder in folders
    ]  # fmt: skip
    served.put("zh-late", "稀土")
    for process in started:
        out, error = process.communicate(timeout=60)
        assert process.returncode == 0, error
        assert {"zh08", "en08"} <= set(json.loads(out))
    served.index.update()
    assert answers(served.index) == answers(fresh(served))
    assert len(seqs(served)) == 19


def test_another_process_is_seen_within_two_seconds(served: Shelf) -> None:
    assert milvus.LOOK < 2
    served.put("a", "稀土")
    served.index.update()
    reader = served.again()
    assert [hit.document for hit in reader.search("稀土").hits] == ["a"]
    served.put("a", "磁体")
    served.put("b", "稀土")
    served.index.update()
    served.index.rebuild()
    until(lambda: [hit.document for hit in reader.search("稀土").hits] == ["b"])


def test_more_dead_rows_than_a_call_takes_are_all_swept(
    served: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(served, 12)
    served.index.update()
    fill(served, 12)
    monkeypatch.setattr(milvus, "MOST", 5)  # also what a search gives, which is asked for in parts
    served.index.update()
    assert len(seqs(served)) == 24
    assert min(seqs(served)) > 24
    served.remove("zh03")
    served.index.update()
    assert len(seqs(served)) == 24, "one replaced by the row that says so"
    assert answers(served.index) == answers(served.again()) == answers(fresh(served))


def test_an_index_dropped_on_the_server_is_made_anew(served: Shelf) -> None:
    fill(served, 2)
    served.index.update()
    server(served).drop_alias("mine2magnet_documents")
    for name in server(served).list_collections():
        server(served).drop_collection(name)
    assert served.index.update() == 4
    assert answers(served.index) == answers(fresh(served))


def test_an_index_that_the_server_has_out_of_memory_is_loaded(served: Shelf) -> None:
    fill(served, 2)
    served.index.update()
    for name in server(served).list_collections():
        server(served).release_collection(name)
    assert answers(served.again()) == answers(served.index) == answers(fresh(served))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Milvus]:
    """A server that tests may stop."""
    started = Milvus(tmp_path_factory.mktemp("milvus"))
    yield started
    started.stop()


def refused(index: Index) -> str:
    with pytest.raises(UserError, match="search server failed") as caught:
        index.update()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_server_that_hangs_is_left_in_time(
    tmp_path: Path, own: Milvus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milvus, "TIMEOUT", 1.0)
    shelf = Shelf(tmp_path, url=own.url)
    shelf.put("a", "稀土")
    shelf.index.update()
    shelf.put("b", "稀土")
    os.kill(own.process.pid, signal.SIGSTOP)  # its connections stay, its port accepts, nothing is answered
    try:
        for index in (shelf.index, shelf.again()):
            began = time.monotonic()
            refused(index)
            assert time.monotonic() - began < 20
    finally:
        os.kill(own.process.pid, signal.SIGCONT)
    assert shelf.found("稀土") == ["a", "b"]


def test_one_that_accepts_and_never_answers_is_left_in_time(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milvus, "TIMEOUT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        assert url in refused(Index(shelf.folder, shelf.store, shelf.words, url=url))
        assert time.monotonic() - began < 20


def test_a_failure_while_a_generation_is_put_in_force_is_not_taken_for_no_alias(
    served: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.put("a", "稀土")
    served.index.update()
    asked = Server.__getattr__

    def failing(self: Server, name: str) -> object:
        if name in ("describe_alias", "list_aliases"):  # by which it could be told
            raise UserError("the search server failed: no permission")
        return asked(self, name)

    with monkeypatch.context() as patch:
        patch.setattr(Server, "__getattr__", failing)
        with pytest.raises(UserError, match="no permission"):
            served.index.rebuild()
    assert served.found("稀土") == ["a"]
    served.index.rebuild()
    assert served.found("稀土") == ["a"]


def test_a_server_that_is_gone_is_said_in_one_line(tmp_path: Path) -> None:
    gone = Milvus(tmp_path / "milvus")
    shelf = Shelf(tmp_path, url=gone.url)
    fill(shelf, 1)
    shelf.index.update()
    gone.stop()
    shelf.put("late", "稀土")
    refused(shelf.index)
    assert shelf.store.document("late").title


def test_files_need_nothing_of_it(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from mine2magnet.library.library import Library;"
        "from mine2magnet.core.settings import Settings;"
        "library = Library.open(Settings(folder=Path(sys.argv[1])));"
        "library.load_starter(); print(library.index.search('magnet').total,"
        "{name.split('.')[0] for name in sys.modules} & {'pymilvus', 'grpc', 'milvus_lite'})"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    total, loaded = done.stdout.split(maxsplit=1)
    assert int(total) > 0
    assert loaded.strip() == "set()"
