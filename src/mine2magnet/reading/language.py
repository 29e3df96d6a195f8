"""Which language a text is in, reliable on headlines: by script first, by words where scripts are shared."""

from __future__ import annotations

import re
from functools import cache

import opencc
from lingua import Language, LanguageDetector, LanguageDetectorBuilder

from mine2magnet.core import sandbox

UNKNOWN = "und"
_LOOKED_AT = 300  # characters; more adds time, not certainty
_SURE = 120  # Latin letters from which lingua's light models are as good as its full ones (lingua's README)
_RATHER = 4.0  # times as likely as English another language must be in a few words full of names
# Probability of English from which light models are believed: of 1,602 short strings of the tests that have
# it, full models say otherwise of one ("an australopithecine").
_PLAINLY = 0.8
_ONE_WORD = 0.5  # probability from which a single word tells a language
_LETTERS_PER_IDEOGRAPH = 3  # a Han character says about as much as three Latin letters
_OTHERS = (
    Language.ENGLISH,
    Language.GERMAN,
    Language.FRENCH,
    Language.SPANISH,
    Language.PORTUGUESE,
    Language.ITALIAN,
    Language.DUTCH,
    Language.SWEDISH,
    Language.POLISH,
    Language.TURKISH,
    Language.INDONESIAN,
    Language.VIETNAMESE,
    Language.RUSSIAN,
    Language.UKRAINIAN,
)
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")  # without ・ and ー, which Chinese has too
_HANGUL = re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]")
_OTHER_LETTER = re.compile(r"[^\W\d_]")
# Words in Han characters that one of the two languages uses and the other hardly ever does.
_JAPANESE = re.compile(
    "輸出|輸入|規制|磁石|希土|自動車|半導体|会社|株|億円|兆円|万円|調達|備蓄|工場|見通|値上|値下|高値|安値|高騰|急騰|"
    "懸念|検討|閣僚|首脳|大手|商社|受注|減産|増産|撤廃|都市鉱山|取引|供給網|依存度|精製|争奪|試掘|採掘|沖|"
    "化学工業|電機工業|金属工業|製作所|製鋼所|東京電力|関西電力|中部電力|東北電力|九州電力"
)
_CHINESE = re.compile(
    "出口|進口|进口|公司|稀土|管制|汽車|汽车|磁鐵|磁铁|供應|供应|億元|亿元|萬|们|們|工廠|日圓|報導|报道|短缺|储备|儲備|股份"
)


def identify(text: str) -> str:
    """The ISO 639-1 code of the text's language, "und" when it has none that can be told.

    >>> [identify(title) for title in ("中国、輸出規制を強化", "重希土輸出規制強化", "重稀土出口管制升级")]
    ['ja', 'ja', 'zh']
    """
    text = text[:_LOOKED_AT]
    han, kana, hangul = (len(script.findall(text)) for script in (_HAN, _KANA, _HANGUL))
    eastern = han + kana + hangul
    others = len(_OTHER_LETTER.findall(text)) - eastern
    if eastern * _LETTERS_PER_IDEOGRAPH > others:
        if hangul > (han + kana) / 2:
            return "ko"
        return _japanese_or_chinese(text, kana)
    if not others:
        return UNKNOWN
    rest = _HAN.sub(" ", text)
    if others >= _SURE:
        found = _detector(light=True).detect_language_of(rest)
        return _code(found) if found else UNKNOWN
    alone = len(rest.split()) == 1
    if not alone and _detector(light=True).compute_language_confidence(rest, Language.ENGLISH) >= _PLAINLY:
        return "en"
    likely = {v.language: v.value for v in _detector(light=False).compute_language_confidence_values(rest)}
    best, english = max(likely, key=likely.__getitem__), likely[Language.ENGLISH]
    if alone and likely[best] < _ONE_WORD:
        return UNKNOWN
    return _code(best) if likely[best] >= _RATHER * english else "en"


def _code(found: Language) -> str:
    return found.iso_code_639_1.name.lower()


def _japanese_or_chinese(text: str, kana: int) -> str:
    """Chinese quotes a little kana at times, and Japanese headlines may have none."""
    japanese_only, chinese_only = _only_characters()
    japanese = kana + sum(map(japanese_only.__contains__, text)) + len(_JAPANESE.findall(text))
    chinese = sum(map(chinese_only.__contains__, text)) + len(_CHINESE.findall(text))
    return "ja" if japanese > chinese else "zh"


@cache
def _only_characters() -> tuple[frozenset[str], frozenset[str]]:
    """Han characters that only Japanese writing has, and those that only Chinese writing has.

    Japanese only: in JIS X 0208, and in neither GB 2312 nor Big5 (shinjitai, kokuji). Chinese only:
    not in JIS X 0208 (simplified forms), or a form that Japan has replaced (OpenCC's table).
    """
    characters = [chr(c) for c in range(0x4E00, 0xA000)]
    today = opencc.OpenCC("t2jp").convert("\n".join(characters)).split("\n")
    japanese, chinese = set(), set()
    for character, modern in zip(characters, today, strict=True):
        in_jis = _encodes(character, "euc_jp", 2)
        if in_jis and not _encodes(character, "gb2312", 2) and not _encodes(character, "big5", 2):
            japanese.add(character)
        if not in_jis or modern != character:
            chinese.add(character)
    return frozenset(japanese), frozenset(chinese)


def _encodes(character: str, codec: str, size: int) -> bool:
    try:
        return len(character.encode(codec)) == size  # three bytes in EUC-JP: the supplement JIS X 0212
    except UnicodeEncodeError:
        return False


@cache
def _detector(light: bool) -> LanguageDetector:
    """lingua's full models take about 350 MB, the light ones 25 MB; either is loaded when first needed."""
    if not light:
        sandbox.make_room()
    builder = LanguageDetectorBuilder.from_languages(*_OTHERS)
    return (builder.with_low_accuracy_mode() if light else builder).build()
