"""What one door takes, every door takes, within the same limits: forms, addresses, API, assistants, command
line and client are held to the declared types.

`INPUTS` names the doors of each type; filters stand in the addresses of pages, which have no form for them.
A field that a door cannot sensibly take stands in `but`, and one that it has of its own in `own`, each with
its reason.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

import click
import jsonschema
import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Meta, Struct
from starlette.datastructures import FormData, ImmutableMultiDict, QueryParams
from starlette.testclient import TestClient

from mine2magnet.bridges.stress import StressComparison, StressTest
from mine2magnet.chain import Scenario
from mine2magnet.chain.io import scenarios
from mine2magnet.chain.io.company_request import CompanyRequest
from mine2magnet.cli.declared import declared
from mine2magnet.cli.main import main
from mine2magnet.client import Client
from mine2magnet.core.decode import decode, fields_of
from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator
from mine2magnet.core.settings import Settings
from mine2magnet.figures.rows import CONCEPTS, with_ids
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import (
    Bound,
    BriefRequest,
    BriefSchedule,
    ClaimFilter,
    DiscoverRequest,
    DocumentFilter,
    Question,
    SourceRequest,
    Topic,
    TopicRequest,
    WatchRequest,
)
from mine2magnet.separation.study import case as case_files
from mine2magnet.separation.study import case as cases
from mine2magnet.separation.study.flowsheet_schema import FlowsheetCase
from mine2magnet.separation.study.schema import Case
from mine2magnet.web.api import mcp, openapi, respond
from mine2magnet.web.api.operation import TABLE
from mine2magnet.web.api.request_types import described
from mine2magnet.web.app import app
from mine2magnet.web.kit import query_params
from mine2magnet.web.pages import ask as ask_page
from mine2magnet.web.pages import flowsheet as flowsheet_page
from mine2magnet.web.pages import separation as separation_page
from mine2magnet.web.pages import sources as sources_page
from mine2magnet.web.pages import stress as stress_page
from mine2magnet.web.pages.topic_form import TopicForm
from mine2magnet.web.pages.watch_form import WatchForm

EN = Translator("en")
PAGING = {"limit": "how much of a list is asked for is the door's", "cursor": "as is where it goes on"}
OF_CLI = {"json_": "how it is printed", "language": "what it reads in"}


@dataclass(frozen=True)
class Doors:
    """Where a type is taken. `cli` and `form` give the names that fields have there, if others; several
    names stand for one field in parts."""

    operations: tuple[str, ...]
    client: str = ""
    tool: str = ""
    cli: str = ""
    page: str = ""
    action: str = ""
    names: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    but: Mapping[tuple[str, str], str] = field(default_factory=dict)


SLOTS = ClaimFilter.__struct_fields__
INPUTS: dict[type[Struct], Doors] = {
    DocumentFilter: Doors(
        operations=("search", "documents", "topic_documents"),
        client="search",
        tool="search",
        cli="search",
        own={
            **PAGING,
            **OF_CLI,
            "q": "the query itself",
            "query": "the query itself",
            "slug": "in the path",
            "topic": "where it is searched",
            "order": "what comes first",
            "newest": "order, as a switch",
            "offset": "the cursor of those who count",
            "lang": "what the page reads in",
            "loose": "how the query is taken",
        },
    ),
    ClaimFilter: Doors(
        operations=("claims", "document_claims", "topic_figures"),
        client="claims",
        tool="claims",
        cli="claims",
        own={
            **PAGING,
            **OF_CLI,
            **dict.fromkeys(("topic", "document", "id", "slug", "what"), "whose claims"),
            "single": "of figures alone",
            "csv_": "how it is printed",
            "parquet": "where it is written",
            **dict.fromkeys(("export", "undo"), "of corrections"),
        },
    ),
    TopicRequest: Doors(
        operations=("new_topic", "put_topic"),
        client="new_topic",
        cli="topic new",
        page="/new-topic",
        action="/new-topic",
        names={"form": {"names": ("name_en", "name_zh", "name_ja")}},
        own={"slug": "in the path", "news": "whether news searches fill it: a DiscoverRequest"},
        but={
            (
                "form",
                "shared",
            ): "asked of who has a key or an account: without, there is nobody to keep it from"
        },
    ),
    DiscoverRequest: Doors(
        operations=("discover",),
        client="discover",
        cli="discover",
        page="/topics/x/searches",
        action="/topics/x/searches",
        own={**OF_CLI, "slug": "in the path", "topic": "whose searches", "allow_private": "a setting"},
    ),
    BriefRequest: Doors(
        operations=("brief",),
        client="brief",
        tool="brief",
        cli="brief",
        own={
            "slug": "in the path",
            "topic": "whose brief",
            "format_": "how it is printed",
            "mail": "where it goes",
            "stop": "of its schedule",
            **dict.fromkeys(("at", "days", "zone", "to"), "its schedule"),
        },
    ),
    BriefSchedule: Doors(
        operations=(),
        cli="brief",
        page="/topics/x/brief",
        action="/topics/x/brief",
        own={
            "topic": "whose brief",
            "since": "of one brief",
            "format_": "of one brief",
            "mail": "of one brief",
            "stop": "ends it",
        },
    ),
    SourceRequest: Doors(
        operations=("add_source",),
        client="add_source",
        cli="read",
        page="/sources",
        action="/sources",
        names={"cli": {"url": ("what",), "minutes": ("watch",)}},
        own={**OF_CLI, "allow_private": "a setting", "max_megabytes": "a setting"},
    ),
    WatchRequest: Doors(
        operations=("new_watch",),
        client="new_watch",
        cli="watch add",
        page="/new-watch",
        action="/new-watch",
        names={
            "cli": {"bound": ("below", "above"), "claims": SLOTS},
            "form": {"bound": ("side", "figure"), "claims": SLOTS},
        },
        own={**OF_CLI, "allow_private": "a setting"},
        but={("form", "shared"): "as of a topic"},
    ),
    Question: Doors(
        operations=("ask",),
        client="ask",
        tool="ask",
        cli="ask",
        page="/ask?topic=x",
        action="/ask",
        names={"form": {"question": ("q",)}},
        own={**OF_CLI, "model": "a setting", "model_url": "a setting"},
        but={
            ("cli", "language"): "mine2magnet --language, for all verbs",
            ("form", "language"): "the language that the page reads in",
        },
    ),
    Case: Doors(
        operations=("separation",),
        client="separation",
        tool="separation",
        page="/separation",
        action="/separation#outcome",
        names={
            "form": {
                "feed": ("feed", "shares"),
                "sites": ("site",),
                "change": ("change_day", "change_feed"),
                "chemistry": ("chemistry", "chemistry_values"),
            }
        },
    ),
}


INPUTS[Case] = Doors(
    operations=("separation",),
    client="separation",
    tool="separation",
    page="/separation",
    action="/separation#outcome",
    names={
        "form": {
            "sites": ("site",),
            "change": ("change_day", "change_feed"),
            "chemistry": ("chemistry", "chemistry_values"),
        }
    },
    own={"shares": "a feed by element"},
)
INPUTS[FlowsheetCase] = Doors(
    operations=("flowsheet",),
    client="flowsheet",
    tool="flowsheet",
    page="/flowsheet",
    action="/flowsheet#outcome",
    names={"form": dict.fromkeys(fields_of(FlowsheetCase), ("case",))},
)
INPUTS[CompanyRequest] = Doors(
    operations=("company",),
    client="company",
    tool="company",
    cli="company report",
    page="/company",
    action="/company",
    names={
        "form": {"tables": ("files",)},
        "cli": {"tables": ("folder",), "scenario": ("names",)},
    },
    own={
        **OF_CLI,
        "seed": "of the scenario",
        "workers": "of this machine",
        "output": "where it is written",
        "public": "a network of one's own, of files",
    },
    but={("form", "draws"): "stays as it was asked for"},
)
INPUTS[StressComparison] = Doors(
    operations=("comparison",),
    client="comparison",
    tool="comparison",
    page="/compare?test=draws%3D2",
    action="/compare",
    names={"form": {"tests": ("test", "scenario", "do", stress_page.RESERVE.name)}},
    own=dict.fromkeys(("strength", "start", "weeks", "processing", "approval"), "of the test that is added"),
)
INPUTS[StressTest] = Doors(
    operations=("stress",),
    client="stress",
    tool="stress",
    cli="stress",
    page="/stress?draws=2",
    action="/stress",
    names={
        "form": {"mitigations": ("do",)},
        "cli": {"mitigations": ("do", "mitigations"), "plant": ("plant", "plant_site", "decided")},
    },
    own={
        **OF_CLI,
        **{slider.name: "of the scenario" for slider in stress_page.SLIDERS},
        stress_page.RESERVE.name: "a stockpile, as a slider",
        **dict.fromkeys(("seed",), "of the scenario"),
        **dict.fromkeys(("folder", "template"), "a network of one's own, of files"),
        **dict.fromkeys(("target", "save"), "where it is written"),
        **dict.fromkeys(("workers",), "of this machine"),
        **dict.fromkeys(
            (
                "compare",
                "exposure",
                "criticality",
                "worth",
                "history",
                "trace",
                "edited",
                "topic",
                "accept",
                "refuse",
            ),
            "other questions",
        ),
    },
    but={("form", "plant"): "comes with the address of the separation page"},
)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library.open(Settings(folder=tmp_path_factory.mktemp("parity"), smtp_host="mail.example"))
    topics.save(library.store, Topic("x", "x", ("magnets",)))
    return library


# --- every door has every field


def command(name: str) -> click.Command:
    found: click.Command = main
    for part in name.split():
        assert isinstance(found, click.Group)
        below = found.get_command(click.Context(found), part)
        assert below is not None
        found = below
    return found


class _Fields(HTMLParser):
    """The fields of the form with an action, by name, with their attributes."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.within, self.found = action, False, dict[str, dict[str, str | None]]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            menu = given.get("class") == "reads"  # of the languages that a person reads, on every page
            self.within = given.get("action") == self.action and not menu
        elif self.within and tag in ("input", "select", "textarea") and given.get("name"):
            self.found[str(given["name"])] = given

    def handle_endtag(self, tag: str) -> None:
        self.within = self.within and tag != "form"


