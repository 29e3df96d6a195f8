"""What tells of whom and of what a figure speaks: the marks of a name's role, as features to weigh."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mine2magnet.claims.cues import Cue, voices
from mine2magnet.claims.view import STRONG, SUBJECTS, Slots, View

_WORD_BEFORE = re.compile(r"([A-Za-z]+|[,;:(\"“])\s?(?:(?:the|its|their|a|an)\s)?$", re.IGNORECASE)
_WORD_AFTER = re.compile(r"\s?('s|’s|-[a-z]+|[a-z]+|[,;:)\"”])")
_FUNCTION_EN = frozenset(
    "of in from to for by with at than on against into as including and or over near outside between "
    "among per while but that which who said is was are were has have had will would could may can , ; : ( ) 's ’s "
    "-based -listed -owned because after since when if plans aims expects says".split()
)
_BEFORE_ZH = re.compile(
    r"(?:出口至|出口到|来自|依赖|对于|由于|相比|[，。；：、（(“]|[对从自向由在受据与和及较比除往给以为占被让使令将把因的是，])$"
)
_AFTER_ZH = re.compile(
    r"(?:企业|公司|集团|政府|方面|以外|之外|出口|进口|市场|国内|本土|等|的|在|将|对|从|已|占|至|约|仅|为|是|与|和|及|、|，|：|（|\()"
)
_AFTER_JA = re.compile(
    r"(?:など)?(?:では|には|からの|から|までに|まで|向けの|向け|への|との|によると|による|以外|に占める|産|製|企業|政府|国内|市場|は|が|の|を|に|で|と|も|や|、|・|（|\()"
)
_TOPIC_JA = re.compile(r"(?:(?![でに]は)[^、。]){0,16}?(?:は|が)(?!なけ|あ)")
_ADJECTIVE = re.compile(r"(?:ese|an|ish|ch|man|ic)$")
_GROUPS = {
    "share": "share", "market_share": "share", "share_of_production": "share", "share_of_capacity": "share",
    "exports": "trade", "imports": "trade", "share_of_imports": "dependence",
    "price": "price", "price_floor": "price",
    "production": "made", "capacity": "made", "reserves": "made", "quota": "made",
    "revenue": "firm", "profit": "firm", "share_price": "firm", "jobs": "firm",
    "investment": "spent", "subsidy": "given", "loan": "given",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may fill a slot, with what speaks for and against it."""

    ids: tuple[str, ...]
    features: list[str]
    cue: Cue | None = None


def _role(view: View, c: Cue) -> list[str]:
    s = view.s
    if s.language == "ja":
        m = _AFTER_JA.match(s.text, c.end)
        after = m[0].removeprefix("など") if m else "w"
        before = s.text[max(s.start, c.start - 1) : c.start]
        return [
            f"a={after}",
            "b=" + (before if before in "、。の・と「（(やでは" else "w") if before else "b=^",
            f"topic={bool(_TOPIC_JA.match(s.text, c.end, min(s.end, c.end + 24)))}",
        ]
    if s.language == "zh":
        head = s.text[max(s.start, c.start - 4) : c.start]
        m = _BEFORE_ZH.search(head)
        n = _AFTER_ZH.match(s.text, c.end)
        return [f"b={'^' if not head else m[0] if m else 'w'}", f"a={n[0] if n else 'w'}"]
    head = s.text[max(s.start, c.start - 24) : c.start]
    m = _WORD_BEFORE.search(head)
    word = m[1].lower() if m else "^" if not head.strip() else "w"
    n = _WORD_AFTER.match(s.text, c.end)
    after = n[1].lower() if n else "w"
    return [
        f"b={word if word in _FUNCTION_EN or word == '^' else 'w'}",
        f"a={after if after in _FUNCTION_EN else 'w'}",
        f"adj={c.kind == 'country' and bool(_ADJECTIVE.search(s.text[c.start : c.end]))}",
    ]


def _bucket(n: int, edges: tuple[int, ...]) -> int:
    return sum(n >= e for e in edges)


def _place(view: View, c: Cue, rivals: list[Cue]) -> list[str]:
    s, f = view.s, view.figure
    before = c.end <= f.start
    low, high = (c.end, f.start) if before else (f.end, c.start)
    clauses = sum(low < x <= high + (not before) for x in s.clauses)
    figures = sum(low <= g.start and g.end <= high for g in s.figures)
    between = len({r.id for r in rivals if low <= r.start and r.end <= high and r.id != c.id})
    scale = 1 if s.language == "en" else 2
    side = "<" if before else ">"
    return [
        f"side={side}",
        f"cl={side}{min(clauses, 3)}",
        f"fig={side}{min(figures, 2)}",
        f"clfig={side}{min(clauses, 2)}{min(figures, 1)}",
        f"riv={side}{min(between, 2)}",
        f"dist={side}{_bucket((high - low) * scale, (3, 10, 25, 50, 90))}",
        f"first={not any(r.start < c.start for r in rivals)}",
        f"strong={side}{bool(STRONG.search(s.text, low, high))}",
        f"own={view.left <= c.start and c.end <= view.right}",
    ]


