"""Boxes in layers."""

from __future__ import annotations

from itertools import pairwise

from mine2magnet.charts.layered import Arrow, Box, LayeredChart
from tests.charts.test_xy import SVG, checked

CHART = LayeredChart(
    title="plant",
    boxes=(
        Box("ore", "feed"),
        Box("light", "train", ("P507 <Sm/Nd>",)),
        Box("heavy", "train"),
        Box("dy", "product"),
    ),
    arrows=(
        Arrow("ore", "light", "3,000"),
        Arrow("light", "heavy", "liquor"),
        Arrow("heavy", "dy", "liquor"),
        Arrow("light", "dy", "organic", organic=True),
        Arrow("dy", "light", "mother"),
        Arrow("heavy", "heavy", "reflux"),
    ),
)  # fmt: skip


def test_what_flows_on_goes_to_the_right_and_what_goes_back_runs_below() -> None:
    root = checked(CHART.as_svg())
    at = {t.text: (float(t.attrib["x"]), float(t.attrib["y"])) for t in root.iter(SVG + "text")}
    assert at["ore"][0] < at["light"][0] < at["heavy"][0] < at["dy"][0]
    lowest = max(at[name][1] for name in ("ore", "light", "heavy", "dy"))
    assert at["mother"][1] > lowest
    assert at["reflux"][1] > lowest
    assert at["liquor"][1] < lowest + 20
    dashed = [path for path in root.iter(SVG + "path") if path.get("stroke-dasharray")]
    assert len(dashed) == 1


def test_boxes_of_a_layer_do_not_overlap() -> None:
    many = tuple(Box(f"p{k}", "product", ("a", "b")) for k in range(5))
    chart = LayeredChart(
        title="", boxes=(Box("ore", "feed"), *many), arrows=tuple(Arrow("ore", one.name, "") for one in many)
    )
    rects = [one.attrib for one in checked(chart.as_svg()).iter(SVG + "rect")]
    spans = sorted((float(r["y"]), float(r["y"]) + float(r["height"])) for r in rects if float(r["x"]) > 100)
    assert all(above[1] < below[0] for above, below in pairwise(spans))


def test_rows_tell_every_stream() -> None:
    assert CHART.rows()[4] == {"from": "dy", "to": "light", "stream": "mother"}
    assert LayeredChart(title="none", boxes=(), arrows=()).as_svg().startswith("<svg")
