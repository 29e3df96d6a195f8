from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.reading.charset import decode, encoding

TEXTS = {
    "zh": "商务部周三表示，将对七类中重稀土相关物项实施出口管制。海外库存只够维持数周。",
    "tw": "經濟部週三表示，將對七類中重稀土相關物項加強管理。歐洲零組件廠的庫存只夠維持數週。",
    "ja": "経済産業省は、重希土類の備蓄を積み増す方針を固めた。磁石メーカーへの影響を和らげるためだ。",
    "ko": "정부는 중희토류 비축량을 늘리기로 했다. 자석 업체에 미치는 영향을 줄이기 위해서다.",
    "de": "Größere Mengen außerhalb Chinas sind kurzfristig nicht verfügbar, heißt es aus der Branche.",
    "ru": "Производители опасаются, что запасов тяжёлых редкоземельных металлов хватит на несколько недель.",
}
WRITTEN = [
    ("zh", "gb18030"),
    ("zh", "utf-8"),
    ("tw", "big5"),
    ("ja", "shift_jis"),
    ("ja", "euc_jp"),
    ("ja", "iso2022_jp"),
    ("ko", "euc_kr"),
    ("de", "cp1252"),
    ("de", "utf-8"),
    ("ru", "cp1251"),
]


def test_seven_bits_may_be_chinese() -> None:
    text = "出口管制 of rare earths，库存告急"
    assert text.encode("hz").isascii()
    assert decode(text.encode("hz")) == text
    for plain in ("a ~{b} c", "~{ and ~}", "~ 5 t", "x = ~{a: 1, b: 2}~"):
        assert decode(plain.encode()) == plain


@pytest.mark.parametrize(
    "label", ["", "utf-8", "iso-8859-1", "gb2312", "big5", "shift_jis", "euc-jp", "euc-kr", "x-new"]
)
@pytest.mark.parametrize(("language", "codec"), WRITTEN)
def test_text_is_read_right_whatever_the_label(language: str, codec: str, label: str) -> None:
    page = f'<meta charset="{label}"><p>{TEXTS[language]}</p>'
    assert decode(page.encode(codec), label) == page
    assert decode(page.encode(codec)) == page


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("language", ["zh", "ja", "de"])
def test_wide_encodings_with_and_without_a_mark(language: str, codec: str) -> None:
    page = f"<html><head><title>magnet</title></head><body><p>{TEXTS[language]}</p></body></html>"
    assert decode(page.encode(codec), "gb2312") == page


@pytest.mark.parametrize("label", ["windows-1250", "koi8-r", "iso-8859-2"])
def test_a_fitting_label_is_believed(label: str) -> None:
    text = {
        "koi8-r": "Запасы магнитов на исходе",
        "windows-1250": "Zásoby magnetů",
        "iso-8859-2": "Złoża rud",
    }[label]
    assert decode(text.encode(label), label) == text


def test_a_label_within_the_page_counts() -> None:
    assert (
        encoding(b"<meta http-equiv=Content-Type content='text/html; charset=gbk'>\xb4\xc5\xcc\xe5")
        == "gb18030"
    )
    assert encoding(b"<?xml version='1.0' encoding='Shift_JIS'?>\x8e\xa5\x90\xce") == "cp932"


@given(st.binary(max_size=300), st.text(max_size=12))
def test_no_bytes_and_no_label_make_it_fail(data: bytes, label: str) -> None:
    assert isinstance(decode(data, label), str)
