"""Who says what a sentence states."""

from __future__ import annotations

import re
from collections.abc import Callable

from mine2magnet.claims.cues import voices
from mine2magnet.claims.layout import SUBJECTS, Sentence

_SAID_EN = re.compile(
    r"\b(?:according to|(?:survey|poll|study|report|analysis|research|data|figures|statistics|estimates?) "
    r"(?:[a-z0-9]+ ){0,4}?(?:by|from)|(?:put at|seen) [^,]{0,40}? by)\s(?:the\s)?(?P<who>[^,.;]{2,60})",
    re.IGNORECASE,
)

_SAID_ZH = re.compile(
    r"(?<![依根数证论占拿凭])(?:根)?据(?P<who>[^，,。；\d]{1,24}?)(?:公布的|发布的|的)?(?:数据|统计|预测|报道|报告|消息|介绍|测算|估计|估算|称|透露|"
    r"分析|显示)*[，,：:]|(?<![依根数证论占拿凭])据(?P<short>[A-Z]{2,8})"
)

_SAID_JA = re.compile(
    r"(?P<who>[^、。\d]{1,28}?)(?:によると|によれば|(?:試算|調べ|推計|統計|調査|まとめ|データ|分析|報告|発表)では|(?:調査|集計)で、)"
)

_SAID_INVERTED = re.compile(
    r"\s(?!(?:on|in|at|by|that|to|for|it|there|as|last|this)\b|\d)(?P<who>[^,.;“”\"]{3,80})"
)

_WHO_STOP = re.compile(r"\s(?:and|which|that|who|in|on)\s.*$")

_NOT_SAID = re.compile(r"[名号號堪声聲职职简簡自]称|[据据来小传难]说|说法|无论如何说")

_MEDIUM = re.compile(r"\b(?:to|on|by)\s$|[向对]$")  # told to Reuters, traded on it

_APPOSITION = re.compile(r"\s(?:an?|the|its|which|who|whose)\s")

_PERSON_JA = re.compile(r"の[^の]{2,12}(?:社長|会長|教授|氏|専務|常務|所長)$")

_DATA = re.compile(  # what somebody says it by, and when: customs data, "said today"
    r"^[)\s]+|(?:^|\s)(?:(?:data|figures|statistics|records|numbers)(?:\s(?:released|published|issued).*)?|"
    r"today|yesterday)$",
    re.IGNORECASE,
)

_JOINED = re.compile(r"\s*(?:and|but|while|whereas|yet|so)\s+", re.IGNORECASE)

_NOUN = (
    "estimate",
    "estimates",
    "forecast",
    "forecasts",
    "report",
    "reports",
    "projects",
)  # as well as verbs

_NOUN_FOLLOWS = re.compile(
    r"(?:an?|the|its|their|his|her|this|that|one|another|some)\s(?:\S+\s){0,3}?"
    r"(?:\S+['’]s|recent|new|newer|newest|old|older|earlier|later|latest|own|official|early|first|second|last|"
    r"final|separate|previous|initial|preliminary|rough|similar|private|current|internal|independent|joint)",
    re.IGNORECASE,
)

_SEES = ("forecasts", "forecast", "projects", "sees", "puts")  # things are forecast, firms forecast

_EXPERTS = re.compile(
    r"(?:专家|机构|业内|市场|业界|分析师|人士|学者|券商|研究员|协会|高管|负责人|官员|主管|总监|报告|研报|贸易商|采购商|经理|董事长|幹部|関係者|担当者|"
    r"アナリスト|(?:trader|analyst|executive|distributor|importer|maker|dealer|researcher|user|engineer|director|official|manager|source|spokesman|spokeswoman|spokesperson|buyer|"
    r"producer|supplier|broker|diplomat|minister|lawmaker|consultant)s?)$"
)

_ONLY_FIGURE = re.compile(
    r"[^，。A-Za-z]{0,4}[0-9一二三四五六七八九半]+(?:成|割|%|家)[^，。]{0,2}"
)  # 近三成表示
_ANNOUNCED_JA = re.compile(r"(?P<who>[^、。]{2,30}?)が[^、。]{0,8}(?:発表|公表|まとめ)した(?!と)")

_TOPIC_JA = re.compile(
    r"(?:[^、。]{0,10}の)?(?P<who>[^、。の]{1,16}(?:所|会社|社|省|庁|氏|協会|機構|銀行|証券|総研|政府|大学|連合会|筋|関係者|アナリスト|"
    r"担当者|幹部|工業会))は、"
)

