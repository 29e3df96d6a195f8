"""Names of companies, bodies and mines in Japanese text: runs of kanji, katakana and Latin letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mine2magnet.claims.name_forms import Formed, Kind, either, words

_KANA, _HAN = "ァ-ヺー", "\u3400-\u9fff々〆ヶ"
_WORD = r"[A-Za-z]?[A-Z][A-Za-z0-9&.-]*"
_RUN = re.compile(
    rf"[{_HAN}]{{0,4}}(?:みらい|さくら|ひかり|ひまわり|つくば|あおぞら|りそな|みずほ|ふくおか|"
    rf"きらぼし|いわき|なごや|あいち|とうほう|ひろしま|みちのく|さわやか|はやぶさ|のぞみ|みなと|"
    rf"あすか|かもめ|いちよし|むさし|しずおか|ちば)"
    rf"[{_HAN}{_KANA}]{{2,12}}|"
    rf"(?:{_WORD}(?: {_WORD}){{0,4}}|[{_HAN}{_KANA}])(?:[{_HAN}{_KANA}A-Za-z&・-]){{1,30}}"
)
_LATIN = re.compile(rf"(?<![A-Za-z0-9.&-]){_WORD}(?: {_WORD}){{0,4}}(?=社(?![長員債会内外]))")
_LEGAL = re.compile(r"(?:株式|合同|有限)会社")
_LEGAL_END = re.compile(r"(?:株式会社|合同会社|有限会社|ホールディングス|グループ|HD)$")
_TRADE, _BODY, _SITES = (
    words("trade", "ja") | {"ホールディングス", "グループ", "HD"},
    words("body", "ja"),
    words("site", "ja"),
)
_COMMON = words("common", "ja") | words("place", "ja")
_ENDS = re.compile(rf"(?:{either(_TRADE | _BODY | _SITES)})$")
_BEFORE = re.compile(rf".*(?:{either(words('before', 'ja'))})(?=.{{2}})")
_GROUPS = {"協会", "工業会", "連合会", "機構", "学会", "連盟"}
_GROUP = 2  # characters that tell one such from another, and more
_SAID_TO_BE = re.compile(r"(?:大手|中堅|新興|老舗|地場|メーカー|会社|企業|商社)(?:の|、)?$")
_COUNTRY = re.compile(
    rf"(?:[米独豪加英仏韓露印蘭伊墺墨伯瑞日中欧台]系?(?=[{_KANA}A-Z])|(?:米国|豪州|英国|韓国|台湾|"
    rf"欧州|カナダ|ドイツ|フランス|オーストラリア|ベトナム|インド|タイ|マレーシア|ブラジル|"
    rf"スウェーデン|ノルウェー|エストニア)(?:系|の)?(?=.{{3}}))"
)
_PLACE_AFTER = re.compile(
    r"[（(](?:本社|本店|コード|証券コード|東証|東京|大阪|京都|名証|札証|福証|同[市県区町村]|"
    r"[^（()）、。]{1,12}[都道府県市区町村](?:[、・）)]|$)|\d{4}[）)]|"
    r"(?:韓国|米国|米|独|豪|英|仏|加|ドイツ|カナダ|豪州|台湾|フランス)[）)]|以下)"
)
_DEFINED = re.compile(r"[（(][^（()）]{0,40}以下、?「(当社|弊社|[^」]{2,12})」")
_ACTS = re.compile(
    r"(?:社長|会長|の(?:社長|会長|株価|株|終値|営業部長|幹部|担当者|広報|工場|本社|CEO|最高経営)|"
    r"[はが](?!(?:ない|ある|あり|なく))|によると|によれば|など|株[はがを]|傘下|製(?!鋼|作|造|錬))"
)
_DOES = re.compile(
    r"(?:手掛ける|手がける|営む|担う|展開する|運営する|製造する|生産する|販売する|開発する|進める|"
    r"計画する|回収する|造る|作る|つくる|擁する|業者の)$"
)
_QUOTED = re.compile(
    r"(?:企業|会社|連合|メーカー|合弁|団体|商社|社)(?:の|"
    r"、)?「(?P<name>[^」「]{3,20})」"
)
_INTERVIEW = re.compile(
    rf"(?P<name>[{_HAN}{_KANA}A-Za-z]{{3,20}}?)(?:社長|会長|代表)?・[{_HAN}]{{2,5}}(?:氏|社長|会長|代表)"
)
_NO_END = re.compile(
    r"(?:マネジャー|マネージャー|アナリスト|エコノミスト|ディーラー|トレーダー|バイヤー|ユーザー|"
    r"サプライヤー|者|員|部長|課長|幹部|筋|家|人|事業|工場|会場|価格|市場|業界|各社|大手|商社|"
    r"メーカー|企業|会社|製品|材料|部品|政府|議会|首相|大統領|大臣|長官|氏|さん|教授|氏ら|支社|"
    r"支店|本社|同社|他社|当社|自社|弊社|一社|出荷|輸出|輸入|生産|需要|供給|"
    r"在庫|相場|規制|管理|制度|計画|協定|協議|方式|技術|工程|鉱石|酸化物|問題|地区|地域|諸国|国内|"
    r"沖|州|県|市|町|村|区|省|部門|担当|代|向け|製|用|型|系|率|量|額|高|安|比|年|月|日|分|年度|"
    r"決算|会議|公告|新聞|通信|紙|誌|放送|テレビ|モーター会社)$"
)
_ABROAD = re.compile(r"[国独豪英仏加湾スアダツ][)）]$|米[)）]$")
_NO_NAME = re.compile(
    r"用|向け|関連|各種|[型製](?![鋼作鉄錬薬紙線油糖粉]|磁工)|式|共同|同$|"
    r"[0-9一二三四五六七八九十]つ|万|億|円|年|第"
)
_SHORT_KANA = re.compile(
    rf"(?!.*(?:ドル|ユーロ|ポンド|メディア|メーカー|モーター|ファンド|シンクタンク|スタートアップ|"
    rf"ベンチャー|ビザ|ルール|データ)$)[{_KANA}・]{{4,}}"
)
_ACTS_ABROAD = re.compile(r"[はがもとにを]|社|など|、|の(?:社長|会長|株|工場|CEO|最高)")
_LONG_KANA = re.compile(rf"[{_KANA}・]{{5,}}$")


def formed(text: str) -> Iterator[Formed]:
    """Give the names in a text that have the form of a company's, a body's or a mine's.

    Parameters
    ----------
    text : str
    """
    for match in _RUN.finditer(text):
        if found := _run(text, *match.span()):
            yield found
    for match in _LATIN.finditer(text):
        if len(match[0]) > 2:
            yield Formed("company", *match.span(), match.end())
    for pattern in (_QUOTED, _INTERVIEW):
        for match in pattern.finditer(text):
            start, end = match.span("name")
            if not _common(match["name"]) and not _NO_END.search(match["name"]):
                yield Formed("company", start, end, end)


def short(name: str) -> Iterator[str]:
    """Give the shorter ways of writing a name: without legal form, without its trade.

    Parameters
    ----------
    name : str
    """
    core = _LEGAL.sub("", name)
    if core != name:
        yield core
    core = _LEGAL_END.sub("", core)
    if (form := _ENDS.search(core)) and form.start() > 2 and not _common(core[: form.start()]):
        yield core[: form.start()].rstrip("・")


def _run(text: str, start: int, end: int) -> Formed | None:
    start, end = _bounds(text, start, end)
    name = text[start:end]
    if legal := _LEGAL.search(name):
        if legal.end() == len(name) and legal.start() > 1:
            return Formed("company", start, end, start + legal.start(), _definitions(text, end))
        if legal.start() == 0 and len(name) > legal.end() + 1:
            return Formed("company", start + legal.end(), end, end, _definitions(text, end))
        if legal.start() > 1:
            return Formed("company", start, start + legal.end(), start + legal.start())
        return None
    if len(name) < 3:
        return None
    form = _ENDS.search(name)
    kind: Kind = "company"
    if form and form[0] in _BODY:
        kind = "organisation"
    elif form and form[0] in _SITES:
        kind = "place"
    placed = _PLACE_AFTER.match(text, end)
    if (
        placed
        and not _NO_END.search(name)
        and not (_common(name) and (_ABROAD.search(placed[0]) or not form))
    ):
        return Formed(kind, start, end, end, _definitions(text, end))
    if form and form[0] in _GROUPS and len(name) - len(form[0]) > _GROUP and not _NO_NAME.search(name):
        return Formed("organisation", start, end, end)
    if _common(name) or _NO_NAME.search(name):
        return None
    if (
        _SAID_TO_BE.search(text[max(0, start - 12) : start])
        and _ACTS.match(text, end)
        and not _NO_END.search(name)
    ):
        return Formed(kind, start, end, end)
    proper = form is not None and form.start() > 1 and not _common(name[: form.start()])
    if proper and (_follows(text, end) or kind != "company"):
        return Formed(kind, start, end, end)
    abroad = _COUNTRY.match(text, max(0, start - 1)) is not None
    told = bool(_DOES.search(text[max(0, start - 12) : start])) or abroad
    kana = bool(_LONG_KANA.match(name)) and name not in _COMMON and not _NO_END.search(name)
    if abroad and _SHORT_KANA.fullmatch(name) and name not in _COMMON and _ACTS_ABROAD.match(text, end):
        return Formed("company", start, end, end)
    if _is_mixed(name) and _MAKES.match(text, end) and not _NO_END.search(name):
        return Formed("company", start, end, end)
    if kana and _ACTS.match(text, end) and (told and ("・" in name or len(name) > 6)):
        return Formed("company", start, end, end)
    return None


def _is_mixed(name: str) -> bool:
    """Whether a name is a family's or a place's with a product's behind it: 河内アクチュエータ."""
    return bool(_MIXED.fullmatch(name)) and not _common(name)


