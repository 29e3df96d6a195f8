"""Help loads little: told by the packages loaded, since seconds differ from machine to machine."""

from __future__ import annotations

import json
import subprocess
import sys

from mine2magnet.cli.main import VERBS

LIGHT = {"click", "mine2magnet", "msgspec", "platformdirs", "typing_extensions"}  # the last by msgspec

WALK = """
import json, sys

before = set(sys.modules)

import click
from click.testing import CliRunner
from mine2magnet.cli.main import main

def paths(command, *path):
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from paths(command.get_command(context, name), *path, name)

shown = ["--version", *(" ".join([*path, "--help"]) for path in paths(main))]
for line in shown:
    result = CliRunner().invoke(main, line.split())
    assert result.exit_code == 0, (line, result.output)
print(json.dumps([shown, sorted(set(sys.modules) - before)]))
"""


def test_no_help_loads_a_heavy_package() -> None:
    done = subprocess.run([sys.executable, "-c", WALK], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    shown, modules = json.loads(done.stdout)
    assert {*(f"{verb} --help" for verb in VERBS), "--help", "key revoke --help"} <= set(shown)
    assert {name.partition(".")[0] for name in modules} - sys.stdlib_module_names <= LIGHT
