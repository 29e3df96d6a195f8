"""What speaks for a statement being in a digest, being its viewpoint, and standing under a heading.

Pieces of evidence are words with a value; a score is the sum of their weights. Weights are data
(`data/digest_weights.csv`), fitted by `scripts/fit-digests` on articles in which editors marked what a digest
must hold, what could be its viewpoint, and which heading each sentence belongs under.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.digests import aspects
from mine2magnet.digests.statements import figures, grams, is_dependent, is_question, is_row, is_stopped, size
from mine2magnet.model import Claim

WORTH, VIEWPOINT = "worth", "viewpoint"  # the other names of the table are aspects of the thesaurus
BRIEF = 14  # words: a shorter statement says little
_RICH = 5.0  # sum of the weights of its concepts at which a statement is full of them
_MANY = {"figures": 3, "claims": 3, "concepts": 6, "measures": 2}  # more of them count as so many
_QUOTED = re.compile('[“”「」『』"]')
_SPOKEN = re.compile(r'[“”「」『』"]|^(?:[AQ答问問][:：]|\S{2,8}[:：])|\b(?:we|our|I)\b|我们|我們|当社|弊社')
# A text that speaks of itself: what it is about to tell, not what it tells.
_ANNOUNCED = re.compile(
    r"\b(?:is pleased to|today (?:announced|reported) (?:its|that it)|this (?:note|report|table|article))\b"
    r"|\btable below\b"
    r"|下表|如下|本文|本稿|本報告|以下の(?:とおり|表)|お知らせ|まとめた|整理[如す成しと]"
    r"|我们[^。]{0,8}梳理了|走访|走訪"
    r"|[を话話訪]に?聞い|に聞[くい]|[采採][访訪]了|[访訪][问問]了|[专專][访訪]",
    re.IGNORECASE,
)
# How figures were made, what a filing or a table is to be read by: about the text, not about the world.
_NOTE = re.compile(
    r"\b(?:(?:include|excluding|net of) VAT|rounded|should be read|were revised|not (?:published|comparable)"
    r"|break the figures|obligate|in its entirety|Exhibit \d|Competent Person|JORC|company number"
    r"|registered (?:in|office)|unaudited|(?:is|are) based on|carried over|for the purposes of"
    r"|assessments are)\b"
    r"|口径|统计范围|統計範圍|[含免]税|初步数|可能修正|整理自|[据據].{0,20}整理|[单單]位[为為：:]"
    r"|未经.{0,6}(?:确认|审计)"
    r"|不构成|以.{0,12}为准"
    r"|単位[はが：:]|カッコ内|統計品目番号|断りのない限り|参照|端数|四捨五入|速報値|取りまとめた|集計した"
    r"|比較(?:することは)?できない|は見込み、|^\W?注\W",
    re.IGNORECASE,
)
# What somebody sees, hears or does with the hands: how features open and end.
_SCENE = re.compile(
    r"\b(?:st(?:ands|ood)(?! at| down| for)|s(?:its|at)(?! at| on)|walk(?:s|ed)|slides a"
    r"|leans|leaned|point(?:s|ed) at"
    r"|smell(?:s|ed|ing)?"
    r"|hum(?:s|med|ming)|smil(?:es|ed|ing)|laugh(?:s|ed|ing)|shrug(?:s|ged)|nod(?:s|ded)|wip(?:es|ed|ing)"
    r"|star(?:es|ed) (?:at|into)"
    r"|pick(?:s|ed|ing) up|holds up|holding up|shakes? (?:his|her)|looks? (?:at|on|out)|looking (?:at|on"
    r"|out)|mud|fog|steam|dawn|dusk"
    r"|canteen|forklifts?|tray|gloves|coffee|motorway)\b"
    r"|站在|蹲|坐在|走[进進]|指着|指著|抓起|抹了|[笑叹嘆]着?[说說道]|剪彩|揭牌|致[辞詞]|热浪|熱浪|清晨|傍晚|灯亮|燈亮"
    r"|气味|氣味|[轰轟][鸣鳴]|扑面|阳光|陽光"
    r"|手套|捏|翻着|翻開|[递遞]过|看了很久|正等着|临走"
    r"|足元の(?!中国|市況|相場|価格)|指さし|笑[うっい]|におい|匂い|湯気|うなり|手袋|軍手|差し込|響[くいき]|見つめ|腰を下ろ|夕暮れ"
    r"|朝もや|手に取|つぶやい|目を細め"
    r"|工場に入ると|足を踏み入れ"
)
# What offices say of themselves at the end of a release.
_PLEDGE = re.compile(
    r"下一步|切实|切實|高压态势|[^，。]{2,8}并重|贯彻|积极(?:推动|响应)|提供[^，。]{0,8}有力(?:支撑|保障)"
    r"|(?:努めて|取り組んで|対応して|貢献して)(?:まい|いき)|」と抱負|」と歓迎"
    r"|\b(?:remains? committed to|look(?:s|ing)? forward to|(?:proud|pleased|delighted|excited) to)\b",
    re.IGNORECASE,
)
_TELLING = 2  # concepts: a statement of fewer, without figures, is of nothing in the field
_SHARE = 0.3  # of the evidence that the paragraph has besides, for a statement's heading
_OF_ALL = ("told:", "measure:")  # what a whole document has, that speaks for a heading
_MONEY = re.compile("[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class StatementEvidence:
    """Of one statement: the concepts it names, what speaks for it, and for its heading."""

    concepts: frozenset[str]
    merits: Mapping[str, float]
    heading: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a document's statements are measured against: words of its title, how often it names a concept."""

    title: frozenset[str]
    subjects: frozenset[str]  # concepts of the title
    frequency: Counter[str]
    statements: int
    spoken: float  # share of statements that are somebody's words, as in an interview
    thesaurus: Thesaurus

    @classmethod
    def of(cls, title: str, texts: Sequence[str], thesaurus: Thesaurus) -> Setting:
        frequency = Counter(c for text in texts for c in _named(text, thesaurus))
        spoken = sum(bool(_SPOKEN.search(text)) for text in texts) / (len(texts) or 1)
        return cls(grams(title), _named(title, thesaurus), frequency, len(texts), spoken, thesaurus)

    def evidence(self, text: str, place: int, opens: bool, claims: Sequence[Claim]) -> StatementEvidence:
        """What a statement has: the `place`-th, the first of its paragraph if it `opens` it."""
        concepts, early = _named(text, self.thesaurus), 1 / (1 + place / 6)
        merits = {
            "always": 1.0,
            "first": float(place == 0),
            "second": float(place == 1),
            "last": float(place == self.statements - 1),
            "opens": float(opens),
            "early": early,
            "early elsewhere": early * (not concepts & self.subjects),
            "early claim": early * bool(claims),
            "early spoken": early * self.spoken,
            "spoken": self.spoken * bool(_SPOKEN.search(text)),
            "unspoken": self.spoken * (not _SPOKEN.search(text)),
            "announced": float(bool(_ANNOUNCED.search(text))),
            "note": float(bool(_NOTE.search(text))),
            "richness": sum(math.log1p(self.frequency[c]) for c in concepts) / _RICH,
            "concepts": _count("concepts", len(concepts)),
            "figures": _count("figures", figures(text)),
            "claims": _count("claims", len(claims)),
            "a claim": float(bool(claims)),
            "measures": _count("measures", len({c.measure for c in claims if c.measure})),
            "plan": float(any(c.modality == "plan" for c in claims)),
            "forecast": float(any(c.modality == "forecast" for c in claims)),
            "change": float(any(c.direction == "change" for c in claims)),
            "title": len(self.title & grams(text)) / (len(self.title) or 1),
            "brief": max(0.0, (BRIEF - size(text)) / BRIEF),
            "question": float(is_question(text)),
            "quotation": float(bool(_QUOTED.search(text))),
            "leans": float(is_dependent(text)),
            "row": float(is_row(text)),
            "scene": float(bool(_SCENE.search(text))),
            "pledge": float(bool(_PLEDGE.search(text))),
            "idle": float(not claims and not figures(text) and len(concepts) < _TELLING),
            "item": float(not is_row(text) and not is_stopped(text)),
        }
        return StatementEvidence(concepts, merits, self._heading(concepts, claims))

    def _heading(self, concepts: frozenset[str], claims: Sequence[Claim]) -> Mapping[str, float]:
        found = {"always": 1.0}
        for aspect, count in aspects.told(concepts, self.thesaurus).items():
            found[f"told:{aspect}"] = min(count, 2)
        for id in concepts:
            found |= {f"concept:{id}": 1.0, f"kind:{self.thesaurus[id].kind}": 1.0}
        for claim in claims:
            pieces = (f"measure:{claim.measure}", f"unit:{_unit(claim.quantity.unit)}", claim.direction)
            found |= dict.fromkeys((*pieces, claim.modality), 1.0)
            if claim.counterparties:
                found["counterparty"] = 1.0
            if claim.stage:
                found[f"stage:{claim.stage}"] = 1.0
        return found


