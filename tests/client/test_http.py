"""The client against a real `mine2magnet serve`."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from mine2magnet import client as api
from mine2magnet.bridges.stress import StressComparison, StressTest
from mine2magnet.chain import Event, Scenario
from mine2magnet.chain.io import company_tables
from mine2magnet.chain.io.company_request import CompanyRequest
from mine2magnet.chain.io.tables import reference
from mine2magnet.chain.report.company import STEPS
from mine2magnet.client import Client
from mine2magnet.model import (
    AuditFilter,
    Bound,
    ClaimFilter,
    CorrectionRequest,
    DiscoverRequest,
    TopicRequest,
    WatchRequest,
)
from mine2magnet.separation.study.flowsheet_schema import FlowsheetCase
from mine2magnet.separation.study.schema import CalibrationRequest, Case, Product
from mine2magnet.web.api import openapi_examples
from mine2magnet.web.api.schema.documents import Text
from mine2magnet.web.api.schema.jobs import JobDetail
from tests.conftest import until
from tests.figures.test_starter import LESS_SURE
from tests.serving import PROGRAM, STARTS_IN, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a server with the starter documents, and its folder."""
    folder = tmp_path_factory.mktemp("library")
    with serving(folder, "--starter") as made:
        yield made.url, folder


@pytest.fixture
def client(served: tuple[str, Path]) -> Iterator[Client]:
    with Client(served[0]) as made:
        yield made


@pytest.fixture
def claimed(client: Client) -> Client:
    """A client of a server that has taken the claims of all its documents."""
    until(lambda: not client.status().unclaimed, STARTS_IN)
    return client


def test_lists_are_followed_over_their_pages(client: Client) -> None:
    documents = list(client.documents(limit=25))
    assert len(documents) == client.status().documents == 66
    assert len({one.document.id for one in documents}) == 66
    days = [one.document.published.date() for one in documents if one.document.published]
    assert days == sorted(days, reverse=True)
    some = list(client.documents(language=["ja", "zh"], until=date(2025, 12, 31)))
    assert {one.document.language for one in some} == {"ja", "zh"}
    assert all(one.document.published.year <= 2025 for one in some if one.document.published)


def test_search_leads_to_digests_and_paragraphs(client: Client) -> None:
    first = next(client.search("通用许可 general licence"))
    held = client.document(first.document.id)
    texts = {p.number: p.text for p in held.document.paragraphs}
    assert all(texts[p.paragraph] == p.text for p in first.passages)
    digested = client.digest(first.document.id)
    (digest,) = digested.digests
    assert digest.method == "extractive"
    for point in digest.points:
        assert point.citations
        assert any(point.text.rstrip("。. …") in texts[n] for n in point.citations)


def test_claims_and_figures_come_back_whole(claimed: Client) -> None:
    found = list(claimed.claims(measure=["stock cover"], unit=["week"]))
    assert found
    for one in found:
        assert one.claim.measure == found[0].claim.measure
        assert one.claim.quantity.unit == "week"
        a, b = one.figure
        assert any(c.isdigit() or c in "一二三四五六七八九十两" or c.isalpha() for c in one.sentence[a:b])
    (topic, *_) = claimed.topics()
    figures = list(claimed.figures(topic.topic.slug, limit=50))
    pairs = [pair for figure in figures for pair in figure.conflicts]
    assert all(
        min(c.claim.confidence for c in pair) < LESS_SURE for pair in pairs
    )  # none of the starter's holds
    assert any(figure.references for figure in figures)


def test_a_claim_is_corrected_and_what_was_read_comes_back(claimed: Client) -> None:
    read = next(claimed.claims(all=True)).claim
    made = claimed.correct(
        CorrectionRequest(
            document=read.document, paragraph=read.paragraph, point=read.point, start=read.start,
            end=read.end, slot="counterparty", value="Toy Works", by="Mei",
        )
    )  # fmt: skip
    assert list(claimed.corrections(document=read.document)) == [made]
    (mended,) = claimed.claims(counterparty=["toy works"], all=True)
    assert mended.claim.corrections == (made,)
    claimed.undo_correction(made.id)
    assert next(claimed.claims(all=True)).claim == read
    with pytest.raises(api.NotHeld):
        claimed.undo_correction(made.id)


def test_a_question_is_answered_from_documents(claimed: Client) -> None:
    answer = claimed.ask("How many weeks will magnet stocks in Europe last?")
    assert answer.sources
    assert answer.sources[0].passage.text in {
        p.text for p in claimed.document(answer.sources[0].document.id).document.paragraphs
    }


def test_topics_texts_and_watches_live_and_go(client: Client) -> None:
    topic = client.new_topic(TopicRequest(name="Furnaces in Estonia", queries=("furnace Estonia",)))
    watch = client.new_watch(
        WatchRequest(
            name="Furnaces",
            claims=ClaimFilter(measure=("production",)),
            bound=Bound("above", 1000, "t"),
            topic=topic.slug,
        )
    )
    assert client.watch_secret(watch.id).startswith("whsec_")
    assert client.share_watch(watch.name, False).shared is False
    noted = [one.action for one in client.audit(AuditFilter(action="watch"))]
    assert noted[:2] == ["watch.changed", "watch.made"]
    text = "The furnace in Estonia made 2,000 t of rare earth magnets in 2025."
    kept = client.keep_text(Text(title="A furnace", text=text, source="Our Desk"))
    assert [one.document.id for one in client.topic_documents(topic.slug)] == [kept.id]
    found = until(lambda: list(client.inbox(watch.id)), STARTS_IN)  # the server's worker looks out
    assert [match.sentence for match in found] == [text]
    assert client.mark_read((found[0].id,)) == 0
    assert [line.title for line in client.brief(topic.slug, "1h", "ja").lines][-1] == "A furnace"
    with pytest.raises(api.BadRequest, match="no address is set for searxng"):
        client.discover(topic.slug, DiscoverRequest(searches=("searxng",)))
    client.stop_searches(topic.slug)
    assert list(client.topic_searches(topic.slug)) == []
    assert client.put_topic(topic.slug, TopicRequest(name="Ovens", tags=("ovens",))).name == "Ovens"
    assert client.topic(topic.slug).documents == 0
    client.remove_watch(watch.id)
    client.remove_topic(topic.slug)
    client.remove_document(kept.id)
    assert list(client.watches()) == []
    with pytest.raises(api.NotHeld):
        client.document(kept.id)


