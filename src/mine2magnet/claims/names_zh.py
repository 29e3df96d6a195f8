"""Names of companies and bodies in Chinese text, which parts no words.

A name ends in a form (磁材, 有限公司, 协会). Where it begins is told by what stands before it: a stop, a word
that comes before names, or the name of a place; else by its letters, as the trade names of companies have two
or three of few that are thought well of (恒, 晟, 瑞).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mine2magnet.claims.name_forms import Formed, Kind, either, words

_HAN = "\u3400-\u9fff"
_LONGEST = 24  # characters before a form that are looked at
_CORE = 2  # characters of a trade name, where nothing tells where it begins
_MOST = 4  # characters of a trade name without its place
_LEGAL, _TRADE, _BODY = words("legal", "zh"), words("trade", "zh"), words("body", "zh")
_COMMON, _PLACES = words("common", "zh"), words("place", "zh")
_STRONG = re.compile(f"(?:{either(words('strong', 'zh'))})")
_MONEY = "证券|银行|农商行|期货|基金|保险|信托"
_FORM = re.compile(f"(?:{_MONEY})(?:{either(_LEGAL)})?|(?:{either(_LEGAL | _TRADE | _BODY)})+")
_BANK = re.compile("银行|证券|集团|农商行")
_OF_PLACE = re.compile("银行|农商行|证券|钨业|铜业|铝业|钼业|锡业|锂业|钢铁|集团")
_LETTERS = re.compile(f"[{''.join(words('letters', 'zh'))}]+")
_LAST = re.compile(f"(?:{either(_LEGAL)})+$")
_BEFORE = re.compile(f".*(?:{either(words('before', 'zh'))})", re.DOTALL)
_PLACE = re.compile(f"(?:{either(_PLACES)})(?:省|市|县|区|自治区|特别行政区|州|旗)?")
_NO_CORE = re.compile(
    r"[的了在是及对从被把个些该这那各每几吨元年月日性型级类种内外家与将者们量价率额比高低大小多少其已未不无均占]|[一二三四五六七八九十两]"
)
_TOLD = re.compile(
    rf"公告|披露|表示|宣布|拟|董事|目标价|股价|股票|{either(words('told', 'zh'))}|称(?!号|重|谓)|"
    rf"[（(]\d{{6}}|[:：].{{4}}"
)
_FOLLOWS = re.compile(rf"$|[^{_HAN}]|{either(words('verb', 'zh'))}|{either(words('told', 'zh'))}")
_NO_FORM = re.compile(
    r"(?:科技|金融|创新|工业)(?:部|厅|局|园|城|革命|创新|进步|成果|型|含量|化|和信息|总产值|增加值|"
    r"用电|硅|级)|"
    r"(?:控股|股份)(?:股东|子公司|比例|数|权|制|公司的)|(?:资源)(?:部|厅|局|税|量|禀赋|国|民族|丰富|"
    r"型|综合|安全|枯竭|化|禀)|"
    r"(?:证券)(?:代码|简称|时报|日报|市场|交易|法|投资基金|监管|监督|业|化)|(?:银行)(?:间|业|借款|"
    r"贷款|理财|承兑|存款|账|卡|股|板块|体系)|"
    r"(?:基金)(?:经理|份额|净值|业|持仓)|(?:稀土|磁材|磁性材料|金属|材料|电机|合金|永磁|钢铁|半导体|"
    r"机器人|新能源|汽车|电池|能源|风电|电力|电子)"
    r"(?:厂|业|业务|行业|企业|产业|产品|价格|氧化物|矿|板块|市场|出口|进口|总量|管理|管制|供应|概念|"
    r"指数|用量|需求|磁|原料|订单|含量|元素|供给|精矿|产能|产量|股|巨头|商|制造)|"
    r"(?:投资|保险|信托|资本|国际|回收|循环|再生|贸易|环保|实业|智能|精密|动力|电源|工业|产业|机械|"
    r"装备|自动化)(?:[者人率品量公性化型期环关额金支商开链园政建协标规展增])"
)
_COMPANY = re.compile(rf"([{_HAN}·A-Za-z]{{2,14}})公司")
_NAMED = re.compile(
    r"(?P<lead>证券简称[:：]\s*|(?:以下|下)?简称(?:为)?\s*[“\"「『]|(?:下|以下)称\s*[“\"「『]|"
    r"(?:股票|公司)简称[:：]\s*)"
    rf"(?P<name>[{_HAN}A-Za-z*]{{2,12}})"
)
_TITLED = re.compile(
    rf"^(?!关于)(?P<name>[{_HAN}]{{3,8}})[:：](?=.{{4}})|"
    rf"^(?!关于)(?P<by>[{_HAN}]{{3,8}})关于.{{2,60}}公告$"
)
_NO_HEADED = re.compile(
    r"(?:副|常务|执行|前|任|兼|区|省|市|部|名誉|联席|公司|企业|集团|厂|有限|国|长|理|事|者|方|的|是|"
    r"由|时任|原|现任)$|[的了在是对从被该这那各每则其]|全部|[一本上]周|所需"
)
_HEADED = re.compile(
    rf"(?:^|(?<=[^{_HAN}]))(?P<name>[{_HAN}]{{3,8}}?)(?:{either(words('told', 'zh') - {'发言人'})}|"
    r"的?(?:采购|销售|技术|市场|运营|生产|财务)(?:部?经理|总监|部长|主管)|的?(?:联合)?创始人|的?总工程师)"
)
_DEFINED = re.compile(
    r"\s?[（(](?:以?下?简称|下称|以下称|简称)(?:为)?\s?[“\"「『]([^”\"」』]{2,12})[”\"」』]"
)
_ABROAD = re.compile(
    rf"(?<=[商司业团头厂家户方])([{_HAN}]{{2,8}})"
    r"[（(](?P<latin>[A-Z][A-Za-z0-9&.-]*(?: [A-Z][A-Za-z0-9&.-]*){0,4})[)）]"
)
_TICKER = re.compile(rf"([{_HAN}]{{3,10}})[（(](?:[A-Z]{{2,4}}[:：]\s?)?\d{{4,6}}(?:\.[A-Z]{{2}})?[)）]")
_LATIN_AFTER = re.compile(r"[（(]([A-Z][A-Za-z0-9&.-]*(?: [A-Z][A-Za-z0-9&.-]*){0,4})[)）]")
_SOUNDS = re.compile(  # characters that write foreign names by their sound
    "[阿埃艾安奥巴贝比宾波伯博布查达戴丹德登邓迪蒂丁杜多厄尔法凡菲费芬弗福富盖冈戈格根古哈海汉赫"
    "亨胡华霍基吉加贾简杰金卡凯坎康考科克肯孔库夸拉莱兰朗劳勒雷里丽利列林琳伦隆卢鲁路罗洛马玛迈"
    "麦曼梅门蒙米密明摩莫墨默姆穆纳娜奈南内尼涅宁纽诺努欧帕潘佩彭皮平珀普齐奇契钱乔切琴丘瑞若萨"
    "塞赛桑森沙山舍圣什施史舒斯苏索塔泰坦汤唐陶特滕提廷汀图托瓦万威韦维魏温文沃乌伍西希锡夏肖谢"
    "辛欣休修逊雅亚延扬耶叶伊因英尤约扎赞泽曾詹珍朱茨兹佐治顿恩盎]{3,8}"
)
_TRADE_NAME = re.compile(
    f"(?<![{''.join(words('letters', 'zh'))}])[{''.join(words('letters', 'zh'))}]{{2,3}}$"
)
_CITY = re.compile(rf"[{_HAN}]{{2}}[（(][{_HAN}]{{2,4}}[）)]$")
_OWN = re.compile("(?<!日)本$|[该贵]$")  # 本集团 is who speaks
_NO_NAMED = {
    "公司",
    "合资公司",
    "目标公司",
    "标的公司",
    "子公司",
    "集团",
    "协议",
    "本协议",
    "项目公司",
    "上市公司",
    "中心",
}


def formed(text: str) -> Iterator[Formed]:
    """Give the names in a text that have the form of a company's or a body's.

    Parameters
    ----------
    text : str
        In simplified letters.
    """
    for match in _FORM.finditer(text):
        if found := _ending(text, *match.span()):
            yield found
    for match in _COMPANY.finditer(text):
        if found := _called_company(text, match):
            yield found
    for match in _HEADED.finditer(text):
        name, end = _cut(match["name"]), match.end("name")
        if len(name) > _CORE and not _common(name) and not _NO_HEADED.search(name):
            yield Formed("company", end - len(name), end, end)
    for match in _ABROAD.finditer(text):
        name = _cut(match[1])
        if name != match[1] and len(name) > 1:
            yield Formed("company", match.end(1) - len(name), match.end(1), match.end(), (match["latin"],))
    for match in _TICKER.finditer(text):
        name, end = _cut(match[1]), match.end(1)
        if len(name) > _CORE and not _common(name):
            yield Formed("company", end - len(name), end, end)
    for match in _NAMED.finditer(text):
        name = match["name"]
        if name not in _NO_NAMED and not _common(name) and (name[0].isascii() or len(name) > 2):
            yield Formed("company", match.start("name"), match.end("name"), match.end("name"))
    if m := _TITLED.match(text):
        name = m["name"] or m["by"]
        formed_so = any(f.end() == len(name) for f in _FORM.finditer(name))
        if formed_so and not _common(name) and not _NO_HEADED.search(name):
            yield Formed("company", 0, len(name), len(name))


def short(name: str) -> Iterator[str]:
    """Give the shorter ways of writing a name: without legal form, without its place, its core alone.

    Parameters
    ----------
    name : str
    """
    core = _LAST.sub("", name)
    core = re.sub(r"[（(][^（）()]*[）)]", "", core)
    if core != name:
        yield core
    if (place := _PLACE.match(core)) and len(core) - place.end() >= _MOST - 1:
        core = core[place.end() :]
        yield core
        if core.endswith("新材料"):
            yield core[:-1]
    form = next((m for m in _FORM.finditer(core) if m.end() == len(core)), None)
    if form and form.start() >= _CORE and not _common(core[: form.start()]):
        yield core[: form.start()]


def _ending(text: str, at: int, end: int) -> Formed | None:
    """The name that ends in the form at [at, end), if it is one."""
    form = text[at:end]
    legal = _LAST.search(form)
    kind: Kind = "organisation" if any(form.endswith(b) for b in _BODY - {"银行"}) else "company"
    if (
        not legal
        and kind == "company"
        and (_NO_FORM.match(text, at) or _NO_FORM.match(text, max(at, end - 2)))
    ):
        return None
    if _OWN.search(text, max(0, at - 2), at):
        return None
    start = _start(text, at, bool(legal))
    if start is None or (not legal and not _likely(text, start, at, end, kind)):
        return None
    stop = end - (len(legal[0]) if legal and at + legal.start() > start + 1 else 0)
    defined = _DEFINED.match(text, end)
    if defined and defined[1] in _NO_NAMED:
        defined = None
    return Formed(kind, start, end, stop if stop - start >= _CORE else end, (defined[1],) if defined else ())


def _likely(text: str, start: int, at: int, end: int, kind: str) -> bool:
    """Whether a form without legal form ends a name: its letters, its form and its neighbours tell."""
    place = _PLACE.match(text, start, at)
    core = text[place.end() if place else start : at]
    hard, follows = _parted(text, start), _FOLLOWS.match(text, end) is not None
    if not core:
        return hard and (follows or kind == "organisation")
    if _LETTERS.fullmatch(core) or _SOUNDS.fullmatch(core):
        return hard or (follows and (place is not None or _STRONG.match(text, at) is not None))
    if _BANK.match(text, at):
        return hard
    if kind == "organisation":
        return hard and follows and (place is not None or len(core) > _CORE)
    if _STRONG.match(text, at):
        return hard and follows
    return hard and _TOLD.match(text, end) is not None


def _parted(text: str, start: int) -> bool:
    """Whether a stop or a word that comes before names parts a name from what stands before it."""
    return (
        not ("\u3400" <= text[start - 1 : start] <= "\u9fff")
        or _BEFORE.fullmatch(text, max(0, start - 4), start) is not None
    )


def _before(text: str, at: int) -> str:
    """The Han characters before a place, and a bracketed city among them: 恒驱电机（苏州）有限公司."""
    low = max(0, at - _LONGEST)
    i = at
    while i > low:
        c = text[i - 1]
        if "\u3400" <= c <= "\u9fff" or c == "·":
            i -= 1
        elif c in "）)" and (m := _CITY.search(text, low, i)):
            i = m.start() + 2
        else:
            break
    return text[i:at]


def _cut(before: str) -> str:
    """What stands behind the last word that comes before names, less those within places' names."""
    cut = _BEFORE.match(before[: len(before) - 1])
    while cut and (
        (len(before) - cut.end() < _CORE and not _PLACE.search(before[cut.end() :]))
        or any(p.start() < cut.end() < p.end() for p in _PLACE.finditer(before))
    ):
        cut = _BEFORE.match(before[: cut.end() - 1])
    return before[cut.end() :] if cut else before


