"""The catalogue of messages: complete in three languages, and all of it used."""

from __future__ import annotations

import ast
import csv
import re
import time
from datetime import datetime, timedelta, timezone
from itertools import product
from pathlib import Path

import pytest

import mine2magnet
from mine2magnet.bridges import claims_to_scenario
from mine2magnet.bridges.claims_to_scenario import REGIONS
from mine2magnet.core.decode import bounds
from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator, messages, phrases
from mine2magnet.model import ACTIONS, CATEGORIES, ENDED, JOB_KINDS, LANGUAGES

FOLDER = Path(mine2magnet.__file__).parent
SOURCES = [*FOLDER.rglob("*.py"), *FOLDER.rglob("*.html")]
# Keys of which the end comes from data.
PUT_TOGETHER = (
    *("slider.", "category.", "column.", "direction.", "filter.", "language.", "modality.", "unit."),
    *("premise.", "region.", "form.", "period_kind.", "basis.", "slot.", "confidence.", "corrected."),
    *("error.correct.", "list.", "type."),
    "catalogue.kind.",
    "settings.",
    "catalogue.licence.",
    "brief",
    "query.fault.",
    "differs.",
    "axis.",
    *("say.approx.", "say.share.", "say.level.", "say.rise.", "say.fall.", "say.fold.", "say.same."),
    *("say.whole.", "translated.", "front.trend.", "concept.kind.", "job.", "audit.", "span."),
)


def used() -> set[str]:
    text = "\n".join(file.read_text("utf-8") for file in SOURCES)
    keys = set(re.findall(r'(?:\bt|self)\("([a-z0-9.]+)"[,)]', text))
    # t("error.404" if … else "error.http")
    return keys | {
        key
        for line in re.findall(r'\bt\("[a-z0-9.]+" if [^\n]+', text)
        for key in re.findall(r'"([a-z0-9]+\.[a-z0-9.]+)"', line)
    }


def test_no_key_stands_twice() -> None:
    with (FOLDER / "data" / "messages.csv").open(encoding="utf-8") as table:
        names = [(row["key"], row["en"] if not row["key"] else "") for row in csv.DictReader(table)]
    assert len(set(names)) == len(names)


