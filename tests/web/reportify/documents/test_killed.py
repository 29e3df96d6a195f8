"""A real `mine2magnet serve` is killed again and again while uploads come in: none that was acknowledged
is lost."""

from __future__ import annotations

from pathlib import Path

from reportify_sdk import Reportify

from mine2magnet.core import api_keys
from mine2magnet.model import Key
from mine2magnet.store import Store
from tests.conftest import Site, until
from tests.serving import STARTS_IN, serving

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
    for reading in (False, True, False):  # when it is killed
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
