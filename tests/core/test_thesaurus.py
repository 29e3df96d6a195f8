"""The thesaurus that comes with the package: sound as a table, and found in running text."""

from __future__ import annotations

import re
import time
import timeit
from collections import defaultdict
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.core.text import fold
from mine2magnet.core.thesaurus import KINDS, Concept, load, parse
from mine2magnet.model import LANGUAGES

T = load()
HEADER = "id,kind,broader,aspect,en,zh,ja\n"
# Names that two concepts bear with reason. 融资 is any financing in Chinese, a loan in Japanese;
# Japanese calls China's and the United States' ministry alike.
SHARED = {"融资": {"investment", "loan"}, "商务省": {"mofcom", "us_commerce"}}


def ids(text: str) -> list[str]:
    return [mention.concept.id for mention in T.find(text)]


def plain(name: str) -> str:
    """A name folded, without what may stand between its parts."""
    return re.sub(r"[-‐‑ \n·•‧・]", "", fold(name).replace("’", "'"))


def is_named(concept: Concept, written: str) -> bool:
    """Whether the text is a name of the concept or an English plural of one."""
    names = (plain(name) for names in concept.names.values() for name in names)
    return any(plain(written) in (name, name + "s", name + "es", name[:-1] + "ies") for name in names)


def test_every_concept_is_sound() -> None:
    assert len(T.concepts) >= 450
    for concept in T.concepts.values():
        assert re.fullmatch(r"(aspect\.|cue\.|noise\.)?[a-z0-9]+(_[a-z0-9]+)*", concept.id)
        if concept.kind in ("aspect", "cue", "noise"):
            assert concept.id.startswith(concept.kind + ".")
        for names in concept.names.values():
            assert len(set(names)) == len(names), concept.id
        assert concept.aspect is None or T[concept.aspect].kind == "aspect"
        assert all(T[id].kind not in ("aspect", "cue", "noise") for id in concept.broader)


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "noise"])
def test_every_kind_has_concepts(kind: str) -> None:
    assert len(T.of_kind(kind)) >= 10


@pytest.mark.parametrize(
    "kind", ["material", "stage", "measure", "country", "policy", "product", "technology", "aspect", "cue"]
)
def test_kinds_with_names_in_all_languages(kind: str) -> None:
    assert [c.id for c in T.of_kind(kind) if set(c.names) != set(LANGUAGES)] == []


def test_a_measure_or_policy_tells_its_aspect() -> None:
    silent = [
        c.id for kind in ("policy", "product", "technology", "cue") for c in T.of_kind(kind) if not c.aspect
    ]
    assert silent == []
    assert {c.aspect for c in T.concepts.values() if c.aspect} == {a.id for a in T.of_kind("aspect")}
    assert not any(c.aspect for kind in ("country", "place", "person") for c in T.of_kind(kind))


def test_no_name_is_shared_by_accident() -> None:
    bearers = defaultdict(set)
    for concept in T.concepts.values():
        for names in concept.names.values():
            for name in names:
                bearers[fold(name).replace("-", " ")].add(concept.id)
    assert {name: ids for name, ids in bearers.items() if len(ids) > 1} == SHARED


def test_short_names_are_element_characters_only() -> None:
    short = {n for c in T.concepts.values() for names in c.names.values() for n in names if len(n) < 2}
    assert short <= set("镧铈镨钕钷钐铕钆铽镝钬铒铥镱镥钇钪镓锗锑锂钴钨镍钍铀铟铋碲钼铌钽钛锰镁钒硼")


def test_words_of_ordinary_language_are_no_symbols() -> None:
    assert ids("La Nina, Er, Ho, Lu, He, In, Eu, Pr, Sm, No, It, IT, Pm, Sc, may, cut, cell") == []
    assert ids("the us and them, a gm of salt, mp, Er2O3 and La2O3") == ["erbium_oxide", "lanthanum_oxide"]


