"""What is said in tables and words."""

import pytest

from mine2magnet import new_plant, separation_answer, separation_data, separation_tables
from mine2magnet.errors import UserError
from tests.small_case import case


@pytest.fixture(scope="module")
def answer() -> separation_answer.Answer:
    return separation_answer.solve(case())


def test_every_word_of_the_money_tables_is_known_to_other_languages(answer: separation_answer.Answer) -> None:
    for language in ("zh", "ja"):
        known = separation_data.words(language)
        words = set(separation_tables.PLANT_ROWS)
        for site in answer.sites:
            words |= {*site.costs.areas, *site.costs.per_t, *site.costs.phases}
            inputs = {swing.name.replace("_", " ") for swing in site.tornado}
            words |= {name for name in inputs if "β" not in name and name not in ("HCl", "NaOH")}
        assert words <= set(known)


def test_start_up_that_takes_longer_than_followed_is_said() -> None:
    made = separation_answer.solve(case(startup_days=0.02, draws=0, sites=["china"]))
    said = separation_tables.remarks(made)
    assert "Pr+Nd | Dy" in said[0]
    assert "does not come on specification within 0.02 days" in said[0]
    assert "leave start-up out" in said[-1]
    with pytest.raises(UserError, match="do not come on specification"):
        new_plant.of(made)
