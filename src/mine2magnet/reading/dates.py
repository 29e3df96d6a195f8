"""Times as pages write them. A time without a zone is meant in the zone of the page's language."""

from __future__ import annotations

import email.utils
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web: a wrong clock or a placeholder
AHEAD = timedelta(days=1)  # a date-only stamp or a fast clock may lie this far in the future
ZONES: dict[str, tzinfo] = {
    "zh": timezone(timedelta(hours=8)),  # China Standard Time, without summer time since 1991
    "ja": timezone(timedelta(hours=9)),  # Japan Standard Time, without summer time since 1951
}
_MONTHS = dict(zip("jan feb mar apr may jun jul aug sep oct nov dec".split(), range(1, 13), strict=True))  # noqa: SIM905

_CLOCK = (
    r"(?:[T,\s]*(?:at\s+)?(?P<h>\d{1,2})\s*[:时時点]\s*(?P<m>\d{2})(?:\s*[:分]\s*(?P<s>\d{2}))?(?:\.\d{1,9})?[分秒]?"
    r"\s*(?P<half>[ap]\.?m\b\.?)?"
    r"\s*(?P<zone>Z\b|UTC\b|GMT\b|JST\b|[+\-]\d{2}:?\d{2}\b|[+\-]\d{2}\b)?)?"
)
_MAIL = re.compile(r"(?:[A-Z][a-z]{2},\s*)?\d{1,2}\s+[A-Z][a-z]{2}\s+\d{2,4}\s+\d\d:")  # RFC 2822
_FORMS = tuple(
    re.compile(date + _CLOCK, re.IGNORECASE)
    for date in (
        r"(?<!\d)(?P<Y>\d{4})\s*(?P<sep>[-/.])(?P<M>\d{1,2})(?P=sep)(?P<D>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<Y>\d{4})\s*年\s*(?P<M>\d{1,2})\s*月\s*(?P<D>\d{1,2})\s*日(?:\s*[（(][月火水木金土日][）)])?",
        r"\b(?P<M>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+(?P<D>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<Y>\d{4})\b",
        r"\b(?P<D>\d{1,2})(?:st|nd|rd|th)?\.?\s+(?P<M>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,?\s+(?P<Y>\d{4})\b",
        r"(?<!\d)(?P<Y>(?:19|20)\d\d)(?P<M>[01]\d)(?P<D>[0-3]\d)(?!\d)",
    )
)


def parse(text: str, language: str) -> datetime | None:
    """The first time stated in `text`: ISO 8601, RFC 2822, 2025年6月1日 03:13, June 1, 2025 3:13 pm …

    A date alone is its midnight. None when there is no valid date.

    >>> parse("2025-06-01 03:13", "zh").isoformat()
    '2025-06-01T03:13:00+08:00'
    """
    text = text.strip()
    if _MAIL.match(text):
        try:
            time = email.utils.parsedate_to_datetime(text)
            return time.replace(tzinfo=time.tzinfo or ZONES.get(language, UTC))
        except (ValueError, OverflowError):
            return None
    matches = [m for form in _FORMS if (m := form.search(text))]
    for match in sorted(matches, key=lambda m: m.start()):
        if (found := _time(match, language)) is not None:
            return found
    return None


def plausible(time: datetime | None, now: datetime) -> datetime | None:
    """`time`, unless it lies before the web or in the future."""
    return time if time is not None and EARLIEST <= time <= now + AHEAD else None


def _time(match: re.Match[str], language: str) -> datetime | None:
    part = match.groupdict()
    month = _MONTHS.get(part["M"][:3].lower()) or int(part["M"])
    hour = int(part["h"] or 0)
    if part["half"]:
        hour = hour % 12 + (12 if part["half"].lower().startswith("p") else 0)
    try:
        return datetime(
            int(part["Y"]),
            month,
            int(part["D"]),
            hour,
            int(part["m"] or 0),
            int(part["s"] or 0),
            tzinfo=_zone(part["zone"], language),
        )
    except ValueError:
        return None


def _zone(stated: str | None, language: str) -> tzinfo:
    if not stated:
        return ZONES.get(language, UTC)
    if stated.upper() in ("Z", "UTC", "GMT"):
        return UTC
    if stated.upper() == "JST":
        return ZONES["ja"]
    sign = -1 if stated[0] == "-" else 1
    digits = stated[1:].replace(":", "").ljust(4, "0")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))
