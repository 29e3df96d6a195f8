from __future__ import annotations

from collections.abc import Callable

import pytest

from mine2magnet.digests import statements as s
from mine2magnet.model import Document


def test_headings_boilerplate_and_the_list_of_sources_are_left_out(make: Callable[..., Document]) -> None:
    document = make(
        "What happened in June",
        "Stocks of magnets fell to four weeks in June. Sign up for our newsletter to learn more.",
        "Photo: a plant in Saxony stands still on Monday. The line was built in the spring of 2019.",
        "Sources",
        "The association of suppliers published its survey on 4 June.",
    )
    assert [x.text for x in s.statements(document)] == ["Stocks of magnets fell to four weeks in June."]


def test_a_repeated_sentence_rests_on_both_its_paragraphs(make: Callable[..., Document]) -> None:
    document = make(
        "Stocks fell to four weeks in June.",
        "Prices rose by half since May.",
        "Stocks fell to four weeks, in June!",
    )
    first, second = s.statements(document)
    assert (first.paragraphs, second.paragraphs) == ((1, 3), (2,))


def test_a_document_of_lines_only_still_has_statements(make: Callable[..., Document]) -> None:
    table = make("Dysprosium oxide 260 USD/kg", "Terbium oxide 810 USD/kg", "* * *")
    assert [x.paragraphs for x in s.statements(table)] == [(1,), (2,)]


def test_long_sentences_are_cut_where_the_clause_stands_alone() -> None:
    first = "The first plant in the north is to separate light rare earths " + "and some heavy ones " * 6
    second = "the second plant in the south is to make metal from what the first one ships to it " * 2
    assert s.clauses(f"{first.strip()}; {second.strip()}.") == [first.strip(), f"{second.strip()}."]
    assert s.clauses(f"{first.strip()}, while {second.strip()}.") == [first.strip()]


@pytest.mark.parametrize(
    "sentence",
    [
        "Short; but whole.",
        "If "
        + "the licences come late and the stocks run out " * 6
        + ", while prices rise, plants will stop.",
        "He said “" + "the licences come late; the stocks run out soon " * 8 + "” on Monday.",
        "A plant " + "makes magnets for motors and for turbines " * 12 + "unless the licences come late.",
    ],
)
def test_a_sentence_whose_parts_do_not_stand_alone_stays_whole(sentence: str) -> None:
    assert s.clauses(sentence) == [sentence]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("库存仅够四到六周，价格上涨九成。", 2),
        ("氧化铽的报价翻倍，出口减半。", 2),
        ("使用量は半減し、価格は3倍になった。", 2),
        ("Prices doubled and two-thirds of the plants stopped.", 2),
        ("Nothing is said of how much.", 0),
        ("一些企业表示担忧。", 0),
    ],
)
def test_figures_are_counted_in_numerals_and_words(text: str, count: int) -> None:
    assert s.figures(text) == count


@pytest.mark.parametrize(
    "text",
    [
        "It lowered its dependence.",
        "这意味着成本上升。",
        "该公司计划扩产。",
        "同社は増産する。",
        "これにより在庫が減る。",
        "After China cut shipments, it bought less.",
        "“We wait for a paper",
        "One is factory scrap: swarf from cutting.",
        "In May 2023 it said that demand would rise.",
        "By its reckoning most oxide was cheaper.",
        "“That is a million motors,” he said.",
        "The rest is to come from Brazil.",
        "二是价格上涨。",
        "参照価格をどう決めるかという点である。",
        "Analysts put it as follows: prices rise.",
    ],
)
def test_sentences_that_lean_on_others_are_known(text: str) -> None:
    assert s.is_dependent(text)


@pytest.mark.parametrize(
    "text",
    [
        "Italy makes magnets.",
        "其他企业计划扩产。",
        "他国の企業も増産する。",
        "Thursday's auction failed.",
        "Hercules builds a mill.",
        "The rest of Europe waits.",
    ],
)
def test_sentences_that_stand_alone_are_known(text: str) -> None:
    assert not s.is_dependent(text)


@pytest.mark.parametrize(
    "text", ["Who pays?", "为什么不能换一家供应商？", "欧洲该怎么办呢。", "中国側の狙いは何か。"]
)
def test_questions_are_known(text: str) -> None:
    assert s.is_question(text)
    assert not s.is_question("Stocks fell.")


def test_a_text_without_spaces_is_long_all_the_same() -> None:
    assert s.size("x" * 10_000) > s.LONGEST


def test_one_quotation_is_one_statement_unless_it_is_long(make: Callable[..., Document]) -> None:
    said = "「在庫は3週間分しかない。増産も難しい」と担当者は話す。"
    (whole,) = s.statements(make(said, language="ja"))
    assert whole.text == said
    endless = "「" + "在庫は3週間分しかないと担当者は繰り返し話している。" * 30 + "」"
    assert len(s.statements(make(endless, language="ja"))) >= 1
    assert max(len(one.text) for one in s.statements(make(endless, language="ja"))) < 300


@pytest.mark.parametrize(
    "text",
    [
        "Germany alone accounted for just under half of that.",
        "The total was 10.2 per cent above July's.",
        "China accounted for 93% of these imports.",
        "照此计算，一期只能满足需求的9%。",
        "分析人士认为，此举意在增产。",
        "うち361トンはドイツ向けだった。",
        "Noveon runs a line of the same size in Texas.",
        "A maker in Ohio turned them into motors.",
        "On July 9 last year, the eve of the deal, it stood at $63.",
        "元技官の日高俊彦氏はこう指摘する。",
        "两部门要求上报指标。",
        "目前没有企业生产这两种产品。",
        "“After that I send 160 people home.”",
        "In the clays of Myanmar they can exceed 40 per cent.",
        "The loan is conditional on 5 t.",
        "Brussels paid for part of it.",
        "China separated 100% of the world's supply of the metal.",
        "A trader sold 200 kg at the lower end.",
        "Demand is not helping sellers either.",
        "新措施未反映在上述数据中。",
        "市场也有反应。",
        "残る121件は審査中だ。",
        "ベトナムからの輸入が増加したことによるものです。",
    ],
)
def test_sentences_that_may_lean_are_told_from_those_that_do(text: str) -> None:
    assert s.leans(text)
    assert not s.is_dependent(text)


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("“After that I send 160 people home.”", True),
        ("１機に約417キロを使う―。", True),
        ("結果は次の通り。", True),
        ("“After that I rest,” he said.", False),
        ("価格は上昇した。", False),
    ],
)
def test_what_the_next_sentence_goes_on_with_is_known(text: str, on: bool) -> None:
    assert s.leads_on(text) == on


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("It makes magnets.", True),
        ("该公司计划扩产。", True),
        ("同社は増産する。", True),
        ("能力を3倍に引き上げる。", True),  # who, is left out
        ("This is late.", False),
        ("这意味着成本上升。", False),
        ("これにより在庫が減る。", False),
    ],
)
def test_whether_it_leans_on_who_acts(text: str, actor: bool) -> None:
    assert s.is_dependent(text)
    assert s.leans_on_actor(text) is actor


@pytest.mark.parametrize(
    "text",
    [
        "The loan of A$40 million is undrawn.",
        "Europe uses 22,000 t a year, and 98% of those it imports are Chinese.",
        "The US came second with 45,000 t, all of it from one pit.",
    ],
)
def test_what_has_its_antecedent_in_it_does_not_lean(text: str) -> None:
    assert not s.may_lean(text)
