"""What a model comes to, for a notebook: tables as frames with units in their columns' names, and charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from mine2magnet.charts.chart import Chart, slug
from mine2magnet.core.errors import UserError

if TYPE_CHECKING:
    from polars import DataFrame


def frame(table: Sequence[Mapping[str, Any]] | Mapping[str, Any]) -> DataFrame:
    """Return a table as a frame; `to_pandas()` of it gives one of pandas.

    Parameters
    ----------
    table : sequence of mapping, or mapping
        Rows by column, or columns by name.

    Raises
    ------
    UserError
        If polars is not there.
    """
    try:
        import polars
    except ImportError as error:
        raise UserError("frames need polars", hint="pip install 'mine2magnet[tables]'") from error
    if isinstance(table, Mapping):
        return polars.DataFrame(dict(table))
    return polars.DataFrame([dict(row) for row in table], infer_schema_length=None)


class OutcomeFrames(dict[str, "DataFrame"]):
    """The tables of an outcome by name, and the charts that pages show of it by id.

    Parameters
    ----------
    tables : mapping of str to rows or columns
        By name.
    charts : iterable of Chart
        The first is the one that `plot` shows.
    """

    def __init__(
        self, tables: Mapping[str, Sequence[Mapping[str, Any]] | Mapping[str, Any]], charts: Iterable[Chart]
    ) -> None:
        super().__init__({name: frame(table) for name, table in tables.items()})
        self.charts = {chart.id or slug(chart.title): chart for chart in charts}

    def plot(self, id: str = "") -> Chart:
        """Return a chart, which shows itself in a notebook.

        Parameters
        ----------
        id : str
            One of `charts`; without it, the first.

        Raises
        ------
        UserError
            If there is no such chart.
        """
        if id and id not in self.charts:
            raise UserError(f"no chart {id!r:.80}", where="plot", hint="one of " + ", ".join(self.charts))
        return self.charts[id] if id else next(iter(self.charts.values()))

    def __missing__(self, name: str) -> DataFrame:
        raise UserError(f"no table {name!r:.80}", hint="one of " + ", ".join(self))

    def _repr_html_(self) -> str:
        """Return what there is: tables with their columns, and charts."""
        rows = "".join(
            f"<tr><td><code>{escape(name)}</code></td><td>{held.height:,} × {held.width}</td>"
            f"<td>{escape('; '.join(held.columns))}</td></tr>"
            for name, held in self.items()
        )
        shown = ", ".join(f"<code>{escape(id)}</code>" for id in self.charts)
        heads = "<thead><tr><th>table</th><th>rows × columns</th><th>columns</th></tr></thead>"
        return f"<table>{heads}<tbody>{rows}</tbody></table><p>plot(): {shown}</p>"
