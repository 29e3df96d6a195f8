"""Stage profiles as tables."""

from pathlib import Path

import polars
import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.separation.report import profiles
from mine2magnet.separation.study import study


def test_where_impurities_gather(small: study.Study) -> None:
    (held,) = profiles.fullest(small)
    (design,) = small.designs
    assert held["Dy"][:2] == (design.stages, "organic")  # the extract leaves there
    assert held["Pr"][:2] == (1, "aqueous")
    assert held["Pr"][2] < held["Nd"][2] <= 1


def test_profiles_are_whole_and_balance(small: study.Study, tmp_path: Path) -> None:
    profiles.write(small, tmp_path / "stages.csv")
    profiles.write(small, tmp_path / "stages.parquet")
    frame = polars.read_parquet(tmp_path / "stages.parquet")
    assert frame.equals(polars.read_csv(tmp_path / "stages.csv"))
    (design,) = small.designs
    assert len(frame) == design.stages * 3
    assert (frame["section"] == "extraction").sum() == design.n_extraction * 3
    ends = frame.filter(polars.col("stage") == 1), frame.filter(polars.col("stage") == design.stages)
    left = ends[0]["aqueous"].to_numpy() + ends[1]["organic"].to_numpy()
    assert left == pytest.approx(small.basis.feed, abs=1e-10)
    with pytest.raises(UserError, match="no table of kind"):
        profiles.write(small, tmp_path / "stages.docx")
