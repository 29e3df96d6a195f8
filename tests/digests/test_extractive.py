from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import grounding
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mine2magnet import claims, digests
from mine2magnet.core import thesaurus
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.digests import boilerplate, extractive
from mine2magnet.digests.statements import statements
from mine2magnet.model import Digest, Document, Paragraph, Point

if TYPE_CHECKING:
    from tests.conftest import Record

Make = Callable[..., Document]

TABLE = """id,kind,broader,aspect,en,zh,ja
aspect.prices,aspect,,,Prices,价格,価格
aspect.supply,aspect,,,Supply,供应,供給
aspect.controls,aspect,,,Controls,管制,規制
price,measure,,aspect.prices,price,价格|报价,価格
oxide_price,measure,price,,oxide price,氧化物价格,酸化物価格
stock,measure,,aspect.supply,stock|inventory,库存,在庫
licence,policy,,aspect.controls,licence,许可,許可
dysprosium,material,,,dysprosium,镝,ジスプロシウム
terbium,material,,,terbium,铽,テルビウム
"""


def digested(document: Document) -> Digest:
    """The digest by the terms and claims that a library has."""
    terms = thesaurus.load()
    return digests.digest(document, thesaurus=terms, read=list(claims.readings(document, thesaurus=terms)))


@pytest.fixture(scope="module")
def small() -> Thesaurus:
    return thesaurus.parse(TABLE)


# --- properties

WORDS = [
    "stocks",
    "prices",
    "licences",
    "dysprosium",
    "magnets",
    "plants",
    "rose",
    "fell",
    "by 40%",
    "in four weeks",
    "however",
]
HAN = ["库存", "价格", "许可", "氧化镝", "磁体", "工厂", "上涨", "下跌", "四成", "四到六周", "，", "；"]
BOILERPLATE = [
    "Sign up for our newsletter today.",
    "责任编辑：某某",
    "免责声明：仅供参考。",
    "All rights reserved.",
    "出典：各社",
]

english = st.lists(st.sampled_from(WORDS), min_size=3, max_size=90).map(
    lambda w: " ".join(w).capitalize() + "."
)
chinese = st.lists(st.sampled_from(HAN), min_size=3, max_size=120).map(lambda w: "".join(w) + "。")
sentence = st.one_of(english, chinese, st.sampled_from(BOILERPLATE), st.text(max_size=60))
paragraph = st.lists(sentence, min_size=1, max_size=6).map(" ".join).filter(lambda text: bool(text.strip()))
documents = st.lists(paragraph, min_size=1, max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paragraphs=documents, title=st.text(min_size=1, max_size=30).filter(lambda t: bool(t.strip())))
def test_whatever_the_document_points_are_its_own_words(
    paragraphs: list[str], title: str, make: Make, small: Thesaurus
) -> None:
    document = make(*paragraphs, title=title)
    made = digests.digest(document, thesaurus=small)
    texts = {p.number: p.text for p in document.paragraphs}
    for point in made.points:
        assert point.text in texts[point.citations[0]]
        assert set(point.citations) <= set(texts)
        assert len(set(point.citations)) == len(point.citations)
    assert len({point.text for point in made.points}) == len(made.points)
    assert len(made.groups) <= 7
    assert all(group.points for group in made.groups)
    assert len({group.aspect for group in made.groups}) == len(made.groups)
    found = len(statements(document))
    assert bool(made.viewpoint) == bool(found)
    assert len(made.points) <= max(1, found)
    assert made == digests.digest(document, thesaurus=small)


# --- rules

NINE = (
    "Stocks of magnets at European carmakers fell to four weeks in June, their association said.",
    "The price of dysprosium in Rotterdam rose from 250 to 850 dollars a kilogram within two months.",
    "Sign up for our newsletter to get the latest prices.",
    "Every export licence for magnets from China took the ministry 45 days on average this spring.",
    "Two plants in Saxony stopped their lines when the inventory of sensors ran out on Monday.",
    "Traders in Shanghai report a price of terbium that hardly moved in the same two months.",
    "The ministry in Beijing said that it had approved a licence for each compliant buyer.",
    "Buyers in Japan hold an inventory of three months, twice as much as those in Europe.",
    "An oxide price of 900 dollars would make recycling pay, a consultant reckons.",
    "Who will pay for all this in the end?",
)


