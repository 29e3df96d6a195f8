"""A tree from left to right: what parts into what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mine2magnet.charts.chart import NARROW, Chart, Row, Say
from mine2magnet.charts.svg import line, text

TOP, ACROSS, APART = 44, 150, 34  # px: above the first leaf, from a branch to its children, between leaves
INDENT, LINE = 18, 26  # px: of an outline


@dataclass(frozen=True, slots=True)
class Branch:
    """A name with a note under it; `dash` is that of the line that leads here."""

    name: str
    note: str = ""
    dash: str | None = None
    children: tuple[Branch, ...] = ()

    def rows(self, say: Say = str) -> Iterator[Row]:
        for child in self.children:
            yield {say("from"): self.name, say("note"): self.note, say("to"): child.name}
            yield from child.rows(say)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeChart(Chart):
    """`outline`: a branch a line, its children below and further in, as a phone has room for."""

    root: Branch
    outline: bool = False

    def narrow(self) -> TreeChart:
        return replace(self, outline=True)

    def as_svg(self) -> str:
        return self._outlined() if self.outline else self._across()

    def _outlined(self) -> str:
        parts: list[str] = []
        y = float(TOP)

        def draw(branch: Branch, x: float) -> None:
            nonlocal y
            at = y
            said = f"{branch.name}: {branch.note}" if branch.children else branch.name
            parts.append(text(x, at + 4, said, font_size=12 if not branch.children else 11))
            for child in branch.children:
                y += LINE
                parts.append(line((x + 4, at + 10), (x + 4, y), (x + INDENT - 4, y), dash=child.dash))
                draw(child, x + INDENT)

        draw(self.root, 12)
        return self.framed(parts, NARROW, y + LINE, self.root.name, fixed=True)

    def _across(self) -> str:
        parts: list[str] = []
        right, bottom = 0.0, float(TOP)

        def draw(branch: Branch, x: float) -> float:
            nonlocal right, bottom
            if not branch.children:
                parts.append(text(x, bottom + 4, branch.name, font_size=12))
                right, bottom = max(right, x + ACROSS), bottom + APART
                return bottom - APART
            ends = [draw(child, x + ACROSS) for child in branch.children]
            y = (ends[0] + ends[-1]) / 2
            for child, end in zip(branch.children, ends, strict=True):
                parts.append(line((x + 96, y), (x + ACROSS - 6, end), dash=child.dash))
            parts.extend(
                (text(x, y - 2, branch.name, font_size=10), text(x, y + 11, branch.note, font_size=10))
            )
            return y

        draw(self.root, 12)
        return self.framed(parts, right, bottom, self.root.name)

    def rows(self) -> list[Row]:
        return list(self.root.rows(self.say))
