"""A question that leans on the one before it, made to stand by itself.

"And Japan?" after "How long do German stocks of magnets last?" is asked as "How long do Japan stocks of
magnets last?". What the new question names takes the place of what the last one named of the same kind;
what it does not name is carried over. With a model, the model words it, and its wording counts if it
names nothing that was not asked and leaves out nothing that is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mine2magnet.claims import times
from mine2magnet.claims.cues import cues
from mine2magnet.core.errors import UserError
from mine2magnet.core.llm import Chat
from mine2magnet.core.prompts import json_object
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.search.fusion import language
from mine2magnet.search.units import unnamed

REMEMBERED = 6  # earlier questions that a model is told
TOKENS = 200  # of a question
_SLOTS = {  # what a question names once: thesaurus kinds → slot
    "measure": "measure",
    "material": "material",
    "stage": "stage",
    "product": "product",
    "policy": "policy",
    "technology": "technology",
    "country": "whose",
    "place": "whose",
    "company": "whose",
    "organisation": "whose",
}
_OPENED = re.compile(
    r"^\s*(?:and|but|or|also|then|what about|how about|what of)\b|"
    r"^\s*(?:那么?|还有|另外|以及|换成)|呢[？?]?\s*$|"
    r"^\s*(?:では|じゃあ|それでは|それなら|それから|また|あと)|(?:は|なら|も)[？?]\s*$",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"\b(?:it|its|they|them|their|those|these|same)\b|\bthere\s*[?.!]?\s*$|"
    r"它|其(?![中他它实余])|他们|那里|那边|该(?=[^死])|上述|同样|それ|その|そこ|これ|この|同じ",
    re.IGNORECASE,
)
_WHOLE = re.compile(  # signs of a whole question rather than a fragment of one
    r"\b(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|will|would|has|"
    r"have|had|should)\b|谁|什么|哪|多少|多久|几|如何|怎|为何|吗|誰|何|どこ|どの|どれ|いつ|なぜ|いくら|か[？?]?\s*$",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:now|today|currently|at present)\b|现在|目前|当前|如今|現在|今(?=[はのも])", re.IGNORECASE
)
_JOINED = re.compile(r"\s*(?:,|、|，|and|or|和|与|及|と|や|・)?\s*", re.IGNORECASE)

_SYSTEM = """You word the last question of a reader so that it can be understood without the earlier ones.
Use only what the questions say: add no name, figure or date of your own. A question that stands by itself
stays as it is. Keep its language. Answer as JSON: {"question": "…"}"""
_SCHEMA = {
    "type": "object",
    "properties": {"question": {"type": "string"}},
    "required": ["question"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class _Named:
    """Characters [start, end) that name something of a slot, of which thesaurus kind, and its ids."""

    slot: str
    kind: str
    start: int
    end: int
    ids: frozenset[str]


def standalone(question: str, last: str, thesaurus: Thesaurus) -> str:
    """The question with what it takes over from the `last` one (which stands by itself), "" if none.

    >>> from mine2magnet.core.thesaurus import load
    >>> standalone("and Japan?", "How long do German stocks of magnets last?", load())
    'How long do Japan stocks of magnets last?'
    >>> standalone("日本呢？", "欧洲的库存还能用多久？", load())
    '日本的库存还能用多久？'
    >>> standalone("Who chairs Toyota?", "How long do German stocks of magnets last?", load())
    'Who chairs Toyota?'
    """
    if not last:
        return question
    new, old = _names(question, thesaurus), _names(last, thesaurus)
    slots = {one.slot for one in new} | ({"time"} if _NOW.search(question) else set())
    beside = unnamed(_OPENED.sub(" ", question), _spans(_OPENED.sub(" ", question), thesaurus))
    if not _follows(question, new, old, beside):
        return question
    if not new and not beside:
        return f"{last} {question}"
    if "measure" not in slots and not beside:
        return _replaced(last, new, old, question)
    carried = [
        last[one.start : one.end]
        for one in old
        if one.slot not in slots and (one.slot != "measure" or not beside)
    ]
    return " ".join([question, *dict.fromkeys(carried)])


def worded(question: str, earlier: Sequence[str], last: str, thesaurus: Thesaurus, chat: Chat | None) -> str:
    """Word a question as `standalone` does, by a model where there is one. `earlier` are questions as asked.
    Of a model's wording nothing is taken that they do not say; documents are not shown to it."""
    ours = standalone(question, last, thesaurus)
    if chat is None or not earlier:
        return ours
    asked = "\n".join(f"{n}. {one}" for n, one in enumerate((*earlier[-REMEMBERED:], question), 1))
    messages = [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": asked}]
    try:
        said = json_object(chat.complete(messages, schema=_SCHEMA, max_tokens=TOKENS).text).get("question")
    except UserError:
        return ours
    text = " ".join(said.split()) if isinstance(said, str) else ""
    allowed = named(thesaurus, *earlier, last, question)
    own = named(thesaurus, text)
    return text if text and named(thesaurus, question) <= own <= allowed else ours


def named(thesaurus: Thesaurus, *texts: str) -> frozenset[str]:
    """Return what texts name: ids of concepts, times, and their numbers."""
    ids = (id for text in texts for one in _names(text, thesaurus) for id in one.ids)
    return frozenset((*ids, *(n for text in texts for n in re.findall(r"\d+", text))))


def _names(text: str, thesaurus: Thesaurus) -> list[_Named]:
    """Return names by place; those of one slot that stand in a row are one, and each place is of one slot."""
    found = [
        _Named(_SLOTS[cue.kind], cue.kind, cue.start, cue.end, frozenset({cue.id}))
        for cue in cues(text, thesaurus, language(text))
        if cue.kind in _SLOTS
    ]
    found += [
        _Named("time", "time", t.start, t.end, frozenset({t.period})) for t in times.find(text) if t.period
    ]
    # Of what begins at one place the longest: export licence, not export; a measure before a stage.
    found.sort(key=lambda one: (one.start, -one.end, one.slot != "measure"))
    kept: list[_Named] = []
    for one in found:
        before = kept[-1] if kept else None
        if before and one.start < before.end:
            if one.slot == before.slot:
                kept[-1] = replace(before, end=max(before.end, one.end), ids=before.ids | one.ids)
        elif before and one.slot == before.slot and _JOINED.fullmatch(text[before.end : one.start]):
            kept[-1] = replace(before, end=one.end, ids=before.ids | one.ids)
        else:
            kept.append(one)
    return kept


def _spans(text: str, thesaurus: Thesaurus) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in _names(text, thesaurus)]


