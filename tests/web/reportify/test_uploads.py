from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from reportify_sdk import Reportify
from reportify_sdk.exceptions import APIError, NotFoundError

from mine2magnet.background.worker import Worker
from mine2magnet.core import api_keys
from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.model import Key
from mine2magnet.store import Store
from tests.conftest import Site, until
from tests.serving import STARTS_IN, serving
from tests.web.reportify.conftest import Connect, titles

pytestmark = pytest.mark.filterwarnings("ignore:kb.search:DeprecationWarning")


@pytest.fixture
def held(tmp_path: Path) -> Library:
    return Library.open(Settings(folder=tmp_path, allow_private=True))


def article(site: Site, path: str, title: str, said: str) -> str:
    more = "It was read by nobody but those who had to. " * 4
    body = f"<article><h1>{title}</h1><p>{said} {more}</p></article>"
    return site.page(path, f"<html><head><title>{title}</title></head><body>{body}</body></html>")


def test_what_is_uploaded_can_be_read_and_found(client: Reportify, site: Site) -> None:
    url = article(site, "/terbium", "Terbium in the cellar", "Twelve kilograms of terbium lie in the cellar.")
    done = client.docs.upload(
        [
            {
                "url": url,
                "name": "Cellar report",
                "published_at": "2025-04-01 09:30:00+02:00",
                "metadatas": {"desk": "metals", "category": "reports", "pages": 3},
                "tags": {"project": ["cellar", "deep"]},
            }
        ]
    )
    (id,) = done["doc_ids"]
    assert client.docs.get_upload_status(id)["status"] == "completed"
    doc = client.docs.get(id)
    assert (doc["id"], doc["title"], doc["url"]) == (id, "Cellar report", url)
    assert doc["published_at"] == "2025-04-01T09:30:00+02:00"
    assert "Twelve kilograms of terbium" in doc["content"]
    assert doc["metadatas"] == {"desk": "metals", "category": "reports", "pages": 3}
    assert doc["category"] == "global_research"
    assert doc["folder_ids"] == ["default"]
    for tags in ({"project": ["deep"]}, {"desk": ["metals"]}, {"pages": [3]}, {"tag": ["cellar"]}):
        assert titles(client.docs.list_by_tags(tags)["docs"]) == ["Cellar report"], tags
    assert client.docs.list(tags={"project": ["cellar"], "desk": ["ores"]})["docs"] == []
    with_desk = [{"field": "metadata.desk", "value": "metals"}]
    assert client.docs.list(extended_filters=with_desk)["total_count"] == 1
    assert client.docs.list(extended_filters=[with_desk[0] | {"operator": "ne"}])["total_count"] == 0
    assert titles(client.docs.list(categories=["files"])["docs"]) == ["Cellar report"]
    assert client.docs.summary(id)["title"] == "Cellar report"


def test_a_folder_holds_what_is_put_into_it(client: Reportify, site: Site) -> None:
    mine, other = (client.docs.create_folder(name)["folder_id"] for name in ("Mine", "Other"))
    one = article(site, "/one", "Ore one", "The first seam of bastnaesite is thick.")
    two = article(site, "/two", "Ore two", "The second seam of monazite is thin.")
    first, second = client.docs.upload([{"url": one}, {"url": two}], folder_id=mine)["doc_ids"]
    assert client.docs.upload([{"url": two}], folder_id=other)["doc_ids"] == [second], (
        "one address, one document"
    )
    assert set(titles(client.docs.list(folder_ids=[mine])["docs"])) == {"Ore one", "Ore two"}
    assert titles(client.docs.search(query="seam", folder_ids=[other])["docs"]) == ["Ore two"]
    chunks = client.docs.search_chunks("seam of ore", folder_ids=[other])
    assert [chunk["doc"]["title"] for chunk in chunks] == ["Ore two"]
    found = client.kb.search("which seam is thick?", folder_ids=[mine], doc_ids=[first], num=5)
    assert "bastnaesite is thick" in found[0]["content"]
    assert found[0]["doc"]["title"] == "Ore one"
    assert client.kb.search("seam", folder_ids=[other], doc_ids=[first]) == []
    assert client.kb.search("seam", end_date="2020-01-01") == []
    assert len(client.kb.search("seam", num=1)) == 1
    gone = client.docs.delete_folder(mine)
    assert (gone["folder_id"], set(gone["doc_ids"])) == (mine, {first, second})
    with pytest.raises(NotFoundError):
        client.docs.get(first)
    assert client.docs.get(second)["title"] == "Ore two", "another folder has it, too"
    assert client.docs.delete_folder(other)["doc_ids"] == [second]
    assert client.docs.list()["total_count"] == 0
    for call in (client.docs.delete_folder, lambda id: client.docs.upload([{"url": one}], folder_id=id)):
        with pytest.raises(NotFoundError):
            call(mine)


