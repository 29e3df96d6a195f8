"""Requests made up from the description, by schemathesis: nothing fails, every answer is as described."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from httpx import Client

from mine2magnet.library.library import Library

# Whether a query is well formed, a name in the thesaurus or a cursor one of ours, no schema can tell.
BEYOND_SCHEMAS = "positive_data_acceptance"


@pytest.mark.parametrize(
    "which",
    [
        # Solving a plant takes seconds, and a stress test a second: plants are tested by hand alone.
        (
            "--exclude-operation-id=separation",
            "--exclude-operation-id=stress",
            "--phases=examples,coverage,fuzzing",
        ),
        ("--include-operation-id=stress", "--phases=examples,fuzzing"),
    ],
    ids=["all but models", "stress"],
)
def test_made_up_requests_find_no_fault(
    client: Client, filled: Library, tmp_path: Path, which: tuple[str, ...]
) -> None:
    while filled.claim(100):
        pass
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"),
            "run",
            f"{client.base_url}/api/openapi.json".replace("//api", "/api"),
            *which,
            "--workers=4",  # most of the time goes into waiting
            "--request-timeout=60",  # s, on a busy machine
            "--max-examples=5",
            "--seed=1",
            "--checks=all",
            f"--exclude-checks={BEYOND_SCHEMAS}",
            "--continue-on-failure",
            "--generation-database=none",
            "--no-color",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