_QUOTED_JA = re.compile(r"(?P<who>[^、。「」]{2,30})は「[^」]*」と")

_SPEAKS = ("person", "organisation", "company")

_Speaker = tuple[str | None, tuple[int, int]]

_NOBODY: _Speaker = (None, (-1, -1))


def said_by(s: Sentence) -> _Speaker:
    """Return who says what a sentence states, and the characters of the name.

    Parameters
    ----------
    s : Sentence
    """
    named, span = _BY_LANGUAGE[s.language](s)
    if named is None and span == _NOBODY[1] and s.figures:
        for c in s.cues:
            if c.id in voices() and not _MEDIUM.search(s.text, max(s.start, c.start - 4), c.start):
                return c.id, (c.start, c.end)
    return named, span


def _speaker(s: Sentence, start: int, end: int, *, whole: bool = False) -> _Speaker:
    """The concept named in [start, end), else the words themselves."""
    named = [c for c in s.cues if c.kind in (*SUBJECTS, "person") and start <= c.start and c.end <= end]
    best = [c for c in named if c.kind in _SPEAKS] or ([] if whole else named)
    words = s.text[start:end].strip(" “”\"'「」—-")
    if best and (best[0].kind in _SPEAKS or not _EXPERTS.search(words)):
        if _PERSON_JA.search(words) and all(c.kind != "person" for c in best):
            return words.rpartition("の")[2], (start, end)
        person = [c for c in best if c.kind == "person"]
        return (person or best)[0].id, (start, end)  # else a trader in Shanghai, not Shanghai
    if _ONLY_FIGURE.fullmatch(words):
        return None, (start, end)
    words = re.sub(r"^(?:the|a|an|one)\s", "", _DATA.sub("", words), flags=re.IGNORECASE)
    words = re.split(r"\s(?:at|of|who|in|from|with)\s", words)[0] if whole else words
    words = re.sub(r"(?:[0-9月日]*(?:公布|发布)的)?(?:数据|统计|报告|报价|调查|研究|测算)*$", "", words)
    if not words or words.lower() in (
        "报道",
        "悉",
        "了解",
        "介绍",
        "报",
        "媒体报道",
        "it",
        "he",
        "she",
        "they",
        "who",
        "which",
        "that",
        "他",
        "她",
        "它",
        "其",
        "们",
        "同氏",
        "同社",
    ):
        return None, (start, end)
    return words, (start, end)


def _english_speaker(s: Sentence) -> _Speaker:
    if m := _SAID_EN.search(s.text, s.start, s.end):
        end = m.start("who") + len(_WHO_STOP.sub("", m["who"]))
        first = next((c for c in s.cues if c.start >= m.start("who")), None)
        if first and first.kind in ("organisation", "company", "person") and first.start == m.start("who"):
            end = max(end, first.end)  # "the Chamber of Commerce in China"
        return _speaker(s, m.start("who"), end)
    for c in s.cues:
        if c.kind != "said":
            continue
        begin, end = _before(s, c.start)
        if begin == end:
            if s.text[c.start : c.end].lower() in _SEES:
                continue
            if found := _SAID_INVERTED.match(s.text, c.end):
                named_as, _ = _speaker(s, found.start("who"), found.end("who"), whole=True)
                return named_as, (c.start, s.end)
            continue
        if joined := _JOINED.match(s.text, begin, end):
            if any(figure.start < begin for figure in s.figures):
                continue  # what stands before "and a survey says" is not the survey's
            begin = joined.end()
        chunk = s.text[begin:end]
        if s.text[c.start : c.end].lower() in _NOUN and _NOUN_FOLLOWS.fullmatch(chunk.strip()):
            continue  # "a more recent estimate": not what somebody does
        words = chunk.split()
        named = any(k.kind in (*SUBJECTS, "person") and begin <= k.start and k.end <= end for k in s.cues)
        if not 0 < len(words) <= (16 if named else 9) or (any(ch.isdigit() for ch in chunk) and not named):
            continue
        if s.text[c.start : c.end].lower() in _SEES and not any(
            k.kind in ("organisation", "company", "person") and k.end == c.start - 1 for k in s.cues
        ):
            continue
        if re.search(
            r"\b(?:is|are|was|were|has|have|had|been|be|as|an|a|who|its|it|and)$",
            chunk.strip(),
            re.IGNORECASE,
        ):
            continue
        word = s.text[c.start : c.end].lower()
        if (
            word in ("added", "found", "reported", "estimated", "estimate", "announced")
            and begin == s.start
            and not any(k.kind in ("organisation", "person", "company") and k.end <= c.start for k in s.cues)
        ):
            continue
        return _speaker(s, begin, end)
    return _NOBODY


