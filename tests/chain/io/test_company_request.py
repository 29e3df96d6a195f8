"""A company as it is asked for: its tables as texts, placed or with all that is wrong, within limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from mine2magnet.chain.io import company_tables, tables
from mine2magnet.chain.io.company_request import CompanyRequest
from mine2magnet.core.decode import decode
from mine2magnet.core.errors import NotFound, UserError

NETWORK = tables.load()


@pytest.fixture
def sent(tmp_path: Path) -> dict[company_tables.TableName, str]:
    company_tables.template(tmp_path)
    return company_tables.texts(tmp_path)


def test_tables_of_a_folder_are_placed_as_the_command_line_places_them(
    sent: dict[company_tables.TableName, str], tmp_path: Path
) -> None:
    asked = decode(CompanyRequest, {"tables": sent})
    assert asked.placed(NETWORK).company == company_tables.load(tmp_path, NETWORK).company
    assert asked.posed().name
    asked.within_service(NETWORK)


def test_all_that_is_wrong_is_one_line_without_a_path_of_the_server(
    sent: dict[company_tables.TableName, str],
) -> None:
    sent["parts"] = sent["parts"].replace("Czechia", "Nowhere").replace("150000", "-1")
    del sent["bill"]
    asked = decode(CompanyRequest, {"tables": sent})
    with pytest.raises(UserError) as told:
        asked.placed(NETWORK)
    assert "parts.csv row 3 pieces: -1 is out of range" in str(told.value)
    assert "unknown country 'Nowhere'" in str(told.value)
    assert "tables: no table bill" in str(told.value)
    assert str(told.value).count("\n") == 0


def test_too_much_and_unknown_names_are_refused_before(sent: dict[company_tables.TableName, str]) -> None:
    with pytest.raises(UserError, match="1,000 draws of 6 parts are more than is computed here"):
        decode(CompanyRequest, {"tables": sent, "draws": 1000}).within_service(NETWORK)
    with pytest.raises(NotFound):
        decode(CompanyRequest, {"tables": sent, "scenario": "../embargo"}).within_service(NETWORK)
    with pytest.raises(UserError, match="secrets"):
        decode(CompanyRequest, {"tables": {"../secrets": "x"}})
    with pytest.raises(UserError, match="draws"):
        decode(CompanyRequest, {"tables": sent, "draws": 9})


def test_a_workbook_gives_the_same_tables(sent: dict[company_tables.TableName, str], tmp_path: Path) -> None:
    book = tmp_path / "book"
    company_tables.template(book, excel=True)
    asked = decode(CompanyRequest, {"tables": company_tables.texts(book)})
    plain = decode(CompanyRequest, {"tables": sent})
    assert asked.placed(NETWORK).company == plain.placed(NETWORK).company
