"""The sentences and clauses of a document that may become points, and what can be told of each from its
words alone. Every statement is a contiguous piece of its paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from mine2magnet.core.text import fold, sentences
from mine2magnet.digests import boilerplate
from mine2magnet.model import Document

# Sizes are in words; two Chinese or Japanese characters count as one.
LONG = 60  # a longer sentence is cut at a clause, if it can be
LONGEST = 110  # a longer one is no point: it would outgrow the digest
TOGETHER = 35  # sentences of one quotation of no more words are one statement
SHORTEST = 4  # a shorter one says nothing by itself
SHORTEST_ROW = 2  # of a table, whose head says the rest
SHORTEST_CLAUSE = 8
MOST_SENTENCES = 10_000  # of a document are looked at: beyond that it is a book
LONG_WORD = 15  # characters, with the space

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u052f\d][\w.,%'’-]*")
_STOP = re.compile(r"(?:[.!?。！？…][\"”’」』)）\]]*|[」』])$")

# A clause before one of these stands alone and loses no condition, doubt or attribution by the cut. After
# a semicolon, the next clause stands alone too.
_SEMICOLON = re.compile(r"[;；]\s*")
_CUT = re.compile(r",\s(?=(?:while|whereas)\s)|[，,](?=(?:而|其中|与此同时|與此同時))")
_SUBORDINATE = re.compile(
    r"(?:if|when|while|although|though|because|since|unless|after|before|once|whereas|as)\b"
    r"|(?:如果|若|虽然|雖然|尽管|儘管|由于|由於|因为|因為|当|當|只要|只有|除非|随着|隨著|在)",
    re.IGNORECASE,
)

_UNITS = (
    r"(?:%|percent|per\ cent|pct|t\b|kt\b|tonnes?|tons?|kg|weeks?|months?|years?|days?|times|fold|hours?|km|"
    r"million|billion|trillion|dollars?|euros?|yen|yuan|elements?|companies|plants?|countries)"
)
_FIGURE = re.compile(
    rf"""
    \d[\d,.]*(?:\s*[-–~～至到]\s*\d[\d,.]*)?(?:\s*{_UNITS})?
    | [一二三四五六七八九十百千万萬亿億两兩几幾数數半]+(?:[到至][一二三四五六七八九十百千万萬]+)?(?:多|余|餘)?
      (?:成|倍|周|週|个月|個月|か月|カ月|ヶ月|年|天|日|吨|噸|万|萬|亿|億|家|种|種|分之|元|美元)
    | 翻(?:倍|番|了) | 腰[斩斬] | [减減]半 | 過半 | 半数 | 半減 | 倍増 | 過去最(?:高|低) | [历歷]史新(?:高|低)
    | \b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|half|dozens|hundreds|thousands)
      (?:\ (?:to|or)\ \w+)?\ (?:of\b|a\b|{_UNITS})
    | \b(?:doubl|tripl|quadrupl|halv)(?:ed|es|ing|e)\b | \btwo-thirds | \bthree-quarters | \b\w+fold\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_POLARITY = re.compile(
    r"\b(?:rise|rose|risen|rising|fall|fell|fallen|falling|up|down|increased?|decreased?|more|less|higher"
    r"|lower|gain\w*|"
    r"drop\w*|declin\w+|not|no|never|without|cannot|\w+n['’]t)\b"
    r"|[涨漲跌升降增减減不未没沒无無非]|上昇|下落|増|ない|ません|ず、",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"[?？][\"”’」』)）]*$|[吗嗎呢么麼][。]?$|か。?$")
