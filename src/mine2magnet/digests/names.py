"""Names in a text that the thesaurus does not know: capitalised words, quoted words, katakana persons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mine2magnet.core.text import sentences

_LETTER = "A-Za-z0-9\u00c0-\u024f"
_WORD = rf"(?<![{_LETTER}])[A-Z](?:[{_LETTER}'’.&-]*[{_LETTER}])?"
_LINK = r"(?:\s(?:of|de|von|van|der|and Co)\s|\s)"
_RUN = re.compile(rf"(?:{_WORD})(?:{_LINK}(?:{_WORD}|\d+[A-Z]?\b))*")
# Capitalised words that name nobody, alone or at the edge of a name.
_COMMON = frozenset(
    re.findall(
        r"\S+",
        """
        I A An The In On At Of For By To As And Or But From With Its It This That These Those He She They We
        You If When While After Before Since Because Although However According Both Each Every All Some
        Most Many One Two Three Four Five Six Seven Eight Nine Ten First Second Third Only Yet Also Then
        There Here No Not January February March April May June July August September October November
        December Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Monday Tuesday Wednesday Thursday Friday
        Saturday Sunday Mr Mrs Ms Dr President Prime Minister Premier Chancellor Secretary Chairman Chief
        Director Professor Governor CEO Q1 Q2 Q3 Q4 GMT North South East West Northern Southern Eastern
        Western Central New
        """,
    )
)
_ROLE = re.compile(
    r"(?:President|Minister|Premier|Chancellor|Secretary|Chairman|Governor|Professor|Mr\.?|Mrs\.?|Ms\.?|Dr\.?)\s$"
)
_QUOTED = re.compile(r"《([^《》]{2,40})》|『([^『』]{2,40})』")
_KATAKANA = re.compile(
    r"[ァ-ヺー]{2,}(?:[・＝][ァ-ヺー]{2,})+|[ァ-ヺー]{2,}(?=氏|大統領|首相|会長|社長|社(?![会員長内説]))"
)


# In what words a company is introduced that the thesaurus does not know.
_KIND_EN = (
    r"maker|producer|miner|company|firm|manufacturer|start-up|startup|supplier|recycler|developer|refiner"
    r"|distributor|smelter|foundry|arm|unit|subsidiary|workshop|outfit|business"
)
_FIRM_EN = r"[a-z]?[A-Z][\w&'’-]+(?: (?:of |and |& )?[A-Z][\w&'’-]+){0,3}"
_FIRM_JA = r"[ァ-ヺー一-龥A-Za-zＡ-Ｚ・]{2,14}"
_COMPANY = re.compile(
    rf"\b(?!(?:For|At|In|By|And|But|The)\b)(?P<a>{_FIRM_EN}), (?:an?|the)"
    rf" (?:(?!which\b|who\b|whose\b|that\b)[\w’'-]+ ){{0,6}}?(?:{_KIND_EN})\b"
    rf"|\b(?:director|executive|head|chairman|chairwoman|president|founder|CEO|owner) of (?P<d>{_FIRM_EN})\b"
    rf"|(?:[市町村県区]の|会社|メーカー|企業|商社)「(?P<b>[^「」]{{2,14}})」"
    rf"|(?<![ァ-ヺー一-龥A-Za-z])(?P<c>{_FIRM_JA})（(?:[^（）]{{1,12}}[市町村区]、|[^（）]{{0,20}}社長）)"
)


# Countries by one character, as they stand in pairs (中美, 日米) and after "to" (対日, 对华).
_ONE = {
    "中": "china", "华": "china", "美": "united_states", "米": "united_states", "日": "japan",
    "欧": "europe", "英": "united_kingdom", "独": "germany", "德": "germany", "仏": "france", "法": "france",
    "豪": "australia", "澳": "australia", "韩": "south_korea", "韓": "south_korea", "印": "india",
    "俄": "russia", "露": "russia",
}  # fmt: skip
_SHORT = re.compile(
    r"(?<=[对対對访訪赴駐驻])[中华美米日欧英独德仏法豪澳韩韓印俄露](?!本|国|國)"
    r"|(?<![一-龥])[中美米日欧英豪澳韩韓印俄]{2,4}(?=[间間首两兩双協协合关関貿贸同之のがはも、，（就在达達])"
)


@dataclass(frozen=True, slots=True)
class MentionedName:
    """A name at characters [start, end); `person` when a title stands before it."""

    text: str
    start: int
    end: int
    person: bool = False


def unknown(text: str, known: Sequence[tuple[int, int]]) -> list[MentionedName]:
    """Names outside the `known` spans, left to right.

    The first word of a sentence counts only if more capitals follow or it is an acronym. Chinese
    names without quotation marks cannot be told and are not found.

    >>> [n.text for n in unknown("Prices rose, says Jane Doe of XYZ Metals in May.", [])]
    ['Jane Doe of XYZ Metals']
    """
    starts = {start for start, _ in sentences(text)}
    masked = "".join(" " if any(a <= i < b for a, b in known) else c for i, c in enumerate(text))
    found = [name for m in _RUN.finditer(masked) for name in _capitalised(m, text, starts)]
    for pattern in (_QUOTED, _KATAKANA):
        for m in pattern.finditer(text if pattern is _QUOTED else masked):
            group = m.lastindex or 0
            found.append(MentionedName(m[group], *m.span(group)))
    return sorted(found, key=lambda name: name.start)


def _capitalised(m: re.Match[str], text: str, starts: set[int]) -> Iterator[MentionedName]:
    """The names in a run of capitalised words: common words part them."""
    words = [(w[0], m.start() + w.start(), m.start() + w.end()) for w in re.finditer(r"\S+", m[0])]
    name: list[tuple[str, int, int]] = []
    for word in [*words, ("", 0, 0)]:
        plain = re.sub(r"['’]s$|\.$", "", word[0])
        if plain and plain not in _COMMON and (plain[0].isupper() or plain[0].isdigit() or name):
            name.append((plain, word[1], word[1] + len(plain)))
            continue
        while name and name[-1][0].islower():  # a trailing "of"
            name.pop()
        if name and not (len(name) == 1 and _ordinary(name[0], starts)):
            start, end = name[0][1], name[-1][2]
            yield MentionedName(text[start:end], start, end, bool(_ROLE.search(text[:start])))
        name = []


def _ordinary(word: tuple[str, int, int], starts: set[int]) -> bool:
    """Whether a single word may be none: it opens a sentence, or is one letter or a chemical formula."""
    text, start, _ = word
    if len(text) == 1 or re.fullmatch(r"(?:[A-Z][a-z]?\d*){1,2}", text):
        return True
    return start in starts and not text.isupper()


def companies(text: str) -> list[str]:
    """Return the companies that a text introduces as such, in its order.

    >>> companies("Halden Drives, a Coventry maker of motors, pays more. 越前市の「越前磁工」。")
    ['Halden Drives', '越前磁工']
    """
    found = (next(filter(None, m.groups())) for m in _COMPANY.finditer(text))
    return list(dict.fromkeys(name for name in found if name not in _COMMON))


def short_countries(text: str) -> list[tuple[str, int, int]]:
    """Thesaurus ids of countries named by one Chinese or Japanese character, with where.

    >>> short_countries("中美就框架达成一致，对日出口")
    [('china', 0, 1), ('united_states', 1, 2), ('japan', 11, 12)]
    """
    return [(_ONE[text[i]], i, i + 1) for m in _SHORT.finditer(text) for i in range(*m.span())]
