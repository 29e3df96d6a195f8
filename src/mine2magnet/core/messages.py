"""The messages of the interface in each of its languages, and times as that language writes them."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources

from mine2magnet.core.errors import UserError
from mine2magnet.model import LANGUAGES

NAMES = {"en": "English", "zh": "中文", "ja": "日本語"}  # each in itself
PHRASES = (
    "errors",
    "chain/names",
    "separation/names",
    "api",
)  # tables of what is said, by its English wording
OWN = r"[^\W\d_]{2}|e\.g\.|[^\x00-\x7f]"  # by which a phrase with names in braces is known
LONGEST = 4000  # characters that are looked through for phrases
DEEPEST = 6  # phrases within phrases

BILLION = 1e9
MYRIAD = {"zh": 1e8, "ja": 1e8}  # what billions are counted in: 亿, 億

NUMBER = r"[-−+]?[\d.,]+(?:e[-+]?\d+)?"
_FIELD = re.compile(r"\{(\w+)\}")
HTML = {"en": "en", "zh": "zh-Hans", "ja": "ja"}  # what the interface's own words are written in


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """Return the messages by key and language."""
    return {row["key"]: {code: row[code] for code in LANGUAGES} for row in _rows() if row["key"]}


@cache
def phrases() -> Mapping[str, Mapping[str, str]]:
    """Return what tables, charts, errors and descriptions say, by its English wording and language.

    These are the messages without a key, and the tables of PHRASES. `{name}` stands for words that are put
    into the language in turn, `{_name}` for what stays as it is, `{_n1}` for a number, `{_b1}` for a
    number of billions, which Chinese and Japanese count in hundreds of millions.
    """
    rows = [row for row in _rows() if not row["key"]]
    rows += [row for name in PHRASES for row in _rows(name)]
    return {row["en"]: {code: row[code] for code in LANGUAGES} for row in rows}


@cache
def _rows(name: str = "messages") -> Sequence[Mapping[str, str]]:
    table = (resources.files("mine2magnet") / "data" / f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(table.splitlines()))


@cache
def _forms() -> Sequence[tuple[re.Pattern[str], str]]:
    """Return the phrases with names in braces as patterns, those first that say most themselves."""
    made = []
    for said in phrases():
        start, *parts = _FIELD.split(said)
        names, texts = parts[::2], parts[1::2]
        own = start + "".join(texts)
        if names and re.search(OWN, own):
            rest = (
                f"(?P<{name}>{NUMBER if re.match(r'_[nb][0-9]', name) else '.+?'}){re.escape(text)}"
                for name, text in zip(names, texts, strict=True)
            )
            made.append((len(own), re.compile(re.escape(start) + "".join(rest), re.DOTALL), said))
    return [(pattern, said) for _, pattern, said in sorted(made, key=lambda one: -one[0])]


@lru_cache(maxsize=16_384)
def _said(text: str, language: str, depth: int = 0) -> str:
    known = phrases()
    if text in known:
        return known[text][language]
    if depth > DEEPEST or len(text) > LONGEST:
        return text
    for arrow in (" ← ", " → "):
        if (chain := text.split(arrow))[1:]:
            return arrow.join(_said(part, language, depth + 1) for part in chain)
    for pattern, said in _forms():
        if found := pattern.fullmatch(text):
            made = known[said][language]
            for name, value in found.groupdict().items():
                own = value if name.startswith("_") else _said(value, language, depth + 1)
                if re.fullmatch(r"_b[0-9]", name) and language in MYRIAD:
                    own = f"{float(value.replace(',', '')) * BILLION / MYRIAD[language]:,.0f}"
                made = made.replace(f"{{{name}}}", own)
            return made
    for separator, key in ((", ", "list.comma"), ("; ", "list.semicolon")):
        parts = text.split(separator)
        if len(parts) > 1 and any(part in known for part in parts):
            return messages()[key][language].join(_said(part, language, depth + 1) for part in parts)
    return text


@dataclass(frozen=True, slots=True)
class Translator:
    """Calls give the message of a key in one language; `n` picks singular or plural ("one|many")."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        text = messages()[key][self.language]
        if "|" in text:
            one, many = text.split("|")
            text = one if values.get("n") == 1 else many
        return text.format(**values) if values else text

    def say(self, text: str) -> str:
        """Return what tables, charts and errors say in this language; names and numbers stay as they are.

        >>> Translator("zh").say("EV motors, Europe"), Translator("zh").say("Dy")
        ('电动车电机、欧洲', 'Dy')
        """
        return text if self.language == "en" else _said(text, self.language)

    def error(self, error: UserError) -> str:
        """Return what is wrong and how to mend it, in this language.

        >>> Translator("zh").error(UserError("no figure with a unit: 'x'", hint="use 1 to 65535"))
        "没有带单位的数字：'x'（用 1 至 65535）"
        """
        what = self.say(error.what)
        return self("in.brackets", of=what, what=self.say(error.hint)) if error.hint else what

    def billions(self, value: float, places: int = 1, sign: bool = False) -> str:
        """Return a sum as it is told under "billion USD", with as many figures in every language.

        >>> Translator("en").billions(117.93e9), Translator("zh").billions(117.93e9)
        ('117.9', '1,179')
        """
        size = MYRIAD.get(self.language, BILLION)
        left = max(places - round(math.log10(BILLION / size)), 0)
        return f"{value / size:{'+' if sign else ''},.{left}f}"

    def unit(self, unit: str, n: float = 2) -> str:
        """Return a unit in this language; symbols and currency codes are the same everywhere.

        >>> Translator("zh").unit("t/year"), Translator("en").unit("week", 1)
        ('吨/年', 'week')
        """
        above, slash, below = unit.partition("/")
        keys = [f"unit.{part}" for part in ((above, below) if slash else (above,))]
        return "/".join(
            self(key, n=number) if key in messages() else key.removeprefix("unit.")
            for key, number in zip(keys, (n, 1), strict=False)
        )

    def language_name(self, code: str) -> str:
        key = f"language.{code}"
        return self(key) if key in messages() else code

    def reports(self, languages: Iterable[str]) -> str:
        """Say how many reports there are in each language.

        >>> Translator("en").reports(["zh", "ja", "zh"]), Translator("ja").reports(["zh"])
        ('2 Chinese reports and 1 Japanese report', '中国語の記事 1 件')
        """
        counted = Counter(languages).most_common()
        told = [self("copies.report", n=n, language=self.language_name(code)) for code, n in counted]
        first, last = self("list.comma").join(told[:-1]), told[-1:]
        return self("list.and").join(filter(None, (first, *last)))

    def when(self, time: datetime | None, *, date_only: bool = False) -> str:
        """A time in the zone it was stated in; midnight sharp is taken as a date without a time.

        >>> from datetime import timezone
        >>> time = datetime(2025, 6, 1, 3, 13, tzinfo=timezone(timedelta(hours=8)))
        >>> Translator("en").when(time), Translator("ja").when(time)
        ('1 Jun 2025, 03:13 UTC+8', '2025年6月1日 03:13 UTC+8')
        """
        if time is None:
            return self("undated")
        day = self.day(time)
        if date_only or (time.hour, time.minute, time.second) == (0, 0, 0):
            return day
        return self("date.time", date=day, time=f"{time:%H:%M} {zone(time)}")

    def day(self, day: date) -> str:
        return self("date", year=day.year, month=self._month(day), day=day.day)

    def month(self, day: date) -> str:
        return self("date.month", year=day.year, month=self._month(day))

    def _month(self, day: date) -> str:
        return self("months").split()[day.month - 1]

    def period(self, period: str) -> str:
        """Return an ISO 8601 date, month, year or interval of them in words.

        >>> Translator("en").period("2025-07/.."), Translator("zh").period("2025")
        ('since Jul 2025', '2025年')
        """
        first, slash, last = period.partition("/")
        if not slash:
            return self._time(first)
        if last == "..":
            return self("period.since", time=self._time(first))
        if first == "..":
            return self("period.until", time=self._time(last))
        return f"{self._time(first)} – {self._time(last)}"

    def _time(self, written: str) -> str:
        year, *rest = map(int, written.split("-"))
        match rest:
            case []:
                return self("date.year", year=year)
            case [month]:
                return self.month(date(year, month, 1))
            case _:
                return self.day(date(year, *rest[:2]))


def zone(time: datetime) -> str:
    """The offset from UTC as people write it.

    >>> from datetime import timezone
    >>> zone(datetime(2025, 6, 1, tzinfo=timezone(timedelta(hours=5, minutes=30))))
    'UTC+5:30'
    """
    offset = time.utcoffset() or timedelta()
    minutes = abs(offset) // timedelta(minutes=1)
    if not minutes:
        return "UTC"
    sign = "-" if offset < timedelta() else "+"
    return f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")