def _before(s: Sentence, end: int) -> tuple[int, int]:
    """The words that may name who said it: those before the verb, past an apposition; none if inverted."""
    ends = [m.end() for m in re.finditer('[,“”";:]', s.text[s.start : end])]
    edges = [s.start, *(s.start + e for e in ends)]
    if s.text[edges[-1] : end].strip():
        return edges[-1], end
    if len(edges) > 2 and _APPOSITION.match(s.text, edges[-2]) and s.text[edges[-2] - 1] == ",":
        return edges[-3], edges[-2] - 1  # "X, the lobby, said"
    return end, end


def _chinese_speaker(s: Sentence) -> _Speaker:
    if m := _SAID_ZH.search(s.text, s.start, s.end):
        group = "who" if m["who"] else "short"
        return _speaker(s, m.start(group), m.end(group))
    for c in s.cues:
        if c.kind != "said" or _NOT_SAID.search(s.text, max(s.start, c.start - 1), c.end + 1):
            continue
        word = s.text[c.start : c.end]
        if (
            word in ("称", "说", "警告", "介绍", "披露", "公告")
            and s.text[c.end : c.end + 1] not in '，,：:“"，'
            and not (word == "称" and c.start - s.start <= 12)
        ):
            continue
        head = s.text[s.start : c.start]
        begin = max(head.rfind(x) for x in "，,。；：:“”") + 1
        chunk = head[begin:]
        named = [
            k
            for k in s.cues
            if k.kind in ("organisation", "company", "person")
            and s.start + begin <= k.start
            and k.end <= c.start
        ]
        if not 1 < len(chunk) <= 30 or (any(ch.isdigit() for ch in chunk) and not named):
            continue
        if (
            word in ("预计", "预测", "测算", "估计")
            and not any(k.end == c.start for k in named)
            and not _EXPERTS.search(chunk)
        ):
            continue
        return _speaker(s, s.start + begin, c.start)
    return _NOBODY


def _japanese_speaker(s: Sentence) -> _Speaker:
    if m := _ANNOUNCED_JA.match(s.text, s.start, s.end):
        return _speaker(s, m.start("who"), m.end("who"))
    if m := _QUOTED_JA.match(s.text, s.start, s.end):
        first = next((c for c in s.cues if c.kind in _SPEAKS), None)
        start = s.start if first and first.end <= m.end("who") else s.start + m["who"].rfind("の") + 1
        named, span = _speaker(s, start, m.end("who"), whole=True)
        return named, (s.start, span[1])
    if m := _SAID_JA.search(s.text, s.start, s.end):
        return _speaker(s, m.start("who"), m.end("who"))
    for c in s.cues:
        if c.kind != "said" or s.text[max(s.start, c.start - 1) : c.start] not in ("と", "を"):
            continue
        word = s.text[c.start : c.end]
        if s.text[c.start - 1] == "を" and word not in ("予測", "発表", "公表"):
            continue
        for topic in re.finditer(r"(?:は|が)", s.text[s.start : c.start]):
            end = s.start + topic.start()
            near = [
                k
                for k in s.cues
                if k.kind in ("person", "organisation", "company") and k.end <= end and end - k.end <= 10
            ]
            if near:
                return near[-1].id, (near[-1].start, near[-1].end)
        before = s.text[s.start : c.start]
        tail = re.search(r"」と(?P<who>[^、。「」]{2,16})は$", before) or re.search(
            r"と(?P<who>[^、。「」と]{2,16})は$", before
        )
        if tail:
            return _speaker(s, s.start + tail.start("who"), s.start + tail.end("who"))
        break
    if (m := _TOPIC_JA.match(s.text, s.start, s.end)) and any(
        c.kind == "said" and s.text[c.start - 1] == "と" for c in s.cues
    ):
        return _speaker(s, m.start("who"), m.end("who"))
    m = re.search(
        r"と(?P<who>[^、。「」と]{2,16}?)は(?:述べ|説明|語|打ち明け|話|指摘|警告|明らか|強調|発表)",
        s.text[s.start : s.end],
    )
    if m:
        return _speaker(s, s.start + m.start("who"), s.start + m.end("who"))
    return _NOBODY


_BY_LANGUAGE: dict[str, Callable[[Sentence], _Speaker]] = {
    "en": _english_speaker,
    "zh": _chinese_speaker,
    "ja": _japanese_speaker,
}
