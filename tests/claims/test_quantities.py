"""Figures as three languages write them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.claims import quantities
from mine2magnet.claims.numerals import Numeral, han, narrow, numerals, to_han

Figure = tuple[float | None, float | None, str]


def figures(text: str) -> list[Figure]:
    return [(m.quantity.low, m.quantity.high, m.quantity.unit) for m in quantities(text) if m.quantity.unit]


def one(text: str) -> Figure:
    found = figures(text)
    assert len(found) == 1, found
    low, high, unit = found[0]
    return None if low is None else round(low, 6), None if high is None else round(high, 6), unit


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        # numerals
        ("产量达1.2万吨", 12_000, 12_000, "t"),
        ("产量一万二千吨", 12_000, 12_000, "t"),
        ("１，２００トンの鉱石", 1_200, 1_200, "t"),
        ("12,000 tonnes of ore", 12_000, 12_000, "t"),
        ("some 1 200 t of ore", 1_200, 1_200, "t"),
        ("投資は3億5000万円", 3.5e8, 3.5e8, "JPY"),
        ("投資は4万5千円", 45_000, 45_000, "JPY"),
        ("投资二十五亿元", 2.5e9, 2.5e9, "CNY"),
        ("十二万人が働く", 120_000, 120_000, "person"),
        ("two hundred and fifty thousand tonnes", 250_000, 250_000, "t"),
        ("twenty-five kilograms", 25, 25, "kg"),
        ("2.5 million tons", 2.5e6, 2.5e6, "t"),
        # fractions and tenths
        ("占三分之二", 200 / 3, 200 / 3, "%"),
        ("全体の3分の2", 200 / 3, 200 / 3, "%"),
        ("two-thirds of the output", 200 / 3, 200 / 3, "%"),
        ("one in three firms", 100 / 3, 100 / 3, "%"),
        ("nine out of ten magnets", 90, 90, "%"),
        ("a quarter of the firms", 25, 25, "%"),
        ("half of the firms", 50, 50, "%"),
        ("九成来自中国", 90, 90, "%"),
        ("シェアは9割", 90, 90, "%"),
        ("九成五来自中国", 95, 95, "%"),
        ("打率は3割5分", 35, 35, "%"),
        ("三成多来自中国", 30, None, "%"),
        ("シェアは8割強", 80, None, "%"),
        ("百分之四十", 40, 40, "%"),
        ("过半来自中国", 50, None, "%"),
        ("four of every five firms", 80, 80, "%"),
        ("开工率跌破50%", None, 50, "%"),
        ("under a 72.8 billion rupee scheme", 7.28e10, 7.28e10, "INR"),
        # rates
        ("1キロ＝1050ドル前後", 1050, 1050, "USD/kg"),
        ("每吨耗电9500千瓦时", 9500, 9500, "kWh/t"),
        ("月間500トンの能力", 500, 500, "t/month"),
        ("JSリンクと年3000トンの工場", 3000, 3000, "t/year"),
        # times
        ("价格翻倍", 2, 2, "x"),
        ("产量翻两番", 4, 4, "x"),
        ("涨幅超过一倍", 2, None, "x"),
        ("增长两倍", 3, 3, "x"),
        ("增至两倍", 2, 2, "x"),
        ("価格は2倍になった", 2, 2, "x"),
        ("生産は半減した", -50, -50, "%"),
        ("需求减半", -50, -50, "%"),
        ("prices doubled", 2, 2, "x"),
        ("prices tripled", 3, 3, "x"),
        ("output rose fourfold", 4, 4, "x"),
        ("output halved", -50, -50, "%"),
        # ranges
        ("仅能维持四到六周", 4, 6, "week"),
        ("可用4-6周", 4, 6, "week"),
        ("4–6 weeks", 4, 6, "week"),
        ("four to six weeks", 4, 6, "week"),
        ("2~3か月分", 2, 3, "month"),
        ("2〜3カ月分", 2, 3, "month"),
        ("两三个月", 2, 3, "month"),
        ("2、3カ月", 2, 3, "month"),
        ("between 4 and 6 weeks", 4, 6, "week"),
        ("from 40 to 50 percent", 40, 50, "%"),
        ("库存从两周到三个月不等", 2, 13, "week"),
        ("库存为2周至3个月", 2, 13, "week"),
        ("stocks last from two weeks to three months", 2, 13, "week"),
        ("answers range from 10 days to 6 weeks", 10, 42, "day"),
        ("在庫は2週間から3カ月までさまざまだ", 2, 13, "week"),
        ("40%至50%", 40, 50, "%"),
        ("3-5万吨", 30_000, 50_000, "t"),
        ("介于1.05万至1.2万吨之间", 10_500, 12_000, "t"),
        ("3年から5年を要する", 3, 5, "year"),
        ("$1.7-1.8 billion", 1.7e9, 1.8e9, "USD"),
        ("两三成", 20, 30, "%"),
        # bounds and approximations
        ("over 40 %", 40, None, "%"),
        ("more than 40 percent", 40, None, "%"),
        ("at least 40%", 40, None, "%"),
        ("less than 40%", None, 40, "%"),
        ("up to 40%", None, 40, "%"),
        ("about 40%", 40, 40, "%"),
        ("nearly 40%", 40, 40, "%"),
        ("超过40%", 40, None, "%"),
        ("不到40%", None, 40, "%"),
        ("不超过40%", None, 40, "%"),
        ("近40%", 40, 40, "%"),
        ("40%左右", 40, 40, "%"),
        ("40%以上", 40, None, "%"),
        ("40％未満", None, 40, "%"),
        ("40％以下", None, 40, "%"),
        ("10多家企业", 10, None, "count"),
        ("over a decade", 10, None, "year"),
        # units
        ("$63 per kilogram", 63, 63, "USD/kg"),
        ("$1,100/kg", 1_100, 1_100, "USD/kg"),
        ("56.5万元/吨", 565_000, 565_000, "CNY/t"),
        ("每吨56万元", 560_000, 560_000, "CNY/t"),
        ("每公斤70-75美元", 70, 75, "USD/kg"),
        ("1キロ900ドル", 900, 900, "USD/kg"),
        ("1トン当たり40万元", 400_000, 400_000, "CNY/t"),
        ("A$1.5bn", 1.5e9, 1.5e9, "AUD"),
        ("€2 million", 2e6, 2e6, "EUR"),
        ("年产2万吨", 20_000, 20_000, "t/year"),
        ("1,500 tpa", 1_500, 1_500, "t/year"),
        ("2,000 tonnes a year", 2_000, 2_000, "t/year"),
        ("3 kt per year", 3_000, 3_000, "t/year"),
        ("年間5000トン", 5_000, 5_000, "t/year"),
        ("200兆瓦", 200, 200, "MW"),
        ("20ギガワット時", 20, 20, "GWh"),
        ("矫顽力30kOe", 30, 30, "kOe"),
        ("52 MGOe", 52, 52, "MGOe"),
        ("5个百分点", 5, 5, "pp"),
        ("up by 5 percentage points", 5, 5, "pp"),
        ("シェアは5ポイント上昇", 5, 5, "pp"),
        ("3000辆汽车", 3_000, 3_000, "vehicle"),
        ("300 people", 300, 300, "person"),
        ("半年", 0.5, 0.5, "year"),
        ("三个半月", 3.5, 3.5, "month"),
        ("-5.2%", -5.2, -5.2, "%"),
        ("▲4.5％", -4.5, -4.5, "%"),
        # spaces, full width, ・ for the decimal point
        ("需求为 27 万吨", 270_000, 270_000, "t"),
        ("电耗 9500 千瓦时", 9500, 9500, "kWh"),
        ("营收 3．２１亿元", 3.21e8, 3.21e8, "CNY"),
        ("９月は７５・５％増えた", 75.5, 75.5, "%"),
        ("約5・1倍に", 5.1, 5.1, "x"),
        ("１・５～２・５％", 1.5, 2.5, "%"),
        ("１・５千トン", 1500, 1500, "t"),
        ("9億80百万円", 9.8e8, 9.8e8, "JPY"),
        ("1万2,000トン", 12_000, 12_000, "t"),
        ("2万1千人", 21_000, 21_000, "person"),
        # lots
        ("tens of thousands of tonnes", 10_000, None, "t"),
        ("several hundred tonnes", 100, None, "t"),
        ("hundreds of millions of dollars", 1e8, None, "USD"),
        ("dozens of companies", 12, None, "count"),
        ("数百吨", 100, None, "t"),
        ("数十万吨", 100_000, None, "t"),
        ("数10万トン", 100_000, None, "t"),
        ("数十家企业", 10, None, "count"),
        ("上千家企业", 1000, None, "count"),
        ("三十来人", 30, 30, "person"),
        ("超千亿元", 1e11, None, "CNY"),
        # currencies
        ("Rmb1.62m/t", 1.62e6, 1.62e6, "CNY/t"),
        ("Rs 1,345 crore", 1.345e10, 1.345e10, "INR"),
        ("₹2 lakh crore", 2e12, 2e12, "INR"),
        ("HK$5.2bn", 5.2e9, 5.2e9, "HKD"),
        ("NT$1.2 billion", 1.2e9, 1.2e9, "TWD"),
        ("新台幣1.2億元", 1.2e8, 1.2e8, "TWD"),
        ("C$118.4 million", 1.184e8, 1.184e8, "CAD"),
        ("$US3m", 3e6, 3e6, "USD"),
        ("PS2.7m", 2.7e6, 2.7e6, "GBP"),
        ("£2k", 2000, 2000, "GBP"),
        ("$1.2tn", 1.2e12, 1.2e12, "USD"),
        ("21.4p a kWh", 0.214, 0.214, "GBP/kWh"),
        ("84 pence", 0.84, 0.84, "GBP"),
        ("20 million pounds", 2e7, 2e7, "GBP"),
        ("44m t of reserves", 4.4e7, 4.4e7, "t"),
        ("1隻に5200ポンドの希土類", 5200, 5200, "lb/count"),
        # per cent and points
        ("32pc of output", 32, 32, "%"),
        ("up 50 basis points", 0.5, 0.5, "pp"),
        ("500 ppm", 0.05, 0.05, "%"),
        ("half a percentage point", 0.5, 0.5, "pp"),
        ("-16.33 % to 24.44 %", -16.33, 24.44, "%"),
        ("risen by 40% to 50%", 40, 50, "%"),
        ("三成五", 35, 35, "%"),
        ("減らした量は両割", 20, 20, "%"),
        ("almost a third as fighting went on", 100 / 3, 100 / 3, "%"),
        ("Output was cut by half since May", -50, -50, "%"),
        # what a figure is per
        ("600-650 kg of magnets for every megawatt", 600, 650, "kg/MW"),
        ("An electric car takes 0.5 kg", 0.5, 0.5, "kg/vehicle"),
        ("每台机器人约用磁材3.5公斤", 3.5, 3.5, "kg/count"),
        ("一辆新能源汽车要用3至5公斤", 3, 5, "kg/vehicle"),
        ("每兆瓦625至850公斤", 625, 850, "kg/MW"),
        ("每吨镨钕综合电耗约9500千瓦时", 9500, 9500, "kWh/t"),
        ("单吨加工利润不足2000元", None, 2000, "CNY/t"),
        ("每年可处理轻稀土3000吨", 3000, 3000, "t/year"),
        ("年总产能可达1万公吨", 10_000, 10_000, "t/year"),
        ("新工場は月12万個をつくる", 120_000, 120_000, "count/month"),
        ("同社は年4億円の負担", 4e8, 4e8, "JPY/year"),
        ("10キロ当たり1120ドル", 112, 112, "USD/kg"),
        ("1キロワット時当たり9円", 9, 9, "JPY/kWh"),
        ("1ギガワット当たりネオジム28トン", 28, 28, "t/GW"),
        ("$85 on average per kilogram", 85, 85, "USD/kg"),
        ("600 tonnes of oxide per contract year", 600, 600, "t/year"),
        ("2月に12トンを輸出", 12, 12, "t"),
        # counted
        ("40 lines stopped", 40, 40, "count"),
        ("1,900 licence applications", 1900, 1900, "count"),
        ("1,200 redundancies", 1200, 1200, "person"),
        ("Seven were granted", 7, 7, "count"),
        ("the payroll is to reach 260", 260, 260, "person"),
        ("減ったのは1社に限られる", 1, 1, "count"),
        ("モーターの生産は18万台", 180_000, 180_000, "count"),
        ("乗用車の生産は18万台", 180_000, 180_000, "vehicle"),
        ("300度まで耐える", 300, 300, "degC"),
        ("沖合1900キロ先の海底", 1900, 1900, "km"),
        ("9,000トン台", 9000, 10_000, "t"),
        ("600ドル台後半", 650, 700, "USD"),
        # bounds told apart
        ("no single bidder gets more than 1,200 tonnes", None, 1200, "t"),
        ("the price may not fall below $75", 75, None, "USD"),
        ("it turned over £14.6m", 1.46e7, 1.46e7, "GBP"),
        ("a minimum annual volume of 350 tonnes", 350, None, "t/year"),
        ("不超过销售价格的三成", None, 30, "%"),
        ("最多供应10.7万吨", None, 107_000, "t"),
        ("每吨48万元的磁钢封顶价", None, 480_000, "CNY/t"),
        ("最大1300トン弱", None, 1300, "t"),
        ("80％に届きませんでした", None, 80, "%"),
        ("12億円を上限に", None, 1.2e9, "JPY"),
        ("利率占比高达九成半", 95, 95, "%"),
        # as newspapers and trade journals write
        ("終値は７・４５豪ドルだった", 7.45, 7.45, "AUD"),
        ("１台に２・５〜１０キログラムを使う", 2.5, 10, "kg/count"),
        ("世界の9割超を占める", 90, None, "%"),
        ("部品の１割を超えた", 10, None, "%"),
        ("量の5%に満たない", None, 5, "%"),
        ("1600社余りが加盟する", 1600, None, "count"),
        ("含有量は2.5～4質量％", 2.5, 4, "%"),
        ("㌧当たり54万8000元だ", 548_000, 548_000, "CNY/t"),
        ("磁石は１隻5200ポンド", 5200, 5200, "lb/count"),
        ("費用の半額を補助する", 50, 50, "%"),
        ("氧化镨钕44.5万元一吨", 445_000, 445_000, "CNY/t"),
        ("一度涨到每吨183万元", 1.83e6, 1.83e6, "CNY/t"),
        ("年产能2025年为3.5万吨", 35_000, 35_000, "t/year"),
        ("日采350吨的试验", 350, 350, "t/day"),
        ("矿车有五六十辆", 50, 60, "vehicle"),
        ("库存还有两个多月", 2, None, "month"),
        ("不足2025年月均水平的六成", None, 60, "%"),
        ("sellers asked Yn362,000-368,000/t", 362_000, 368_000, "CNY/t"),
        ("done at Yn1.39mn-1.42mn/t", 1.39e6, 1.42e6, "CNY/t"),
        ("an outlay of Rs. 7,280 crore", 7.28e10, 7.28e10, "INR"),
        ("took in 123 million Australian dollars", 1.23e8, 1.23e8, "AUD"),
        ("about 79 million U.S. dollars", 7.9e7, 7.9e7, "USD"),
        ("no more than 1,200 MTPA each", None, 1200, "t/year"),
        ("up to 5 Mtpa of ore", None, 5e6, "t/year"),
        ("10,500 tonnes of oxide per annum", 10_500, 10_500, "t/year"),
        ("it takes nine years at the least", 9, None, "year"),
        ("half a kilogram of magnets", 0.5, 0.5, "kg"),
        ("in two and a half years", 2.5, 2.5, "year"),
        ("APT jumped to $1,480-1,560/mtu WO3", 148, 156, "USD/kg"),
        ("欧洲APT报1,120—1,180美元/吨度", 112, 118, "USD/kg"),
        ("欧州で１ＭＴＵ＝２０５０〜２２００ドルだった", 205, 220, "USD/kg"),
        ("回收率不得低于75%", 75, None, "%"),
        ("单批不得高于20吨", None, 20, "t"),
        ("在庫は2週間分を超えない", None, 2, "week"),
        ("比率は3割を下回らない", 30, None, "%"),
        ("株価は０・１３カナダドルとなった", 0.13, 0.13, "CAD"),
        ("メタルは１ポンド２５・５〜２６ドルと小じっかり", 25.5, 26, "USD/lb"),
        ("地金はポンド２５ドル前後で高止まり", 25, 25, "USD/lb"),
        ("１ドル＝１５０円の想定なら", 150, 150, "JPY/USD"),
        ("ＭＴＵ（１０キロ）当たり１９５０〜２０５０ドルとなり", 195, 205, "USD/kg"),
        ("廃液は１トン当たり２立方メートルまで減った", 2, 2, "m3/t"),
        ("前年同月と比べても１６・６％多い", 16.6, 16.6, "%"),
        ("費用は４万円を下らず", 40_000, None, "JPY"),
        ("７０万元割れもあり得る", None, 700_000, "CNY"),
        ("過去最多の920人が参加", 920, 920, "person"),
        ("全体の２割までなら買う", None, 20, "%"),
        ("月間で６０ドル上げた", 60, 60, "USD"),
        ("last heard at $27,000-29,500 a metric ton", 27_000, 29_500, "USD/t"),
    ],
)
def test_a_figure_is_read(text: str, low: float | None, high: float | None, unit: str) -> None:
    expected = (None if low is None else round(low, 6), None if high is None else round(high, 6), unit)
    assert one(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "in 2025",
        "2025年4月3日",
        "F-35",
        "Announcement No. 18",
        "第18号公告",
        "萃取剂P507",
        "Nd2Fe14B",
        "3N purity",
        "see [1][8]",
        "0755-83221234",
        "at 10:30",
        "one of the plants",
        "the first plant",
        "第一批货物",
        "三元锂电池",
        "一家企业",
        "统一部署",
        "Model 3 uses magnets",
        "Group 3: China",
        "午前9時",
        "1台当たり",
        "カルロス・ゴーン",
        "a third party",
        "the other half",
        "PS5",
        "Rule 13",
        "3度目の調査",
        "単位：百万円",
        "in Rmb '000/t",
        "1080p",
        "8カ月ぶりに増えた",
        "減少は3カ月連続",
        "5営業日続落",
        "4カ月続けてほぼゼロ",
        "１件目は福井県の計画",
        "金額（百万円）",
        "销售额(百万元)",
        "锑锭连跌七周",
        "出口连续三个月下降",
        "本月12日驶向南鸟岛",
        "美国唯一成规模的矿商",
    ],
)
def test_what_is_no_figure_is_left(text: str) -> None:
    assert figures(text) == []


def test_two_levels_are_not_a_range() -> None:
    assert figures("stretched from 6 weeks to 6 months") == [(6, 6, "week"), (6, 6, "month")]
    assert figures("rose from 40% to 50%") == [(40, 40, "%"), (50, 50, "%")]
    assert figures("85％から93％へ改善") == [(85, 85, "%"), (93, 93, "%")]
    for text in ("从两周到三个月", "waits went from two weeks to three months", "2週間から3カ月まで延びた"):
        assert figures(text) == [(2, 2, "week"), (3, 3, "month")]
    assert figures("between 3 months and two weeks") == [(3, 3, "month"), (2, 2, "week")]
    assert figures("2週間、3カ月の在庫") == [(2, 2, "week"), (3, 3, "month")]


def test_a_range_that_prices_came_from_is_one() -> None:
    assert figures("reached 700 to 1,000 dollars per kg, up from 250 to 310 dollars per kg") == [
        (700, 1000, "USD/kg"),
        (250, 310, "USD/kg"),
    ]


def test_a_change_and_the_level_after_it_are_two() -> None:
    """Unless they are near each other: then by how much is a range."""
    assert figures("锑锭跌2,500元至15.8万元/吨") == [(2500, 2500, "CNY/t"), (158_000, 158_000, "CNY/t")]
    assert figures("库存增加1,200吨至5,800吨") == [(1200, 1200, "t"), (5800, 5800, "t")]
    assert figures("镨钕上涨2至3万元/吨") == [(20_000, 30_000, "CNY/t")]
    assert figures("rose by $43.6bn to $419.2bn") == [(43.6e9, 43.6e9, "USD"), (419.2e9, 419.2e9, "USD")]
    assert figures("lifts capacity from 800 to 2,400 tonnes per year") == [
        (800, 800, "t/year"),
        (2400, 2400, "t/year"),
    ]


def test_a_sum_over_years_is_not_a_year_s() -> None:
    assert figures("3年間で300億円") == [(3, 3, "year"), (3e10, 3e10, "JPY")]


def test_a_list_goes_on_with_its_unit() -> None:
    assert figures("180 tons of neodymium, 35 of praseodymium and 17 of dysprosium") == [
        (180, 180, "t"),
        (35, 35, "t"),
        (17, 17, "t"),
    ]
    assert figures("It sold 38 robots this year and 150 in 2026") == [(38, 38, "count"), (150, 150, "count")]
    assert figures("年3トンの生産量を来春に5トンへ引き上げる") == [(3, 3, "t/year"), (5, 5, "t/year")]


def test_a_bare_number_has_no_unit() -> None:
    assert [(m.quantity.low, m.quantity.unit) for m in quantities("2024 revenue 203.9")] == [(203.9, "")]


@given(st.integers(0, 2**53))
def test_han_numerals_round_trip(value: int) -> None:
    assert han(to_han(value)) == value


@given(st.integers(2, 10**9))
def test_a_number_reads_the_same_in_every_script(value: int) -> None:
    wide = str(value).translate({ord("0") + i: chr(0xFF10 + i) for i in range(10)})
    for written in (f"{value}", f"{value:,}", wide, to_han(value)):
        assert one(f"产量为{written}吨") == (value, value, "t")


ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
)
ONES += "seventeen eighteen nineteen"
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"


def words(value: int) -> str:
    for scale, name in ((10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if value >= scale:
            rest = value % scale
            joined = f" {words(rest)}" if rest else ""
            return f"{words(value // scale)} {name}{joined}"
    if value < 20:
        return ONES.split()[value]
    tens = TENS.split()[value // 10 - 2]
    return f"{tens}-{ONES.split()[value % 10]}" if value % 10 else tens


@given(st.integers(1, 10**9 - 1))
def test_english_words_round_trip(value: int) -> None:
    assert [n.value for n in numerals(words(value))] == [value]


@given(st.integers(1, 9999), st.integers(1, 9999), st.integers(0, 9))
def test_japanese_myriads_round_trip(oku: int, man: int, tenth: int) -> None:
    low, high, unit = one(f"投資額は{oku}億{man}万円")
    assert (low, high, unit) == (oku * 1e8 + man * 1e4,) * 2 + ("JPY",)
    assert one(f"{man}.{tenth}万トンを輸入") == (round(float(f"{man}.{tenth}") * 1e4, 6),) * 2 + ("t",)


TEXTS = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from(
            "0123456789０１２３.,，%％万亿億兆千百十一二三两半成割倍多余年月日周トン円元$-–~〜至到からto and "
        ),
    ),
    max_size=80,
)


@given(TEXTS)
def test_any_text_is_read_and_spans_are_its_own(text: str) -> None:
    end = 0
    for mention in quantities(text):
        assert end <= mention.start < mention.end <= len(text)
        end = mention.end
    assert len(narrow(text)) == len(text)


@pytest.mark.parametrize(
    "unit",
    ["9", "1,", "12 345 678 ", "一", "百分之", "3-", "1万", "$ ", "one two ", "45.1% 吨 ", "2025-", "["],
)
def test_time_is_linear(unit: str) -> None:
    def seconds(units: int) -> float:
        start = time.thread_time()  # of the processor, whoever else is at it
        quantities(unit * units)
        return time.thread_time() - start

    seconds(10)  # tables are built once
    short = min(seconds(250) for _ in range(3))
    # the collector of garbage falls into any of them
    assert any(seconds(2_000) < 8 * 3 * short + 0.02 for _ in range(3))


def the_numeral(text: str) -> Numeral:
    (found,) = numerals(narrow(text))
    return found


@pytest.mark.parametrize(
    ("text", "value", "step", "scale"),
    [
        ("12", 12, 1, 1),
        ("1.25", 1.25, 0.01, 1),
        ("1,234.5", 1234.5, 0.1, 1),
        ("2 dozen", 24, 12, 12),
        ("2 hundred", 200, 100, 100),
        ("2.5 thousand", 2500, 100, 1000),
        ("3 million", 3e6, 1e6, 1e6),
        ("3 mn", 3e6, 1e6, 1e6),
        ("3 mln", 3e6, 1e6, 1e6),
        ("3 billion", 3e9, 1e9, 1e9),
        ("3 bn", 3e9, 1e9, 1e9),
        ("3 bln", 3e9, 1e9, 1e9),
        ("1.5 trillion", 1.5e12, 1e11, 1e12),
        ("2tn", 2e12, 1e12, 1e12),
        ("2 trn", 2e12, 1e12, 1e12),
        ("$3m", 3e6, 1e6, 1e6),
        ("USD 3b", 3e9, 1e9, 1e9),
        ("3m", 3, 1, 1),  # metres
        ("forty", 40, 1, 1),
        ("forty-five", 45, 1, 1),
        ("ten", 10, 1, 1),
        ("a dozen", 12, 1, 1),
        ("half a million", 5e5, 1e6, 1e6),
        ("three hundred", 300, 10, 1),
        ("two thousand", 2000, 1000, 1000),
        ("三十五", 35, 1, 1),
        ("四十", 40, 1, 1),
        ("三万五千", 35000, 1000, 1e4),
        ("1.2万", 12000, 1000, 1e4),
        ("3億5000万", 3.5e8, 1e4, 1e4),
        ("4万5千", 45000, 1000, 1000),
        ("三点五", 3.5, 1, 1),
        ("一万亿", 1e12, 1e11, 1e8),
        ("2兆", 2e12, 1e12, 1e12),
        ("二千", 2000, 100, 1),
    ],
)
def test_value_step_and_scale_of_a_number(text: str, value: float, step: float, scale: float) -> None:
    read = the_numeral(text)
    assert (read.value, read.step, read.scale) == pytest.approx((value, step, scale))


@pytest.mark.parametrize(
    ("written", "value"),
    [("零", 0), ("〇", 0), ("两百", 200), ("壱万", 10000), ("弐", 2), ("参", 3), ("百", 100),
     ("一百零五", 105), ("二千零二十", 2020), ("十亿", 1e9), ("一千二百万亿", 1.2e15),
     ("五百億", 5e10), ("三千兆", 3e15)],
)  # fmt: skip
def test_han_numerals(written: str, value: float) -> None:
    assert han(written) == value


def test_han_is_written_for_whole_numbers_below_ten_to_the_sixteenth() -> None:
    assert (to_han(0), to_han(10), to_han(10**15)) == ("零", "十", "一千兆")
    assert to_han(100_010_001) == "一亿零一万零一"
    assert han(to_han(10**15 - 1)) == 10**15 - 1
    for wrong in (-1, 10**16):
        with pytest.raises(ValueError, match="out of range"):
            to_han(wrong)