def test_a_document_that_was_read_before_outlives_its_folder(
    client: Reportify, site: Site, held: Library
) -> None:
    url = article(site, "/read", "Read before", "A kiln was bought before the upload.")
    held.read(url)
    folder = client.docs.create_folder("Briefly")["folder_id"]
    (id,) = client.docs.upload([{"url": url}], folder_id=folder)["doc_ids"]
    client.docs.delete_folder(folder)
    assert client.docs.get(id)["title"] == "Read before"
    assert client.kb.search("kiln") == []


def test_the_knowledge_base_is_what_was_uploaded(client: Reportify, site: Site, held: Library) -> None:
    held.read(article(site, "/feed", "A kiln in the news", "The kiln is in the news."))
    client.docs.upload([{"url": article(site, "/file", "A kiln in a file", "The kiln is in a file.")}])
    assert {chunk["doc"]["title"] for chunk in client.kb.search("kiln")} == {"A kiln in a file"}


def test_deleting_takes_documents_out(client: Reportify, site: Site) -> None:
    url = article(site, "/short", "Short lived", "This page is short lived.")
    (id,) = client.docs.upload([{"url": url}])["doc_ids"]
    assert client.docs.delete([id, "dnothere"])["doc_ids"] == [id]
    for call in (client.docs.get, client.docs.get_upload_status):
        with pytest.raises(NotFoundError):
            call(id)
    assert client.docs.search(query="short lived")["docs"] == []
    with pytest.raises(NotFoundError):
        client.docs.delete([id])
    with pytest.raises(APIError, match="doc_ids: is missing"):
        client.docs.delete([])
    (again,) = client.docs.upload([{"url": url}])["doc_ids"]
    assert again != id, "an id is not used again"
    assert client.docs.get(again)["title"] == "Short lived"


@pytest.fixture
def worker(held: Library) -> Iterator[Worker]:
    made = Worker(held)
    made.start()
    yield made
    made.stop()


def ended(client: Reportify, id: str) -> dict[str, Any]:
    def status() -> dict[str, Any]:
        said: dict[str, Any] = client.docs.get_upload_status(id)
        return said if said["status"] in ("completed", "failed") else {}

    return until(status)


def test_an_upload_that_waits_can_be_asked_about_and_taken_back(client: Reportify, site: Site) -> None:
    kept, dropped = (article(site, f"/{n}", f"Waits {n}", f"Page {n} waits.") for n in "ab")
    answer = client.docs.upload_async([{"url": kept}, {"url": dropped}], pdf_parsing_mode=3)
    first, second = answer["doc_ids"]
    assert [one["status"] for one in answer["docs"]] == ["pending", "pending"]
    assert client.docs.get_upload_status(first) == {
        "id": first,
        "status": "pending",
        "reason": "",
        "folder_id": "default",
    }
    with pytest.raises(NotFoundError):
        client.docs.get(first)
    assert client.docs.delete([second])["doc_ids"] == [second]
    assert site.requests == []


def test_uploads_are_read_in_the_background(client: Reportify, site: Site, worker: Worker) -> None:
    good = article(site, "/good", "Later found", "The separation plant was found later.")
    redirected = site.url + "/moved"
    site.pages["/moved"] = (301, {"Location": "/target"}, b"")
    article(site, "/target", "Moved away", "The page about cerium moved away.")
    missing = site.url + "/missing"
    ids = client.docs.upload_async([{"url": good}, {"url": redirected}, {"url": missing}])["doc_ids"]
    assert [ended(client, id)["status"] for id in ids] == ["completed", "completed", "failed"]
    assert titles(client.docs.search(query="separation plant found later")["docs"])[0] == "Later found"
    assert client.docs.get(ids[1])["title"] == "Moved away", "the id that was given stays valid"
    assert "404" in client.docs.get_upload_status(ids[2])["reason"]
    article(site, "/missing", "There after all", "It is there after all.")
    assert client.docs.upload_async([{"url": missing}])["doc_ids"] == [ids[2]]
    assert ended(client, ids[2])["status"] == "completed"


def test_what_becomes_another_document_is_found_by_both_ids(
    client: Reportify, site: Site, held: Library
) -> None:
    first = article(site, "/first", "Same text", "The mill grinds ore.")
    (promised,) = client.docs.upload_async([{"url": first}])["doc_ids"]
    held.read(first)  # a feed was quicker
    held.read_uploads()
    assert client.docs.get(promised)["title"] == "Same text"
    assert client.kb.search("mill", doc_ids=[promised])


