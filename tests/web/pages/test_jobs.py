"""Runs of models on pages: five at once, cancelled, shown to others, mistakes beside their form."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from httpx import Client, Response

from mine2magnet.background import models
from mine2magnet.core import api_keys
from mine2magnet.core.errors import UserError
from mine2magnet.library.library import Library
from mine2magnet.model import JobKind, Key
from mine2magnet.store import jobs as store_jobs
from tests.conftest import until
from tests.web.conftest import settled

FORM = {"scenario": "embargo", "draws": "5", "weeks": "52", "do": "8 weeks of magnets in reserve"}
SMALL = {
    "shares": "Pr 25\nNd 75",
    "products": "Pr 2N\nNd 2N",
    "throughput": "500",
    "startup_days": "0",
    "draws": "0",
    "site": "europe",
}


def post(client: Client, path: str, form: dict[str, str]) -> Response:
    client.get("/sources")  # its cookie shows that a form comes from one of our pages
    return client.post(path, data=form)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """No run gets on before this is set."""
    go, compute = threading.Event(), models.computed

    def waits(kind: JobKind, input: str, tell: models.Tell) -> tuple[bytes, bytes]:
        tell(0.5, "costing europe")
        go.wait(60)
        return compute(kind, input, tell)

    monkeypatch.setattr(models, "computed", waits)
    yield go
    go.set()


def test_a_form_goes_to_an_address_that_shows_form_and_result_to_others(client: Client) -> None:
    page = post(client, "/stress", FORM)
    assert page.history[0].status_code == 303
    assert page.url.path.startswith("/jobs/j")
    page = settled(client, page.url.path)
    assert page.status_code == 200
    assert "52" in page.text.split('name="weeks"')[1].split(">")[0]
    assert "5 draws of" in page.text
    with Client(base_url=client.base_url, trust_env=False) as other:
        seen = other.get(page.url.path, params={"lang": "ja"}).text
    assert "5 回の抽出" in seen
    linked = settled(client, "/stress", **FORM)
    assert "5 draws of" in linked.text  # the same as a link, and nothing is run again
    said = client.get(page.url.path, params={"format": "json"}).json()["job"]
    assert (said["state"], said["part"], said["result"]["draws"]) == ("done", 1.0, 5)


def test_five_at_once_get_their_results_and_no_error_page(client: Client) -> None:
    def run(number: int) -> Response:
        with Client(base_url=client.base_url, trust_env=False, follow_redirects=True, timeout=60) as mine:
            if number % 2:
                page = post(mine, "/separation", {**SMALL, "throughput": str(500 + number)})
            else:
                page = post(mine, "/stress", {**FORM, "draws": str(5 + number)})
            assert page.status_code in (200, 202)
            return settled(mine, page.url.path)

    with ThreadPoolExecutor(5) as pool:
        pages = list(pool.map(run, range(5)))
    assert [page.status_code for page in pages] == [200] * 5
    for number, page in enumerate(pages):
        assert ("separation-results" if number % 2 else f"{5 + number} draws of") in page.text


def test_place_progress_and_limits_are_told_and_a_run_is_cancelled(
    client: Client, held: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mine2magnet.web.kit.jobs.AT_ONCE", 0.3)
    first = post(client, "/separation", SMALL)
    assert first.status_code == 202
    job = first.url.path
    until(lambda: "costing europe" in client.get(job).text)
    page = client.get(job, params={"lang": "zh"})
    assert "正在计算: 核算成本：欧洲 …" in page.text
    assert 'value="0.50"' in page.text
    assert "限 300 秒" in page.text
    assert 'name="throughput" inputmode="decimal" value="500"' in page.text
    client.cookies.delete("mine2magnet-language")
    second = post(client, "/stress", FORM)
    assert "next in line" in second.text
    with client.stream("GET", f"{second.url.path}/events") as events:
        lines = events.iter_lines()
        assert '"state":"queued"' in next(lines)
        cancelled = post(client, f"{second.url.path}/cancel", {})
        assert '"waits":false' in next(line for line in lines if "cancelled" in line)
    assert cancelled.status_code == 409
    assert "the run was cancelled" in cancelled.text
    assert "52" in cancelled.text.split('name="weeks"')[1].split(">")[0]  # the form stays
    assert settled(client, "/stress", **FORM).status_code == 409  # a link does not begin it again …
    held.set()
    again = post(client, "/stress", FORM)  # … the form does
    assert settled(client, again.url.path).status_code == 200
    assert post(client, f"{again.url.path}/cancel", {}).status_code == 409


def test_what_goes_wrong_stands_beside_the_form_in_the_readers_language(
    client: Client, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = post(client, "/stress", {**FORM, "strength": "105"})
    assert page.status_code == 400
    assert "1.05 is out of range" in page.text
    assert "52" in page.text.split('name="weeks"')[1].split(">")[0]
    assert 'value="8 weeks of magnets in reserve" checked' in page.text
    page = post(client, "/separation", {**SMALL, "products": "Pr 2N"})
    assert page.status_code == 400
    assert "needs no cut" in page.text
    monkeypatch.setattr(store_jobs, "MOST_QUEUED", 0)
    page = post(client, "/stress?lang=ja", FORM)
    assert page.status_code == 503
    assert "待っている実行が多すぎます" in page.text
    assert "52" in page.text.split('name="weeks"')[1].split(">")[0]
    monkeypatch.undo()
    monkeypatch.setattr(models, "computed", _fails)
    page = settled(client, post(client, "/stress", FORM).url.path, lang="zh")
    assert page.status_code == 400
    assert "此次运算超过了内存限制" in page.text
    assert "52" in page.text.split('name="weeks"')[1].split(">")[0]


def _fails(*_: object) -> tuple[bytes, bytes]:
    raise UserError("the run took more memory than it may")


def test_runs_that_programs_asked_for_are_shown_without_a_form(client: Client, library: Library) -> None:
    plant = client.post("/api/separation", json=SEPARATION, headers={"Prefer": "respond-async"})
    id = plant.json()["id"]
    page = settled(client, f"/jobs/{id}").text
    assert 'id="separation-results"' in page
    assert "<form class=" not in page.split("<main")[1].split('id="separation-results"')[0]
    report = client.get("/separation/report.csv", params={"job": id}).text
    assert report.startswith("cut,stage,section,element")
    chain = settled(client, "/stress", scenario="embargo", draws="2", plant=f"job={id}")
    assert "new plant, Europe: first product in week" in chain.text
    fit = library.store.jobs.put("calibration", "{}", "x")[0]
    assert "A calibration" in settled(client, f"/jobs/{fit.id}").text
    assert client.get("/jobs/none").status_code == 404


SEPARATION = {
    "feed": {"Pr": 25, "Nd": 75},
    "products": [{"elements": ["Pr"]}, {"elements": ["Nd"]}],
    "sites": ["europe"],
    "startup_days": 0,
    "draws": 0,
}


def test_a_reader_runs_models_but_cancels_only_their_own(
    client: Client, library: Library, held: threading.Event
) -> None:
    keys = {}
    for name, scopes in (("ann", ["run"]), ("bob", []), ("eve", ["write"])):
        keys[name] = api_keys.make()
        library.store.keys.put(Key(name, api_keys.allowed(scopes), 600, api_keys.fingerprint(keys[name])))

    def asks(name: str, method: str, path: str, **how: object) -> Response:
        headers = {"Authorization": f"Bearer {keys[name]}", "Prefer": "respond-async"}
        return client.request(method, path, headers=headers, **how)  # type: ignore[arg-type]

    ids = []
    for draws in (3, 4):
        made = asks("ann", "POST", "/api/stress", json={"scenario": "embargo", "draws": draws})
        assert made.status_code == 202
        ids.append(made.json()["id"])
    assert asks("bob", "GET", f"/api/jobs/{ids[0]}").status_code == 200
    assert asks("bob", "DELETE", f"/api/jobs/{ids[0]}").status_code == 403
    assert asks("ann", "DELETE", f"/api/jobs/{ids[0]}").status_code == 204
    assert asks("eve", "DELETE", f"/api/jobs/{ids[1]}").status_code == 204
    page = asks("ann", "GET", "/sources")
    assert page.status_code == 200
    formed = asks("ann", "POST", "/stress", data=FORM)
    assert formed.url.path.startswith("/jobs/")