def _follows(question: str, new: Sequence[_Named], old: Sequence[_Named], beside: int) -> bool:
    """Return whether a question takes over from the one before. `beside`: words that name nothing we know."""
    slots = {one.slot for one in new}
    opened, leans = bool(_OPENED.search(question)), bool(_LEANS.search(question))
    if "measure" in slots and slots & {"whose", "material"}:  # it says what of whom
        return leans or (opened and not _measures(new).isdisjoint(_measures(old)))
    if leans:
        return True
    if beside > 1 or (beside and not slots):
        return False
    whole = bool(_WHOLE.search(question))
    return opened or slots == {"measure"} or (not whole if slots else whole)


def _measures(named: Sequence[_Named]) -> frozenset[str]:
    return frozenset().union(*(one.ids for one in named if one.slot == "measure"))


def _replaced(last: str, new: Sequence[_Named], old: Sequence[_Named], question: str) -> str:
    """The last question with the new one's names in place of the old ones: of the same kind before the
    same slot, the first of several. What has no place there follows."""
    places: dict[_Named, str] = {}
    added = []
    for one in new:
        alike = [o for o in old if o.slot == one.slot and o not in places]
        place = next((o for o in alike if o.kind == one.kind), alike[0] if alike else None)
        written = question[one.start : one.end]
        if place is None:
            added.append(written)
        else:
            places[place] = written
    text = last
    for place in sorted(places, key=lambda place: place.start, reverse=True):
        text = text[: place.start] + places[place] + text[place.end :]
    return " ".join([text, *added])
