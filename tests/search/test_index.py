from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.claims.written_forms import written_forms
from mine2magnet.core.errors import UserError
from mine2magnet.model import Filters
from mine2magnet.search.index import NEAREST
from tests.search.conftest import DAY, Shelf

pytestmark = pytest.mark.indexes


@pytest.fixture
def three(shelf: Shelf) -> Shelf:
    """One story in each language and script, and one that is about something else."""
    shelf.put("zh", "欧洲车企的稀土库存只够维持数周。", title="车企告急")
    shelf.put("tw", "歐洲車廠的稀土庫存僅夠維持數週。", title="車廠告急", published=DAY - timedelta(days=1))
    shelf.put(
        "en",
        "European carmakers hold rare earth inventories for weeks only.",
        title="Carmakers on edge",
        language="en",
        published=DAY - timedelta(days=2),
    )
    shelf.put(
        "ja",
        "欧州の自動車各社のレアアース在庫は数週間分しかない。",
        title="自動車各社に危機感",
        language="ja",
        published=DAY - timedelta(days=3),
    )
    shelf.put("other", "A football match ended without a goal.", title="Football", language="en")
    return shelf


STORY = {"zh", "tw", "en", "ja"}


@pytest.mark.parametrize("query", ["稀土 库存", "稀土 庫存", "rare earth inventory", "レアアース 在庫"])
def test_words_find_the_story_in_every_language(three: Shelf, query: str) -> None:
    assert set(three.found(query)) == STORY


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("库存", STORY),  # two characters
        ("車廠", {"tw"}),  # not in the thesaurus; another word than 车企
        ("车厂", {"tw"}),  # found by the other script's spelling
        ("告急", {"zh", "tw"}),
        ("carmaker", {"en"}),  # stemmed
        ("自動車", {"ja"}),
        ('"rare earth inventories"', {"en"}),
        ('"inventories rare earth"', set()),
        ("“稀土库存”", {"zh", "tw"}),
        ("库存 AND carmakers", {"en"}),
        ("carmakers OR 自動車", {"en", "ja"}),
        ("库存 AND (carmakers OR 自動車)", {"en", "ja"}),
        ("库存 NOT carmakers", {"zh", "tw", "ja"}),
        ("库存 -carmakers -自動車", {"zh", "tw"}),
        ("库存 lang:ja", {"ja"}),
        ("库存 -lang:zh", {"en", "ja"}),
        ("lang:ja OR lang:en", {"ja", "en", "other"}),
        ("title:告急", {"zh", "tw"}),
        ("title:库存", set()),
        ('title:"on edge"', {"en"}),
        ("库存 since:2025-05-31", {"zh", "tw"}),
        ("库存 until:2025-05-30", {"en", "ja"}),
        ("库存 since:2025-05-30 until:2025-05", {"tw", "en"}),
        ("zzz", set()),
        ("???", set()),
        ("lang:ja ???", set()),
        ("category:paper", set()),
        ("source:news", {"zh", "tw", "en", "ja", "other"}),
        ("the", set()),
    ],
)
def test_the_syntax_finds_what_it_says(three: Shelf, query: str, expected: set[str]) -> None:
    assert set(three.found(query)) == expected


def test_a_person_is_one_under_all_names(shelf: Shelf) -> None:
    shelf.put("a", "高市早苗首相は会見した。", language="ja")
    shelf.put("b", "Takaichi Sanae spoke.", language="en")
    shelf.put("c", "首相高市早苗讲话。")
    for query in ("高市早苗", "高市早苗首相", "Takaichi Sanae", "Sanae Takaichi"):
        assert set(shelf.found(query)) == {"a", "b", "c"}


def test_short_names_and_single_characters_count_as_they_are_written(shelf: Shelf) -> None:
    shelf.put("symbol", "Prices of Dy rose.", language="en")
    shelf.put("oxide", "氧化镝涨价")
    shelf.put("traditional", "氧化鏑漲價")
    shelf.put("lower", "they let us know", language="en")
    assert set(shelf.found("镝")) == {"symbol", "oxide", "traditional"}
    assert set(shelf.found("dysprosium")) == {"symbol", "oxide", "traditional"}
    assert shelf.found("US") == []
    assert set(shelf.found("价")) == {"oxide", "traditional"}  # no concept: a character by itself


