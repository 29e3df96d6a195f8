"""What "the ministry", 该协会, 同鉱山 or "that month" stands for: the last name of that kind before it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from mine2magnet.core.text import sentences
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.digests import names, persons
from mine2magnet.digests.relative_times import resolved
from mine2magnet.digests.statements import is_question, size
from mine2magnet.model import Document

_COMPANIES = frozenset(
    re.findall(r"\S+", "company firm group maker miner startup start-up 公司 企业 企業 集团 集團 社")
)
_COUNTRIES = frozenset(("country", "bloc", "nation", "国", "國"))
_BODIES = frozenset(
    re.findall(r"\S+", "agency institute institution consultancy survey 机构 機構 研究所 所 研")
)
_SITES = frozenset(
    re.findall(
        r"\S+",
        """plant factory mine project refinery smelter facility deposit
    工厂 工廠 厂 廠 矿山 矿 项目 項目 基地 鉱山 工場 海域 事業 計画""",
    )
)
# Heads by which a body, a site or a law is named again, and the words that its name may end with instead.
_HEADS_EN = (
    "company|firm|group|maker|miner|startup|start-up|factory|ministry|chamber|association|council|agency|institute"
    "|commission|bureau|department|consultancy|plant|mine|project|refinery|smelter|facility|deposit|bloc"
    "|country|act"
)
_HEADS_ZH = (
    "公司|企业|企業|集团|集團|工厂|工廠|厂|廠|协会|協會|商会|商會|联盟|聯盟|机构|機構|研究所|研究院|所|矿山"
    "|矿|项目|項目"
    "|部门|部|省|国|國|州|市|委员会|基地|园区"
)
_HEADS_JA = (
    "社|国|州|県|市|省|庁|会議所|商議所|工業会|協会|会|機構|研究所|研|委員会|委|大学|鉱山|工場|海域|事業|計画"
    "|グループ"
)
_ANAPHOR = re.compile(
    rf"\b(?:[Tt]he|[Hh]er|[Hh]is) (?P<en>{_HEADS_EN})\b"
    r"(?! (?:of|in|at|near|on|for|that|which|with|to|has in|and)\b)"
    rf"|(?<![应應])[该該](?P<zh>{_HEADS_ZH})"
    rf"|(?<![合共協])同(?P<ja>{_HEADS_JA})(?![\u3400-\u9fff])|同(?P<of>社)(?=[幹担製広株])"
    r"|(?:^|[。；])(?P<bare>公司|协会|協會|项目|工厂|厂)(?![法债債家商房长])"
    r"|(?:^|[。、])(?P<here>県|市|町)(?=[はの])"
)
_CAPITALS = r"(?:[A-Z][\w&.'’-]*)(?: (?:of |and |for |in )?[A-Z][\w&.'’-]*)*"
_HAN_KANA = r"[\u3400-\u9fff\u30a1-\u30faーA-Za-zＡ-Ｚａ-ｚ]"
_NOT_OF_IT = re.compile(
    r"^(?:同|各|両|当|本|該|该|新|旧|他|全|一|两|兩|数|數|多|每|某|这|這|其|前年|去年|昨年)"
)
# Left of a Chinese name, or between words that are none.
_LEFT_ZH = r"(?:^|[\s，。；：、“”（）《》的由向与與和对對在称稱于於是被将將为為据據等及])"
_MONTHS = re.findall(r"\w+", "jan feb mar apr may jun jul aug sep oct nov dec")
_MONTH = re.compile(
    r"\b(?P<en>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b\.?(?: (?P<day>\d{1,2})\b(?!\d))?"
    r"(?:,? (?P<year>(?:19|20)\d\d))?"
    r"|(?:(?P<cjk_year>(?:19|20)\d\d)年)?(?P<cjk>\d{1,2})月(?:(?P<cjk_day>\d{1,2})日)?"
)
# Before a time that something is only held against.
_COMPARED = re.compile(
    r"(?:\b(?:than|against|compared with|up from|down from) (?:in |that of )?(?:last )?|[比较較])$"
)
_THAT_TIME = re.compile(
    r"\b(?:that|the same) (?P<en>month|day)\b(?! (?:of|last|a year|in)\b)"
    r"|(?<![前年去昨上比与較较])[当當同](?P<cjk>月|日)(?![内的]?[起])"
)
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_ASKED = re.compile(r"^\s*(?:[-―—–－]{1,3}|[*_“「]*(?:問|问|Q|Ｑ|质问)\d*\s*[:：.、]|\*\*)\s*")
_LONGEST_QUESTION = 22  # words
_MOST_ASKED = 2  # sentences of a question that nothing marks as one
_ANSWER = re.compile(r"\s*(?:答|Ａ|\bA)\s?[:：]")
_INTERVIEW = 3  # questions
LEAST_NAMED = 2  # times a company is named of which a document is


@dataclass(frozen=True, slots=True)
class _Name:
    """A name in the text: an id of the thesaurus or words, of which kind, where, and as it is written."""

    name: str
    kind: str
    start: int
    text: str


@dataclass
class Referents:
    """The names of a document in the order of its text, for telling what stands for one of them.

    `companies` are those that its claims are of, beside those of the thesaurus.
    """

    document: Document
    thesaurus: Thesaurus
    companies: Sequence[str] = ()
    text: str = field(init=False)

    def __post_init__(self) -> None:
        self.text = "\n".join((self.document.title, *(p.text for p in self.document.paragraphs)))
        at, self._starts = len(self.document.title) + 1, dict[int, int]()
        for p in self.document.paragraphs:
            self._starts[p.number] = at
            at += len(p.text) + 1
        found = [
            _Name(m.concept.id, m.concept.kind, m.start, self.text[m.start : m.end])
            for m in self.thesaurus.find(self.text)
        ]
        for words in dict.fromkeys((*self.companies, *names.companies(self.text))):
            kind = "" if words in self.thesaurus else "company"
            if kind and len(words) > 1:
                found += [
                    _Name(words, kind, m.start(), words) for m in re.finditer(re.escape(words), self.text)
                ]
        for one in [one for one in found if one.kind == "company" and "・" in one.text]:
            short = re.escape(one.text.split("・")[0])
            found += [
                _Name(one.name, "company", m.start(), m[0])
                for m in re.finditer(rf"(?<![ァ-ヺー・]){short}(?![ァ-ヺー・])", self.text[one.start :])
            ]
        self._names = sorted(found, key=lambda name: name.start)
        self._asked = list(self._questions())
        self._persons = [
            one
            for one in persons.persons(self.text, self.document.language)
            if not any(m.concept.kind == "person" for m in self.thesaurus.find(one.name))
        ]

    @property
    def company_words(self) -> tuple[str, ...]:
        """The names of companies that the thesaurus does not know, and the first words of the Latin ones."""
        told = [one.name for one in self._names if one.kind == "company" and one.name not in self.thesaurus]
        words = {word for name in told for word in (name, name.split()[0]) if len(word) > 3}
        return tuple(f"{word} " if word.isascii() else word for word in words)

    def place(self, paragraph: int, text: str) -> int:
        """Where a piece of a paragraph stands in the text."""
        start = self._starts[paragraph]
        return start + max(0, self.text[start:].find(text))

    def of(self, paragraph: int, text: str) -> list[str]:
        """The names and times that stand for anaphors of a piece of a paragraph, as far as they stand before
        it, not in it."""
        start, told = self.place(paragraph, text), dict[str, None]()
        for m in _ANAPHOR.finditer(text):
            head = next(filter(None, m.groups()))
            at = start + m.start()
            if self._last(head, start, at) is not None:
                continue
            name = self._last(head, 0, start)
            if name:
                told[name] = None
        for m in _THAT_TIME.finditer(text):
            unit = m["en"] or {"月": "month", "日": "day"}[m["cjk"]]
            if self._time(unit, start, start + m.start()):
                continue
            time = self._time(unit, self._line_before(start), start)
            if time:
                told[time] = None
        return list(told)

    def person(self, paragraph: int, text: str) -> str:
        """In which words the person is introduced whom a piece of a paragraph calls by surname or pronoun."""
        before = self.text[: self.place(paragraph, text)]
        return persons.named(text, before, self._persons, self.document.language)

    def times(self, text: str) -> list[str]:
        """The times that a piece of it tells by the day of publication, if that is known."""
        published = self.document.published
        return resolved(text, published.date(), self.document.language) if published else []

    def _last(self, head: str, start: int, end: int) -> str | None:
        """The last name between two places that an expression with this head can stand for."""
        if head in _COMPANIES:
            return self._last_company(start, end)
        if head in _COUNTRIES:
            told = self._named_between("country", max(start, self._line_before(end)), end)
            return told[-1] if told and (start or len(set(told)) == 1) else None
        if head in _BODIES and (found := self._of_kind({"organisation"}, start, end)):
            return found
        runs = [
            name
            for m in self._runs(head).finditer(self.text[start:end])
            if (name := m["name"].removeprefix("The ").strip()) not in (head, "商工会議所")
            and not _NOT_OF_IT.match(name)
        ]
        if head in _SITES and not start:  # of several it may be any
            named = {run for run in runs if self._is_named(run)}
            return named.pop() if len(named) == 1 else "" if named else self.main_company(end)
        return runs[-1] if runs else None

    def _last_company(self, start: int, end: int) -> str | None:
        """The last company before a place, if most of those named before it are that one, or if no other is
        named in its paragraph and the one before."""
        told = self._named_between("company", start, end)
        if not told or start or 2 * told.count(told[-1]) > len(told):
            return told[-1] if told else None
        near = set(self._named_between("company", self._line_before(end), end))
        return near.pop() if len(near) == 1 else None

    def _named_between(self, kind: str, start: int, end: int) -> list[str]:
        return [one.name for one in self._names if one.kind == kind and start <= one.start < end]

    def main_company_before(self, paragraph: int, text: str) -> str:
        """As `main_company`, before a piece of a paragraph."""
        return self.main_company(self.place(paragraph, text))

    def main_company(self, end: int) -> str:
        """The company that a document names most, also before a place; "" where another is named half as
        often, or none twice unless it is the only one."""
        told = Counter(one.name for one in self._names if one.kind == "company")
        (name, count), (_, next_) = [*told.most_common(2), ("", 0), ("", 0)][:2]
        before = any(one.name == name and one.start < end for one in self._names)
        return name if before and count >= (max(2 * next_, LEAST_NAMED) if next_ else 1) else ""

    def _is_named(self, run: str) -> bool:
        kinds = {m.concept.kind for m in self.thesaurus.find(run) if not m.start}
        return bool(
            kinds & {"company", "organisation", "place", "country"} or re.search("[ァ-ヺー]{3}|^[A-Z]", run)
        )

    def _of_kind(self, kinds: set[str], start: int, end: int) -> str | None:
        return next(
            (
                one.name
                for one in reversed(self._names)
                if one.kind in kinds and start <= one.start and one.start + len(one.text) <= end
            ),
            None,
        )

    def _runs(self, head: str) -> re.Pattern[str]:
        word = re.escape(head)
        if head.isascii():
            capital = word.capitalize()
            return re.compile(
                rf"(?P<name>{_CAPITALS}(?:['’]s)? (?:[a-z-]+ )?{word}|(?:{_CAPITALS} )?{capital} (?:of|for) "
                rf"(?:the )?{_CAPITALS}(?:(?:, [A-Z][a-z]+)+ and [A-Z][a-z]+)?"
                rf"|{_CAPITALS} {capital}(?: (?:of|in) {_CAPITALS})*)\b"
            )
        if self.document.language == "zh":
            return re.compile(rf"{_LEFT_ZH}(?P<name>[\u3400-\u9fffA-Za-z·]{{2,14}}?{word})")
        return re.compile(
            rf"(?<!{_HAN_KANA})(?P<name>{_HAN_KANA}(?:{_HAN_KANA}|・"
            rf"|（[A-ZＡ-Ｚ]{{2,5}}）){{1,18}}?{word})(?![者員長合議社])"
        )

    def _time(self, unit: str, start: int, end: int) -> str:
        """The last month or day named between two places, "" for none."""
        published = self.document.published
        plain = self.text[start:end].translate(_DIGITS)
        for m in reversed(list(_MONTH.finditer(plain))):
            if _COMPARED.search(plain[: m.start()]):
                continue
            month = _MONTHS.index(m["en"].lower()) + 1 if m["en"] else int(m["cjk"])
            day, year = m["day"] or m["cjk_day"], m["year"] or m["cjk_year"]
            if not 1 <= month <= 12 or (unit == "day" and not day):
                continue
            if not year:
                if published is None:
                    return ""
                year = published.year - (month > published.month)
            try:
                on = date(int(year), month, int(day or 1))
            except ValueError:
                continue
            return on.isoformat() if unit == "day" else f"{on:%Y-%m}"
        return ""

    def _line_before(self, at: int) -> int:
        """Where the paragraph before that of a place begins."""
        own = self.text.rfind("\n", 0, at)
        return self.text.rfind("\n", 0, max(own, 0)) + 1

    def _questions(self) -> Iterator[tuple[int, str]]:
        """Where each line that is an interviewer's question begins, and the question."""
        found, at = [], 0
        for line in self.text.split("\n"):
            plain = _ANSWER.split(_ASKED.sub("", line))[0].strip(" *_“”「」")
            is_bullet = line.lstrip()[:1] in "-–" and line.lstrip()[1:2] not in "-–"
            marked = bool(_ASKED.match(line)) and not is_bullet
            is_short = len(sentences(line)) <= _MOST_ASKED and size(plain) <= _LONGEST_QUESTION
            if at and (marked or is_short) and (is_question(plain) or marked):
                last = plain[sentences(plain)[-1][0] :] if plain else ""
                found.append((at, plain if size(plain) <= _LONGEST_QUESTION else last))
            at += len(line) + 1
        if len(found) >= _INTERVIEW:
            yield from found

    def is_site(self, name: str) -> bool:
        return any(name.lower().endswith(site) for site in _SITES)

    def question(self, paragraph: int, text: str) -> str:
        """What an interviewer asked, to which a piece of a paragraph is the answer; "" if nothing."""
        at = self.place(paragraph, text)
        if any(start == at for start, _ in self._asked):
            return ""  # it is told with it
        asked = next((one for start, one in reversed(self._asked) if start < at), "")
        return asked if size(asked) <= _LONGEST_QUESTION else ""

    def is_asked(self, paragraph: int, text: str) -> bool:
        """Whether a piece of a paragraph is nothing but an interviewer's question."""
        return is_question(text) and any(text.endswith(asked) for _, asked in self._asked if asked)