def test_broader_reaches_and_has_no_loops() -> None:
    for id in T.concepts:
        assert T.is_a(id, id)  # would not end in a loop
    for narrow, broad in [
        ("dysprosium_oxide", "rare_earths"),
        ("dysprosium", "heavy_rare_earths"),
        ("sintered_ndfeb", "permanent_magnet"),
        ("ganzhou", "china"),
        ("narva", "europe"),
        ("mountain_pass", "united_states"),
        ("f35", "defence"),
    ]:
        assert T.is_a(narrow, broad)
    assert not T.is_a("neodymium", "heavy_rare_earths")
    assert not T.is_a("china", "jiangxi")


def test_labels_fall_back() -> None:
    assert [T.label("dysprosium", code) for code in LANGUAGES] == ["dysprosium", "镝", "ジスプロシウム"]
    assert T.label("hypromag", "zh") == "HyProMag"
    assert T.label("unheard_of", "zh") == "unheard_of"


@pytest.mark.parametrize(
    "names",
    [
        [
            "takaichi_sanae",
            "高市早苗",
            "高市早苗首相",
            "高市総理",
            "高市总理",
            "Takaichi Sanae",
            "Sanae Takaichi",
        ],
        ["trump", "特朗普", "川普", "トランプ大統領", "Donald Trump", "President Trump"],
        ["sefcovic", "谢夫乔维奇", "Šefčovič", "Maros Sefcovic", "シェフチョビッチ"],
        ["ndfeb", "钕铁硼", "釹鐵硼", "Nd-Fe-B", "neodymium-iron-boron magnets", "ネオジム磁石", "ネオ磁石"],
        ["dysprosium_oxide", "Dy2O3", "Dy₂O₃", "氧化镝", "氧化鏑", "酸化ジスプロシウム", "dysprosium oxide"],
        [
            "mofcom",
            "MOFCOM",
            "中国商务部",
            "商務部",
            "China's Ministry of Commerce",
            "China’s Ministry of Commerce",
        ],
        ["sohu_finance", "搜狐财经", "Sou Hu Cai Jing", "Sohu Finance"],
        ["myanmar", "Myanmar", "Burma", "缅甸", "緬甸", "ミャンマー"],
        ["us_defense_department", "Pentagon", "DoD", "Department of War", "五角大楼", "五角大樓", "国防総省"],
        ["cascade_extraction", "cascade-extraction theory", "串级萃取", "串級萃取理論", "カスケード抽出"],
        ["lynas", "Lynas", "莱纳斯", "萊納斯", "ライナス・レアアース", "ライナスレアアース", "ライナス"],
        ["proterial", "日立金属", "日立金屬", "Hitachi Metals", "プロテリアル"],
        [
            "heavy_rare_earths",
            "heavy rare earths",
            "Heavy Rare-Earth",
            "HREEs",
            "重稀土",
            "重希土類",
            "重レアアース",
        ],
        ["meti", "Ministry of Economy, Trade and Industry", "経済産業省", "經濟產業省", "経産省", "METI"],
        ["european_union", "EU", "ＥＵ", "欧盟", "歐盟", "欧州連合"],
        ["crma", "Critical Raw Materials Act", "CRMA", "关键原材料法案", "關鍵原材料法案", "重要原材料法"],
    ],
    ids=lambda names: names[0],
)
def test_one_concept_many_names(names: list[str]) -> None:
    id, *spellings = names
    assert {written: ids(written) for written in spellings} == {written: [id] for written in spellings}


def test_kishi_sanae_is_nobody() -> None:
    assert "takaichi_sanae" not in ids("Japanese Prime Minister Kishi Sanae")
    assert not [m for m in T.find("Kishi Sanae") if m.concept.kind == "person"]


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("rare earth", "rare-earths"),
        ("magnet", "magnets"),
        ("inventory", "inventories"),
        ("battery", "batteries"),
        ("subsidy", "subsidies"),
        ("EV", "EVs"),
        ("price floor", "price‑floors"),
        ("heavy rare earth", "heavy\nrare earths"),
    ],
)
def test_plurals_and_hyphens(singular: str, plural: str) -> None:
    assert ids(singular) == ids(plural) != []