def test_free_words_need_most_of_them_not_all(shelf: Shelf) -> None:
    shelf.put("a", "The northern refinery ships oxide to Europe by rail.", language="en")
    shelf.put("b", "The refinery is closed.", language="en")
    assert shelf.found("northern refinery ships oxide by sea") == ["a"]
    assert shelf.found("refinery AND rail") == ["a"]


def test_what_has_more_of_the_query_comes_first(shelf: Shelf) -> None:
    shelf.put("some", "Rare earth exports fell.", language="en")
    shelf.put("all", "Rare earth exports to Japan fell while stocks ran down.", language="en")
    shelf.put("most", "Rare earth stocks ran down in spring.", language="en")
    assert shelf.found("rare earth exports stocks Japan")[0] == "all"


def test_an_empty_query_lists_everything_newest_first(three: Shelf) -> None:
    assert three.found("") == ["other", "zh", "tw", "en", "ja"]
    assert three.found("", limit=2, offset=1) == ["zh", "tw"]


def test_newest_first(three: Shelf) -> None:
    assert three.found("库存", order="newest") == ["zh", "tw", "en", "ja"]


def test_equal_documents_stand_by_date_then_id(shelf: Shelf) -> None:
    for id in ("c", "a", "b"):
        shelf.put(id, "稀土", title="同题")
    shelf.put("z", "稀土", title="同题", published=DAY + timedelta(days=1))
    assert shelf.found("稀土") == shelf.found("稀土", order="newest") == ["z", "a", "b", "c"]


def test_an_undated_document_stands_by_when_it_was_fetched_but_passes_no_date_filter(shelf: Shelf) -> None:
    shelf.put("dated", "稀土")
    shelf.put("undated", "稀土", published=None)  # fetched 30 days later
    assert shelf.found("", order="newest") == ["undated", "dated"]
    assert shelf.found("稀土 since:2000") == ["dated"]
    assert shelf.found("", filters=Filters(since=datetime(2000, 1, 1, tzinfo=UTC))) == ["dated"]


def test_a_day_is_one_in_the_zone_that_the_source_states(shelf: Shelf) -> None:
    shelf.put("beijing", "稀土", published=datetime(2025, 4, 4, 6, tzinfo=timezone(timedelta(hours=8))))
    assert shelf.found("稀土 since:2025-04-04") == ["beijing"]
    assert shelf.found("稀土 until:2025-04-03") == []


def test_filters(shelf: Shelf) -> None:
    shelf.put("a", "稀土", source="甲报", tags=["磁体", "欧洲"], category="analysis")
    shelf.put("b", "稀土", source="乙报", tags=["磁体"], published=DAY + timedelta(days=9))
    shelf.put("c", "レアアース", source="丙報", language="ja", tags=["price"])
    cases = [
        (Filters(source=("甲报",)), {"a"}),
        (Filters(source=("甲报", "乙报")), {"a", "b"}),
        (Filters(language=("ja",)), {"c"}),
        (Filters(category=("analysis",)), {"a"}),
        (Filters(tag=("磁体",)), {"a", "b"}),
        (Filters(tag=("price", "欧洲")), {"a", "c"}),
        (Filters(tag=("磁体",), language=("ja",)), set()),
        (Filters(since=DAY + timedelta(days=1)), {"b"}),
        (Filters(until=DAY), {"a", "c"}),
        (Filters(documents=frozenset({"a", "c", "gone"})), {"a", "c"}),
        (Filters(documents=frozenset()), set()),
        (Filters(source=("nobody",)), set()),
    ]
    for filters, expected in cases:
        for query in ("稀土", ""):
            assert set(shelf.found(query, filters=filters)) == expected


