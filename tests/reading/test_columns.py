"""Columns side by side: real PDFs drawn line by line across them, and pages that must stay as they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st
from noto_cjk_sans_jp_regular import FONT_PATH

from mine2magnet.model import Document
from mine2magnet.reading import columns, pdf
from mine2magnet.reading.columns import Box

LEFT = [f"左の段の第{i}行は磁石の在庫が六週間に減ったと述べる" for i in "一二三四五六七八"]
RIGHT = [f"右の段の第{i}行は輸出許可の審査が長引くと伝える文" for i in "一二三四五六七八"]
WIDE = "紙面の幅いっぱいに置かれた見出しはどちらの段のものでもなく、二つの段より先に、または後に読まれる。"


def read(pieces: Iterable[tuple[float, float, str]], size: int = 9) -> Document:
    """A page with each piece at (x, y) in mm from the top left, drawn in this order."""
    made = FPDF()
    made.add_font("noto", fname=FONT_PATH)
    made.set_font("noto", size=size)
    made.add_page()
    for x, y, text in pieces:
        made.text(x, y, text)
    return pdf.read(bytes(made.output()), url=None, fetched=datetime.now(UTC), where="page.pdf")


def across(left: list[str], right: list[str], top: float = 35.0) -> list[tuple[float, float, str]]:
    """Drawn as some programs do: line by line over both columns."""
    pairs = zip(left, right, strict=True)
    return [(x, top + 6 * i, t) for i, (a, b) in enumerate(pairs) for x, t in ((15.0, a), (110.0, b))]


def joined(document: Document) -> str:
    return "".join(document.text.split())


def test_two_columns_are_read_one_after_the_other() -> None:
    assert joined(read(across(LEFT, RIGHT))) == "".join((*LEFT, *RIGHT))


def test_what_runs_across_parts_the_page_into_bands() -> None:
    more = [line.replace("第", "下の") for line in RIGHT]
    page = [(15.0, 25.0, WIDE), *across(LEFT, RIGHT), (15.0, 85.0, WIDE), *across(more, LEFT, 95.0)]
    assert joined(read(page)) == "".join((WIDE, *LEFT, *RIGHT, WIDE, *more, *LEFT))


def test_three_columns() -> None:
    a, b, c = ([f"{name}段{i}は希土類磁石の話" for i in range(8)] for name in "上中下")
    page = [
        (x, 35.0 + 6 * i, t)
        for i, line in enumerate(zip(a, b, c, strict=True))
        for x, t in zip((15.0, 75.0, 135.0), line, strict=True)
    ]
    assert joined(read(page)) == "".join((*a, *b, *c))


def test_columns_that_are_drawn_one_after_the_other_stay_so() -> None:
    drawn = across(LEFT, RIGHT)
    assert joined(read([*drawn[::2], *drawn[1::2]])) == "".join((*LEFT, *RIGHT))


def test_a_table_is_read_along_its_rows() -> None:
    names = [
        "酸化ジスプロシウム",
        "酸化テルビウム",
        "酸化ネオジム",
        "金属ガリウム",
        "酸化イットリウム",
        "APT",
    ]
    page = [(x, 35.0 + 6 * i, t) for i, n in enumerate(names) for x, t in ((15.0, n), (90.0, f"{i}00ドル"))]
    text = read(page).text
    assert all(f"{name} {i}00ドル" in text for i, name in enumerate(names))


@pytest.mark.parametrize(
    "columns_right_to_left",
    [["縦書きの一行目である日本の磁石", "二行目は在庫の話に移り", "三行目で終わる文"]],
)
def test_vertical_writing_is_read_down_and_from_the_right(columns_right_to_left: list[str]) -> None:
    page = [
        (180.0 - 8 * c, 30.0 + 5 * i, character)
        for c, text in enumerate(columns_right_to_left)
        for i, character in enumerate(text)
    ]
    assert joined(read(page)) == "".join(columns_right_to_left)


@given(
    st.lists(
        st.tuples(*[st.floats(0, 600, width=16)] * 4).map(
            lambda b: Box(min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3]))
        ),
        max_size=40,
    )
)
def test_every_piece_is_read_once(boxes: list[Box]) -> None:
    found = columns._ordered(boxes, range(len(boxes)))
    assert sorted(i for line in found for i in line) == list(range(len(boxes)))
