"""What each operation does, asked over HTTP of a real server."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Client

from mine2magnet.background.worker import look_out
from mine2magnet.core import api_keys
from mine2magnet.library.library import Library
from mine2magnet.model import Actor, Key, Point, Quantity, Read
from mine2magnet.separation.study.schema import CalibrationRequest
from mine2magnet.web.api import openapi_examples
from tests.web.conftest import CHINESE, EVIL, KNOWN_BY_TITLE, MAGNETS, SLUG, id_of, tell, written


def got(client: Client, path: str, **parameters: Any) -> Any:
    answer = client.get(f"/api{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def sent(client: Client, path: str, body: object, method: str = "POST", status: int = 200) -> Any:
    answer = client.request(method, f"/api{path}", json=body, headers={"Prefer": "wait=120"})
    assert answer.status_code == status, answer.text
    return answer.json()


def titles(page: Any) -> list[str]:
    return [one["document"]["title"] for one in page["items"]]


# --- documents


def test_search_gives_passages_by_paragraph(client: Client, filled: Library) -> None:
    page = got(client, "/search", q="dysprosium Bavaria")
    first = page["items"][0]
    assert first["document"]["id"] == id_of(filled, MAGNETS)
    assert first["document"]["paragraphs"] == 2
    assert first["document"]["published"] == "2025-06-20T03:13:00+08:00"
    (passage,) = [p for p in first["passages"] if "dysprosium" in p["text"]]
    a, b = passage["highlights"][0]
    assert passage["paragraph"] == 2
    assert passage["text"][a:b] in ("dysprosium", "Bavaria")


def test_search_goes_across_languages_and_is_narrowed(client: Client, filled: Library) -> None:
    assert CHINESE.title in titles(got(client, "/search", q="magnet stocks"))
    page = got(client, "/search", q="magnet stocks", language="zh", since="2025-06-14", until="2025-06-16")
    assert titles(page) == [CHINESE.title]
    assert page["facets"]["language"]["zh"] >= 1
    assert titles(got(client, "/search", q="magnets", source=["我们的通讯"])) == [CHINESE.title]


def test_documents_are_listed_newest_first(client: Client, filled: Library) -> None:
    page = got(client, "/documents")
    assert titles(page)[0] == MAGNETS.title
    assert titles(page)[-1] == KNOWN_BY_TITLE.title
    assert page["total"] == 5
    assert page["next"] is None
    assert page["items"][0]["viewpoint"] == [
        "Two carmakers in Europe have magnets for about five weeks of production."
    ]


def test_a_document_has_its_versions_and_topics(client: Client, filled: Library) -> None:
    id = id_of(filled, MAGNETS)
    later = written("Carmakers count their magnets", "Now they have four weeks.", day=20, url=MAGNETS.url)
    filled.keep([Read(later)])
    held = got(client, f"/documents/{id}")
    assert [p["text"] for p in held["document"]["paragraphs"]] == ["Now they have four weeks."]
    assert [version["number"] for version in held["versions"]] == [1, 2]
    assert held["current"]
    assert held["topics"] == [SLUG]
    first = got(client, f"/documents/{id}", version=1)
    assert first["document"]["paragraphs"][1]["number"] == 2
    assert not first["current"]
    assert client.get(f"/api/documents/{id}?version=3").status_code == 404


def test_digests_carry_citations_and_verdicts(client: Client, filled: Library) -> None:
    filled.checker.check(id_of(filled, KNOWN_BY_TITLE))
    published = got(client, f"/documents/{id_of(filled, KNOWN_BY_TITLE)}/digests")["digests"]
    assert [digest["method"] for digest in published] == ["source"]
    (point,) = published[0]["groups"][0]["points"]
    assert point["citations"] == [5]
    assert point["verdict"] == "unchecked"
    assert point["reason"]


def test_a_digest_is_made_where_there_is_none(client: Client, filled: Library) -> None:
    made = got(client, f"/documents/{id_of(filled, CHINESE)}/digests")["digests"]
    assert [digest["method"] for digest in made] == ["extractive"]
    points = [Point(**p) for p in made[0]["viewpoint"]]
    assert points[0].text in {p.text for p in CHINESE.paragraphs}
    assert all(point.citations for point in points)


def test_claims_of_a_document_name_their_place(client: Client, filled: Library) -> None:
    while filled.claim(100):
        pass
    id = id_of(filled, MAGNETS)
    page = got(client, f"/documents/{id}/claims")
    (one,) = [one for one in page["items"] if one["claim"]["quantity"]["unit"] == "week"]
    assert one["claim"]["document"] == id
    assert one["claim"]["paragraph"] == 1
    assert one["claim"]["quantity"] == {"low": 5.0, "high": 5.0, "unit": "week", "approx": "about"}
    a, b = one["figure"]
    assert "five weeks" in one["sentence"][a:b]


def test_a_text_becomes_a_document_and_later_a_new_version(client: Client, filled: Library) -> None:
    body = {
        "title": "A furnace in Estonia",
        "text": "The furnace makes 2,000 t of magnets a year.\n\nIt began\nin June 2025.",
        "source": "Our Desk",
        "url": "https://desk.example/furnace",
        "tags": ["magnets"],
    }
    answer = client.post("/api/documents", json=body)
    assert answer.status_code == 201
    kept = answer.json()
    assert kept["outcome"] == "new"
    assert answer.headers["Location"] == f"/api/documents/{kept['id']}"
    held = got(client, answer.headers["Location"].removeprefix("/api"))["document"]
    assert [p["text"] for p in held["paragraphs"]] == [
        "The furnace makes 2,000 t of magnets a year.",
        "It began in June 2025.",
    ]
    assert held["language"] == "en"
    assert body["title"] in titles(got(client, "/search", q="furnace Estonia"))
    assert sent(client, "/documents", body, status=201) == {"id": kept["id"], "outcome": "unchanged"}
    changed = sent(client, "/documents", body | {"text": "The furnace has stopped."}, status=201)
    assert changed == {"id": kept["id"], "outcome": "updated"}


def test_a_removed_document_is_gone(client: Client, filled: Library) -> None:
    id = id_of(filled, MAGNETS)
    assert client.delete(f"/api/documents/{id}").status_code == 204
    assert client.get(f"/api/documents/{id}").status_code == 404
    assert client.delete(f"/api/documents/{id}").status_code == 404
    assert MAGNETS.title not in titles(got(client, "/documents"))


def test_text_is_data_whatever_it_says(client: Client, filled: Library) -> None:
    answer = client.get(f"/api/documents/{id_of(filled, EVIL)}", headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.json()["document"]["title"] == EVIL.title


# --- claims and figures


@pytest.fixture
def claimed(filled: Library) -> Library:
    texts = (
        "China made 90 % of the world's rare earth magnets in 2024.",
        "In 2024 China made 60 % of the world's rare earth magnets.",
        "Stocks of magnets in Europe last for about five weeks.",
    )
    filled.keep(
        Read(written(f"Shares, part {n}", text, day=n, tags=("magnets",), url=f"https://wire.example/{n}"))
        for n, text in enumerate(texts, 1)
    )
    while filled.claim(100):
        pass
    return filled


def test_claims_are_found_by_every_slot(client: Client, claimed: Library) -> None:
    everything = got(client, "/claims")
    (share,) = [one for one in everything["items"] if "90 %" in one["sentence"]]
    claim = share["claim"]
    slots = {
        "subject": claim["subjects"][0],
        "measure": claim["measure"],
        "unit": claim["quantity"]["unit"],
        "direction": claim["direction"],
        "modality": claim["modality"],
    }
    for name, value in slots.items():
        assert value, name
        found = got(client, "/claims", **{name: value})
        assert share in found["items"], name
    for name in ("stage", "material"):
        own = claim[name] if name == "stage" else (claim["materials"] or [None])[0]
        if own:
            assert share in got(client, "/claims", **{name: own})["items"]
    assert got(client, "/claims", unit="week")["total"] < everything["total"]
    assert share not in got(client, "/claims", direction="change")["items"]


def test_slots_are_named_in_any_language(client: Client, claimed: Library) -> None:
    for name in ("China", "中国", claimed.store.claims()[0].subjects[0]):
        assert got(client, "/claims", subject=name)["total"] >= 1
    refused = client.get("/api/claims?measure=handsomeness")
    assert refused.status_code == 400
    assert refused.json()["where"] == "measure"
    assert got(client, "/claims", topic=SLUG)["total"] <= got(client, "/claims")["total"]
    assert client.get("/api/claims?topic=none").status_code == 404


def test_figures_show_conflicts_first(client: Client, claimed: Library) -> None:
    page = got(client, f"/topics/{SLUG}/figures")
    first = page["items"][0]
    assert first["scope"]["subjects"] == ["country.china"] or first["scope"]["subjects"]
    pair = first["conflicts"][0]
    assert {("90 %" in one["sentence"]) for one in pair} == {True, False}
    assert {mark["low"] for mark in first["marks"]} == {60.0, 90.0}
    assert first["agreed"] is None
    assert got(client, f"/topics/{SLUG}/figures", single="true")["total"] > page["total"]


# --- topics


def test_a_topic_is_made_changed_and_removed(client: Client, filled: Library) -> None:
    answer = client.post("/api/topics", json={"name": "Stocks in Europe", "queries": ["magnets Europe"]})
    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/topics/stocks-in-europe"
    assert got(client, "/topics/stocks-in-europe")["documents"] >= 1
    assert sent(client, "/topics", {"name": "Stocks in Europe", "tags": ["x"]}, status=409)["status"] == 409
    body = {"name": "In Europe", "tags": ["autos"], "names": {"ja": "欧州"}}
    changed = sent(client, "/topics/stocks-in-europe", body, "PUT")
    assert changed["names"] == {"ja": "欧州"}
    assert titles(got(client, "/topics/stocks-in-europe/documents")) == [MAGNETS.title]
    assert [one["topic"]["slug"] for one in got(client, "/topics")["items"]] == [SLUG, "stocks-in-europe"]
    assert client.delete("/api/topics/stocks-in-europe").status_code == 204
    assert client.get("/api/topics/stocks-in-europe").status_code == 404


def test_a_topic_that_finds_nothing_is_refused(client: Client, filled: Library) -> None:
    for body, where in (({"name": "x"}, "queries"), ({"name": "x", "queries": ["NOT a"]}, "query")):
        refused = sent(client, "/topics", body, status=422)
        assert refused["where"] == where
    refused = sent(client, "/topics/no slug", {"name": "x", "tags": ["y"]}, "PUT", 422)
    assert "slug" in refused["detail"]


def test_a_topic_is_searched_for_and_no_more(client: Client, filled: Library) -> None:
    path = f"/topics/{SLUG}/searches"
    assert got(client, path)["items"] == []
    asked = sent(client, path, {"since": "2d", "searches": ["bing"], "every": "6h"})
    assert {one["service"] for one in asked["items"]} == {"bing"}
    assert all(one["due"] and one["interval"] == 6 * 3600 for one in asked["items"])
    assert got(client, path) == asked
    assert client.delete(f"/api{path}").status_code == 204
    assert all(one["due"] is None for one in got(client, path)["items"])
    assert sent(client, path, {"searches": ["searxng"]}, status=422)["where"] == "searches"
    assert sent(client, path, {"since": "soon"}, status=422)["where"] == "since"


def test_a_brief_tells_what_came_in(client: Client, filled: Library) -> None:
    told = got(client, f"/topics/{SLUG}/brief", since="1h", language="zh")
    assert told["total"] == len(told["lines"]) > 2
    assert all(line["sources"][0]["path"].startswith("/documents/") for line in told["lines"])
    assert client.get("/api/topics/none/brief").status_code == 404


# --- questions, sources, watches


def test_a_question_is_answered_with_passages(client: Client, filled: Library) -> None:
    answer = sent(client, "/ask", {"question": "Who rations dysprosium?"})
    assert answer["method"] == "passages"
    assert "Bavaria" in answer["sources"][0]["passage"]["text"]
    assert answer["sources"][0]["document"]["id"] == id_of(filled, MAGNETS)
    nothing = sent(client, "/ask", {"question": "Who won the cup final in handball?"})
    assert nothing["sources"] == []
    assert sent(client, "/ask", {"question": "Who?", "topic": "none"}, status=404)


def test_sources_are_added_and_removed(client: Client, filled: Library) -> None:
    added = sent(client, "/sources", {"url": "https://wire.example/feed", "minutes": 30}, status=201)
    assert added["interval"] == 1800
    assert added["due"]
    (listed,) = got(client, "/sources")["items"]
    assert listed == added
    assert client.delete("/api/sources", params={"what": added["what"]}).status_code == 204
    assert client.delete("/api/sources", params={"what": added["what"]}).status_code == 404


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "/etc/passwd", "https://a b.example", "ftp://x.example"]
)
def test_only_web_addresses_are_read(client: Client, filled: Library, url: str) -> None:
    assert sent(client, "/sources", {"url": url}, status=422)["where"] == "url"
    assert got(client, "/sources")["total"] == 0


def test_a_watch_finds_into_the_inbox(client: Client, filled: Library) -> None:
    made = sent(
        client,
        "/watches",
        {
            "name": "European stocks",
            "claims": {"subject": ["Europe"], "measure": ["stock cover"]},
            "bound": {"side": "below", "value": 6, "unit": "week"},
            "webhook": "https://hooks.example/x",
        },
        status=201,
    )
    assert made["condition"] == "Europe · stock cover · <6 weeks"
    assert got(client, f"/watches/{made['id']}/secret")["secret"].startswith("whsec_")
    assert sent(client, f"/watches/{made['id']}/shared", {"shared": False}, method="PUT")["shared"] is False
    assert got(client, f"/watches/{made['id']}")["shared"] is False
    stocks = written("Stocks", "Magnet stocks in Europe last 4 weeks.", day=22)
    filled.keep([Read(stocks)])
    while filled.claim(100):
        pass
    cover: dict[str, object] = {"subjects": ("europe",), "measure": "stock_cover"}
    tell(filled, stocks, (1, "4 weeks", Quantity(4, 4, "week"), cover))
    while look_out(filled):
        pass
    (match,) = got(client, "/inbox", unread="true", watch="European stocks")["items"]
    assert match["sentence"] == "Magnet stocks in Europe last 4 weeks."
    assert match["claim"]["quantity"]["low"] == 4
    assert got(client, f"/watches/{made['id']}")["matches"] == 1
    assert sent(client, "/inbox/read", {"ids": [match["id"]]}) == {"unread": 0}
    assert got(client, "/inbox", unread="true")["items"] == []
    again = sent(client, "/watches", {"name": "European stocks", "query": "x"}, status=409)
    assert "already" in again["detail"]
    assert client.delete(f"/api/watches/{made['id']}").status_code == 204
    assert got(client, "/watches")["items"] == []
    assert got(client, "/inbox")["total"] == 0


def test_the_audit_log_comes_in_pages_to_who_may_administer(client: Client, library: Library) -> None:
    for number in range(5):
        library.store.audit.record(Actor("alice", "alice@example.org"), "log-in", f"n{number}")
    library.store.audit.record(Actor("bob", "bob"), "topic.made", "magnets", "Magnets")
    first = got(client, "/audit", who="alice", limit="3")
    assert (first["total"], [one["target"] for one in first["items"]]) == (5, ["n4", "n3", "n2"])
    library.store.audit.record(Actor("alice", "alice@example.org"), "log-in", "n5")  # meanwhile
    rest = client.get(first["next"]).json()
    assert ([one["target"] for one in rest["items"]], rest["next"]) == (["n1", "n0"], None)
    assert [one["who"] for one in got(client, "/audit", action="topic")["items"]] == ["bob"]
    assert client.get("/api/audit", params={"since": "then"}).status_code == 400
    for role, status in (("write", 403), ("admin", 200)):
        secret, key = api_keys.new(role, [role])
        library.store.keys.put(key)
        answer = client.get("/api/audit", headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == status


def test_a_watch_for_nothing_is_refused(client: Client, filled: Library) -> None:
    bound = {"side": "below", "value": 6, "unit": "week"}
    for body in ({"name": "x"}, {"name": "x", "query": "y", "bound": bound}, {"name": "x", "claims": {}}):
        assert sent(client, "/watches", body, status=422)
    assert got(client, "/watches")["total"] == 0


# --- models


def test_a_scenario_by_name_gives_weeks_and_the_same_again(client: Client, library: Library) -> None:
    known = got(client, "/scenarios")
    assert {"embargo", "licence-delay"} <= set(known["scenarios"])
    result = sent(client, "/stress", {"scenario": "embargo", "draws": 20})
    assert result["draws"] == 20
    assert result["loss"] == sorted(result["loss"])
    assert result["loss"][1] > 0
    low, middle, high = (  # at no price where nothing is for sale
        [float("inf") if v is None else v for v in quantile] for quantile in result["prices"][0]["weekly"]
    )
    assert len(middle) == result["weeks"]
    assert None in result["prices"][0]["weekly"][1]
    assert all(a <= b <= c for a, b, c in zip(low, middle, high, strict=True))
    assert result["stops"]
    assert sent(client, "/stress", {"scenario": "embargo", "draws": 20}) == result
    body = {"scenario": "embargo", "draws": 20, "mitigations": [known["mitigations"][0]]}
    helped = sent(client, "/stress", body)
    assert helped["loss"][1] < result["loss"][1]
    assert helped["mitigations"]


def test_a_scenario_of_ones_own_and_what_it_may_not_say(client: Client, library: Library) -> None:
    event = {"kind": "outage", "where": {"stage": ["separation"], "country": ["China"]}, "weeks": "3 months"}
    own = {"name": "No separation", "events": [event], "weeks": 30}
    result = sent(client, "/stress", {"scenario": own, "draws": 10})
    assert result["scenario"] == "No separation"
    assert result["loss"][1] > 0
    refused = sent(client, "/stress", {"scenario": own | {"events": [event | {"where": {}}]}}, status=422)
    assert "names nobody" in refused["detail"]
    assert sent(client, "/stress", {"scenario": "pyproject.toml"}, status=404)
    assert sent(client, "/stress", {"scenario": own | {"weeks": 5000}}, status=422)["where"]
    assert sent(client, "/stress", {"scenario": own, "mitigations": ["hope"]}, status=422)


def test_a_plant_is_designed_and_costed(client: Client, library: Library) -> None:
    presets = got(client, "/separation")
    assert "china" in presets["sites"]
    body = {
        "feed": {"Pr": 25, "Nd": 75},
        "products": [{"elements": ["Pr"], "purity": "2N"}, {"elements": ["Nd"], "purity": "2N"}],
        "sites": ["europe"],
        "startup_days": 0,
        "draws": 20,
    }
    plant = sent(client, "/separation", body)
    (cut,) = plant["cuts"]
    assert (cut["aqueous"], cut["organic"]) == (["Pr"], ["Nd"])
    assert cut["extraction_stages"] > 5
    assert cut["impurity_organic"] <= 0.01
    assert len(cut["aqueous_profile"]) == cut["extraction_stages"] + cut["scrub_stages"]
    (site,) = plant["sites"]
    low, likely, high = site["spread_5_50_95"]["cost per t"]
    assert low <= likely <= high
    (disputed,) = plant["disputed"]  # evidence that disagrees is said
    assert (disputed["pair"], disputed["measured"]) == ("Nd/Pr", pytest.approx(1.17, abs=0.01))
    assert any("1.17 (Formiga 2016)" in remark for remark in plant["remarks"])
    assert {row["product"] for row in plant["new_capacity"]} == {"Pr", "Nd"}
    asked = {
        "scenario": "embargo",
        "draws": 10,
        "plant": {"capacity": plant["new_capacity"], "decided": -300},
    }
    assert sent(client, "/stress", asked)["mitigations"] == ["new plant, Europe"]
    asked["plant"] = {"capacity": plant["new_capacity"], "site": "moon"}
    assert "no site 'moon'" in sent(client, "/stress", asked, status=422)["detail"]
    assert cut["chemistry"] is None
    acid = sent(client, "/separation", body | {"chemistry": {"scrub_acid": 5}})["cuts"][0]["chemistry"]
    assert len(acid["met"]["ph_by_stage"]) == len(cut["aqueous_profile"])
    assert acid["met"]["acid"] > acid["acid_ideal"]
    assert sent(client, "/separation", body | {"chemistry": {"scrub_acid": 0}}, status=422)["where"]
    assert sent(client, "/separation", body | {"feed": {"Xx": 100}}, status=422)["where"] == "feed"
    assert sent(client, "/separation", body | {"products": []}, status=422)


def test_assays_are_fitted(client: Client, library: Library) -> None:
    asked = openapi_examples.of(CalibrationRequest)
    found = sent(client, "/calibration", asked)
    assert found["parameters"][0]["name"] == "β Nd/Pr"
    assert found["assays"] == len(asked["assays"])
    case = asked["case"] | {"calibrated": found["set"], "draws": 0, "startup_days": 0}
    assert sent(client, "/separation", case)["cuts"][0]["beta"] == pytest.approx(
        found["set"]["factors"]["Nd/Pr"]["likely"]
    )
    asked["assays"] = asked["assays"][:1]
    assert "unknowns" in sent(client, "/calibration", asked, status=422)["detail"]


def test_status_counts(client: Client, filled: Library) -> None:
    said = got(client, "/status")
    assert said["documents"] == 5
    assert said["undigested"] <= 4


# --- corrections


def test_claims_are_corrected_and_what_was_read_comes_back(client: Client, claimed: Library) -> None:
    one = next(item for item in got(client, "/claims", all="true")["items"] if "60 %" in item["sentence"])
    claim = one["claim"]
    place = {name: claim[name] for name in ("document", "paragraph", "point", "start", "end")}
    body = {**place, "slot": "counterparty", "value": "日本; Toyo Works", "by": "Mei"}
    made = sent(client, "/claims/corrections", body)
    assert (made["new"], made["figure"], made["by"]) == ("japan|Toyo Works", "60 %", "Mei")
    (again,) = got(client, "/claims", counterparty="Toyo Works", all="true")["items"]
    assert again["claim"]["corrections"] == [made]
    assert got(client, "/claims/corrections")["items"] == [made]
    assert got(client, "/claims/corrections", document=claim["document"])["total"] == 1
    assert client.get("/api/claims/corrections?document=none").status_code == 404
    sent(client, "/claims/corrections", {**place, "slot": "claim", "value": "wrong"})
    assert one["sentence"] not in [item["sentence"] for item in got(client, "/claims")["items"]]
    for id in [item["id"] for item in got(client, "/claims/corrections")["items"]]:
        assert client.delete(f"/api/claims/corrections/{id}").status_code == 204
        assert client.delete(f"/api/claims/corrections/{id}").status_code == 404
    (back,) = [i for i in got(client, "/claims", all="true")["items"] if i["sentence"] == one["sentence"]]
    assert back == one


def test_what_cannot_be_corrected_is_a_problem(client: Client, claimed: Library) -> None:
    claim = got(client, "/claims", all="true")["items"][0]["claim"]
    place = {name: claim[name] for name in ("document", "paragraph", "point", "start", "end")}
    for changes, status, where in (
        ({"slot": "period", "value": "soon"}, 422, "period"),
        ({"slot": "smell"}, 422, "slot"),
        ({"slot": "form", "value": "x" * 401}, 422, "value"),
        ({"slot": "form", "value": "metal", "start": claim["start"] + 1}, 404, claim["document"]),
        ({"slot": "form", "value": "metal", "document": "none"}, 404, "none"),
    ):
        refused = sent(client, "/claims/corrections", {**place, **changes}, status=status)
        assert refused["where"] == where


def test_how_sure_claims_must_be_is_told_and_may_be_asked_for(client: Client, claimed: Library) -> None:
    status = got(client, "/status")
    assert status["claims_threshold"] == 0
    assert 0 <= status["claims_right"] <= 1
    every = got(client, "/claims", all="true")["total"]
    claimed.store.threshold = 1.0
    assert got(client, "/claims")["total"] == 0
    assert got(client, "/claims", all="true")["total"] == every
    assert got(client, "/claims", confidence="0")["total"] > 0
    assert client.get("/api/claims?confidence=1.5").status_code == 400


def test_a_key_that_may_only_read_corrects_nothing_and_one_that_writes_is_named(
    client: Client, filled: Library
) -> None:
    tell(filled, MAGNETS, (1, "five weeks", Quantity(5, 5, "week"), {"measure": "stock_cover"}))
    claim = filled.store.claims()[0]
    place = {name: getattr(claim, name) for name in ("document", "paragraph", "point", "start", "end")}
    for scope, by, status in (("read", "Mei", 403), ("write", "Mei", 200), ("write", "", 200)):
        secret = api_keys.make()
        held = Key(f"desk {status} {by}", api_keys.allowed([scope]), 600, api_keys.fingerprint(secret))
        filled.store.keys.put(held)
        body = {**place, "slot": "form", "value": "magnet", "by": by}
        answer = client.post("/api/claims/corrections", json=body, headers={"X-API-Key": secret})
        assert answer.status_code == status, answer.text
        if status == 200:
            assert answer.json()["by"] == (f"Mei ({held.name})" if by else held.name)
    assert len(filled.store.corrections()) == 1
