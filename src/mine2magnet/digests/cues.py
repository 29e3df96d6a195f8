"""Words by which a statement denies, says up or down, adds up or leaves out, in three languages."""

from __future__ import annotations

import re

# Words that hold a sign of denial and deny nothing: 不仅, だけでなく, "no later than", and bounds (不到).
_NO_DENIAL = re.compile(
    r"\bnot (?:only|just|merely|least|until|before)\b|\bno (?:later|less|fewer|more) than\b|\bno doubt\b"
    r"|\bnon-(?=\w)|\bno\.\s?\d|\bwhether or not\b"
    r"|(?<!达)不(?:到|足)|不(?:仅|僅|只|但|过|過|断|斷|少|久|同|满|滿|低于|少于|超过|多于|高于|如说|妨|可避免|得不)"
    r"|不(?:锈|銹|均|动产|良|及时|止|管|论|稳|确定|可或缺|可缺少|容忽视|等|安|透明|正|況|動産|純物|確実|確か|可欠)"
    r"|无(?:论|疑|锡|人机|线|限|形|机|数|铁)|無(?:論|限|数|線|人|償)|未(?:来|來|必|満|定)|没(?:收|落)"
    r"|非(?:常|洲|公开|铁|鉄|公開)|是非"
    r"|(?:だけ|のみ|ばかり)(?:で)?(?:は|も)?(?:なく|でない)|(?:だけ|のみ)ではな(?:く|い)|かもしれない"
    r"|に(?:過ぎな|すぎな)い|間違いな[いく]|に違いない|少な(?:い|く|から)|なくては|なければ|ざるを得な|しかない"
    r"|ほかな(?:い|ら)|やむを得な|限らず|(?:関わ|かかわ|問わ)らず|問わず|(?:相次|絶え間)な|に(?:満た|届か)な|危な|切な",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|nowhere|hardly|lack(?:s|ed|ing)?|unable)\b"
    r"|n['’]t\b|\b(?:fail(?:ed|s)?|refus(?:ed|es|ing)) to\b|\b(?:stop(?:ped|s)? short of|den(?:y|ies|ied))\b"
    r"|\bun(?:changed|affected|likely|available|confirmed|disclosed|published|certain|clear|able|willing|known)\b"
    r"|[不没沒未无無非勿莫毋]|否认|缺乏|拒绝|拒絕"
    r"|[でははもがてしいらかたさまわれせけげべめえきりちにみびつく]な(?:い|く|かっ|けれ)|ません|ずに"
    r"|[らかさたまわれせけげべめえきちみび]ず(?:[、。に]|$)|否定|拒否",
    re.IGNORECASE,
)
# Words that set one thing against another: they may render a denial, and need not.
_CONTRAST = re.compile(r"\b(?:rather than|instead of)\b|而非|而不是|代わり|ではなく", re.IGNORECASE)
_UP = re.compile(
    r"\b(?:r[oi]se[ns]?|rising|rais\w+|increas\w+|gr[eo]wn?|grows|growing|growth|climb\w*|surg\w+|soar\w*"
    r"|jump\w*|gain(?:ed|s)?|higher|up|rebound\w*|recover\w*|expand\w*|expansion|doubl\w+|tripl\w+"
    r"|more expensive|dearer|widen\w*|accelerat\w+)\b"
    r"|上涨|上漲|上升|增长|增長|增加|提高|提升|攀升|走高|回升|升至|涨|漲|翻[倍番]|扩大|擴大|大增|猛增"
    r"|上が|上げ|上昇|増|伸び|高騰|急騰|値上が|拡大|回復|戻っ|倍増",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:fell|falls?|fallen|falling|drop\w*|declin\w+|decreas\w+|slip\w*|shr[aiu]nk\w*|down|lower\w*|reduc\w+"
    r"|less|cut|cuts|cheaper|halv\w+|dip\w*|plung\w+|slump\w*|collaps\w+|tumbl\w+|ease[ds]?|narrow\w*"
    r"|contract(?:ed|s)|lost|removed)\b"
    r"|下跌|下降|减少|減少|降低|降至|降到|回落|走低|跌|锐减|骤降|大减|缩小|縮小|萎缩|减半|腰斩"
    r"|下が|下げ|下落|減|落ち|低下|急落|値下が|縮小|半減|割り込",
    re.IGNORECASE,
)

_TOTAL = re.compile(
    r"\b(?:together|altogether|combined|in (?:all|total|sum)|total(?:s|led|ling)?|sums? up|add(?:s|ed)? up"
    r"|jointly)\b"
    r"|合计|合計|共计|共計|总计|總計|总共|總共|一共|加起来|加起來|之和|合わせて|合わせる|計(?=約?[0-9０-９])|足すと|足して",
    re.IGNORECASE,
)
_APART_BEFORE = re.compile(
    r"(?:\b(?:apart from|besides|other than|excluding|except(?: for)?|outside(?: of)?|beyond)(?: the)?\s"
    r"|除了?)$",
    re.IGNORECASE,
)
_APART_AFTER = re.compile(r"(?:以外|之外|を除|除外|のほか|の外)")


def denials(text: str) -> int:
    """How many words deny.

    >>> [denials(text) for text in ("Nothing was banned", "不仅没有禁止", "禁輸ではないが、少なくない")]
    [1, 1, 1]
    """
    return len(_DENIAL.findall(_NO_DENIAL.sub(" ", text)))


def contrasts(text: str) -> bool:
    """Whether it sets one thing against another, as "rather than" does."""
    return _CONTRAST.search(text) is not None


def directions(text: str) -> frozenset[str]:
    """Which of "up" and "down" it says.

    >>> [sorted(directions(text)) for text in ("Output rose", "价格下跌", "上昇後に下落")]
    [['up'], ['down'], ['down', 'up']]
    """
    said = {"up": _UP, "down": _DOWN}
    return frozenset(name for name, cue in said.items() if cue.search(text))


def totals(text: str) -> bool:
    """Whether it adds things up."""
    return _TOTAL.search(text) is not None


def sets_apart(text: str, start: int, end: int) -> bool:
    """Whether what is named at [start, end) is named only to be left out: "apart from magnets", 磁体以外."""
    before = text[max(0, start - 20) : start]
    return bool(_APART_BEFORE.search(before) or _APART_AFTER.match(text, end))
