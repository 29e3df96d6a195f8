"""As of when a figure holds, and whether it is reported, forecast, threatened or denied."""

from __future__ import annotations

import re
from bisect import bisect_left

from mine2magnet.claims import times
from mine2magnet.claims.measures import MONEY
from mine2magnet.claims.quantities import QuantityMention
from mine2magnet.claims.view import CONTRAST, STRONG, FigureContext, Sentence, Slots

_BASE_BEFORE = re.compile(
    r"(?:\bthan|\babove|\bbelow|compared (?:with|to)|versus|vs\.?|against|since|\bfrom)\s(?:in\s|the\s)?$|"
    r"[较比]$|对比$|相比$",
    re.IGNORECASE,
)

_FROM_TIME = re.compile(r"\bfrom\s(?:in\s|the\s)?$", re.IGNORECASE)

_SAID_ON = re.compile(
    r"\b(?:said|told|announced|warned|reported|showed|added)\b[^,.;]{0,24}\b(?:on\s)?$", re.IGNORECASE
)

_DAY_SAID = re.compile(r"(?<=日)(?:、|に)[^。]*(?:発表|明らか|表明|示し|述べ|公表)[^。]{0,6}た")
_YEAR_BEFORE = re.compile(r"(?<![比较])(?:(?:上年|去年|前年)同期(?!比|的|の)|上年同(?:期|月))")
_RECORD = re.compile(
    r"\b(?:\w+est|most|least|first|record|time|level)\b[^,.;]{0,20}\b(?:since|in)\s(?:the\s|mid-|early\s|late\s)*$",
    re.IGNORECASE,
)

_BASE_AFTER = re.compile(
    r"\s?(?:(?:の|的)(?:約|およそ|ほぼ|约|近)?[0-9.一二两三四五六七八九十]{1,6}倍|の(?:報告書|論評|会見|声明|論文)|的?(?:报告|评论|论文)(?!期)|比(?!例|率)|より|に比べ|相比|同期比|同月比|同期)"
)

_AFTER_TIME = re.compile(
    r"\s?(?:,\s)?(?:in|by|at|as of|for|on|during|since|through|this|until|around|a|per kilogram in|"
    r"from)?\s?(?:the\s|early\s|late\s|mid-|around\s)*",
    re.IGNORECASE,
)

_FROM_FIGURE = re.compile(
    r"(?:\bfrom\s(?:about\s|around\s|some\s|nearly\s|just\s)?[A-Z]{0,3}[$€£¥]?|[从由自](?:[^，。；,起始进買买]{0,14}))$",
    re.IGNORECASE,
)

_SPAN_BEFORE = re.compile(
    r"(?:\b(?:past|last|next|within|coming|previous|recent|every|further|another)\s(?:the\s)?(?:about\s|"
    r"around\s)?|"
    r"\b(?:over|in|for|during)\s(?:the\s)?(?:past\s|last\s|next\s|coming\s)|\b(?:in|within|over|after|"
    r"for)\s(?:about\s|around\s|some\s|just\s|only\s|under\s|less than\s|more than\s|nearly\s|a\s)?|"
    r"过去|過去|近|未来|最近|今后|今後|每隔|直近|向こう|この|ここ|用)$",
    re.IGNORECASE,
)

_PURPOSE = re.compile(r"\bto\s(?!about|around|nearly|the|an?\b|be\b|its|[A-Z0-9$])[a-z]+\b")
_THAT = re.compile(r"\b(?:that|which)\b")
_PAID = re.compile(
    r"\b(?:has|have|had|was|were|[a-z]+ed|won|spent|got|put|gave|took|set aside)\b", re.IGNORECASE
)
_STATES = re.compile(r"\b(?:which|that|who)\s(?:already\s)?(?:has|have|had|is|are|was|were)\b")
_OWN_SPANS = frozenset(("build_time", "lead_time", "licence_time"))
_SPAN_AFTER = re.compile(
    r"\s?(?:ago|earlier|later|old|from now|before|into\b|on end|in a row|straight|前(?!後)|新[低高]|后|後|内|"
    r"之内|以内(?!に.{0,3}尽)|来|以来|之间|ぶり|たち|间(?!接)|間(?!接)(?=で|に|、|は)|で(?=約?[0-9二三四五六七八九]|倍|半減)|期间)"
)

