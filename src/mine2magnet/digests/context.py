"""Whose and of what a statement is, where its words leave that to the text around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from mine2magnet.core.text import fold, sentences
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.digests.names import unknown
from mine2magnet.digests.referents import Referents, names_actor
from mine2magnet.digests.statements import is_dependent, leans_on_actor, may_lean
from mine2magnet.model import Claim, Document

# How likely a claim's slot must be to be told with a point.
SURE = {"subject": 0.85, "material": 0.8}
SURE_MAIN = 0.65  # of a material that the title names
SURE_LEANING = 0.6  # where it is the main actor, or a statement cannot do without: it has "the company", 同社
MOST = 2  # names of a slot
# The main actor has this share of a document's claims and so many of them, counted where it is likely whose
# they are, no country has more, and the next actor has half of them at most.
HERO, LEAST, LIKELY = 0.3, 2, 0.45
# Words by which those who speak or act are named in a document that is about them.
_ACTOR = re.compile(
    r"\b(?:we|our|ours|(?-i:us)|the (?:company|firm|group|maker|miner|startup|start-up))\b"
    r"|我们(?!学院|学校|国)|我們(?!學院|學校|國)|咱们|[本该該]?公司(?!法|债|債)|[该該](?:企业|企業|集团|集團|厂|廠)|[同当當弊]社"
    r"|うち(?=[はのがでも])|私(?:たち|ども)",
    re.IGNORECASE,
)
# How a company speaks of itself in what it publishes.
_OWN_VOICE = re.compile(r"当社|弊社|本公司|本集[团團]|报告期|\b[Tt]he Company\b|業績予想")
# Of others than the company that publishes a text.
_MARKET = re.compile(
    r"市[场場]|行[业業]|全球|世界|国[内際际]|業界|\b(?:market|industry|world\w*|global|prices?)\b",
    re.IGNORECASE,
)
# What it owns or has done, where nobody else is named.
_OWN = re.compile(
    r"^(?:The|Its) (?:new |first |second )?(?:plant|works|mine|mill|refinery|smelter|factory|project"
    r"|circuit|kiln"
    r"|line|deal|study|contract"
    r"|offer|loan|board|site|facility)\b"
    r"|^(?:首席执行官|董事长|总经理|总裁|厂长|董事总经理|财务总监|公司负责人)"
    r"|^(?:新?(?:基地|项目|工厂|厂区|产线|生产线)|一期|二期|项目|募投)|^(?:新|同|本)?(?:設備|工場|製品|棟"
    r"|ライン)(?:は|では|の|に)"
    r"|^(?:(?:初期|現在|全社)の?(?:年産|生産|処理)?能力|稼働開始|投資額|総事業費|建設費"
    r"|売上高|従業員|受注|(?:磁石の)?仕入れ先|手元の在庫|社長の?[^、。]{0,8}は)"
)
# Its head, who is named without it.
_OFFICER = re.compile(
    r"(?:[A-Z][\w-]+ [A-Z][\w-]+, )?(?:[Tt]he )?(?:[Cc]hief [Ee]xecutive|CEO|[Mm]anaging [Dd]irector"
    r"|[Cc]hair(?:man|woman)?)\b(?! of\b)"
    r"|[^、。，「]{0,20}(?:最高経営責任者|最高財務責任者|社長|会長)(?:（[A-Z]+）)?[はが]"
    r"|[^，。“]{0,4}(?:首席执行官|董事长|董事長|总经理|總經理|总裁|总工程师|厂长|廠長)"
)
_SPOKEN = re.compile(r'[“”「」『』"]|\b(?:we|our|I)\b|我们|我們')
_ACTORS = frozenset(("company", "organisation", "person"))
_STUFF = frozenset(("material", "product"))
# What is of who acts, or of a machine, and not of a material.
_NOT_OF_MATERIAL = frozenset(
    re.findall(
        r"\S+",
        """jobs employees investment cost tariff subsidy loan revenue profit profitability loss share_price
    royalty_tax build_time lead_time licence_time delay plant_stops vehicle_output installed_capacity
    penetration exchange_rate gdp efficiency emissions water_use waste_water number_of_stages utilisation""",
    )
)
# Of what magnets are made: a magnet that claims near it are of is not what is spoken of.
_RAW = re.compile(
    r"\b(?:ores?|mine[ds]?|mining|oxides?|feed)\b|原料|[采採]掘|鉱山|矿|鉱石|酸化物|氧化物", re.IGNORECASE
)
_PLACES = frozenset(("place", "country"))
_AT_HOME = re.compile(r"[国國][内內]|全[国國]|我[国國]|\bat home\b|\bdomestic")  # whose home needs telling
_LOCAL = re.compile(r"[県縣]|[州省市町]の|[市省州][内內]|全[市省]|地元|当地")
_GENERAL = frozenset(
    re.findall(
        r"\w+", "great north south east west northern southern eastern western china chinese japan rare"
    )
)
_NO_NAME = re.compile(
    r"(?:[新同本该該]|the )?"
    r"(?:工場|鉱山|会社|公司|工厂|项目|plant|mine|company|project|we)|\w+用\w+"
    r"|\w*一家\w*|\w*(?:企業|メーカー|企业|厂商|廠商|各社|商社)"
)
_BODY = re.compile(
    r"(?:省|部|庁|厅|廳|局|委|委员会|委員会|院|税関|海关|協会|协会|大学|市|州)$|\b(?:Ministry|Department"
    r"|Bureau|Agency)\b"
)
# A forecaster's "we", which the company of the title is not.
_FORECASTS = re.compile(
    r"\b(?:estimate|forecast|expect|model|rating|target|reckon|our (?:view|numbers|base case)|we (?:see"
    r"|think|lift|cut|keep))"
    r"|我们(?:认为|預計|预计|维持|测算|判断)|当社は[^。]{0,40}(?:予想|見込|みる|引き[上下]げ)|当社(?:モデル|推計|予想)"
    r"|目標株価|目标价|target price",
    re.IGNORECASE,
)
# What a Chinese or Japanese name is cut to: 永耀 of 永耀磁业.
_SHORT = re.compile(r"(?:[㐀-鿿]{2}|[ァ-ヺー]{4})(?=[㐀-鿿ァ-ヺー]{2})")

Read = Sequence[tuple[Claim, Mapping[str, float]]]  # claims, each with how likely its slots are right


def companies(read: Read) -> tuple[str, ...]:
    """Return the names in words (not of the thesaurus) of whom a document's claims are."""
    return tuple(
        dict.fromkeys(
            name
            for claim, chances in read
            if chances.get("subject", 0.0) >= SURE_LEANING
            for name in claim.subjects
            if not _NO_NAME.fullmatch(name.lower()) and not _BODY.search(name)
        )
    )