def test_groups_are_the_documents_aspects(make: Make) -> None:
    made = digested(make(*NINE, *NINE[3:5]))
    under = {point.text: group.aspect for group in made.groups for point in group.points}
    assert {under.get(text, "") for text in (NINE[1], NINE[8])} <= {"aspect.prices", ""}
    assert under[NINE[6]] == "aspect.controls"
    assert under[NINE[7]] == "aspect.supply"


def test_no_more_points_than_a_reader_takes_in(make: Make) -> None:
    english = [d for d in grounding.documents().values() if d.language == "en"][:6]
    made = digested(make(*(p.text for d in english for p in d.paragraphs)))
    assert 1 <= len(made.viewpoint) <= extractive.MOST_VIEWPOINT == 3
    assert 15 < len(made.points) - len(made.viewpoint) <= extractive.MOST_POINTS == 20


def test_a_statement_repeated_elsewhere_cites_both(make: Make, small: Thesaurus) -> None:
    again = "Stocks of magnets at European carmakers fell to four weeks in June, as their association said."
    made = digested(make(*NINE, again))
    (point,) = (p for p in made.points if "four weeks" in p.text)
    assert set(point.citations) == {1, 11}


def test_what_leans_on_the_sentence_before_is_told_with_it(make: Make, small: Thesaurus) -> None:
    told = "Aurora Magnetics of Troy opened a second plant in May. It makes 1,200 tonnes of magnets a year."
    made = digested(make(*NINE, told))
    (point,) = (p for p in made.points if "1,200" in p.text)
    assert point.text == told
    assert not any("1,200" not in p.text and "Aurora" in p.text for p in made.points)


def test_a_quotation_is_told_with_who_said_it(make: Make) -> None:
    told = "“Our stock of dysprosium lasts three weeks.” A buyer at Aurora Magnetics of Troy said so in May."
    assert told in [point.text for point in digested(make(*NINE, told)).points]


def test_times_and_persons_are_told_in_brackets(make: Make) -> None:
    document = make(
        *NINE,
        "The plant shipped 40 t of dysprosium, said Rakesh Bansal, who buys in Pune.",
        "Last year prices of dysprosium rose by 40%, Bansal said, and stocks of it fell to 5 t.",
    )
    made = digested(replace(document, published=datetime(2025, 8, 20, tzinfo=UTC)))
    (point,) = (p for p in made.points if p.text.startswith("Last year"))
    assert point.about == ("Rakesh Bansal, who buys in Pune", "2024")


def test_rows_of_a_table_are_told_with_their_heads(make: Make, small: Thesaurus) -> None:
    table = ("Prices in Rotterdam, USD/kg", "Oxide | 5 December | 12 December", "Dysprosium | 860 | 910")
    made = digested(make(*NINE, *table))
    (point,) = (p for p in made.points if p.text.startswith("Dysprosium |"))
    assert point.about == table[:2]


def test_items_of_a_list_are_points_if_they_state_a_claim(make: Make, small: Thesaurus) -> None:
    made = digested(
        make(*NINE, "• Output of 3,420 t of concentrate, up 14% on the quarter", "• Item 8.01 Other events")
    )
    told = [p.text for p in made.points]
    assert "Output of 3,420 t of concentrate, up 14% on the quarter" in told
    assert not any("Other events" in text for text in told)


@pytest.mark.parametrize(
    "contrary",
    [
        "Stocks of magnets at European carmakers rose to four weeks in June, as their association said.",
        "Stocks of magnets at European carmakers fell to nine weeks in June, as their association said.",
        "Stocks of magnets at European carmakers never fell to four weeks in June, their association said.",
    ],
)
def test_what_differs_in_figure_or_direction_is_no_support(
    contrary: str, make: Make, small: Thesaurus
) -> None:
    made = digested(make(*NINE, contrary))
    assert all(len(point.citations) == 1 for point in made.points)


def test_the_same_measure_of_two_materials_is_two_statements(make: Make, small: Thesaurus) -> None:
    pair = [
        f"The price of {m} in Rotterdam rose by half within two months of the new rule."
        for m in ("dysprosium", "terbium")
    ]
    kept = extractive._distinct(extractive.candidates(make(*pair), small, ()))
    assert [c.statement.text for c in kept] == pair


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_very_short_document_gets_a_viewpoint_only(count: int, make: Make, small: Thesaurus) -> None:
    made = digested(make(*NINE[:count]))
    assert (len(made.viewpoint), made.groups) == (1, ())


