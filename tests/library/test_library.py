from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mine2magnet import claims
from mine2magnet.background import worker
from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library, Progress
from mine2magnet.model import Claim, Document, Filters
from mine2magnet.store import Store
from tests.conftest import Site, until

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Example Post</title>{}</channel></rss>"""
ITEM = "<item><title>{title}</title><link>{link}</link></item>"
PAGE = """<!doctype html><html lang="en"><head><title>{title}</title>
<meta property="og:site_name" content="Example Post"></head>
<body><article><h1>{title}</h1>{body}</article></body></html>"""
LONG = (
    "The plant near the coast will separate {n} tonnes of didymium oxide a year once its second train runs. "
    "Engineers expect {n} weeks of commissioning before the product is as pure as magnet makers ask."
)

MANY = 200  # documents: some batches are left when the first is kept


def article(title: str, n: int) -> str:
    return PAGE.format(title=title, body="".join(f"<p>{LONG.format(n=n * 10 + i)}</p>" for i in range(4)))


def everything(library: Library) -> list[str]:
    return [change.id for change in library.store.changes(0, limit=10_000)]


def test_the_topic_page_becomes_a_topic_with_its_documents(library: Library, seed: Path) -> None:
    report = library.read(str(seed))
    assert report.outcomes == {"new": 2}
    slug = report.topics["高性能磁体"]
    held = library.store.documents(sorted(library.store.pinned(slug)))
    digests = library.store.digests(list(held))
    assert len(held) == 2
    for id, document in held.items():
        assert document.paragraphs == ()
        assert document.language == "zh"
        assert document.published is not None
        assert document.published.utcoffset() == timedelta(hours=8)
        (digest,) = digests[id]
        assert (digest.method, len(digest.groups)) == ("source", 4)
        assert all(point.citations for point in digest.points)
    assert library.read(str(seed)).outcomes == {"unchanged": 2}


def test_figures_of_a_query_are_found_as_the_article_writes_them(library: Library, site: Site) -> None:
    body = "".join(f"<p>{LONG.format(n=10 + n)}</p>" for n in range(3))
    body += "<p>Stocks at the plant last four to six weeks, its manager said in July 2025.</p>"
    (id,) = library.read(site.page("/stocks", PAGE.format(title="Stocks", body=body))).ids
    for query in ("四到六周", "4～6週間", "7月"):
        assert [hit.document for hit in library.index.search(query).hits] == [id]
    assert not library.index.search("九到十周").hits


def test_the_article_read_later_lets_the_citations_resolve(
    library: Library, seed: Path, site: Site, tmp_path: Path
) -> None:
    library.read(str(seed))
    title = "仅能维持四到六周,欧洲向中国求救"
    body = "".join(
        f"<p>第{n}段：欧洲的汽车零部件企业说，手头的磁体库存只够用到下个月，采购部门正在四处寻找替代货源。</p>"
        for n in range(1, 14)
    )
    report = library.read(site.page("/article", PAGE.format(title=title, body=body)))
    assert report.outcomes == {"joined": 1}
    (id,) = [i for i, d in library.store.documents(everything(library)).items() if d.title.startswith("仅能")]
    document = library.store.document(id)
    digest = next(d for d in library.store.digests([id])[id] if d.method == "source")
    numbers = {p.number for p in document.paragraphs}
    assert all(set(point.citations) <= numbers for point in digest.points)


def test_a_feed_is_read_once_and_then_only_asked(library: Library, site: Site) -> None:
    items = ""
    for n in range(3):
        link = site.page(f"/{n}", article(f"Plant number {n} starts", n))
        items += ITEM.format(title=f"Plant number {n} starts", link=link)
    what = site.page("/feed", FEED.format(items), "application/rss+xml", ETag='"one"')
    assert library.read(what, interval=60).outcomes == {"new": 3}
    assert library.read(what).documents == 0
    assert site.asked("/feed")[-1]["if-none-match"] == '"one"'
    assert len(site.asked("/0")) == 1
    link = site.page("/9", article("Plant number nine starts", 9))
    items += ITEM.format(title="Plant number nine starts", link=link)
    site.page("/feed", FEED.format(items), "application/rss+xml", ETag='"two"')
    assert library.read(what).outcomes == {"new": 1}


def test_a_part_that_failed_is_tried_again(library: Library, site: Site) -> None:
    site.pages["/0"] = (503, {}, b"")
    item = ITEM.format(title="Plant number 0 starts", link=f"{site.url}/0")
    what = site.page("/feed", FEED.format(item), "application/rss+xml", ETag='"one"')
    report = library.read(what, interval=60)
    assert [failure.where for failure in report.failures] == [f"{site.url}/0"]
    site.page("/0", article("Plant number 0 starts", 0))
    assert library.read(what).outcomes == {"new": 1}


def test_polling_survives_a_restart_and_a_failing_source_stops_no_other(library: Library, site: Site) -> None:
    good = site.page("/good", article("A good page", 1))
    bad = f"{site.url}/missing"
    library.add_source(bad, 60)
    library.add_source(good, 60)
    done = dict(library.poll())
    assert isinstance(done[bad], UserError)
    assert library.store.count() == 1
    again = Library.open(library.settings)
    states = {source.what: source for source in again.store.sources()}
    assert "404" in states[bad].reason
    assert states[bad].failures == 1
    assert states[good].reason == ""
    now = datetime.now(UTC)
    waits = {what: (source.due or now) - now for what, source in states.items()}
    assert waits[bad] > waits[good] > timedelta(seconds=50)
    assert again.poll() == []  # nothing is due yet


@pytest.mark.stores
def test_of_two_servers_one_reads_a_source_that_is_due(library: Library, site: Site) -> None:
    good = site.page("/good", article("A good page", 1))
    library.add_source(good, 60)
    other = Library.open(library.settings)
    with library.store.leases.holding(f"source {good}"):
        assert other.poll() == []
    (due,) = other.store.sources(due_by=datetime.now(UTC))
    assert [what for what, _ in library.poll()] == [good]
    assert other._poll(due) is None, "it was due when it was looked for, and has been read since"
    assert len(site.asked("/good")) == 1
    other.store.close()


def test_a_private_address_is_refused_unless_allowed(tmp_path: Path, site: Site) -> None:
    closed = Library.open(Settings(folder=tmp_path / "closed"))
    with pytest.raises(UserError, match=r"private|loopback"):
        closed.read(site.page("/a", article("Inside", 1)))
    assert site.requests == []


def test_what_is_read_once_and_fails_is_no_source(library: Library, site: Site, tmp_path: Path) -> None:
    for missing in (site.url + "/none", str(tmp_path / "none.txt")):
        with pytest.raises(UserError):
            library.read(missing)
    assert library.store.sources() == []
    with pytest.raises(UserError):
        library.read(site.url + "/none", interval=3600)
    (watched,) = library.store.sources()
    assert "404" in watched.reason


def test_what_was_asked_for_on_the_page_and_failed_says_why_for_a_day(library: Library, site: Site) -> None:
    library.add_source(site.url + "/none", None)
    library.poll()
    (failed,) = library.store.sources()
    assert "404" in failed.reason
    with library.store.writing() as writer:
        writer.forget_failed(datetime.now(UTC) - timedelta(hours=1))
    assert library.store.sources() == [failed]
    with library.store.writing() as writer:
        writer.forget_failed(datetime.now(UTC) + timedelta(hours=1))
    assert library.store.sources() == []


def test_kill_9_in_the_middle_of_reading_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for n in range(MANY):
        text = "\n\n".join(f"{LONG.format(n=n * 7 + i)} File {n}, paragraph {i}." for i in range(3))
        (files / f"{n:04}.txt").write_text(f"Report number {n} of a plant\n\n{text}\n")
    folder = tmp_path / "library"
    command = [sys.executable, "-m", "mine2magnet", "--folder", str(folder), "read", str(files)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    until((folder / "library.sqlite").exists)
    store = Store(folder)
    until(lambda: store.count() >= 60 or process.poll() is not None)
    process.send_signal(signal.SIGKILL)
    process.wait()
    held = store.count()
    assert 60 <= held < MANY
    library = Library.open(Settings(folder=folder))
    report = library.read(str(files))
    assert report.outcomes == {"new": MANY - held, "unchanged": held}
    titles = [d.title for d in library.store.documents(everything(library)).values()]
    assert len(titles) == len(set(titles)) == MANY


def test_the_starter_documents_load_and_are_found(library: Library) -> None:
    report = library.load_starter()
    assert report.failures == []
    assert report.outcomes["new"] >= 40
    assert {t.name for t in library.store.topics()} >= {"高性能磁体"}
    for language in ("zh", "en", "ja"):
        found = library.index.search("", Filters(language=(language,)), order="newest", limit=100, offset=0)
        assert found.total >= 10
    assert library.load_starter().outcomes == {"unchanged": report.documents}


def test_a_broken_file_among_good_ones_is_named(library: Library, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "a.txt").write_text("A short report\n\n" + LONG.format(n=3))
    (files / "b.pdf").write_bytes(b"%PDF-1.4 broken")
    (files / "c.html").write_text(article("A page", 4))
    report = library.read(str(files))
    assert report.outcomes == {"new": 2}
    assert [os.path.basename(failure.where) for failure in report.failures] == ["b.pdf"]


@pytest.mark.parametrize(("takes", "due"), [(0.01, 1.0), (0.5, 10.0)])
def test_progress_is_counted_anew_in_a_second_and_later_where_counting_takes_long(
    library: Library, monkeypatch: pytest.MonkeyPatch, takes: float, due: float
) -> None:
    now, counted, count = 100.0, list[float](), library.progress

    def slow() -> Progress:
        nonlocal now
        counted.append(now)
        now += takes
        return count()

    monkeypatch.setattr("mine2magnet.library.library.time.monotonic", lambda: now)
    monkeypatch.setattr(library, "progress", slow)
    for later in (0.0, due - takes, due + 0.001):
        now = max(now, 100.0 + later)
        library.recent_progress()
    assert counted == [100.0, 100.0 + due + 0.001]


def test_claims_are_taken_once_and_again_by_another_maker(library: Library, tmp_path: Path) -> None:
    for i in range(5):
        (tmp_path / f"a{i}.md").write_text(
            f"# Note {i}\n\nEuropean carmakers have stocks for {i + 2} weeks.\n"
        )
        library.read(str(tmp_path / f"a{i}.md"))
    assert library.progress().unclaimed == 5
    assert library.claim(2) == 2
    assert library.progress().unclaimed == 3
    worker.derive(library)
    assert library.progress().unclaimed == 0
    held = library.claims(None)
    assert sorted(c.quantity.low or 0 for c in held) == [2, 3, 4, 5, 6]
    assert {(c.measure, c.subjects) for c in held} == {("stock_cover", ("europe",))}
    assert library.claim(9) == 0
    library.claimer = "another"
    assert library.claim(9) == 5
    assert library.claims(None) == held
    assert library.claims(held[0].document) == [held[0]]


def test_a_document_without_text_gives_the_claims_of_its_digest(library: Library, seed: Path) -> None:
    slug = library.read(str(seed)).topics["高性能磁体"]
    assert library.claim(9) == 2
    held = library.claims(library.store.topic(slug))
    shares = {(c.quantity.low, c.stage) for c in held if c.measure in ("share", "share_of_capacity")}
    assert {(87.0, "processing"), (91.0, "refining")} <= shares
    digests = library.store.digests([c.document for c in held])
    for claim in held:
        point = digests[claim.document][0].points[claim.point - 1]
        assert claim.paragraph in point.citations
        assert point.text[claim.start : claim.end].strip() == point.text[claim.start : claim.end] != ""


def test_a_document_that_cannot_be_understood_keeps_no_other_from_being(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(2):
        (tmp_path / f"a{i}.md").write_text(f"# Note {i}\n\nLynas holds stocks for {i + 2} weeks.\n")
        library.read(str(tmp_path / f"a{i}.md"))
    extract = claims.extract

    def failing(document: Document, **given: object) -> list[Claim]:
        if "2 weeks" in document.text:
            raise RecursionError("a fault")
        return extract(document, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(claims, "extract", failing)
    assert library.claim(9) == 2
    assert [c.quantity.low for c in library.claims(None)] == [3]
    assert library.claim(9) == 0
