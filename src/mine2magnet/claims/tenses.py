"""The tense in which a figure is told: past, perfect, present, future, as the verb nearest to it says."""

from __future__ import annotations

import re

from mine2magnet.claims.relations import FigureContext

_EN = re.compile(
    r"\b(?:(?P<future>(?:will|would|could|may|might|should|shall)(?:\s(?:not|also|only|be|have))*\s[a-z]+|"
    r"to\s(?!(?:about|around|a|the|just|nearly|some)\b)[a-z]+|"
    r"(?:(?:is|are|was|were)\s)?(?:expects?|expected|forecasts?|plans?|planned|aims?|targets?|intends?))|"
    r"(?P<perfect>(?:has|have|had)(?:\s[a-z]+ly)?(?:\s(?:been|not|now|already|yet))*\s(?:[a-z]+(?:ed|en|wn)|"
    r"built|cut|made|put|sold|lost|set|won|sent|left|come|gone|held|hit|bought|paid|found|spent|shrunk|"
    r"begun))|"
    r"(?P<past>was|were|had|did|rose|fell|grew|came|made|sold|took|stood|paid|shrank|slid|cut|sank|lost|"
    r"won|brought|"
    r"bought|went|became|held|kept|left|hit|set|put|sent|spent|ran|began|drew|gave|got|saw|told|said|"
    r"[a-z]{2,}ed)|"
    r"(?P<present>(?:is|are)(?:\s[a-z]+ed)?|has|have|do|does|holds?|makes?|needs?|uses?|takes?|stands?|"
    r"costs?|contains?|"
    r"runs?|covers?|"
    r"remains?|sells?|pays?|employs?|produces?|accounts?|supplies|represents?|depends?|owns?|controls?|"
    r"imports?|"
    r"exports?|keeps?|comes?|goes|wants?|gets?|says?|carries|carry|buys?|fetch(?:es)?|trades?|charges?|"
    r"amounts?))\b",
)
_ZH = re.compile(
    r"(?P<future>将|预计|料将|料会|预料|计划|拟|有望|预期|目标|力争|争取|可望|或(?!者)|可能|到20|规划)|"
    r"(?P<perfect>已|累计|以来|至今)|"
    r"(?P<past>了|曾|实现|完成|同比|环比|较|出口|进口|共)|"
    r"(?P<present>现有|目前|现|拥有|占|约为|为|是|需|只够|可|设有|持有|在)"
)
_BACK = 120  # characters before a figure in which its verb stands
_NEAR = 60  # characters behind it


def tense(view: FigureContext) -> str:
    """Return the tense of the verb nearest to the figure, "" where none is known.

    The last verb before the figure, else the first behind. In Japanese, whose verbs end the sentence and so
    often belong to another figure, none is told.

    Parameters
    ----------
    view : FigureContext
    """
    if view.tense is None:
        view.tense = _tense(view)
    return view.tense


def _tense(view: FigureContext) -> str:
    s, f = view.s, view.figure
    if s.language == "ja":
        return ""
    pattern = _EN if s.language == "en" else _ZH
    low = max(s.start, f.start - _BACK)
    *_, last = None, *pattern.finditer(s.text, low, f.start)
    verb = last or pattern.search(s.text, f.end, min(s.end, f.end + _NEAR))
    return (verb.lastgroup or "") if verb else ""
