"""A topic's brief: what came in, what moved, what conflicts, and that each line leads to its sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mine2magnet.alerts import brief_text
from mine2magnet.alerts.brief import Brief, BriefDocument, brief
from mine2magnet.core import thesaurus
from mine2magnet.core.messages import Translator
from mine2magnet.core.settings import Settings
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import Claim, Document, Paragraph, Point, Quantity, Read, Rendered, Topic
from tests.conftest import empty

WORDS, EN = thesaurus.load(), Translator("en")
TOPIC = Topic("dysprosium", "Dysprosium", ("dysprosium",), (), {"zh": "镝"})
DAY = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    held = Library.open(Settings(folder=empty(tmp_path), claims_threshold=0.0))
    topics.save(held.store, TOPIC)
    return held


def keep(library: Library, title: str, text: str, day: int, **slots: object) -> str:
    """A document whose only claim is its first figure, as if that had been read."""
    document = Document(
        title, "Our Wire", datetime.now(UTC), "en", (Paragraph(1, text),), f"https://wire.example/{title}",
        DAY + timedelta(days=day),
    )  # fmt: skip
    (id,) = library.keep([Read(document)]).ids
    start = next(i for i, c in enumerate(text) if c.isdigit())
    value = int(text[start:].split()[0])
    said: dict[str, object] = {
        "subjects": ("china",), "measure": "exports", "materials": ("dysprosium",),
        "period": f"2025-06-{day:02}",
    }  # fmt: skip
    claim = Claim(
        Quantity(value, value, "t"), start, start + len(str(value)), (0, len(text)),
        **{**said, **slots, "document": id, "version": 1, "precision": 1.0},  # type: ignore[arg-type]
    )  # fmt: skip
    with library.store.writing() as writer:
        writer.put_claims(id, 1, library.claimer, [claim])
    return id


def since(library: Library, moment: datetime) -> Brief:
    return brief(library, TOPIC, moment, datetime.now(UTC))


def test_what_came_in_is_told_with_its_first_point(library: Library) -> None:
    keep(library, "Old", "China exported 10 t of dysprosium oxide, customs data show for the day.", 1)
    moment = datetime.now(UTC)
    id = keep(library, "New", "China exported 10 t of dysprosium oxide, as customs data show.", 2)
    library.digest(id)
    library.keep([Read(Document("Tin", "Our Wire", datetime.now(UTC), "en", (Paragraph(1, "Tin."),)))])
    found = since(library, moment)
    (one,) = found.documents
    assert (one.document.title, found.total, found.moved, found.conflicts) == ("New", 1, (), ())
    assert one.point
    assert one.point.citations == (1,)
    assert since(library, datetime.now(UTC)).empty


def test_a_figure_that_moved_is_told_before_and_after(library: Library) -> None:
    keep(library, "Old", "China exported 10 t of dysprosium on the day.", 1)
    moment = datetime.now(UTC)
    keep(library, "New", "China exported 25 t of dysprosium on the day.", 5)
    (pair,) = since(library, moment).moved
    assert [one.claim.quantity.low for one in (pair.before, pair.after)] == [10, 25]
    assert since(library, moment).conflicts == ()


@pytest.mark.parametrize(
    ("text", "day", "slots"),
    [
        ("China exported 10 t of dysprosium again.", 5, {}),  # the same
        ("China exported 25 t of dysprosium before.", 0, {"period": "2025-05-20"}),  # of an earlier time
        ("China will export 25 t of dysprosium.", 5, {"modality": "plan"}),
        ("China imported 25 t of dysprosium.", 5, {"measure": "imports"}),
    ],
)
def test_what_did_not_move(library: Library, text: str, day: int, slots: dict[str, object]) -> None:
    keep(library, "Old", "China exported 10 t of dysprosium on the day.", 1)
    moment = datetime.now(UTC)
    keep(library, "New", text, day, **slots)
    assert since(library, moment).moved == ()


def test_a_conflict_is_told_when_a_side_of_it_came_in(library: Library) -> None:
    keep(library, "Old", "China exported 10 t of dysprosium on the day.", 1)
    moment = datetime.now(UTC)
    keep(library, "New", "China exported 30 t of dysprosium on that day.", 1)
    (pair,) = since(library, moment).conflicts
    assert {one.title for one in (pair.before, pair.after)} == {"Old", "New"}
    assert since(library, datetime.now(UTC)).conflicts == ()


@pytest.fixture
def made(library: Library) -> Brief:
    keep(library, "Old", "China exported 10 t of dysprosium on the day.", 1)
    moment = datetime.now(UTC)
    keep(library, "A <b>bold</b> *title*", "China exported 25 t of dysprosium on the day.", 5)
    return since(library, moment)


def test_each_line_has_a_source_that_leads_to_a_sentence(made: Brief) -> None:
    told = brief_text.lines(made, WORDS, EN)
    assert [line.heading for line in told] == ["brief.moved", "brief.added"]
    assert told[0].title == "China · export · dysprosium"
    assert told[0].text.replace("\xa0", " ") == "10 t → 25 t"
    assert all(line.sources for line in told)
    assert [s.quote for s in told[0].sources] == [
        "China exported 10 t of dysprosium on the day.", "China exported 25 t of dysprosium on the day.",
    ]  # fmt: skip
    assert all("#p1" in source.path for source in told[0].sources)


@pytest.mark.parametrize("language", ["en", "zh", "ja"])
def test_markdown_and_html_say_it_and_run_nothing(made: Brief, language: str) -> None:
    t = Translator(language)
    markdown = brief_text.as_markdown(made, WORDS, t, "http://127.0.0.1:8000")
    assert t("brief.moved") in markdown
    assert "](http://127.0.0.1:8000/documents/" in markdown
    assert r"A \<b\>bold\</b\> \*title\*" in markdown
    html = brief_text.as_html(made, WORDS, t, "http://127.0.0.1:8000")
    assert "A &lt;b&gt;bold&lt;/b&gt;" in html
    assert f'<html lang="{language}">' in html


def test_what_another_language_tells_as_well_is_one_line_with_each_a_click_away(library: Library) -> None:
    moment = datetime.now(UTC)
    ids = [keep(library, f"{n} dysprosium", f"Told {n} t of dysprosium.", n) for n in (1, 2)]
    with library.store.writing() as writer:
        writer.put_news(ids[0], 1, "m")
        writer.put_news(ids[1], 1, "m", [ids[0]])
    made = since(library, moment)
    assert made.total == 1
    (line,) = [one for one in brief_text.lines(made, WORDS, EN) if one.heading == "brief.added"]
    assert [one.path for one in line.also] == [f"/documents/{ids[1]}"]
    assert f"Also in 1 English report: [Our Wire · 3 Jun 2025](http://h/documents/{ids[1]})" in (
        brief_text.as_markdown(made, WORDS, EN, "http://h").replace("\\", "")
    )
    assert f'<a href="http://h/documents/{ids[1]}">' in brief_text.as_html(made, WORDS, EN, "http://h")


def test_atom_keeps_its_ids(made: Brief) -> None:
    one, two = (
        ElementTree.fromstring(brief_text.as_atom(made, WORDS, EN, "http://h", "/b.atom")) for _ in "ab"
    )
    ids = [[e.text for e in root.iter("{http://www.w3.org/2005/Atom}id")] for root in (one, two)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 3
    assert len(list(one.iter("{http://www.w3.org/2005/Atom}entry"))) == 2


def test_nothing_new_says_so(library: Library) -> None:
    found = since(library, datetime.now(UTC))
    assert "Nothing new" in brief_text.as_markdown(found, WORDS, EN)
    assert "Nothing new" in brief_text.as_html(found, WORDS, EN)


def test_what_documents_say_of_controls_is_told_beside_their_first_point(library: Library) -> None:
    moment = datetime.now(UTC)
    text = (
        "Dysprosium oxide rose to 900 USD/kg in Rotterdam in June, traders say.",
        "China's commerce ministry granted export licences for dysprosium to 12 magnet makers on Monday.",
        "Its licensing rules for terbium stay in force, the ministry said.",
        "A new plant near Narva will make 2,000 t of magnets a year from 2027.",
    )
    document = Document(
        "Dysprosium oxide at 900 USD/kg in Rotterdam", "Our Wire", datetime.now(UTC), "en",
        tuple(Paragraph(n, one) for n, one in enumerate(text, 1)), "https://wire.example/jump", moment,
    )  # fmt: skip
    (id,) = library.keep([Read(document)]).ids
    library.digest(id)
    found = since(library, moment)
    (one,) = found.controls
    assert one.point
    assert "licen" in one.point.text
    assert found.documents[0].point != one.point
    headings = [line.heading for line in brief_text.lines(found, WORDS, EN)]
    assert headings == ["brief.controls", "brief.documents"]


@pytest.mark.parametrize(
    ("days", "heading"), [(0, "brief.documents"), (6, "brief.documents"), (9, "brief.added")]
)
def test_what_was_published_well_before_is_added_and_no_news(
    library: Library, days: int, heading: str
) -> None:
    moment = datetime.now(UTC)
    text = "China's commerce ministry granted export licences for dysprosium to 12 magnet makers on Monday."
    document = Document("A", "Our Wire", moment, "en", (Paragraph(1, text),), None, moment - timedelta(days))
    library.keep([Read(document)])
    assert [line.heading for line in brief_text.lines(since(library, moment), WORDS, EN)] == [heading]


def test_what_has_no_date_is_new(library: Library) -> None:
    moment = datetime.now(UTC)
    library.keep([Read(Document("A", "Our Wire", moment, "en", (Paragraph(1, "Dysprosium."),)))])
    (line,) = brief_text.lines(since(library, moment), WORDS, EN)
    assert line.heading == "brief.documents"


def test_without_a_server_there_are_no_links(made: Brief) -> None:
    assert "](" not in brief_text.as_markdown(made, WORDS, EN, None)
    assert "<a " not in brief_text.as_html(made, WORDS, EN, None)


def test_a_chinese_document_is_told_in_english_with_its_sentence(library: Library) -> None:
    moment = datetime.now(UTC)
    text = "中国6月出口镝58吨。"
    document = Document(
        "镝出口58吨", "某网", datetime.now(UTC), "zh", (Paragraph(1, text),), "https://wire.example/zh", DAY
    )
    topics.save(library.store, Topic("dysprosium", "Dysprosium", ("镝",)))
    (id,) = library.keep([Read(document)]).ids
    library.digest(id)
    library.claim(10)
    while library.translate(10):
        pass
    made = brief(library, library.store.topic("dysprosium"), moment, datetime.now(UTC), "en")
    (line,) = brief_text.lines(made, WORDS, EN)
    assert (line.language, line.title_language) == ("en", "zh")
    assert line.title == "镝出口58吨 (Dysprosium · exports 58 tonnes)"
    assert "dysprosium" in line.text.lower()
    assert "58" in line.text
    assert line.sources[0].quote == text
    assert line.sources[0].language == "zh"


def test_a_point_without_translation_is_quoted_under_the_translated_title() -> None:
    text = "Rare earths behave almost alike in water."
    document = Document("Extraction", "Our Wire", DAY, "en", (Paragraph(1, text),))
    told = BriefDocument(document, Point(text, (1,)), "en", title=Rendered("萃取", "gpt"))
    made = Brief(TOPIC, DAY, DAY, (told,), total=1)
    (line,) = brief_text.lines(made, WORDS, Translator("zh"))
    assert (line.title, line.language, line.text) == ("萃取", "zh", "")
    assert (line.sources[0].quote, line.sources[0].language) == (text, "en")
