"""When a figure is of: a time of its sentence, what a report is of, the period of the figure before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache

from mine2magnet.claims import times
from mine2magnet.claims.context import DocumentContext, dated
from mine2magnet.claims.evidence import Candidates, Value, add
from mine2magnet.claims.layout import Sentence
from mine2magnet.claims.measures import group, sort
from mine2magnet.claims.relations import FigureContext, marked, step, within
from mine2magnet.claims.tenses import tense

EARLIER = "earlier"  # a piece of evidence: the period before the one told
_MOST = 16  # times of one sentence that are candidates
_CLOSE = 12  # characters between a figure and "a year earlier" that is of it
_CUT = re.compile(r"[，,、;；。]")
_FEW = 4  # times of another sentence that are
_REACH = 40  # characters behind a figure in which "a year earlier" stands
_LENGTHS = (  # days at most
    (0, "day"), (7, "week"), (31, "month"), (92, "quarter"), (184, "half"), (366, "year"),
)  # fmt: skip
_SAME = re.compile(
    r"\b(?:same|that|the) (?:month|period|year|quarter|week|time)\b|当月|同月|当期|同期(?!比)|报告期|期内|"
    r"本期|其中|同年|当年|"
    r"同じ|その",
    re.IGNORECASE,
)
_TIMES: dict[str, tuple[re.Pattern[str], bool]] = {
    "base": (re.compile(r"(?:\bthan|\babove|\bbelow|compared (?:with|to)|versus|vs\.?|against|"
        r"\bfrom)\s(?:in\s)?(?:(?:the|that|its)\s)?(?:(?:same|corresponding)\s(?:\w+\s){1,2}"
        r"(?:of|in)\s)?$|[较比]$|对比$|相比$", re.IGNORECASE), True),
    "said on": (re.compile(r"\b(?:said|told|announced|warned|reported|showed|added|published|released|"
        r"filed|signed|dated)\b[^,.;]{0,24}\b(?:on\s)?$", re.IGNORECASE), True),
    "record": (re.compile(r"\b(?:\w+est|most|least|first|record|time|level)\b[^,.;]{0,20}\b(?:since|"
        r"in)\s(?:the\s|mid-|early\s|late\s)*$", re.IGNORECASE), True),
    "since": (re.compile(r"\bsince\s(?:the\s)?(?:\w+\s){0,3}$|自$", re.IGNORECASE), True),
    "by": (re.compile(r"\b(?:by|until|before)\s(?:the\s)?(?:end\sof\s|early\s|late\s|mid-)?$|"
        r"[到至]$", re.IGNORECASE), True),
    "as of": (re.compile(r"\b(?:as (?:of|at)|at the end of|end-)\s?(?:the\s)?$|"
        r"截[至止到]$", re.IGNORECASE), True),
    "founded": (re.compile(r"\b(?:founded|established|set up|opened|began|started|launched|listed|"
        r"acquired|bought)\b[^,.;]{0,24}\b(?:in|on|since)\s$|(?:成立|创立|创建|始建|上市|"
        r"设立)于\s?$", re.IGNORECASE), True),
    "begins after": (re.compile(r"[^，。、,.;]{0,10}(?:成立|创立|创建|始建|投产|开工|创业|"
        r"創業|設立|創立|稼働|着工|上場)"), False),
    "base after": (re.compile(r"\s?(?:比(?!例|率)|より|に比べ|相比|同期比|同月比|同期)"), False),
    "announced": (re.compile(r"(?:、|に)?[^。、]{0,12}(?:発表|公告|公布|披露|明らか|表示|报道|発表した|"
        r"宣布|签署|签订|订立|締結)"), False),
}  # fmt: skip
_ASIDE = frozenset(("base", "said on", "base after", "announced"))
_RELATIVE = re.compile(  # 1238トンに落ち込んだ5月
    r"(?:台|前後|強|弱|超)?[にへとをまで]{0,2}[^、。0-9に]{1,12}[ただる]"
)
_DIRECT = {  # what stands between a time and a figure that is of it
    "en": re.compile(r"(?:['’]s|[’'])?\s(?:of\s|was\s|were\s|at\s)?(?:about\s|around\s|just\s|only\s)?"),
    "zh": re.compile(r"\s?(?:的|为|是|仅为?|只有)?(?:约|近|仅|只有)?\s?"),
    "ja": re.compile(r"\s?(?:の|は|には?|時点の|時点で)?(?:約)?\s?"),
}
_THEN = re.compile(
    r"\b(?:at the time|by then|back then|then|that (?:day|spring|summer|autumn))\b|当时|那时|那年|当天|"
    r"当日|当時|そのころ|同日|この日"
)
_CLOSING = re.compile(
    r"报告期末|本?期末|期末|会計年度末|四半期末|\bat (?:the )?(?:period|quarter|year)[- ]end\b|"
    r"\bat the end of the (?:period|quarter|half|year)\b"
)
_EARLIER = {  # what tells that a figure is of the period before that of its neighbour
    "year": re.compile(
        r"(?:上年|去年|前年)(?:同[期月])?(?!比)|前の年|前期(?!比)|(?:in |from |than |against )?(?:a|"
        r"the) year (?:ago|"
        r"earlier|before)|year-earlier|"
        r"(?:the )?(?:same|corresponding) (?:period|month|months|quarter|half) (?:of )?(?:last year|"
        r"a year|the previous year|in the previous)|"
        r"\b(?:previous|prior|preceding) (?:fiscal |financial )?year\b",
        re.IGNORECASE,
    ),
    "month": re.compile(r"上个?月|前月(?!比)|前の月|\b(?:previous|prior|preceding) month\b|\ba month (?:ago|"
        r"earlier|before)\b", re.IGNORECASE),
    "quarter": re.compile(r"上一?个?季度|前四半期(?!比)|\b(?:previous|prior|preceding) (?:quarter|"
        r"three months)\b|\ba quarter (?:ago|earlier|before)\b", re.IGNORECASE),
    "week": re.compile(r"上一?[周週]|前一[周週]|前週(?!比)|\b(?:previous|prior|preceding) week\b|"
        r"\ba week (?:ago|"
        r"earlier|before)\b", re.IGNORECASE),
}  # fmt: skip
_FROM = re.compile(
    r"\b(?:from|against|compared with|versus|vs\.?)\s(?:about\s|around\s|just\s|only\s|"
    r"a\s|some\s|nearly\s)*$|[从由自](?:约|近)?$",
    re.IGNORECASE,
)
_FROM_BEHIND = re.compile(r"(?:台|程度|前後|強|弱|超)?(?:から|より)")
_REPORTS = re.compile(
    r"报告期|本期|期内|\bthe (?:reporting )?period\b|\bthe (?:quarter|half[- ]year|half|month|"
    r"full year|year)\b|全年|当期|今期|通年|累計|累计",
    re.IGNORECASE,
)
_REPORT = re.compile(r"\bquarterly\b|\bhalf[- ]year(?:ly)?\b|\bannual\b|\bfull[- ]year\b", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAMES_YEAR = re.compile(
    r"[0-9]{4}|[年今去昨来本上前当同先翌]|\b(?:last|this|next|FY|fiscal|ago|earlier)\b|"
    r"'[0-9]{2}",
    re.IGNORECASE,
)
_MONTHLY = re.compile(
    r"月|四半期|季度|上期|下期|[春夏秋冬]|quarter|half|spring|summer|autumn|winter|\bQ[1-4]|\bH[12]|"
    r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)",
    re.IGNORECASE,
)


def periods(
    view: FigureContext, doc: DocumentContext, values: Mapping[str, Value], direction: str
) -> Candidates:
    """Return the periods that the figure may be of.

    Parameters
    ----------
    view : FigureContext
    doc : DocumentContext
    values : mapping of str to tuple of str
        The figure's slots filled so far, its measure among them.
    direction : {"level", "change"}
    """
    s, f = view.s, view.figure
    found = dated(s)
    if len(found) > _MOST:
        found = sorted(sorted(found, key=lambda t: abs(t.start - f.start))[:_MOST], key=lambda t: t.start)
    flags = _flags(view, found, values, direction)
    candidates: Candidates = {(): ["none", *(f"none&{flag}" for flag in flags)]}
    head, direct = _head(view, found), [t for t in found if _direct(view, t)]
    for t in found:
        pieces = _in_sentence(view, found, t, direction)
        side = "before" if t.end <= f.start else "after"
        pieces += [f"{side}&{flag}" for flag in flags[1:]]
        if t is head:
            pieces += ["head", f"head&{direction}"]
        if t in direct:
            pieces += ["direct", f"direct&{direction}"]
        _add(candidates, t.period or "", s, pieces)
        if moved := _moved(t, s):
            pieces = [*within(view, t.start, t.end), *_rank(view, found, t), "moved", f"moved:{tense(view)}"]
            _add(candidates, moved, s, pieces)
    _carried(candidates, doc, s, flags)
    _told(candidates, view, doc, values, flags)
    earlier = list(_earlier(view, doc, found, direction))
    for period, pieces in earlier:
        _add(candidates, period, s, pieces)
    gone, aside = {(period,) for period, _ in earlier}, {(t.period or "",) for t in direct}
    for value, pieces in candidates.items():
        if gone and value not in gone:
            pieces += [f"not {piece}" for piece in earlier[0][1][:-2]]
        if aside and value not in aside:
            pieces += ["not direct", f"not direct&{direction}"]
        when = _when(value[0], s.today) if value else "none"
        pieces += [f"{when}&{flag}" for flag in flags[3:]]
        if value:
            length = span(value[0], s.today)[0]
            pieces += [f"{length}&{flag}" for flag in flags[2:]]
    candidates[()] += ["told:nothing"] if doc.told is None else []
    return candidates


def _add(candidates: Candidates, period: str, s: Sentence, pieces: Sequence[str]) -> None:
    add(candidates, (period,), [*pieces, *span(period, s.today)])


def _flags(
    view: FigureContext, found: Sequence[times.Time], values: Mapping[str, Value], direction: str
) -> list[str]:
    """What the choice hangs on: whether the sentence tells a time, what the figure is, its tense."""
    s, f = view.s, view.figure
    measure = "".join(values.get("measure", ()))
    flags = ["own" if any(t.end <= f.start for t in found) else "late" if found else "bare", direction]
    flags += [
        f"group:{group(measure)}",
        f"tense:{tense(view)}",
        f"unit:{sort(f.quantity.unit)}",
        f"is:{measure}",
    ]
    left = max(view.left, view.clause[0])
    if _SAME.search(s.text, left, f.start):
        flags.append("same period")
    if _REPORTS.search(s.text, left, f.start):
        flags.append("report")
    if view.bracketed:
        flags.append("bracketed")
    if _THEN.search(s.text, left, f.start):
        flags.append("then")
    return flags


def _in_sentence(
    view: FigureContext, found: Sequence[times.Time], t: times.Time, direction: str
) -> list[str]:
    """What speaks for a time of the figure's own sentence."""
    s, f = view.s, view.figure
    pieces = [*within(view, t.start, t.end), *_rank(view, found, t), *marked(s, t.start, t.end, (direction,))]
    near = "near" if 0 <= f.start - t.end <= 2 else "far"
    if t.start > f.end and s.language == "ja" and _RELATIVE.fullmatch(s.text, f.end, t.start):
        pieces.append("relative")
    for name in _beside(s.text, s.start, t.start, t.end):
        pieces += [name, f"{name}&{direction}", f"{name}:{near}&{direction}"]
    return pieces