def test_of_near_duplicates_the_one_that_is_read_leads(shelf: Shelf) -> None:
    shelf.put("a", "稀土 库存", published=DAY)
    shelf.put("b", "rare earth stocks", language="en", published=DAY - timedelta(days=1))
    shelf.put("c", "稀土", published=DAY - timedelta(hours=1))
    shelf.put("d", "レアアース在庫", language="ja", published=DAY - timedelta(days=2))
    shelf.index.update()
    together = (("a", "b", "d"),)

    def led(*reads: str) -> list[str]:
        hits = shelf.index.search("", order="newest", together=together, reads=reads).hits
        return [hit.document for hit in hits]

    assert led() == led("zh") == led("fr") == ["a", "c"]
    assert led("en", "ja") == ["b", "c"], "where the newest of them stands"
    assert led("fr", "ja") == ["d", "c"]


def test_facets_count_the_whole_result(shelf: Shelf) -> None:
    for n in range(30):
        shelf.put(f"d{n:02}", "稀土", source="甲" if n % 3 else "乙", tags=["x"] if n < 10 else [])
    shelf.put("none", "无关")
    shelf.index.update()
    results = shelf.index.search("稀土", limit=5)
    assert (len(results.hits), results.total) == (5, 30)
    assert results.facets == {
        "source": {"甲": 20, "乙": 10},
        "language": {"zh": 30},
        "category": {"news": 30},
        "tag": {"x": 10},
    }


def test_near_duplicates_are_one_hit_and_count_once(shelf: Shelf) -> None:
    shelf.put("a", "稀土库存", source="甲", published=DAY)
    shelf.put("b", "稀土库存", source="乙", fold="a", published=DAY - timedelta(days=1))
    shelf.put("c", "稀土库存", source="丙", fold="a", published=DAY - timedelta(days=2))
    shelf.put("d", "稀土", source="甲")
    shelf.index.update()
    results = shelf.index.search("稀土 库存")
    assert [(h.document, h.copies) for h in results.hits] == [("a", ("b", "c"))]
    assert results.total == 1
    assert results.facets["source"] == {"丙": 1, "乙": 1, "甲": 1}
    together = (("c", "d", "gone"),)
    assert [h.copies for h in shelf.index.search("稀土", together=together).hits] == [("a", "b", "c")]
    results = shelf.index.search("稀土 库存", Filters(source=("乙", "丙")))
    assert [(h.document, h.copies) for h in results.hits] == [("b", ("c",))]
    assert results.facets["source"] == {"丙": 1, "乙": 1}
    assert shelf.index.search("").total == 2


def test_copies_are_listed_each_where_a_tag_or_a_folder_is_asked_for(shelf: Shelf) -> None:
    shelf.put("a", "稀土库存不足", fold="a", tags=["mine"])
    shelf.put("b", "稀土库存不足。", fold="a", tags=["mine"])
    shelf.put("c", "稀土库存不足", fold="a")
    shelf.index.update()
    assert len(shelf.index.search("稀土 库存").hits) == 1
    tagged = shelf.index.search("稀土 库存", Filters(tag=("mine",)))
    assert ({hit.document for hit in tagged.hits}, tagged.total) == ({"a", "b"}, 2)
    assert all(hit.copies == () for hit in tagged.hits)
    in_folder = shelf.index.search("", Filters(documents=frozenset("bc"), apart=True))
    assert ({hit.document for hit in in_folder.hits}, in_folder.total) == ({"b", "c"}, 2)
    assert in_folder.facets["language"] == {"zh": 2}


def test_a_hit_shows_where_it_matched(three: Shelf) -> None:
    three.index.update()
    hits = {hit.document: hit for hit in three.index.search("库存 carmakers").hits}
    assert set(hits) == {"en"}
    (passage,) = hits["en"].passages
    text = "European carmakers hold rare earth inventories for weeks only."
    assert (passage.paragraph, passage.text) == (1, text)
    assert [text[a:b] for a, b in passage.highlights] == ["carmakers", "inventories"]
    assert hits["en"].title_highlights == ((0, 9),)


