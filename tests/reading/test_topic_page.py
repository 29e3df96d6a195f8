from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet import reading
from mine2magnet.model import Digest, Group, Point, Read
from mine2magnet.reading import topic_page
from mine2magnet.reading.topic_page import parse_digest

if TYPE_CHECKING:
    from mine2magnet.reading.fetch import Fetcher
    from tests.reading.conftest import Write

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CST = timezone(timedelta(hours=8))
PAGE = """高性能磁体
Search documents
镝价连涨三周,海外买家四处找货
Ci Ti Ri Bao· 2025-10-29 12:45
Core Viewpoint - Dysprosium is short outside China, and buyers pay for it [1][4]. \
Group 1: Prices - Spot prices in Rotterdam stand at 2.5 times those in China [2]. \
- Long-term contracts - where they exist - are being reopened [2, 3]. \
Group 2: Supply Outlook - A plant in group 3 of the list starts in Q3 [4]
日本の磁石各社、在庫を積み増し
Ri Jing Wang · 2025-06-01 03:13
"""


def read(text: str) -> list[Read]:
    return list(topic_page.read(text, fetched=NOW))


def test_each_document_has_title_source_time_and_language() -> None:
    first, second = read(PAGE)
    assert first.topic == second.topic == "高性能磁体"
    assert first.document.title == "镝价连涨三周,海外买家四处找货"
    assert first.document.source == "Ci Ti Ri Bao"
    assert first.document.published == datetime(2025, 10, 29, 12, 45, tzinfo=CST)
    assert (first.document.language, second.document.language) == ("zh", "ja")
    assert (first.document.paragraphs, first.document.url, first.document.category) == ((), None, "news")


def test_the_digest_is_parted_into_viewpoint_groups_and_points() -> None:
    first, second = read(PAGE)
    assert first.digest == Digest(
        viewpoint=(Point("Dysprosium is short outside China, and buyers pay for it.", (1, 4)),),
        groups=(
            Group(
                "Prices",
                (
                    Point("Spot prices in Rotterdam stand at 2.5 times those in China.", (2,)),
                    Point("Long-term contracts - where they exist - are being reopened.", (2, 3)),
                ),
            ),
            Group("Supply Outlook", (Point("A plant in group 3 of the list starts in Q3", (4,)),)),
        ),
        method="source",
        language="en",
    )
    assert second.digest is None


def test_line_ends_and_blank_lines_do_not_matter() -> None:
    assert read(PAGE.replace("\n", "\r\n\r\n")) == read(PAGE)


def test_a_digest_over_several_lines() -> None:
    assert read(PAGE.replace(" Group ", "\nGroup ").replace(" - Long", "\n- Long")) == read(PAGE)


@pytest.mark.parametrize("zone", ["+09:00", " +0900", " JST"])
def test_a_stated_zone_is_kept(zone: str) -> None:
    [first, _] = read(PAGE.replace("12:45", f"12:45{zone}"))
    assert first.document.published == datetime(2025, 10, 29, 12, 45, tzinfo=timezone(timedelta(hours=9)))


def test_a_date_alone() -> None:
    [first, _] = read(PAGE.replace("2025-10-29 12:45", "2025-10-29"))
    assert first.document.published == datetime(2025, 10, 29, tzinfo=CST)


def test_labels_in_chinese() -> None:
    digest = parse_digest(
        "核心观点：稀土供应趋紧[1][8]。第1组：战略合作 - 双方签署谅解备忘录[1]。 - 澳大利亚提供矿石[1][3]。"
        "第2组：挑战 - 精炼不足[3]。"
    )
    assert digest is not None
    assert digest.viewpoint == (Point("稀土供应趋紧。", (1, 8)),)
    assert [(g.heading, [p.citations for p in g.points]) for g in digest.groups] == [
        ("战略合作", [(1,), (1, 3)]),
        ("挑战", [(3,)]),
    ]
    assert digest.language == "zh"


def test_a_viewpoint_of_several_cited_sentences_keeps_each_with_its_citations() -> None:
    digest = parse_digest("Core Viewpoint - Stocks fall [1]. Prices rise in the U.S. market [2-4].")
    assert digest is not None
    assert digest.viewpoint == (
        Point("Stocks fall.", (1,)),
        Point("Prices rise in the U.S. market.", (2, 3, 4)),
    )


def test_a_digest_without_groups_or_citations() -> None:
    digest = parse_digest("Stocks of terbium last for five weeks.")
    assert digest is not None
    assert (digest.viewpoint, digest.groups) == ((Point("Stocks of terbium last for five weeks."),), ())


@pytest.mark.parametrize(
    "text",
    [
        "A note\nwritten on a train\nabout magnets· and more\n2025-06-01 03:13",
        "One line only",
        "",
        "Title\n\nParagraph one says little.\n\nExample News · 2025-06-01 03:13\n",
    ],
)
def test_other_texts_are_no_topic_pages(text: str) -> None:
    assert not topic_page.is_topic_page(text)


def test_a_file_is_recognised_by_its_content(write: Write, fetcher: Fetcher) -> None:
    for name in ("page.txt", "page.md", "saved"):
        items = list(reading.read(str(write(name, PAGE)), fetcher))
        assert [i.topic for i in items if isinstance(i, Read)] == ["高性能磁体"] * 2


def rendered(digest: Digest) -> str:
    def marked(point: Point) -> str:
        marks = "".join(f"[{n}]" for n in point.citations)
        return f"{point.text[:-1]} {marks}{point.text[-1]}" if marks else point.text

    parts = ["Core Viewpoint - " + " ".join(map(marked, digest.viewpoint))]
    for n, group in enumerate(digest.groups, 1):
        parts.append(f"Group {n}: {group.heading} " + " ".join(f"- {marked(p)}" for p in group.points))
    return " ".join(parts)


_word = st.text(string.ascii_letters + string.digits + "-'%磁体", min_size=1, max_size=8).filter(
    lambda word: word.strip("-") and not word.startswith("-")
)
_words = st.lists(
    _word | st.sampled_from(["2.5", "Group", "U.S.-made", "(EU)", "3,000"]), min_size=1, max_size=8
)
_citations = st.lists(st.integers(1, 99), min_size=1, max_size=4, unique=True).map(tuple)
_sentence = _words.map(lambda words: " ".join(words) + ".")
_points = st.builds(Point, _sentence, _citations)
_heading = _words.map(" ".join).filter(lambda text: not text.endswith("."))
_groups = st.builds(Group, _heading, st.lists(_points, min_size=1, max_size=4).map(tuple))


@given(st.lists(_points, min_size=1, max_size=2).map(tuple), st.lists(_groups, max_size=5).map(tuple))
def test_a_rendered_digest_reads_back_the_same(
    viewpoint: tuple[Point, ...], groups: tuple[Group, ...]
) -> None:
    digest = Digest(viewpoint, groups, "source", "en")
    read_back = parse_digest(rendered(digest))
    assert read_back is not None
    assert (read_back.viewpoint, read_back.groups) == (viewpoint, groups)