def form_fields(held: Library, doors: Doors) -> dict[str, dict[str, str | None]]:
    with TestClient(app(held), base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50_000)) as browser:
        page = browser.get(doors.page)
    assert page.status_code in (200, 202), page.text  # 202: its run of a model goes on
    parser = _Fields(doors.action)
    parser.feed(page.text)
    assert parser.found, "the page has no such form"
    return parser.found


def taken(held: Library, kind: type[Struct], doors: Doors) -> Iterator[tuple[str, set[str]]]:
    """Each door with the names of its fields."""
    for name in doors.operations:
        operation = TABLE[name]
        schema = openapi.input_schema(operation)
        path = openapi.description()["paths"][operation.path][operation.method.lower()]
        yield "api", set(schema["properties"])
        if not operation.body:
            yield "api", {p["name"] for p in path["parameters"] if p["in"] != "header"}
    if doors.tool:
        yield "mcp", set(openapi.input_schema(TABLE[mcp.TOOLS[doors.tool]])["properties"])
    if doors.cli:
        yield "cli", {str(p.name) for p in command(doors.cli).params}
    if doors.page:
        yield "form", set(form_fields(held, doors))
    if not doors.client:
        return
    parameters = inspect.signature(getattr(Client, doors.client), eval_str=True).parameters
    if any(p.annotation is kind or p.kind is p.VAR_KEYWORD for p in parameters.values()):
        yield "client", set(fields_of(kind))
    else:
        yield "client", set(parameters) - {"self"}