def _direct(view: FigureContext, t: times.Time) -> bool:
    """Whether nothing parts a time and the figure: 8月的6146吨, "July's 619", 1238トンに落ち込んだ5月."""
    s, f = view.s, view.figure
    if t.start >= f.end:
        return s.language == "ja" and bool(_RELATIVE.fullmatch(s.text, f.end, t.start))
    return view.left <= t.start and bool(_DIRECT[s.language].fullmatch(s.text, t.end, f.start))


def _head(view: FigureContext, found: Sequence[times.Time]) -> times.Time | None:
    """The last time before the figure that is no base of a comparison and no day of saying so."""
    for t in reversed(found):
        if t.end <= view.figure.start and not _aside(view.s, t):
            return t
    return None


def _aside(s: Sentence, t: times.Time) -> bool:
    return not _ASIDE.isdisjoint(_beside(s.text, s.start, t.start, t.end))


@lru_cache(maxsize=4096)
def _beside(text: str, low: int, start: int, end: int) -> tuple[str, ...]:
    """What the words beside a time at [start, end) say of it: keys of `_TIMES`."""
    head = text[max(low, start - 40) : start]
    return tuple(
        name
        for name, (pattern, before) in _TIMES.items()
        if (pattern.search(head) if before else pattern.match(text, end))
    )