def main_actor(read: Read, thesaurus: Thesaurus) -> str:
    """Return whom most of a document's claims are of; "" for nobody, or where they are of a country.

    Parameters
    ----------
    read : sequence of (Claim, mapping of str to float)
        All claims of the document, and how likely each slot is right.
    """
    told = Counter(
        claim.subjects[0]
        for claim, chances in read
        if claim.subjects
        and chances["subject"] >= LIKELY
        and not _NO_NAME.fullmatch(claim.subjects[0].lower())
    )
    actors = Counter({name: n for name, n in told.items() if _acts(name, thesaurus)})
    (name, count), (_, next_) = [*actors.most_common(2), ("", 0), ("", 0)][:2]
    most = max(told.values(), default=0)
    return name if count >= max(HERO * len(read), 2 * next_, most, LEAST) else ""


def titled_actor(read: Read, title: str, thesaurus: Thesaurus) -> str:
    """Return the only company of a document's title, "" for none or several.

    Parameters
    ----------
    read : sequence of (Claim, mapping of str to float)
        All claims of the document, and how likely each slot is right.
    title : str
    """
    titled = {m.concept.id for m in thesaurus.find(title) if m.concept.kind == "company"}
    titled |= {
        one for one in companies(read) if one not in thesaurus and len(one) > 2 and fold(one) in fold(title)
    }
    return titled.pop() if len(titled) == 1 else ""


def opens_with_actor(text: str) -> bool:
    """Return whether a statement opens with "we", 公司 or something that its document's company owns."""
    return bool(_ACTOR.match(text) or _OWN.match(text) or _OFFICER.match(text))


def is_own(document: Document) -> bool:
    """Return whether a document is a company's own: a release, a filing, a report to those who own it."""
    return any(_OWN_VOICE.search(p.text) for p in document.paragraphs)