# What a sentence that opens so speaks of stands in the sentence before.
_DEPENDENT = re.compile(
    r"(?:(?:in (?:\w+ )?\d{4},? )?(?:it|they|the (?:firm|company|agency|former|latter|same|second|other))"
    r"|the (?:rest|remainder|others?)(?! of)|its|this|that|these|those|their|he|his|she|her|one (?:is|was)"
    r"|another|others|such|so|but|and|yet|there"
    r"|then|here|both|the parties|the (?:[\w-]+ )?(?:group|miner|maker|producer|refiner|startup|start-up)"
    r"|(?:so )?no|however|moreover|meanwhile|furthermore|therefore|thus|instead|hence|similarly|that said"
    r"|for (?:example|instance)|in addition|in other words|in turn|as a result|by contrast|on the other hand"
    r"|at the same time|(?:\w+ ){1,3}them"
    r"|(?:by|in|on|for|at|with|to|from|of|under|despite) (?:its|their|his|her|it|them|this|that|these|those)"
    r"|(?:after|when|as|while|if|since|before|although) [^,]{0,80}, (?:it|they|s?he))\b"
    r"|[这這该該此它她更]|其(?!他|余|餘)|他(?!国|國)|上述|[对對]此|例如|比如|但|可是|而|也就是|甚至|[于於]是"
    r"|[预預][计計]|同比|[环環]比|[较較]上|比上[年月周週]|据此|據此|当日宣布|當日宣布|[拟擬](?!人|合|态)|占"
    r"|[约約]占|[达達]到|[总總]投[资資]"
    r"|[为為]此|因而|反之|相比之下|接下来|同[样樣]|[后後前]者|[一二三]是|另一|第[一二三][，,]"
    r"|これ|それ|この|その|あの|ここ|そこ|彼|同[社氏国省相]|こうした|そうした|例えば|たとえば|だが|しかし"
    r"|ただ"
    r"|また|つまり|すなわち|そして|とはいえ|なお|むしろ|一つは|ひとつは|もう一つ|第[一二三]に",
    re.IGNORECASE,
)
# Somebody named in an earlier sentence only, wherever it stands.
_DANGLING = re.compile(
    r"^[^，。；]{0,14}(?<![应應])[该該](?:公司|企业|企業|厂|项目|機構|机构|部门|官员|人士|消息|报告|報告"
    r"|文件|计划|計劃|协议|協議|国|國)"
    r"|^[^，。；]{0,14}上述(?:公司|企业|项目|人士)|^[^、。]{0,14}同(?:社|氏)(?=[はがのもをに、])"
    r"|\b(?:s?he|they) (?:sa(?:id|ys)|adds?|added|told|noted|warn(?:s|ed)|expect(?:s|ed)|reckon(?:s|ed)"
    r"|estimate[sd]|argue[sd]"
    r"|thinks?|thought|believe[sd]|predict(?:s|ed)|put|puts|call(?:s|ed)|claim(?:s|ed)|sees)\b|\bthe latter\b"
)
# Likely of something in the sentence before, though not surely: told with it where one paragraph holds both.
_LOOSE = re.compile(
    r"\b(?:of|for|than|after|before|behind|from|by|with|to|at|on|in) (?:that|this|those|these)(?=\s*[,.;:])"
    r"|\bwhat (?:it|they) (?:call|describ)|\b(?:of|from|for|to|by|with|in) (?:these|those)\b"
    r"(?! (?:it|they|we|who|that|which|with|in|of|from|made)\b)"
    r"|\bof (?:them|the (?:metal|mineral|element))\b"
    r"|\bthat (?:month|quantity|figure|proportion|share|total|level|amount|volume)\b"
    r"|\bthe same (?:period|basis|terms|month|conditions|component)\b(?! (?:of|last|a year|as|in))"
    r"|^The (?:total|balance|figure|result|move|step|decision|episode|earlier|previous"
    r"|stoppage)\b(?! (?:of|in)\b)"
    r"|^(?:其中|剩下|其余|余下|照此|按此|由此|同期|另有|至此)|此[举舉]|[这這]一(?![年天])|据该|據該"
    r"|^The (?:new|old|other|present|existing|second|two)\b|^[据據][他她其]"
    r"|\b(?:of|at|on) the same (?!period|month|time|day|week|year|quarter|terms|basis)\w+\b(?! as\b)"
    r"|^[^,;.“\"]{0,40}\bthem\b"
    r"|^(?:In|On|At|By|Since|From|For|With|Until) [^,]{1,40},? (?:[^,]{1,60}, )?(?:it|they|he|she)\b"
    r"|^The (?:[a-z-]+ )?(?:volume|tally|quantities|contents|price|premium|gap|difference|sum|cost|loan|money"
    r"|study|report|survey|plan|scheme|agreement|deal|contract|ban|law|quota|delay|hold-up|rally|surge"
    r"|sector|industry|cause|reason|effect)\b(?! (?:of|in|between|for|on|to|that|with|at)\b)"
    r"|^[^,;]{0,30}\b(?:part|half|most|some|much|little|none|all|rest) of it\b"
    r"|\b(?:part|half|most|some) of the output\b"
    r"|\b(?:to|from|with|near) its neighbou?r\b"
    r"|^[^,.]{1,30} (?:also|too|either)\b|\beither\.$|\bat the (?:lower|upper|low|high) end\b(?! of)"
    r"|^[^，。]{2,8}(?:也|亦|还)(?!是|有待|未)|^[^、。はが「]{1,14}も(?![のう])(?=[^。]*[るたい]。)"
    r"|両者|同社株|(?:こと|ため|影響)に?(?:よるもの(?:です|だ|である)|が(?:響い|寄与し)た)。$"
    r"|上述|管制生效|协议(?:公布|签署|达成)|^按照?约定"
    r"|\b(?:both|the two|all three) (?:metals|oxides|elements|materials|companies|firms|plants|projects"
    r"|countries|sides|products)\b"
    r"|\bthe (?:new owner|first phase|second phase|trial|former owner|previous owner)\b|\b(?:like"
    r"|such as) (?:hers|his|theirs)\b"
    r"|^[^，。]{0,8}(?:当时|届时|那时)|[两兩]部[门門]|こう(?:話|語|述べ|指摘|説明|訴|強調|振り返|みる)"
    r"|[両兩](?:品目|社|氏|国|工場|元素|酸化物)"
    r"|^「[^」]*」と(?:担当者|社長|幹部|関係者|同社)|^いずれ[もの]|同(?:法|方式|制度|措置)(?![\u3400-\u9fff])"
    r"|^[^，。]{0,18}[这這](?:[两兩几幾些批种種]|三种)|[与與]之|^[^，。]{2,14}[则則](?:提醒|表示|认为|認為"
    r"|称|稱|说|說)"
    r"|^本(?:見通し|予想|試算|業績予想)|前提として(?:い|おり)"
    r"|^(?:このうち|うち(?=[、\d０-９])|残[りる]|今回は|これら|同期|同じ)|その(?:約|うち|[\d０-９]|半|一部|大半"
    r"|多く|割合|比率)"
    r"|^同(?:[国州県市庁会研]|商議所|工業会|協会|機構|鉱山|工場|海域)",
    re.IGNORECASE,
)
_ON_ACTOR = re.compile(
    r"(?:it|they|its|their|we|our|the (?:[\w-]+ )?"
    r"(?:company|firm|group|miner|maker|producer|refiner|startup|start-up))\b"
    r"|[该該](?:公司|企业|企業|集团|集團)|公司|其(?!他|余|餘|中)|同社|当社",
    re.IGNORECASE,
)
_ON_ACTOR_ANYWHERE = re.compile(r"(?<![应應])[该該](?:公司|企业|企業)|同社(?=[はがのもをに、])")
_OPENS_QUOTED = re.compile(r'“([^“”]*)”|「([^「」]*)」|"([^"]*)"')
_ONLY_QUOTED = re.compile(r'(?:“[^“”]*”|「[^「」]*」|"[^"]*")[。.]?')  # by whom, others say
# A Japanese sentence without a word that は, が or も marks says nothing of who or what.
_KANA = re.compile("[\u3041-\u309f]{2}")
_NO_TOPIC = re.compile("(?:で|に|と|から|まで|より)[はも]|[だるたいすんう]が(?=、)|ながら")
_TOPIC = re.compile("[はがも]")
_OPENING = '“"「『'
_LEADS_ON = re.compile(
    r"\b(?:as follows|the following)\b|如下|次の(?:よう|通り|とおり)|以下の|[―—…]。?$|(?<!？)——$"
    r"|(?:という点|から|ため)(?:だ|である)。$",
    re.IGNORECASE,
)
_PAIRS = (("“", "”"), ("「", "」"), ("『", "』"), ("（", "）"), ("(", ")"), ("《", "》"))


