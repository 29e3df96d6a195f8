"""A PDF to write on: A4 in Noto Sans CJK, of which only the characters used are embedded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpdf import FPDF

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