@pytest.mark.parametrize("kind", INPUTS, ids=lambda kind: kind.__name__)
def test_what_one_door_takes_every_door_takes(held: Library, kind: type[Struct]) -> None:
    doors = INPUTS[kind]
    for door, names in taken(held, kind, doors):
        named = doors.names.get(door, {})
        wanted = {
            one
            for name in fields_of(kind)
            if (door, name) not in doors.but
            for one in named.get(name, (name,))
        }
        assert wanted <= names, f"{door} lacks {wanted - names}"
        assert names <= wanted | set(doors.own), f"{door} has {names - wanted - set(doors.own)} besides"


# --- with the same limits


def bare(kind: Any) -> tuple[Any, dict[str, Any]]:
    """A type without annotations and None, and its limits."""
    limits: dict[str, Any] = {}
    while True:
        if get_origin(kind) is Annotated:
            kind, *metas = get_args(kind)
            for meta in metas:
                if isinstance(meta, Meta):
                    names = ("gt", "ge", "lt", "le", "min_length", "max_length")
                    limits |= {n: held for n in names if (held := getattr(meta, n)) is not None}
                    limits |= meta.extra or {}
        elif (
            len(one := [part for part in get_args(kind) if part is not NoneType]) == 1 != len(get_args(kind))
        ):
            (kind,) = one
        else:
            return kind, limits


