"""Scenarios as YAML."""

from __future__ import annotations

import pytest

from mine2magnet.chain import Scenario, trace
from mine2magnet.chain.io import scenarios, tables
from mine2magnet.core.errors import UserError
from mine2magnet.model.ranges import Range


@pytest.mark.parametrize("name", sorted(scenarios.presets()))
def test_every_preset_runs(name: str) -> None:
    scenario = scenarios.find(name)
    record = trace(tables.load(), scenario)
    assert len(record.level) == scenario.weeks
    calm = trace(tables.load(), Scenario("calm", weeks=scenario.weeks))
    assert abs(record.level - calm.level).max() > 0.01  # it does something
    assert abs(record.imbalance()).max() < 1e-9


def test_times_ranges_and_names() -> None:
    read = scenarios.parse(
        "events:\n- {kind: licence, where: {element: Dy, abroad: yes}, processing: 45 days, start: [2, 6],"
        " approval: {likely: 0.25, low: 0.1, high: 0.6}}\n"
    )
    event = read.events[0]
    assert event.processing.likely == pytest.approx(45 / 7)
    assert (event.start.low, event.start.likely, event.start.high) == (2, 4, 6)
    assert event.approval.low == 0.1
    assert event.where == {"element": ("Dy",), "abroad": ("yes",)}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[1, 2]", "scenario: fields are wanted here"),
        ("name: [", "scenario: not YAML"),
        ("colour: red", "scenario: unknown field 'colour'"),
        ("weeks: -3", "scenario: weeks: -3 is not between"),
        ("events: 3", "scenario events: a list is wanted here"),
        ("events: [{kind: outage}]", "scenario events 1: where is missing"),
        ("events: [{kind: flood, where: {node: x}}]", "scenario events 1: unknown event 'flood'"),
        (
            "events: [{kind: outage, where: {node: x}, strength: 2}]",
            "scenario events 1: outage: strength is a share",
        ),
        (
            "events: [{kind: outage, where: {node: x}, start: soon}]",
            "scenario events 1 start: 'soon' is not a time",
        ),
        (
            "events: [{kind: outage, where: {node: x}, start: 3 kg}]",
            "scenario events 1 start: '3 kg' is not a time",
        ),
        (
            "events: [{kind: outage, where: {node: x}, weeks: [1]}]",
            "scenario events 1 weeks: a range is two numbers",
        ),
        (
            "events: [{kind: outage, where: {node: x}, weeks: .nan}]",
            "scenario events 1 weeks: nan is not a number",
        ),
        (
            "events: [{kind: outage, where: {node: x}, strength: .5, start: -1}]",
            "scenario events 1: outage: start is",
        ),
        ("mitigations: [{kind: hope}]", "scenario mitigations 1: unknown mitigation 'hope'"),
        (
            "mitigations: [{kind: stockpile, amount: -1}]",
            "scenario mitigations 1: stockpile: amount is below nought",
        ),
    ],
)
def test_a_mistake_gives_one_line(text: str, line: str) -> None:
    with pytest.raises(UserError) as caught:
        scenarios.parse(text)
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("{}", "the outage names nobody (say whom under `where`)"),
        ("{node: Mountain Pas}", "outage: Mountain Pas: node: nobody is called 'Mountain Pas'"),
        ("{planet: Mars}", "outage: Mars: nodes are not chosen by 'planet'"),
        ("{stage: mine, country: Japan}", "outage: mine, Japan: no node is all of stage mine, country Japan"),
    ],
)
def test_a_scenario_that_names_nobody(where: str, line: str) -> None:
    scenario = scenarios.parse(f"events: [{{kind: outage, where: {where}}}]")
    with pytest.raises(UserError) as caught:
        trace(tables.load(), scenario)
    assert str(caught.value).startswith(line)


def test_unknown_names_and_files() -> None:
    with pytest.raises(UserError, match="no scenario 'flod'"):
        scenarios.find("flod")


@pytest.mark.parametrize("name", sorted(scenarios.presets()))
def test_what_is_written_is_read_back(name: str) -> None:
    scenario = scenarios.find(name)
    assert scenarios.parse(scenarios.text(scenario)) == scenario


def test_covers_and_evidence_are_kept() -> None:
    text = "covers: [{where: {stage: end use, region: Europe}, weeks: [4, 6], evidence: ['“five” (a wire)']}]"
    read = scenarios.parse(text)
    assert read.covers[0].weeks == Range(4, 5, 6)
    assert scenarios.parse(scenarios.text(read)) == read