def in_context(
    headings: Sequence[Mapping[str, float]], paragraphs: Sequence[int]
) -> list[Mapping[str, float]]:
    """Return what speaks for the heading of each statement, with a part of what speaks for the others of its
    paragraph, and what the whole document is about.

    Parameters
    ----------
    headings : sequence of mapping of str to float
        Of each statement of a document, by its words alone.
    paragraphs : sequence of int
        The paragraph of each.
    """
    whole, counts = dict[int, Counter[str]](), Counter(paragraphs)
    document: Counter[str] = Counter()
    for number, own in zip(paragraphs, headings, strict=True):
        whole.setdefault(number, Counter()).update(own)
        document.update({f"all {k}": v / len(headings) for k, v in own.items() if k.startswith(_OF_ALL)})
    found = list[Mapping[str, float]]()
    for number, own in zip(paragraphs, headings, strict=True):
        others = max(counts[number] - 1, 1)
        shared = {
            k: _SHARE * (v - own.get(k, 0.0)) / others for k, v in whole[number].items() if k != "always"
        }
        found.append({**document, **{k: v + own.get(k, 0.0) for k, v in shared.items()}, "always": 1.0})
    return found


def _named(text: str, thesaurus: Thesaurus) -> frozenset[str]:
    return frozenset(mention.concept.id for mention in thesaurus.find(text))


