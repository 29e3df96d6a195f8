from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from mine2magnet import reading
from mine2magnet.core.errors import UserError
from mine2magnet.model import Document, Failure, Read

if TYPE_CHECKING:
    from pathlib import Path

    from mine2magnet.reading.fetch import Fetcher
    from tests.reading.conftest import Article, MakePdf, Write

TEXT = "Stocks of terbium last for five weeks, a buyer said.\n\nNobody knows\nwhat comes after that.\n"
MATTER = """---
title: Terbium runs short
source: Example News
url: https://example.com/terbium
published: {published}
language: {language}
category: analysis
tags: [terbium, stocks]
---
"""


def read(path: Path | str, fetcher: Fetcher) -> list[Document | Failure]:
    return [i.document if isinstance(i, Read) else i for i in reading.read(str(path), fetcher)]


def only(path: Path | str, fetcher: Fetcher) -> Document:
    [document] = read(path, fetcher)
    assert isinstance(document, Document)
    return document


def fails(path: Path | str, fetcher: Fetcher) -> str:
    with pytest.raises(UserError) as caught:
        read(path, fetcher)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_text_has_its_first_line_as_title(write: Write, fetcher: Fetcher) -> None:
    document = only(write("notes/a.txt", "Terbium runs short\n\n" + TEXT), fetcher)
    assert (document.title, document.source, document.url) == ("Terbium runs short", "notes", None)
    assert [p.text for p in document.paragraphs] == [
        "Stocks of terbium last for five weeks, a buyer said.",
        "Nobody knows what comes after that.",
    ]


def test_a_text_of_lines_has_a_paragraph_a_line(write: Write, fetcher: Fetcher) -> None:
    document = only(write("a.txt", "镝价上涨\n库存不足。\n买家观望。\n"), fetcher)
    assert [p.text for p in document.paragraphs] == ["库存不足。", "买家观望。"]


def test_a_text_of_one_line_is_title_and_text(write: Write, fetcher: Fetcher) -> None:
    document = only(write("a.txt", "Stocks of terbium last for five weeks."), fetcher)
    assert document.title == document.text == "Stocks of terbium last for five weeks."


def test_markdown(write: Write, fetcher: Fetcher) -> None:
    page = (
        '# Terbium\n\nSee [the **list**](https://example.com "t").\n\n'
        "## Stocks\n- one `week`\n- two\n\n> quoted\n\n---\n"
    )
    document = only(write("a.md", page), fetcher)
    assert document.title == "Terbium"
    assert [p.text for p in document.paragraphs] == ["See the list.", "Stocks", "one week", "two", "quoted"]


def test_a_text_without_a_date_has_that_of_its_dateline(write: Write, fetcher: Fetcher) -> None:
    found = only(
        write("b.txt", "Terbium runs short\n\nBERLIN, 14 August 2025 - Stocks last.\n\nMore."), fetcher
    )
    assert found.published == datetime(2025, 8, 14, tzinfo=UTC)
    assert only(write("c.txt", "Terbium\n\nBERLIN, 14 August 2999 - Stocks last."), fetcher).published is None


@pytest.mark.parametrize(
    ("published", "language", "expected"),
    [
        ("2025-06-01T03:13:00+02:00", "en", datetime(2025, 6, 1, 1, 13, tzinfo=UTC)),
        ("2025-06-01 03:13", "ja", datetime(2025, 6, 1, 3, 13, tzinfo=timezone(timedelta(hours=9)))),
        ("2025-06-01", "zh", datetime(2025, 6, 1, tzinfo=timezone(timedelta(hours=8)))),
        ("2999-01-01", "en", None),
    ],
)
def test_front_matter(
    write: Write, fetcher: Fetcher, published: str, language: str, expected: datetime | None
) -> None:
    page = MATTER.format(published=published, language=language) + TEXT
    document = only(write("a.md", page), fetcher)
    assert (document.title, document.source, document.category) == (
        "Terbium runs short",
        "Example News",
        "analysis",
    )
    assert (document.url, document.tags) == ("https://example.com/terbium", ("terbium", "stocks"))
    assert (document.published, document.language) == (expected, language)
    assert len(document.paragraphs) == 2


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("auther: me", "unknown key 'auther'"),
        ("published: yesterday", "published cannot be 'yesterday'"),
        ("category: rumour", "category cannot be 'rumour'"),
        ("language: English", "language cannot be 'English'"),
        ("url: example.com", "url cannot be 'example.com'"),
        ("tags: {a: b}", "tags must be a list"),
        ("source: [a]", "source must be a text"),
        ("title: [", "front matter is not YAML"),
        ("tags: &a [x, *a]", "front matter is not YAML"),
        ("just words", "key: value"),
    ],
)
def test_wrong_front_matter_names_file_and_key(write: Write, fetcher: Fetcher, line: str, says: str) -> None:
    message = fails(write("wrong.md", f"---\n{line}\n---\n\nTerbium\n\n{TEXT}"), fetcher)
    assert "wrong.md" in message
    assert says in message


