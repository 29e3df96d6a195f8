"""What every stage of every cut holds: as rows for a spreadsheet, and where each element gathers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mine2magnet.core.errors import UserError
from mine2magnet.separation.stages import Array
from mine2magnet.separation.steady import Steady
from mine2magnet.separation.study.flowsheets import FlowsheetStudy
from mine2magnet.separation.study.study import Study

HEADS = ("cut", "stage", "section", "element", "aqueous", "organic", "aqueous_share", "organic_share")


def rows(answer: Study | FlowsheetStudy) -> Iterator[tuple[Any, ...]]:
    """Give a row under HEADS for each cut or train, stage and element.

    Stages count from 1, where fresh organic enters; flows are the mol that leave the stage in either phase
    per mol
    of the plant's feed, beside the element's mole fraction among rare earths.

    Parameters
    ----------
    answer : Study or FlowsheetStudy
    """
    if isinstance(answer, FlowsheetStudy):
        for k, (train, state) in enumerate(zip(answer.basis.sheet.trains, answer.state.states, strict=True)):
            assert state.steady is not None
            came = train.rare & (answer.state.inlets[k].sum(axis=0) > 0)
            held = tuple(e for e, there in zip(answer.basis.elements, came, strict=True) if there)
            yield from _stages(train.name, state.steady, train.n_extraction, held)
        return
    for number, design in enumerate(answer.designs, 1):
        assert design.sized is not None
        yield from _stages(number, design.sized.solution, design.n_extraction, answer.basis.elements)


def _stages(
    cut: int | str, s: Steady, n_extraction: int, elements: tuple[str, ...]
) -> Iterator[tuple[Any, ...]]:
    shares = share(s.aqueous), share(s.organic)
    for j in range(s.cascade.stages):
        section = "extraction" if j < n_extraction else "scrub"
        for i, element in enumerate(elements):
            values = (float(phase[j, i]) for phase in (s.aqueous, s.organic, *shares))
            yield cut, j + 1, section, element, *values


def share(flows: Array) -> Array:
    """Return mole fractions of flows.

    Parameters
    ----------
    flows : array (N, C)
    """
    return np.asarray(flows / flows.sum(axis=1, keepdims=True))


def as_csv(answer: Study | FlowsheetStudy) -> str:
    """Return the rows as CSV.

    Parameters
    ----------
    answer : Study or FlowsheetStudy
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADS)
    writer.writerows(rows(answer))
    return out.getvalue()


def write(answer: Study | FlowsheetStudy, file: Path) -> None:
    """Write the rows to a file.

    Parameters
    ----------
    answer : Study or FlowsheetStudy
    file : Path

    Raises
    ------
    UserError
        If the name ends in neither .csv nor .parquet, or polars is not there.
    """
    if file.suffix.lower() == ".csv":
        file.write_text(as_csv(answer), "utf-8")
        return
    check(file)
    import polars

    polars.DataFrame(list(rows(answer)), schema=list(HEADS), orient="row").write_parquet(file)


def check(file: Path) -> None:
    """Refuse a file's name that `write` would not take.

    Parameters
    ----------
    file : Path

    Raises
    ------
    UserError
        If the name ends in neither .csv nor .parquet, or polars is not there.
    """
    if file.suffix.lower() not in (".csv", ".parquet"):
        raise UserError(
            f"no table of kind {file.suffix!r}", where=str(file), hint="end it in .csv or .parquet"
        )
    if file.suffix.lower() == ".parquet":
        try:
            import polars  # noqa: F401
        except ImportError as error:
            hint = "pip install 'mine2magnet[tables]', or write .csv"
            raise UserError("Parquet needs polars", where=str(file), hint=hint) from error


def fullest(answer: Study) -> list[dict[str, tuple[int, str, float]]]:
    """Return where each element gathers, cut by cut.

    Parameters
    ----------
    answer : Study

    Returns
    -------
    list of mapping
        By element: stage (from 1) and phase in which its mole fraction is largest, and that.
    """
    found = []
    for design in answer.designs:
        assert design.sized is not None
        s = design.sized.solution
        held = {}
        for i, element in enumerate(answer.basis.elements):
            at = {
                name: share(flows)[:, i] for name, flows in (("aqueous", s.aqueous), ("organic", s.organic))
            }
            phase = max(at, key=lambda name: at[name].max())
            stage = int(at[phase].argmax())
            if design.cut.feed[i] > 0 and at[phase][stage] > 0:
                held[element] = stage + 1, phase, float(at[phase][stage])
        found.append(held)
    return found