def test_scores_fall_along_the_list(three: Shelf) -> None:
    three.index.update()
    for query, order in (("稀土 库存", "best"), ("稀土 库存", "newest"), ("", "newest")):
        scores = [hit.score for hit in three.index.search(query, order=order).hits]  # type: ignore[arg-type]
        assert len(scores) >= 4
        assert scores == sorted(scores, reverse=True)


def test_searching_before_anything_is_indexed_finds_nothing(shelf: Shelf) -> None:
    assert shelf.index.search("稀土").hits == ()
    assert shelf.index.matching(["稀土"], []) == frozenset()
    assert shelf.index.pending() == (0, 0)
    assert shelf.index.embed(5) == 0
    assert shelf.index.update() == 0
    assert shelf.index.search("稀土").hits == ()


def test_what_is_no_syntax_is_searched_but_not_watched_for(three: Shelf) -> None:
    three.index.update()
    found = three.index.search('"库存 carmakers')
    assert ([hit.document for hit in found.hits], found.fault, found.strict) == (["en"], "quote", ())
    with pytest.raises(UserError, match="quotation mark"):
        three.index.matching(['"库存'], [])


def test_what_is_taken_strictly_can_be_searched_for_loosely(three: Shelf) -> None:
    three.index.update()
    query = '"inventories rare earth" -carmakers lang:en'
    strict = three.index.search(query)
    assert (strict.total, strict.fault) == (0, "")
    assert strict.strict == ('"inventories rare earth"', "-carmakers", "lang:en")
    loose = three.index.search(query, loose=True)
    assert ([hit.document for hit in loose.hits], loose.strict) == (["en"], ())


@pytest.mark.parametrize(
    "query", ["chocolate cake recipe", "zzzzqqq", "猫と犬は一緒に飼えるか", "红烧肉的家常做法"]
)
def test_what_nothing_says_is_told_from_what_comes_nearest(three: Shelf, query: str) -> None:
    three.embed()
    found = three.index.search(query)
    assert (found.hits, found.total, found.facets, found.meaning) == ((), 0, {}, True)
    assert len(found.nearest) <= NEAREST
    assert three.index.search(query, limit=0).nearest == ()
    assert {hit.document for hit in three.index.search("rare earth stocks of carmakers").hits} >= STORY


def test_a_sentence_is_found_by_most_of_its_wording(shelf: Shelf) -> None:
    shelf.put("a", "某厂因断料停产三周，随后改用现货，成本翻倍。")
    shelf.put("b", "某厂三周后复产。")
    assert shelf.found("据说某厂断料停产了三周才换现货", by="words") == ["a"]


@pytest.mark.parametrize("query", ["+a ^2 ~3 [x TO y] {a*?}", "a\\", "/re.*/", "*", "\0\ud800", "a : b"])
def test_no_character_is_special_to_the_index(three: Shelf, query: str) -> None:
    three.index.update()
    three.index.search(query)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    shelf = Shelf(tmp_path_factory.mktemp("small"))
    shelf.put("a", "稀土库存 rare earth stocks", tags=["x"])
    shelf.put("b", "レアアース在庫 N52", language="ja")
    shelf.index.update()
    return shelf


@given(st.text(max_size=60) | st.text(st.sampled_from('稀土库存rareN52"()-: ANDOT在庫レ'), max_size=40))
def test_any_text_is_searched(small: Shelf, query: str) -> None:
    results = small.index.search(query)
    assert results.total == len(results.hits) <= 2 >= len(results.nearest)
    with suppress(UserError):
        assert small.index.matching([query], []) <= {"a", "b"}


def test_update_counts_what_changed_and_is_idempotent(shelf: Shelf) -> None:
    shelf.put("a", "稀土")
    shelf.put("b", "稀土")
    assert shelf.index.update() == 2
    assert shelf.index.update() == 0
    shelf.put("a", "磁铁")
    shelf.remove("b")
    assert shelf.index.update() == 2
    assert shelf.index.update() == 0


def test_a_new_version_replaces_the_old_one(shelf: Shelf) -> None:
    shelf.put("a", "稀土库存", tags=["old"])
    assert shelf.found("库存") == ["a"]
    shelf.put("a", "磁体价格", tags=["new"])
    assert shelf.found("库存") == []
    assert shelf.found("价格") == ["a"]
    assert shelf.index.search("").facets["tag"] == {"new": 1}


