from __future__ import annotations

import pytest

from mine2magnet.digests.names import companies


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Halden Drives, a Coventry maker of motors, pays more.", ["Halden Drives"]),
        ("At Halden Drives, a maker of motors, pay rose.", ["Halden Drives"]),
        ("Dysprosium, a metal that every maker needs, rose.", []),
        ("says the managing director of Wearside Magnet Recovery, smiling.", ["Wearside Magnet Recovery"]),
        ("越前市の「越前磁工」。浜松市の小型モーター製造会社「遠州精機」。", ["越前磁工", "遠州精機"]),
        ("豊前マテリアル（北九州市、松尾浩社長）は稼働した。", ["豊前マテリアル"]),
        ("磁石（ネオジム）は高い。「高い」と話す。", []),
    ],
)
def test_companies_are_found_where_they_are_introduced(text: str, found: list[str]) -> None:
    assert companies(text) == found