@pytest.mark.parametrize("kind", INPUTS, ids=lambda kind: kind.__name__)
def test_forms_and_options_show_the_limits_of_the_type(held: Library, kind: type[Struct]) -> None:
    doors = INPUTS[kind]
    shown = form_fields(held, doors) if doors.page else {}
    options = {str(p.name): p for p in command(doors.cli).params} if doors.cli else {}
    for name, declared_field in fields_of(kind).items():
        shape, limits = bare(declared_field.type)
        for one in doors.names.get("form", {}).get(name, (name,)):
            if shape is str and (most := shown.get(one, {}).get("maxlength")) is not None:
                assert int(most) == limits["max_length"], one
        item = bare(get_args(shape)[0])[0] if get_origin(shape) is tuple else shape
        if get_origin(item) is Literal and name in options:
            choice = options[name].type
            assert isinstance(choice, click.Choice)
            assert tuple(choice.choices) == get_args(item)
        if name in options and declared_field.default in ((), "", None):
            assert options[name].default in (None, (), "") or "UNSET" in repr(options[name].default)


# --- and the same values


def accepts(door: Callable[[], object]) -> bool:
    with suppress(UserError, click.UsageError):
        door()
        return True
    return False


def probes(kind: Any) -> st.SearchStrategy[Any]:
    """Values within, at and beyond the limits of a type. No empty text: in a form, that is none."""
    shape, limits = bare(kind)
    if get_origin(shape) is tuple:
        most = limits.get("max_length", 3)
        sizes = st.sampled_from([1, 2, most, most + 1])
        item = probes(get_args(shape)[0])
        return sizes.flatmap(lambda n: item.map(lambda one: [one] * n))
    if get_origin(shape) is dict:
        key, value = get_args(shape)
        return st.dictionaries(st.sampled_from([*get_args(key)]), probes(value), min_size=1, max_size=2)
    if get_origin(shape) is Literal:
        return st.sampled_from([*get_args(shape), "another"])
    if shape is datetime:
        return st.sampled_from(
            ["2025-06-01", "2025-06-01T09:30:00+08:00", "2025-13-01", "soon", "0001-01-01T00:00:00+14:00"]
        )
    if shape is int:
        low, high = limits["ge"], limits["le"]
        return st.sampled_from([low, high, low - 1, high + 1]) | st.integers(low - 2, high + 2)
    if shape is float:
        low, high = limits["ge"] if "ge" in limits else limits["gt"], limits["le"]
        return st.sampled_from([low, high, low - 0.5, high + 0.5]) | st.floats(low - 2, high + 2)
    most = limits["max_length"]
    return st.sampled_from([1, 2, most - 1, most, most + 1]).map(lambda n: "x" * n)


def flags(name: str, kind: type[Struct], given_: Mapping[str, Any]) -> dict[str, Any]:
    """Values as a verb reads them off its command line, those of `kind`."""
    verb = command(name)
    words: list[str] = []
    arguments: list[str] = []
    for parameter in verb.params:
        value = given_.get(str(parameter.name))
        if value is None:
            continue
        several = [f"{k}={v}" for k, v in value.items()] if isinstance(value, dict) else value
        for one in several if isinstance(several, list) else [several]:
            if isinstance(parameter, click.Argument):
                arguments.append(str(one))
            else:
                words += [parameter.opts[-1], str(one)]
    context = verb.make_context(name, [*words, "--", *arguments])
    return {n: v for n, v in context.params.items() if n in fields_of(kind)}


