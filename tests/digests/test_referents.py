from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from mine2magnet.core import thesaurus
from mine2magnet.digests.referents import Referents, names_actor, names_subject
from mine2magnet.model import Document

WORDS = thesaurus.load()
Make = Callable[..., Document]


@pytest.mark.parametrize(
    ("language", "before", "text", "told"),
    [
        (
            "en",
            "China's commerce ministry cut quotas.",
            "The ministry has 45 days.",
            ["China's commerce ministry"],
        ),
        ("en", "The ministry of the day cut quotas.", "The ministry has 45 days.", []),
        ("en", "The U.S. Geological Survey counted.", "The agency put imports at 5 t.", ["usgs"]),
        ("en", "Lynas shipped less.", "The company fell behind.", ["lynas"]),
        ("en", "Lynas and MP Materials shipped less.", "The company fell behind.", []),  # either
        ("en", "The Kuantan plant grew.", "The plant employs 200.", ["Kuantan plant"]),
        ("en", "The Kuantan plant and the Narva plant grew.", "The plant employs 200.", []),
        ("en", "The Kuantan plant grew.", "The plant in Narva employs 200.", []),  # another
        ("en", "Australia mined more.", "The country smelts little.", ["australia"]),
        ("zh", "欧洲汽车供应商协会称库存不足。", "该协会预计停产。", ["欧洲汽车供应商协会"]),
        ("zh", "欧洲汽车供应商协会称库存不足。", "印度汽车制造商协会很急，该协会预计停产。", []),
        ("ja", "欧州自動車部品工業会は停止を発表した。", "同会は警告した。", ["欧州自動車部品工業会"]),
        (
            "ja",
            "西オーストラリア州の鉱山を拡張する。",
            "同州カルグーリーの工場も動く。",
            ["西オーストラリア州"],
        ),
        ("ja", "福井県内の工場を調べた。", "県は補助を出す。", ["福井県"]),
        ("en", "Japan buys from China.", "It cost the country 0.25%.", []),  # either
        (
            "en",
            "The Ministry of Trade, Industry and Energy met.",
            "The ministry will check.",
            ["Ministry of Trade, Industry and Energy"],
        ),
        ("ja", "合同会社が動く。", "合同会議を開く。", []),
        ("en", "Lynas grew. Lynas hired. Iluka watched.", "The factory employs 200.", ["lynas"]),
        ("en", "Lynas grew. Iluka watched.", "The factory employs 200.", []),  # whose?
        ("en", "The Narva plant and the Kuantan plant of Lynas grew.", "The plant employs 200.", []),
        ("en", "She leads Wearside Recovery, a recycler.", "Her company sells.", ["Wearside Recovery"]),
        ("en", "Lynas grew. Lynas hired.\nIluka watched.", "The company fell behind.", ["iluka"]),
        ("en", "Australia mines.\nNobody smelts.", "The country waits.", []),  # too far away
        ("ja", "ライナスは増産する。", "同社幹部は認めた。", ["lynas"]),
        ("zh", "Neo在纳尔瓦建厂。", "项目总投资1亿美元。", ["neo_performance"]),
        ("zh", "Neo在纳尔瓦建厂。", "厂商不急。", []),
    ],
)
def test_what_is_named_again_is_the_last_of_its_kind(
    language: str, before: str, text: str, told: list[str], make: Make
) -> None:
    lines = before.split("\n")
    document = make(*lines, text, title="…", language=language)
    assert Referents(document, WORDS).of(len(lines) + 1, text) == told


@pytest.mark.parametrize(
    ("language", "before", "text", "told"),
    [
        ("en", "China put them under licence on April 4.", "Exports that month fell 45%.", ["2025-04"]),
        ("en", "In November 2023 quotas rose.", "Exports that month fell 45%.", ["2023-11"]),
        ("en", "Quotas rose in December.", "Exports that month fell 45%.", ["2024-12"]),
        ("zh", "8月出口2582吨，比7月增加21%。", "当月总量为6146吨。", ["2025-08"]),
        ("en", "Quotas rose.", "Exports that month fell 45%.", []),
        ("en", "Quotas rose in April.", "In May exports rose; that month they fell to 5 t in all.", []),
        ("ja", "６月２０日の価格は50ドル。", "同日の金属は62ドル。", ["2025-06-20"]),
        ("zh", "4月4日公布清单。", "当月出口下降。", ["2025-04"]),
        ("zh", "13月40日公布清单。", "当月出口下降。", []),
        ("zh", "4月4日公布清单。", "比去年同月下降。", []),
    ],
)
def test_that_month_is_the_last_that_is_named(
    language: str, before: str, text: str, told: list[str], make: Make
) -> None:
    document = make(before, text, title="…", language=language)
    object.__setattr__(document, "published", datetime(2025, 9, 1, tzinfo=UTC))
    assert Referents(document, WORDS).of(2, text) == told