@pytest.mark.parametrize(
    "text",
    [
        "a medium result",  # indium
        "oscar winners",  # car
        "an australopithecine",  # Australia
        "Nd2 and 4EV",  # symbols within formulas and codes
        "Indochina",
        "タイヤの溝",  # タイ, Thailand
        "ウインドウを開く",  # インド, India
        "オックスフォード大",  # フォード, Ford
        "其中国产零件",  # 中国
        "提高市场竞争",  # 高市, and only the market is left
    ],
)
def test_no_name_within_a_word(text: str) -> None:
    assert set(ids(text)) <= {"cue.competition"}


def test_the_longest_name_counts() -> None:
    assert ids("重稀土氧化物") == ["heavy_rare_earths"]
    assert ids("发展中国家") == ["global_south"]
    assert ids("欧美国家") == ["the_west"]
    assert ids("North Korea") == ["north_korea"]
    assert ids("South China Sea") == ["south_china_sea"]
    assert ids("Western Australia") == ["western_australia"]
    assert ids("share price") == ["share_price"]
    assert ids("イッテルビウム") == ["ytterbium"]  # テルビウム is terbium
    assert ids("美国商务部") == ["us_commerce"]


def test_others_bear_the_same_name() -> None:
    (mention,) = T.find("融資")
    assert {mention.concept.id, *(c.id for c in mention.others)} == SHARED["融资"]


SENTENCES = [
    (
        "特朗普访日前夕,日本加入中美“稀土博弈”?高市早苗要和中国针锋相对,站在了必败的那一边",
        "trump visit_japan japan rare_earths cue.threat takaichi_sanae china cue.threat",
    ),
    ("仅能维持四到六周,欧洲向中国求救", "europe china cue.run_out"),
    ("高性能磁体", "high_performance_magnet"),
    ("包头的分离厂去年生产氧化镨钕两万吨", "baotou separation production ndpr_oxide"),
    ("缅甸克钦邦的离子型稀土矿因内战停产", "myanmar kachin ion_adsorption_clay cue.conflict plant_stops"),
    (
        "商务部对镝、铽等中重稀土实施出口管制",
        "mofcom dysprosium terbium medium_heavy_rare_earths export_controls",
    ),
    ("金力永磁拟在墨西哥新建磁材厂", "jl_mag mexico cue.build magnet_making"),
    ("莱纳斯在关丹首次产出氧化镝", "lynas kuantan production dysprosium_oxide"),
    ("欧盟委员会副主席谢夫乔维奇呼吁加快审批", "european_commission sefcovic export_licence"),
    ("美國國防部將成為MP材料的股東", "us_defense_department mp_materials cue.finance"),
    ("徐光宪提出串级萃取理论,分离成本大降", "xu_guangxian cascade_extraction cost"),
    ("晶界渗透可减少重稀土用量", "grain_boundary_diffusion heavy_rare_earths demand"),
    ("China mines most rare earths and refines nearly all of them", "china mining rare_earths refining"),
    (
        "Lynas separates heavy rare earths at Kuantan in Malaysia",
        "lynas heavy_rare_earths kuantan malaysia",
    ),
    (
        "European carmakers told Brussels their inventories of magnets would run out within weeks",
        "europe car_industry european_commission inventory permanent_magnet cue.run_out",
    ),
    (
        "The Pentagon set a price floor for NdPr oxide and bought a stake in MP Materials",
        "us_defense_department price_floor ndpr_oxide investment mp_materials",
    ),
    (
        "MOFCOM granted general licences to some suppliers of Volkswagen and BMW",
        "mofcom cue.relax general_licence supply volkswagen bmw",
    ),
    (
        "Terbium oxide prices in Rotterdam tripled while they fell in Shanghai",
        "terbium_oxide price rotterdam shanghai",
    ),
    (
        "Solvay expands its La Rochelle plant in France",
        "solvay la_rochelle cue.build france",
    ),
    (
        "An F-35 contains hundreds of kilograms of rare-earth materials, the Pentagon says",
        "f35 rare_earths us_defense_department",
    ),
    (
        "Suzuki halted production of the Swift for lack of parts from China",
        "suzuki plant_stops china",
    ),
    (
        "HyProMag recycles magnet scrap by hydrogen decrepitation",
        "hypromag recycling magnet_scrap hydrogen_decrepitation",
    ),
    (
        "Albanese and Trump signed a US-Australia critical minerals framework in Washington",
        "albanese trump cue.cooperate us_australia_framework united_states",
    ),
    ("経産省は双日とJOGMECを通じてライナスに出資した", "meti sojitz jogmec lynas investment"),
    ("日本の重希土類の輸入依存度はなお高い", "japan heavy_rare_earths share_of_imports"),
    ("トヨタとホンダの磁石在庫は三カ月分", "toyota honda permanent_magnet inventory"),
    ("高市総理はトランプ大統領と覚書に署名した", "takaichi_sanae trump cue.cooperate cue.cooperate"),
    ("南鳥島沖のレアアース泥を試験採取する", "minamitorishima deep_sea_mud"),
    (
        "大同特殊鋼は熱間加工磁石で重希土フリーを実現した",
        "daido_steel hot_deformation heavy_rare_earth_free",
    ),
    (
        "信越化学は粒界拡散でジスプロシウムの使用量を減らす",
        "shin_etsu grain_boundary_diffusion dysprosium demand",
    ),
    ("中国商務省は両用品目の対日輸出規制を発表した", "mofcom dual_use japan_dual_use_ban_2026"),
    ("尖閣諸島沖の事件後、レアアース価格は急騰した", "senkaku_islands rare_earths price cue.price_up"),
    (
        "エアコンの圧縮機や風力発電にネオジム磁石が使われる",
        "air_conditioner air_conditioner wind_turbine ndfeb cue.use",
    ),
]


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES, ids=[s for s, _ in SENTENCES])
def test_sentences(sentence: str, expected: str) -> None:
    assert ids(sentence) == expected.split()


