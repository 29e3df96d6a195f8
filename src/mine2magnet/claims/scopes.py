"""Of whom and of what a figure speaks: subject, stage, material."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mine2magnet.claims.cues import Cue, inside
from mine2magnet.claims.measures import SHARES
from mine2magnet.claims.view import ADJACENT, STRONG, SUBJECTS, Slots, View, far

_ROLE_EN = re.compile(
    r"(?:\b(?:of|in|from|to|on|for|by|with|against|at|than|into|as|near|outside|over)\s(?:the\s|its\s)?)$",
    re.IGNORECASE,
)

_SOURCE = re.compile(
    r"\b(?:(?:come|comes|came|coming|originates?|originated|made|produced|supplied) from|"
    r"(?:concentrated|located|based|held|found|takes? place|took place|happens?|done|made|mined|refined|"
    r"processed|produced|controlled|owned|dominated|supplied|carried out|is|are|remains?) (?:in|by))"
    r"\s(?:the\s)?$|(?:来自|产自|源自|出自)$",
    re.IGNORECASE,
)

_RANK = re.compile(r"\s?(?:[0-9一二三]+位|最大|最高|首|第|'s (?:largest|biggest|first|second|third|only))")

_TOPIC = re.compile(r"[^、。]{0,16}?(?:は|が)(?!なけ|あ)")
_OF_NOTHING = frozenset(("person", "vehicle", "count", "km", "km2", "m", "hectare", "MW", "GW", "MWh", "GWh"))
_AND = 5  # characters between two names joined by "and"
_OTHERS = re.compile(
    r"(?:\b(?:the latter|others?|rivals|another|elsewhere)\b|后者|前者|部分|其他|其它|别的|同行|他社|一部の)",
    re.IGNORECASE,
)
_WE = re.compile(r"\b(?:we|our)\b|我们|我社|当社|弊社", re.IGNORECASE)

_AFTER_EN = re.compile(r"\b(?:in|from|by|at)\s(?:the\s)?$", re.IGNORECASE)

_AFTER_ZH = re.compile(r"(?:在|自|来自|于|由)$")


def stage(view: View, slots: Slots) -> str | None:
    for c in view.candidates(("stage",)):
        return c.id
    if (
        view.previous is not None
        and slots.stage
        and not STRONG.search(view.s.text, view.previous.end, view.figure.start)
    ):
        return slots.stage
    for c in view.earlier(("stage",)):
        if view.previous is None:
            return c.id
        break
    return None


def materials(view: View, slots: Slots) -> tuple[str, ...]:
    found = [c for c in view.candidates(("material",)) if not _compared(view, c)]
    if not found and view.previous is None:
        found = list(view.earlier(("material",)))[:1]
    if found:
        first = found[0]
        joined = [first.id]
        for other in found[1:]:
            low, high = sorted((first, other), key=lambda c: c.start)
            if view.s.text[low.end : high.start].strip() in ("and", "和", "と", "、", "及", "or", "与"):
                joined.append(other.id)
        return tuple(sorted(joined, key=lambda id: next(c.start for c in found if c.id == id)))
    # what a price or a tonnage is of carries on; what people or kilometres are of does not
    unit = view.figure.quantity.unit
    return slots.materials if view.previous is not None and unit not in _OF_NOTHING else ()


def _compared(view: View, c: Cue) -> bool:
    """Whether a name is what the figure is so many times of: 氧化镝的四倍, "twice the dysprosium price"."""
    if view.figure.quantity.unit != "x" or view.figure.changed:
        return False
    text = view.s.text
    if c.end <= view.figure.start:
        return bool(re.fullmatch(r"[^，、。,]{0,4}[的の](?:約|约|近)?", text[c.end : view.figure.start]))
    return bool(re.match(r"\s(?:as|the|that|than|what)\b", text[view.figure.end : c.start]))


def subjects(view: View, slots: Slots, said: tuple[int, int], measure: str | None) -> tuple[str, ...]:
    """Who or where a figure is of, the surest sign first; () where the sentence does not tell.

    `said` are the characters that name who speaks: not the subject, unless there is no other.
    """
    s = view.s
    usable = _usable(view, said)
    low = view.clause[0]
    if _OTHERS.search(s.text, max(low, view.left), view.figure.start):
        slots = replace(slots, subjects=())  # "others have less": of whom is not said
        usable = [c for c in usable if c.start >= low]
    inherited = slots.subjects
    single = measure in ("weight_per_unit", "installed_capacity") and view.figure.quantity.unit != "x"
    if single and (found := _thing(view) or inherited):
        return found
    if measure in SHARES and (found := _source(view, usable)):
        return found
    start = view.left if _own_subject(view, usable) else low
    before = [c for c in usable if max(low, start) <= c.start and c.end <= view.figure.start]
    before = _governing(view, before, usable, inherited=bool(inherited) or measure == "exports")
    if before:
        return _chosen(view, before)
    if s.language == "en" and not inherited:
        earlier = [c for c in usable if c.end <= low and not STRONG.search(s.text, c.end, view.figure.start)]
        if free := [c for c in earlier if _free(view, c)]:
            return _chosen(view, free)
    if found := _behind(view, usable, inherited):
        return found
    products = [c for c in s.cues if c.kind == "product"]
    own = [c.id for c in products if max(low, view.left) <= c.start and c.end <= view.figure.start]
    if own and measure in SHARES and all(s.thesaurus[id].kind == "product" for id in inherited):
        return (own[0],)
    if inherited:
        return inherited
    earlier = [c for c in usable if c.end <= view.figure.start]
    if measure in ("exports", "imports") and s.language == "en":
        earlier = [c for c in earlier if _free(view, c)]  # "exports to Japan" are not Japan's
    if earlier:
        return _chosen(view, earlier)
    return _spoken_for(view, said, measure) or _least(view, products, said, measure)


def _usable(view: View, said: tuple[int, int]) -> list[Cue]:
    """Countries, places, companies and organisations that can be a subject."""
    s = view.s
    denied = next((c.start for c in s.cues if c.kind == "denied"), 0)
    return [
        c
        for c in s.cues
        if c.kind in SUBJECTS
        and c.id != "world"
        and not (said[0] <= c.start and c.end <= said[1])
        and not (c.kind == "organisation" and c.end <= denied)  # who denies is not who it is about
        and not s.text.startswith(("-based", "-headquartered", "-listed"), c.end)
        and not _compared(view, c)
    ]


def _thing(view: View) -> tuple[str, ...]:
    """The product that a weight or a power is one of: the nearest, in the clause or before it."""
    low, high = view.clause
    things = [c for c in view.s.cues if c.kind == "product"]
    near = [c for c in things if low <= c.start and c.end <= high] or [
        c for c in things if c.end <= view.figure.start
    ]
    return (min(near, key=lambda c: far(view, c)).id,) if near else ()


def _source(view: View, usable: Sequence[Cue]) -> tuple[str, ...]:
    """Where a share comes from: 98%的磁铁来自中国, "70 % come from China", 98％は中国産."""
    text = view.s.text
    for c in usable:
        if view.figure.end <= c.start < view.clause[1]:
            head = text[max(view.figure.end, c.start - 24) : c.start]
            if _SOURCE.search(head) or text.startswith(("産", "产"), c.end):
                return (c.id,)
    return ()


def _own_subject(view: View, usable: Sequence[Cue]) -> bool:
    """Whether a subject stands between the previous figure and this one, in the same clause."""
    return view.previous is not None and any(
        view.left <= c.start and c.end <= view.figure.start for c in usable
    )


def _free(view: View, c: Cue) -> bool:
    """Whether an English name stands free of a preposition."""
    return not _ROLE_EN.search(view.s.text[max(view.s.start, c.start - 14) : c.start])


def _topic(view: View, c: Cue) -> bool:
    """Whether a Japanese name is, or is in, what は or が marks."""
    return bool(_TOPIC.match(view.s.text[c.end : min(c.end + 24, view.figure.start)]))


def _governing(view: View, before: list[Cue], usable: Sequence[Cue], *, inherited: bool) -> list[Cue]:
    """Of the names before a figure those that can govern it: in Japanese a topic rather than what a
    particle puts aside, in English not what a preposition does while there is a subject already."""
    if view.s.language == "ja":
        topics = [c for c in usable if c.end <= view.figure.start and _topic(view, c)]
        if topics and not any(c in topics for c in before):
            last = topics[-1]
            return [c for c in topics if c.start >= last.start or _joined(view, c, last)]
        return [c for c in before if not view.s.text.startswith(("に", "へ", "から", "への"), c.end)]
    if view.s.language == "en" and inherited and not any(_free(view, c) for c in before):
        return []
    return before


def _behind(view: View, usable: Sequence[Cue], inherited: tuple[str, ...]) -> tuple[str, ...]:
    """A subject named after the figure: "takes place in China", 集中在中国, 中国に集中."""
    s = view.s
    for c in usable:
        if not (view.figure.end <= c.start and c.end <= min(view.clause[1], view.right)):
            continue
        head = s.text[view.figure.end : c.start]
        if view.of and len(head) <= ADJACENT and not inherited:
            return (c.id,)
        english = s.language == "en" and (_AFTER_EN.search(head) or head.strip() == "of")
        chinese = s.language == "zh" and _AFTER_ZH.search(head)
        japanese = s.language == "ja" and s.text.startswith(("に", "で"), c.end)
        if (english or chinese or japanese) and (view.of or not inherited):
            return (c.id,)
    return ()


def _spoken_for(view: View, said: tuple[int, int], measure: str | None) -> tuple[str, ...]:
    """A supplier's word on its own stocks, a country's customs on its trade: by who speaks."""
    s = view.s
    spoken = [c for c in s.cues if said[0] <= c.start and c.end <= said[1]]
    if _WE.search(s.text, s.start, s.end) or measure == "stock_cover":
        companies = [c.id for c in spoken if c.kind == "company"]
        home = companies or [c.id for c in spoken if c.kind in ("country", "place")][:1]
        if home:
            return tuple(dict.fromkeys(home))
    if measure in ("exports", "imports"):
        names = [s.text[c.start : c.end] for c in spoken if c.kind == "organisation"]
        home = [id for name in names for kind, id, *_ in inside(name, s.thesaurus) if kind == "country"]
        return tuple(home[:1])
    return ()


def _least(
    view: View, products: Sequence[Cue], said: tuple[int, int], measure: str | None
) -> tuple[str, ...]:
    """What is left: an end use, the world, a company's word on itself."""
    s = view.s
    near = [
        c for c in products if c.end <= view.figure.start or (measure in SHARES and c.end <= view.clause[1])
    ]
    if near and (measure in SHARES or any(c.start <= s.start + ADJACENT for c in near)):
        return (near[0].id,)
    if measure not in SHARES and any(c.id == "world" and not _RANK.match(s.text, c.end) for c in s.cues):
        return ("world",)
    return tuple(c.id for c in s.cues if c.kind == "company" and said[0] <= c.start and c.end <= said[1])[:1]


def _joined(view: View, a: Cue, b: Cue) -> bool:
    """Whether two names are joined by "and"."""
    gap = view.s.text[a.end : b.start].strip()
    return 0 <= b.start - a.end <= _AND and gap in ("and", "和", "と", "、", "与", "及", "&")


def _chosen(view: View, found: Sequence[Cue]) -> tuple[str, ...]:
    """The subject among several before the figure, with those joined to it by "and"."""
    s = view.s
    chosen = None
    if s.language == "ja":
        chosen = next((c for c in found if _topic(view, c)), None)
    elif s.language == "en":
        chosen = next((c for c in found if _free(view, c)), None)
    chosen = chosen or found[0]
    for c in found:
        if c is chosen or not 0 <= c.start - chosen.end <= _AND:
            continue
        if _joined(view, chosen, c):
            return (chosen.id, c.id)
        # a mine or plant inside a country or state is the closer subject
        gap = s.text[chosen.end : c.start].strip()
        if gap in ("", "'s", "的", "の", "省", "州の", "州") and c.kind in (
            "place",
            "company",
            "organisation",
        ):
            return (c.id,)
    return (chosen.id,)