def asked(kind: type[Struct], given_: Mapping[str, Any]) -> Struct:
    """Through the address of the API."""
    pairs = [(n, str(one)) for n, v in given_.items() for one in (v if isinstance(v, list) else [v])]
    return respond.asked(kind, ImmutableMultiDict(pairs), {})  # type: ignore[arg-type]


def sent(kind: type[Struct], given_: Mapping[str, Any]) -> Struct:
    """Through a body of the API."""
    return respond.sent(kind, {"content-type": "application/json"}, json.dumps(given_).encode())  # type: ignore[arg-type]


def fits(kind: type[Struct], given_: Mapping[str, Any]) -> bool:
    """Whether the schema that assistants and clients read allows it."""
    schema = msgspec.json.decode(msgspec.json.encode(msgspec.json.schema(described(kind))))
    return bool(jsonschema.Draft202012Validator(schema).is_valid(given_))


def typed(given_: Mapping[str, Any]) -> FormData:
    return FormData([(n, str(one)) for n, v in given_.items() for one in (v if isinstance(v, list) else [v])])


quickly = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def one_field(kind: type[Struct], *names: str) -> st.SearchStrategy[dict[str, Any]]:
    chosen = st.sampled_from(names or tuple(fields_of(kind)))
    return chosen.flatmap(lambda name: probes(fields_of(kind)[name].type).map(lambda value: {name: value}))


@quickly
@given(one_field(DocumentFilter))
def test_filters_of_documents_are_the_same_everywhere(value: dict[str, Any]) -> None:
    good = accepts(lambda: decode(DocumentFilter, value))
    assert accepts(lambda: asked(DocumentFilter, value)) is good
    assert accepts(lambda: query_params.filters(QueryParams(typed(value).multi_items()))) is good
    assert (
        accepts(lambda: declared(DocumentFilter, flags("search", DocumentFilter, value | {"query": "x"})))
        is good
    )
    if not {"since", "until"} & set(value):  # which days there are, no schema can tell
        assert fits(DocumentFilter, value) is good


@quickly
@given(one_field(ClaimFilter, "unit", "direction", "modality") | one_field(ClaimFilter, *CONCEPTS))
def test_filters_of_claims_are_the_same_everywhere(held: Library, value: dict[str, Any]) -> None:
    good = accepts(lambda: decode(ClaimFilter, value))
    assert fits(ClaimFilter, value) is good
    assert accepts(lambda: asked(ClaimFilter, value)) is good
    assert accepts(lambda: query_params.claims(QueryParams(typed(value).multi_items()))) is good
    assert accepts(lambda: declared(ClaimFilter, flags("claims", ClaimFilter, value | {"what": "x"}))) is good
    watched = {"name": "x", "claims": value}
    assert accepts(lambda: sent(WatchRequest, watched)) is good
    assert (
        accepts(lambda: declared(ClaimFilter, flags("watch add", ClaimFilter, value | {"name": "x"}))) is good
    )


@quickly
@given(st.sampled_from(CONCEPTS), st.sampled_from(["Europe", "stock cover", "separation", "镝", "handsome"]))
def test_concepts_go_by_the_same_names_everywhere(held: Library, slot: str, name: str) -> None:
    good = accepts(lambda: with_ids(held.thesaurus, decode(ClaimFilter, {slot: [name]})))
    assert accepts(lambda: WatchForm(name="x", **{slot: name}).watch(held, EN)) is good