@dataclass(frozen=True, slots=True)
class Statement:
    """`paragraphs` are the numbers of those that state it: first the one its text was taken from, then any
    that repeat it."""

    text: str
    paragraphs: tuple[int, ...]


def statements(document: Document) -> list[Statement]:
    """In the order of the text, without boilerplate, headings and repetitions; lines without a full stop, as
    items of a list and rows of a table, if they state a figure. Where there is nothing else, every line of a
    bearable length is one."""
    return _merged(_found(document)) or _merged(_any(document))


def _found(document: Document) -> Iterator[Statement]:
    for paragraph, sentence in _sentences(document):
        sentence = sentence[boilerplate.front(sentence) :]
        if (is_stopped(sentence) or _FIGURE.search(sentence)) and not boilerplate.is_sentence(sentence):
            least = SHORTEST_ROW if is_row(sentence) else SHORTEST
            for clause in clauses(sentence):
                if least <= size(clause) <= LONGEST:
                    yield Statement(clause, (paragraph,))


def _any(document: Document) -> Iterator[Statement]:
    for paragraph, sentence in _sentences(document):
        if size(sentence) <= LONGEST and any(map(str.isalnum, sentence)):
            yield Statement(sentence, (paragraph,))


def _sentences(document: Document) -> Iterator[tuple[int, str]]:
    """Paragraph number and text of each sentence outside of boilerplate paragraphs and lists of sources."""
    left = MOST_SENTENCES
    for paragraph in document.paragraphs:
        if boilerplate.begins_sources(paragraph.text) and paragraph.number > 1:
            return
        if boilerplate.is_paragraph(paragraph.text):
            continue
        for start, end in _whole(paragraph.text, sentences(paragraph.text)[:left]):
            yield paragraph.number, paragraph.text[start:end]
            left -= 1


