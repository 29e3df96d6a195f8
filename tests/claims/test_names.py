from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.claims.cues import cues
from mine2magnet.claims.names import formed, placed
from mine2magnet.claims.scripts import plain, script
from mine2magnet.core.thesaurus import load

T = load()


def written(text: str, language: str = "") -> dict[str, str]:
    """What is placed in a text, and the name it stands for; of the names that the text forms."""
    known = formed([text], T)
    letters = plain(text, script(text, language))
    found = placed(letters, known, cues(letters, T, language or script(text, language)))
    return {letters[c.start : c.end]: c.id for c in found if c.id in set(known.values())}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Sales at Orbis Magnetics GmbH rose 12% to €45m.", "Orbis Magnetics"),
        ("Meanwhile Corella Rare Earths Limited raised A$40m.", "Corella Rare Earths"),
        ("Hanbit Motor Materials Co., Ltd. of Seoul will take 600 t.", "Hanbit Motor Materials"),
        ("In Toronto, shares of North Cariboo Tungsten jumped 11%.", "North Cariboo Tungsten"),
        ("Shares in Kestrel Bay jumped 9% after it raised A$40m.", "Kestrel Bay"),
        ("MagRetour of Liège took in 1,900 tonnes of motors.", "MagRetour"),
        ("Will Garrod, a sales trader at Harcourt Vane, sees 20%.", "Harcourt Vane"),
        ("Zenvolt, which makes scooters, stopped 2 lines. Zenvolt employs 900.", "Zenvolt"),
        ("It drew $75m on its facility with Front Range Bank.", "Front Range Bank"),
        ("Norlund Vind's nacelle works will lose 310 jobs.", "Norlund Vind"),
        ("Demand will reach 9 kt, according to figures published by Oremarket.", "Oremarket"),
        (
            "An official of the Department for Transport and Ports denied that £60m was lost.",
            "Department for Transport and Ports",
        ),
        ("The Standing Committee on Trade said 93% came from China.", "Standing Committee on Trade"),
        ("对采用区内磁材的电机，天澜磁材目标价上调一成至32.6元。", "天澜磁材"),
        ("合作方槟华矿业以土地出资，持股40%。", "槟华矿业"),
        ("东海稀土新材料股份有限公司公告，拟投资5亿元。", "东海稀土新材料"),
        ("公司拟与江西中垣稀土金属有限公司在赣州设厂，年产4000吨。", "江西中垣稀土金属"),
        ("恒驱电机（苏州）有限公司年产40万台。", "恒驱电机（苏州）"),
        ("与宁波科田磁业签署了1200吨的长单。", "宁波科田磁业"),
        ("拟向马来亚银行申请不超过3亿元贷款。", "马来亚银行"),
        ("落基山稀土公司拿到1.2亿美元贷款。", "落基山稀土"),
        ("扬声器厂商克朗韦克（Klangwerk）每月采购12吨。", "克朗韦克（Klangwerk）"),
        ("据长沙海关统计，出口钨品1.16万吨。", "长沙海关"),
        ("廣晟研究院分析師認為增速為8%。", "廣晟研究院"),
        ("東莞廠的偉隆微電機近月忙於出貨，按月少18%。", "偉隆微電機"),
        ("東海フェライト工業株式会社は38億円を投じる。", "東海フェライト工業"),
        ("中堅の越後ハードメタル（新潟県燕市）は24億円を投じる。", "越後ハードメタル"),
        ("循環素材（北九州市）は年120トンを処理する。", "循環素材"),
        ("遠州みらい銀行から25億円を借りる。", "遠州みらい銀行"),
        ("ステアリング用モーターを造る独ノイマン・アントリープは4割減らした。", "ノイマン・アントリープ"),
        ("磁石大手のトーキン磁研は5割増産する。", "トーキン磁研"),
        ("米Halden Metals社は年2000トンを生産する。", "Halden Metals"),
        ("企業連合の「秋田ブルーウインド」は32基を据える。", "秋田ブルーウインド"),
        ("東北リマグネット・菅野康平社長に聞く", "東北リマグネット"),
        ("秋田県沖で羽州洋上電力が進める48万キロワットの案件。", "羽州洋上電力"),
        ("福井県産業連盟が聞き取った16社のうち5社。", "福井県産業連盟"),
    ],
)
def test_a_name_is_told_by_its_form_and_neighbours(text: str, name: str) -> None:
    assert name in written(text, "ja" if script(text, "") == "ja" else "").values()


@pytest.mark.parametrize(
    "text",
    [
        "Rare Earths fell. Permanent Magnets are scarce. Critical Minerals too. Energy costs rose 5%.",
        "Chancellor Rachel Reeves said £1.5bn. Priya Raman, who runs it, agreed. Mr Miller was pleased.",
        "In March Ganzhou sellers asked 3% more. On Monday Antwerp traders paid $80.",
        "The Inflation Reduction Act and Section 232 set 25%. Project Vault follows. The N48SH grade sells.",
        "Lynas Rare Earths Ltd and MP Materials Corp. sold 500 t to General Motors.",
        "年磁性稀土需求9万吨，对采用区内磁材的电机补助三成，国内磁材企业开工率70%。",
        "稀土永磁出口3188吨，部分稀土永磁厂停产，金属厂惜售，中小磁材厂库存不足两周。",
        "新能源汽车、工业机器人带动钕铁硼需求增长15%，项目总投资3亿元，注册资本1亿元。",
        "该公司、合资公司、上市公司和子公司公告，控股股东减持2%，基金经理表示乐观。",
        "中国稀土集团、金力永磁和中国稀土行业协会称，产量2.1万吨。",
        "根据本集团截至六月三十日止六个月的账目，溢利3.4亿元。",
        "国内の電子部品大手は在庫を3カ月分持つ。自動車メーカー各社は止まった。産業機械は2割減った。",
        "電気自動車や洋上風力の発電機用磁石が足りない。超硬工具は1割値上げ。購買担当者は語る。",
        "米トランプ大統領は25%の関税を課す。独自動車工業会や中国製磁石、分離・精錬も。",
    ],
)
def test_words_of_the_language_and_names_held_are_none(text: str) -> None:
    assert dict(formed([text], T)) == {}


