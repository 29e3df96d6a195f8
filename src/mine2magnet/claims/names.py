"""Companies, bodies and sites that the thesaurus does not know, told by the form of their names."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from mine2magnet.claims import names_en, names_ja, names_zh
from mine2magnet.claims.cues import Cue
from mine2magnet.claims.name_forms import Formed, Kind
from mine2magnet.claims.scripts import plain, script
from mine2magnet.core.thesaurus import Mention, Thesaurus

_MOST = 64  # names of one document
_WRITTEN = 4 * _MOST  # ways of writing them
_SHORTEST = 2  # characters of a shorter way of writing a name
_PART = 2  # a name is held whose half is
_WHOLLY = 0.85  # of a name that words for things make up, which is none then
_AROUND = 40  # characters about a name that may be part of one the thesaurus holds
_ACTORS = ("company", "organisation")
_KANA_SHARE = 8  # Japanese has a kana for each eight Han characters at least
_HELD = ("company", "organisation", "person", "policy")  # of the thesaurus: a name within one is none
_KANA, _HAN = re.compile("[\u3041-\u309f]"), re.compile("[\u3400-\u9fff]")
_CELL = re.compile(r"\s*([^|\t]{2,40}?)\s*[|\t]")  # the first of a row
_HEAD = re.compile(
    r"^(?:Company|Companies|Producer|Maker|Manufacturer|Miner|Firm|企业|公司|厂商|生产商|会社|企業|"
    r"企業名|社名|会社名|メーカー)(?:\b|$|名|[(（])|^企業別"
)
_TOTAL = re.compile(
    r"\d|^(?:Total|Others?|World|Average|合计|总计|其他|其它|平均|行业|全球|合計|その他|世界)"
)
_ASIDE = re.compile(r"\s*[(（].*$|・[^・]*工場$")
_FORMED = {"en": names_en.formed, "zh": names_zh.formed, "ja": names_ja.formed}
_SHORT = {"en": names_en.short, "zh": names_zh.short, "ja": names_ja.short}
_ROLE = re.compile(  # what contracts call others than the company that speaks
    r"(?:the )?(?:Agreement|Parties|Party|Borrower|Lender|Notes?|Board|Project|Act|Plan|Offer|"
    r"Report|Loan|Facility)s?"
)


class Names(dict[str, str]):
    """How an actor is written, and its name; `kinds` are those of the names."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: dict[str, Kind] = {}

    def add(self, written: str, name: str, kind: Kind) -> None:
        """Hold one more way of writing a name, unless it is held for another.

        Parameters
        ----------
        written, name : str
        kind : str
        """
        if len(self) < _WRITTEN and written:
            self.setdefault(written, name)
            self.kinds.setdefault(name, kind)


def formed(texts: Sequence[str], thesaurus: Thesaurus) -> Names:
    """Return the actors whose names have the form of one and that the thesaurus does not hold.

    Parameters
    ----------
    texts : sequence of str
        Of one document, its title first.
    thesaurus : Thesaurus

    Returns
    -------
    Names
        Each way of writing a name, in the letters of `scripts.plain`, and the name without its legal form as
        the text has it. Words that a text defines for a company of the thesaurus ("the Company") have its id.
    """
    texts = list(texts)
    language = _language(texts)
    grammars = [script(text, language) for text in texts]
    read = [plain(text, grammar) for text, grammar in zip(texts, grammars, strict=True)]
    found = Names()
    for text, letters, grammar in zip(texts, read, grammars, strict=True):
        for actor in _FORMED[grammar](letters):
            if len(found.kinds) >= _MOST:
                break
            _add(found, text, letters, actor, thesaurus)
    for number, actor in _tabled(read):
        _add(found, texts[number], read[number], actor, thesaurus)
    whole = "\n".join(read)
    if language == "en":
        for actor in names_en.recurring(whole):
            _add(found, whole, whole, actor, thesaurus)
    _merge(found, language)
    _shorten(found, whole, language, thesaurus)
    return found


def _tabled(read: Sequence[str]) -> Iterator[tuple[int, Formed]]:
    """Give the first cells of tables whose head says that they are companies, each with its text."""
    under = False
    for number, text in enumerate(read):
        at = 0
        for row in text.split("\n"):
            cell = _CELL.match(row)
            if cell is None:
                under = False
            elif _HEAD.search(cell[1]):
                under = True
            elif under and not _TOTAL.search(cell[1]):
                end = at + cell.start(1) + len(_ASIDE.sub("", cell[1]).rstrip())
                yield number, Formed("company", at + cell.start(1), end, end)
            at += len(row) + 1


def _language(texts: Sequence[str]) -> str:
    """The language that most letters of a document show."""
    whole = "".join(texts)
    han, kana = len(_HAN.findall(whole)), len(_KANA.findall(whole))
    return "ja" if _KANA_SHARE * kana > han else "zh" if han else "en"


def _add(found: Names, text: str, letters: str, actor: Formed, thesaurus: Thesaurus) -> None:
    if len(found.kinds) >= _MOST:
        return
    written, core = letters[actor.start : actor.end], letters[actor.start : actor.core]
    held = _held(letters, actor, thesaurus)
    if held and held.concept.kind not in _ACTORS:
        return
    name, kind = text[actor.start : actor.core], actor.kind
    if held:
        name = held.concept.id
        kind = "company" if held.concept.kind == "company" else "organisation"
    else:
        found.add(written, name, kind)
        found.add(core, name, kind)
    for way in actor.defined:
        if not _ROLE.fullmatch(way) and not _known(way, thesaurus):
            found.add(way, name, kind)


