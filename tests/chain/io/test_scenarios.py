"""Scenarios as YAML."""

from __future__ import annotations

from pathlib import Path

import pytest

from mine2magnet.chain import Event, Mitigation, Scenario, trace
from mine2magnet.chain.io import scenarios, tables
from mine2magnet.core.errors import NotFound, UserError
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
        ("weeks: -3", "scenario weeks: -3 is out of range (1 to 5,200)"),
        ("events: 3", "scenario events: a list is wanted here"),
        ("events: [{kind: outage}]", "scenario events[1]: where is missing"),
        (
            "events: [{kind: flood, where: {node: x}}]",
            "scenario events[1].kind: unknown kind 'flood' (one of outage, quota",
        ),
        (
            "events: [{kind: outage, where: {node: x}, strength: 2}]",
            "scenario events[1].strength: 2 is out of range (the strength of outage is a share",
        ),
        (
            "events: [{kind: outage, where: {node: x}, start: soon}]",
            "scenario events[1].start: 'soon' is not a time",
        ),
        (
            "events: [{kind: outage, where: {node: x}, start: 3 kg}]",
            "scenario events[1].start: '3 kg' is not a time",
        ),
        (
            "events: [{kind: outage, where: {node: x}, weeks: [1, 2, 3, 4]}]",
            "scenario events[1].weeks: a range is two or three numbers",
        ),
        (
            "events: [{kind: outage, where: {node: x}, weeks: .nan}]",
            "scenario events[1].weeks: nan is not a number",
        ),
        (
            "events: [{kind: outage, where: {node: x}, strength: .5, start: -1}]",
            "scenario events[1].start: -1 is out of range (0 to 5,200)",
        ),
        (
            "mitigations: [{kind: hope}]",
            "scenario mitigations[1].kind: unknown kind 'hope' (one of stockpile, priority",
        ),
        (
            "mitigations: [{kind: stockpile, amount: -1}]",
            "scenario mitigations[1].amount: -1 is out of range",
        ),
        (
            "mitigations: [{kind: substitution, amount: 1.5}]",
            "scenario mitigations[1].amount: 1.5 is out of range (of substitution it is a share",
        ),
        (
            "events: [{kind: licence, where: {node: x}, approval: [0.5, 1.5]}]",
            "scenario events[1].approval: 1.5 is out of range (0 to 1)",
        ),
        ("covers: [{where: {node: []}, weeks: 3}]", "scenario covers[1].where.node: nothing is named here"),
        ("stop_share: 0", "scenario stop_share: 0 is out of range"),
        ("horizon: 0.5", "scenario horizon: 0.5 is out of range (1 to 520)"),
        ("seed: -1", "scenario seed: -1 is out of range"),
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


def test_a_file_of_the_version_before_is_read() -> None:
    was = "events: [{kind: quota, where: {stage: mine}, strength: {value: 0.25, low: 0.1, high: 0.4}}]"
    assert scenarios.parse(was).events[0].strength == Range(0.1, 0.25, 0.4)


def test_a_time_may_be_given_to_the_end_of_the_scenario() -> None:
    given = "{weeks: 2 years, events: [{kind: outage, where: {stage: mine}, weeks: null, desk: null}]}"
    read = scenarios.parse(given)
    assert read.weeks == 104
    assert read == scenarios.parse(given.replace(", weeks: null, desk: null", ""))


def test_limits_hold_in_a_notebook_too() -> None:
    with pytest.raises(UserError, match=r"start: -1 is out of range \(0 to 5,200\)"):
        Event("outage", {"node": ("x",)}, Range.of(-1))
    with pytest.raises(UserError, match="weeks: 0 is out of range"):
        Scenario(weeks=0)


def test_sets_of_mitigations(tmp_path: Path) -> None:
    file = tmp_path / "sets.yaml"
    file.write_text("[{name: first come, mitigations: [{kind: priority}]}, {name: nothing}]", "utf-8")
    assert scenarios.mitigation_sets(file) == {"first come": (Mitigation("priority"),), "nothing": ()}
    for text, line in (
        ("[{mitigations: []}]", "sets.yaml [1]: name is missing"),
        ("name: x", "sets.yaml: a list is wanted here"),
        (
            "[{name: x, mitigations: [{kind: hope}]}]",
            "sets.yaml [1].mitigations[1].kind: unknown kind 'hope'",
        ),
        ("[", "sets.yaml: not YAML"),
    ):
        file.write_text(text, "utf-8")
        with pytest.raises(UserError) as caught:
            scenarios.mitigation_sets(file)
        assert str(caught.value).startswith(line)
    with pytest.raises(UserError, match="no such file"):
        scenarios.mitigation_sets(tmp_path / "none.yaml")


def test_unknown_names_and_files(tmp_path: Path) -> None:
    for given, line in ((b"\xff", "not UTF-8"), (b" " * 1_000_001, "larger than 1,000,000 bytes")):
        (tmp_path / "x.yaml").write_bytes(given)
        with pytest.raises(UserError, match=line):
            scenarios.find(str(tmp_path / "x.yaml"))
    (tmp_path / "calm.yaml").write_text("weeks: 5", "utf-8")
    assert scenarios.find(str(tmp_path / "calm.yaml")).name == "calm"
    with pytest.raises(NotFound, match="no scenario"):
        scenarios.preset("calm.yaml")
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