def test_a_removed_document_leaves_and_may_come_back(shelf: Shelf) -> None:
    shelf.put("a", "稀土库存")
    shelf.put("b", "稀土库存", fold="a")
    assert shelf.found("库存") == ["a"]
    shelf.remove("a")
    assert shelf.found("库存") == ["b"]
    assert shelf.index.search("库存").hits[0].copies == ()
    assert shelf.index.matching(["库存"], []) == {"b"}


def test_topics_match_by_words_in_any_language_or_by_tag(three: Shelf) -> None:
    three.put("tagged", "nothing", language="en", tags=["magnets"])
    three.index.update()
    matching = three.index.matching
    assert matching(["稀土"], []) == STORY
    assert matching(["稀土 football"], []) == set()
    assert matching(["football", "自動車"], ["magnets"]) == {"other", "ja", "tagged"}
    assert matching(["lang:en -football"], []) == {"en", "tagged"}
    assert matching([], []) == set()
    three.put("late", "稀土")
    three.index.update()
    assert matching(["稀土"], []) == {*STORY, "late"}


def test_many_documents_are_indexed_in_several_batches(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mine2magnet.search.index.BATCH", 7)
    for n in range(40):
        shelf.put(f"d{n:02}", f"稀土 第{n}号")
    for n in range(0, 40, 3):
        shelf.remove(f"d{n:02}")
    assert len(shelf.found("稀土", limit=100)) == 26


def test_a_search_may_count_one_kind_of_evidence(shelf: Shelf) -> None:
    shelf.put("cars", "Assembly lines stood still, as components for motors did not come.", language="en")
    shelf.put("kiln", "The kiln burns again after the summer.", language="en")
    query = "factories halted for lack of supplies"
    assert shelf.found(query, by="meaning") == [], "without vectors, words count"
    shelf.embed()
    assert shelf.found(query, by="meaning")[:1] == ["cars"]
    assert shelf.found(query, by="words") == []
    assert shelf.found("kiln", by="words") == ["kiln"]


def test_relevance_is_of_a_document_alone_and_can_be_asked_for(three: Shelf) -> None:
    three.embed()
    hits = three.index.search("rare earth stocks").hits
    by_id = {hit.document: hit.relevance for hit in hits}
    assert len(by_id) > 1
    for least in (min(by_id.values()), max(by_id.values())):
        passing = three.found("rare earth stocks", least=least)
        assert set(passing) == {id for id, relevance in by_id.items() if relevance >= least}
    first = hits[0].document
    alone = three.index.search("rare earth stocks", Filters(documents=frozenset([first]))).hits
    assert [(hit.document, hit.relevance) for hit in alone] == [(first, by_id[first])]
    assert {hit.relevance for hit in three.index.search("").hits} == {1.0}


@pytest.mark.parametrize(
    "query",
    ["4-6 weeks", "within four to six weeks", "四到六周", "4～6週間"],
)
def test_figures_are_found_as_other_languages_write_them(shelf: Shelf, query: str) -> None:
    shelf.written = written_forms
    shelf.index = shelf.again()
    shelf.put("zh", "新订单需要四到六周才能交货。")
    shelf.put("ja", "納入には4～6週間かかる。", language="ja")
    shelf.put("digits", "交货要4至6周以上。")
    shelf.put("en", "Orders are shipped within four to six weeks.", language="en")
    shelf.put("other", "交货要九到十个月。")
    assert set(shelf.found(query)) == {"zh", "ja", "digits", "en"}


def test_what_was_found_otherwise_is_shown(shelf: Shelf) -> None:
    shelf.written = written_forms
    shelf.index = shelf.again()
    shelf.put("zh", "出口管制从2025年7月起实施。")
    assert shelf.found("July 2025") == ["zh"]
    (hit,) = shelf.index.search("July 2025").hits
    (passage,) = hit.passages
    assert [passage.text[a:b] for a, b in passage.highlights] == ["2025", "7月"]
