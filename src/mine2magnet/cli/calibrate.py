"""`mine2magnet calibrate`: from assays of a running cut to separation factors that a case can use."""

from __future__ import annotations

from pathlib import Path

import click

from mine2magnet.cli.options import language_option
from mine2magnet.cli.separate import case_of, save, show, text_of
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import as_json
from mine2magnet.core.settings import Settings, load


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("assays", type=click.Path(path_type=Path))
@click.option("--cut", help="The pair that the assayed cut parts, if several stand: Nd/Pr.")
@click.option(
    "--flow-error", type=float, default=2.0, help="Standard error of the cut's flows, %; by default 2."
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write the calibrated set: a .yaml that a case names."
)
@click.option("--json", "json_", is_flag=True, help="Print JSON, all residuals included.")
@language_option
@click.pass_obj
def calibrate(
    settings: Settings | None,
    case: Path,
    assays: Path,
    cut: str | None,
    flow_error: float,
    out: Path | None,
    json_: bool,
) -> None:
    """Fit separation factors, stage efficiency and entrainment to assays of a cut that runs.

    CASE states in `cuts` the stages and flows of the cut. ASSAYS is a CSV with the columns place (a stage,
    or feed, raffinate, extract), phase, element, value (% of REO by weight, <0.01 for not found) and error
    (%). The set that --out writes is used by a case that says `calibrated: FILE`.
    """
    from mine2magnet.cli.terminal import solving
    from mine2magnet.core.decode import decode
    from mine2magnet.core.messages import Translator
    from mine2magnet.separation.report import calibration_tables
    from mine2magnet.separation.study import calibrate as calibration
    from mine2magnet.separation.study.schema import CalibrationRequest

    if out is not None and out.suffix.lower() not in (".yaml", ".yml"):
        raise UserError(f"no set of kind {out.suffix!r}", where="--out", hint="end it in .yaml")
    rows = calibration.read(text_of(assays, "CSV"), assays.name)
    given = {"case": case_of(case), "assays": rows, "cut": cut, "flow_error": flow_error}
    with solving("fitting the assays"):
        found = calibration.requested(decode(CalibrationRequest, given))
    if out is not None:
        save(out, lambda file: file.write_text(calibration.written(found.set), "utf-8"))
    if json_:
        click.echo(as_json(calibration_tables.report(found)))
        return
    say = Translator((settings or load()).language).say
    show(calibration_tables.remarks(found, say), calibration_tables.tables(found, say))
