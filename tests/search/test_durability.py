"""What is killed, cut off or written by two at once."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.search import Index
from mine2magnet.store import Store
from tests.forked import Forked
from tests.search.conftest import WORDS, Shelf

QUERIES = ("稀土", "库存 -欧洲", "rare earth stocks", "", "lang:en")


def fill(shelf: Shelf, count: int = 30) -> None:
    for n in range(count):
        shelf.put(f"zh{n:02}", f"欧洲稀土库存 第{n}号" if n % 2 else f"稀土 第{n}号", tags=[f"t{n % 3}"])
        shelf.put(f"en{n:02}", f"Rare earth stocks, number {n}.", language="en", fold=f"zh{n:02}")


def answers(index: Index) -> list[object]:
    """All that is found but scores: words of what was removed linger in the counts until segments merge,
    which can turn the order of what is nearly as good."""
    found = [index.search(query, limit=100) for query in QUERIES]
    return [
        (
            results.total,
            results.facets,
            {frozenset((hit.document, *hit.copies)) for hit in results.hits},
            [hit.document for hit in results.hits] if query in ("", "lang:en") else None,
        )
        for query, results in zip(QUERIES, found, strict=True)
    ]


def fresh(shelf: Shelf) -> Index:
    """An index of the same store made at one go."""
    index = Index(shelf.folder.parent / "fresh", shelf.store, WORDS)
    index.update()
    return index


@pytest.mark.indexes
def test_step_by_step_or_at_one_go_the_index_is_the_same(shelf: Shelf) -> None:
    fill(shelf, 6)
    shelf.index.update()
    fill(shelf, 9)  # new versions of the first ones, and more
    shelf.index.update()
    shelf.remove("zh03")
    shelf.index.update()
    assert answers(shelf.index) == answers(fresh(shelf))
    before = answers(shelf.index)
    shelf.index.rebuild()
    assert answers(shelf.index) == before
    assert answers(shelf.again()) == before


def test_deleting_the_folder_loses_nothing(shelf: Shelf) -> None:
    fill(shelf)
    shelf.index.update()
    before = answers(shelf.index)
    shutil.rmtree(shelf.folder)
    shelf.index.update()
    assert answers(shelf.index) == before


# Each point is where the process is killed: the n-th call of a step of writing.
KILLED = """
import os, signal, sys
from pathlib import Path
from mine2magnet.search import Index, files, index as module, words
from mine2magnet.store import Store
from tests.search.conftest import WORDS

folder, target, name, nth = Path(sys.argv[1]), *sys.argv[2:4], int(sys.argv[4])
module.BATCH = 10
owner = {"files": files, "Writer": words.WordIndexWriter}[target]
original, calls = getattr(owner, name), 0

def killing(*args):
    global calls
    calls += 1
    if calls == nth:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*args)