NAMES = sorted({name for c in T.concepts.values() for names in c.names.values() for name in names})
pieces = st.one_of(
    st.sampled_from(NAMES), st.sampled_from([" ", "-", "s ", "、", "的", "ー", "㍿", "ﾞ", "İ", "1"])
)


@given(st.one_of(st.lists(pieces, max_size=12).map("".join), st.text(max_size=40)))
def test_mentions_stand_in_order_and_bear_their_names(text: str) -> None:
    free = 0
    for mention in T.find(text):
        assert free <= mention.start < mention.end <= len(text)
        free = mention.end
        for concept in (mention.concept, *mention.others):
            assert is_named(concept, text[mention.start : mention.end])
            assert concept.kind not in ("aspect", "noise")


def test_finding_is_fast() -> None:
    """Machines differ and are busy, so the yardstick is a loop run beside it: even in this sentence, full of
    names, finding costs about as much as 12 dictionary look-ups a character (60 µs in all)."""
    sentence = ("镝、铽等重稀土价格较数月前上涨四到五成,中国控制全球多数精炼产能,专家警告推广受阻。" * 3)[
        :100
    ]
    table = dict.fromkeys(sentence, 1)

    def seconds(action: Callable[[], object]) -> float:
        return min(timeit.repeat(action, timer=time.thread_time, number=20, repeat=25))

    T.find(sentence)
    assert seconds(lambda: T.find(sentence)) < 30 * seconds(lambda: [table.get(c) for c in sentence])


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("a,material,,,x,,\na,material,,,y,,\n", "a stands twice"),
        ("a,stuff,,,x,,\n", "unknown kind 'stuff'"),
        ("a,material,,,,,\n", "a has no name"),
        ("a,material,b,,x,,\n", "refers to 'b'"),
        ("a,material,,aspect.none,x,,\n", "refers to 'aspect.none'"),
    ],
)
def test_a_wrong_row_is_named(rows: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse(HEADER + rows)


def test_the_version_follows_the_table() -> None:
    assert parse(HEADER + "a,material,,,x,,\n").version != parse(HEADER + "a,material,,,y,,\n").version


def test_noise_hides_and_is_not_reported() -> None:
    words = parse(HEADER + "noise.words,noise,,,,其中,\nchina,country,,,China,中国,中国\n")
    assert [m.concept.id for m in words.find("其中国内部分,其中中国")] == ["china"]
    assert [(m.start, m.end) for m in words.find("其中中国")] == [(2, 4)]
