"""With the real model on a few documents."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from mine2magnet.core import thesaurus
from mine2magnet.model import Filters
from mine2magnet.search import Index
from mine2magnet.search.vectors import RECORD
from tests.search.conftest import DAY, Shelf

NO_WORDS = thesaurus.parse("id,kind,broader,aspect,en,zh,ja\n")  # meaning alone crosses languages

STORIES = {
    "en-shutdown": ("en", "An assembly plant in Stuttgart stopped its lines as motors ran out of magnets."),
    "zh-shutdown": ("zh", "斯图加特一家整车厂因电机缺少磁铁而停产。"),
    "ja-shutdown": ("ja", "シュトゥットガルトの車両工場は、モーター用の磁石が切れて操業を止めた。"),
    "en-recycling": (
        "en",
        "Old hard drives are shredded and their magnets dissolved in acid to win metals.",
    ),
    "zh-recycling": ("zh", "旧硬盘被粉碎，其中的磁铁用酸溶解以回收金属。"),
    "ja-recycling": ("ja", "古いハードディスクを砕き、磁石を酸に溶かして金属を取り戻す。"),
    "en-weather": ("en", "Heavy rain is expected along the coast on Sunday."),
    "zh-weather": ("zh", "预计周日沿海将有大雨。"),
    "ja-weather": ("ja", "日曜日は沿岸で大雨になる見込みだ。"),
}


@pytest.fixture(scope="module", params=["files", "milvus"])
def stories(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    url = request.getfixturevalue("milvus").database() if request.param == "milvus" else ""
    shelf = Shelf(tmp_path_factory.mktemp("stories"), NO_WORDS, url)
    for n, (id, (language, text)) in enumerate(STORIES.items()):
        shelf.put(id, text, title=text[:12], language=language, published=DAY - timedelta(days=n))
    shelf.embed()
    return shelf


@pytest.mark.parametrize(
    ("query", "about"),
    [
        ("car factory halted for want of parts", "shutdown"),
        ("汽车工厂停工 零件短缺", "shutdown"),
        ("自動車工場の生産停止", "shutdown"),
        ("getting metals back from old electronics", "recycling"),
        ("从电子废料中回收稀有金属", "recycling"),
        ("廃電子機器からの金属回収", "recycling"),
    ],
)
def test_a_query_finds_its_story_in_all_three_languages(stories: Shelf, query: str, about: str) -> None:
    results = stories.index.search(query)
    assert results.meaning
    assert {hit.document for hit in results.hits[:3]} == {
        f"{language}-{about}" for language in ("en", "zh", "ja")
    }


@pytest.mark.indexes
def test_the_paragraph_nearest_in_meaning_is_shown(shelf: Shelf) -> None:
    shelf.put(
        "a",
        *("The committee met and heard reports on its budget, staff and buildings. " * 6 for _ in range(2)),
        "Furnaces were shut because dysprosium had run out. " * 6,
        language="en",
    )
    shelf.embed()
    found = shelf.index.search("kilns halted as supplies are exhausted")
    (hit,) = found.hits or found.nearest  # one document says too little of what is near
    assert [p.paragraph for p in hit.passages] == [3]


def test_required_parts_bound_what_meaning_finds(stories: Shelf) -> None:
    found = stories.index.search("factory halted NOT magnets lang:en").hits
    assert {hit.document for hit in found} <= {"en-weather"}
    found = stories.index.search("factory halted", Filters(language=("ja",))).hits
    assert found[0].document == "ja-shutdown"
    assert {hit.document[:2] for hit in found} == {"ja"}
    assert stories.index.search("factory AND halted").hits == ()  # no document has these words


@pytest.mark.indexes
def test_passages_are_embedded_a_few_at_a_time_newest_first(shelf: Shelf) -> None:
    shelf.put("old", "旧闻", published=DAY - timedelta(days=9))
    shelf.put("new", "新闻", published=DAY)
    shelf.index.update()
    assert shelf.index.pending() == (0, 2)
    assert shelf.index.embed(1) == 1
    assert shelf.index.pending() == (1, 2)
    assert [hit.document for hit in shelf.index.search("news item").hits] == ["new"]
    assert shelf.index.embed(10) == 1
    assert shelf.index.embed(10) == 0
    assert shelf.index.pending() == (2, 2)


@pytest.mark.indexes
def test_copies_and_new_versions_embed_only_what_is_new(shelf: Shelf) -> None:
    long = "稀土磁体的库存只够维持数周，企业正在寻找替代供应。" * 4
    shelf.put("a", long, long[::-1], title="题")
    shelf.put("copy", long, long[::-1], title="题", fold="a")
    shelf.index.update()
    assert shelf.index.pending() == (0, 4)
    assert shelf.index.embed(10) == 2
    assert shelf.index.pending() == (4, 4)
    shelf.put("a", long, long[::-1], "又及：" + long, title="题")
    shelf.index.update()
    assert shelf.index.pending() == (4, 5)
    assert shelf.index.embed(10) == 1


@pytest.mark.indexes
def test_vectors_outlive_another_thesaurus_but_not_a_rebuild(shelf: Shelf) -> None:
    shelf.put("a", "稀土")
    shelf.embed()
    other = shelf.again(NO_WORDS)
    other.update()
    assert other.pending() == (1, 1)
    other.rebuild()
    assert other.pending() == (0, 1)


KILLED = """
import os, signal, sys
from pathlib import Path
from mine2magnet.encoder import encode
from mine2magnet.search import Index
from mine2magnet.store import Store
from tests.search.conftest import WORDS

original, calls = encode.embed_passages, 0

def killing(texts):
    global calls
    calls += 1
    if calls == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(texts)

encode.CORES = 1
encode.embed_passages = killing
folder = Path(sys.argv[1])
Index(folder / "index", Store(folder), WORDS).embed(100)
"""


def test_embedding_goes_on_after_a_kill_and_a_cut_off_record(shelf: Shelf) -> None:
    for n in range(5):
        shelf.put(f"d{n}", f"第{n}篇关于磁体的短文")
    shelf.index.update()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(shelf.folder.parent)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    (path,) = shelf.folder.glob("vectors-*.bin")
    assert path.stat().st_size == 4 * RECORD.itemsize
    os.truncate(path, 4 * RECORD.itemsize - 100)  # as if killed in the middle of a write
    index = Index(shelf.folder, shelf.store, shelf.words)
    assert index.pending() == (3, 5)
    assert index.embed(100) == 2
    assert index.pending() == (5, 5)
    assert index.search("short article on magnets").total == 5


def test_damaged_vectors_are_made_anew(shelf: Shelf) -> None:
    shelf.put("a", "稀土")
    shelf.embed()
    (path,) = shelf.folder.glob("vectors-*.bin")
    for damage in (b"", b"x" * 17, b"\xff" * path.stat().st_size):
        path.write_bytes(damage)
        index = Index(shelf.folder, shelf.store, shelf.words)
        assert [hit.document for hit in index.search("稀土").hits] == ["a"]
        assert index.pending() == (0, 1)
        assert index.embed(10) == 1
        assert index.pending() == (1, 1)