def test_what_speaks_to_no_aspect_comes_last_under_its_own_heading(make: Make, small: Thesaurus) -> None:
    plain = [
        f"The mayor of town {n} opened a school for {n} hundred children on Monday." for n in range(2, 11)
    ]
    headings = {}
    for language in ("en", "zh", "ja", "de"):
        made = digests.digest(make(*plain, language=language), thesaurus=small)
        (group,) = made.groups
        headings[language] = (group.heading, group.aspect)
    assert headings == {
        "en": ("Further points", None),
        "zh": ("其他要点", None),
        "ja": ("その他の要点", None),
        "de": ("Further points", None),
    }
    known = thesaurus.parse(TABLE + "aspect.other,aspect,,,Other,其他,その他\n")
    made = digests.digest(make(*plain, language="ja"), thesaurus=known)
    assert [(g.heading, g.aspect) for g in made.groups] == [("その他", "aspect.other")]


def test_a_document_without_paragraphs_is_refused(make: Make, small: Thesaurus) -> None:
    with pytest.raises(ValueError, match="no paragraphs"):
        digests.digest(make(), thesaurus=small)


def test_a_document_without_words_gives_an_empty_digest(make: Make, small: Thesaurus) -> None:
    made = digests.digest(make("* * *", "。。。"), thesaurus=small)
    assert made == Digest((), (), digests.METHOD, "en", digests.MAKER)


def test_a_huge_document_stays_bounded(make: Make, small: Thesaurus) -> None:
    text = " ".join(f"The price of lot {n} rose by {n} dollars at sale {n} in June." for n in range(3_000))
    began = time.process_time()
    made = digests.digest(make(text), thesaurus=small)
    assert time.process_time() - began < 10  # seconds; about 2 on an idle machine
    assert 1 <= len(made.points) <= 14


# --- articles, with real vectors: what an analyst would pick

PICKS = {
    "zh": "四到六周|约四分之一|47个战略项目|2000吨|850美元|九成左右|99.99%|已经停工|十年以上",
    "en": "memorandum on Tuesday|three projects|close to 99 per cent|9 October|three times the Chinese price"
    "|10,000 tonnes|eight to ten years|no penalty|about 90 per cent to around 60",
    "ja": "在庫が細っている|2カ月分|覚書に署名|99%近く|1500トン|9割から6割|850ドル|8年から10年|半減させた",
}


@pytest.mark.parametrize("language", ["zh", "en", "ja"])
def test_a_digest_of_an_article_finds_what_matters(language: str, article: Callable[[str], Document]) -> None:
    document = article(language)
    made = digested(document)
    said = "\n".join(point.text for point in made.points)
    assert sum(pick in said for pick in PICKS[language].split("|")) >= 6  # of 9
    assert any(point.citations[0] == 1 for point in made.viewpoint)
    assert 2 <= len(made.groups) <= 7
    assert all(group.aspect for group in made.groups[:-1])
    assert made.language == language
    for point in made.points:
        assert point.text in document.paragraphs[point.citations[0] - 1].text
        assert not boilerplate.is_sentence(point.text)
        assert not point.text.endswith(("？", "?"))
    assert len({p.citations[0] for p in made.points}) >= 6  # all over the article, not its lead only


def test_paragraph_numbers_are_the_documents(article: Callable[[str], Document]) -> None:
    document = article("zh")
    assert document.paragraphs[5] == Paragraph(6, "点击关注本公众号，获取更多稀土行情。")
    made = digested(document)
    assert 6 not in {n for point in made.points for n in point.citations}


def test_the_starter_documents_are_digested_as_they_were(recorded: Record) -> None:
    """What every reader sees first; record anew after reading what changed."""

    def told(points: tuple[Point, ...]) -> list[str]:
        return [f"{'+'.join(map(str, p.citations))} {p.text[:12]}…{p.text[-8:]}" for p in points]

    made = {name: digested(document) for name, document in sorted(grounding.documents().items())}
    recorded(
        {
            name: [told(d.viewpoint), [[group.heading, told(group.points)] for group in d.groups]]
            for name, d in made.items()
        }
    )