@pytest.mark.parametrize(
    ("texts", "ways", "name"),
    [
        (
            [
                'Tyne Recovery Ltd ("TMR" or "the Company") agreed a loan.',
                "TMR employs 41; the Company grew 5%.",
            ],
            {"TMR", "the Company"},
            "Tyne Recovery",
        ),
        (
            ["Corella Rare Earths Limited (ASX: CRX) reports 3%.", "CRX rose 4%."],
            {"CRX"},
            "Corella Rare Earths",
        ),
        (
            ["Calder Magnetics said 21p.", "Calder, which sinters blocks, turned over £14.6m."],
            {"Calder"},
            "Calder Magnetics",
        ),
        (
            ["Maumee Valley Motors stopped 4 lines.", "Maumee Valley will have to close."],
            {"Maumee Valley"},
            "Maumee Valley Motors",
        ),
        (
            ["江苏远驰电机有限公司（简称“远驰电机”）签约4500吨。", "远驰电机预付一成五。"],
            {"远驰电机"},
            "江苏远驰电机",
        ),
        (["宏程電機召開法說會，營收18.6億元。", "宏程第4季營收季減5%。"], {"宏程"}, "宏程電機"),
        (
            ["江西瑞磁新材料股份有限公司公告。", "证券简称：瑞磁新材", "瑞磁新材产量5000吨。"],
            {"瑞磁新材"},
            "江西瑞磁新材料",
        ),
        (
            [
                "瀬戸磁材株式会社（本社：愛媛県西条市、以下「当社」）は38億円を投じる。",
                "当社は45名を採用する。",
            ],
            {"当社"},
            "瀬戸磁材",
        ),
    ],
)
def test_defined_and_shorter_ways_of_writing_stand_for_the_name(
    texts: list[str], ways: set[str], name: str
) -> None:
    known = formed(texts, T)
    assert {known.get(plain(way, script(way, ""))) for way in ways} == {name}


def test_what_a_text_calls_a_company_of_the_thesaurus_has_its_id() -> None:
    assert formed(['Lynas Rare Earths Ltd (the "Company") reports 3%.'], T) == {"the Company": "lynas"}


def test_sites_and_bodies_are_no_companies() -> None:
    known = formed(["The mineral resource at Mundara rose to 84 Mt.", "The Ministry of Ports holds 5 t."], T)
    assert known.kinds == {"Mundara": "place", "Ministry of Ports": "organisation"}


def test_the_first_cells_of_a_table_of_companies_are_names() -> None:
    known = formed(["企业 | 产能", "皖东恒晟 | 6000", "合计 | 6000"], T)
    assert set(known.values()) == {"皖东恒晟"}
    assert set(formed(["Company | t\nHalden Bay | 600\nTotal | 600"], T).values()) == {"Halden Bay"}


def test_a_country_or_material_within_a_name_is_none() -> None:
    text = "Korea Tungsten Mining Ltd sold 500 t."
    found = placed(text, formed([text], T), cues(text, T, "en"))
    assert [c.id for c in found if c.kind in ("company", "country", "material")] == ["Korea Tungsten Mining"]


PIECES = st.sampled_from(
    [
        "Ltd",
        "Metals ",
        "Alpha ",
        "(the “Company”)",
        "有限公司",
        "磁材",
        "与",
        "恒晟",
        "（简称“",
        "株式会社",
        "電機は",
        "ア",
        " | ",
        "\n",
        "of ",
    ]
)


@given(st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=40)))
def test_cues_stay_in_order_and_stand_for_names_found(text: str) -> None:
    known = formed([text], T)
    letters = plain(text, script(text, ""))
    found = placed(letters, known, cues(letters, T, "en"))
    assert [c.start for c in found] == sorted(c.start for c in found)
    assert all(0 <= c.start < c.end <= len(text) for c in found)
    assert set(known.values()) <= set(known.kinds)


@pytest.mark.parametrize(
    "piece",
    [
        "Alpha Beta Gamma and ",
        "Metals Inc, ",
        "Ministry of ",
        "磁材",
        "和与向对",
        "有限公司",
        "ア",
        "(",
        "以下简称“",
        "社",
    ],
)
def test_time_grows_with_length_alone(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        began = time.thread_time()
        formed([text], T)
        return time.thread_time() - began

    formed([piece], T)
    assert seconds(64_000) < 12 * seconds(16_000) + 0.2


def test_names_are_bounded() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    text = " ".join(
        f"{a}{b.lower()}{c.lower()}x Metals Ltd." for a in letters for b in letters for c in "aeiou"
    )
    known = formed([text], T)
    assert 1 < len(known.kinds) <= 64
    assert len(known) <= 256