def test_jsonl(write: Write, fetcher: Fetcher) -> None:
    records = [
        {"title": "One", "text": TEXT, "url": "https://example.com/1", "published": "2025-06-01T00:00:00Z"},
        {
            "title": "Two",
            "paragraphs": ["first", "second"],
            "source": "Wire",
            "tags": ["a"],
            "language": "en",  # to find that of a word or two takes seconds
        },
        {"title": "Three", "language": "en"},
        {"text": "no title"},
        {"title": "Five", "colour": "red"},
    ]
    lines = "\n".join(map(json.dumps, records)) + "\nnot json\n\n[1]\n"
    items = read(write("folder/a.jsonl", lines), fetcher)
    documents = [i for i in items if isinstance(i, Document)]
    assert [(d.title, len(d.paragraphs), d.source) for d in documents] == [
        ("One", 2, "folder"),
        ("Two", 2, "Wire"),
        ("Three", 0, "folder"),
    ]
    failures = [(i.where.rpartition(", ")[2], i.reason) for i in items if isinstance(i, Failure)]
    assert [where for where, _ in failures] == ["line 4", "line 5", "line 6", "line 8"]
    assert "'colour'" in failures[1][1]


def test_an_html_file_gets_its_canonical_address(write: Write, fetcher: Fetcher, article: Article) -> None:
    head = (
        '<link rel="canonical" href="https://example.com/story"><meta property="og:site_name" content="Wire">'
    )
    page = article("Story", ["A first paragraph that is long enough to be one of an article."], head=head)
    document = only(write("saved.html", page), fetcher)
    assert (document.url, document.source) == ("https://example.com/story", "Wire")


def test_pdf_paragraphs_are_put_together_and_page_furniture_left_out(
    write: Write, fetcher: Fetcher, make_pdf: MakePdf
) -> None:
    long = [
        "The supply of dysprosium stays tight through the coming year, since refining out-",
        "side China is still small and new plants take years to reach their full output.",
        "Buyers hold few stocks.",
    ]
    cjk = [
        "重希土類の精製は大半が一国に集まっており、代わりの調達先が育つには数年はかか",
        "ると見込まれる。",
    ]
    pages = [
        ["Outlook 2025", *long, "Page 1 of 3"],
        ["Outlook 2025", *cjk, "Page 2 of 3"],
        ["Outlook 2025", "The end.", "3"],
    ]
    document = only(write("a.pdf", make_pdf(pages, title="Outlook on rare earths")), fetcher)
    assert document.title == "Outlook on rare earths"
    assert [p.text for p in document.paragraphs] == [
        "The supply of dysprosium stays tight through the coming year, since refining outside China "
        "is still small and new plants take years to reach their full output. Buyers hold few stocks.",
        "".join(cjk),
        "The end.",
    ]


def test_pdfs_that_cannot_be_read(write: Write, fetcher: Fetcher, make_pdf: MakePdf) -> None:
    assert "encrypted" in fails(write("locked.pdf", make_pdf([["secret"]], password="x")), fetcher)
    assert "scanned" in fails(write("scan.pdf", make_pdf([[], []])), fetcher)
    assert "not a PDF" in fails(write("broken.pdf", b"%PDF-1.7\nnothing"), fetcher)