def subject_candidates(view: View, slots: Slots, measure: str | None) -> list[Candidate]:
    s = view.s
    rivals = [c for c in s.cues if c.kind in SUBJECTS or c.kind == "product"]
    m, group = measure or "none", _GROUPS.get(measure or "", measure or "none")
    out = []
    for c in rivals:
        kind = "world" if c.id == "world" else "industry" if c.id.endswith("_industry") else c.kind
        role, place = _role(view, c), _place(view, c, rivals)
        near = next(p for p in place if p.startswith("clfig="))
        features = [
            f"kind={kind}",
            f"g={group},kind={kind}",
            f"m={m},kind={kind}",
            f"said={s.spoken(c)}",
            f"said={s.spoken(c)},g={group}",
            f"said={s.spoken(c)},kind={kind}",
            f"voice={c.id in voices()}",
            f"carried={(c.id,) == slots.subjects},{view.previous is not None}",
            *place,
            *role,
            *(f"{r},{near}" for r in role),
            *(f"{r},g={group}" for r in role),
            *(f"{r},kind={kind}" for r in role[:2]),
            f"{role[0]},{role[1]}",
            f"{near},kind={kind}",
            f"others={len({r.id for r in rivals if r.kind != 'product' and r.id != c.id}) > 0},kind={kind}",
        ]
        out.append(Candidate((c.id,), features, c))
    if slots.subjects:
        kinds = {s.thesaurus[i].kind for i in slots.subjects}
        out.append(
            Candidate(
                slots.subjects,
                [
                    "inherit",
                    f"inherit,prev={view.previous is not None}",
                    f"inherit,g={group}",
                    f"inherit,same={slots.measure == measure}",
                    f"inherit,{'/'.join(sorted(kinds))}",
                    f"inherit,strong={bool(STRONG.search(s.text, view.left, view.figure.start))}",
                    f"inherit,own={any(view.left <= c.start and c.end <= view.figure.start and c.kind != 'product' for c in rivals)}",
                ],
            )
        )
    out.append(Candidate((), ["none", f"none,g={group}", f"none,m={m}", f"none,carried={bool(slots.subjects)}",
                              f"none,prev={view.previous is not None},carried={bool(slots.subjects)}",
                              f"none,rivals={min(len({r.id for r in rivals if r.kind != 'product'}), 2)}"]))
    return out


def _unit_class(unit: str) -> str:
    head, _, per = unit.partition("/")
    if per in ("t", "kg", "g", "lb"):
        return "price"
    return head


def material_candidates(view: View, slots: Slots, measure: str | None, kind: str = "material") -> list[Candidate]:
    s = view.s
    rivals = [c for c in s.cues if c.kind == kind]
    m, group = measure or "none", _GROUPS.get(measure or "", measure or "none")
    unit = _unit_class(view.figure.quantity.unit)
    text = s.text
    out = []
    carried = slots.materials if kind == "material" else (slots.stage,) if slots.stage else ()
    for c in rivals:
        place = _place(view, c, rivals)
        near = next(p for p in place if p.startswith("clfig="))
        follows = next((k.kind for k in s.cues if k.kind in ("measure", "stage", "product", "material") and 0 <= k.start - c.end <= 1), "w")
        follows_price = "p" if any(k.kind == "measure" and k.id == measure and k.start >= c.end and k.start - c.end < 12 for k in s.cues) else ""
        role = _role(view, c)
        features = [
            f"g={group}", f"m={m}", f"u={unit}", f"g={group},{near}", f"m={m},{near}", f"u={unit},{near}",
            f"said={s.spoken(c)}",
            f"carried={(c.id,) == carried},{view.previous is not None}",
            f"of={view.of},{near}",
            f"follows={follows}", f"follows={follows},{near}", f"fp={follows_price}", f"fp={follows_price},{near}",
            f"gap={text[view.figure.end:c.start] if 0 <= c.start - view.figure.end < 4 else ''}",
            *place, *role,
            *(f"{r},{near}" for r in role),
            *(f"{r},g={group}" for r in role[:2]),
        ]
        if kind == "stage":
            features.append("word=" + text[c.start : c.end].lower())
        out.append(Candidate((c.id,), features, c))
    if carried:
        out.append(Candidate(carried, ["inherit", f"inherit,g={group}", f"inherit,m={m}", f"inherit,u={unit}",
                                       f"inherit,same={slots.measure == measure}",
                                       f"inherit,strong={bool(STRONG.search(text, view.left, view.figure.start))}",
                                       f"inherit,own={any(view.left <= c.start and c.end <= view.figure.start for c in rivals)}"]))
    out.append(Candidate((), ["none", f"none,g={group}", f"none,m={m}", f"none,u={unit}", f"none,carried={bool(carried)}",
                              f"none,any={bool(rivals)}", f"none,u={unit},g={group}"]))
    return out