_WILL_JA = re.compile(
    r"(?:始める|開始する|稼働する|稼働させる|建設する|新設する|増やす|投資する|投じる|導入する|増産する|引き上げる|拡大する|閉鎖する|"
    r"高める|補助する|支援する|確保する|購入する|賄う|つくる|作る|買収する|取得する|出資する|合併する|発行する|設ける|建てる|進出する|"
    r"削減する|減らす|拡充する|増強する|供給する|充てる|拠出する|支出する|振り向ける|割り当てる|課す|上乗せする|"
    r"積み増す|値上げする|値下げする|採用する|創出する|打ち切る|着手する|乗り出す|設立する|立ち上げる|輸入する|輸出する|"
    r"調達する|減産する|量産する|建てる|納める|融資する|貸し付ける|買い取る|引き取る|雇用する)(?:という|と発表した)?[。」]?$"
)  # the plain form of an act at the end of a news sentence tells what is to come

_DONE_JA = re.compile(r"(?:計上|盛り込|確保|承認|可決|充て|配分)[^、。]{0,4}た[。」]?$")  # money set aside is

_TO_DO_JA = re.compile(r"(?<![いあなき])[うくすつぬむるぐぶ]と(?:発表|表明)")  # すると発表した

_THREATS = frozenset(
    ("威胁", "扬言", "警告", "threatens", "threatened", "threaten", "or face", "脅", "threat")
)


def adverbial(view: FigureContext, measure: str | None) -> bool:
    """Return whether a span of time says when or for how long, rather than being what is measured.

    Parameters
    ----------
    view : FigureContext
    measure : str or None
        The figure's, a thesaurus id.
    """
    s, f = view.s, view.figure
    own = [c for c in s.cues if c.id == measure]
    if (measure == "stock_cover" and not (own and _SPAN_AFTER.match(s.text, f.end))) or (
        measure in (*_OWN_SPANS, "stock_cover")
        and any(view.clause[0] <= c.start and c.end <= view.clause[1] for c in own)
    ):
        return False  # "run out in four weeks", "approved within 45 days"
    if _SPAN_AFTER.match(s.text, f.end):
        return True
    before = _SPAN_BEFORE.search(s.text[max(s.start, f.start - 30) : f.start])
    if not before:
        return False
    return not before[0].strip().lower().startswith(("for", "用"))


def bound_times(s: Sentence) -> dict[int, times.Time]:
    """Return the times that stand right at one figure, by the figure's start: 90% in 2010, 2023年为43万吨.

    Parameters
    ----------
    s : Sentence
    """
    bound: dict[int, times.Time] = {}
    for time in s.times:
        if time.period is None:
            continue
        i = bisect_left(s.figures, time.start, key=lambda f: f.start)
        if s.language == "en" and i:
            f = s.figures[i - 1]
            gap = s.text[f.end : time.start]
            base = _BASE_BEFORE.search(s.text[max(s.start, time.start - 16) : time.start])
            if (
                len(gap) < 40
                and not base
                and (
                    _AFTER_TIME.fullmatch(gap)
                    or re.fullmatch(
                        r"\s(?:[a-z%-]+\s){0,3}(?:in|by|during|at)\s(?:the\s|early\s|late\s)*",
                        gap,
                        re.IGNORECASE,
                    )
                )
            ):
                bound.setdefault(f.start, time)
    return bound


