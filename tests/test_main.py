import subprocess
import sys

from mine2magnet import __version__


def test_the_package_runs_as_a_module() -> None:
    run = [sys.executable, "-m", "mine2magnet", "--version"]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert done.stdout.endswith(f"version {__version__}\n")