def _held(text: str, actor: Formed, thesaurus: Thesaurus) -> Mention | None:
    """What the thesaurus holds in a name's place: an actor that is half of it, or things that are all."""
    low = max(0, actor.start - _AROUND)
    covered = 0
    first = None
    for m in thesaurus.find(text[low : actor.end + _AROUND]):
        start, end = max(low + m.start, actor.start), min(low + m.end, actor.end)
        if start >= end:
            continue
        if m.concept.kind in _HELD and _PART * (end - start) >= actor.core - actor.start:
            return m
        if m.concept.kind == "organisation" and start == actor.start and actor.core == actor.end:
            return m
        covered += end - start
        first = first or m
    for word in actor.defined:  # 诺维恩 (Noveon)
        if (named := thesaurus.find(word)) and named[0].concept.kind in _ACTORS:
            return named[0]
    if actor.core < actor.end or actor.defined:  # its legal form or its ticker tells it
        return None
    return first if covered >= _WHOLLY * (actor.end - actor.start) else None


def _known(written: str, thesaurus: Thesaurus) -> bool:
    """Whether the thesaurus holds an actor by a name, or words that are all of it."""
    mentions = thesaurus.find(written)
    covered = sum(m.end - m.start for m in mentions)
    return covered >= _WHOLLY * len(written) or any(m.concept.kind in _HELD for m in mentions)


def _shorter(name: str, language: str) -> list[str]:
    """The shorter ways of writing a name, in the letters in which texts are read."""
    grammar = script(name, language)
    return list(_SHORT[grammar](plain(name, grammar)))


def _merge(found: Names, language: str) -> None:
    """Give one name to the ways of writing an actor that each were found on their own: the longest."""
    longest: dict[str, str] = {}
    for name in sorted(found.kinds, key=len, reverse=True):
        for way in (plain(name, script(name, language)), *_shorter(name, language)):
            longest.setdefault(way, name)
    for written, name in found.items():
        found[written] = longest[plain(name, script(name, language))]
    found.kinds = {name: found.kinds[name] for name in dict.fromkeys(found.values())}


def _shorten(found: Names, whole: str, language: str, thesaurus: Thesaurus) -> None:
    """Add the shorter ways of writing the names that stand in the text on their own."""
    if not found:
        return
    rest = _pattern(tuple(found)).sub("\0", whole)
    for name, kind in found.kinds.items():
        for way in () if name in thesaurus else _shorter(name, language):
            if way in found or len(way) < _SHORTEST or way not in rest or _known(way, thesaurus):
                continue
            if not way[0].isascii() or _alone(way, rest):
                found.add(way, name, kind)


def _alone(way: str, text: str) -> bool:
    """Whether a word stands in a text as a name of its own, and not as that of a place."""
    word = re.escape(way)
    return (
        re.search(rf"(?<![\w-]){word}(?![\w-])(?! [A-Z])", text) is not None
        and re.search(rf"\b(?:in|near|outside|at|from) {word}\b", text) is None
    )


def placed(text: str, known: Mapping[str, str], cues: Sequence[Cue]) -> list[Cue]:
    """Return the cues of a text with those of its formed names; a country or material within one is none.

    Parameters
    ----------
    text : str
        In the letters of `scripts.plain`.
    known : mapping of str to str
        As `formed` gives them.
    cues : sequence of Cue
    """
    if not known:
        return list(cues)
    kinds: Mapping[str, str] = getattr(known, "kinds", {})
    held = [c for c in cues if c.kind in _HELD]
    begins = [c.start for c in held]
    found = [
        Cue(kinds.get(known[m[0]], "company"), known[m[0]], *m.span())
        for m in _pattern(tuple(known)).finditer(text)
        if _whole(text, m)
    ]
    found = [c for c in found if not _inside(c, held, begins)]
    if not found:
        return list(cues)
    starts = [c.start for c in found]
    kept = [c for c in cues if not _within(c, found, starts)]
    return sorted((*kept, *found), key=lambda c: (c.start, -c.end))


@lru_cache(maxsize=8)
def _pattern(written: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(n) for n in sorted(written, key=len, reverse=True)))


def _whole(text: str, m: re.Match[str]) -> bool:
    """Whether a name is no part of a longer word."""
    before, after = text[m.start() - 1 : m.start()] if m.start() else "", text[m.end() : m.end() + 1]
    if m[0][-1].isascii() and after.isascii() and after.isalnum():
        return False
    if m[0][0].isascii() and before.isascii() and before.isalnum():
        return False
    return not (_katakana(m[0][0]) and _katakana(before)) and not (_katakana(m[0][-1]) and _katakana(after))


def _katakana(c: str) -> bool:
    return "ァ" <= c <= "ヺ" or c == "ー"


def _inside(c: Cue, held: Sequence[Cue], starts: Sequence[int]) -> bool:
    """Whether a name shares letters with one held that is as long: the thesaurus knows better."""
    i = bisect_left(starts, c.end) - 1
    return i >= 0 and held[i].end > c.start and held[i].end - held[i].start >= (c.end - c.start) / _PART


def _within(c: Cue, found: Sequence[Cue], starts: Sequence[int]) -> bool:
    i = bisect_left(starts, c.end) - 1
    return i >= 0 and found[i].start < c.end and c.start < found[i].end
