"""Sentences to claims: what a figure is made to say, and what it is not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mine2magnet.claims import extract, extract_text
from mine2magnet.core import thesaurus
from mine2magnet.model import Claim, Document, Paragraph

TERMS = thesaurus.load()
TODAY = date(2025, 6, 15)


def claims(text: str, language: str = "en") -> list[Claim]:
    return extract_text(text, language=language, published=TODAY, thesaurus=TERMS)


def values(found: list[Claim]) -> list[tuple[float | None, float | None, str]]:
    return [(c.quantity.low, c.quantity.high, c.quantity.unit) for c in found]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "China controls 87% of global rare earth processing capacity and 91% of refining capacity."),
        ("zh", "中国控制着全球87%的稀土加工能力和91%的精炼产能。"),
        ("ja", "中国は世界のレアアース加工能力の87％、精製能力の91％を握っている。"),
    ],
)
def test_each_share_has_its_own_stage(language: str, text: str) -> None:
    found = claims(text, language)
    assert values(found) == [(87, 87, "%"), (91, 91, "%")]
    assert [c.stage for c in found] == ["processing", "refining"]
    assert {c.subjects for c in found} == {("china",)}
    assert {c.measure for c in found} <= {"share", "share_of_capacity"}


@pytest.mark.parametrize(
    ("language", "text", "whose", "modality"),
    [
        ("en", "European manufacturers may run out of inventory in four to six weeks.", "europe", "forecast"),
        ("zh", "欧洲车企的库存仅能维持四到六周。", "europe", "reported"),
        ("ja", "欧州メーカーの在庫は4〜6週間で底をつく可能性がある。", "欧州メーカー", "forecast"),
    ],
)
def test_a_stock_cover(language: str, text: str, whose: str, modality: str) -> None:
    (claim,) = claims(text, language)
    assert values([claim]) == [(4, 6, "week")]
    assert (claim.measure, claim.subjects, claim.modality) == ("stock_cover", (whose,), modality)


def test_each_year_has_its_own_value() -> None:
    found = claims("美国2024年产量为45万吨，2023年为43万吨。", "zh")
    assert [(c.quantity.low, c.period) for c in found] == [(450_000, "2024"), (430_000, "2023")]
    assert {c.subjects for c in found} == {("united_states",)}
    assert {c.measure for c in found} == {"production"}


def test_each_country_has_its_own_value() -> None:
    found = claims("越南的储量为350万吨；印度的储量为690万吨。", "zh")
    assert [(c.subjects, c.quantity.low) for c in found] == [(("vietnam",), 3.5e6), (("india",), 6.9e6)]


@pytest.mark.parametrize(
    ("language", "text", "low", "direction"),
    [
        ("en", "Exports of magnets fell 6.1% in May.", -6.1, "change"),
        ("en", "The price rose by 40%.", 40, "change"),
        ("en", "The share rose to 40%.", 40, "level"),
        ("en", "Dependence dropped by 5 percentage points.", -5, "change"),
        ("zh", "价格上涨40%。", 40, "change"),
        ("zh", "占比升至40%。", 40, "level"),
        ("zh", "出口同比下降6.1%。", -6.1, "change"),
        ("ja", "価格は40％上昇した。", 40, "change"),
        ("ja", "シェアは40％になった。", 40, "level"),
        ("ja", "輸出は6.1％減った。", -6.1, "change"),
        ("ja", "シェアは5ポイント低下した。", -5, "change"),
    ],
)
def test_level_or_change(language: str, text: str, low: float, direction: str) -> None:
    (claim,) = claims(text, language)
    assert (claim.quantity.low, claim.direction) == (low, direction)


def test_an_open_fall_stays_open() -> None:
    (claim,) = claims("Exports fell more than 40%.")
    assert (claim.quantity.low, claim.quantity.high) == (None, -40)


@pytest.mark.parametrize(
    ("language", "text", "modality"),
    [
        ("en", "China exported 5,000 tonnes of magnets.", "reported"),
        ("en", "Lynas plans to produce 5,000 tonnes of oxide.", "plan"),
        ("en", "Analysts expect output of 5,000 tonnes of oxide.", "forecast"),
        ("en", "Washington may impose a tariff of 25% on magnets.", "forecast"),
        ("en", "The ministry denied that exports would fall to 5,000 tonnes.", "denied"),
        ("zh", "公司拟投资5亿元。", "plan"),
        ("zh", "美国威胁加征25%的关税。", "threatened"),
        ("zh", "商务部否认出口量为5000吨。", "denied"),
        ("ja", "生産量は5000トンになる見込みだ。", "forecast"),
        ("ja", "同社は5億円を投資する計画だ。", "plan"),
        ("ja", "輸出が5000トンだとの報道を否定した。", "denied"),
    ],
)
def test_modality(language: str, text: str, modality: str) -> None:
    (claim,) = claims(text, language)
    assert claim.modality == modality


@pytest.mark.parametrize(
    ("language", "text", "who"),
    [
        ("en", "According to the USGS, China produced 270,000 tonnes.", "usgs"),
        ("en", "China produced 270,000 tonnes, the USGS said.", "usgs"),
        ("en", "Stocks last three weeks, a purchasing manager said.", "purchasing manager"),
        ("en", "China produced 270,000 tonnes, customs data showed.", "customs"),
        ("zh", "据美国地质调查局的数据，中国产量为27万吨。", "usgs"),
        ("zh", "商务部表示，出口量为5000吨。", "mofcom"),
        ("ja", "米地質調査所によると、生産量は27万トンだった。", "usgs"),
        ("ja", "国際エネルギー機関は生産量が5000トンになると発表した。", "iea"),
        ("en", "China produced 270,000 tonnes.", None),
        ("en", "A mine takes nine years, and a more recent estimate for a whole chain says longer.", None),
        ("en", "Output was 270,000 tonnes, and the latest survey says that it rises.", None),
        ("en", "But the USGS says that China produced 270,000 tonnes.", "usgs"),
    ],
)
def test_who_says_it(language: str, text: str, who: str | None) -> None:
    (claim,) = claims(text, language)
    assert claim.said_by == who


def test_a_pronoun_carries_the_only_subject() -> None:
    first, second = claims("中国的储量达4400万吨。该国还精炼了全球90%的稀土。", "zh")
    assert first.subjects == second.subjects == ("china",)
    assert (first.measure, second.stage) == ("reserves", "refining")


@pytest.mark.parametrize("who", ["Lynas", "Japan", "Brussels"])  # no market of gallium
def test_no_subject_is_made_up(who: str) -> None:
    *_, last = claims(f"{who} opened a plant. Prices of gallium rose 40%.")
    assert last.subjects == ()
    assert last.materials == ("gallium",)


def test_time_adverbials_are_no_claims() -> None:
    assert claims("过去三年，欧盟没有行动。", "zh") == []
    assert claims("3年前に計画された。", "ja") == []


def test_the_digest_of_the_seed() -> None:
    text = (
        "European manufacturers are facing potential shutdowns, with some reporting that they may run out of "
        "inventory in four to six weeks. The price of rare earths has surged by 40% to 50% compared to a few "
        "months ago."
    )
    cover, price = claims(text)
    assert (cover.measure, values([cover])) == ("stock_cover", [(4, 6, "week")])
    assert (price.measure, price.direction, values([price])) == ("price", "change", [(40, 50, "%")])
    assert price.materials == ("rare_earths",)
    (share,) = claims("92% of high-purity heavy rare earth refining capacity is concentrated in China.")
    assert (share.subjects, share.stage) == (("china",), "refining")
    assert share.materials == ("high_purity_heavy_rare_earths",)


def test_a_source_named_behind_a_share_is_its_subject() -> None:
    (claim,) = claims(
        "Japan's reliance on China is a risk, with 92% of refining capacity concentrated in China."
    )
    assert claim.subjects == ("china",)


def test_so_many_of_so_many_are_counts() -> None:
    assert values(claims("A plan for 14 out of 17 critical raw materials was announced.")) == [
        (14, 14, "count"),
        (17, 17, "count"),
    ]


def test_a_document_gives_its_place() -> None:
    document = Document(
        id="d1",
        version=2,
        title="t",
        source="s",
        language="en",
        fetched=datetime(2025, 6, 15, tzinfo=UTC),
        published=datetime(2025, 6, 15, tzinfo=UTC),
        paragraphs=(Paragraph(1, "Nothing."), Paragraph(2, "China exported 5,000 tonnes last year.")),
    )
    (claim,) = extract(document, thesaurus=TERMS)
    assert (claim.document, claim.version, claim.paragraph, claim.period) == ("d1", 2, 2, "2024")
    assert document.paragraphs[1].text[claim.start : claim.end] == "5,000 tonnes"


def test_a_table_in_a_line_is_read_whole() -> None:
    line = " ".join(f"2020年 产量 {i} 吨 占 {i % 97}.{i % 10}%" for i in range(1, 301))
    found = claims(line, "zh")
    assert len(found) == 600
    assert found[-1].period == "2020"


PIECES = (
    *(
        "中国",
        "日本",
        "China",
        "Japan",
        "Lynas",
        "稀土",
        "钕",
        "magnets",
        "exports",
        "产量",
        "価格",
        "库存",
        "上涨",
    ),
    *(
        "fell",
        "to",
        "from",
        "by",
        "至",
        "为",
        "87%",
        "四到六周",
        "1.2万吨",
        "9割",
        "半減",
        "doubled",
        "2024年",
    ),
    *(
        "in May",
        "去年",
        "according to",
        "USGS",
        "said",
        "表示",
        "，",
        "、",
        "。",
        ".",
        ";",
        "(",
        ")",
        "[1]",
        "第18号",
    ),
    *("によると", "は", "が", "の", "に", "将", "may", "will", "％", "０１", "亿", "元/吨", "$", "per kg"),
)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(PIECES),
        max_size=40,
    ),
    st.sampled_from(["", " "]),
    st.sampled_from(["en", "zh", "ja", "und"]),
)
def test_any_sentence_is_read_and_every_id_is_known(words: list[str], joint: str, language: str) -> None:
    text = joint.join(words)
    for claim in claims(text, language):
        assert 0 <= claim.sentence[0] <= claim.start < claim.end <= claim.sentence[1] <= len(text)
        for id in (*claim.materials, claim.measure, claim.stage):
            assert id is None or id in TERMS


@settings(deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_read(text: str) -> None:
    for claim in extract_text(text, language="und", published=None, thesaurus=TERMS):
        assert text[claim.start : claim.end]


@pytest.mark.parametrize(
    ("language", "text", "subjects"),
    [
        ("en", "Shipments of magnets to Germany fell 12% to 900 tonnes.", ()),
        ("en", "Exports of magnets from China to Japan fell 12% to 900 tonnes.", ("china",)),
        ("zh", "受缅甸封关影响，进口量仅为1200吨。", ()),
        ("ja", "ベトナムからの輸入は300トンだった。", ()),
        ("ja", "日本の輸入に占める中国の割合は6割だった。", ("china",)),
        ("zh", "对德国和波兰出口磁体410吨。", ()),
        ("ja", "磁石の対米輸出は410トンだった。", ()),
        ("ja", "米ゾーンワークスは1500人を雇用する。", ("ゾーンワークス",)),
    ],
)
def test_a_partner_or_a_stranger_is_no_subject(language: str, text: str, subjects: tuple[str, ...]) -> None:
    assert claims(text, language)[-1].subjects == subjects


@pytest.mark.parametrize(
    ("language", "text", "speaker"),
    [
        ("zh", "Adamas统计中国的烧结钕铁硼产量为17万吨。", "adamas"),
        ("en", "An industry survey by Fastmarkets found stocks for 30 days.", "fastmarkets"),
    ],
)
def test_the_speaker_is_not_the_subject(language: str, text: str, speaker: str) -> None:
    (claim,) = claims(text, language)
    assert claim.said_by == speaker
    assert speaker not in claim.subjects


def test_an_address_of_a_page_holds_no_figures() -> None:
    assert (
        claims("见 https://example.org/tags?tag=%E9%92%95&n=40%25 ，产量为3吨。", "zh")[0].quantity.low == 3
    )
    assert len(claims("See https://example.org/a-74%-fall and samarium.dev/5-tonnes for more.")) == 0


def test_a_list_repeats_its_unit() -> None:
    found = claims("India mined 2,900 tonnes, Russia 2,500 and Madagascar 2,000.")
    assert values(found) == [(2900, 2900, "t"), (2500, 2500, "t"), (2000, 2000, "t")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Prices of neodymium and dysprosium rose 5% and 8%, respectively."),
        ("zh", "钕和镝的价格分别上涨5%和8%。"),
        ("ja", "ネオジムとジスプロシウムの価格はそれぞれ5％、8％上がった。"),
    ],
)
def test_figures_in_a_row_are_each_of_their_own(language: str, text: str) -> None:
    found = claims(text, language)
    assert values(found) == [(5, 5, "%"), (8, 8, "%")]
    assert [c.materials for c in found] == [("neodymium",), ("dysprosium",)]
    assert {(c.measure, c.direction) for c in found} == {("price", "change")}


def test_changes_in_a_row_are_of_the_levels_before_them() -> None:
    found = claims("烧结钕铁硼产量28万吨，粘结钕铁硼产量9400吨，分别增长15.2%和5.7%。", "zh")
    assert [c.materials for c in found[:2]] == [("sintered_ndfeb",), ("bonded_ndfeb",)]
    assert [c.direction for c in found] == ["level", "level", "change", "change"]
    assert {c.measure for c in found} == {"production"}


def test_figures_in_a_row_without_each_share_what_they_are_of() -> None:
    found = claims("Lynas said output rose 6% and 4%.")
    assert [c.subjects for c in found] == 2 * [("lynas",)]
    assert [c.direction for c in found] == 2 * ["change"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "ホンダは磁石不足による減産で営業利益が150億円減った。"),
    ],
)
def test_a_cause_or_a_stake_has_no_material(language: str, text: str) -> None:
    assert [c.materials for c in claims(text, language)] == [()]


def test_shares_of_imports_follow_imports() -> None:
    found = claims("日本去年从中国进口稀土7100吨，占总量的58%。", "zh")
    assert [c.measure for c in found] in (["imports", "share_of_imports"], ["imports", "share"])