def about(
    text: str, title: str, read: Read, actor: str, thesaurus: Thesaurus, own: bool = False
) -> tuple[str, ...]:
    """Return the names that a statement needs and does not have: ids of the thesaurus, or words.

    Parameters
    ----------
    text, title : str
        The statement, and its document's title.
    read : sequence of (Claim, mapping of str to float)
        The claims in it, and how likely each slot is right.
    actor : str
        Who is meant by "we" or "the company" where the claims do not tell, "" for nobody.
    thesaurus : Thesaurus
    own : bool
        Whether the document is the actor's own, see `is_own`.
    """
    named, titled, folded = _named(text, thesaurus), _named(title, thesaurus), fold(text)
    whose = _whose(text, named, titled, read, actor, thesaurus)
    of_what = _of_what(text, named, titled, read, thesaurus)
    told = [
        names
        for names in (whose, of_what)
        if names and not any(_is_named(name, named, folded, thesaurus) for name in names)
    ]
    meant = _means_actor(text, named, titled, actor, own, thesaurus)
    if actor and whose not in told and meant and not _is_named(actor, named, folded, thesaurus):
        told.insert(0, (actor,))
    return tuple(dict.fromkeys(name for names in told for name in names))


def _whose(
    text: str, named: set[str], titled: set[str], read: Read, actor: str, thesaurus: Thesaurus
) -> tuple[str, ...]:
    """Of whom the first claim with a subject is, if that is sure and no other acts in the statement."""
    told = next(((claim, chances) for claim, chances in read if claim.subjects), None)
    if told is None:
        return ()
    names = told[0].subjects[:MOST]
    expected = names[0] == actor or _ACTOR.search(text)
    if told[1].get("subject", 0.0) < (SURE_LEANING if expected else SURE["subject"]):
        return ()
    if _NO_NAME.fullmatch(names[0].lower()) or _is_body(names[0], thesaurus):
        return ()
    is_wide = _is_wide(names[0], thesaurus)
    if is_wide and not _AT_HOME.search(text):
        acts = {thesaurus[id].kind for id in named} & _ACTORS
        others = unknown(text, [(m.start, m.end) for m in thesaurus.find(text)])
        if acts or others or _SPOKEN.search(text):
            return ()  # another is told to act or to speak
        if _LOCAL.search(text):
            return ()  # a part of it
    if names[0] == "china" and "國" in text:
        return ()  # 國內 is at home, wherever that is
    is_place = names[0] in thesaurus and thesaurus[names[0]].kind == "place"
    if is_place and (actor or names[0] not in titled):
        return ()  # a town stands for those who work there
    return names if is_wide or not names_actor(text, thesaurus) else ()


def _of_what(
    text: str, named: set[str], titled: set[str], read: Read, thesaurus: Thesaurus
) -> tuple[str, ...]:
    """The surest material of its claims, where the statement names none and measures something of one."""
    having = [one for one in read if one[0].materials]
    if not having:
        return ()
    claim, chances = max(having, key=lambda one: one[1].get("material", 0.0))
    names = claim.materials[:MOST]
    known = any(_akin(names[0], other, thesaurus) for other in titled)
    if chances.get("material", 0.0) < (SURE_MAIN if known else SURE["material"]):
        return ()
    stuff = _STUFF if claim.measure != "price" else {"material"}  # a motor is made of what is priced
    if {thesaurus[id].kind for id in named} & stuff or claim.measure in _NOT_OF_MATERIAL:
        return ()
    is_magnet = names[0] in thesaurus and thesaurus.is_a(names[0], "permanent_magnet")
    return () if is_magnet and _RAW.search(text) else names


def _means_actor(
    text: str, named: set[str], titled: set[str], actor: str, own: bool, thesaurus: Thesaurus
) -> bool:
    """Whether "we", "the company", a plant or a chief executive of a statement is, or is of, the actor."""
    called, kinds = _ACTOR.search(text), {thesaurus[id].kind for id in named}
    meant = called and not names_actor(text[: called.start()], thesaurus)
    owned = _OWN.match(text) or (own and _is_of_nobody(text, thesaurus))
    if (meant or (owned and not names_actor(text, thesaurus))) and not _FORECASTS.search(text):
        return True
    if not _OFFICER.match(text) or kinds & {"company", "organisation"}:
        return False
    # Of whom is known who he is, others may know where he is.
    companies = {id for id in titled if thesaurus[id].kind == "company"}
    return "person" not in kinds or companies == {actor}


