"""Names of companies, bodies and sites in English text, and Latin ones in any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from mine2magnet.claims.name_forms import Formed, either, words

_WORD = r"(?:[A-ZÀ-Þ](?:[\w&-]|['’](?!s\b)\w|\.(?=[A-Z]))*|[a-z]{1,2}[A-Z][a-z][\w-]*|plc\b)"
_RUN = re.compile(
    rf"(?<![\w&.’'-])(?:(?:St|Mt)\. )?{_WORD}"
    rf"(?:(?: & | (?:de|do|da|du|von|van) | |(?<=Co)\.?,? ?(?=Ltd\b)|,? (?=(?:Inc|Ltd|LLC|Corp|LP|"
    rf"PLC|plc|Co)\b)){_WORD}){{0,7}}"
)
_BODY = re.compile(rf"(?<![\w&.’'-]){_WORD}(?:,? (?:(?:and|of|for|on|in|&)(?: the)? )?{_WORD}){{1,8}}")
_HEADLINE = 0.7  # of the longer words of a headline begin with a capital
_LONG = 4  # letters of a word that a headline capitalises
_OFTEN = 5  # what the words beside each occurrence of a word alone must weigh together
_SURE = 3  # what the words beside a name without form must weigh
_LEGAL = words("legal", "en")
_TRADE = frozenset(w for t in words("trade", "en") for w in t.split())
_WEAK_LEGAL = {"Group", "Groupe", "Gruppe", "Holding", "Holdings", "Co", "Company", "SE", "SA", "AS", "AB"}
_STRONG = _LEGAL - _WEAK_LEGAL
_FORMS = _LEGAL | _TRADE
_ACTS = words("verb", "en")
_OPENERS, _COMMON, _GIVEN = words("before", "en"), words("common", "en"), words("given", "en")
_BODIES = words("body", "en")
_NO_NAMES = _FORMS | _COMMON | _BODIES
_TOLD, _HEAD = either(words("told", "en")), either(words("head", "en"))
_VERBS = either(_ACTS)
_SOLD = (
    r"produce[sd]?|mine[sd]|build[s]?|built|makes?|employ(?:s|ed)|operate[sd]|acquire[sd]|"
    r"supplie[sd]|ship(?:s|ped)|winds|"
    r"owns|recycle[sd]|refine[sd]|sinters|consumes|agreed|signed|raised|invested|furloughed|plans?|"
    r"aims|expects|"
    r"intends|will|fell|rose|gained|jumped|dropped|climbed|slipped|surged|tumbled|closed|soared|"
    r"(?:has|have) (?:put|stopped|signed|agreed|built|raised|sold|bought|won|secured|cut|begun|"
    r"started|filed|received)"
)
_AFTER = (
    (
        4,
        r"\s?\((?:ASX|TSXV?|TSX-V|NYSE|NASDAQ|Nasdaq|LSE|LON|AIM|OTC\w*|HKEX|SZSE|SSE|TSE|NSE|BSE|"
        r"KRX|CSE|JSE|Euronext)\s?:",
    ),
    (4, r"\s?\((?:the\s|[^()]{0,20}or\s)?[\"“](?:the\s)?[A-Z]"),
    (4, rf", (?:an?|the|its?) (?:[\w’'-]+ ){{0,4}}?(?:{_TOLD})\b"),
    (-6, rf", (?:(?:an?|the|its?|his|her|our|[A-Z][\w’'-]+[’']s) )?(?:[\w’'-]+ ){{0,4}}?(?:{_HEAD})\b"),
    (2, r", which\b"),
    (-6, r",? who\b"),
    (4, rf" of [A-Z][\w-]+,?(?: [A-Z][\w.]+,?)? (?:{_VERBS})\b"),
    (
        3,
        r"[’']s? (?:[\w-]+ )?(?:board|shares|plant|works|factory|chief|CEO|mine|shareholders|"
        r"customers|pilot|"
        r"profit|backlog|furnaces|president|founder|directors|stock|subsidiary|smelter|refinery)\b",
    ),
    (3, r" (?:shares|stock)\b"),
    (3, rf" (?:{_SOLD})\b"),
)
_BEFORE = (
    (3, r"\b(?:[Ss]hares|[Ss]takes?|[Ss]tock|invest(?:ed|ment)|interest) (?:in|of) $"),
    (3, rf"\b(?:{_TOLD}|parent|supplier|rival|competitor|producer|buyer|client),? $"),
    (
        -3,
        r"(?<!hares )(?<!take )(?<!takes )(?<!tock )(?<!rest )(?<!ment )(?<!sted )\b(?:in|near|"
        r"outside|off|across|around|via|through|north|south|east|west|the|city|port) (?:of )?$",
    ),
    (
        -6,
        rf"\b(?:Mr|Ms|Mrs|Dr|Prof|Sir|President|Minister|Senator|Secretary|Chancellor|Premier|"
        rf"Governor|CEO|{_HEAD}),? $",
    ),
    (-6, r"\b(?!Shares|Stock|Stake|Investment)[A-Z][\w.-]+ (?:of|in|at|from) $"),
    (
        4,
        r"\b(?:according to|(?:published|compiled|estimated|forecast|collected) by|(?:data|figures|"
        r"estimates|numbers) (?:from|of|by))(?: [a-z-]+){0,4} $",
    ),
    (-3, r"\b(?:said|says|added|told|warned) $"),
    (3, rf"\b(?:{_HEAD})s?(?: [\w-]+)? (?:at|with|from|of) $"),
    (
        4,
        r"\b(?:agreement|contract|deal|loan|facility|venture|partnership|offtake|orders?|financing|"
        r"credit|sheet)(?: \w+){0,3} (?:with|from|by|to) $",
    ),
    (
        3,
        r"\b(?:sell|deliver|supply|supplies|ship|sold|delivered|lend|lent|supplied|owned|"
        r"bought) (?:[\w-]+ ){0,6}(?:to|by|from) $",
    ),
    (4, r"(?:^|\n)About $"),
)
_CONTEXT_AFTER = [(weight, re.compile(pattern)) for weight, pattern in _AFTER]
_CONTEXT_BEFORE = [(weight, re.compile(pattern)) for weight, pattern in _BEFORE]
_ANY_ACT = re.compile(rf"(?:, (?:which|with)\b|[’']s\b| (?:{_VERBS})\b)")
_REACH = 60  # characters before a name that tell of it
_DEFINED = re.compile(r"(?: of [A-Z][\w-]+(?:, [A-Z][\w.-]+)?)?\s?\(([^()]{2,90})\)")
_QUOTED = re.compile(
    r"((?:the )?)[\"“]((?:the )?)([^\"“”]{2,30})[\"”]|\b(?:ASX|TSXV?|NYSE|Nasdaq|NASDAQ|LSE|"
    r"AIM):? ?([A-Z0-9]{2,5})\b"
)
_CAMEL = re.compile(r"[A-Z]?[a-z]+[A-Z]")
_LOT = re.compile(r"\d")
_SITE_AFTER = re.compile(
    r" (?:[a-z][a-z-]+ ){0,2}?(?:mine|deposit|project|pit|quarry|wind farm|concentrator|orebody|"
    r"tenements?)\b"
)
_PLANT_AFTER = re.compile(r" (?:[a-z-]+ )?(?:plant|refinery|smelter|works|facility)\b")
_SITE_BEFORE = re.compile(
    r"\b(?:resource|mine|deposit|project|plant|unit|smelter|refinery|works|"
    r"pit) at $"
)
_SITES = {"Mine", "Deposit", "Project", "Refinery", "Smelter", "Works", "Wind", "Farm"}


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int


def formed(text: str) -> Iterator[Formed]:
    """Give the names in a text that have the form of a company's, a body's or a site's.

    Parameters
    ----------
    text : str
    """
    headline = _is_headline(text)
    bodies = [] if headline else list(_bodies(text))
    yield from bodies
    for match in _RUN.finditer(text):
        tokens = _trimmed(_tokens(match), headline)
        if not tokens or any(b.start <= tokens[0].start < b.end for b in bodies):
            continue
        found = _company(text, tokens, headline) or (None if headline else _site(text, tokens))
        if found:
            yield found


def recurring(whole: str) -> Iterator[Formed]:
    """Give the words alone that a document tells to be companies by what stands beside them each time.

    Parameters
    ----------
    whole : str
        All of a document.
    """
    alone: dict[str, list[_Token]] = {}
    within: set[str] = set()  # words of longer names: Wouters of Els Wouters
    for match in _RUN.finditer(whole):
        tokens = _trimmed(_tokens(match))
        if len(tokens) == 1:
            alone.setdefault(tokens[0].word, []).append(tokens[0])
        else:
            within |= {t.word for t in tokens}
    for word, places in alone.items():
        if len(places) < 2 or word in within or word in _NO_NAMES or word in _GIVEN or not _is_word(word):
            continue
        weights = [_weight(whole, t.start, t.end) for t in places]
        acts = sum(bool(_ANY_ACT.match(whole, t.end)) for t in places)
        if min(weights) >= 0 and sum(weights) + acts >= _OFTEN:
            yield Formed("company", places[0].start, places[0].end, places[0].end)


def _is_word(word: str) -> bool:
    return len(word) >= _LONG and not word.isupper() and not _LOT.search(word)


def _bodies(text: str) -> Iterator[Formed]:
    for match in _BODY.finditer(text):
        tokens = _trimmed(_tokens(match))
        if len(tokens) > 1 and _is_body([t.word for t in tokens]):
            yield Formed("organisation", tokens[0].start, tokens[-1].end, tokens[-1].end)


def short(name: str) -> Iterator[str]:
    """Give the shorter ways of writing a name: without its form, its first word, its initials.

    Parameters
    ----------
    name : str
    """
    parts = name.split()
    core = list(parts)
    while len(core) > 1 and core[-1].strip(".,") in _FORMS | {"Earths", "Rare", "Earth"}:
        core.pop()
    if len(core) < len(parts) and not set(core) <= _NO_NAMES:
        yield " ".join(core)
    if parts[0] not in _NO_NAMES and len(parts[0]) >= _LONG:
        yield parts[0]
    initials = "".join(p[0] for p in parts if p[0].isupper())
    if len(initials) > 2:
        yield initials


def _is_headline(text: str) -> bool:
    if len(text) > 200:
        return False
    long = [w for w in re.findall(r"[A-Za-z’'-]+", text) if len(w) >= _LONG]
    return len(long) > 3 and sum(w[0].isupper() for w in long) >= _HEADLINE * len(long)


def _tokens(match: re.Match[str]) -> list[_Token]:
    at = match.start()
    return [_Token(m[0], at + m.start(), at + m.end()) for m in re.finditer(r"[^\s,]+", match[0])]


def _trimmed(tokens: list[_Token], headline: bool = False) -> list[_Token]:
    """Less the words before a name and after it: "Meanwhile Corella Metals October"."""
    start, end = 0, len(tokens)
    while start < end and (
        tokens[start].word in _OPENERS
        or not tokens[start].word[0].isalpha()
        or tokens[start].word in ("of", "for", "and", "on", "in", "the", "&")
        or tokens[start].word.endswith(("-based", "-listed", "-owned", "-backed"))
        or (headline and start == 0 and tokens[start].word.lower() in _ACTS)
    ):
        start += 1
    while end > start and tokens[end - 1].word in _OPENERS:
        end -= 1
    return tokens[start:end]


def _company(text: str, tokens: list[_Token], headline: bool) -> Formed | None:
    last = max((i for i, t in enumerate(tokens) if t.word.strip(".") in _FORMS and i), default=0)
    if last and (headline or len(tokens) - last > 2):
        first = next(i for i, t in enumerate(tokens) if i and t.word.strip(".") in _FORMS)
        while first < last and tokens[first + 1].word.strip(".") in _FORMS | {"Rare", "Earths"}:
            first += 1
        follows = tokens[first + 1].word.lower() if first + 1 < len(tokens) else ""
        if headline and follows and follows not in _ACTS:
            return None
        tokens = tokens[: first + 1] if headline else tokens[: last + 1]
        last = len(tokens) - 1
    if _LOT.search(tokens[0].word) and not last:
        return None
    names = [t.word.strip(".") for t in tokens]
    start, end = tokens[0].start, tokens[-1].end
    proper = any(w not in _NO_NAMES for w in names[: last or None])
    if last and names[-1] in _STRONG and (proper or len(names) > 2):
        return _formed(text, tokens, last)
    if (
        last
        and proper
        and not _person(names, last)
        and (names[-1] in _FORMS or _weight(text, start, end) > 0)
    ):
        return _formed(text, tokens, last)
    if headline or (not proper and len(names) < 2):
        return None
    if len(names) == 1 and (names[0] in _NO_NAMES or not _is_word(names[0])):
        return None
    if any(_LOT.search(w) for w in names):
        return None
    weight = _weight(text, start, end) - 3 * (names[0] in _GIVEN and not last)
    weight += bool(_CAMEL.match(names[0]))
    alone = len(names) == 1
    if weight >= _SURE + alone + (alone and _opens(text, start)) + (not proper):
        return _formed(text, tokens, last)
    return None


def _person(names: list[str], last: int) -> bool:
    """Whether a trade's word is a person's surname: "Kate Steel"."""
    return len(names) == 2 and names[0] in _GIVEN and names[1] not in _LEGAL and last == 1


def _opens(text: str, start: int) -> bool:
    """Whether a sentence begins here, where any word has a capital."""
    return start == 0 or text[max(0, start - 2) : start] in (". ", "? ", "! ", "\n", '. "')


def _weight(text: str, start: int, end: int) -> int:
    """What the words beside a name weigh: for a company's above nought, for a person's or place's below."""
    head = text[max(0, start - _REACH) : start]
    told = max((w for w, p in _CONTEXT_AFTER if w > 0 and p.match(text, end)), default=0)
    told += max((w for w, p in _CONTEXT_BEFORE if w > 0 and p.search(head)), default=0)
    told += min((w for w, p in _CONTEXT_AFTER if w < 0 and p.match(text, end)), default=0)
    return told + min((w for w, p in _CONTEXT_BEFORE if w < 0 and p.search(head)), default=0)


