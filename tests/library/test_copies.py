from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mine2magnet.library.copies import is_copy, is_edited
from mine2magnet.model import Document, Paragraph

NOTE = (
    "Brokers at the Tallin yard quoted dysprosium oxide at 812 dollars a kilogram on Friday, 6 June.",
    "Terbium oxide stood at 2,140 dollars, and Harbour Metals said that offers were few.",
    "Buyers who make magnets have to cover the third quarter, and pay before the goods arrive.",
    "The licensing office has a backlog of 430 applications, which it hopes to clear by the autumn.",
)
ZH = (
    "恒岳稀土公布，截至6月6日当周，氧化镝报价升到每公斤1650元，市场成交清淡。",
    "公司销售经理说，出口许可审批仍然缓慢，目前还有430份申请在排队，磁材企业只按需采购。",
    "内陆运费也有所增加，下游利润受到挤压，短期内很难改善，部分贸易商已经开始提前付款锁货。",
)
JA = (
    "湾岸メタルによると、6月6日までの一週間に酸化ジスプロシウムは1キロ812ドルに上昇した。",
    "輸出許可の審査は遅く、なお430件が残っている。買い手の多くは磁石メーカーだ。",
    "入荷した品は二日以内に売れ、信用状を断る売り手も増えた。先行きは見通せない。",
)


def document(*paragraphs: str, title: str = "Note") -> Document:
    numbered = tuple(Paragraph(n, text) for n, text in enumerate(paragraphs, 1))
    return Document(title, "Source", datetime(2026, 6, 7, tzinfo=UTC), "en", numbered)


def changed(*swaps: tuple[str, str], base: tuple[str, ...] = NOTE) -> Document:
    text = "\n".join(base)
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    return document(*text.split("\n"))


@pytest.mark.parametrize("base", [NOTE, ZH, JA])
def test_a_copy_may_be_cut_and_bear_its_publisher(base: tuple[str, ...]) -> None:
    whole = document(*base)
    assert is_copy(whole, whole)
    assert is_copy(whole, document(*base[:-1]))
    assert is_copy(whole, document(*base, "Source: Reuters, 7 June, 09:30. Editing by J. Doe."))


def test_a_copy_may_be_worded_otherwise_and_have_its_sentences_moved() -> None:
    worded = changed(
        ("quoted", "offered"), ("said that", "noted that"), ("have to", "must"), ("2,140", "2140")
    )
    assert is_copy(document(*NOTE), worded)
    assert is_copy(document(*NOTE), document(*reversed(NOTE)))


@pytest.mark.parametrize(
    "swap",
    [
        ("812", "905"),
        ("6 June", "13 June"),
        ("Friday", "Monday"),
        ("430", "395"),
        ("Harbour Metals", "Quayside Alloys"),
        ("Dysprosium".lower(), "neodymium"),
    ],
)
def test_one_other_figure_date_or_name_makes_another_text(swap: tuple[str, str]) -> None:
    assert not is_copy(document(*NOTE), changed(swap))
    single = swap[0] in ("812", "Friday", "430")
    assert is_edited(document(*NOTE), changed(swap)) == (single or swap[0] == "6 June")
    assert not is_edited(
        document(*NOTE), changed(swap, ("2,140", "2,310")) if single else changed(swap, ("812", "905"))
    )


@pytest.mark.parametrize(
    ("base", "swap"),
    [
        (ZH, ("1650", "1735")),
        (ZH, ("6月6日", "6月13日")),
        (ZH, ("恒岳稀土", "泰源金属")),
        (JA, ("812", "905")),
        (JA, ("湾岸メタル", "港南アロイ")),
    ],
)
def test_in_chinese_and_japanese_as_well(base: tuple[str, ...], swap: tuple[str, str]) -> None:
    assert not is_copy(document(*base), changed(swap, base=base))


def test_what_only_one_of_them_says_was_added() -> None:
    longer = changed(("812 dollars", "812 dollars, after 790 a week before,"))
    assert is_edited(document(*NOTE), longer)
    assert is_copy(document(*NOTE), longer)


def test_a_dateline_is_the_publishers() -> None:
    one, other = (document(f"Published {day} June", *NOTE) for day in (7, 8))
    assert is_copy(one, other)


def test_a_quotation_is_no_copy() -> None:
    assert not is_copy(document(*NOTE[:1]), document(*NOTE))
    own = ("Miners in the north see it otherwise: they count ships.", "A port that is full tells more.")
    assert not is_copy(document(*own, NOTE[0]), document(*NOTE))