setattr(owner, name, killing)
store = Store(folder)
Index(folder / "index", store, WORDS).update()
"""


@pytest.mark.parametrize(
    ("target", "name", "nth"),
    [
        ("files", "replace", 1),  # before anything is in force
        ("Writer", "add", 25),
        ("Writer", "commit", 3),
        ("files", "append", 3),  # words are committed, the table is not
        ("files", "replace", 4),  # table is written, not yet in force
    ],
)
def test_a_killed_update_is_taken_up_where_it_was_left(
    shelf: Shelf, forked: Forked, target: str, name: str, nth: int
) -> None:
    fill(shelf)
    done = forked(KILLED, shelf.folder.parent, target, name, nth)
    assert done.returncode == -signal.SIGKILL, done.stderr
    shelf.index.update()
    assert answers(shelf.index) == answers(fresh(shelf))


def test_a_log_that_was_cut_off_in_a_line_is_written_anew(shelf: Shelf) -> None:
    fill(shelf, 5)
    shelf.index.update()
    (log,) = shelf.folder.glob("generation-*/documents.jsonl")
    with log.open("ab") as file:
        file.write(b'{"id": ["half')  # what a killed process leaves behind the part that counts
    shelf.put("new", "稀土")
    shelf.index.update()
    assert answers(Index(shelf.folder, shelf.store, WORDS)) == answers(fresh(shelf))


def damaged_files(shelf: Shelf) -> list[Path]:
    return sorted(p for p in shelf.folder.rglob("*") if p.is_file() and not p.name.endswith(".lock"))


@pytest.mark.parametrize("damage", ["cut", "empty", "noise", "gone"])
def test_each_damaged_file_is_noticed_or_harmless_and_nothing_is_lost(shelf: Shelf, damage: str) -> None:
    fill(shelf, 12)
    shelf.index.update()
    before = answers(shelf.index)
    copy = shelf.folder.parent / "copy"
    shutil.copytree(shelf.folder, copy)
    names = [p.relative_to(shelf.folder) for p in damaged_files(shelf)]
    assert len(names) > 5
    for name in names:
        shutil.rmtree(shelf.folder)
        shutil.copytree(copy, shelf.folder)
        path = shelf.folder / name
        content = path.read_bytes()
        if damage == "gone":
            path.unlink()
        else:
            noise = random.Random(7).randbytes(len(content))
            path.write_bytes({"cut": content[: len(content) // 2], "empty": b"", "noise": noise}[damage])
        index = Index(shelf.folder, shelf.store, WORDS)
        index.update()
        assert answers(index) == before, name
        index.rebuild()
        assert answers(index) == before, name


def test_damage_that_shows_in_a_search_is_mended_in_it(shelf: Shelf) -> None:
    fill(shelf, 5)
    shelf.index.update()
    before = answers(shelf.index)
    (shelf.folder / "state.json").write_text("{")
    assert answers(Index(shelf.folder, shelf.store, WORDS)) == before


def test_another_version_of_thesaurus_or_program_makes_it_anew(shelf: Shelf) -> None:
    from mine2magnet.core import thesaurus

    shelf.put("a", "jimny")
    shelf.index.update()
    other = thesaurus.parse("id,kind,broader,aspect,en,zh,ja\ncar,product,,,jimny,吉姆尼,\n")
    index = Index(shelf.folder, shelf.store, other)
    assert index.search("吉姆尼").hits == ()
    assert index.update() == 1
    assert [hit.document for hit in index.search("吉姆尼").hits] == ["a"]
    assert len(list(shelf.folder.glob("generation-*"))) == 1


def test_a_second_process_sees_what_the_first_wrote(shelf: Shelf) -> None:
    script = (
        "import sys; from pathlib import Path; from mine2magnet.search import Index;"
        "from mine2magnet.store import Store; from tests.search.conftest import WORDS;"
        "f = Path(sys.argv[1]); i = Index(f / 'index', Store(f), WORDS)\n"
        "for line in sys.stdin: print([h.document for h in i.search(line.strip()).hits], flush=True)"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", script, str(shelf.folder.parent)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdin
    assert reader.stdout

    def ask() -> str:
        assert reader.stdin
        assert reader.stdout
        reader.stdin.write("稀土\n")
        reader.stdin.flush()
        return reader.stdout.readline().strip()

    try:
        shelf.put("a", "稀土")
        shelf.index.update()
        assert ask() == "['a']"
        shelf.put("b", "稀土")
        shelf.index.update()
        assert ask() == "['a', 'b']"
        shelf.index.rebuild()
        assert ask() == "['a', 'b']"
        shelf.remove("a")
        shelf.index.update()
        assert ask() == "['b']"
    finally:
        reader.stdin.close()
        reader.wait(timeout=10)


@pytest.mark.indexes
def test_several_that_write_and_search_at_once(shelf: Shelf) -> None:
    """Two indexes on one folder, as two processes have them, each updating and searching in threads."""
    fill(shelf)
    indexes = [Index(shelf.folder, Store(shelf.folder.parent), WORDS, url=shelf.url) for _ in range(2)]
    failures: list[BaseException] = []

    def work(index: Index) -> None:
        try:
            for _ in range(5):
                index.update()
                for hit in index.search("稀土", limit=100).hits:
                    assert hit.document.startswith(("zh", "en"))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(index,)) for index in indexes for _ in range(2)]
    for thread in threads:
        thread.start()
    for n in range(20):
        shelf.put(f"zh-new{n}", "稀土")
    for thread in threads:
        thread.join()
    assert failures == []
    shelf.index.update()
    assert answers(shelf.index) == answers(fresh(shelf))


def test_while_one_writes_another_waits_then_leaves_it(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    from mine2magnet.search import files

    monkeypatch.setattr("mine2magnet.search.embedded.WAIT", 0.05)
    shelf.put("a", "稀土")
    with files.locked(shelf.folder / "words.lock", 0) as mine:
        assert mine
        assert shelf.index.update() == 0
        with pytest.raises(UserError, match="another program writes to the index"):
            shelf.index.rebuild()
    assert shelf.index.update() == 1


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path, shelf: Shelf) -> None:
    (tmp_path / "file").write_text("not a folder")
    index = Index(tmp_path / "file" / "index", shelf.store, WORDS)
    with pytest.raises(UserError) as caught:
        index.update()
    assert "\n" not in str(caught.value)


def test_a_full_disk_is_said_in_one_line(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.put("a", "稀土")
    shelf.index.update()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("mine2magnet.search.files.append", full)
        shelf.put("b", "稀土")
        with pytest.raises(UserError, match="the disk is full"):
            shelf.index.update()
        assert [hit.document for hit in shelf.index.search("稀土").hits] == ["a"]
    assert shelf.found("稀土") == ["a", "b"]


def test_the_state_names_all_that_the_index_depends_on(shelf: Shelf) -> None:
    shelf.put("a", "稀土")
    shelf.index.update()
    assert WORDS.version in json.loads((shelf.folder / "state.json").read_bytes())["stamp"]


def test_an_index_that_cannot_be_written_is_read(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(shelf, 5)
    shelf.index.update()
    expected = answers(shelf.index)
    shelf.store.close()
    folder = shelf.folder.parent
    held = sorted(path for path in folder.rglob("*") if not path.name.startswith(".tantivy"))
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)  # as root is told of a disk
    store = Store(folder)
    fixed = Index(store.index_folder, store, WORDS)
    assert fixed.update() == 0
    assert answers(fixed) == expected
    assert sorted(path for path in folder.rglob("*") if path in held) == held
