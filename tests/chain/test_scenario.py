"""The declared types of a scenario: what they refuse, and that the documentation has their fields."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np
import pytest
from msgspec import Meta, Struct
from msgspec.structs import FieldInfo

from mine2magnet.chain import Change, Cover, Event, Mitigation, Scenario, draw, simulate
from mine2magnet.chain.examples import joint, line, of
from mine2magnet.chain.scenario import fitting, fitting_mitigations
from mine2magnet.core.decode import bounds, decode, fields_of
from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range

DOCS = Path(__file__).parents[2] / "docs" / "chain.md"


def said(kind: Any) -> dict[str, Any]:
    """All that the annotations of a field say, the outermost last."""
    if get_origin(kind) is not Annotated:
        members = get_args(kind) if get_origin(kind) in (Union, UnionType) else ()
        return next((found for one in members if (found := said(one))), {})
    inner, *metas = get_args(kind)
    found = said(inner)
    for meta in (m for m in metas if isinstance(m, Meta)):
        found |= {
            n: v for n in ("description", "gt", "ge", "lt", "le") if (v := getattr(meta, n)) is not None
        }
        found |= meta.extra or {}
    return found


def default(field: FieldInfo) -> str:
    if field.required:
        return "needed"
    value = field.default
    if isinstance(value, Range):
        three = f"{value.low:.3g} … {value.high:.3g}"
        return f"{value.likely:.3g}" + (f" ({three})" if value.low < value.high else "")
    return "none" if value is None else f"{value:g}" if isinstance(value, int | float) else ""


def table(kind: type[Struct]) -> str:
    """The fields of a type as a table of the documentation."""
    rows = ["| field | unit, limits | default | meaning |", "| --- | --- | --- | --- |"]
    for name, field in fields_of(kind).items():
        held = said(field.type)
        limits = ", ".join(filter(None, (held.get("unit", ""), bounds(held))))
        rows.append(f"| `{name}` | {limits} | {default(field)} | {held['description']} |")
    return "\n".join(rows).replace("|  |", "| |").replace("|  |", "| |") + "\n"


@pytest.mark.parametrize("kind", [Scenario, Event, Change, Mitigation, Cover])
def test_the_documentation_has_every_field_as_it_is_declared(kind: type[Struct]) -> None:
    assert table(kind) in DOCS.read_text("utf-8")


def test_every_kind_is_explained() -> None:
    for kind, declared in ((Event, fields_of(Event)), (Mitigation, fields_of(Mitigation))):
        annotated = declared["kind"].type
        (names,) = [get_args(one) for one in get_args(annotated) if get_origin(one) is Literal]
        assert all(name in (kind.__doc__ or "") for name in names)


@pytest.mark.parametrize(
    ("kind", "strength"), [("outage", 1.5), ("quota", 1.5), ("embargo", 1.5), ("licence", 1.5)]
)
def test_a_strength_that_is_a_share_is_at_most_one(kind: Any, strength: float) -> None:
    with pytest.raises(UserError, match=f"the strength of {kind} is a share"):
        Event(kind, {"node": ("x",)}, strength=of(strength))
    assert Event(kind, {"node": ("x",)}, strength=of(1)).strength == of(1)


@pytest.mark.parametrize("kind", ["tariff", "delay", "demand"])
def test_other_strengths_are_not_shares(kind: Any) -> None:
    assert Event(kind, {"node": ("x",)}, strength=of(1.5)).strength == of(1.5)


def test_without_an_end_and_a_pace_an_event_lasts_and_decides_all() -> None:
    scenario = Scenario(events=(Event("licence", {"to_node": ("cars",)}),))
    drawn = draw(joint(), scenario, 3).events
    assert (drawn["weeks"] == float("inf")).all()
    assert (drawn["desk"] == float("inf")).all()
    assert (drawn["strength"] == 1).all()


def test_what_no_draw_moves_is_held_once() -> None:
    """Ranges of no width are a column for all draws; a drawn one beside them moves as it did."""
    network = line(4.0)
    scenario = Scenario("calm")
    fixed = draw(network, scenario, 500)
    assert fixed.cover_in.strides[1] == fixed.lead.strides[1] == 0
    assert fixed.cover_in.shape == (len(network.uses), 500)
    wide = replace(network, uses=(replace(network.uses[0], cover=Range(2, 4, 8)), *network.uses[1:]))
    moved = draw(wide, scenario, 500)
    assert moved.cover_in[0].std() > 0
    np.testing.assert_array_equal(moved.cover_in[1:], fixed.cover_in[1:])
    one, other = (
        simulate(network, scenario, d) for d in (fixed, replace(fixed, cover_in=fixed.cover_in * 1.0))
    )
    np.testing.assert_array_equal(one.cover, other.cover)


def test_labels_say_what_and_whom() -> None:
    event = Event("embargo", {"from_country": ("China",), "abroad": ("yes",), "element": ("Dy", "Tb")})
    assert event.label == "embargo: China, Dy, Tb"
    assert Cover({"stage": ("end use",)}, of(3)).label == "cover: end use"
    assert Mitigation("priority").label == "priority"
    assert Mitigation("priority", name="first come").label == "first come"


def test_what_is_changed_keeps_to_the_limits() -> None:
    scenario = decode(Scenario, {"mitigations": [{"kind": "priority"}] * 99})
    assert len(scenario.with_(Mitigation("priority")).mitigations) == 100
    with pytest.raises(UserError, match="101 are more than the 100 entries"):
        scenario.with_(Mitigation("priority"), Mitigation("priority"))


def test_what_was_written_for_another_network_is_used_as_far_as_it_fits() -> None:
    exports = Event("licence", {"from_country": ("China", "Farland"), "element": ("Dy", "Tb")})
    nobody = Event("embargo", {"from_country": ("Farland",)})
    done = (Mitigation("priority"), Mitigation("stockpile", {"region": ("Mars",)}, 3))
    given = Scenario("x", (exports, nobody), done, (Cover({"element": ("Tb",)}, of(3)),))
    found = fitting(joint(), given)
    assert [e.where for e in found.events] == [{"from_country": ("China",), "element": ("Dy",)}]
    assert found.mitigations == fitting_mitigations(joint(), done) == done[:1]
    assert found.covers == ()
    with pytest.raises(UserError, match="none of its events concerns anybody"):
        fitting(joint(), Scenario("x", (nobody,)))