# What a sentence opens with before it says of whom or what it is.
_WHEN = re.compile(
    r"(?:In|From|By|At|On|For|During|Since|After|Between|As of|Until) (?:(?!(?:it|they|he|she|was|were|is"
    r"|are|has|had)\b)[^,]){1,50}, "
    r"|(?:\d|[０-９]|今年|去年|昨年|本月|上月|今月|先月|截至|截止|自|从|從|同日|当日)[^，、。]{0,16}[，、]"
    r"|[据據][^，。]{1,14}[，]"
)
_ANYONE = re.compile(
    r"An? (?:[\w’'-]+ ){0,4}?(?:traders?|buyer|analyst|broker|official|spokes\w+|consultan\w+|company|firm"
    r"|smelter|maker|house|group|supplier|separator|refiner|survey|study|report|source|executive|researcher"
    r"|recycler)\b"
    r"|(?:Several|Some|Many|Most|Few|Two|Three|Four|Analysts?|Traders?|Buyers|Sellers|Suppliers"
    r"|Prices)\b(?! (?:of (?:it|them|that|those|these)|others?|second|third|further|similar)\b)"
    r"|一[家位名些]|某|多[家位名]|[业業]内|政府|世界|全球|国内|全国|國內|市場|市场|業界|海外|エコノミスト"
    r"|アナリスト"
)
# What is a part or a number of something that is not told.
_PART = re.compile(
    r"各(?!国|國)|[双雙]方|[两兩][国國家者]|会[员員]|會員|成员|新[线線]|[一二]期|[项項]目|工期|公司|厂|廠"
    r"|投[资資]|[总總]"
    r"|首席|[声聲]明|[报報]告(?!义)|新設備|新工場|既存|増加|会社|原料|残り"
    r"|(?:Members|Stocks|Output|Production|Sales|Shipments|Exports|Imports|Construction|Capital|Offers"
    r"|Revenue)\b"
)
_TOPIC = re.compile(r"(?<=[\u3400-\u9fff\u30a1-\u30faー）)])(?:は|が|も)")
_SOURCE = re.compile("(?:によると|によれば|では)、$")
# Who, is left out of the first clause, though the second has its own subject.
_ELLIPSIS = re.compile(r"[^はがも、。「]{4,40}(?<=[りしてびみきえれけ])、(?!と)")
_OWNED = re.compile(r"\b(?:its|their|his|her|it|they)\b", re.IGNORECASE)
_COMMA = re.compile("[，,](?!\\d)")
_HEAD_LATIN, _HEAD_CJK = 40, 14  # characters within which a sentence names whom or what it is of
_ACTORS = {"company", "organisation", "person"}
# Owned by a name; and a speaker who is of another house.
_OF_THEM = re.compile(r"['’]s\b|的|の|株|向け|から|への|へ[、の]|での|では|でも|に")
_ELSEWHERE = re.compile(
    r"[”\"],? (?:sa(?:ys|id)|told) (?:an?|one)\b|[”\"],? (?:sa(?:ys|id)|told) [^.]{0,60}?\b(?:at|of) (?:an?"
    r"|the) "
    r"|\bwho (?:heads|runs|leads|follows|buys)\b|^(?:政府|国|県|市)は|本(?:刊|报|報|网|網|社)"
)
_SUBJECTS = {"company", "organisation", "country", "place", "person", "material", "product"}
_PREPOSITION = re.compile(
    r"(?:\b(?:to|from|of|in|at|than|for|by|on|with|around|near|into|outside|against)\s(?:the\s|its\s)?"
    r"|[对對自从從向往由在於于给給])$",
    re.IGNORECASE,
)
_AT_THEM = re.compile(r"[A-Z][a-z]+(?: [a-z]+){0,2} (?:at|of|by) $")  # "Starting pay at" of a company
_TO_THEM = re.compile(r"向け|から|への|へ[、の]|での|では|でも")


