"""Bombs, made here: small files that unpack to gigabytes, in each filter that a PDF may use."""

from __future__ import annotations

import base64
import io
import resource
import zlib
from typing import TYPE_CHECKING

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from mine2magnet import reading
from mine2magnet.core.errors import UserError
from mine2magnet.model import Failure, Read
from mine2magnet.reading.fetch import Fetcher, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.reading.conftest import Write

MB = 1 << 20


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(Limits(max_bytes=20_000_000, timeout=10), allow_private=True) as made:
        yield made


ADDED = 300_000  # kB that no file may add


def deflated(block: bytes, times: int, wbits: int = 15, head: bytes = b"") -> bytes:
    """The block packed so many times, without the time for that: after a full flush the same input gives the
    same output. The checksum is wrong, which comes last."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    first = packer.compress(head + block) + packer.flush(zlib.Z_FULL_FLUSH)
    same = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + same * (times - 1) + packer.flush()


def pdf(content: bytes, filters: bytes) -> bytes:
    """A PDF of one page whose content is given packed."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d/Filter%s>>stream\n%s\nendstream" % (len(content), filters, content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    made, places = b"%PDF-1.5\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + (
        b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (table, len(made))
    )


SPACES = deflated(b" " * MB, 1_300)
SAYS = b"BT /F 12 Tf 72 700 Td (Dysprosium oxide rises) Tj ET\n"
BOMBS = {
    "flate": pdf(SPACES, b"/FlateDecode"),
    "flate twice": pdf(zlib.compress(SPACES, 9), b"[/FlateDecode/FlateDecode]"),
    "flate in ascii": pdf(
        base64.a85encode(zlib.compress(SPACES, 9)) + b"~>", b"[/ASCII85Decode/FlateDecode/FlateDecode]"
    ),
    "run lengths": pdf(b"\x81 " * 5_000_000, b"/RunLengthDecode"),
    "text": pdf(deflated(SAYS * 20_000, 40), b"/FlateDecode"),
}


def peaks() -> tuple[int, int]:
    """kB that this process, and any child that has ended, has had at most."""
    return (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
    )


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_pdf_that_swells_is_refused_within_bounds(write: Write, fetcher: Fetcher, bomb: str) -> None:
    assert len(BOMBS[bomb]) < 20_000_000
    before = peaks()
    with pytest.raises(UserError, match=r"too much memory|has no text"):
        list(reading.read(str(write("bomb.pdf", BOMBS[bomb])), fetcher))
    after = peaks()
    assert after[0] - before[0] < ADDED / 3
    assert after[1] <= max(before[1], after[0], 200_000 + ADDED), "its own, or what forked it"


def test_a_bomb_stops_no_other_file(write: Write, fetcher: Fetcher) -> None:
    for number in range(4):
        write(f"folder/{number}.txt", f"Note {number}\n\nStocks of terbium last for {number} weeks.")
    folder = write("folder/2b.pdf", BOMBS["text"]).parent
    items = list(reading.read(str(folder), fetcher))
    assert [one.document.title for one in items if isinstance(one, Read)] == [f"Note {n}" for n in range(4)]
    [failed] = [one for one in items if isinstance(one, Failure)]
    assert failed.where.endswith("2b.pdf")


def test_a_bomb_in_an_archive_costs_its_record_only(write: Write, fetcher: Fetcher) -> None:
    made = io.BytesIO()
    writer = WARCWriter(made, gzip=True)
    page = b"<html><body><article><h1>Terbium</h1><p>Stocks of terbium last for five weeks.</p></article>"
    for number, (body, kind) in enumerate(
        [(page, "text/html"), (BOMBS["text"], "application/pdf"), (page, "text/html")]
    ):
        headers = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            f"https://example.com/{number}", "response", payload=io.BytesIO(body), http_headers=headers
        )
        writer.write_record(record)
    items = list(reading.read(str(write("a.warc.gz", made.getvalue())), fetcher))
    assert [type(one) for one in items] == [Read, Failure, Read]


def test_an_archive_whose_header_swells_is_refused(write: Write, fetcher: Fetcher) -> None:
    before = peaks()
    bomb = deflated(b"x" * MB, 1_300, wbits=31, head=b"WARC/1.0\r\nX: ")
    items = list(reading.read(str(write("a.warc.gz", bomb)), fetcher))
    assert items
    assert all(isinstance(one, Failure) for one in items)
    assert peaks()[0] - before[0] < ADDED / 3


def test_a_page_of_many_elements_is_refused(write: Write, fetcher: Fetcher) -> None:
    page = "<html><body><article><h1>Terbium</h1>" + "<p><b>a</b><i>b</i>" * 900_000
    with pytest.raises(UserError, match="too much memory"):
        list(reading.read(str(write("a.html", page)), fetcher))


def test_json_that_swells_is_refused(write: Write, fetcher: Fetcher) -> None:
    line = '{"title": "One", "tags": [' + "{}," * 6_000_000 + "{}]}\n" + '{"title": "Two"}\n'
    items = list(reading.read(str(write("a.jsonl", line)), fetcher))
    assert [type(one) for one in items] == [Failure, Read]