def _formed(text: str, tokens: list[_Token], last: int) -> Formed:
    core = len(tokens)
    while core > 1 and tokens[core - 1].word.strip(".") in _LEGAL:
        core -= 1
    end = tokens[-1].end
    if text[end : end + 1] == "." and tokens[-1].word in ("Corp", "Inc", "Ltd", "Co"):
        end += 1
    stop = tokens[core - 1].end if core > 1 or last == 0 else tokens[-1].end
    return Formed("company", tokens[0].start, end, stop, tuple(_definitions(text, end)))


def _definitions(text: str, end: int) -> Iterator[str]:
    """The words that brackets behind a name give for it: (the "Company"), (“TMR”), (ASX: CRX)."""
    for _ in range(2):
        if not (bracket := _DEFINED.match(text, end)):
            return
        for m in _QUOTED.finditer(bracket[1]):
            article = m[1] or m[2]
            yield m[4] or f"{article}{m[3]}"
        if bracket[1] == "the Company":
            yield "the Company"
        end = bracket.end()


def _is_body(names: list[str]) -> bool:
    if names[0] == "State":
        return names[1] == "of" and len(names) == 3
    if any(a in _BODIES and b in ("of", "for", "on") for a, b in pairwise(names)):
        return True
    return names[-1] in _BODIES - {"State", "Union", "Board", "Survey", "Office", "Exchange"} and any(
        n not in _BODIES and n not in ("and", "of", "for", "on", "the", "in") for n in names
    )


def _site(text: str, tokens: list[_Token]) -> Formed | None:
    names = [t.word for t in tokens]
    at = next((i for i, n in enumerate(names) if n in _SITES), 0)
    core = at or len(names)
    while core > 1 and names[core - 1] in _NO_NAMES:
        core -= 1
    if core == 0 or names[0] in _NO_NAMES or len(names[0]) < _LONG or any(map(_LOT.search, names[:core])):
        return None
    start, end = tokens[0].start, tokens[core - 1].end
    if core > 3 or (not at and core < len(names)):
        return None
    the = text[max(0, start - 4) : start].lower() == "the "
    if (
        at
        or _SITE_BEFORE.search(text[max(0, start - 20) : start])
        or (the and (_SITE_AFTER.match(text, end) or _PLANT_AFTER.match(text, end)))
    ):
        return Formed("place", start, end, end)
    return None