def test_models_are_run(client: Client) -> None:
    assert "embargo" in client.scenarios().scenarios
    result = client.stress(StressTest(scenario="embargo", draws=10))
    assert result.loss[0] <= result.loss[1] <= result.loss[2]
    assert len(result.served[0].weekly[1]) == result.weeks
    assert "P507" in client.separation_presets().extractants
    products = (Product(elements=("Pr",)), Product(elements=("Nd",)))
    plant = client.separation(
        Case(feed={"Pr": 25, "Nd": 75}, products=products, sites=("china",), startup_days=0, draws=0)
    )
    assert [cut.organic for cut in plant.cuts] == [["Nd"]]
    running = openapi_examples.of(CalibrationRequest)
    found = client.calibration(msgspec.convert(running, CalibrationRequest))
    assert found.set.factors["Nd/Pr"].likely > 1
    trains = openapi_examples.of(FlowsheetCase)
    assert client.flowsheet(msgspec.convert(trains, FlowsheetCase)).closure < 1e-10


def test_stress_tests_are_compared(client: Client) -> None:
    tests = (StressTest(scenario="embargo", draws=10), StressTest(scenario="licence-delay", draws=10))
    found = client.comparison(StressComparison(tests=tests))
    assert found.outcomes[0].mean == 0
    assert found.outcomes[1].interval[0] <= found.outcomes[1].mean <= found.outcomes[1].interval[1]
    assert {one.field for one in found.inputs} >= {"what happens", "kind"}


def test_a_company_s_tables_are_put_under_a_scenario(client: Client) -> None:
    tables = company_tables.texts(reference() / "company")
    doing: set[str] = set()
    client._http.headers["Prefer"] = "respond-async"
    request = CompanyRequest(tables=tables, scenario="embargo", draws=10)
    found = client.company(request, progress=lambda job: doing.add(job.doing))
    assert (found.company, found.draws) == ("Example Drives", 10)
    assert found.parts[0].loss[1] >= 0
    assert doing & set(STEPS)
    broken = {**tables, "parts": tables["parts"].replace("Czechia", "Nowhere")}
    with pytest.raises(api.BadRequest, match=r"parts.csv row \d country: unknown country 'Nowhere'"):
        client.company(CompanyRequest(tables=broken))


def test_a_run_that_takes_long_is_waited_for_and_can_be_cancelled(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[JobDetail] = []
    client._http.headers["Prefer"] = "respond-async"  # as if it took longer than the service waits
    result = client.stress(StressTest(scenario="embargo", draws=11), progress=seen.append)
    assert result.draws == 11
    assert [seen[0].kind, seen[-1].state] == ["stress", "done"]
    nowhere = Scenario(name="x", events=(Event("outage", {"country": ("Atlantis",)}),))
    with pytest.raises(api.BadRequest) as refused:
        client.stress(StressTest(scenario=nowhere, draws=2))
    assert refused.value.problem.status == 422

    def stop(job: JobDetail) -> None:
        if job.state in ("queued", "running"):
            client.cancel_job(job.id)

    with pytest.raises(api.Exists, match="cancelled"):
        client.stress(StressTest(scenario="embargo", draws=1250), progress=stop)
    assert client.job(seen[0].id).result["draws"] == 11


def test_errors_have_types_and_say_how_to_mend(client: Client, served: tuple[str, Path]) -> None:
    with pytest.raises(api.NotHeld, match="404: no topic 'none'"):
        client.topic("none")
    with pytest.raises(api.BadRequest) as refused:
        list(client.documents(colour="red"))
    assert refused.value.problem.hint.startswith("one of language, source,")
    client.new_topic(TopicRequest(name="Twice", tags=("x",)))
    with pytest.raises(api.Exists):
        client.new_topic(TopicRequest(name="Twice", tags=("x",)))
    client.remove_topic("twice")
    with Client(served[0], key="m2m_wrong") as stranger, pytest.raises(api.NotAllowed, match="401"):
        stranger.status()
    with Client("http://127.0.0.1:1") as nobody, pytest.raises(api.ApiError, match="no answer"):
        nobody.status()


def test_a_key_that_asks_too_often_is_told_to_wait(served: tuple[str, Path]) -> None:
    url, folder = served
    made = subprocess.run(
        [*PROGRAM, "--folder", str(folder), "key", "create", "hasty", "--per-minute", "2"],
        capture_output=True,
        text=True,
        check=True,
    )
    with Client(url, made.stdout.strip()) as hasty:
        hasty.status()
        hasty.status()
        with pytest.raises(api.TryLater) as refused:
            hasty.status()
        assert 0 < refused.value.seconds <= 30
    with Client(url, made.stdout.strip()) as reader, pytest.raises(api.ApiError):
        reader.remove_topic("none")
