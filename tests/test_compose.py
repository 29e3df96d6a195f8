"""The files for containers and the pages about them: whatever they name is there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import click
import pytest
import yaml

from mine2magnet.cli.main import main
from mine2magnet.core.settings import DEFAULTS, PREFIX
from mine2magnet.web.middleware.authentication import HEALTH


class Answers(BaseHTTPRequestHandler):
    """A server that is well or not, and notes what it is asked."""

    status = 200
    asked: ClassVar[set[str]] = set()

    def do_GET(self) -> None:
        self.asked.add(self.path)
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OWN = {name: service for name, service in SERVICES.items() if service["image"] == "mine2magnet"}
CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
PAGE = (ROOT / "docs" / "growing.md").read_text("utf-8")


def parses(program: click.Command, words: list[str]) -> None:
    """Whether the commands and options are there; nothing is run."""
    while isinstance(program, click.Group):
        context = program.make_context(program.name, list(words))
        left = context._protected_args + context.args
        if not left and program.invoke_without_command:
            return
        _, found, words = program.resolve_command(context, left)
        assert found is not None
        program = found
    program.make_context(program.name, list(words))


def commands() -> Iterator[tuple[str, list[str]]]:
    """(program, words) of whatever is run in containers or told on the page."""
    for service in OWN.values():
        yield service.get("entrypoint", "mine2magnet"), service["command"]
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE):
        for line in block.splitlines() if not language else ():
            words = [word for word in shlex.split(line) if not word.startswith("PGPASSWORD=")]
            if words[0] in ("mine2magnet", "ray"):
                yield words[0], words[1:]
            elif words[:4] == ["docker", "compose", "run", "--rm"]:
                yield "mine2magnet", words[5:] or OWN[words[4]]["command"]


@pytest.mark.parametrize("words", [words for program, words in commands() if program == "mine2magnet"])
def test_every_command_and_option_is_there(words: list[str]) -> None:
    parses(main, words)


def test_ray_has_the_options_that_it_is_given() -> None:
    ray = Path(sys.executable).with_name("ray")
    told = subprocess.run([ray, "start", "--help"], check=True, capture_output=True, text=True).stdout
    started = [words for program, words in commands() if program == "ray"]
    assert {words[0] for words in started} == {"start"}
    options = {word.split("=")[0] for words in started for word in words[1:]}
    assert options <= set(re.findall(r"--[\w-]+", told))


def test_a_command_that_is_not_there_would_be_found() -> None:
    for words in (["nothing"], ["serve", "--nothing"], ["index", "--ray"]):
        with pytest.raises(click.UsageError):
            parses(main, words)


def test_every_setting_is_there() -> None:
    named = re.findall(PREFIX + r"(\w+)", str(COMPOSE) + CONTAINERFILE)
    stated = re.findall(r'^(\w+) = "', PAGE, re.MULTILINE)
    assert {"store", "folder"} <= {name.lower() for name in named} | set(stated) <= set(DEFAULTS)


def test_services_use_what_there_is() -> None:
    for service in SERVICES.values():
        assert set(service.get("depends_on", ())) <= set(SERVICES)
        assert {mounted.split(":")[0] for mounted in service.get("volumes", ())} <= set(COMPOSE["volumes"])
        assert {config["source"] for config in service.get("configs", ())} <= set(COMPOSE["configs"])
    asked = [str(service.get("environment")) + str(service["command"]) for service in OWN.values()]
    hosts = re.findall(r"(?:mine2magnet@|ray://|address=)(\w+)", str(asked))
    assert {"postgres", "ray"} <= set(hosts) <= set(SERVICES)


def test_every_service_has_a_bound_of_memory_and_says_whether_it_is_well() -> None:
    for name, service in SERVICES.items():
        assert re.fullmatch(r"[1-9]\d*g", service["mem_limit"]), name
        check = service["healthcheck"]
        assert check.get("disable") == (name == "index") or check["test"][0] == "CMD", name
        for other, wanted in service.get("depends_on", {}).items():
            assert wanted == {"condition": "service_healthy"}, (name, other)


def test_every_service_of_ours_has_a_process_1_that_hands_signals_on() -> None:
    assert all(service["init"] is True for service in OWN.values())
    # and enough time: Docker's ten seconds, of which `serve` and Ray need less
    assert not any("stop_grace_period" in service for service in SERVICES.values())


def test_the_health_check_of_serve_asks_it() -> None:
    _, program, flag, asks = SERVICES["serve"]["healthcheck"]["test"]
    assert (program, flag) == ("python", "-c")
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        asks = asks.replace("8000", str(server.server_port))
        for status, code in ((200, 0), (503, 1)):
            Answers.status = status
            done = subprocess.run([sys.executable, flag, asks], check=False, capture_output=True)
            assert done.returncode == code
        server.shutdown()
    assert Answers.asked == {HEALTH}


def test_ray_has_the_health_check_that_it_is_given() -> None:
    from ray.scripts.scripts import healthcheck

    _, program, command, *options = SERVICES["ray"]["healthcheck"]["test"]
    assert (program, command) == ("ray", healthcheck.name)
    healthcheck.make_context(command, options)


def test_nothing_is_open_to_other_machines() -> None:
    for service in SERVICES.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_the_image_has_the_extras_and_files_that_there_are() -> None:
    (extras,) = re.findall(r'"\.\[([\w,]+)\]"', CONTAINERFILE)
    assert set(extras.split(",")) <= set(EXTRAS)
    copied = {
        name for line in re.findall("^COPY (.*) ", CONTAINERFILE, re.MULTILINE) for name in line.split()
    }
    for ignore in (".containerignore", ".dockerignore"):  # Podman's and Docker's
        kept = [line.removeprefix("!") for line in (ROOT / ignore).read_text().splitlines()]
        assert set(kept) == copied | {"*"}
    assert all((ROOT / name).exists() for name in copied)


def test_the_containerfile_is_as_its_linter_wants_it() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, ROOT / "Containerfile"], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