def _start(text: str, at: int, legal: bool) -> int | None:
    """Where the name begins whose form begins at a place; None where no name can."""
    before = _before(text, at)
    rest = _cut(before)
    place = _PLACE.match(rest)
    core = rest[place.end() :] if place else rest
    if not legal and len(core) > _MOST:
        places = list(_PLACE.finditer(rest))
        if places and _CORE <= len(rest) - places[-1].end() <= _MOST:
            rest, core = rest[places[-1].start() :], rest[places[-1].end() :]
        elif letters := _TRADE_NAME.search(core):
            rest = core = letters[0]
        else:
            return None
    if legal:
        if len(core) > 2 * _MOST + 4 or len(rest) < _CORE:
            return None
        return at - len(rest)
    if place and len(core) < 1:
        return at - len(rest) if _OF_PLACE.match(text, at) or _body_at(text, at) else None
    if len(core) < _CORE or _common(core) or _NO_CORE.search(core):
        return None
    return at - len(rest)


def _body_at(text: str, at: int) -> bool:
    return any(text.startswith(b, at) for b in _BODY)


def _common(core: str) -> bool:
    """Whether words of the language alone make up a name."""
    while core:
        for size in range(min(4, len(core)), 0, -1):
            if core[:size] in _COMMON or (size > 1 and (core[:size] in _TRADE)):
                core = core[size:]
                break
        else:
            return False
    return True


def _called_company(text: str, match: re.Match[str]) -> Formed | None:
    """落基山稀土公司, 诺维恩公司: a name with the word company and no legal form."""
    end = match.end()
    rest = _cut(match[1])
    if _common(rest) or _NO_CORE.search(rest) or len(rest) > 8 or rest.endswith(("有限", "股份", "责任")):
        return None
    form = any(f.end() == len(rest) and f.start() >= _CORE for f in _FORM.finditer(rest))
    latin = _LATIN_AFTER.match(text, end)
    if len(rest) < 2 or not (form or latin or (len(rest) > 2 and _SOUNDS.fullmatch(rest))):
        return None
    return Formed("company", end - 2 - len(rest), end, end - 2, (latin[1],) if latin else ())
