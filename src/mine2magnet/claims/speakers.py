"""Who says what a sentence states."""

from __future__ import annotations

import re
from collections.abc import Callable

from mine2magnet.claims.view import SUBJECTS, Sentence

_SAID_EN = re.compile(
    r"\b(?:according to|data from|figures from|estimates? (?:by|from)|(?:put at|seen) [^,]{0,40}? "
    r"by)\s(?:the\s)?(?P<who>[^,.;]{2,60})",
    re.IGNORECASE,
)

_SAID_ZH = re.compile(
    r"(?<![依根数证论占拿凭])(?:根)?据(?P<who>[^，,。；\d]{1,24}?)(?:公布的|发布的|的)?(?:数据|统计|预测|报道|报告|消息|介绍|测算|估计|估算|称|透露|"
    r"分析|显示)*[，,：:]|(?<![依根数证论占拿凭])据(?P<short>[A-Z]{2,8})"
)

_SAID_JA = re.compile(r"(?P<who>[^、。\d]{1,28}?)(?:によると|によれば|の試算では|の調べでは|の推計では)")

_SAID_INVERTED = re.compile(r"\s(?P<who>[^,.;“”\"]{3,80})")

_WHO_STOP = re.compile(r"\s(?:and|which|that|who|in|on)\s.*$")

_NOT_SAID = re.compile(r"[名号號堪声聲职职简簡自]称|[据据来小传难]说|说法|无论如何说")

_EXPERTS = re.compile(r"(?:专家|机构|业内|市场|业界|分析师|人士|学者|券商|研究员|协会|高管|负责人|官员)$")

_ANNOUNCED_JA = re.compile(r"(?P<who>[^、。]{2,30}?)が[^、。]{0,8}(?:発表|公表|まとめ)した(?!と)")

_QUOTED_JA = re.compile(r"(?P<who>[^、。「」]{2,30})は「[^」]*」と")

_Speaker = tuple[str | None, tuple[int, int]]

_NOBODY: _Speaker = (None, (-1, -1))


def said_by(s: Sentence) -> _Speaker:
    """Who says it, and the characters of the name."""
    return _BY_LANGUAGE[s.language](s)


def _speaker(s: Sentence, start: int, end: int, *, whole: bool = False) -> _Speaker:
    """The concept named in [start, end), else the words themselves."""
    named = [c for c in s.cues if c.kind in (*SUBJECTS, "person") and start <= c.start and c.end <= end]
    best = [c for c in named if c.kind in ("person", "organisation", "company")] or ([] if whole else named)
    if best:
        return best[0].id, (start, end)
    words = s.text[start:end].strip(" “”\"'「」—-")
    words = re.sub(r"^(?:the|a|an|one)\s", "", words, flags=re.IGNORECASE)
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
        who = _WHO_STOP.sub("", m["who"])
        return _speaker(s, m.start("who"), m.start("who") + len(who))
    for c in s.cues:
        if c.kind != "said":
            continue
        head = s.text[s.start : c.start]
        begin = max(head.rfind(x) for x in (",", "“", '"', "”", ";", ":")) + 1
        chunk = head[begin:]
        if not chunk.strip() and head.rstrip().endswith(","):  # "X, the lobby, said"
            chunk = head[head[: head.rstrip(", ").__len__()].rfind(",") + 1 :]
        words = chunk.split()
        named = any(
            k.kind in (*SUBJECTS, "person") and c.start - len(chunk) <= k.start and k.end <= c.start
            for k in s.cues
        )
        if not words and _SAID_INVERTED.match(s.text, c.end):
            found = _SAID_INVERTED.match(s.text, c.end)
            assert found
            named_as, _ = _speaker(s, found.start("who"), found.end("who"), whole=True)
            return named_as, (c.start, s.end)
        if not 0 < len(words) <= (16 if named else 9) or (any(ch.isdigit() for ch in chunk) and not named):
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
            and begin == 0
            and not any(k.kind in ("organisation", "person", "company") and k.end <= c.start for k in s.cues)
        ):
            continue
        return _speaker(s, c.start - len(chunk), c.start)
    return _NOBODY


def _chinese_speaker(s: Sentence) -> _Speaker:
    if m := _SAID_ZH.search(s.text, s.start, s.end):
        group = "who" if m["who"] else "short"
        return _speaker(s, m.start(group), m.end(group))
    for c in s.cues:
        if c.kind != "said" or _NOT_SAID.search(s.text, max(s.start, c.start - 1), c.end + 1):
            continue
        word = s.text[c.start : c.end]
        if (
            word in ("称", "说", "警告", "介绍", "披露")
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
        start = s.start + m["who"].rfind("の") + 1
        named, span = _speaker(s, start, m.end("who"), whole=True)
        return named, (s.start, span[1])
    if m := _SAID_JA.search(s.text, s.start, s.end):
        return _speaker(s, m.start("who"), m.end("who"))
    for c in s.cues:
        if c.kind != "said" or s.text[max(s.start, c.start - 1) : c.start] not in ("と", "を"):
            continue
        word = s.text[c.start : c.end]
        if s.text[c.start - 1] == "を" and word not in ("予測", "発表"):
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
        return _NOBODY
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