def _open(s: Sentence, time: times.Time) -> bool:
    """Whether it is a time since which: a change has one, a level only from a time to come."""
    period = time.period or ""
    return period.endswith("..") and not (s.today and times.bounds(period)[0] > s.today)


def _holds(s: Sentence, time: times.Time) -> bool:
    """Whether figures may hold as of a time: not one that they are compared with, that a record stood
    since, or at which someone spoke."""
    before = s.text[max(s.start, time.start - 40) : time.start]
    if s.language == "ja" and before.endswith(("は", "が")) and _DAY_SAID.match(s.text, time.end, s.end):
        return False
    if _SAID_ON.search(before) or _RECORD.search(before) or _BASE_AFTER.match(s.text, time.end):
        return False
    if _FROM_TIME.search(before) and s.text.startswith(" to ", time.end):
        return False
    return (time.period or "").endswith("..") or not _BASE_BEFORE.search(before)


def period(
    view: FigureContext, bound: dict[int, times.Time], slots: Slots, direction: str
) -> tuple[str | None, bool]:
    """Return the figure's time, and whether it is that of where something came from, not to be handed on.

    Parameters
    ----------
    view : FigureContext
    bound : mapping of int to Time
        As `bound_times` gives them.
    slots : Slots
        What figures before have handed on.
    direction : {"level", "change"}
    """
    s, f = view.s, view.figure
    came_from = _came_from(s, f)
    own = bound.get(f.start)
    if _YEAR_BEFORE.search(s.text, view.previous.end if view.previous else s.start, f.start):
        return (times.shifted(slots.period, -1) if slots.period else None), True
    if own is not None and (direction == "change" or not _open(s, own)):
        return own.period, came_from
    taken = {(t.start, t.end) for t in bound.values()}
    usable = [
        t
        for t in s.times
        if t.period
        and (t.start, t.end) not in taken
        and _holds(s, t)
        and (direction == "change" or not _open(s, t))
    ]
    low, high = max(view.left, view.clause[0]), min(view.right, view.clause[1])
    before = [t for t in usable if low <= t.start and t.end <= f.start]
    if before:
        return before[-1].period, came_from
    after = [t for t in usable if f.end <= t.start and t.end <= high]
    if after and s.language == "en" and f.quantity.unit in MONEY:
        after = [
            t
            for t in after
            if not _PURPOSE.search(s.text, f.end, t.start) and not _THAT.search(s.text, f.end, t.start)
        ]
    if after and (s.language == "en" or not slots.period):
        return after[0].period, True if s.language != "en" else came_from
    if (
        slots.period
        and (direction == "change" or not slots.period.endswith(".."))
        and not CONTRAST.search(s.text, view.left, f.start)
    ):
        return slots.period, came_from
    earlier = [t for t in usable if t.end <= f.start and not STRONG.search(s.text, t.end, f.start)]
    if earlier and (
        view.previous is None or earlier[-1].start >= view.left or earlier[0].end <= s.figures[0].start
    ):
        t = earlier[-1] if earlier[-1].start >= view.left else earlier[0]
        first = s.figures[0]
        if view.previous is None or not _came_from(s, first):
            return t.period, came_from
        return None, False
    if s.language == "en":
        if came_from or view.inserted:
            return None, False
        for later in (t for t in s.times if t.period and t.start >= f.end):
            between = [g for g in s.figures if f.end <= g.start < later.start]
            if (
                STRONG.search(s.text, f.end, later.start)
                or CONTRAST.search(s.text, f.end, later.start)
                or any(_came_from(s, g) for g in between)
            ):
                break
            if later in usable or (later.start, later.end) in taken:
                return later.period, False
    return None, False


def looks_ahead(view: FigureContext, period: str | None) -> bool:
    """Return whether a forecast stands right before a figure whose time, handed on, is past.

    Parameters
    ----------
    view : FigureContext
    period : str or None
    """
    s = view.s
    if view.previous is None or period is None or s.today is None or period.endswith(".."):
        return False
    low = max(view.left, view.clause[0])
    ahead = any(c.kind == "forecast" and low <= c.start and c.end <= view.figure.start for c in s.cues)
    return ahead and times.bounds(period)[1] < s.today