def test_an_answer_has_its_question(make: Make) -> None:
    lines = (
        "An interview.",
        "Q: How long do stocks last?",
        "Two months.",
        "Q: Why?",
        "So.",
        "Q: Who pays?",
        "We do.",
    )
    document = make(*lines)
    referents = Referents(document, WORDS)
    assert [referents.question(n, lines[n - 1]) for n in (1, 3, 5)] == [
        "",
        "How long do stocks last?",
        "Why?",
    ]
    assert referents.is_asked(2, lines[1])
    assert not referents.is_asked(3, lines[2])
    fewer = Referents(make(*lines[:5]), WORDS)
    assert fewer.question(3, lines[2]) == ""  # two questions make no interview


def test_items_of_a_list_are_no_questions(make: Make) -> None:
    lines = ("Results.", "- Output of 5 t", "- Sales of 4 t", "- Cash of $3 million", "Sales rose.")
    assert Referents(make(*lines), WORDS).question(5, lines[4]) == ""


def test_a_question_and_its_answer_in_one_line_are_parted(make: Make) -> None:
    lines = [f"问：{q}吗？　答：要看。有人说贵。" for q in ("难", "贵", "久")]
    referents = Referents(make("前言。", *lines, language="zh"), WORDS)
    assert referents.question(3, "有人说贵。") == "贵吗？"
    assert referents.question(3, lines[1]) == ""  # it is told with it


def test_questions_within_a_paragraph_and_after_a_dash_are_known(make: Make) -> None:
    chinese = make("前言。", *(f"問：{q}嗎？\n答：要看。" for q in ("難", "貴", "久")), language="zh")
    assert Referents(chinese, WORDS).question(3, "要看。") == "貴嗎？"
    japanese = make(
        "前文。", "――なぜ。", "「高い」", "――いつ。", "「来年」", "――誰が。", "「当社」", language="ja"
    )
    assert Referents(japanese, WORDS).question(5, "「来年」") == "いつ。"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Dysprosium oxide held at $240.", True),
        ("In May, Lynas shipped less.", True),
        ("A Tokyo trading house sees $55.", True),
        ("Sales to the United States fell.", False),
        ("Starting pay at Lynas is $24.", True),
        ("Sales of dysprosium fell.", False),
        ("Members reported stoppages in China.", False),
        ("At present its products leave Malaysia.", False),
        ("It fell.", False),
        ("分析人士认为价格会上涨。", False),
        ("一家德国厂商停产。", True),
        ("工期预计11个月，氧化镝明年产出。", False),
        ("对美国的出口降至421吨。", False),
        ("会員企業が中国商務省に出した申請は141件。", False),
        ("中国税関総署によると、輸出は6146トン。", True),
        ("米国の関税への対抗措置だが、対象は全ての国に及ぶ。", False),
    ],
)
def test_a_sentence_names_at_its_beginning_of_whom_it_is(text: str, named: bool) -> None:
    assert names_subject(text, WORDS) is named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Iluka wants to start up its refinery in 2027.", True),
        ("“It costs us ¥900,” says Sunita Rao, who heads purchasing at a motor maker.", True),
        ("県は最大10億円を交付する。", True),
        ("Output rose at Iluka.", False),
        ("ライナスの株価は上がった。", False),  # what is of it
        ("Dysprosium oxide fetched $900.", False),
    ],
)
def test_who_acts_or_speaks_may_stand_at_the_beginning(text: str, named: bool) -> None:
    assert names_actor(text, WORDS) is named


def test_the_company_of_a_document_is_named_twice_as_often_as_others(make: Make) -> None:
    def company(*lines: str, companies: tuple[str, ...] = ()) -> str:
        return Referents(make(*lines, title="…"), WORDS, companies).main_company_before(len(lines), lines[-1])

    assert company("Lynas grew.", "It waits.") == "lynas"
    assert company("Lynas grew. Lynas hired.", "Iluka waits. It waits.") == "lynas"
    assert company("Lynas grew.", "Iluka waits.") == ""
    assert company("It grew.", "Lynas waits.") == ""  # not yet told
    assert company("ネオ・マグネットは伸びた。ネオはネオジムを買う。ボッシュは待つ。", "待つ。",
                   companies=("ネオ・マグネット",)) == "ネオ・マグネット"  # fmt: skip


def test_a_sentence_that_opens_with_a_known_company_is_known(make: Make) -> None:
    referents = Referents(
        make("Dakshin Magnetics, a maker of magnets, grew.", "越前市の「越前磁工」。"), WORDS
    )
    assert "Dakshin has promised 350 jobs.".startswith(referents.company_words)
    assert "越前磁工は増産する。".startswith(referents.company_words)
    assert not "Dakshina waits.".startswith(referents.company_words)