def _rank(view: FigureContext, found: Sequence[times.Time], t: times.Time) -> list[str]:
    ahead = t.end <= view.figure.start
    if ahead:
        between = sum(k.start >= t.end and k.end <= view.figure.start for k in found)
    else:
        between = sum(k.start >= view.figure.end and k.end <= t.start for k in found)
    pieces = [f"{'before' if ahead else 'after'}#{min(between, 2)}"]
    return [*pieces, "only"] if len(found) == 1 else pieces


def _moved(t: times.Time, s: Sentence) -> str:
    """A month named without its year, a year later: in October read in August may be over or to come."""
    period = t.period or ""
    if s.today is None or ".." in period or _NAMES_YEAR.search(s.text, t.start, t.end):
        return ""
    low, high = times.bounds(period)
    if not _MONTHLY.search(s.text, t.start, t.end) or high >= s.today or (high - low).days > 184:
        return ""
    return times.shifted(period, 1)


def _carried(candidates: Candidates, doc: DocumentContext, s: Sentence, flags: Sequence[str]) -> None:
    """Add the times of title, heading, lead and the sentences before, and those told most."""
    first = next((t for other in (*doc.title, *doc.lead) for t in dated(other)), None)
    if first is not None:
        _add(candidates, first.period or "", s, ["first", *(f"first&{flag}" for flag in flags)])
    for where, other in doc.around():
        at = f"at:{where}"
        for i, t in enumerate(dated(other)[:_FEW]):
            pieces = [at, f"{at}:{min(i, 2)}", *(f"{at}&{flag}" for flag in flags)]
            pieces += [f"at:{p}" for p in span(t.period or "", s.today)]
            _add(candidates, t.period or "", s, pieces)
    for period in _reported(doc):
        _add(candidates, period, s, ["reported", *(f"reported&{flag}" for flag in flags)])
    if s.today is not None:
        _add(candidates, s.today.isoformat(), s, ["published", *(f"published&{flag}" for flag in flags)])
    if first is not None and ".." not in (first.period or "..") and _CLOSING.search(s.text, s.start, s.end):
        closing = times.bounds(first.period or "")[1].isoformat()
        _add(candidates, closing, s, ["closing", *(f"closing&{flag}" for flag in flags)])
    for i, period in enumerate(doc.periods):
        _add(candidates, period, s, [f"top{i}", *(f"top{i}&{flag}" for flag in flags)])


