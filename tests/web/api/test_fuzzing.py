"""Requests made up from the description, by schemathesis: nothing fails, every answer is as described."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Client

from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from tests import newsroom
from tests.conftest import empty

COMPILED_IN = 600  # s, on a busy machine
HYPOTHESIS = Path(__file__).parents[3] / ".hypothesis"  # keeps its tables of characters, made in seconds

# `schemathesis.toml`. No operation is left out but one, and no check but one.
CONFIG = """
workers = 1  # several in one Python take turns, and twice the processor's time
seed = 1
request-timeout = 60  # s, on a busy machine
continue-on-failure = true
color = false

[generation]
max-examples = 3
database = "none"

[checks]  # no schema tells whether a query is well formed, a name in the thesaurus or a cursor one of ours
positive_data_acceptance.enabled = false

[phases]
stateful.enabled = true
stateful.generation.max-examples = 8
stateful.max-steps = 5
coverage.unexpected-methods = ["PATCH", "TRACE"]  # refused as all others are

[[operations]]  # solving a plant and fitting one take seconds: tested by hand alone
include-operation-id = ["separation", "calibration", "company", "comparison"]
enabled = false

[[operations]]  # each a second
include-operation-id = "stress"
phases.coverage.enabled = false

[[operations]]  # `search`, `claims` and `new_topic` share what these are asked, and show how it is refused
include-operation-id = ["documents", "topic_documents", "document_claims", "topic_figures", "put_topic"]
phases.coverage.generation.mode = "positive"
"""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """One whose news searches are on this machine: the public ones are not to be reached by tests."""
    with newsroom.serving() as search:
        search.says("/google", newsroom.google(), newsroom.RSS)
        google = f"{search.url}/google"
        yield Library.open(Settings(folder=empty(tmp_path), news_gdelt="", news_bing="", news_google=google))


def test_made_up_requests_find_no_fault(client: Client, filled: Library, tmp_path: Path) -> None:
    while filled.claim(100):
        pass
    asked = client.post("/api/stress", json={"scenario": "licence-delay", "draws": 1}, timeout=COMPILED_IN)
    assert asked.status_code == 200, asked.text  # from here on the chain's solver is compiled
    (tmp_path / "schemathesis.toml").write_text(CONFIG, "utf-8")
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"),
            "run",
            f"{client.base_url}/api/openapi.json".replace("//api", "/api"),
        ],
        cwd=tmp_path,
        env=os.environ | {"HYPOTHESIS_STORAGE_DIRECTORY": str(HYPOTHESIS)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    assert "Operations:       43 selected / 47 total" in done.stdout
