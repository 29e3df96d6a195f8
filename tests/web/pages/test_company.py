"""The page of a company: files of the browser to a report, and all mistakes at once; nothing is kept."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from httpx import Client

from mine2magnet.background import models
from mine2magnet.chain.io import company_tables
from mine2magnet.model import JobKind
from tests.conftest import until
from tests.web.conftest import settled


@pytest.fixture(autouse=True)
def _visited(client: Client) -> None:
    client.get("/topics")


def sent(folder: Path) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (f.name, f.read_bytes())) for f in sorted(folder.iterdir())]


def test_the_example_can_be_fetched_sent_back_and_reported(client: Client, tmp_path: Path) -> None:
    page = client.get("/company").text
    assert 'enctype="multipart/form-data"' in page
    packed = client.get("/company/example.zip")
    mine = tmp_path / "mine"
    with zipfile.ZipFile(io.BytesIO(packed.content)) as held:
        held.extractall(mine)
        assert set(held.namelist()) == {f"{name}.csv" for name in company_tables.COLUMNS}
    said = {"scenario": "embargo", "budget": "2", "draws": "10"}
    # A workbook is longer than forms are.
    note = ("files", ("notes.txt", b"x" * 100_000))
    sends = client.post("/company?lang=ja", data=said, files=[*sent(mine), note])
    assert sends.url.path.startswith("/jobs/j")
    told = settled(client, sends.url.path, lang="ja").text
    assert "steering motor" in told
    assert "予算 2.00 百万EUR で買うもの" in told
    assert told.count("<svg") == 1
    assert 'value="2"' in told  # the form stays
    assert '<option value="embargo" selected>' in told
    first = told.split("<tbody>")[1].split("</td>")[0]
    assert 'data-label="部品"' in first
    # With the tables of that run, one of them replaced.
    id = sends.url.path.removeprefix("/jobs/")
    assert f'name="job" value="{id}"' in told
    parts = (mine / "parts.csv").read_text("utf-8").replace("coolant pump", "oil pump")
    again = client.post("/company", data={**said, "job": id}, files=[("files", ("parts.csv", parts))])
    assert again.status_code == 400
    assert "知らない部品：&#39;coolant pump&#39;" in again.text
    assert f'name="job" value="{id}"' in again.text
    both = client.post("/company", data={**said, "job": id}, files=[("files", ("notes.txt", b"x"))])
    assert both.url.path == sends.url.path  # nothing is run again


def test_a_workbook_is_as_good(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def kept(kind: JobKind, input: str, tell: models.Tell) -> tuple[bytes, bytes]:
        asked.append(input)
        return b"{}", b""

    monkeypatch.setattr(models, "computed", kept)
    company_tables.template(tmp_path, excel=True)
    client.post("/company", data={"scenario": "embargo"}, files=sent(tmp_path))
    until(lambda: asked)
    tables = models.asked("company", asked[0]).tables
    assert set(tables) == set(company_tables.COLUMNS)
    assert "steering motor" in tables["parts"]


def test_every_mistake_is_told_on_the_page(client: Client, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    company_tables.template(mine)
    parts = (mine / "parts.csv").read_text("utf-8")
    (mine / "parts.csv").write_text(parts.replace("Czechia", "<b>x</b>").replace("150000", "-1"), "utf-8")
    answer = client.post("/company", data={"scenario": "embargo"}, files=sent(mine))
    assert answer.status_code == 400
    assert "parts.csv row 3 pieces: -1 is out of range" in answer.text
    assert "&lt;b&gt;x&lt;/b&gt;" in answer.text
    assert "<b>x" not in answer.text
    assert "2 things to mend" in answer.text
    told = client.post("/company?format=json", data={"scenario": "embargo"}, files=sent(mine)).json()
    assert len(told["faults"]) == 2


@pytest.mark.parametrize(
    ("data", "name", "line"),
    [
        ({"scenario": "embargo"}, "../../etc/passwd", "No tables came"),
        ({"scenario": "../x"}, "company.csv", "no scenario"),
        ({"scenario": "embargo", "budget": "much"}, "company.csv", "is not a number"),
    ],
)
def test_what_is_none_of_ours_is_refused(client: Client, data: dict[str, str], name: str, line: str) -> None:
    answer = client.post("/company", data=data, files=[("files", (name, b"name,currency\n"))])
    assert answer.status_code in (400, 404)
    assert line in answer.text or "no table" in answer.text