@pytest.mark.parametrize("gzipped", [False, True])
def test_warc(write: Write, fetcher: Fetcher, article: Article, make_pdf: MakePdf, gzipped: bool) -> None:
    archive = io.BytesIO()
    writer = WARCWriter(archive, gzip=gzipped)

    def add(url: str, body: bytes, kind: str, status: str = "200 OK") -> None:
        headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(body),
            http_headers=headers,
            warc_headers_dict={"WARC-Date": "2025-06-02T00:00:00Z"},
        )
        writer.write_record(record)

    text = [
        "商务部称，对部分中重稀土物项实施出口管制，出口须经许可。",
        "海外库存只够维持数周，买家四处找货。",
    ]
    add("https://example.com/1", article("稀土出口须经许可", text).encode("gbk"), "text/html; charset=gbk")
    add("https://example.com/logo.png", b"\x89PNG", "image/png")
    add("https://example.com/2", b"gone", "text/html", "404 Not Found")
    add(
        "https://example.com/3",
        make_pdf([["Stocks of terbium last for five weeks."]], title="A report"),
        "application/pdf",
    )
    add("https://example.com/4", b"<html><body></body></html>", "text/html")
    items = read(write("a.warc.gz" if gzipped else "a.warc", archive.getvalue()), fetcher)
    documents = [i for i in items if isinstance(i, Document)]
    assert [(d.title, d.url) for d in documents] == [
        ("稀土出口须经许可", "https://example.com/1"),
        ("A report", "https://example.com/3"),
    ]
    assert documents[0].fetched == datetime(2025, 6, 2, tzinfo=UTC)
    assert [i.where.endswith("https://example.com/4") for i in items if isinstance(i, Failure)] == [True]


def _archive(count: int, gzipped: bool, article: Article) -> bytes:
    archive = io.BytesIO()
    writer = WARCWriter(archive, gzip=gzipped)
    for n in range(count):
        headers = StatusAndHeaders(
            "200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1"
        )
        page = article(
            f"第{n}篇 稀土出口须经许可", [f"第{n}号通知称，海外库存只够维持数周，买家四处找货。"] * 3
        )
        record = writer.create_warc_record(
            f"https://example.com/{n}", "response", payload=io.BytesIO(page.encode()), http_headers=headers
        )
        writer.write_record(record)
    return archive.getvalue()


@pytest.mark.parametrize("gzipped", [False, True])
def test_a_warc_that_is_cut_short_says_so_and_what_is_whole_is_kept(
    write: Write, fetcher: Fetcher, article: Article, gzipped: bool
) -> None:
    four, five = (len(_archive(count, gzipped, article)) for count in (4, 5))
    whole = _archive(6, gzipped, article)
    for end in ((four + five) // 2, five - 30, *(() if gzipped else (four + 20,))):
        items = read(write("a.warc.gz" if gzipped else "a.warc", whole[:end]), fetcher)
        documents = [i for i in items if isinstance(i, Document)]
        assert [d.url for d in documents] == [f"https://example.com/{n}" for n in range(4)]
        (failed,) = [i for i in items if isinstance(i, Failure)]
        assert "after 4 whole records, which were kept" in failed.reason


def test_a_damaged_warc(write: Write, fetcher: Fetcher) -> None:
    assert "damaged" in fails(write("a.warc.gz", gzip.compress(b"WARC/1.0\r\n" * 9)[:20]), fetcher)
    assert "damaged" in fails(write("b.warc", b"this is no archive"), fetcher)


def test_a_folder_goes_on_past_a_broken_file(write: Write, fetcher: Fetcher, tmp_path: Path) -> None:
    write("b/one.txt", "One\n\n" + TEXT)
    write("b/broken.pdf", b"%PDF-1.7\nnothing")
    write("a/two.md", "# Two\n\n" + TEXT)
    write("a/picture.png", b"\x89PNG")
    write(".git/three.txt", "Three\n\n" + TEXT)
    items = read(tmp_path, fetcher)
    assert [i.title if isinstance(i, Document) else i.where.rpartition("/")[2] for i in items] == [
        "Two",
        "broken.pdf",
        "One",
    ]


def test_what_is_not_there_or_empty(write: Write, fetcher: Fetcher, tmp_path: Path) -> None:
    assert "no such file or folder" in fails(tmp_path / "none.txt", fetcher)
    assert "nothing to read" in fails(tmp_path, fetcher)
    assert "empty" in fails(write("a.txt", " \n\n"), fetcher)
    assert "not a text" in fails(write("b.txt", bytes(range(256)) * 8), fetcher)


def test_too_large_files(write: Write, fetcher: Fetcher) -> None:
    assert "larger than 1 MB" in fails(write("a.txt", "磁" * 500_000), fetcher)
    [failure] = read(write("a.jsonl", '{"title": "' + "x" * 1_100_000), fetcher)
    assert isinstance(failure, Failure)
    assert "larger than 1 MB" in failure.reason


def test_too_long_a_document_is_refused(write: Write, fetcher: Fetcher) -> None:
    assert "5,000 paragraphs" in fails(write("a.txt", "Title\n\n" + "a line\n\n" * 5_001), fetcher)
