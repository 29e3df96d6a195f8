from __future__ import annotations

import pytest

from mine2magnet.digests import boilerplate


@pytest.mark.parametrize(
    "text",
    [
        "Sign up for our weekly newsletter to stay ahead.",
        "Please subscribe to our free morning newsletter.",
        "Click here to see the full table.",
        "All rights reserved.",
        "We use cookies to improve this site.",
        "Nothing here is investment advice.",
        "Reporting by A. Smith; editing by B. Jones",
        "($1 = 6.9120 Chinese yuan)",
        "（1ドル＝155円で換算）",
        "点击关注本号，不错过行情。",
        "點擊關注本號。",
        "本文来源：综合媒体报道。",
        "未经授权不得转载。",
        "未經授權不得轉載。",
        "（责任编辑：某某）",
        "关注我们的公众号，获取日报。",
        "以上内容不构成投资建议。",
        "会員登録をすると全文を読めます。",
        "記事の無断転載を禁じます。",
        "この記事をシェアする。",
        "https://example.com/a/b?c=d",
    ],
)
def test_notices_are_boilerplate(text: str) -> None:
    assert boilerplate.is_sentence(text)


@pytest.mark.parametrize(
    "text",
    [
        "The plant signed up three customers for its first magnets.",
        "Sources in the ministry said that licences were coming.",
        "The editor of a trade journal expects prices to fall.",
        "Photo-electric sensors need samarium-cobalt magnets.",
        "Register data show that 40 firms applied.",
        "来源国的多样化需要十年。",
        "图书出版用不到稀土。",
        "注意到价格上涨的企业提前备货。",
        "関連する企業は在庫を増やした。",
        "編集部の調べでは在庫は2カ月分だった。",
        "By June the stocks were gone.",
        "1 kg = 2.2 lb, and a motor holds 1.2 kg of magnets, so that ten of them weigh 12 kg.",
    ],
)
def test_statements_are_not(text: str) -> None:
    assert not boilerplate.is_sentence(text)
    assert not boilerplate.is_paragraph(text)


@pytest.mark.parametrize(
    "text",
    [
        "Sources: USGS; IEA",
        "**Sources:** USGS — https://example.com/x",
        "来源：公开资料整理",
        "來源：公開資料",
        "出典：各社発表",
        "By Mary Fielding and John Snow",
        "Photo: the plant at dusk.",
        "图1：价格走势",
        "（写真＝工場の外観）",
        "Figure 2 https://example.com/long/address/of/the/figure.png",
        "Related articles",
        "【会社概要】設立：1968年4月",
    ],
)
def test_labelled_paragraphs_are_boilerplate(text: str) -> None:
    assert boilerplate.is_paragraph(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("（记者 林舟）欧洲车企缺货。", "欧洲车企缺货。"),
        ("新华社布鲁塞尔6月1日电 欧盟表示关切。", "欧盟表示关切。"),
        ("本报讯 价格上涨。", "价格上涨。"),
        ("【東京＝佐々木】在庫が減った。", "在庫が減った。"),
        ("BRUSSELS, June 1 (Wire) - Stocks fell.", "Stocks fell."),
        ("TOKYO — Stocks fell.", "Stocks fell."),
        ("KUANTAN, 10 December 2024 – Stocks fell.", "Stocks fell."),
        ("综合外电6月28日消息：价格下跌。", "价格下跌。"),
        ("Teluk Berhad is pleased to announce that first metal was poured.", "first metal was poured."),
        ("But Japan buys elsewhere.", "Japan buys elsewhere."),
        ("But prices fell.", "But prices fell."),
        ("其中，德国占两成。", "德国占两成。"),
        ("答：库存只够三周。", "库存只够三周。"),
        ("これに対し、商務省は否定した。", "商務省は否定した。"),
        ("However, Japan buys elsewhere.", "Japan buys elsewhere."),
        ("However, the price fell.", "However, the price fell."),
        ("然而，价格下跌。", "价格下跌。"),
        ("しかし、価格は下がった。", "価格は下がった。"),
        ("• 3. Prices fell.", "Prices fell."),
        ("一、价格下跌。", "价格下跌。"),
        ("一、二级供应商承担库存。", "一、二级供应商承担库存。"),
        ("2、3か月分の在庫がある。", "2、3か月分の在庫がある。"),
        ("3.5 per cent was lost.", "3.5 per cent was lost."),
        ("USGS said so.", "USGS said so."),
        ("However, ", "However, "),
        ("HẢI PHÒNG — Japan's maker", "Japan's maker"),
        ("NEW DELHI: Chinese magnets", "Chinese magnets"),
        ("6 Feb 19 - Prices rose", "Prices rose"),
        ("Beijing, Sept 22 (Newsline) -- China", "China"),
        ("PERTH, NARVA AND SUMTER - In the yard", "In the yard"),
        ("(Newsline) — On Tuesday", "On Tuesday"),
        ("Lynas: We see growth", "Lynas: We see growth"),
        ("MP Materials - the only miner - said", "MP Materials - the only miner - said"),
        ("中国有色网讯：稀土", "稀土"),
        ("（12日）氧化镝", "氧化镝"),
        ("【财经网】讯 氧化镝", "氧化镝"),
        ("〔記者林菁樺／台北報導〕台灣", "台灣"),
        ("每经记者 林栀 上海报道　冲击", "冲击"),
        ("越南海防，2026年5月18日——公司宣布", "公司宣布"),
        ("2026年5月18日，公司宣布", "2026年5月18日，公司宣布"),
        ("【ナルバ（エストニア東部）＝特派員】川", "川"),
        ("（注）数値は速報値", "（注）数値は速報値"),
    ],
)
def test_fronts_are_taken_off_only_where_the_rest_stands(text: str, left: str) -> None:
    assert text[boilerplate.front(text) :] == left
