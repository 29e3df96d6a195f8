"""Examples for the description: values of the types themselves, so that they are always of their form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any

import msgspec

from mine2magnet.alerts.brief_text import BriefLine, BriefSource
from mine2magnet.ask.answer import Answer
from mine2magnet.ask.answer import CitedSource as Cited
from mine2magnet.bridges.stress import StressComparison, StressTest
from mine2magnet.chain import Event, Scenario
from mine2magnet.chain.company.placement import Origin
from mine2magnet.chain.company.portfolio import Mix
from mine2magnet.chain.io.company_request import CompanyRequest
from mine2magnet.chain.report.company import CompanyReport, DriverOfLoss, PartAtRisk
from mine2magnet.chain.report.comparison import ComparedEndUse, ComparisonReport, InputDifference
from mine2magnet.chain.report.result import EndUse, Mitigated, Result, Series
from mine2magnet.chain.sensitivity import SobolIndex
from mine2magnet.claims import compare
from mine2magnet.core.json import plain
from mine2magnet.core.schema import Page
from mine2magnet.figures.groups import Figure, Mark
from mine2magnet.figures.rows import Cited as CitedClaim
from mine2magnet.model import (
    AuditEntry,
    Bound,
    Claim,
    ClaimFilter,
    Correction,
    CorrectionRequest,
    Digest,
    DiscoverRequest,
    Document,
    Group,
    Match,
    Paragraph,
    Passage,
    Point,
    Quantity,
    Question,
    SourceRequest,
    Topic,
    TopicRequest,
    WatchRequest,
)
from mine2magnet.model.ranges import Range
from mine2magnet.separation.report.flowsheet_schema import (
    EffluentReport,
    EquipmentReport,
    FinishedReport,
    FlowsheetCosts,
    FlowsheetReport,
    StreamReport,
    TrainReport,
)
from mine2magnet.separation.report.schema import (
    CalibratedParameter,
    CalibrationReport,
    ClosedForm,
    ControlMove,
    CutReport,
    FoundAssay,
    InputSwing,
    NewCapacity,
    ProductResult,
    SeparationReport,
    Sequence,
    SiteResult,
    SizedPlan,
)
from mine2magnet.separation.study.flowsheet_schema import (
    FinishedProduct,
    FlowsheetCase,
    PlantFeed,
    TrainInput,
)
from mine2magnet.separation.study.schema import (
    AssayInput,
    Calibration,
    CalibrationRequest,
    Case,
    Product,
    StandingCut,
)
from mine2magnet.web.api.schema.documents import (
    DigestList,
    DocumentDetail,
    DocumentSummary,
    FoundPage,
    SearchHit,
    Text,
    TextOutcome,
    TopicSummary,
    Version,
)
from mine2magnet.web.api.schema.jobs import JobDetail
from mine2magnet.web.api.schema.models import Presets, Problem, Scenarios, Status
from mine2magnet.web.api.schema.searches import TopicBrief, TopicSearchDetail
from mine2magnet.web.api.schema.watches import (
    MarkedRead,
    Secret,
    Sharing,
    SourceDetail,
    Unread,
    WatchDetail,
)

WHEN = datetime(2025, 6, 20, 9, 30, tzinfo=timezone(timedelta(hours=8)))
READ = datetime(2025, 6, 20, 2, tzinfo=UTC)
SENTENCE = "Carmakers in Europe have magnets for about five weeks."
DOCUMENT = Document(
    title="Carmakers count their magnets",
    source="Example Daily",
    fetched=READ,
    language="en",
    paragraphs=(Paragraph(1, SENTENCE),),
    url="https://example.com/magnets",
    published=WHEN,
    tags=("magnets",),
    id="dk3ynv2zq5",
    version=1,
)
CORRECTING = CorrectionRequest(
    document=DOCUMENT.id, paragraph=1, start=36, end=52, slot="period", value="2025-06", by="Mei Tanaka"
)
CORRECTION = Correction(
    DOCUMENT.id, 1, 1, 0, 36, 52, "about five weeks", "period", "", "2025-06", "Mei Tanaka", READ,
    "5b1c9e0d2f47",
)  # fmt: skip
CLAIM = Claim(
    quantity=Quantity(5, 5, "week", "about"),
    start=36,
    end=52,
    sentence=(0, 53),
    subjects=("europe",),
    measure="stock_cover",
    materials=("permanent_magnet",),
    form="magnet",
    period="2025-06",
    period_kind="month",
    confidence=0.83,
    precision=1.0,
    document=DOCUMENT.id,
    version=1,
    corrections=(CORRECTION,),
)
CITED = CitedClaim(CLAIM, SENTENCE, (36, 52), DOCUMENT.title, DOCUMENT.source, WHEN, DOCUMENT.url, "en")
TOPIC = Topic("magnets", "Magnets", ("magnet stocks",), ("magnets",), {"ja": "磁石"})
FOUND = FoundPage(
    items=(
        SearchHit(
            DocumentSummary.of(DOCUMENT), (Passage(1, SENTENCE, ((20, 27),)),), ((22, 29),), (), (SENTENCE,)
        ),
    ),
    total=1,
    facets={"language": {"en": 1}},
    meaning=True,
)
WATCHING = WatchDetail(
    id="0f6b1a2c3d4e", name="European stocks", topic="", query="",
    claims=ClaimFilter(subject=("europe",), measure=("stock_cover",)),
    bound=Bound("below", 6, "week"), webhook="", shared=True, owner="analyst", made=READ,
    condition="Europe · stock cover · <6 weeks", matches=1, waiting=0, problem="",
)  # fmt: skip
MATCH = Match(
    document=DOCUMENT.id, version=1, paragraph=1, point=0, offset=0, sentence=SENTENCE, start=36, end=52,
    claim=CLAIM, id="3f2b8c1e-5a86-4f0e-9c53-0d0f2d9a6b11", watch=WATCHING.id, seen=READ,
    title=DOCUMENT.title, source=DOCUMENT.source, url=DOCUMENT.url, published=WHEN, language="en",
)  # fmt: skip
SEARCH = TopicSearchDetail("google", "en", "dysprosium", 21_600, WHEN, WHEN, 0, "", 12, 4)
SOURCE = SourceDetail("https://example.com/feed.xml", 3600.0, READ, READ, 0, "", 12)
CUT = CutReport(
    aqueous=["La", "Ce"], organic=["Pr", "Nd"], feed_phase="aqueous", beta=2.0, extraction_stages=12,
    scrub_stages=10, organic_flow=1.1, scrub_flow=0.6, least_organic_flow=1.0, extraction_ratio=0.7,
    scrub_ratio=1.8, distributed=[], draw=None, closed_form=ClosedForm(11.6, 9.7, 1.1),
    impurity_organic=0.001, impurity_aqueous=0.01, residual=1e-12,
    aqueous_profile=[[0.6, 0.3, 0.05, 0.05]], organic_profile=[[0.1, 0.2, 0.2, 0.5]], startup_days=9.5,
    startup_days_fixed_flows=14.0, startup_days_by_clock=9.8, startup_days_extract=9.5,
    startup_days_raffinate=2.0, locked_t=20.0, locked_usd=6e5, off_specification_t=[0.4, 0.1],
    off_specification_t_fixed_flows=[9.0, 3.0],
    control_moves=[ControlMove(0.0, 0.0, 0.0, 0.0), ControlMove(40.0, 0.0, 0.5, 0.4)],
)  # fmt: skip

_ASSAYED = (
    ("10", "Nd", 5.0), ("10", "Pr", 95.0), ("30", "Nd", 70.0), ("30", "Pr", 30.0), ("50", "Nd", 99.0),
    ("50", "Pr", 1.0),
)  # fmt: skip
_ORGANIC = (("Nd", 93.0), ("Pr", 7.0))

_ALL: tuple[tuple[Any, Any], ...] = (
    (FoundPage, FOUND),
    (DocumentDetail, DocumentDetail(DOCUMENT, True, (Version(1, READ),), (), (TOPIC.slug,))),
    (
        DigestList,
        DigestList(
            DOCUMENT.id,
            1,
            DOCUMENT.title,
            (
                Digest(
                    (Point(SENTENCE, (1,), "holds"),),
                    (Group("Stocks", (Point(SENTENCE, (1,), "holds"),), "aspect.stocks"),),
                    "extractive",
                    "en",
                    "1",
                ),
            ),
        ),
    ),
    (Page[CitedClaim], Page((CITED,), 1)),
    (CorrectionRequest, CORRECTING),
    (Correction, CORRECTION),
    (Page[Correction], Page((CORRECTION,), 1)),
    (Text, Text(title=DOCUMENT.title, text=SENTENCE, source=DOCUMENT.source, tags=("magnets",))),
    (TextOutcome, TextOutcome(DOCUMENT.id, "new")),
    (Topic, TOPIC),
    (TopicSummary, TopicSummary(TOPIC, 1)),
    (Page[TopicSummary], Page((TopicSummary(TOPIC, 1),), 1)),
    (TopicRequest, TopicRequest(name="Magnets", queries=("magnet stocks",), names={"ja": "磁石"})),
    (
        Page[Figure],
        Page(
            (
                Figure(
                    "f0123456789",
                    compare.scope(CLAIM),
                    "week",
                    (Mark(CITED, 5, 5, WHEN.date(), WHEN.date()),),
                    (5, 5),
                    None,
                    (),
                    (),
                    (),
                ),
            ),
            1,
        ),
    ),
    (Question, Question(question="How long will magnet stocks in Europe last?")),
    (
        Answer,
        Answer(
            "How long will magnet stocks in Europe last?",
            "passages",
            (Cited(DOCUMENT, Passage(1, SENTENCE, ((20, 27),)), 0.8),),
            claims=(CLAIM,),
        ),
    ),
    (DiscoverRequest, DiscoverRequest(since="2d", searches=("gdelt", "google"), every="6h")),
    (Page[TopicSearchDetail], Page((SEARCH,), 1)),
    (
        TopicBrief,
        TopicBrief(
            TOPIC.slug, WHEN, WHEN, 1,
            (
                BriefLine(
                    "brief.documents", DOCUMENT.title, DOCUMENT.language, SENTENCE,
                    (BriefSource(DOCUMENT.source, f"/documents/{DOCUMENT.id}?version=1#p1"),), WHEN,
                ),
            ),
        ),
    ),
    (SourceRequest, SourceRequest(url="https://example.com/feed.xml", minutes=60)),
    (SourceDetail, SOURCE),
    (Page[SourceDetail], Page((SOURCE,), 1)),
    (
        WatchRequest,
        WatchRequest(
            name="European stocks",
            claims=ClaimFilter(subject=("Europe",), measure=("stock cover",)),
            bound=Bound("below", 6, "week"),
        ),
    ),
    (WatchDetail, WATCHING),
    (Page[WatchDetail], Page((WATCHING,), 1)),
    (Secret, Secret("whsec_…")),
    (Sharing, Sharing(shared=False)),
    (
        Page[AuditEntry],
        Page((AuditEntry(41, READ, "analyst", "analyst", "192.0.2.7", "topic.made", "magnets", ""),), 1),
    ),
    (Page[Match], Page((MATCH,), 1)),
    (MarkedRead, MarkedRead(ids=(MATCH.id,))),
    (Unread, Unread(0)),
    (Scenarios, Scenarios({"embargo": "No magnets leave for half a year"}, ("recycling",))),
    (
        StressComparison,
        StressComparison(
            tests=(
                StressTest(scenario="embargo"),
                StressTest(scenario="embargo", mitigations=("8 weeks of magnets in reserve",)),
            ),
        ),
    ),
    (
        ComparisonReport,
        ComparisonReport(
            200, 0, (InputDifference("scenario", "what is done about it", ((), ("magnets in reserve",))),),
            (Mitigated("No magnets leave", "nothing done", (1e9, 2e9, 4e9), (0, 0, 0), 0, (0, 0), 3),),
            (ComparedEndUse("EV motors, Europe", (2e9, 1e9), ((0, 0, 0), (1e9, 9e8, 1.1e9))),),
            (((1.0, 0.4), (1.0, 0.6), (1.0, 0.8)),),
        ),
    ),
    (
        CompanyRequest,
        CompanyRequest(
            tables={
                "company": "name,currency,budget\nExample Drives,EUR,6000000\n",
                "parts": "part,country,pieces,value\nsteering motor,Germany,1200000,9\n",
                "bill": "part,material,amount,stock\nsteering motor,NdFeB SH,0.06,30\n",
                "suppliers": "supplier,country,material,stock\nJL Mag,China,NdFeB SH,30\n",
                "supply": "buyer,supplier,material,share,lead\nsteering motor,JL Mag,NdFeB SH,1,49\n",
            },
            scenario="embargo",
            draws=100,
        ),
    ),
    (
        CompanyReport,
        CompanyReport(
            "Example Drives", "EUR", 1.14, "2026-09, ECB", "No magnets leave for half a year", 104, 100, 1,
            (1.2, 2.5, 4.1), 2.6, 4.9, (0.1, 0.2, 0.4),
            (PartAtRisk("steering motor", "revenue", 0.9, (9.0, 11.0, None), (1e5, 2e5, 3e5), (1.2, 2.5, 4.1),
                        "steering motor stops in week 11: NdFeB SH", 30.0, 120.0, 1.5),),
            6.0, (("least expected loss", Mix({"steering motor": 17.0}, (), 1.5, 0.1, 0.3, 0.1, 0.8)),),
            (DriverOfLoss("duration", "embargo", 1.9, 3.4, 0.6),),
            (SobolIndex("own stocks", 0.3, (0.2, 0.4), 0.4, (0.3, 0.5)),),
            (Origin("JL Mag", "China", "NdFeB SH", "named", (("JL Mag", 1.0),)),),
            (("steering motor", (1.0, 1.0, 0.4)),),
        ),
    ),
    (
        StressTest,
        StressTest(
            scenario=Scenario(
                name="No magnets for half a year",
                events=(Event("embargo", {"from_stage": ("magnet",)}, weeks=Range.of(26)),),
            ),
        ),
    ),
    (
        JobDetail,
        JobDetail(
            "j3f2a9", "separation", "running", None, 0.57, "costing europe", WHEN, WHEN, None,
            300.0, None, None,
        ),
    ),
    (
        Result,
        Result(
            "No magnets for half a year", 3, 200, 0, (1e9, 2e9, 3e9), (9e8, 1.8e9, 2.7e9), (1e8, 2e8, 3e8),
            (EndUse("cars", 0.9, (1.0, 2.0, None), (0.1, 0.2, 0.3), (0.01, 0.02, 0.03), (1e9, 2e9, 3e9)),),
            (Series("magnet", "times normal", ((1, 1, 1), (1, 2, 2), (1, 3, None))),),
            (Series("cars", "share of what is wanted", ((1, 0.5, 0), (1, 0.9, 0.5), (1, 1, 1))),),
            (("cars", 2, "cars stops in week 2"),),
            (),
        ),
    ),
    (Presets, Presets({"ndpr": "Pr and Nd"}, {"P507": ["La", "Ce", "Pr", "Nd"]}, ["china"])),
    (
        Case,
        Case(
            feed={"La": 30, "Ce": 50, "Pr": 5, "Nd": 15},
            products=(
                Product(elements=("La", "Ce"), purity="2N"),
                Product(elements=("Pr", "Nd"), purity="3N"),
            ),
            sites=("europe",),
        ),
    ),
    (
        CalibrationRequest,
        CalibrationRequest(
            case=Case(
                feed={"Pr": 25, "Nd": 75},
                products=(Product(elements=("Pr",), purity="3N"), Product(elements=("Nd",), purity="3N")),
                cuts=(
                    StandingCut(parts="Nd/Pr", extraction=30, scrub=30, organic_flow=4.0, scrub_flow=3.25),
                ),
            ),
            assays=(
                *(AssayInput(place=p, element=e, value=v) for p, e, v in _ASSAYED),
                *(AssayInput(place="40", phase="organic", element=e, value=v) for e, v in _ORGANIC),
            ),
        ),
    ),
    (
        CalibrationReport,
        CalibrationReport(
            "Nd/Pr", 6, [CalibratedParameter("β Nd/Pr", 1.5, 0.02, 1.55, 0.15, True)], [[2e-4]], [], 1.0,
            [FoundAssay("10", "aqueous", "Nd", 0.4, False)], 4.0, 0.75, {"Pr": 0.25, "Nd": 0.75}, 0.4, [],
            Calibration(factors={"Nd/Pr": Range(1.45, 1.5, 1.55)}, efficiency=0.93, source="a running plant"),
        ),
    ),
    (
        SeparationReport,
        SeparationReport(
            "separation", "P507", ["La", "Ce", "Pr", "Nd"], [0.31, 0.5, 0.05, 0.14], 1000.0,
            [Sequence([["La", "Ce"], ["Pr", "Nd"]], 0.8)],
            [SizedPlan([["La", "Ce"], ["Pr", "Nd"]], [], 1, 30, 1.1, 40.0, 0.9, 2400.0)],
            [ProductResult(["Pr", "Nd"], 0.001, 0.99, [0.0, 0.001, 0.262, 0.737])], [CUT], 0.5, [], [],
            [
                SiteResult(
                    "europe", {"stages": 22.0}, 2e7, {"solvent extraction": 7e6}, 1e6, 2e6, 12.0, 4e5,
                    {"base": 900.0}, 2400.0, {"Pr+Nd": 9.0}, 2.4, 45.0, {"permit": 18.0}, 63.0,
                    {"cost per t": [1800.0, 2400.0, 3600.0]}, [InputSwing("NaOH", 2200.0, 2600.0)],
                )
            ],
            [NewCapacity(
                site="europe", product="Pr+Nd", start_month=12.0, ramp_months=0.5, t_per_year=190.0,
                usd_per_kg=9.0,
            )],
            ["who measured the separation factors"],
        ),
    ),
    (
        FlowsheetCase,
        FlowsheetCase(
            feeds=(PlantFeed(name="clay", composition={"La": 30, "Nd": 20, "Dy": 50}, throughput=1000),),
            trains=(TrainInput(name="light", parts="Dy/Nd", feed=("clay", "dy.mother")),),
            products=(
                FinishedProduct(name="dy", feed=("light.liquor",), elements=("Dy",), precipitant="oxalate"),
            ),
        ),
    ),
    (
        FlowsheetReport,
        FlowsheetReport(
            "flowsheet", ["La", "Nd", "Dy"], 1000.0, 5, 1e-15,
            [TrainReport("light", "P507", "Dy/Nd", True, 12, 8, 1003.0, 0.9, 0.3, 0.004, 8e-4, 8e-4, 1e-3,
                         1e-3, [1.2, 6.0], 0.68, 2.4, 0.0, False, 25.0, 1.0, [0.0, 0.0], 1e-13)],
            [FinishedReport("dy", ["Dy"], 492.0, 8e-4, None, 0.98, {}, {"Dy": 0.9992})],
            [StreamReport("clay", "clay", "light", "aqueous", 1000.0, {"La": 1840.0, "Nd": 1190.0})],
            EffluentReport("NaOH", 0.9, 1.1, 0.0, 0.8, {"NaCl": 2.2}, 22.0),
            [EquipmentReport("light", "mixer-settler, extraction and scrub", 22, 0.9, "m3", 8e5)],
            [FlowsheetCosts("china", 3e7, {"effluent": 2e6}, 2e6, [2e7, 5e7], [2.1e7, 4.5e7], {"base": 400.0},
                            5000.0)],
            [], ["who measured the separation factors"],
        ),
    ),
    (Status, Status("0.1.0", 66, 340, 340, 0, 0, "", 0.5, 0.62)),
    (Problem, Problem("Not Found", 404, "no topic 'x'", "", "")),
)  # fmt: skip


def of(kind: Any) -> Any:
    """The example of a type as plain JSON."""
    return _shown().get(str(kind))


@cache
def _shown() -> dict[str, Any]:
    return {str(kind): _sparing(value) for kind, value in _ALL}


def _sparing(value: Any) -> Any:
    """Requests show what they set, answers all that they have."""
    if isinstance(value, msgspec.Struct):
        set_ = {
            f.name: getattr(value, f.name)
            for f in msgspec.structs.fields(value)
            if getattr(value, f.name) != _default(f)
        }
        return {name: _sparing(one) for name, one in set_.items()}
    if isinstance(value, tuple):
        return [_sparing(one) for one in value]
    return plain(value)


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
