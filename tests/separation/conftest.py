"""The small case, worked out."""

import pytest

from mine2magnet.separation.study import study
from tests.small_case import basis


@pytest.fixture(scope="session")
def small() -> study.Study:
    """Not to be changed by a test."""
    return study.solve(basis())
