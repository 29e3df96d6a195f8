"""Whose and of what a statement is, where its words leave that to the text around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from mine2magnet.core.text import fold
from mine2magnet.digests.statements import is_dependent
from mine2magnet.model import Claim
from mine2magnet.thesaurus import Thesaurus

# How likely a claim's slot must be to be told with a point: of slots so likely whose name stands outside the
# sentence 0.88 were right on labelled documents of hands that the weights had not seen.
SURE = {"subject": 0.75, "material": 0.85}
SURE_LEANING = 0.6  # where a statement cannot do without: it opens with "the company", 同社
MOST = 2  # names of a slot
HERO = 0.3  # share of a document's claims that are of its main actor, who has twice as many as the next
# Words by which those who speak or act are named in a document that is about them.
_ACTOR = re.compile(
    r"\b(?:we|our|ours|us|the (?:company|firm|group|maker|miner|startup|start-up))\b"
    r"|我们|我們|咱们|[本该該]?公司(?!法|债|債)|[该該](?:企业|企業|集团|集團|厂|廠)|[同当當弊]社|うち(?=[はのがでも])|私(?:たち|ども)",
    re.IGNORECASE,
)
_SLOTS = {"subject": "subjects", "material": "materials"}

Read = Sequence[tuple[Claim, Mapping[str, float]]]  # claims, each with how likely its slots are right


def main_actor(read: Read) -> str:
    """Return whom most claims of a document are of, "" for nobody.

    Parameters
    ----------
    read : sequence of (Claim, mapping of str to float)
        All claims of the document, and how likely each slot is right.
    """
    told = [
        claim.subjects[0]
        for claim, chances in read
        if claim.subjects and chances["subject"] >= SURE["subject"]
    ]
    (name, count), (_, next_) = [*Counter(told).most_common(2), ("", 0), ("", 0)][:2]
    return name if count >= max(HERO * len(read), 2 * next_) else ""


def about(text: str, title: str, read: Read, actor: str, thesaurus: Thesaurus) -> tuple[str, ...]:
    """Return the names that a statement needs and does not have: ids of the thesaurus, or words.

    Materials that the title names, under which the statement is read, are not among them.

    Parameters
    ----------
    text, title : str
        The statement, and its document's title.
    read : sequence of (Claim, mapping of str to float)
        The claims in it, and how likely each slot is right.
    actor : str
        Who is meant by "we" or "the company" where the claims do not tell, "" for nobody.
    thesaurus : Thesaurus
    """
    named, titled = _named(text, thesaurus), _named(title, thesaurus)
    folded, found = fold(text), dict[str, None]()
    leans = is_dependent(text)
    for slot, of_claim in _SLOTS.items():
        told = next(((claim, chances) for claim, chances in read if getattr(claim, of_claim)), None)
        if told is None or told[1].get(slot, 0.0) < (SURE_LEANING if leans else SURE[slot]):
            continue
        names = getattr(told[0], of_claim)[:MOST]
        known = named | titled if slot == "material" else named
        if not any(_is_named(name, known, folded, thesaurus) for name in names):
            found |= dict.fromkeys(names)
    if actor and not found and _ACTOR.search(text) and not _is_named(actor, named, folded, thesaurus):
        return (actor,)
    return tuple(found)


def _named(text: str, thesaurus: Thesaurus) -> set[str]:
    return {c.id for mention in thesaurus.find(text) for c in (mention.concept, *mention.others)}


def _is_named(name: str, named: set[str], folded: str, thesaurus: Thesaurus) -> bool:
    """Whether the text has it, or something that it is part of or that is part of it."""
    if name not in thesaurus:
        return fold(name) in folded
    return any(thesaurus.is_a(name, other) or thesaurus.is_a(other, name) for other in named)
