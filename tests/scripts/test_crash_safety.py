"""A few kills of what is quickly begun; `benchmarks/crash_safety.py` does more of each kind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
TRIED = """
import json, sys
from dataclasses import asdict
from crash_safety import tried
asked = dict(zip(sys.argv[1::2], map(int, sys.argv[2::2])))
print(json.dumps({work: asdict(tried(work, kills, 2)) for work, kills in asked.items()}))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are copied")
def test_what_is_killed_loses_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRIED, "migration", "3", "restore", "1", "read", "1"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(FOLDER), *filter(None, sys.path)])},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for work, tally in json.loads(done.stdout).items():
        assert tally["kills"] >= 1, work
        assert tally["acknowledged"] > 0, work
        assert (tally["lost"], tally["twice"], tally["damaged"]) == (0, 0, 0), work
