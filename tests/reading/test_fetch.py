from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import pytest

from mine2magnet.reading.content import Raw
from mine2magnet.reading.fetch import Fetcher, FetchError, Limits, Validators
from mine2magnet.reading.guard import is_public

if TYPE_CHECKING:
    from tests.reading.conftest import Site


def quick(**changes: Any) -> Fetcher:
    limits = {"max_bytes": 1_000_000, "timeout": 5.0, "delay": 0.0, **changes}
    return Fetcher(Limits(**limits), allow_private=True)


def got(fetcher: Fetcher, url: str, conditional: bool = False) -> Raw:
    raw = fetcher.get(url, conditional=conditional)
    assert raw is not None
    return raw


def failure(fetcher: Fetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetcher.get(url)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_page_comes_with_its_type_and_charset(site: Site, fetcher: Fetcher) -> None:
    site.add("/a", b"\xb4\xc5", kind="text/html; charset=GBK")
    raw = got(fetcher, site.url("/a#part"))
    assert (raw.body, raw.stated, raw.charset, raw.url) == (b"\xb4\xc5", "text/html", "gbk", site.url("/a"))
    assert dict(site.asked)["/a"]["User-Agent"].startswith("mine2magnet/")


@pytest.mark.parametrize(
    "url", ["ftp://example.com/a", "file:///etc/passwd", "http://", "http://[::1", "gopher://x"]
)
def test_only_web_addresses_are_fetched(fetcher: Fetcher, url: str) -> None:
    failure(fetcher, url)


def test_an_address_with_a_password_is_refused_without_repeating_it(fetcher: Fetcher) -> None:
    assert "hunter2" not in str(failure(fetcher, "http://me:hunter2@example.com/"))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("10.1.2.3", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("::ffff:192.168.0.1", False),
        ("::127.0.0.1", False),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::8.8.8.8", True),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:80ff:fffe", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_private_addresses_are_refused_however_written(site: Site, host: str) -> None:
    site.add("/a", "secret")
    with Fetcher(Limits(1000, 5), allow_private=False) as fetcher:
        error = failure(fetcher, site.url("/a").replace("127.0.0.1", host))
    assert "private address" in str(error)
    assert "--allow-private" in str(error)
    assert site.asked == []


def test_a_redirect_to_a_private_address_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The site plays a public one: only the second host is looked up as private."""
    site.add("/a", status=302, headers={"Location": "http://inside.example/secret"})
    monkeypatch.setattr("mine2magnet.reading.guard.is_public", lambda a: a == "127.0.0.1")
    found = socket.getaddrinfo

    def look_up(host: str, *rest: Any, **more: Any) -> Any:
        return found("10.0.0.5" if host == "inside.example" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with Fetcher(Limits(1000, 5, delay=0), allow_private=False) as fetcher:
        assert "10.0.0.5" in str(failure(fetcher, site.url("/a")))


def test_the_connection_goes_to_the_address_that_was_checked(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add("/a", "as asked")
    names = []
    found = socket.getaddrinfo

    def look_up(host: str, *rest: Any, **more: Any) -> Any:
        names.append(host)
        return found("127.0.0.1" if host == "rebind.example" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    fetcher.get(site.url("/a").replace("127.0.0.1", "rebind.example"))
    assert set(names[::2]) == {"rebind.example"}  # looked up once for each connection, which then
    assert set(names[1::2]) == {"127.0.0.1"}  # goes to the address found, not to the name again
    assert dict(site.asked)["/a"]["Host"].startswith("rebind.example:")


def test_redirects_are_followed_and_say_where_they_led(site: Site, fetcher: Fetcher) -> None:
    site.add("/a", status=301, headers={"Location": "b?x=1"})
    site.add("/b?x=1", "here")
    assert got(fetcher, site.url("/a")).url == site.url("/b?x=1")


def test_redirects_in_a_circle_and_without_end(site: Site, fetcher: Fetcher) -> None:
    site.add("/a", status=302, headers={"Location": "/b"})
    site.add("/b", status=302, headers={"Location": "/a"})
    assert "circle" in str(failure(fetcher, site.url("/a")))
    for n in range(20):
        site.add(f"/{n}", status=302, headers={"Location": f"/{n + 1}"})
    assert "more than 8 times" in str(failure(fetcher, site.url("/0")))


def test_a_redirect_to_another_scheme_is_refused(site: Site, fetcher: Fetcher) -> None:
    site.add("/a", status=302, headers={"Location": "file:///etc/passwd"})
    assert "only http and https" in str(failure(fetcher, site.url("/a")))


def test_a_page_of_50_mb_is_given_up_early(site: Site, fetcher: Fetcher) -> None:
    sent = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
        for _ in range(50):
            handler.wfile.write(b"<p>magnet</p>" * 80_000)
            sent.append(1)

    site.answers["/big"] = answer
    assert "larger than 1 MB" in str(failure(fetcher, site.url("/big")))
    assert len(sent) < 50


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_decompression_bomb_is_given_up(site: Site, fetcher: Fetcher, coding: str) -> None:
    swollen = b"\0" * 50_000_000
    body = gzip.compress(swollen, mtime=0) if coding == "gzip" else zlib.compress(swollen)
    site.add("/bomb", body, headers={"Content-Encoding": coding})
    assert "larger than 1 MB" in str(failure(fetcher, site.url("/bomb")))


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"mag", mtime=0) + gzip.compress(b"net", mtime=0)),
        ("deflate", zlib.compress(b"magnet")),
        ("deflate", zlib.compress(b"magnet", wbits=-15)),
    ],
)
def test_compressed_pages_are_unpacked(site: Site, fetcher: Fetcher, coding: str, packed: bytes) -> None:
    site.add("/a", packed, headers={"Content-Encoding": coding})
    assert got(fetcher, site.url("/a")).body == b"magnet"


@pytest.mark.parametrize("body", [gzip.compress(b"magnet" * 100, mtime=0)[:-20], b"no gzip at all"])
def test_damaged_compression_is_one_line(site: Site, fetcher: Fetcher, body: bytes) -> None:
    site.add("/a", body, headers={"Content-Encoding": "gzip"})
    assert "damaged" in str(failure(fetcher, site.url("/a")))


def test_a_coding_that_was_not_asked_for_is_refused(site: Site, fetcher: Fetcher) -> None:
    site.add("/a", b"x", headers={"Content-Encoding": "br"})
    assert "'br'" in str(failure(fetcher, site.url("/a")))


@pytest.mark.parametrize("where", ["headers", "body"])
def test_a_slow_drip_ends_at_the_time_limit(site: Site, where: str) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if where == "body":
            handler.send_response(200)
            handler.send_header("Content-Type", "text/html")
            handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    site.answers["/slow"] = answer
    with quick(timeout=0.4) as fetcher:
        began = time.monotonic()
        assert "took longer than 0.4 s" in str(failure(fetcher, site.url("/slow")))
    assert time.monotonic() - began < 20


def test_a_slow_name_look_up_ends_at_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    enough = threading.Event()

    def look_up(*_: Any, **__: Any) -> list[Any]:
        enough.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with quick(timeout=0.2) as fetcher:
        began = time.monotonic()
        assert "took longer than 0.2 s" in str(failure(fetcher, "http://slow.example/"))
        assert time.monotonic() - began < 15
        enough.set()


def test_why_there_was_no_connection(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert "refuses connections" in str(failure(fetcher, f"http://127.0.0.1:{port}/"))

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "no such host: nowhere.example" in str(failure(fetcher, "http://nowhere.example/"))


def test_a_server_without_tls(site: Site, fetcher: Fetcher) -> None:
    assert "no secure connection" in str(failure(fetcher, site.url("/").replace("http:", "https:")))


def test_an_answer_that_is_no_http(fetcher: Fetcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            connection, _ = server.accept()
            connection.recv(1000)
            connection.sendall(b"SSH-2.0-hello\r\n")
            connection.close()

        threading.Thread(target=talk, daemon=True).start()
        error = failure(fetcher, f"http://127.0.0.1:{server.getsockname()[1]}/")
    assert "the connection failed" in str(error)


def test_statuses_are_named(site: Site, fetcher: Fetcher) -> None:
    assert "404 Not Found" in str(failure(fetcher, site.url("/none")))
    site.add("/odd", status=799)
    assert "799" in str(failure(fetcher, site.url("/odd")))


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_kept(site: Site, fetcher: Fetcher, status: int) -> None:
    site.add("/a", status=status, headers={"Retry-After": "120"})
    assert failure(fetcher, site.url("/a")).retry_after == 120
    site.add("/b", status=status, headers={"Retry-After": "Fri, 31 Dec 2999 23:59:59 GMT"})
    assert failure(fetcher, site.url("/b")).retry_after == 86_400
    site.add("/c", status=status, headers={"Retry-After": "soon"})
    assert failure(fetcher, site.url("/c")).retry_after is None


def test_pictures_are_not_fetched(site: Site, fetcher: Fetcher) -> None:
    site.add("/a.png", b"\x89PNG", kind="image/png")
    assert "image/png" in str(failure(fetcher, site.url("/a.png")))


def test_an_unchanged_page_is_not_sent_again(site: Site, fetcher: Fetcher) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        same = handler.headers.get("If-None-Match") == '"v1"'
        handler.send_response(304 if same else 200)
        handler.send_header("ETag", '"v1"')
        handler.send_header("Content-Length", "0" if same else "3")
        handler.end_headers()
        handler.wfile.write(b"" if same else b"new")

    site.answers["/a"] = answer
    url = site.url("/a")
    assert got(fetcher, url, conditional=True).body == b"new"
    assert fetcher.validators == {url: Validators('"v1"', "")}
    assert fetcher.get(url, conditional=True) is None
    assert got(fetcher, url).body == b"new"


def test_robots_txt_is_kept_to(site: Site, fetcher: Fetcher) -> None:
    site.add("/robots.txt", "User-agent: *\nDisallow: /private\n", kind="text/plain")
    site.add("/private/a", "no")
    site.add("/a", "yes")
    assert "robots.txt" in str(failure(fetcher, site.url("/private/a")))
    assert site.asked == []
    site.add("/b", status=302, headers={"Location": "/private/a"})
    assert "robots.txt" in str(failure(fetcher, site.url("/b")))
    assert got(fetcher, site.url("/a")).body == b"yes"


@pytest.mark.parametrize(
    ("status", "allowed"), [(404, True), (403, True), (500, False), (503, False), (429, False)]
)
def test_what_an_unreachable_robots_txt_means(
    site: Site, fetcher: Fetcher, status: int, allowed: bool
) -> None:
    site.add("/robots.txt", status=status, headers={"Retry-After": "7"})
    site.add("/a", "text")
    if allowed:
        assert got(fetcher, site.url("/a")).body == b"text"
    else:
        assert "nothing may be read" in str(failure(fetcher, site.url("/a")))


def test_a_huge_robots_txt_is_read_in_part(site: Site, fetcher: Fetcher) -> None:
    site.add("/robots.txt", "User-agent: *\nDisallow: /no\n" + "# filler\n" * 200_000, kind="text/plain")
    site.add("/a", "yes")
    assert got(fetcher, site.url("/a")).body == b"yes"
    failure(fetcher, site.url("/no"))


def test_requests_to_one_host_are_spaced(site: Site) -> None:
    site.add("/a", "a")
    with quick(delay=0.15) as fetcher:
        began = time.monotonic()
        for _ in range(3):
            fetcher.get(site.url("/a"))
        assert 0.3 <= time.monotonic() - began < 20


def test_a_crawl_delay_is_honoured(site: Site) -> None:
    site.add("/robots.txt", "User-agent: *\nCrawl-delay: 0.3\n", kind="text/plain")
    site.add("/a", "a")
    with quick() as fetcher:
        began = time.monotonic()
        for _ in range(2):
            fetcher.get(site.url("/a"))
        assert time.monotonic() - began >= 0.3


def test_cookies_are_not_kept(site: Site, fetcher: Fetcher) -> None:
    site.add("/a", "a", headers={"Set-Cookie": "id=1"})
    fetcher.get(site.url("/a"))
    fetcher.get(site.url("/a"))
    assert all("Cookie" not in headers for _, headers in site.asked)
