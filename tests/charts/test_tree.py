"""A tree from left to right."""

from __future__ import annotations

from mine2magnet.charts.chart import NARROW
from mine2magnet.charts.tree import INDENT, Branch, TreeChart
from tests.charts.test_xy import SVG, checked

ROOT = Branch(
    "La+Ce+Nd",
    "S ≥ 1",
    children=(
        Branch("Ce+Nd", "S ≥ 2", "4 3", (Branch("Nd"), Branch("Ce <4N>"))),
        Branch("drawn", dash="1 3"),
        Branch("La"),
    ),
)


def test_children_stand_to_the_right_and_in_order() -> None:
    root = checked(TreeChart(title="cuts", root=ROOT).as_svg())
    at = {t.text: (float(t.attrib["x"]), float(t.attrib["y"])) for t in root.iter(SVG + "text")}
    assert at["Nd"][1] < at["Ce <4N>"][1] < at["drawn"][1] < at["La"][1]
    assert at["La+Ce+Nd"][0] < at["Ce+Nd"][0] == at["La"][0] < at["Nd"][0]
    dashes = [path.get("stroke-dasharray") for path in root.iter(SVG + "path")]
    assert sorted(dashes, key=str) == ["1 3", "4 3", None, None, None]


def test_on_a_phone_children_stand_below_and_further_in() -> None:
    chart = TreeChart(title="cuts", root=ROOT).narrow()
    root = checked(chart.as_svg())
    assert float(root.attrib["width"]) == NARROW
    at = {t.text: (float(t.attrib["x"]), float(t.attrib["y"])) for t in root.iter(SVG + "text")}
    order = ["La+Ce+Nd: S ≥ 1", "Ce+Nd: S ≥ 2", "Nd", "Ce <4N>", "drawn", "La"]
    assert sorted(order, key=lambda name: at[name][1]) == order
    assert [(at[name][0] - at[order[0]][0]) / INDENT for name in order] == [0, 1, 2, 2, 1, 1]
    dashes = [path.get("stroke-dasharray") for path in root.iter(SVG + "path")]
    assert sorted(dashes, key=str) == ["1 3", "4 3", None, None, None]


def test_rows_tell_what_parts_into_what() -> None:
    rows = TreeChart(title="cuts", root=ROOT).rows()
    assert [(row["from"], row["to"]) for row in rows] == [
        ("La+Ce+Nd", "Ce+Nd"),
        ("Ce+Nd", "Nd"),
        ("Ce+Nd", "Ce <4N>"),
        ("La+Ce+Nd", "drawn"),
        ("La+Ce+Nd", "La"),
    ]


def test_a_title_that_is_wider_than_the_tree_has_room() -> None:
    title = (
        "what a fuzzy cut distributes comes out at each star, wherever that is in the sequence of all cuts"
    )
    root = checked(TreeChart(title=title, root=Branch("a", children=(Branch("b"), Branch("c")))).as_svg())
    assert float(root.attrib["width"]) > 700
