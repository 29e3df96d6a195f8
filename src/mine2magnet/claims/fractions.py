"""Figures that are no numeral before a unit: fractions, tenths, halves, multiples, spans ("a month")."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mine2magnet.claims import units
from mine2magnet.claims.drafts import Draft
from mine2magnet.claims.numerals import han

_PARTS = {
    "half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10,
}  # fmt: skip
_SMALL = "one|two|three|four|five|six|seven|eight|nine|ten"
_SMALL_VALUES = {word: i for i, word in enumerate(_SMALL.split("|"), 1)} | {"a": 1, "an": 1}
_HAN_NUMBER = "(?<![0-9])[0-9]{1,6}|[一二两三四五六七八九十百]{1,6}"
_TENTH = (
    r"[0-9]{1,2}(?:\.[0-9]+)?|[一二两両三四五六七八九十]|[一二两三四五六七八九][、~-]?[一二三四五六七八九]"
)
_SPAN = "day|week|month|year|decade"
_BEHIND = (  # what may follow a fraction: not the noun of an ordinal, "a third party"
    r"(?=\s(?:of|the|less|more|higher|lower|cheaper|in|as|since|from|to|on|after|over|this|last|and|at|"
    r"for|when|while|"
    r"by|below|above|since|between|within|its|their|off|compared|on|down|up|against)\b|[,.;:)\"'“”-]|$)"
)
_LEADS = "could would will may might to should can than nearly almost roughly about has had have"

_EN = re.compile(
    rf"(?=[abcdefhnopqstw1-9])(?:"
    rf"\b(?P<half_a>half an?\s(?:percentage\s)?(?:point|per\s?cent)\b)"
    rf"|\b(?P<half_mass>half an?\s(?P<hunit>kilogram|kilogramme|kilo|tonne|ton|pound|gram)\b)"
    rf"|\b(?P<and_half>(?P<whole>{_SMALL}|[0-9]{{1,3}}) and a half "
    rf"(?P<aunit>(?:{_SPAN}|tonne|ton|kilogram|kilo)s)\b(?!\s(?:ago|earlier|before)))"
    rf"|\b(?P<fraction_en>(?P<enum>{_SMALL}|an?)[ -](?P<eden>half|third|quarter|fourth|fifth|sixth|seventh|"
    rf"eighth|ninth|tenth)s?\b{_BEHIND})"
    rf"|(?P<half_en>(?<![a-z]-)(?<!first )(?<!second )(?<!other )(?<!latter )"
    rf"(?<!next )(?<!this )(?<!last )\bhalf"
    rf"(?=\s(?:of\s(?!\d{{4}})|the\s|its\s|their\s|have\b|were\b|are\b|that\b|since\b|as\b|in\b|by\b|"
    rf"from\b|to\b)|"
    rf"[,.;)]|$))"
    rf"|(?P<ratio>\b(?P<rn>{_SMALL}|[1-9])\s(?:in|(?:out\s)?of\severy|out\sof(?=\s(?:three|four|five|ten|"
    rf"10)\b))"
    rf"\s(?P<rd>{_SMALL}|[2-9]|10)\b(?!\s(?:million|thousand|percent|%|weeks|months|years|days|it)\b))"
    rf"|(?P<halved>\b(?:halv(?:ed|ing|e|es)|(?:cut|cutting|cuts|slashed) (?:[a-z]+ ){{0,4}}in half|(?:cut|"
    rf"fell|"
    rf"reduced|slashed|dropped|declined|shrank) by half)\b)"
    rf"|(?P<doubled>\b(?:doubl(?:ed|ing|es)|double(?=\s(?:that|the|its|their|by|in|from|to|output|production|"
    rf"capacity|this|last|over|within|between|what|exports|prices|sales)|[.,;]))\b"
    rf"|(?:{'|'.join(f'(?<={word} )' for word in _LEADS.split())})double\b(?![- ](?:digit|check|down)))"
    rf"|(?P<tripled>\b(?:(?:tripl|trebl)(?:ed|ing|es)|(?:triple|treble)(?=\s(?:that|the|its|by|in|from|to|"
    rf"their|"
    rf"what|this|over|within)|[.,;]))\b)"
    rf"|(?P<quadrupled>\bquadrupl(?:ed|ing|es?)\b)|(?P<quintupled>\bquintupl(?:ed|ing|es?)\b)"
    rf"|(?P<twice>\btwice(?=\s(?:as|the|that|its|what|last|their|this)))"
    rf"|(?P<span>(?:(?<=for )|(?<=than )|(?<=over )|(?<=nearly )|(?<=almost )|(?<=about )|(?<=under )|"
    rf"(?<=least )|"
    rf"(?<=within )|(?<=takes )|(?<=took )|(?<=take ))(?P<half>half )?an? (?P<unit>{_SPAN})\b"
    rf"(?!\s(?:ago|earlier|before))))",
    re.IGNORECASE,
)
_CJK = re.compile(
    rf"(?P<percent_of>(?P<pof>[百千万萬])分之(?P<po>[零〇一二两三四五六七八九十点]{{1,12}}|[0-9.]{{1,12}}))"
    rf"|(?P<fraction>(?P<below>{_HAN_NUMBER})分(?:之|の)(?P<above>{_HAN_NUMBER}))"
    rf"|(?P<tenths>(?<![0-9第唯])(?P<tenth>{_TENTH})(?:[-~至到](?P<tenth2>{_TENTH}))?(?P<tunit>成|割)"
    r"(?P<rest>[半一二三四五六七八九]|[0-9一二三四五六七八九]分)?(?![立为功員员本長长交果熟型品合分]|"
    r"引(?!き))(?![一-龥]?安))"
    r"|(?P<ratio_ja>(?<![0-9])(?P<jd>[0-9]{1,6})(?P<jc>社|人|台|件|つ|割|個)に(?P<jn>[0-9]{1,6})(?P=jc))"
    r"|(?P<half_cjk>一半|过半数?|過半数?|半数|半額|半分)(?!以上)|(?P<over_half>半数以上|一半以上)"
    r"|(?P<half_year>(?<![上下个個])半(?P<hyu>年|个月|個月|月|ヶ月|カ月)(?![报報度線线]))"
    r"|(?P<halved>减半|減半|半减|半減|腰斩|腰斬|(?:削减|减少|下降|缩减|砍掉|减掉|降低|缩水|减产|下跌|跌去|"
    r"少)了?(?:近|约)?一半)"
    r"|(?P<doubled>翻倍|翻番|翻了?一番|倍增|翻了一倍|翻一倍|倍増)"
    r"|(?P<quadrupled>翻了?两番)|(?P<eightfold>翻了?三番)"
    r"|(?P<times_ja>(?<![0-9.〇一二三四五六七八九十百千万億数何几幾成])倍(?=に|以上|の[水規量]|近[いく]|増|"
    r"する|へ|となっ))"
)
_FACTORS = {
    "doubled": 2.0, "tripled": 3.0, "quadrupled": 4.0, "quintupled": 5.0, "eightfold": 8.0, "twice": 2.0,
    "times_ja": 2.0,
}  # fmt: skip
_LEVELS = frozenset(("twice", "times_ja"))  # they compare, and need not tell a change


def fractions(text: str) -> Iterator[Draft]:
    """Give the figures of a narrowed text that are no numeral before a unit, left to right in each script.

    Parameters
    ----------
    text : str
    """
    patterns = (_EN,) if text.isascii() else (_CJK, _EN)
    for pattern in patterns:
        for m in pattern.finditer(text):
            kind = next(name for name in (_EN_KINDS if pattern is _EN else _CJK_KINDS) if m[name])
            if draft := _READERS.get(kind, _multiple)(m, kind):
                yield draft


def _multiple(m: re.Match[str], kind: str) -> Draft | None:
    factor = _FACTORS[kind]
    return Draft(factor, factor, "x", m.start(), m.end(), 1.0, changed=kind not in _LEVELS)


def _halved(m: re.Match[str], kind: str) -> Draft | None:
    return Draft(-50.0, -50.0, "%", m.start(), m.end(), 1.0, changed=True)


def _share(m: re.Match[str], value: float, step: float = 1.0, approx: str = "") -> Draft:
    return Draft(value, value, "%", m.start(), m.end(), step, approx=approx)


def _percent_of(m: re.Match[str], kind: str) -> Draft | None:
    told = float(m["po"]) if m["po"].replace(".", "", 1).isdigit() else han(m["po"])
    return _share(m, told * {"百": 1.0, "千": 0.1}.get(m["pof"], 0.01))


def _part(m: re.Match[str], above: float, below: float) -> Draft | None:
    return _share(m, 100.0 * above / below) if 0 < above < below else None


def _fraction(m: re.Match[str], kind: str) -> Draft | None:
    above, below = _whole(m["above"]), _whole(m["below"])
    return _share(m, 100.0) if above == below > 0 else _part(m, above, below)


def _ratio_ja(m: re.Match[str], kind: str) -> Draft | None:
    return _part(m, int(m["jn"]), int(m["jd"]))


def _ratio(m: re.Match[str], kind: str) -> Draft | None:
    above, below = (_SMALL_VALUES.get(word.lower()) or _whole(word) for word in (m["rn"], m["rd"]))
    return _part(m, above, below)


def _fraction_en(m: re.Match[str], kind: str) -> Draft | None:
    value = 100.0 * _SMALL_VALUES[m["enum"].lower()] / _PARTS[m["eden"].lower()]
    return _share(m, value) if value <= 100 else None


def _half_a(m: re.Match[str], kind: str) -> Draft | None:
    return Draft(0.5, 0.5, "pp" if "point" in m[0].lower() else "%", m.start(), m.end(), 0.5)


def _half_mass(m: re.Match[str], kind: str) -> Draft | None:
    return Draft(0.5, 0.5, units.named(m["hunit"].lower()).unit, m.start(), m.end(), 0.5)


def _and_half(m: re.Match[str], kind: str) -> Draft | None:
    name = units.named(m["aunit"].lower().removesuffix("s"))
    value = ((_SMALL_VALUES.get(m["whole"].lower()) or _whole(m["whole"])) + 0.5) * name.factor
    return Draft(value, value, name.unit, m.start(), m.end(), 0.5 * name.factor)


def _half_cjk(m: re.Match[str], kind: str) -> Draft | None:
    if m.string[m.end() : m.end() + 1] in tuple("导導年天"):
        return None
    return _share(m, 50.0, approx="over" if m[0][0] in "过過" else "")


def _over_half(m: re.Match[str], kind: str) -> Draft | None:
    return _share(m, 50.0, approx="over")


def _half_year(m: re.Match[str], kind: str) -> Draft | None:
    return Draft(0.5, 0.5, "year" if m["hyu"] == "年" else "month", m.start(), m.end(), 0.5)


def _span(m: re.Match[str], kind: str) -> Draft | None:
    name = units.named(m["unit"].lower())
    value = name.factor * (0.5 if m["half"] else 1.0)
    return Draft(value, value, name.unit, m.start(), m.end(), name.factor)


def _tenths(m: re.Match[str], kind: str) -> Draft | None:
    """成 and 割 are tenths: 九成五 is 95 %, 三四成 is 30-40 %."""
    written, rest = m["tenth"], m["rest"]
    ends = [c for c in written if c not in "、~-"]
    if written[0].isdigit() or len(ends) == 1:
        low = high = 10.0 * _tenth(written)
    else:
        low, high = 10.0 * han(ends[0]), 10.0 * han(ends[-1])
    if m["tenth2"]:
        high = 10.0 * _tenth(m["tenth2"])
    if rest:
        more = 5.0 if rest[0] == "半" else _tenth(rest[0])
        low, high = low + more, high + more
    if high > 100 or (m["tunit"] == "割" and "割" in m.string[m.end() : m.end() + 2]):
        return None
    return Draft(low, max(low, high), "%", m.start(), m.end(), 1.0 if rest else 10.0)


def _tenth(written: str) -> float:
    return float(written) if written[0].isdigit() else han(written)


def _whole(written: str) -> float:
    return float(written[:9]) if written.isdigit() else han(written)


_READERS: dict[str, Callable[[re.Match[str], str], Draft | None]] = {
    "percent_of": _percent_of,
    "fraction": _fraction,
    "tenths": _tenths,
    "ratio_ja": _ratio_ja,
    "half_cjk": _half_cjk,
    "over_half": _over_half,
    "half_year": _half_year,
    "halved": _halved,
    "half_a": _half_a,
    "half_mass": _half_mass,
    "and_half": _and_half,
    "fraction_en": _fraction_en,
    "half_en": lambda m, kind: _share(m, 50.0),
    "ratio": _ratio,
    "span": _span,
}
_EN_KINDS = ("half_a", "half_mass", "and_half", "fraction_en", "half_en", "ratio", "halved", "doubled",
             "tripled", "quadrupled", "quintupled", "twice", "span")  # fmt: skip
_CJK_KINDS = ("percent_of", "fraction", "tenths", "ratio_ja", "half_cjk", "over_half", "half_year", "halved",
              "doubled",              "quadrupled", "eightfold", "times_ja")  # fmt: skip