@quickly
@given(one_field(TopicRequest, "name", "queries", "tags", "names"))
def test_topics_are_the_same_everywhere(value: dict[str, Any]) -> None:
    given_ = {"name": "x", "queries": ["x"]} | value
    good = accepts(lambda: topics.requested("x", decode(TopicRequest, given_)))
    assert fits(TopicRequest, given_) is good
    assert accepts(lambda: topics.requested("x", sent(TopicRequest, given_))) is good  # type: ignore[arg-type]
    assert accepts(lambda: declared(TopicRequest, {**flags("topic new", TopicRequest, given_)})) is good
    page = {
        "name": given_["name"],
        "queries": "\n".join(given_["queries"]),
        "tags": ", ".join(given_.get("tags", ())),
        **{f"name_{language}": name for language, name in given_.get("names", {}).items()},
    }
    assert accepts(lambda: TopicForm.sent(typed(page)).topic("x", EN)) is good


@quickly
@given(probes(fields_of(SourceRequest)["minutes"].type), st.sampled_from([30, 1999, 2000, 2001]))
def test_sources_are_the_same_everywhere(minutes: float, length: int) -> None:
    url = "https://example.com/".ljust(length, "x")
    given_ = {"url": url, "minutes": minutes}
    good = accepts(lambda: decode(SourceRequest, given_))
    assert fits(SourceRequest, given_) is good
    assert accepts(lambda: sent(SourceRequest, given_)) is good
    assert accepts(lambda: sources_page.asked(typed(given_), EN)) is good
    if length <= 2000:  # the command line reads files of any name, too
        verb = command("read")
        assert accepts(lambda: verb.make_context("read", ["--watch", f"{minutes:.10f}m", url])) is good


@quickly
@given(one_field(WatchRequest, "name", "topic", "query", "webhook"))
def test_watches_are_the_same_everywhere(held: Library, value: dict[str, Any]) -> None:
    given_ = {"name": "x", "query": "x"} | value
    good = accepts(lambda: decode(WatchRequest, given_))
    assert fits(WatchRequest, given_) is good
    assert accepts(lambda: sent(WatchRequest, given_)) is good
    assert accepts(lambda: declared(WatchRequest, flags("watch add", WatchRequest, given_))) is good
    assert accepts(lambda: WatchForm.sent(typed(given_)).watch(held, EN)) is good


@pytest.mark.parametrize(
    ("given_", "good"),
    [
        ({"name": "x"}, False),
        ({"name": "x", "claims": {}}, False),
        ({"name": "x", "query": "x", "bound": {"side": "below", "value": 6, "unit": "week"}}, False),
        (
            {
                "name": "x",
                "claims": {"unit": ["week"]},
                "bound": {"side": "below", "value": 6, "unit": "week"},
            },
            True,
        ),
    ],
)
def test_a_watch_needs_something_everywhere(held: Library, given_: dict[str, Any], good: bool) -> None:
    assert accepts(lambda: sent(WatchRequest, given_)) is good
    flat = {
        "name": "x",
        "query": given_.get("query", ""),
        "unit": "".join(given_.get("claims", {}).get("unit", ())),
    }
    if "bound" in given_:
        flat |= {"side": "below", "figure": "6 weeks"}
    assert accepts(lambda: WatchForm.sent(typed(flat)).watch(held, EN)) is good


@quickly
@given(one_field(Question))
def test_questions_are_the_same_everywhere(value: dict[str, Any]) -> None:
    given_ = {"question": "x"} | value
    good = accepts(lambda: decode(Question, given_))
    assert fits(Question, given_) is good
    assert accepts(lambda: sent(Question, given_)) is good
    if "language" not in value:
        assert (
            accepts(
                lambda: declared(
                    Question,
                    {**flags("ask", Question, {**given_, "question": "x"}), "question": given_["question"]},
                )
            )
            is good
        )
        assert accepts(lambda: ask_page.put_as(given_["question"], given_.get("topic", ""), EN)) is good


def numbers(name: str) -> st.SearchStrategy[dict[str, Any]]:
    shape, limits = bare(fields_of(Case)[name].type)
    low, high = limits["ge"], limits["le"]
    within = st.integers(low, high) if shape is int else st.floats(low, high)
    return (st.sampled_from([low, high, low - 1, high + 1]) | within).map(lambda value: {name: value})