def _count(what: str, n: int) -> float:
    return min(n, _MANY[what]) / _MANY[what]


def _unit(unit: str) -> str:
    """The kind of a unit: a price, money, or what it is, per time or not."""
    first, slash, _ = unit.partition("/")
    if _MONEY.match(first):
        return "price" if slash else "money"
    return f"{first}/" if slash else first


@cache
def weights() -> Mapping[str, Mapping[str, float]]:
    """Return the weights that come with the package: of what, piece of evidence → weight."""
    found: dict[str, dict[str, float]] = {}
    table = (resources.files("mine2magnet") / "data" / "digest_weights.csv").read_text("utf-8")
    for row in csv.DictReader(table.splitlines()):
        found.setdefault(row["of"], {})[row["evidence"]] = float(row["weight"])
    return found


def score(of: str, evidence: Mapping[str, float]) -> float:
    """Return the sum of the weights of some evidence.

    Parameters
    ----------
    of : str
        `WORTH`, `VIEWPOINT` or an aspect's id.
    evidence : mapping of str to float
    """
    table = weights()[of]
    return sum(table.get(piece, 0.0) * value for piece, value in evidence.items())


def chance(evidence: Mapping[str, float]) -> float:
    """Return how likely a digest holds a statement with such merits, 0 to 1 (logistic regression).

    Parameters
    ----------
    evidence : mapping of str to float
    """
    return 1.0 / (1.0 + math.exp(-score(WORTH, evidence)))


def headings(evidence: Mapping[str, float], thesaurus: Thesaurus) -> dict[str, float]:
    """Return how likely a statement belongs under each aspect that the thesaurus has (multinomial logit).

    Parameters
    ----------
    evidence : mapping of str to float
    thesaurus : Thesaurus

    Returns
    -------
    dict of str to float
        Adding up to 1 where it has all.
    """
    scores = {of: score(of, evidence) for of in weights() if of not in (WORTH, VIEWPOINT)}
    top = max(scores.values())
    parts = {of: math.exp(value - top) for of, value in scores.items()}
    whole = sum(parts.values())
    return {of: part / whole for of, part in parts.items() if of in thesaurus}
