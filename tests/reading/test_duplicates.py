from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mine2magnet.model import Document, Paragraph
from mine2magnet.reading.duplicates import BANDS, bands, signature, similarity

if TYPE_CHECKING:
    from tests.conftest import Record

ALIKE = 0.7  # shingle overlap that shares a band nearly always

EN = [
    "Prices of dysprosium oxide in Rotterdam rose to 300 dollars a kilogram on Tuesday, traders said, "
    "the highest since records began there in 2015.",
    "Exporters still wait for licences, and the few lots that arrive are sold before they leave the port.",
    "A maker of traction motors in Baden said that its stocks would last until the middle of August, "
    "after which one of its three lines would have to stop.",
]
ZH = [
    "鹿特丹氧化镝价格周二升至每公斤300美元，交易商称，这是2015年有记录以来的最高水平。",
    "出口商仍在等待许可，少数到港的货物尚未离开码头便已售出，买家只能提前付款锁定货源。",
    "巴登一家牵引电机厂表示，库存只够维持到八月中旬，此后三条生产线中的一条将不得不停产。",
]
REPORT = (
    "Daily prices of rare earth oxides at the exchange, per kilogram without tax. "
    "Dysprosium oxide was quoted at {} yuan, {} yuan from the day before. "
    "Terbium oxide was quoted at {} yuan, {} yuan from the day before. "
    "Praseodymium-neodymium oxide was quoted at {} yuan, {} yuan from the day before. Trading was calm."
)


def signed(*paragraphs: str) -> bytes:
    numbered = tuple(Paragraph(n, text) for n, text in enumerate(paragraphs, 1))
    return signature(Document("Title", "Source", datetime.now(UTC), "en", numbered))


@pytest.mark.parametrize("story", [EN, ZH])
def test_a_syndicated_copy_with_small_edits_is_a_copy(story: list[str]) -> None:
    source_line = "(来源：某通讯社，编辑：李)" if story is ZH else "Source: a news agency. Editing by J. Doe."
    copy = [story[0], story[1].replace("。", "。 "), story[2].replace("three", "the three"), source_line]
    assert similarity(signed(*story), signed(*copy)) > ALIKE
    assert set(bands(signed(*story))) & set(bands(signed(*copy)))


def test_scripts_spaces_and_punctuation_do_not_count() -> None:
    traditional = [
        "鹿特丹氧化鏑價格週二升至每公斤３００美元,交易商稱,這是2015年有記錄以來的最高水平",
        "出口商仍在等待許可,少數到港的貨物尚未離開碼頭便已售出,買家只能提前付款鎖定貨源",
        "巴登一家牽引電機廠表示,庫存只夠維持到八月中旬,此後三條生產線中的一條將不得不停產",
    ]
    assert similarity(signed(*ZH), signed(*traditional)) > ALIKE


def test_two_pieces_on_one_topic_are_not_copies() -> None:
    other = [
        "Prices of dysprosium oxide in Rotterdam eased on Friday as first licences came, traders said.",
        "A maker of loudspeakers in Kent has switched to ferrite and says that it will not switch back.",
        "Exporters expect more lots to leave the port before the end of the month, after weeks of waiting.",
    ]
    assert similarity(signed(*EN), signed(*other)) < 0.35


def test_issues_of_a_recurring_report_are_told_apart_by_their_figures() -> None:
    monday = signed(REPORT.format(1650, 10, 7020, 15, 545, 3))
    tuesday = signed(REPORT.format(1668, 18, 7105, 85, 551, 6))
    assert similarity(monday, tuesday) < ALIKE


@pytest.mark.parametrize("text", ["", "Short.", "钕铁硼"])
def test_short_texts_are_never_copies(text: str) -> None:
    short = signed(*filter(None, [text]))
    assert bands(short) == []
    assert similarity(short, short) == 0


def test_the_estimate_is_near_the_true_overlap() -> None:
    rng = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    for share in (0.2, 0.5, 0.8):
        common = "".join(rng.choices(letters, k=int(3000 * share)))
        a, b = ("".join(rng.choices(letters, k=3000 - len(common))) for _ in range(2))
        shingles = [{(common + x)[i : i + 5] for i in range(2996)} for x in (a, b)]
        true = len(shingles[0] & shingles[1]) / len(shingles[0] | shingles[1])
        assert abs(similarity(signed(common + a), signed(common + b)) - true) < 0.14  # three standard errors


def test_signatures_do_not_change() -> None:
    """They are kept in the store: a change here voids every library."""
    made = signed(*EN)
    assert len(bands(made)) == BANDS
    assert made[:8].hex() == "f3ef38012f7d2700"


@pytest.mark.parametrize(("letters", "known"), [(43, False), (44, True)])
def test_forty_shingles_are_enough_to_compare(letters: int, known: bool) -> None:
    assert bool(signed("abcdefghijklmnopqrstuvwxyz"[:22] * 2)) is True
    assert bool(signed(("abcdefghijklmnopqrstuvwxyz" * 2)[:letters])) is known


def test_whole_signatures_do_not_change(recorded: Record) -> None:
    """With figures, with more shingles than are mixed at a time, and cut where a text is very long."""
    long = " ".join(f"Lot {n} of dysprosium went to buyer {n * n % 97}." for n in range(400))
    made = [signed(*EN), signed(long), signed("kiln and mill " * 8_000)]
    assert made[2] != signed("kiln and mill " * 4_000 + "solvent")
    recorded([[hashlib.sha256(s).hexdigest()[:16] for s in made], bands(made[0])[:2]])