@quickly
@given(st.sampled_from(["efficiency", "throughput", "startup_days", "draws"]).flatmap(numbers))
def test_separation_cases_are_the_same_everywhere(value: dict[str, Any]) -> None:
    products = [{"elements": ["Pr"]}, {"elements": ["Nd"], "purity": 0.6, "draw": True}, {"elements": ["Dy"]}]
    given_ = {"feed": {"Nd": 75, "Pr": 24, "Dy": 1}, "products": products, "rates": {"NaOH": 600}} | value
    good = accepts(lambda: decode(Case, given_))
    assert fits(Case, given_) is good
    assert accepts(lambda: cases.read(yaml.safe_dump(given_))) is good
    assert accepts(lambda: sent(Case, given_)) is good
    page = {"shares": "Nd 75; Pr 24; Dy 1", "products": "Pr; Nd 0.6 draw; Dy", "rates": "NaOH 600"} | value
    assert accepts(lambda: separation_page.case(QueryParams(typed(page).multi_items()))) is good


CASE: dict[str, Any] = {
    "feed": {"Nd": 75, "Pr": 25},
    "products": [{"elements": ["Nd"]}, {"elements": ["Pr"]}],
}


@quickly
@given(one_field(Case, "name", "efficiency", "margin", "entrained_aqueous", "throughput", "draws"))
def test_cases_are_the_same_everywhere(value: dict[str, Any]) -> None:
    given_ = CASE | value
    good = accepts(lambda: decode(Case, given_))
    assert fits(Case, given_) is good
    assert accepts(lambda: sent(Case, given_)) is good
    assert accepts(lambda: case_files.read(yaml.safe_dump(given_))) is good
    page = separation_page.EXAMPLE | {n: str(v) for n, v in value.items()}
    page |= {"shares": "Nd 75\nPr 25", "products": "Nd\nPr"}
    assert accepts(lambda: decode(Case, separation_page.case_of(page, ["china"]), written=True)) is good


@quickly
@given(one_field(FlowsheetCase, "name"))
def test_flowsheets_are_the_same_everywhere(value: dict[str, Any]) -> None:
    given_ = yaml.safe_load(flowsheet_page.example()) | value
    good = accepts(lambda: decode(FlowsheetCase, given_))
    assert fits(FlowsheetCase, given_) is good
    assert accepts(lambda: sent(FlowsheetCase, given_)) is good
    assert accepts(lambda: case_files.read_any(yaml.safe_dump(given_))) is good
    assert accepts(lambda: flowsheet_page.case(yaml.safe_dump(given_))) is good


@quickly
@given(one_field(Scenario, "name", "weeks", "seed", "stop_share", "horizon"))
def test_scenarios_are_the_same_everywhere(value: dict[str, Any]) -> None:
    good = accepts(lambda: decode(Scenario, value))
    assert fits(Scenario, value) is good
    assert accepts(lambda: sent(StressTest, {"scenario": value})) is good
    assert accepts(lambda: scenarios.parse(yaml.safe_dump(value))) is good


@quickly
@given(one_field(StressTest, "draws"))
def test_stress_tests_are_the_same_everywhere(value: dict[str, Any]) -> None:
    given_ = {"scenario": "embargo"} | value
    good = accepts(lambda: decode(StressTest, given_))
    assert fits(StressTest, given_) is good
    assert accepts(lambda: sent(StressTest, given_)) is good
    words = {n: str(v) for n, v in given_.items()}
    assert accepts(lambda: decode(StressTest, words, written=True)) is good
    verb = command("stress")
    asked_ = ["embargo", "--draws", str(value["draws"])]

    def told() -> StressTest:
        return decode(StressTest, {**given_, "draws": verb.make_context("stress", asked_).params["draws"]})

    assert accepts(told) is good


def test_defaults_are_one(tmp_path: Path) -> None:
    shown = separation_page.fields(QueryParams())
    for name in ("draws", "startup_days", "extractant"):
        assert shown[name] == f"{fields_of(Case)[name].default}".removesuffix(".0")
    assert fields_of(Question)["language"].default == Settings(folder=tmp_path).language
    assert fields_of(Bound)["side"].required
    assert WatchForm().side in get_args(fields_of(Bound)["side"].type)
