"""What a figure is per where words around it tell: a year, a tonne, a car; prices that lean on another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mine2magnet.claims import units
from mine2magnet.claims.drafts import Draft

MASSES = frozenset(("t", "kg", "g", "lb", "t REO"))
ENERGIES = frozenset(("kWh", "MWh", "GWh", "TWh"))
DURATIONS = frozenset(("hour", "day", "week", "month", "year"))
POWERS = frozenset(("MW", "GW", "kW"))
THINGS = frozenset(("vehicle", "count"))
_PER_WHAT = MASSES | DURATIONS | POWERS | ENERGIES | {"vehicle", "km2", "m3"}

PER = (
    r"\s?(?:/|／|\bper\b|\bfor each\b|\bfor every\b|\ba\b|\ban\b|\bone\b|每|毎|"
    r"一(?=公?吨|公斤|千克)|per-)\s?(?:metric\s|contract\s|calendar\s|"
    r"financial\s|fiscal\s|production\s)?"
)
_YEARLY = re.compile(
    r"\s?(?:\bper annum|annually|p\.a\.|pa\b|tpa\b|each year|every year|yearly|/(?:a|y|yr|annum)\b|-(?:a|"
    r"per)-year|"
    r"per (?:contract|calendar|financial|fiscal) year)",
    re.IGNORECASE,
)
_OF_ANNUAL = re.compile(r"\sof\s(?:annual|yearly)\b")
_LATER = re.compile(  # 2,000 tonnes of oxide a year, 600 kg of NdFeB for every megawatt
    r"\s(?:\([^()]{1,20}\)\s)?(?:of\s)?(?:[A-Za-z-]+\s){1,5}(?:(?:a|per|each|every)\s(?:contract\s|"
    r"calendar\s|fiscal\s)?"
    r"(?P<period>year|month|week|day)|(?P<annually>annually|per\sannum)|(?:per|for\severy|for\seach|in\severy|"
    r"in\seach)\s(?P<thing>"
    r"megawatt|gigawatt|MW|GW|tonne|ton|kilogram|kilo|kg|vehicle|car|electric\s(?:car|vehicle)|EV|turbine|"
    r"robot|motor|"
    r"unit|magnet|aircraft|jet|drone|submarine|plane|machine|phone|bike))\b"
)
_PRICE_LATER = re.compile(  # $85 on average per kilogram
    r"\s(?:[A-Za-z-]+\s){1,5}(?:per|a)\s(?P<per>kg|kilogram|kilo|tonne|ton|lb|pound)\b"
)
_EACH = re.compile(r"\s(?:each|apiece)\b(?!\s(?:year|month|week|day))")
_EACH_BEFORE = re.compile(  # per gigawatt of turbines, the centre counted 180 tons
    r"\b(?:per|each|every)\s(?P<thing>megawatt|gigawatt|MW|GW|tonne|ton|vehicle|car|electric\s(?:car|"
    r"vehicle)|EV|turbine|"
    r"robot|motor|aircraft|jet|drone|submarine|plane|machine|bike)\b[^.;:]{0,110}$",
    re.IGNORECASE,
)
_A_THING = re.compile(  # a petrol car contains about, each robot needs
    r"\b(?:[Aa]n?|[Ee]ach|[Ee]very|[Oo]ne)\s(?:[A-Za-z0-9-]+\s){0,3}(?:(?P<car>cars?|vehicles?|EV|model|"
    r"SUV|truck|hybrid|sedan)|turbine|robot|humanoid|motor|"
    r"machine|jet|F-35|submarine|destroyer|drone|missile|phone|scanner|speaker|pump|drive|bike|aircraft|"
    r"plane)\s(?:typically\s|usually\s|now\s)?"
    r"(?:contains?|takes?|needs?|uses?|holds?|carr(?:ies|y)|requires?|gets|has|would need|"
    r"weighs)\s(?:about\s|around\s|some\s|roughly\s|up to\s|"
    r"nearly\s|almost\s|only\s|just\s|over\s|more than\s)?$"
)
_QUOTED_IN = re.compile(r"(?P<unit>トン|キロ|吨|公斤)(?:建て|计价|計価)[^，。；、,;\d]{0,6}$")
_IN_BRACKETS = re.compile(
    r"[^。]{0,44}[(（][^()（）]{0,24}?(?P<unit>kg|キロ|トン|公斤|吨)(?:当たり|あたり|当り)"
)
_RATE_BEFORE_EN = re.compile(
    r"\b(?:annual(?:ly)?|yearly)\b(?:\s(?!share|consumption)[a-z-]+){0,4}\s(?:of|to|at|is|was|from|"
    r"reaching)\s(?:about |around |roughly |over |more than |up to )?$",
    re.IGNORECASE,
)
_CJK_THING = (
    "公斤|千克|公吨|吨|克|kg|キロ|トン|㌔|㌧|兆瓦|MW|吉瓦|GW|千瓦时|度|辆|台|架|艘|套|枚|只|支|件|个|個|基|機|"
    "隻|体|株|部|人|"
    "キロワット時|メガワット|ギガワット"
)
_CJK_PER = re.compile(  # 每吨镨钕综合电耗约, 单台, 一辆新能源汽车, １台から
    rf"(?:(?P<each>每|毎|单|單|平均一|一)(?P<unit>{_CJK_THING})|"
    rf"(?P<ton>(?<![单每一实标公\d万亿千])吨)(?=成本|利润|毛利|加工|净利))"
    rf"(?P<gap>[^，。；、,;:：()\d每毎]{{0,20}})$"
)
_PER_JA = re.compile(
    rf"(?<![0-9.数万千百十億])1?(?:(?P<unit>{_CJK_THING})(?:当たり|当り|あたり|につき|ごとに)|"
    rf"(?P<piece>台|架|艘|個|基|機|隻|体|株)(?:から|に|で))[^，。；、,;\d]{{0,14}}$|"
    rf"(?<![0-9.数万千百十億])1(?P<alone>台|個|基|機|隻|体)(?:約|およそ)?$"
)
_PER_MASS_JA = re.compile(
    r"(?<![0-9.数万千百十億])(?P<unit>キロ|トン|ポンド|㌔|㌧)(?:約|およそ)?$"
)  # キロ5200円
_MODEL = re.compile(r"[A-Z][A-Za-z]*-?[0-9]+")  # F-35, N52: its digits are no figure
_NOT_A_CLASSIFIER = re.compile(
    r"一[个個](?:月|多|季|半|工|交|百|新|重|小时|星期)|一件|一个|一個|一部|一套|一人|一度|每度"
)
_YEAR_WORK = (
    "产|產|産|処理|处理|處理|分离|分離|冶炼|加工|回收|生产|生産|生產|采购|供应|供給|需|消费|消費|消耗|用|"
    "销|精炼|开采|出货|"
    "新增|可|能力"
)
_RATE_BEFORE = re.compile(
    rf"(?P<rate>(?<![0-9去今昨明前同半全当每几近多上首次往历逐财财翌本来毎])年(?:均|总|總|"
    rf"合計)?(?:{_YEAR_WORK}|間|间|化|に|(?=約?$))"
    rf"|每年|毎年|年均|月産|月产|(?<![0-9])月(?:间|間|处理|処理|に(?=約?$))|每月|毎月|1日|每天|每日|毎日|"
    rf"一天|一日|日产|日産|日采|日处理|"
    rf"一年(?:能|可|约|要)|(?:能力|生産|产能|产量)[をはが]?(?:合計)?年|"
    rf"年产能(?:[0-9]{{4}}年(?:底|末)?)?(?=[为達达约]|预计)|"
    rf"年产能(?:将|會|会|可|预计)?[^，。；、]{{0,14}}(?:增|扩|提高|提升|达|拡大|上升)(?:至|到)|"
    rf"(?<=[、にでをがはとのら计計「(])[年月](?=約?$))(?P<gap>[^\W\d]{{0,10}}(?:は、|[:、])?[^\W\d]{{0,8}})$"
)
_NO_RATE = re.compile(r"年(?:内|末|初|底|度|报|后|後|前|来|以|の|的|比|债|期)|年[にの](?!約?$)|年可以说")
_MONEY_RATE = re.compile(
    r"(?P<rate>每年|毎年|(?<![0-9一二三四五六七八九十数])[年月][間间](?!(?<=月間)で)|每月|毎月|每天|每日|毎日|每周|"
    r"(?<=[はがも、でに])[年月](?=約?$)|年均)(?P<gap>[^\W\d]{0,10})$"
)
_KEPT = MASSES | {"%"}  # units that a bare number in a list may take on from the figure before it
_LISTED = re.compile(  # in a list, the unit or what it is per goes on: 1,200 t and 400
    r"(?:\sin\s(?:[A-Z]\w+|\d{4}))?(?:,|,?\sand)\s(?:[A-Z][\w'-]*\s){0,3}|\sof\s[\w -]{1,28}(?:,|,?\sand)\s"
)
_ON = re.compile(
    r"(?:、|と|,|，|及び|和|;)?[^\W\d]{1,14}(?:为|達|约|約)?|(?:[^。\d]{0,16}。)?[^\W\d]{1,16}も"
)
_RAISED = re.compile(
    r"(?<!不)(?:提高|提升|增加|扩大|扩产|增|扩|升|上调|拡大)?(?:到|至)(?:约|約)?$|(?:可达|达到|达|潜力为|"
    r"へ|から|將達|可達|达产后为)$"
)
_PARTS = re.compile(  # 年产3200吨，其中氧化镨钕2650吨，氧化镝95吨
    r"(?:[、，,]|[，,]?(?:其中|うち)|和|及|と)(?:其中|うち)?(?![^，。]{0,6}(?:库存|現有|现有|出口|进口|销|购|产能|在庫|輸))"
    r"[^\W\d]{2,8}?(?:[、和][^\W\d]{2,6})?(?:合计|は|が)?(?:约|約|达|達)?"
)
_RAISED_AFTER = re.compile(r"\s?(?:へ|から|に(?!わた|つい|対)|まで|と(?=な))")
_TO = re.compile(r"\s?(?:to|から|到|至|提高到|增至|扩至)\s?")
_RAISED_EN = re.compile(r"\bto\s(?:about\s|around\s|nearly\s|some\s)?$")
_PRICE_SCALE = 1e6  # a price has no larger multiplier
_NEAR = (1 / 20, 30.0)  # how far a price may be from the one that it leans on
_NEAR_CHANGE = (1 / 800, 3.0)
_CHANGE = re.compile(
    r"上涨|下跌|上调|下调|涨|跌|降|高|安|上げ|下げ|more|less|above|below|up|down|higher|lower|rose|fell|"
    r"gain|lost|cheaper|premium|fee",
)
_NO_PRICE = re.compile(
    r"\btarget|每股|股价|股價|收盘|目标价|目標價|市值|株価|目標株価|終値|配当|買い|漲停|股|\bshares?\b|"
    r"\bclosed\b|\bstock\b|a share|"
    r"per share|工资|月薪|salary|wage|fine|关税|罚",
    re.IGNORECASE,
)
_STOP = re.compile(r"[.。!?！？](?:\s|$|[^\d\s])")


def rate(figure: Draft, text: str, before: Draft | None) -> None:
    """Add the time or thing that a figure is per, where words beside it tell: 年产2万吨, 1,500 tpa.

    Parameters
    ----------
    figure : Draft
        Of a mass, money, energy, vehicles or counted things; changed.
    text : str
    before : Draft or None
        The figure before it, on which "2 kg each" leans.
    """
    if "/" in figure.unit:
        return
    for reader in (_behind, _per_thing, _yearly_before):
        if per := reader(figure, text, before):
            figure.unit += "/" + per
            return


def _behind(figure: Draft, text: str, before: Draft | None) -> str:
    if figure.unit in MASSES and _OF_ANNUAL.match(text, figure.end):
        return "year"
    if yearly := _YEARLY.match(text, figure.end, figure.end + 28):
        figure.end = yearly.end()
        return "year"
    if figure.unit in units.currencies():
        later = _PRICE_LATER.match(text, figure.end, figure.end + 60) if figure.scale < _PRICE_SCALE else None
        return units.named(later["per"]).unit if later else ""
    if figure.unit in MASSES and before and _EACH.match(text, figure.end):
        return "vehicle" if before.unit == "vehicle" else "count"
    if later := _LATER.match(text, figure.end, figure.end + 100):
        if later["thing"]:
            return _thing(later["thing"]) if figure.unit in MASSES | ENERGIES else ""
        return (later["period"] or "year").lower()
    return ""


def _thing(word: str) -> str:
    """The unit that "per turbine" is: vehicle for cars, count for any other thing."""
    name = units.names().get(word) or units.names().get(word.lower())
    return name.unit if name and (name.unit in _PER_WHAT) and name.factor == 1.0 else "count"


def _per_thing(figure: Draft, text: str, before: Draft | None) -> str:
    head = text[max(0, figure.start - 32) : figure.start]
    money = figure.unit in units.currencies()
    if not (money or figure.unit in MASSES | ENERGIES):
        return ""
    if (
        head.isascii()
        and not money
        and (thing := _A_THING.search(text, max(0, figure.start - 90), figure.start))
    ):
        return "vehicle" if thing["car"] else "count"
    if head.isascii():
        wide = text[max(0, figure.start - 130) : figure.start]
        m = None if money or not text.isascii() else _EACH_BEFORE.search(wide)
        return _thing(m["thing"]) if m and _is_free(before, figure, text) else ""
    head = _MODEL.sub("", head).replace(" ", "")
    m = _PER_JA.search(head) or _CJK_PER.search(head)
    if m is None and money and (mass := _PER_MASS_JA.search(head)):
        return "lb" if mass["unit"] == "ポンド" else units.named(mass["unit"]).unit
    if m is None and money and (quoted := _QUOTED_IN.search(head)):
        return units.named(quoted["unit"]).unit
    if m is None and money and (aside := _IN_BRACKETS.match(text, figure.end)):
        return units.named(aside["unit"]).unit
    if m is None or _NOT_A_CLASSIFIER.match(m[0]) or (m[0][0] == "一" and not m.groupdict().get("gap")):
        return ""
    found = m.groupdict()
    named = found["unit"] or found.get("piece") or found.get("alone") or "吨"
    return _cjk_thing(figure, text, m, named, money)


def _cjk_thing(figure: Draft, text: str, m: re.Match[str], named: str, money: bool) -> str:
    near = m[0] + text[max(0, figure.start - len(m[0]) - 12) : figure.start]
    vehicle = named == "辆" or (named == "台" and re.search("車|车|EV", near))
    name = units.names().get(named)
    plain = name is not None and name.unit in _PER_WHAT and name.unit != "vehicle"
    per = "vehicle" if vehicle else name.unit if name and plain else "count"
    if money and per == "count" and named in ("人", "件", "部", "株", "股"):
        return ""
    if money and figure.scale > 1e4 and per != "count":
        return ""
    return "" if per == figure.unit else per


def _is_free(before: Draft | None, figure: Draft, text: str) -> bool:
    """Whether nothing that stands before a figure in its sentence keeps a "per" from it."""
    if before is None or "/" in before.unit or not before.unit:
        return True
    return bool(_STOP.search(text, before.end, figure.start))


def _yearly_before(figure: Draft, text: str, before: Draft | None) -> str:
    head = text[max(0, figure.start - 26) : figure.start].replace(" ", "")
    if figure.unit in units.currencies():
        m = None if head.isascii() else _MONEY_RATE.search(head)
    elif head.isascii():
        longer = text[max(0, figure.start - 80) : figure.start]
        return "year" if "nnual" in longer and _RATE_BEFORE_EN.search(longer) else ""
    else:
        m = _RATE_BEFORE.search(head)
    if m is None or _NO_RATE.match(m[0]):
        return ""
    told = m["rate"]
    return (
        "day"
        if "日" in told or "天" in told
        else "week"
        if "周" in told
        else "month"
        if "月" in told
        else "year"
    )


def listed(text: str, a: Draft, b: Draft) -> bool:
    """Return whether a bare number goes on with the unit of the figure before it, in a list.

    Parameters
    ----------
    text : str
    a, b : Draft
        The figure, and the number behind it.
    """
    unit = a.unit.partition("/")[0]
    return unit in _KEPT and bool(_LISTED.fullmatch(text, a.end, b.start))


def carried(text: str, figures: Sequence[Draft]) -> None:
    """Carry what a figure is per on to those behind it that lean on it.

    From 2,000 t a year "to 5,000 t"; 28 t of neodymium per gigawatt "and 9 t of praseodymium".

    Parameters
    ----------
    text : str
    figures : sequence of Draft
        Changed.
    """
    leader: Draft | None = None
    before: Draft | None = None
    for figure in figures:
        if leader is not None and figure.unit and "/" not in figure.unit:
            unit, _, per = leader.unit.partition("/")
            same = unit == figure.unit or (per not in DURATIONS and {unit, figure.unit} <= MASSES)
            if same and _leans(text, leader, figure, per):
                figure.unit += "/" + per
        if "/" in figure.unit:
            if before is not None and _leads_to(text, before, figure):
                before.unit = figure.unit
            leader = figure
        elif leader is not None and figure.start - leader.end > 160:
            leader = None
        before = figure


def _leads_to(text: str, a: Draft, b: Draft) -> bool:
    """Whether what the second is per is told of both: from 1,600 to 3,600 t a year."""
    same = a.unit in MASSES and b.unit.startswith(a.unit + "/")
    return same and b.start - a.end <= 8 and bool(_TO.fullmatch(text, a.end, b.start))


def _leans(text: str, a: Draft, b: Draft, per: str) -> bool:
    if a.unit.partition("/")[0] in units.currencies():
        return False
    between = text[a.end : b.start] if b.start - a.end <= 120 else ""
    if not between:
        return False
    if per in DURATIONS:
        if _STOP.search(between):
            return False
        plain = between.replace(" ", "")
        raised = _RAISED.search(plain) or _RAISED_EN.search(between) or _PARTS.fullmatch(plain)
        return bool(raised) or (not between.isascii() and bool(_RAISED_AFTER.match(text, b.end)))
    if between.isascii():
        return (
            len(between) < 70 and not _STOP.search(between) and bool(re.search(r",|\band\b|\bto\b", between))
        )
    plain = between.replace(" ", "")
    return bool(_ON.fullmatch(plain)) or (len(plain) < 34 and "。" not in plain)


def completed(text: str, figures: list[Draft], known: dict[str, Draft]) -> None:
    """Give bare amounts of money what the price before them in the same currency is per.

    Parameters
    ----------
    text : str
    figures : list of Draft
        Changed.
    known : dict of str to Draft
        The latest price in each currency, changed: give it on to the next paragraph.
    """
    for before, figure in zip((None, *figures), figures, strict=False):
        money, _, per = figure.unit.partition("/")
        if money not in units.currencies():
            continue
        if per:
            if per in MASSES:
                known[money] = figure
            continue
        if (aside := _converted(text, before, figure)) is not None:
            figure.unit += "/" + aside
            continue
        price = known.get(money)
        if price is not None and figure.scale < _PRICE_SCALE and _priced(text, figure, price):
            figure.unit = price.unit
            if price.many != 1.0:
                figure.low, figure.high, figure.many = (
                    figure.low / price.many,
                    figure.high / price.many,
                    price.many,
                )
            if _NEAR[0] < abs(figure.high) / abs(price.high) < _NEAR[1]:  # a price, not how much one moved
                known[money] = figure


def _converted(text: str, before: Draft | None, figure: Draft) -> str | None:
    """The mass that money in brackets is per, as the price before it: 632,000 yuan a tonne (13m yen)."""
    if before is None or not _ASIDE.fullmatch(text, before.end, figure.start):
        return None
    money, _, per = before.unit.partition("/")
    other = figure.unit
    return per if money in units.currencies() and money != other and per in MASSES else None


_ASIDE = re.compile(r"\s?[(](?:about|around|roughly|some|or|约合?|約|合|即)?\s?")


def _priced(text: str, figure: Draft, price: Draft) -> bool:
    around = text[max(0, figure.start - 40) : figure.end + 16]
    if _NO_PRICE.search(around) or not price.high:
        return False
    least, most = _NEAR_CHANGE if _CHANGE.search(around) else _NEAR
    ratio = abs(figure.high) / abs(price.high * price.many)
    return least <= ratio <= max(most, _NEAR[1])


def unit_prices(text: str, figures: list[Draft]) -> list[Draft]:
    """Return figures joined to what they are per: 1キロ900ドル, 1トン当たり40万元, 1日350トン.

    Parameters
    ----------
    text : str
    figures : list of Draft
    """
    joined: list[Draft] = []
    for figure in figures:
        if joined and (one := _joined(text, joined[-1], figure)):
            joined[-1] = one
        else:
            joined.append(figure)
    return joined


_AT = re.compile(
    r"[)）]?\s?(?P<per>当たり|当り|あたり|につき|=)?(?:で|の)?(?P<noun>[^\W\d]{0,10}?)(?:約|およそ|最大|平均)?\s?"
)


def _joined(text: str, a: Draft, b: Draft) -> Draft | None:
    if (
        a.low != a.high
        or a.low <= 0
        or a.unit not in MASSES | DURATIONS | POWERS | ENERGIES | units.currencies()
        or b.start - a.end > 16
    ):
        return None
    m = _AT.fullmatch(text, a.end, b.start)
    if m is None or not (m["per"] or (a.low == 1.0 and not m["noun"])):
        return None
    rate = a.unit in units.currencies() and "=" in m[0] and a.unit != b.unit  # 1ドル=150円
    money = b.unit in units.currencies() and (rate or a.unit in MASSES | ENERGIES)
    flow = b.unit in MASSES | ENERGIES | {"m3"} and a.unit in DURATIONS | POWERS | MASSES and a.unit != b.unit
    if not (money or flow):
        return None
    return replace(
        b, unit=f"{b.unit}/{a.unit}", low=b.low / a.low, high=b.high / a.low, step=b.step / a.low, many=a.low
    )
