"""Which currency a document means by $ and 元."""

from __future__ import annotations

import pytest

from mine2magnet.claims.currencies import home


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Carina Rare Earths Limited (ASX: CRX): cash was $11.3 million", {"$": "AUD"}),
        ("All amounts are in Australian dollars: $2m", {"$": "AUD"}),
        ("Lynas (ASX: LYC) rose to A$16.72, worth $11", {}),  # it writes both
        ("Quebec Metals (TSXV: QBM) raised $2m", {"$": "CAD"}),
        ("Cash was $2m", {}),
        ("Perth: Lynas of Western Australia will spend $180m. Canberra lends $1.65b, it said.", {"$": "AUD"}),
        ("The Saskatoon plant costs $37m more, Saskatchewan says. Ottawa put up $16m.", {"$": "CAD"}),
        ("Sydney and Perth: U.S. buyers, Washington and the Pentagon in America pay $900.", {}),
        ("台股收高，該公司季減 7.2%，營收18億元", {"元": "TWD"}),
        ("台股收高，這個國家以人民幣計，產值18億元", {}),
        ("公司营收18亿元，同比增长", {}),
    ],
)
def test_the_currency_of_a_place(text: str, expected: dict[str, str]) -> None:
    assert home([text]) == expected
