"""Bytes to text, whatever the label says.

A label (byte-order mark, HTTP header, <meta>, XML declaration) is believed when the text it gives is
plausible. Otherwise every encoding common in the field's languages is tried, and the one whose text
looks most like language wins: its characters are those that its character set ranks as frequent.
"""

from __future__ import annotations

import codecs
import re
from functools import cache

_LOOKED_AT = 200_000  # bytes on which encodings are compared
_LABEL = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})"""
    rb"""|<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{2,40})""",
    re.IGNORECASE,
)
_LABEL_WITHIN = 4_096  # bytes; HTML asks for it in the first 1,024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What pages mean by these labels (WHATWG Encoding Standard): a superset.
_MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "utf8": "utf-8",
    "utf-16": "utf-16-le",
}
_CANDIDATES = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "cp1252", "cp1251")
_LABEL_BONUS = 0.25  # of a score between about -3 and 1.5: what being the label is worth
_RARE_LABEL_BONUS = 0.75  # the same for koi8-r and the like: wrong labels are common ones, set by default
_FREQUENT = frozenset(
    # Chinese, simplified and traditional, and kanji shared with Japanese
    "的一是不了在人有我他这個个们中来上大为和国國地到以说時时要就出会會可也你对對生能而子那得于着下自之年过過發发后後作里用道行所然家"
    "种事成方多经經么去法学學如都同现現当當没動动面起看定天分还進进好小部其些主样理心她本前开開但因只从想实實日军者意无無力它与與长把机"
    "十民第公此已工使情明性知全三又关關点正业業外将两高间由问很最重并物手应應战向头文体政美相见被利什二等产產或新己制身果加西斯月话合回特"
    "代内信表化老给世位次度门任常先海通教儿原东東声提立及比员解水名真论處处走义各入几口认条平系气题活尔更别打女变四神总何电電數数安少报"
    "才结反受目太量再感建务做接必场件计管期市直德资命山金指克许統统区區保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权"
    "思王象完设式色路记南品住告类求据程北边死张该交规規万取拉格望觉术领共确传师观清今切院让识候带导争运笔輸稀土磁价價供应企股億亿元報導"
    "円気会社間込県務最関対経済産業続決発表米月午首相方針調達備蓄見通強化影響製造価格輸入鉱山精製企業日系世界不足"
    "、。，：；「」『』（）！？“”《》・"
    # kana and the commonest Hangul syllables
    "あいうえおかがきくけこごさしじすずせそただちっつてでとどなにねのはばへべほまみむめもやゆよらりるれろわをん"
    "アイウエオカガキクグケコサシジスセソタダチッツテデトドナニネノハバパヒビピフブプヘベホボポマミムメモャュョラリルレロワンー"
    "이다는의을에가하고지로사기은한를도대인정시자서어부해리스제일수나장원국상전만아년과주보그있구성경적라조들동공여계신으비면미개관것했업안러중금"
    # letters and signs of Western and Cyrillic writing
    "äöüßÄÖÜéèêàâçîïôùûœáíóúñãõåæøÉÀąćęłńśźżčďěňřšťůýžğışőűășț–—‘’“”„…«»€£°·©®"
    "абвгдежзийклмнопрстуфхцчшщыьэюяАБВГДЕКМНОПРСТФ"
)
# HZ, GB 2312 in seven bits (RFC 1843): pairs of bytes between ~{ and ~}
_HZ = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e])+~\}")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_BROKEN = re.compile("[\ufffd\ue000-\uf8ff\x80-\x9f]")  # undecodable, private use, C1 controls


def decode(data: bytes, label: str = "") -> str:
    """`data` as text. `label` is the encoding that was stated beside it (an HTTP header's), if any.

    Never fails: what cannot be decoded becomes U+FFFD.
    """
    return data.decode(encoding(data, label), "replace").removeprefix("\ufeff")


def encoding(data: bytes, label: str = "") -> str:
    """The name of the Python codec that `data` is most plausibly written in."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    head = data[:_LOOKED_AT]
    if name := _wide(head):
        return name
    if b"\x1b$" in head and head.isascii():
        return "iso2022_jp"
    if _HZ.search(head) and head.isascii():
        return "hz"
    if head.isascii() and data.isascii():
        return "ascii"
    found = _LABEL.search(data[:_LABEL_WITHIN])
    within = (found[1] or found[2]).decode("ascii", "replace") if found else ""
    labels = list(dict.fromkeys(filter(None, map(_codec, (label, within)))))
    if _is_utf8(data):
        return "utf-8"
    scores = {name: _score(head, name) for name in dict.fromkeys((*labels, "utf-8", *_CANDIDATES))}
    for name in labels:
        scores[name] += _LABEL_BONUS if name in (*_CANDIDATES, "utf-8") else _RARE_LABEL_BONUS
    return max(scores, key=scores.__getitem__)


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: where the text has ASCII, every other byte is zero."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) / 20 or max(even, odd) < 5 * min(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(data: bytes) -> bool:
    """Other encodings hardly ever make valid UTF-8 sequences."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _codec(label: str) -> str:
    name = _MEANT.get(label.strip().lower(), label.strip().lower())
    try:
        return codecs.lookup(name).name if name and b"a".decode(name) == "a" else ""
    except (LookupError, ValueError, TypeError):
        return ""  # unknown, or not an encoding of text


def _score(data: bytes, codec: str) -> float:
    """Rate how like language the non-ASCII part reads: about 1 for the right codec, below 0 for noise."""
    text = "".join(c for c in data.decode(codec, "replace") if c >= "\x80")[:10_000]
    if not text:
        return 0.0
    kana = len(_KANA.findall(text))
    broken = len(_BROKEN.findall(text))
    common = _common(codec)
    points = sum(1.5 if c in _FREQUENT else 1.0 if c in common else 0.0 for c in text)
    if codec in ("gb18030", "big5hkscs", "cp949"):
        points -= 1.5 * kana  # these sets have kana too, but their languages hardly use them
    return (points - 4.0 * broken) / len(text)


@cache
def _common(codec: str) -> frozenset[str]:
    """The characters that a national set puts on its first level, ordered by frequency of use when made:
    GB 2312 rows 16-55, Big5 A440-C67E, JIS X 0208 rows 16-47, KS X 1001 rows 16-40 (Hangul)."""
    if codec in ("cp932", "euc_jp"):
        return _rows("euc_jp", range(0xB0, 0xD0), range(0xA1, 0xFF))
    if codec == "gb18030":
        return _rows("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF))
    if codec == "cp949":
        return _rows("euc_kr", range(0xB0, 0xC9), range(0xA1, 0xFF))
    if codec == "big5hkscs":
        return _rows("big5", range(0xA4, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    return frozenset()


def _rows(codec: str, leads: range, trails: range | tuple[int, ...]) -> frozenset[str]:
    return frozenset("".join(bytes((a, b)).decode(codec, "ignore") for a in leads for b in trails))