def _whole(text: str, found: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Sentences, with those that stand in one quotation taken together unless they are long."""
    start = -1
    for (a, b), following in zip(found, [*found[1:], None], strict=True):
        start = a if start < 0 else start
        if following and not _balanced(text[start:b]) and size(text[start : following[1]]) <= TOGETHER:
            continue
        yield start, b
        start = -1


def _merged(found: Iterator[Statement]) -> list[Statement]:
    """Statements that say the same in the same words become one, resting on all their paragraphs."""
    by_words: dict[str, Statement] = {}
    for statement in found:
        key = "".join(c for c in fold(statement.text) if c.isalnum())
        held = by_words.get(key)
        if held is None:
            by_words[key] = statement
        else:
            together = dict.fromkeys((*held.paragraphs, *statement.paragraphs))
            by_words[key] = replace(held, paragraphs=tuple(together))
    return list(by_words.values())


def size(text: str) -> float:
    """Length in words; two Chinese or Japanese characters count as one, and no word is endless.

    >>> size("Prices rose 40%."), size("价格上涨四成")
    (3.0, 3.0)
    """
    return max(len(_WORD.findall(text)) + len(_CJK.findall(text)) / 2, len(text) / LONG_WORD)


def clauses(sentence: str) -> list[str]:
    """The sentence, or if it is long, those of its clauses that stand alone."""
    if size(sentence) <= LONG:
        return [sentence]
    parts = _SEMICOLON.split(sentence)
    if len(parts) > 1 and all(map(_stands_alone, parts)):
        return parts
    heads = (sentence[: match.start()] for match in _CUT.finditer(sentence))
    return [next(filter(_stands_alone, heads), sentence)]


def _stands_alone(clause: str) -> bool:
    return size(clause) >= SHORTEST_CLAUSE and _balanced(clause) and not _SUBORDINATE.match(clause)


def figures(text: str) -> int:
    """How many figures and dates it states.

    >>> figures("Stocks last four to six weeks; prices are up 40% since 2025."), figures("库存仅够四到六周")
    (3, 1)
    """
    return len(_FIGURE.findall(text))


def values(text: str) -> frozenset[str]:
    """Its figures as they are written, for telling whether two statements claim the same."""
    return frozenset(match[0].strip(" .,").lower() for match in _FIGURE.finditer(text))


def polarity(text: str) -> frozenset[str]:
    """Its words of direction and denial: two statements that differ in them may contradict each other.

    >>> polarity("Prices did not fall") == polarity("Prices did fall")
    False
    """
    return frozenset(match[0].lower() for match in _POLARITY.finditer(text))


def is_row(text: str) -> bool:
    """Whether it is the row of a table."""
    return " | " in text or "\t" in text


def is_stopped(text: str) -> bool:
    """Whether it ends as a sentence does."""
    return bool(_STOP.search(text))


def is_question(text: str) -> bool:
    return bool(_QUESTION.search(text))


def is_dependent(text: str) -> bool:
    """Whether it leans on the sentence before or after, or is one half of a quotation."""
    leans = _DEPENDENT.match(text.lstrip(_OPENING)) or _DANGLING.search(text) or _LEADS_ON.search(text)
    return bool(leans) or not _balanced(text) or _topicless(text)


def leans(text: str) -> bool:
    """Whether it leans on the sentence before, or may, as one that is only quoted does."""
    return is_dependent(text) or may_lean(text) or bool(_ONLY_QUOTED.fullmatch(text))


def may_lean(text: str) -> bool:
    """Say whether it likely speaks of what the sentence before tells: "the volume", 上述, 残る."""
    return bool(_LOOSE.search(text))


def leans_on_actor(text: str) -> bool:
    """Whether what it leans on is who acts or owns, as "it", "the company", 同社 are."""
    return bool(_ON_ACTOR.match(text) or _ON_ACTOR_ANYWHERE.search(text)) or (
        _topicless(text) and not _DEPENDENT.match(text) and not _DANGLING.search(text)
    )


def leads_on(text: str) -> bool:
    """Whether the sentence after it says who said it, or goes on with it."""
    return is_quotation(text) or bool(_LEADS_ON.search(text))


def is_quotation(text: str) -> bool:
    """Whether it is nothing but somebody's words."""
    return bool(_ONLY_QUOTED.fullmatch(text))


def opening_quotation(text: str) -> str:
    """Return somebody's words with which it opens, "" where it does not.

    >>> opening_quotation("“You can't eat a press release,” said Tisdale, who recalls 2011.")
    "You can't eat a press release,"
    """
    found = _OPENS_QUOTED.match(text)
    return next(filter(None, found.groups()), "") if found else ""


def _topicless(text: str) -> bool:
    """Whether it is a Japanese sentence that leaves out of whom or what it speaks."""
    spoken = is_stopped(text) and _KANA.search(text)
    return bool(spoken) and not _TOPIC.search(_NO_TOPIC.sub("", text))


def without_half_quotes(text: str) -> str:
    """Without the mark at its start or end that opens or closes a quotation whose other end it lacks.

    >>> without_half_quotes("“We are 34 people."), without_half_quotes("“We are” 34 people.”")
    ('We are 34 people.', '“We are” 34 people.')
    """
    for opening, closing in (("“", "”"), ("「", "」"), ("『", "』"), ('"', '"')):
        odd = text.count('"') % 2 if opening == closing else text.count(opening) != text.count(closing)
        if odd and text.startswith(opening) and text.count(opening) >= text.count(closing):
            text = text[1:].lstrip()
        elif odd and text.endswith(closing):
            text = text[:-1].rstrip()
    return text


_FORMULA = re.compile(r"(?:ので|ため)?、?(?:下記のとおり|以下のとおり|ここに)?お知らせ(?:いた)?します。?$")


def without_formula(text: str) -> str:
    """Without the words at its end by which a release says that it says something.

    >>> without_formula("設備を増強することを決議いたしましたのでお知らせいたします。")
    '設備を増強することを決議いたしました'
    """
    return _FORMULA.sub("", text) or text


def grams(text: str) -> frozenset[str]:
    """Its folded words, and the character pairs of Chinese and Japanese words, to measure overlap by."""
    folded = fold(text)
    found = set(re.findall(r"[a-z\d][a-z\d.]*[a-z\d]", folded))
    for run in re.findall(r"[\u3040-\u30ff\u3400-\u9fff]+", folded):
        found.update(a + b for a, b in pairwise(run))
    return frozenset(found)


def _balanced(text: str) -> bool:
    return all(text.count(a) == text.count(b) for a, b in _PAIRS) and text.count('"') % 2 == 0
