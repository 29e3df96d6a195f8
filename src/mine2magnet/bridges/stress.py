"""A stress test as it is asked for: requests, forms, flags and clients are decoded to the same type."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from mine2magnet.bridges import plant_to_network
from mine2magnet.chain import Network, Scenario
from mine2magnet.chain.io import scenarios
from mine2magnet.core.errors import UserError
from mine2magnet.core.schema import Input, Names
from mine2magnet.model.draws import DRAWS, DrawCount
from mine2magnet.separation.report.schema import NewCapacity

SERVICE_WORK = 130_000  # draws × weeks that a service computes for one request: some four seconds


class AddedPlant(Input, frozen=True, kw_only=True):
    """A separation plant that steps in when others fail; it brings its own feed."""

    capacity: Annotated[
        tuple[NewCapacity, ...],
        Meta(min_length=1, max_length=100, description="`new_capacity` of a design, all of it or a part."),
    ]
    site: Annotated[str, Meta(max_length=80, description="Which site, if it lists several.")] = ""
    decided: Annotated[
        float,
        Meta(
            ge=-1000,
            le=5200,
            description="Week of the decision; negative: before the scenario.",
            extra={"unit": "week"},
        ),
    ] = 0.0


class StressTest(Input, frozen=True, kw_only=True):
    """A stress test of the chain."""

    scenario: Annotated[
        Annotated[str, Meta(max_length=80)] | Scenario,
        Meta(description="The name of a scenario that comes with the program, or one of your own."),
    ]
    mitigations: Annotated[Names, Meta(description="Sets of mitigations to add, by name.")] = ()
    plant: Annotated[AddedPlant | None, Meta(description="A new separation plant to add.")] = None
    draws: DrawCount = DRAWS

    def mitigated(self) -> Scenario:
        """Return the scenario with the sets of mitigations that are asked for.

        Only presets go by name: whoever reaches a service must not read this machine's files.

        Raises
        ------
        NotFound
            If no scenario is called so.
        UserError
            If no set of mitigations is called so.
        """
        given = self.scenario
        held = given if isinstance(given, Scenario) else scenarios.preset(given)
        known = scenarios.mitigation_sets()
        if unknown := next((name for name in self.mitigations if name not in known), None):
            raise UserError(
                f"no set of mitigations {unknown!r:.80}",
                where="mitigations",
                hint="one of " + ", ".join(known),
            )
        return held.with_(*(m for name in dict.fromkeys(self.mitigations) for m in known[name]))

    def within_service(self) -> StressTest:
        """Return the test itself.

        Raises
        ------
        UserError
            If it is more work than a service takes on for one request.
        """
        weeks = self.mitigated().weeks
        if weeks * max(self.draws, 1) > SERVICE_WORK:
            raise UserError(
                f"{self.draws:,} draws of {weeks:,} weeks are more than is computed here",
                where="draws",
                hint=f"at most {SERVICE_WORK // weeks:,} of so many weeks; the command line takes more",
            )
        return self

    def posed(self, network: Network) -> tuple[Network, Scenario]:
        """Return the network with the plant that is asked for, if any, and the scenario with what is done.

        Parameters
        ----------
        network : Network
            As it stands without the plant.
        """
        scenario = self.mitigated()
        if self.plant is None:
            return network, scenario
        plant = plant_to_network.at(self.plant.capacity, self.plant.site, "plant")
        return plant_to_network.posed(network, scenario, plant, self.plant.decided)


class StressComparison(Input, frozen=True, kw_only=True):
    """Stress tests side by side on the same draws; differences are against the first."""

    tests: Annotated[
        tuple[StressTest, ...],
        Meta(min_length=2, max_length=3, description="All of as many draws; at most one plant among them."),
    ]

    def within_service(self) -> StressComparison:
        """Return the comparison itself.

        Raises
        ------
        UserError
            If they cannot be compared, or are more work than a service takes on.
        """
        first = self.tests[0]
        for number, test in enumerate(self.tests, 1):
            if test.draws != first.draws:
                raise UserError(
                    f"{test.draws:,} draws cannot be compared with {first.draws:,} one by one",
                    where=f"tests[{number}].draws",
                    hint="ask for as many of all",
                )
            test.within_service()
        if len({msgspec.json.encode(test.plant) for test in self.tests if test.plant}) > 1:
            raise UserError("two plants stand in one network", where="tests", hint="compare with none")
        return self

    def posed(self, network: Network) -> tuple[Network, tuple[Scenario, ...]]:
        """Return the network with the plant, if any has one, and each scenario with what is done.

        Parameters
        ----------
        network : Network
            As it stands without the plant.
        """
        grown = next((test.posed(network)[0] for test in self.tests if test.plant), network)
        return grown, tuple(test.posed(network)[1] for test in self.tests)

    def names(self) -> tuple[str, ...]:
        """Return what is done in each, in a phrase."""
        return tuple(
            ", ".join((*dict.fromkeys(test.mitigations), *(["a new separation plant"] if test.plant else [])))
            or "nothing done"
            for test in self.tests
        )
