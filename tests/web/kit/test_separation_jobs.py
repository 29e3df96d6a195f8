"""Cases of the service: those that are too much work are refused before they wait."""

import pytest

from mine2magnet.core.errors import UserError
from mine2magnet.web.kit import separation_jobs
from tests.small_case import case


def test_too_much_work_is_refused_in_a_line() -> None:
    with pytest.raises(UserError) as caught:
        separation_jobs.job(case(draws=20_000, sites=["china", "europe", "usa"], products=SINGLE))
    assert str(caught.value).startswith(
        "draws: 2 cuts and 20,000 draws at 3 sites are some 86 s of computing, more than the 60 that"
    )


SINGLE = [{"elements": e} for e in ("Pr", "Nd", "Dy")]