def _reported(doc: DocumentContext) -> Iterator[str]:
    """The quarter, half or year that a report is of, if its title names only the last day."""
    for s in doc.title:
        named = _REPORT.search(s.text)
        day = next((t.period for t in dated(s) if _DAY.fullmatch(t.period or "")), None)
        if named and day and (date.fromisoformat(day) + timedelta(1)).day == 1:
            months = {"q": 3, "h": 6}.get(named[0][0].lower(), 12)
            yield f"{_months_back(day[:7], months - 1)}/{day[:7]}"


def _told(
    candidates: Candidates,
    view: FigureContext,
    doc: DocumentContext,
    values: Mapping[str, Value],
    flags: Sequence[str],
) -> None:
    """Add the period of the figure before, and the last period told."""
    if doc.told is None:
        return
    where = f"told:{doc.told_at()}"
    of = doc.told.slots
    same = "same" if of.get("measure") == values.get("measure") else "other"
    alike = [
        f"{slot}:{'same' if of.get(slot) == values.get(slot) else 'other'}"
        for slot in ("subject", "material")
    ]
    pieces = [where, f"{where}&{same}", f"told:{doc.row}", *(f"{where}&{flag}" for flag in flags)]
    pieces += [f"told&{slot}" for slot in alike]
    if told := of.get("period", ()):
        _add(candidates, told[0], view.s, pieces)
    else:
        candidates[()] += [f"{piece}:none" for piece in pieces]
    if (lately := doc.lately.get("period", "")) and (lately,) != told:
        _add(candidates, lately, view.s, ["lately", f"lately&{same}", *(f"lately&{flag}" for flag in flags)])
    if doc.previous and (doc.previous,) != told:
        origin = "from" if _origin(view) else "plain"
        pieces = ["previous", f"previous&{same}", f"previous:{origin}", f"previous:{origin}&{same}"]
        _add(candidates, doc.previous, view.s, [*pieces, *(f"previous&{flag}" for flag in flags)])


