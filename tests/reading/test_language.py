from __future__ import annotations

import pytest

from mine2magnet.reading.language import identify

HEADLINES = {
    "zh": [
        "镝价连涨三周 海外买家四处找货",
        "日本加入稀土博弈",
        "北方稀土第三季度净利润增长",
        "商务部:稀土出口许可按规定审批",
        "特斯拉Model Y减少镝用量",
        "中國稀土輸出管制升級 美國汽車廠告急",
        "信越化學擴產磁鐵",
        "南鳥島稀土開採計畫引關注",
        "歐洲車廠憂斷鏈",
        "高市早苗与特朗普谈稀土",
        "日产《の》字招牌背后的磁铁生意",
        "欧洲向中国求救",
        "信越化学工业扩产",
        "台灣電力公司調漲電價",
    ],
    "ja": [
        "中国、重希土輸出規制",
        "重希土輸出規制強化",
        "米国国防総省出資",
        "信越化学、磁石増産",
        "日立金属株高騰",
        "国産磁石供給網構築",
        "南鳥島沖泥試掘開始",
        "経産省、備蓄拡充",
        "日産自動車減産検討",
        "レアアース調達、豪州と協力",
        "EV向けモーター、重希土ゼロへ",
        "双日、豪ライナスから重希土を輸入",
        "ネオジム磁石",
        "信越化学工業",
        "東京電力",
    ],
    "ko": [
        "희토류 수출 통제 강화",
        "중국, 희토류 수출 규제",
        "LS전선, 美 버지니아에 영구자석 공장",
        "현대차 재고 점검",
    ],
    "en": [
        "MP Materials halts shipments to China",
        "EU warns of rare earth shortage",
        "Rare earth magnets",
        "Neodymium prices jump 12%",
        "Ford halts line",
        "Lynas stock up 5%",
        "GM idles plant",
        "Vulcan Elements secures loan",
        "Why 稀土 is the word of the year in trade",
        "China's policy",
        "Noveon Magnetics",
    ],
    "de": [
        "Seltene Erden werden knapp",
        "Seltene Erden: Autobauer fürchten Stillstand",
        "Bosch warnt vor Engpässen",
        "VAC baut neues Werk in Sumter",
        "Magnete aus Hanau für die Welt",
    ],
    "fr": [
        "Terres rares : la Chine durcit le contrôle",
        "Stellantis: pénurie d'aimants",
        "La Chine restreint ses exportations",
        "Solvay relance La Rochelle",
        "Les constructeurs européens au bord de la pénurie",
    ],
    "ru": ["Китай ограничил экспорт редкоземельных металлов"],
    "und": ["", "2025-06-01", "12 % … 34", "NdFeB", "★★★"],
}


@pytest.mark.parametrize(("code", "headline"), [(c, h) for c, hs in HEADLINES.items() for h in hs])
def test_headlines(code: str, headline: str) -> None:
    assert identify(headline) == code


def test_a_long_text_of_many_names_is_told_by_its_words() -> None:
    text = (
        "Lynas und Iluka liefern an VAC, Siemens, Bosch und Continental; weitere Abnehmer werden gesucht. "
        * 3
    )
    assert identify(text) == "de"
