"""What is said in tables and words."""

import pytest

from mine2magnet.bridges import plant_to_network
from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import phrases
from mine2magnet.separation.report import tables
from mine2magnet.separation.study import study
from tests.small_case import basis


def test_every_word_of_the_money_tables_is_known_to_other_languages(small: study.Study) -> None:
    for language in ("zh", "ja"):
        known = {en for en, said in phrases().items() if said[language]}
        words = set(tables.PLANT_ROWS)
        for site in small.sites:
            words |= {*site.costs.areas, *site.costs.per_t, *site.costs.phases}
            inputs = {swing.name.replace("_", " ") for swing in site.tornado}
            words |= {name for name in inputs if "β" not in name and name not in ("HCl", "NaOH")}
        assert words <= set(known)


def test_start_up_that_takes_longer_than_followed_is_said() -> None:
    made = study.solve(basis(startup_days=0.02, draws=0, sites=["china"]))
    said = tables.remarks(made)
    late = [line for line in said if "does not come on specification within 0.02 days" in line]
    assert late
    assert "Pr+Nd | Dy" in late[0]
    assert "leave start-up out" in said[-1]
    with pytest.raises(UserError, match="do not come on specification"):
        plant_to_network.of(made)
