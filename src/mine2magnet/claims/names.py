"""Companies that the thesaurus does not know, told by the form of their names."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from mine2magnet.claims.cues import Cue
from mine2magnet.thesaurus import Thesaurus

Names = dict[str, str]  # how a company is written, and its name in full

_MOST = 64  # names of one document
_SHORTEST = 4  # letters of the first word that stands for a whole Latin name
_EN = re.compile(
    r"\b(?:[A-Z][\w&'’-]*\.?\s){1,4}?(?:Corp(?:oration)?|Inc|Ltd|Limited|plc|PLC|LLC|GmbH|AG|SA|NV|AB|Co|Pty|"
    r"Holdings?|Group|Metals|Minerals|Magnetics|Magnets|Resources|Mining|Materials|Rare Earths|Technologies|"
    r"Industries|Motors|Energy|Recycling|Alloys|Elements|Capital|Partners|Securities|Chemicals?|Robotics)\b\.?"
)
_ZH = re.compile(
    r"(?:(?<=[，。；：、“「『（(\s])|(?<=由)|(?<=与)|(?<=和)|(?<=向)|(?<=对)|^)"
    r"(?P<name>[\u4e00-\u9fff]{2,10}?(?:股份有限公司|有限责任公司|有限公司|集团|股份|科技|新材料?|磁材|磁业|磁电|矿业|稀土|电机|资源|控股))"
    r"(?=[（(，、]|[\u4e00-\u9fff]{0,2}(?:公告|披露|表示|称|宣布|拟|将|计划|预计|已|的|与|在|于|为|年|今|第|前|上|本|去|目前|近日|日前|董事|透露|签|方面|位|投))"
)
_JA = re.compile(
    r"(?P<name>(?:[ァ-ヶー]{2,12}|[一-龥]{2,6})(?:工業|製作所|金属|鉱業|ホールディングス|マテリアル|マグネット|製鋼|電機|商事|化学|モーター|メタル|マグネティクス|リソーシズ|特殊鋼|重工|テック|資源))"
    r"(?=[はがのとにもをで、（(」])"
)
_HELD = ("company", "organisation", "person", "policy")  # of the thesaurus: a name within one is none
_NOT = re.compile(r"^(?:The|This|That|These|For|In|On|At|And|But|With|From|Its|His|Their|New|Our)\s")
_ENDS = re.compile(
    r"(?:股份有限公司|有限责任公司|有限公司|\s(?:Corp(?:oration)?|Inc|Ltd|Limited|plc|PLC|LLC|GmbH|Pty|Co)\.?)$"
)


def formed(texts: Iterable[str], thesaurus: Thesaurus) -> Names:
    """Return the companies whose names have a company's form and that the thesaurus does not hold.

    Parameters
    ----------
    texts : iterable of str
        Of one document.
    thesaurus : Thesaurus

    Returns
    -------
    dict of str to str
        Each way of writing a name, and the name without its legal form.
    """
    found: Names = {}
    for text in texts:
        for pattern in (_EN, _ZH, _JA):
            for match in pattern.finditer(text):
                written = match.groupdict().get("name") or match[0]
                written = _NOT.sub("", written).strip(" .")
                name = _ENDS.sub("", written)
                if (
                    len(found) >= _MOST
                    or len(name) < 2
                    or (pattern is _EN and " " not in written)
                    or _held(written, thesaurus)
                ):
                    continue
                found[written] = found[name] = name
                first = name.split()[0]
                if pattern is _EN and len(first) >= _SHORTEST and not thesaurus.find(first):
                    found.setdefault(first, name)
    return found


def _held(written: str, thesaurus: Thesaurus) -> bool:
    """Whether the thesaurus holds the name, or a company or body within it that is most of it."""
    return any(
        m.concept.kind in ("company", "organisation", "place", "policy")
        and 2 * (m.end - m.start) >= len(written)
        for m in thesaurus.find(written)
    )


def placed(text: str, known: Names, cues: Sequence[Cue]) -> list[Cue]:
    """Return the cues of a text with those of its formed names; a country or material within one is none.

    Parameters
    ----------
    text : str
    known : dict of str to str
        As `formed` gives them.
    cues : sequence of Cue
    """
    if not known:
        return list(cues)
    pattern = re.compile("|".join(re.escape(n) for n in sorted(known, key=len, reverse=True)))
    held = [c for c in cues if c.kind in _HELD]
    begins = [c.start for c in held]
    found = [Cue("company", known[m[0]], *m.span()) for m in pattern.finditer(text) if _whole(text, m)]
    found = [c for c in found if not _within(c, held, begins)]
    if not found:
        return list(cues)
    starts = [c.start for c in found]
    kept = [c for c in cues if not _within(c, found, starts)]
    return sorted((*kept, *found), key=lambda c: (c.start, -c.end))


def _whole(text: str, m: re.Match[str]) -> bool:
    return not (
        m[0][-1].isascii()
        and (text[m.end() : m.end() + 1].isalnum() or text[m.start() - 1 : m.start()].isalnum())
    )


def _within(c: Cue, found: Sequence[Cue], starts: Sequence[int]) -> bool:
    i = bisect_left(starts, c.end) - 1
    return i >= 0 and found[i].start < c.end and c.start < found[i].end