def test_what_cannot_be_uploaded_is_said(client: Reportify, site: Site) -> None:
    url = article(site, "/x", "X", "X is said here.")
    wrong: list[tuple[list[Any], str]] = [
        ([], "docs: has 0 documents"),
        ([{"url": url}] * 101, "docs: has 101 documents"),
        (["x"], r"docs\[0\]: not an object"),
        ([{}], r"docs\[0\].url: None is not a text"),
        ([{"url": "file:///etc/passwd"}], r"docs\[0\].url: no address"),
        ([{"url": url, "name": 5}], r"docs\[0\].name: 5 is not a text"),
        ([{"url": url}, {"url": url, "published_at": "soon"}], r"docs\[1\].published_at: not a date"),
        ([{"url": url, "published_at": 10**30}], "no time"),
        ([{"url": url, "metadatas": [1]}], "metadatas: not an object"),
        ([{"url": url, "metadatas": {"a": "x" * 20_000}}], "metadatas: longer than"),
        ([{"url": url, "metadatas": {"category": "poems"}}], "no category 'poems'"),
        ([{"url": url, "tags": "x"}], "tags: not an object"),
    ]
    for docs, said in wrong:
        for call in (client.docs.upload, client.docs.upload_async):
            with pytest.raises(APIError, match=said) as error:
                call(docs)
            assert error.value.status_code == 400
    with pytest.raises(APIError, match="pdf_parsing_mode"):
        client.docs.upload([{"url": url}], pdf_parsing_mode=2)
    with pytest.raises(APIError, match="name: is missing"):
        client.docs.create_folder(" ")
    with pytest.raises(APIError, match="404"):
        client.docs.upload([{"url": site.url + "/nothing"}])
    assert client.docs.list()["total_count"] == 0


def test_milliseconds_are_taken_for_a_time(client: Reportify, site: Site) -> None:
    url = article(site, "/ms", "Timed", "The time of this page is a number.")
    (id,) = client.docs.upload([{"url": url, "published_at": 1_743_465_600_000}])["doc_ids"]
    assert client.docs.get(id)["published_at"] == "2025-04-01T00:00:00+00:00"


def test_a_key_that_may_only_read_may_not_upload(connect: Connect, site: Site) -> None:
    reader = connect("reader", "read")
    url = article(site, "/x", "X", "X is said here.")
    calls: tuple[Callable[[], object], ...] = (
        lambda: reader.docs.upload([{"url": url}]),
        lambda: reader.docs.upload_async([{"url": url}]),
        lambda: reader.docs.create_folder("x"),
        lambda: reader.docs.delete_folder("x"),
        lambda: reader.docs.delete(["x"]),
    )
    for call in calls:
        with pytest.raises(APIError, match="may not write") as error:
            call()
        assert error.value.status_code == 403
    assert site.requests == []


class TestElsewhere:
    @pytest.fixture
    def held(self, tmp_path: Path) -> Library:
        return Library.open(Settings(folder=tmp_path))

    def test_private_addresses_are_refused(self, client: Reportify, site: Site) -> None:
        url = article(site, "/private", "Private", "This page is private.")
        with pytest.raises(APIError, match="private"):
            client.docs.upload([{"url": url}])
        crawled = client.search.crawl([url])
        assert crawled["results"] == []
        assert crawled["statuses"][0]["status"] == "error"
        assert site.requests == []


NAMES = ("127.0.0.1", "localhost")  # a page of one host is fetched but every second


def put(site: Site, n: int) -> str:
    """A page at one of the names of this machine."""
    said = f"Batch {n} of neodymium oxide left the mill, and {n + 1000} kilograms of it were counted twice."
    html = f"<html><head><title>Batch {n}</title></head><body><article><p>{said}</p></article></body></html>"
    return site.page(f"/batch/{n}", html).replace("127.0.0.1", NAMES[n % len(NAMES)])


def test_what_was_acknowledged_outlives_kills(tmp_path: Path, site: Site) -> None:
    key = api_keys.make()
    store = Store(tmp_path)
    store.keys.put(Key("uploader", api_keys.allowed(["write"]), 10_000, api_keys.fingerprint(key)))
    store.close()
    acknowledged: dict[str, str] = {}  # id → title
    for reading in (False, True):  # when it is killed
        with serving(tmp_path, "--allow-private") as served, Reportify(key, served.url) as client:
            folder = client.docs.create_folder("Batches")["folder_id"]
            site.requests.clear()
            for n in range(len(acknowledged), len(acknowledged) + 4):
                answer = client.docs.upload_async([{"url": put(site, n)}], folder_id=folder)
                acknowledged[answer["doc_ids"][0]] = f"Batch {n}"
            if reading:
                until(lambda: site.requests)
            served.process.kill()
    with serving(tmp_path, "--allow-private") as served, Reportify(key, served.url) as client:

        def waiting() -> set[str]:
            return {client.docs.get_upload_status(id)["status"] for id in acknowledged} - {"completed"}

        until(lambda: waiting() <= {"failed"}, STARTS_IN)
        assert not waiting()
        assert {id: client.docs.get(id)["title"] for id in acknowledged} == acknowledged
        files = client.docs.list(categories=["files"], page_size=100)
        held = {id for one in files["docs"] for id in (one["id"], *one["copies"])}
        assert set(acknowledged) <= held
