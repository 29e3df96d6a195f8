from __future__ import annotations

import pytest

from mine2magnet.claims import quantities, times
from mine2magnet.core import thesaurus
from mine2magnet.digests.cues import denials
from mine2magnet.translate.gloss import Readers


@pytest.fixture(scope="session")
def readers() -> Readers:
    return Readers(thesaurus.load(), quantities, times.find, denials)
