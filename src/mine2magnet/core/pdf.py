"""A PDF to write on: A4 in Noto Sans CJK, of which only the characters used are embedded."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.fonts import TextStyle

FONT = "noto"
DARK, ACCENT = (28, 32, 36), (20, 83, 136)  # RGB


def sheet(title: str, *, size: float, side: float, top: float) -> FPDF:
    """An open first page in type of `size` pt, with margins in mm; that at the bottom is like the top's."""
    # Imported here: this half a second is for nobody who does not want a PDF.
    import noto_cjk_sans_jp_regular
    from fpdf import FPDF

    made = FPDF(format="A4")
    made.set_title(title)
    made.set_creator("mine2magnet")
    made.set_margins(side, top)
    made.set_auto_page_break(True, top)
    made.add_font(FONT, "", str(noto_cjk_sans_jp_regular.FONT_PATH))
    made.add_page()
    made.set_font(FONT, size=size)
    return made


def titled(made: FPDF, title: str, summary: str) -> None:
    made.write_html(f"<h1>{escape(title)}</h1><p>{escape(summary)}</p>", tag_styles=_styles())


def heading(made: FPDF, text: str) -> None:
    made.write_html(f"<h2>{escape(text)}</h2>", tag_styles=_styles())


def table(
    made: FPDF, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: bool = True
) -> None:
    """A heading and a table, in smaller type if it is wide; nothing without rows. `numbers`: all columns but
    the first are set to the right."""
    if not rows:
        return
    heading(made, title)
    made.set_font(FONT, size=6.5 if len(heads) > 8 else 9)
    with made.table(
        text_align=("LEFT", *["RIGHT" if numbers else "LEFT"] * (len(heads) - 1)),
        line_height=4,
        first_row_as_headings=False,
    ) as grid:
        for row in (heads, *rows):
            grid.row(row)
    made.set_font(FONT, size=9)


def picture(made: FPDF, svg: str, part: float | None = None) -> None:
    """An SVG over `part` of the page's width, or at 0.26 mm a pixel as on a screen; on a new page if it does
    not fit."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert box  # our own charts have one
    width, height = map(float, box.groups())
    wide = made.epw * part if part else min(width * 0.26, made.epw)
    if made.get_y() + wide * height / width > made.h - 18:
        made.add_page()
    made.image(io.BytesIO(_for_paper(svg)), w=wide)
    made.ln(2)


def as_png(svg: str, scale: float = 2.0) -> bytes:
    """Return a chart as a picture of `scale` pixels a px of its own, on white.

    The PDF that it is drawn into on the way needs no more than what reads PDFs and writes them.
    """
    from fpdf import FPDF
    from noto_cjk_sans_jp_regular import FONT_PATH
    from pypdfium2 import PdfDocument

    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert box  # our own charts have one
    made = FPDF(unit="pt", format=(float(box[1]), float(box[2])))
    made.set_margin(0)
    made.set_auto_page_break(False)
    made.add_font(FONT, "", str(FONT_PATH))
    made.add_page()
    made.set_font(FONT)
    made.image(io.BytesIO(_for_paper(svg)), x=0, y=0, w=made.w)
    held = io.BytesIO()
    PdfDocument(bytes(made.output()))[0].render(scale=scale).to_pil().save(held, "PNG")
    return held.getvalue()


def _for_paper(svg: str) -> bytes:
    """Return a chart without what only a screen has a use for, in our type."""
    svg = re.sub(r"<(title|desc)>.*?</\1>|data-marks=\"[^\"]*\"", "", svg, flags=re.DOTALL)
    return re.sub(r'font-family="[^"]*"', f'font-family="{FONT}"', svg).encode()


def _styles() -> dict[str, TextStyle]:
    from fpdf.fonts import TextStyle

    return {
        "h1": TextStyle(FONT, "", 18, ACCENT, b_margin=3),
        "h2": TextStyle(FONT, "", 12, DARK, t_margin=4),
    }
