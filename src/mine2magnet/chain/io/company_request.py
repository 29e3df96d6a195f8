"""A company under a scenario as it is asked for: forms, requests, assistants and clients give this type."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from msgspec import Meta

from mine2magnet.chain import Network, Scenario
from mine2magnet.chain.company.placement import PlacedCompany
from mine2magnet.chain.io import company_tables, scenarios
from mine2magnet.core.errors import UserError
from mine2magnet.core.schema import Input
from mine2magnet.model.draws import DRAWS, FEWEST_OF_COMPANY, MOST_OF_COMPANY

SERVICE_WORK = 4000  # draws × parts that a service computes for one request: some forty seconds
TOLD = 20  # mistakes told at once, where they are one line


class CompanyRequest(Input, frozen=True, kw_only=True):
    """A company's own tables, put under a scenario."""

    tables: Annotated[
        dict[company_tables.TableName, Annotated[str, Meta(max_length=company_tables.LARGEST)]],
        Meta(
            min_length=1,
            description="By name, the text of each CSV table that `mine2magnet company init` writes.",
            examples=[{"parts": "part,country,pieces,value\nsteering motor,Germany,900000,160\n"}],
        ),
    ]
    scenario: Annotated[
        Annotated[str, Meta(max_length=80)] | Scenario,
        Meta(description="The name of a scenario that comes with the program, or one of your own."),
    ] = "licence-delay"
    budget: Annotated[
        float | None,
        Meta(
            ge=0,
            le=1e9,
            description="Millions of the company's currency to spend; by default what its table says.",
            extra={"unit": "M of the currency"},
        ),
    ] = None
    draws: Annotated[
        int, Meta(ge=FEWEST_OF_COMPANY, le=MOST_OF_COMPANY, description="Draws of the ensemble.")
    ] = DRAWS

    def posed(self) -> Scenario:
        """Return the scenario. Only presets go by name: who reaches a service must not read its files.

        Raises
        ------
        NotFound
            If none is called so.
        """
        return self.scenario if isinstance(self.scenario, Scenario) else scenarios.preset(self.scenario)

    def check(self, network: Network) -> tuple[PlacedCompany | None, list[UserError]]:
        """Place the company in a network, or say all that is wrong with its tables.

        Parameters
        ----------
        network : Network
            The public one.

        Returns
        -------
        PlacedCompany or None
            None if anything is wrong.
        list of UserError
            Each names table, row and column, and how to mend it.
        """
        with TemporaryDirectory() as name:
            folder = Path(name)
            for table, text in self.tables.items():
                (folder / f"{table}.csv").write_text(text, "utf-8", newline="")
            placed, faults = company_tables.check(folder, network)
        told = [UserError(f.what, where=f.where.replace(name, "tables"), hint=f.hint) for f in faults]
        return placed, told

    def placed(self, network: Network) -> PlacedCompany:
        """Return the network with the company in it.

        Parameters
        ----------
        network : Network
            The public one.

        Raises
        ------
        UserError
            All that is wrong with the tables, as one line.
        """
        found, faults = self.check(network)
        if found is None:
            more = f"; {len(faults) - TOLD} more" if len(faults) > TOLD else ""
            raise UserError("; ".join(map(str, faults[:TOLD])) + more, where="tables")
        return found

    def within_service(self, network: Network) -> None:
        """Refuse what is wrong, or more work than a service takes on for one request.

        Parameters
        ----------
        network : Network
            The public one.

        Raises
        ------
        UserError
            What is wrong, or too much.
        """
        self.posed()
        parts = len(self.placed(network).company.parts)
        if parts * self.draws > SERVICE_WORK:
            raise UserError(
                f"{self.draws:,} draws of {parts} parts are more than is computed here",
                where="draws",
                hint=f"at most {SERVICE_WORK // parts:,}; the command line takes more",
            )