def _came_from(s: Sentence, f: QuantityMention) -> bool:
    """Whether the figure is where a change set out: from 90 %, 从97%, 97％から."""
    if s.language == "ja":
        return s.text.startswith("から", f.end)
    return bool(_FROM_FIGURE.search(s.text[max(s.start, f.start - 24) : f.start]))


def modality(view: FigureContext, slots: Slots, period: str | None) -> str:
    """Return how sure a figure is: reported, forecast, threatened or denied.

    Parameters
    ----------
    view : FigureContext
    slots : Slots
        What figures before have handed on.
    period : str or None
    """
    s, f = view.s, view.figure
    kinds = ("forecast", "threatened", "denied")
    low = view.clause[0] if view.inserted else s.start
    for strong in STRONG.finditer(s.text, low, f.start):
        low = strong.end()
    high = s.end if s.language == "ja" else view.clause[1]
    found = [
        c
        for c in s.cues
        if c.kind in kinds and low <= c.start and (c.end <= f.start or (c.start >= f.end and c.end <= high))
    ]
    if any(c.kind == "denied" for c in s.cues):
        return "denied"
    floating = any(t.floating and t.period == period for t in s.times)
    past = (
        s.today is not None
        and period is not None
        and not period.endswith("..")
        and times.bounds(period)[1] < s.today
    )
    past = past and not floating
    if view.previous is not None and slots.modality == "forecast" and period == slots.period:
        past = past and bool(STRONG.search(s.text, view.previous.end, f.start))
    if past:  # 预计2025年净利润 may be told in January 2026
        low, high = (f.end, s.end) if s.language == "ja" else (view.clause[0], f.start)
        past = not any(
            c.kind == "forecast"
            and low <= c.start
            and c.end <= high
            and s.text[c.start : c.end] in ("预计", "見込", "予定", "計画", "方針", "見通し")
            for c in s.cues
        )
    if view.previous is not None and CONTRAST.search(s.text, view.previous.end, f.start):
        return "reported"
    if _came_from(s, f) or past:
        return "reported"
    if any(s.text[c.start : c.end].lower() in _THREATS for c in s.cues if c.kind == "threatened"):
        return "threatened"
    if s.language == "en" and f.quantity.unit in MONEY:
        done = _PAID.search(s.text, low, f.start)
        found = [
            c
            for c in found
            if c.start < f.start
            or not (_THAT.search(s.text, f.end, c.end) or (done and _PURPOSE.search(s.text, f.end, c.end)))
        ]
    if s.language == "en":  # "will supply magnets from its plant, which has a capacity of"
        found = [c for c in found if not _STATES.search(s.text, c.end, f.start)]
    clause = [c for c in found if c.start >= view.clause[0] or s.language == "ja"]
    found = clause or found
    if found:
        before = [c for c in found if c.end <= f.start]
        nearest = {c.kind for c in found if not before or c.start == before[-1].start}
        return "threatened" if "threatened" in nearest else "forecast"
    if (
        s.today is not None
        and period is not None
        and not period.startswith("..")
        and times.bounds(period)[0] > s.today
        and not (s.language == "ja" and _DONE_JA.search(s.text, max(s.start, s.end - 12), s.end))
    ):
        return "forecast"
    if s.language == "ja" and (
        _WILL_JA.search(s.text, max(s.start, s.end - 12), s.end) or _TO_DO_JA.search(s.text, f.end, s.end)
    ):
        return "forecast"
    return (
        slots.modality
        if view.previous is not None
        and slots.modality == "forecast"
        and s.language != "ja"
        and not STRONG.search(s.text, view.previous.end, f.start)
        else "reported"
    )
