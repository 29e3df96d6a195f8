"""Persons whom a text introduces once, with name and office, and then calls Bansal, 日高氏 or "she"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

NEAR = 2  # paragraphs, its own among them, in which whom a pronoun means is looked for
LONGEST = 16  # words, or twice as many characters, of an office that is told with a name

_OFFICES_EN = (
    r"spokes\w+|minister|secretary|president|director|manager|executive|analyst|chairman|chairwoman|chair"
    r"|head"
    r"|professor|lecturer|researcher|economist|consultant|trader|founder|engineer|chief|officer|mayor"
    r"|governor"
)
_SAYS = (
    r"said|says|adds|added|told|explains|explained|argues|argued|estimates|estimated|reckons|recalls|warns"
    r"|warned"
)
_NAME_EN = r"[A-Z][\w’'-]+(?: [A-Z]\.)?(?: (?:de |van |von |bin )?[A-Z][\w’'-]+){1,2}"
_ROLE = r"[^,.;:“”\"\n]{3,90}"
_NO_OFFICE = (
    r"(?:which|who|whom|after|before|when|while|that|as|by|and|or|but|with|from|to|of|for|the"
    r"|an?|its|his|her|then|said|says|told)\b"
)
_EN = re.compile(
    rf"(?P<office>(?:\b[A-Z][\w&-]+ )?(?:\b(?!{_NO_OFFICE})[a-z-]+ )?\b(?i:{_OFFICES_EN}) )"
    rf"(?P<a>{_NAME_EN})\b"
    rf"|\b(?:{_SAYS}|(?i:according to)) (?P<b>{_NAME_EN})(?P<after>(?:, (?:who|an?|the|head|chief|\w+ing)\b"
    rf"| of| at| from) {_ROLE})?"
    rf"|(?P<c>{_NAME_EN})(?P<role>, (?:who\b{_ROLE}"
    rf"|(?:(?!which\b)[\w’'-]+ ){{0,5}}(?:{_OFFICES_EN})\b(?:{_ROLE})?))"
)
# What a capitalised name has that is no person's.
_NO_PERSON = re.compile(
    r"\b(?:Rare|Earths?|Metals?|Materials|Magnets?|Magnetics|Works|Minerals|Resources|Elements|Ministry"
    r"|Department|Survey|News"
    r"|Fund|University|Administration|Agency|Office|Council|Association|Institute|Bank|Group|Company|Corp"
    r"|Ltd|Inc|Recovery"
    r"|Capital|Securities|Commission|Union|States|Court|House|Chamber|Times|Journal|North|South|East|West"
    r"|New|Western"
    r"|Eastern|Northern|Southern|Chemical|Motors?|Energy|Power|Steel|Mining|Exchange|Customs|Bureau|Academy"
    r"|Officer"
    r"|January|February|March|April|May|June|July|August|September|October|November|December|In|On|At|The"
    r"|Since|But)\b"
)
_SPEAKER = re.compile(
    rf"\b(?:{_SAYS}) (?P<a>[A-Z][\w’'-]+)\b(?! [A-Z])"
    rf"|(?<![.\w] )(?<![A-Z]\w )\b(?P<b>[A-Z][\w’'-]+),? (?:{_SAYS})\b"
)
_OFFICES_ZH = (
    r"(?:经理|經理|厂长|廠長|总监|總監|董事长|董事長|负责人|負責人|研究员|研究員|教授|主任|分析师|分析師"
    r"|总裁|總裁|秘书长|会长|會長|所长|工程师|站长"
    r"|发言人|發言人|首席执行官|首席執行官|执行长|執行長|院长|专家|律师|主管|部长|部長|老板)"
)
_SURNAMES = (
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林罗羅高郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖田董潘袁蔡蒋蔣余于杜叶葉程魏苏蘇吕呂丁任卢盧姚沈"
    "钟鍾姜崔谭譚陆陸范汪廖石金韦韋贾賈夏付方邹鄒熊白孟秦邱侯江尹薛阎閻段雷龙龍黎史陶贺賀毛郝顾顧龚龔邵万萬覃武钱錢戴严嚴莫孔向常温溫施洪俞翁柯庄莊欧歐简簡游"
)
_SAYS_ZH = (
    r"(?:说|說|表示|告诉|告訴|称|稱|介绍|介紹|坦言|认为|認為|指出"
    r"|透露|承认|承認|强调|強調|补充|補充|在|对|對|给|向|预计|估计|的)"
)
_ZH = re.compile(
    rf"(?P<office>(?<![^，。；：？！“”「」《》、\s该該了])"
    rf"(?:(?![该該一某有](?!限))[^，。；：？！“”「」《》、\s了]){{0,26}}{_OFFICES_ZH})"
    rf"(?P<name>[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}?|[\u4e00-\u9fff]{{1,6}}·[\u4e00-\u9fff]{{1,8}}?)"
    rf"(?={_SAYS_ZH}|[，。：（])"
)
_TITLES_JA = (
    r"(?:氏|さん|社長|会長|教授|准教授|常務|専務|所長|部長|工場長|代表|ＣＥＯ|CEO|アナリスト|理事長|課長"
    r"|室長)"
)
_JA = re.compile(
    rf"(?<![一-龥々ァ-ヺー])(?P<name>[一-龥々]{{2,3}}|[ァ-ヺー]{{3,}}){_TITLES_JA}(?=[はがもの、。）])"
)
_PRONOUN = {
    "en": re.compile(
        rf"^[“\"]?(?:He|She|His|Her)\b|\b(?:he|she) (?:{_SAYS}|thinks|thought|expects|expected|believes)\b"
        rf"|\b(?:hers|his own)\b"
    ),
    "zh": re.compile(r"(?<!其)[他她](?!们|們|国|國|人)"),
    "ja": re.compile(r"同氏|彼女?(?=[はがのも])"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """A name, by which it is named again, where it is introduced, and in what words."""

    name: str
    short: str
    start: int
    introduced: str


def persons(text: str, language: str) -> list[Person]:
    """Return those whom a text introduces, in its order.

    >>> [p.introduced for p in persons("Prices fell, said Rakesh Bansal, who buys in Pune.", "en")]
    ['Rakesh Bansal, who buys in Pune']
    """
    found = {"en": _english, "zh": _chinese}.get(language)
    return list(found(text)) if found else []


def named(text: str, before: str, people: list[Person], language: str) -> str:
    """Return in which words the person is introduced whom a text calls by surname or pronoun; "" for nobody,
    or where it is not sure.

    Parameters
    ----------
    text, before : str
        A piece of a document, and the document up to it.
    people : list of Person
        Those whom the document introduces.
    language : str
        ISO 639-1 code.
    """
    if language == "ja":
        return _japanese(text, before)
    known = [p for p in people if p.start < len(before)]
    called = [p for p in known if _called(p, text, language)]
    if called:
        person = called[0]
        whole = person.introduced in text or (person.name in text and language == "en")
        whole |= bool(re.search(rf"{_OFFICES_ZH}{re.escape(person.name)}", text))
        return "" if whole or len({p.name for p in called}) > 1 else person.introduced
    pronoun = _PRONOUN[language].search(text) if language in _PRONOUN else None
    if pronoun is None or _names_another(text[: pronoun.start()], people):
        return ""
    for line in reversed(before.split("\n")[-NEAR:]):
        there = {p.name: p for p in known if p.short in line}
        others = [m for m in _SPEAKER.finditer(line) if (m["a"] or m["b"]) not in {p.short for p in known}]
        if there or (others and language == "en"):
            return there.popitem()[1].introduced if len(there) == 1 else ""
    return ""


def _called(person: Person, text: str, language: str) -> bool:
    """Say whether a text has the surname, or the Chinese name; a part of one only where it speaks."""
    if language == "en":
        return bool(re.search(rf"(?<![\w-]){re.escape(person.short)}(?![\w-])", text))
    return person.name in text or bool(re.search(rf"{person.short}(?={_SAYS_ZH})", text))


def _names_another(text: str, people: list[Person]) -> bool:
    """Whether somebody stands before a pronoun who may be meant."""
    return any(p.short in text for p in people) or bool(re.search(r"[a-z,] [A-Z][a-z]+ [A-Z][a-z]+", text))


def _english(text: str) -> Iterator[Person]:
    told = dict[str, Person]()
    for m in _EN.finditer(text):
        name = next(filter(None, (m["a"], m["b"], m["c"])))
        after = (m["after"] or m["role"] or "").rstrip()
        words = f"{m['office'] or ''}{name}{after}"
        if not _NO_PERSON.search(name):
            told.setdefault(
                name.split()[-1],
                Person(name, name.split()[-1], m.start(), words if len(words.split()) <= LONGEST else name),
            )
    for m in _SPEAKER.finditer(text):  # of whom no office is told
        short = m["a"] or m["b"]
        whole = re.search(rf"(?:[A-Z][\w’'-]+ ){{1,2}}{re.escape(short)}\b", text[: m.start()])
        if whole and not _NO_PERSON.search(whole[0]):
            told.setdefault(short, Person(whole[0], short, whole.start(), whole[0]))
    yield from sorted(told.values(), key=lambda person: person.start)


def _chinese(text: str) -> Iterator[Person]:
    for m in _ZH.finditer(text):
        yield Person(m["name"], m["name"].split("·")[-1], m.start(), m["office"] + m["name"])


def _japanese(text: str, before: str) -> str:
    """As `named`: whom 日高氏 means, who was 資源に詳しい日高俊彦氏 before."""
    for m in _JA.finditer(text):
        full = re.compile(
            rf"[^。「」『』\n、]{{0,{2 * LONGEST}}}?"
            rf"(?P<name>{m['name']}[\u4e00-\u9fffぁ-んァ-ヺー・]{{1,4}}?[\w・]{{0,8}}{_TITLES_JA})"
        )
        introduced = next((f for f in full.finditer(before) if f["name"] not in text), None)
        if introduced:
            return introduced[0]
    return ""