def with_referents(
    names: tuple[str, ...], text: str, paragraph: int, referents: Referents, thesaurus: Thesaurus
) -> tuple[tuple[str, ...], bool]:
    """Return the names with those that "the ministry", 同会, 日高氏, "that month" stand for, the times that
    it tells by the day of publication, and an interviewer's question where the answer needs it; and whether
    nothing is left that the statement leans on.

    Parameters
    ----------
    names : tuple of str
        Those that its claims tell, see `about`.
    text, paragraph : str, int
        The statement, and where it stands.
    referents : Referents
    thesaurus : Thesaurus
    """
    known = [name for name in names if not _is_wide(name, thesaurus)]
    found = referents.of(paragraph, text)
    told = list(names)
    for one in found:
        is_company = thesaurus[one].kind == "company" if one in thesaurus else one in referents.companies
        if one not in told and not (known and (is_company or referents.is_site(one))):
            told.append(one)
    named = [one for one in found if not one[0].isdigit()]
    if len(told) > len(names) and named:
        told = [one for one in told if one in found or not _is_wide(one, thesaurus)]
    person = referents.person(paragraph, text)
    told += [person] if person else []
    told += [time for time in referents.times(text) if time not in told]
    opening = text[slice(*sentences(text)[0])]
    leans = is_dependent(opening)
    question = referents.question(paragraph, text)
    if question and question not in text:
        return (*told, question), True
    resolved = named or person or (known and leans_on_actor(opening))
    return tuple(told), bool(resolved) if leans else bool(told) or not may_lean(opening)


def _is_material(name: str, thesaurus: Thesaurus) -> bool:
    """Whether it is one of several, as an element or an oxide is, and not magnets or rare earths at large."""
    return name not in thesaurus or bool(thesaurus[name].kind == "material" and thesaurus[name].broader)


def _is_wide(name: str, thesaurus: Thesaurus) -> bool:
    """Whether it is a country, a place or a trade: what an article is of at large, not who acts."""
    return name in thesaurus and thesaurus[name].kind not in _ACTORS


def _is_of_nobody(text: str, thesaurus: Thesaurus) -> bool:
    """Whether a sentence names nobody, no country and no market, so that it is of whom its document is."""
    known = thesaurus.find(text)
    kinds, others = {m.concept.kind for m in known}, unknown(text, [(m.start, m.end) for m in known])
    return not (
        kinds & (_ACTORS | {"country", "bloc"}) or _MARKET.search(text) or _SPOKEN.search(text) or others
    )


def _acts(name: str, thesaurus: Thesaurus) -> bool:
    return not _is_wide(name, thesaurus) and not _is_body(name, thesaurus)


def _is_body(name: str, thesaurus: Thesaurus) -> bool:
    """Whether it is a ministry or the like, which states figures more often than they are of it."""
    if name in thesaurus:
        return thesaurus[name].kind == "organisation"
    return bool(_BODY.search(name))


def _named(text: str, thesaurus: Thesaurus) -> set[str]:
    return {c.id for mention in thesaurus.find(text) for c in (mention.concept, *mention.others)}


def _is_named(name: str, named: set[str], folded: str, thesaurus: Thesaurus) -> bool:
    """Whether the text has it, or something that it is part of or that is part of it."""
    if name not in thesaurus:
        return any(one in folded for one in (*_shorter(fold(name)), *_short(name, thesaurus)))
    labels = (one for of in thesaurus[name].names.values() for one in of)
    if thesaurus[name].kind == "company" and any(s in folded for one in labels for s in _shorter(fold(one))):
        return True
    return any(_akin(name, other, thesaurus) for other in named)


def _akin(name: str, other: str, thesaurus: Thesaurus) -> bool:
    """Say whether one is a kind or a part of the other."""
    return name in thesaurus and (thesaurus.is_a(name, other) or thesaurus.is_a(other, name))


def _short(name: str, thesaurus: Thesaurus) -> Iterator[str]:
    """What a Chinese or Japanese name is cut to, without the place at its beginning."""
    place = next((m.end for m in thesaurus.find(name) if not m.start and m.concept.kind in _PLACES), 0)
    if cut := _SHORT.match(name, place):
        yield fold(cut[0])


def _shorter(name: str) -> Iterator[str]:
    """A folded name, its first word, and its initials, by which it is named again."""
    yield name
    words = name.split()
    if len(words) > 1 and len(words[0]) > 4 and words[0] not in _GENERAL:
        yield words[0]
    if len(words) > 2:
        yield "".join(word[0] for word in words)