def _earlier(
    view: FigureContext, doc: DocumentContext, found: Sequence[times.Time], direction: str
) -> Iterator[tuple[str, list[str]]]:
    """The periods a year, quarter, month or week before the one told: 上年同期为49.8%, from 88 %."""
    s, f = view.s, view.figure
    told = doc.told.slots.get("period", ()) if doc.told else ()
    bases = dict.fromkeys((*told, *(t.period or "" for t in found[:1]), *doc.periods[:1]))
    low, high = view.left, min(view.right, f.end + _REACH)
    origin = _origin(view)
    column = doc.column.text if doc.column is not None else ""
    for unit, pattern in _EARLIER.items():
        at = pattern.search(s.text, low, high)
        headed = bool(pattern.search(column))
        if at is None and not headed and not (origin and unit == "year"):
            continue
        pieces = [
            EARLIER,
            f"earlier:{unit}",
            f"earlier:{direction}",
            f"earlier:{'from' if origin else 'plain'}&{direction}",
        ]
        if headed:
            pieces += ["earlier:column", f"earlier:column&{direction}"]
        if at is None:
            pieces.append("earlier:untold")
        else:
            side = "before" if at.end() <= f.start else "after"
            pieces += [f"earlier:{side}:{step(s, abs(at.start() - f.start))}", f"earlier:{side}&{direction}"]
        close = "untold" if at is None else "close" if _close(view, at.start(), at.end()) else "loose"
        pieces.append(f"earlier:{close}:{'from' if origin else 'plain'}&{direction}")
        if at is not None:
            pieces.append(f"earlier:{unit}:{close}:{'<' if at.end() <= f.start else '>'}&{direction}")
        for i, base in enumerate(bases):
            if base and (period := before(base, unit)):
                yield period, [*pieces, f"earlier#{i}", "earlier:told" if (base,) == told else "earlier:own"]


def _origin(view: FigureContext) -> bool:
    """Whether the figure is where a change sets out: from 43,000 t, 43,000トンから."""
    s, f = view.s, view.figure
    return bool(
        _FROM.search(s.text[max(s.start, f.start - 24) : f.start]) or _FROM_BEHIND.match(s.text, f.end)
    )


def _close(view: FigureContext, start: int, end: int) -> bool:
    """Whether words stand right behind the figure, or before it with nothing but a few words between."""
    f = view.figure
    if start >= f.end:
        return start - f.end <= _CLOSE
    return 0 <= f.start - end <= _CLOSE and not _CUT.search(view.s.text, end, f.start)


def before(period: str, unit: str) -> str:
    """Return the period that lies a year, quarter, month or week before one, "" where there is none.

    Parameters
    ----------
    period : str
    unit : {"year", "quarter", "month", "week"}

    Examples
    --------
    >>> before("2025-01/2025-06", "year"), before("2025-01", "month"), before("2025-07/2025-09", "quarter")
    ('2024-01/2024-06', '2024-12', '2025-04/2025-06')
    """
    if ".." in period:
        return ""
    if unit == "year":
        return times.shifted(period, -1)
    if unit == "week":
        low, high = (end - timedelta(7) for end in times.bounds(period))
        return f"{low.isoformat()}/{high.isoformat()}" if (high - low).days in (4, 6) else ""
    months = 3 if unit == "quarter" else 1
    ends = period.split("/")
    low, high = times.bounds(period)
    count = (high.year - low.year) * 12 + high.month - low.month + 1
    if count != months or any(len(end) != len("2025-01") for end in ends):
        return ""
    return "/".join(_months_back(end, months) for end in ends)


def _months_back(month: str, count: int) -> str:
    number = 12 * int(month[:4]) + int(month[5:]) - 1 - count
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


@lru_cache(maxsize=4096)
def span(period: str, today: date | None) -> tuple[str, ...]:
    """Return how long a period is, and whether it is over at publication, as pieces of evidence.

    Parameters
    ----------
    period : str
    today : date or None
        The day of publication.

    Examples
    --------
    >>> span("2025-04", date(2025, 6, 1))
    ('span:month', 'span:over', 'span:month:over')
    """
    low, high = times.bounds(period)
    if ".." in period:
        length = "since" if period.endswith("..") else "until"
    else:
        length = next((name for most, name in _LENGTHS if (high - low).days <= most), "long")
    if today is None:
        return (f"span:{length}",)
    when = _when(period, today)
    return f"span:{length}", f"span:{when}", f"span:{length}:{when}"


@lru_cache(maxsize=4096)
def _when(period: str, today: date | None) -> str:
    if today is None:
        return "undated"
    low, high = times.bounds(period)
    return "ahead" if low > today else "over" if high < today else "now"
