"""The separation page: form and result are one address; mistakes stand beside the form."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from html import unescape

import msgspec
import pytest
from httpx import Client, Response
from numba.core.caching import CacheImpl
from starlette.datastructures import QueryParams

from mine2magnet.core.compiled import compiled, compiling
from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range
from mine2magnet.separation.study import reference_data, study
from mine2magnet.separation.study.design_basis import DesignBasis
from mine2magnet.separation.study.schema import (
    Calibration,
    Case,
    ChemistryInput,
    DrawnAt,
    FeedChange,
    Product,
    StandingCut,
)
from mine2magnet.web.pages import separation
from tests.web.conftest import settled

SMALL = {
    "shares": "Pr 20\nNd 75\nDy 5",
    "products": "Dy 3N\nPr+Nd 3N",
    "throughput": "500",
    "startup_days": "0",
    "site": "europe",
}


def result(client: Client, parameters: dict[str, str]) -> Response:
    return settled(client, "/separation", **parameters)


def test_the_form_is_filled_in_with_an_example(client: Client) -> None:
    html = client.get("/separation").text
    assert re.search(r'<option value="ionic-clay-mid-y"[^>]* selected>', html)
    assert "Pr+Nd 3N" in html
    assert "<svg" not in html


def test_a_case_is_worked_out_and_can_be_linked_to(client: Client) -> None:
    answer = result(client, SMALL)
    assert answer.status_code == 200
    assert "months to first product" in answer.text
    assert answer.text.count("<svg") >= 5
    assert "style=" not in answer.text.split("<main")[1]  # the page's policy would drop it
    found = client.get("/separation", params={**SMALL, "format": "json"}).json()["result"]
    assert [cut["organic"] for cut in found["cuts"]] == [["Dy"]]
    assert [site["site"] for site in found["sites"]] == ["europe"]
    report = client.get("/separation/report.pdf", params=SMALL)
    assert report.content.startswith(b"%PDF-")
    assert client.get("/separation/report.docx", params=SMALL).status_code == 400


def test_acidity_is_worked_out_where_it_is_asked_for(client: Client) -> None:
    assert "Acidity and purity" not in result(client, SMALL).text
    answer = result(client, {**SMALL, "chemistry": "yes"}).text
    assert "Acidity and purity by mass action" in answer
    assert 'name="chemistry" value="yes" checked' in answer
    assert "chemistry=yes" in answer  # in the addresses of the reports


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"shares": "Pr 20\nNd 60"}, "shares sum to 80"),
        ({"products": "Dy 3N"}, "needs no cut"),
        ({"products": "Dy 3N\n<b>Nd</b> 3N"}, "&lt;b&gt;Nd&lt;/b&gt;"),
        ({"factors": "Nd/Pr"}, "not a name and a number"),
        ({"efficiency": "high"}, "not a number"),
        ({"site": "moon"}, "unknown site"),
        ({"products": "x" * 3000}, "more than 2000 characters"),
        ({"startup_days": "4000"}, "0 to 3,650"),
        ({"change_feed": "La 100"}, "other elements"),
        ({"change_feed": "Nd 100", "change_day": "soon"}, "not a number"),
        ({"factors": "Nd/Pr 1.0005", "products": "Dy\nNd\nPr"}, "do not part Nd/Pr"),
    ],
)
def test_mistakes_are_told_and_what_was_typed_stays(
    client: Client, changed: dict[str, str], said: str
) -> None:
    answer = result(client, {**SMALL, **changed})
    assert answer.status_code == 400
    assert said in answer.text
    assert 'role="alert"' in answer.text
    assert ">500<" in answer.text or 'value="500"' in answer.text


def test_it_reads_in_chinese_and_japanese(client: Client) -> None:
    for language, head in (("zh", "到首批产品的月数"), ("ja", "初製品までの月数")):
        assert head in result(client, {**SMALL, "lang": language}).text


def test_every_field_of_a_case_can_be_given() -> None:
    """What a file says, the address of a page says too."""
    written = {
        "name": "mine",
        "shares": "Nd 75; Pr: 24; Dy 1",
        "extractant": "",
        "factors": "Nd/Pr 1.4 1.55 2.1\nDy/Nd 20 40",
        "products": "Pr 2N\nNd 0.6 draw\nDy 3N5 recovery 0.8",
        "efficiency": "0.9",
        "throughput": "500",
        "linked": "false",
        "fuzzy": "yes",
        "startup_days": "3650",
        "change_day": "7",
        "change_feed": "ionic-clay-mid-y",
        "chemistry_values": "scrub_acid 5\nconstants Nd -3\ndrift Nd/Pr -0.08",
        "cuts": "Nd/Pr extraction 72 scrub 60 strip 8 organic_flow 4.1 scrub_flow 3.4 feed_stage 70 "
        "feed_phase aqueous draw_stage 9 draw_phase organic draw_flow 0.1",
        "calibrated": "factors: {Nd/Pr: [1.4, 1.5, 1.6]}\nefficiency: 0.93\nsource: a plant",
        "margin": "0.7",
        "reserve": "1.3",
        "certainty": "0.9",
        "entrained_aqueous": "0.01",
        "entrained_organic": "0.02",
        "temperature": "40",
        "heats": "Nd 761\nPr 670",
        "draws": "20000",
        "prices": "Dy 200 260 400",
        "rates": "NaOH 600",
    }
    made = separation.case(QueryParams([*written.items(), ("site", "usa")]))
    assert made == Case(
        name="mine",
        feed={"Nd": 75, "Pr": 24, "Dy": 1},
        extractant=None,
        factors={"Nd/Pr": Range(1.4, 1.55, 2.1), "Dy/Nd": Range(20, 30, 40)},
        products=(
            Product(elements=("Pr",)),
            Product(elements=("Nd",), purity=0.6, draw=True),
            Product(elements=("Dy",), purity="3N5", recovery=0.8),
        ),
        efficiency=0.9,
        throughput=500,
        sites=("usa",),
        linked=False,
        fuzzy=True,
        startup_days=3650,
        change=FeedChange(day=7, feed="ionic-clay-mid-y"),
        chemistry=ChemistryInput(scrub_acid=5, constants={"Nd": -3}, drift={"Nd/Pr": -0.08}),
        cuts=(
            StandingCut(
                parts="Nd/Pr",
                extraction=72,
                scrub=60,
                strip=8,
                organic_flow=4.1,
                scrub_flow=3.4,
                feed_stage=70,
                feed_phase="aqueous",
                draw=DrawnAt(stage=9, phase="organic", flow=0.1),
            ),
        ),
        calibrated=Calibration(factors={"Nd/Pr": Range(1.4, 1.5, 1.6)}, efficiency=0.93, source="a plant"),
        margin=0.7,
        reserve=1.3,
        certainty=0.9,
        entrained_aqueous=0.01,
        entrained_organic=0.02,
        temperature=40,
        heats={"Nd": 761, "Pr": 670},
        draws=20_000,
        prices={"Dy": Range(200, 260, 400)},
        rates={"NaOH": Range(600, 600, 600)},
    )
    unset = Case(feed="araxa", products=(Product(elements=("Nd",)),))
    assert [name for name in Case.__struct_fields__ if getattr(made, name) == getattr(unset, name)] == []


def test_fields_become_a_case() -> None:
    given = {
        **separation.fields(QueryParams()),
        "shares": "Nd 75; Pr: 25",
        "factors": "Nd/Pr 1.4 1.55 2.1",
        "products": "La+Ce 2N\nPr+Nd 3N\nEu 0.6 draw\nDy",
        "fuzzy": "yes",
    }
    case = separation.case_of(given, ["china"])
    assert case["feed"] == {"Nd": "75", "Pr": "25"}
    assert case["factors"] == {"Nd/Pr": ["1.4", "1.55", "2.1"]}
    assert case["products"][1] == {"elements": ["Pr", "Nd"], "purity": "3N", "draw": False}
    assert case["products"][2] == {"elements": ["Eu"], "purity": "0.6", "draw": True}
    assert case["fuzzy"] is True
    assert case["chemistry"] is False


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"shares": "Pr 20\nNd 60"}, "shares"),
        ({"products": "Dy 3N\nNd 9N"}, "products"),
        ({"throughput": "much"}, "throughput"),
        ({"factors": "Nd/Pr"}, "factors"),
        ({"prices": "Nd -1"}, "prices"),
        ({"rates": "gold 2"}, "rates"),
        ({"draws": "many"}, "draws"),
        ({"draws": "20000", "factors": "Nd/Pr 1.5", "products": "Pr\nNd\nDy\nLa"}, "products"),
        ({"linked": "perhaps"}, "linked"),
        ({"cuts": "Dy/Nd extraction"}, "cuts"),
        ({"cuts": "Nd/Pr extraction 9 scrub 9"}, "cuts"),
        ({"margin": "0"}, "margin"),
        ({"reserve": "0.5"}, "reserve"),
        ({"certainty": "1"}, "certainty"),
        ({"certainty": "0.9", "fuzzy": "yes"}, "certainty"),
        ({"calibrated": "Nd/Pr"}, "calibrated"),
        ({"calibrated": "factors: {Nd/Pr: 1}"}, "calibrated"),
        ({"entrained_organic": "0.5"}, "entrained_organic"),
        ({"name": "x" * 201}, "name"),
        ({"chemistry_values": "scrub_acid 0"}, "chemistry_values"),
        ({"chemistry_values": "acid is strong"}, "chemistry_values"),
        ({"change_feed": "Pr 100", "change_day": "soon"}, "change_day"),
        ({"change_feed": "La 100"}, "change_feed"),
    ],
)
def test_a_mistake_stands_by_its_field(client: Client, changed: dict[str, str], field: str) -> None:
    html = client.get("/separation", params={**SMALL, **changed}).text
    control, rest = html.split(f'id="{field}"', 1)[1].split('id="separation-error"', 1)
    assert 'aria-invalid="true"' in control
    assert "<label" not in control
    assert "alert" in rest[:30]


@pytest.mark.parametrize("feed", reference_data.feeds())
def test_every_preset_can_be_parted_as_the_form_has_it(feed: str) -> None:
    case = separation.case(QueryParams({"feed": feed, "startup_days": "0", "site": "china"}))
    answer = study.solve(DesignBasis.of(msgspec.structs.replace(case, draws=0)))
    assert len(answer.designs) == len(case.products) - 1 > 0


def test_every_preset_has_products_that_it_holds(client: Client) -> None:
    for feed in reference_data.feeds():
        html = client.get("/separation", params={"feed": feed}).text
        assert f'<option value="{feed}"' in html
        assert separation.case(QueryParams({"feed": feed})).products
        assert separation.example(feed) in html.split('id="products"')[1].split("</textarea>")[0]


def test_a_plant_is_solved_once_for_page_report_profiles_and_chain(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved: list[DesignBasis] = []
    solve = study.solve

    def counted(basis: DesignBasis, *say: Callable[[str], None]) -> study.Study:
        solved.append(basis)
        return solve(basis, *say)

    monkeypatch.setattr(study, "solve", counted)
    asked = {**SMALL, "throughput": "611"}
    page = result(client, asked).text
    report = client.get("/separation/report.html", params=asked).text
    assert "Control moves" not in report  # start-up was not followed
    assert "Where each element gathers" in report
    profiles = client.get("/separation/report.csv", params=asked).text.splitlines()
    assert profiles[0].startswith("cut,stage,section,element")
    link = re.search(r'href="(/stress\?[^"]+)"', page)
    assert link
    chain = settled(client, unescape(link[1])).text
    assert "new plant, Europe: first product in week" in chain
    assert "NdPr oxide" in chain
    assert 'name="decided" type="range"' in chain
    assert len(solved) == 1


def test_a_change_of_feed_is_followed_on_the_page(client: Client) -> None:
    changed = {"startup_days": "20", "change_day": "2", "change_feed": "Pr 20\nNd 70\nDy 10"}
    html = result(client, {**SMALL, **changed}).text
    assert "the change of feed on day 2" in html
    assert "First cut when the feed changes" in html
    assert "Control moves" in html


def test_a_page_says_how_far_a_plant_is(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()

    def slow(basis: DesignBasis, say: Callable[[str], None]) -> study.Study:
        say("costing europe")
        go.wait(30)
        raise UserError("in vain", where="products")

    monkeypatch.setattr(study, "solve", slow)
    asked = {**SMALL, "throughput": "613"}
    answer = client.get("/separation", params={**asked, "lang": "zh"})
    assert answer.status_code == 202
    assert "正在计算: 核算成本：欧洲" in answer.text
    assert 'role="status"' in answer.text
    go.set()
    answer = result(client, asked)
    assert answer.status_code == 400
    assert "in vain" in answer.text.split('id="products"')[1].split("</div>")[0]


def test_a_page_says_that_the_solvers_are_compiled_first(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CacheImpl, "_locator_classes", [])  # nothing is kept from before
    go = threading.Event()

    def half(x: float) -> float:
        return x / 2

    def wait(begun: int, done: int) -> None:
        go.wait(30)

    def first(basis: DesignBasis, say: Callable[[str], None]) -> study.Study:
        say("sizing every cut")
        with compiling(wait):
            compiled(half)(3.0)
        raise UserError("in vain", where="products")

    monkeypatch.setattr(study, "solve", first)
    asked = {**SMALL, "throughput": "617"}
    answer = client.get("/separation", params={**asked, "lang": "ja"})
    assert answer.status_code == 202
    assert "計算中: 計算プログラムをコンパイルしています" in answer.text
    go.set()
    assert result(client, asked).status_code == 400


def test_a_cut_that_stands_is_rated_on_the_page(client: Client) -> None:
    asked = {**SMALL, "draws": "0", "cuts": "Dy/Nd extraction 6 scrub 5 organic_flow 0.3 scrub_flow 0.2"}
    html = result(client, asked).text
    assert "Cuts that stand: what they reach" in html
    assert "as it stands it misses its purities" in html
    assert "one scrub stage more" in html
    found = client.get("/separation", params={**asked, "format": "json"}).json()["result"]
    assert found["cuts"][0]["rating"]["met"] is False


def test_a_plant_that_holds_is_shown_beside_the_frugal_one(client: Client) -> None:
    asked = {**SMALL, "draws": "0", "certainty": "0.8", "factors": "Sm/Nd 2 3 4"}
    html = result(client, asked).text
    assert "The frugal plant and the one that holds" in html
    assert "Which separation factors are worth measuring before building" in html
    found = client.get("/separation", params={**asked, "format": "json"}).json()["result"]
    assert found["assurance"]["certain"]["holds"] >= 0.8
