"""The fiscal year and quarter that a company's report, or a call on it, is about.

What an upload states in its metadata (`fiscal_year`, `fiscal_quarter`) counts; else what the title says. An
annual report is of a year as a whole, and passes a filter by year alone, or by its last quarter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mine2magnet.model import Document, Upload

_YEAR = re.compile(r"(?<!\d)(?:FY\s*'?|fiscal\s+(?:year\s+)?)?(20\d\d)(?!\d)", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"(?:FY|Q[1-4]\s*|[1-4]Q)\s*'?(\d\d)(?!\d)", re.IGNORECASE)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "一": 1, "二": 2, "三": 3, "四": 4}
_QUARTER = re.compile(
    r"\bQ\s?([1-4])(?!\d)|(?<!\d)([1-4])Q|(first|second|third|fourth)[\s-]+quarter|"
    r"第?([一二三四1-4])季[度报]|第\s?([1-4一二三四])四半期",
    re.IGNORECASE,
)
_HALF = re.compile(r"半年(?:度|报)|中[报期]|half[\s-]year|interim (?:report|results)|中間決算", re.IGNORECASE)
_ANNUAL = re.compile(
    r"年度报告|年报|年报摘要|annual (?:report|results)|\b10-K\b|有価証券報告書|通期", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Period:
    """`quarter` 1 … 4, 0 if only the year is known."""

    year: int
    quarter: int


def period(title: str) -> Period | None:
    """
    >>> period("MP Materials Q3 2025 earnings call"), period("北方稀土2024年年度报告")
    (Period(year=2025, quarter=3), Period(year=2024, quarter=4))
    """
    if found := _YEAR.search(title):
        year = int(found[1])
    elif found := _SHORT_YEAR.search(title):
        year = 2000 + int(found[1])
    else:
        return None
    quarter = 0
    if found := _QUARTER.search(title):
        said = next(filter(None, found.groups())).lower()
        quarter = _ORDINALS.get(said) or int(said)
    elif _HALF.search(title):
        quarter = 2
    elif _ANNUAL.search(title):
        quarter = 4
    return Period(year, quarter)


def passes(document: Document, upload: Upload | None, year: str, quarter: str) -> bool:
    """Return whether it is of this year ("2025") and quarter ("Q3"); "" asks for none."""
    stated = upload.metadata if upload else {}
    told = period(document.title)
    of_year = str(stated.get("fiscal_year") or (told.year if told else ""))
    of_quarter = str(stated.get("fiscal_quarter") or (f"Q{told.quarter}" if told else "")).upper()
    return (not year or of_year == year) and (not quarter or of_quarter == quarter.upper())