def said() -> set[str]:
    """Phrases that are handed to a translator's `say`, in code and templates."""
    found: set[str] = set()
    for file in SOURCES:
        text = file.read_text("utf-8")
        if file.suffix == ".html":
            found |= set(re.findall(r"say\(\"([^\"]+)\"\)", text))
            continue
        for call in ast.walk(ast.parse(text)):
            if not isinstance(call, ast.Call):
                continue
            by_name = isinstance(call.func, ast.Name) and call.func.id == "say"
            handed = bool(call.args) and isinstance(call.args[0], ast.Name) and call.args[0].id == "say"
            for part in call.args if by_name or handed else ():
                texts = [part.body, part.orelse] if isinstance(part, ast.IfExp) else [part]
                found |= {
                    one.value for one in texts if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    return found


def test_every_phrase_said_is_translated() -> None:
    symbols = {"", "HHI", "SR", "SR, EU 2023", "EI, EU 2023", "USD/kg"}  # the same everywhere
    assert said() - set(phrases()) - symbols == set()


ERRORS = {
    "UserError",
    "NotFound",
    "Busy",
    "Conflict",
    "Forbidden",
    "FetchError",
    "refuse",
    "_Fails",
    "Refused",
}
SPOKEN_ELSEWHERE = ("reportify", "client/http.py")  # answers of another service's words, and the client's own


def told(node: ast.expr) -> list[str]:
    """The texts that an expression may be, what is put in as a quoted word."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr():
            return ["".join(str(v.value) if isinstance(v, ast.Constant) else "7" for v in node.values)]
        case ast.BinOp(op=ast.Add()):
            return [a + b for a in told(node.left) or ["7"] for b in told(node.right) or ["7"]]
        case ast.IfExp():
            return [*told(node.body), *told(node.orelse)]
    return []


def errors() -> set[str]:
    """What errors say in code, and how they hint at mending it."""
    found: set[str] = set()
    for file in SOURCES:
        if file.suffix == ".html" or any(part in str(file) for part in SPOKEN_ELSEWHERE):
            continue
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Dict):  # Meta(extra={"hint": …})
                held = zip(call.keys, call.values, strict=True)
                found |= {text for k, v in held if k and told(k) == ["hint"] for text in told(v)}
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ERRORS:
                hints = [k.value for k in call.keywords if k.arg == "hint"]
                more = call.args[2:3] if getattr(call.func, "id", "") == "refuse" else []
                found |= {
                    " ".join(text.split()) for one in (*call.args[:1], *more, *hints) for text in told(one)
                }
    return found


def test_every_error_is_told_in_each_language() -> None:
    """But for what is typed as it stands: commands, addresses, forms."""
    typed = re.compile(
        r"(mine2magnet|pip|translate) |[\w.]+@|\w+/\w+$|\[?low|feed: |7[^a-z]*$|7 are more than"
    )
    for language in ("zh", "ja"):
        say = Translator(language).say
        left = {text for text in errors() if re.search("[a-z]{2}", text) and say(text) == text}
        assert {text for text in left if not typed.match(text)} == set()


@pytest.mark.parametrize("language", ["zh", "ja"])
def test_limits_of_numbers_are_told_in_each_language(language: str) -> None:
    lows: list[dict[str, float]] = [{}, {"ge": 0.5}, {"gt": 0}]
    highs: list[dict[str, float]] = [{}, {"le": 1e7}, {"lt": 1}]
    for low, high in product(lows, highs):
        if limits := {**low, **high}:
            said = Translator(language).say(bounds(limits))
            assert not re.search("[a-z]{2}", said), said
    assert "10,000,000" in Translator(language).say(bounds({"gt": 0, "le": 1e7}))


def test_phrases_within_phrases_are_said_too_and_what_is_quoted_stays() -> None:
    zh, ja = Translator("zh"), Translator("ja")
    why = "EV motors, Europe (week 9, makes 4%): no SmCo ← China, SmCo (week 8): may not ship: quota: China"
    assert zh.say(why) == (
        "电动车电机、欧洲（第 9 周，产量为所需的 4%）：缺钐钴 ← 中国、钐钴（第 8 周）：不得发运：配额：中国"
    )
    assert ja.error(UserError("no scenario 'x'", hint="one of embargo, tariff")) == (
        "シナリオ 'x' はない（次のいずれか：embargo, tariff）"
    )
    assert zh.say("mol HCl per mol needed to dissolve") == "mol HCl per mol needed to dissolve", "no range"


def test_a_text_of_any_length_is_looked_through_in_no_time() -> None:
    begin = time.process_time()
    Translator("zh").say("a, and b (week 3, 4): no " * 4000)
    Translator("zh").say("of the, to a; " * 280)
    assert time.process_time() - begin < 2


def test_money_is_told_in_the_units_that_the_language_counts_in() -> None:
    en, zh, ja = map(Translator, ("en", "zh", "ja"))
    assert [t.billions(117.93e9) for t in (en, zh, ja)] == ["117.9", "1,179", "1,179"]
    assert [t.billions(-1.8e9, 2, sign=True) for t in (en, zh)] == ["-1.80", "-18.0"]
    said = "Estonia: first product in week 9; of 1,013.2 billion USD it saves 0.4 (P10 0.0, P90 2.0); 3 end "
    said += "uses stop with it, 4 without."
    assert "在 10,132 亿美元损失中减少 4（P10 0，P90 20）" in zh.say(said)
    assert "損失 10,132 億USD のうち 4 を防ぐ" in ja.say(said)
    for t in (zh, ja):
        assert not re.search(
            "十[亿億]", "".join(row[t.language] for row in (*messages().values(), *phrases().values()))
        )


def test_a_phrase_without_translation_stays_as_it_is() -> None:
    say = Translator("zh").say
    assert (say("Feed"), say("Mount Nowhere 3N5")) == ("料液", "Mount Nowhere 3N5")


def test_no_message_is_missing_in_any_language() -> None:
    for key, texts in {**messages(), **phrases()}.items():
        assert set(texts) == set(LANGUAGES), key
        assert all(text.strip() for text in texts.values()), key


def test_every_key_used_is_there_and_every_key_there_is_used() -> None:
    assert used() - set(messages()) == set()
    unused = {key for key in set(messages()) - used() if not key.startswith(PUT_TOGETHER)}
    assert unused == set()
    parts = [f"premise.{kind}" for kind in claims_to_scenario.UNITS] + [
        f"region.{r}" for r in ("", *REGIONS.values())
    ]
    parts += [f"job.{one}" for one in (*JOB_KINDS, *ENDED, "queued", "running")]
    parts += [f"audit.{one}" for one in ACTIONS] + [f"audit.of.{one.partition('.')[0]}" for one in ACTIONS]
    for key in [f"category.{c}" for c in CATEGORIES] + [f"language.{code}" for code in LANGUAGES] + parts:
        assert key in messages()


def test_the_same_values_go_into_every_language() -> None:
    for key, texts in {**messages(), **phrases()}.items():
        fields = [set(re.findall(r"\{(\w+)\}", text)) for text in texts.values()]
        assert fields[1] == fields[2], key
        assert fields[0] == fields[1], key


def test_chinese_and_japanese_are_not_left_in_english() -> None:
    same = {key for key, texts in messages().items() if texts["en"] in (texts["zh"], texts["ja"])}
    assert same == set()


def test_times_keep_the_zone_they_were_stated_in() -> None:
    time = datetime(2025, 10, 29, 12, 45, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    assert Translator("en").when(time) == "29 Oct 2025, 12:45 UTC-3:30"
    assert Translator("zh").when(time) == "2025年10月29日 12:45 UTC-3:30"
    assert Translator("ja").when(time.replace(hour=0, minute=0)) == "2025年10月29日"
    assert Translator("en").when(None) == "no date"


def test_one_and_many() -> None:
    t = Translator("en")
    assert (t("documents.n", n=1), t("documents.n", n=2)) == ("1 document", "2 documents")
    assert Translator("zh")("documents.n", n=1) == "1 篇文献"