_MIXED = re.compile(rf"[{_HAN}]{{2,4}}[{_KANA}]{{4,}}")
_MAKES = re.compile(r"[がは](?:手掛け|手がけ|営[むん]|運営|製造|生産|開発|つくる|造る|作る)")


def _definitions(text: str, end: int) -> tuple[str, ...]:
    found = _DEFINED.match(text, end)
    return (found[1],) if found else ()


def _bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """A run of letters without the words before a name and after it: 独…, 磁石大手…, …社, …株."""
    name = text[start:end]
    if (m := _BEFORE.match(name)) and not _LEGAL.match(name[m.end() - 2 :]):
        start += m.end()
    if m := _COUNTRY.match(text, start, end):
        start = m.end()
    name = text[start:end]
    for tail in ("各社", "社長", "会長", "社", "様", "株"):
        if name.endswith(tail) and not name.endswith(("会社", "商社", "公社")):
            end -= len(tail)
            break
    while end > start and text[end - 1] in "・-&":
        end -= 1
    while start < end and text[start] in "・-&":
        start += 1
    return start, end


def _follows(text: str, end: int) -> bool:
    return (
        end == len(text)
        or text[end] in "はがのとにもをで、。（(」』・|:) へやか株社様製\n　傘"
        or text[end : end + 1].isspace()
    )


def _common(name: str) -> bool:
    """Whether words of the language alone make up a name."""
    name = name.replace("・", "")
    while name:
        for size in range(min(8, len(name)), 0, -1):
            if name[:size] in _COMMON or (size > 1 and name[:size] in _TRADE):
                name = name[size:]
                break
        else:
            return False
    return True