def names_actor(text: str, thesaurus: Thesaurus) -> bool:
    """Whether a sentence names near its beginning who acts or speaks: a company, a body, a person.

    >>> from mine2magnet.core import thesaurus
    >>> words = thesaurus.load()
    >>> names_actor("Lynas shipped less.", words), names_actor("Dysprosium rose.", words)
    (True, False)
    """
    spans = [(m.start, m.end, m.concept.kind in _ACTORS) for m in thesaurus.find(text)]
    spans += [(n.start, n.end, not n.start) for n in names.unknown(text, [(a, b) for a, b, _ in spans])]
    own = any(
        acts and a < _HEAD_CJK and not _PREPOSITION.search(text[:a]) and not _OF_THEM.match(text, b)
        for a, b, acts in spans
    )
    return own or bool(_ELSEWHERE.search(text))


def names_subject(text: str, thesaurus: Thesaurus) -> bool:
    """Whether a sentence names near its beginning whom or what it is of.

    >>> from mine2magnet.core import thesaurus
    >>> words = thesaurus.load()
    >>> names_subject("Lynas shipped less.", words), names_subject("Sales to Japan fell.", words)
    (True, False)
    """
    when = _WHEN.match(text)
    start = when.end() if when else 0
    if _OWNED.search(text[start : start + _HEAD_LATIN]) or _ELLIPSIS.match(text, start):
        return False
    if _ANYONE.match(text, start):
        return True
    if _PART.match(text, start):
        return False
    latin = re.match(r"[\s“\"']*[A-Za-z]", text[start:])
    head = start + (_HEAD_LATIN if latin else _HEAD_CJK)
    if not latin and (topic := _TOPIC.search(text, start)):
        head = min(topic.start(), start + 2 * _HEAD_CJK)
        comma = text.rfind("、", start, topic.start()) + 1
        if comma and not _SOURCE.search(text[start:comma]):
            start = comma
    if found := _COMMA.search(text, start + 2):
        head = min(head, found.start())
    spans = [(m.start, m.end) for m in thesaurus.find(text) if m.concept.kind in _SUBJECTS]
    spans += [(n.start, n.end) for n in names.unknown(text, spans)]
    actors = [m.start for m in thesaurus.find(text) if m.concept.kind in _ACTORS]
    return any(
        start <= a < head and not _PREPOSITION.search(text[:a]) and not _TO_THEM.match(text, b)
        for a, b in spans
    ) or any(start <= a < head and _AT_THEM.match(text[start:a]) for a in actors)
