"""What every chart has: a title, its data as SVG, rows, CSV and JSON, marks to be read, and a legend."""

from __future__ import annotations

import csv
import io
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import ClassVar

from mine2magnet.charts.svg import element, line, text, text_width
from mine2magnet.core.json import as_json

Row = dict[str, str | float | None]  # by column, named with its unit
Mark = tuple[float, float, str]  # px across and down, and what is read there, by lines
Say = Callable[[str], str]  # gives a phrase in the reader's language
MOST_ROWS = 60  # of the table behind a chart; its CSV and JSON have all
MOST_MARKS = 400
NARROW = 350  # px: a phone's 390 less its margins
SMALLEST = 10.0  # px of a title's letters
SIZE, SMALLEST_KEY = 11.0, 8.5  # px of letters, and at least in a legend
LOOK = {"font_family": "system-ui, sans-serif", "font_size": "11", "fill": "currentColor"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart(ABC):
    """A picture of data, which shows itself in a template and in a notebook.

    `id` is its name in addresses; `say` puts its own words into the reader's language.
    """

    title: str
    id: str = ""
    say: Say = str
    formats: ClassVar[tuple[str, ...]] = ("svg", "png", "csv", "json")  # at its own address

    @abstractmethod
    def as_svg(self) -> str: ...

    @abstractmethod
    def rows(self) -> list[Row]:
        """Return the data that are drawn."""

    def narrow(self) -> Chart | None:
        """Return the same for a phone, NARROW px wide; None if it is drawn no otherwise."""
        return None

    def marks(self) -> list[Mark]:
        """Return the places at which a pointer, a finger or a key reads values."""
        return []

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return heads and rows of the table behind the chart, evenly thinned to MOST_ROWS."""
        rows = self.rows()
        heads = list(dict.fromkeys(column for row in rows for column in row))
        step = -(-len(rows) // MOST_ROWS) or 1
        return heads, [[written(row.get(head)) for head in heads] for row in rows[::step]]

    def as_csv(self) -> str:
        rows, out = self.rows(), io.StringIO(newline="")
        writer = csv.DictWriter(out, list(dict.fromkeys(column for row in rows for column in row)))
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()

    def as_json(self) -> str:
        return as_json({"id": self.id, "title": self.title, "rows": self.rows()})

    def __html__(self) -> str:
        return self.as_svg()

    def _repr_svg_(self) -> str:
        return self.as_svg()

    def _repr_html_(self) -> str:
        """Return the picture with its data behind it, which a notebook has no pointer to read from."""
        heads, rows = self.table()
        head = "".join(f"<th>{escape(one)}</th>" for one in heads)
        body = "".join(f"<tr>{''.join(f'<td>{escape(one)}</td>' for one in row)}</tr>" for row in rows)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"{self.as_svg()}<details><summary>{self.say('The data')}</summary>{table}</details>"

    def framed(
        self,
        parts: Iterable[str],
        width: float,
        height: float,
        about: str,
        along: str | None = None,
        fixed: bool = False,
    ) -> str:
        """Return `parts` under the title, at least as wide as that, or if it is `fixed` with smaller letters;
        `about` is for screen readers. `along`: "x" if marks stand one after the other across."""
        size_of, em = 14.0, text_width(self.title, 1)
        if fixed and em:
            size_of = max(SMALLEST, min(size_of, (width - 16) / em))
        wide, high = f"{max(width, 16 + em * size_of):.0f}", f"{height:.0f}"
        root = {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "aria_label": self.title}
        size = {"viewBox": f"0 0 {wide} {high}", "width": wide, "height": high}
        if marks := self.marks():
            root |= {"tabindex": "0"} | ({"data_along": along} if along else {})
            root["data_marks"] = as_json([(round(x), round(y), said) for x, y, said in marks], indent=None)
        heading = element("desc", escape(about)), text(8, 18, self.title, font_size=size_of)
        return element("svg", *heading, *parts, **root, **size, **LOOK)


def written(value: str | float | None) -> str:
    """Return a value in four figures.

    >>> written(0.52836), written(12840.2), written(None), written("Nd")
    ('0.5284', '12,840', '–', 'Nd')
    """
    if value is None or isinstance(value, str):
        return "–" if value is None else value
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def slug(name: str) -> str:
    """Return a name as it stands in addresses.

    >>> slug("EV motors, Rest of Asia")
    'ev-motors-rest-of-asia'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class LegendKey:
    """What a colour stands for: a line, or a surface of some opacity."""

    name: str
    colour: str
    dash: str | None = None
    opacity: str | None = None

    @property
    def width(self) -> float:
        return 20 + text_width(self.name)

    def draw(self, x: float, y: float, room: float = math.inf) -> str:
        """Draw it from `x` on, with its name on the line `y`, in smaller letters if there is no `room`."""
        size = max(SMALLEST_KEY, min(SIZE, SIZE * (room - 18) / text_width(self.name, SIZE)))
        if self.opacity:
            mark = element(
                "rect", x=x, y=y - 9, width=10, height=10, fill=self.colour, fill_opacity=self.opacity
            )
        else:
            mark = line((x, y - 4), (x + 14, y - 4), colour=self.colour, width=2, dash=self.dash)
        return mark + text(x + 18, y, self.name, font_size=size if size < SIZE else None)


def legend_below(keys: Sequence[LegendKey], left: float, right: float, y: float) -> tuple[list[str], float]:
    """Return rows of keys from `left` to `right`, and where they end."""
    parts, x = [], left
    for key in keys:
        if x > left and x + key.width > right:
            x, y = left, y + 18
        parts.append(key.draw(x, y, right - left))
        x += key.width + 12
    return parts, y + 8


def legend_beside(
    keys: Sequence[LegendKey], wanted: Sequence[float], x: float, bottom: float
) -> Iterator[str]:
    """Draw a column of keys from `x` on, each as near to the y that it is wanted at as the others allow."""
    order, gap = sorted(range(len(keys)), key=lambda k: wanted[k]), 13.0
    y, limit = -gap, bottom + gap
    lowered = [y := max(wanted[k], y + gap) for k in order]
    for k, place in zip(reversed(order), reversed(lowered), strict=True):
        limit = min(place, limit - gap)
        yield keys[k].draw(x, limit + 4)
