"""The services of `compose.yaml` in namespaces, where no container engine runs: begun, killed, ended.

    python benchmarks/compose_run.py [--only postgres,serve] [--keep-logs FOLDER]

`compose.yaml` and the Containerfile are read, and each service is begun as they say: command and entry point,
user, working folder, environment, volumes, shared memory, health check, order, restart, each alone in its
process, user, mount and IPC namespaces (bubblewrap), as process 1. Of the system it sees /usr, the Python
that runs this and this tree, all read-only; it writes to its volumes, which are folders of a temporary one,
and to memory. All share one network namespace with nothing but a loopback, where each service's name is its
address.

What the images hold is not there: for PostgreSQL's the one that is installed is begun as its entry point
does it, for Milvus's milvus-lite, by a command and a health check of its own. Limits of memory are not set.

A key is made and a text read by `serve` as `docker compose run` would; every service must come to be healthy,
be so again after kill -9 (the key and the text are there still), and end when it is asked to. It needs
Debian's packages bubblewrap and iproute2, and PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
SYSTEM = tuple(dict.fromkeys(("/usr", sys.prefix, sys.base_prefix, str(ROOT / "src"))))
LINKS = {"lib": "usr/lib", "lib64": "usr/lib64", "bin": "usr/bin", "sbin": "usr/sbin", "var/run": "/run"}
PASSWORD = "only-here"
PATIENCE = 300.0  # s for a service to be healthy, on a busy machine
GRACE = 10.0  # s to end, as many as Docker gives
TEXT = "# Terbium note\n\nThe plant near Narva held 412 tonnes of terbium oxide in March 2026.\n"
POSTGRES = r"""set -e
data=/var/lib/postgresql/data
if [ ! -s $data/PG_VERSION ]; then
  printf %s "$POSTGRES_PASSWORD" > /tmp/password
  initdb -D $data -U "$POSTGRES_USER" --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256
  echo "host all all all scram-sha-256" >> $data/pg_hba.conf
  echo "CREATE DATABASE \"$POSTGRES_DB\"" | postgres --single -D $data postgres
fi
exec postgres -D $data -c listen_addresses='*'
"""
PROBE = "import socket; socket.create_connection(('127.0.0.1', 19530), 5)"

out, err = Console(), Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Image:
    """What an image says of how it is run."""

    entry: tuple[str, ...]
    command: tuple[str, ...] = ()
    user: int = 1000
    folder: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict)
    volumes: tuple[str, ...] = ()
    ends: signal.Signals = signal.SIGTERM
    init: bool = False  # its entry point is a process 1 that hands signals on, as `init: true` has one put in
    stands_in: bool = False  # for one whose command and health check are others
    health: tuple[str, ...] = ()


def containerfile(path: Path) -> Image:
    """Read how a Containerfile's image is run."""
    lines = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", path.read_text("utf-8"))).splitlines()
    said = [line.split(None, 1) for line in lines if line.strip()]
    last = dict(said)
    pairs = (shlex.split(rest) for word, rest in said if word == "ENV")
    return Image(
        entry=tuple(json.loads(last["ENTRYPOINT"])),
        command=tuple(json.loads(last["CMD"])),
        user=int(last["USER"]),
        folder=last["WORKDIR"],
        environment=dict(pair.split("=", 1) for some in pairs for pair in some),
        volumes=(last["VOLUME"],),
    )


IMAGES = {
    "postgres": Image(("sh", "-c", POSTGRES), user=999, ends=signal.SIGINT),  # as the image's STOPSIGNAL
    "milvus": Image(
        ("python", "-m", "milvus_lite", "server", "--host", "0.0.0.0", "--port", "19530"),
        ("--data-dir", "/var/lib/milvus"),
        user=0,
        init=True,
        stands_in=True,
        health=("python", "-c", PROBE),
    ),
}


@dataclass(slots=True)
class Service:
    """A service, and its process while it runs."""

    name: str
    image: Image
    said: Mapping[str, Any]
    place: Path
    process: subprocess.Popen[bytes] | None = None
    inside: int = 0  # its process 1, as it is numbered here

    def sandbox(self, *options: str) -> list[str]:
        """The command that begins a program where the service runs."""
        user = str(self.image.user)
        made = ["bwrap", "--unshare-user", "--uid", user, "--gid", user, "--unshare-pid", "--unshare-ipc"]
        if not self.init:  # else bubblewrap's own is process 1
            made.append("--as-pid-1")
        made += ["--die-with-parent", "--new-session", "--clearenv", *options]
        for path in SYSTEM:
            made += ["--ro-bind", path, path]
        made += ["--ro-bind", str(self.place / "etc"), "/etc", "--proc", "/proc", "--dev", "/dev"]
        made += ["--tmpfs", "/tmp", "--size", str(_bytes(self.said.get("shm_size", "64mb")))]
        made += ["--tmpfs", "/dev/shm"]
        for target, folder in self.volumes().items():
            made += ["--bind", str(folder), target]
        for link, to in LINKS.items():
            made += ["--symlink", to, f"/{link}"]
        for name, value in self.environment().items():
            made += ["--setenv", name, value]
        return [*made, "--chdir", self.image.folder]

    @property
    def init(self) -> bool:
        """Whether the service's program is a child of process 1."""
        return bool(self.said.get("init", self.image.init))

    def volumes(self) -> dict[str, Path]:
        """Where it writes: folders by their places in it."""
        own = self.place / "own" / self.name
        found = {"/run": own / "run", **{at: own / at.strip("/") for at in self.image.volumes}}
        for volume in self.said.get("volumes", ()):
            name, at = volume.split(":")
            found[at] = self.place / "volumes" / name
        for folder in found.values():
            folder.mkdir(parents=True, exist_ok=True)
        (found["/run"] / "postgresql").mkdir(exist_ok=True)
        return found

    def environment(self) -> dict[str, str]:
        programs = [f"{sys.prefix}/bin", *map(str, Path("/usr/lib/postgresql").glob("*/bin")), "/usr/bin"]
        own = {"PATH": ":".join(programs), "LANG": "C.UTF-8", "HOME": self.image.folder}
        own |= {"PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
        return own | dict(self.image.environment) | substituted(self.said.get("environment") or {})

    def command(self) -> list[str]:
        if self.image.stands_in:
            return [*self.image.entry, *self.image.command]
        entry = self.said.get("entrypoint", self.image.entry)
        entry = [entry] if isinstance(entry, str) else list(entry)
        return [*entry, *map(str, self.said.get("command", self.image.command))]

    def begin(self) -> None:
        read, write = os.pipe()
        log = (self.place / "logs" / self.name).open("ab")
        with log, os.fdopen(read) as told:
            command = [*self.sandbox("--info-fd", str(write)), *self.command()]
            self.process = subprocess.Popen(command, pass_fds=[write], stdout=log, stderr=log)
            os.close(write)
            self.inside = json.load(told)["child-pid"]

    def once(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the image beside it, as `docker compose run --rm` does."""
        command = [*self.sandbox(), *self.image.entry, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)

    def healthy(self) -> bool:
        """Ask it once, as its health check does."""
        said = self.said["healthcheck"]
        test = self.image.health or said["test"][1:]
        try:
            asked = subprocess.run(
                [*self.sandbox(), *test], capture_output=True, timeout=_seconds(said.get("timeout", "30s"))
            )
        except subprocess.TimeoutExpired:
            return False
        return asked.returncode == 0

    def restart(self) -> None:
        """Begin it again if it has ended, as `unless-stopped` does."""
        if self.process and self.process.poll() is not None:
            self.begin()

    def wait(self, others: Iterable[Service]) -> float:
        """Wait until it is healthy, with it and others begun again; return the seconds that it took."""
        began = time.monotonic()
        while not self.healthy():
            if time.monotonic() - began > PATIENCE:
                raise SystemExit(f"{self.name} is not healthy: see its log")
            for one in others:
                one.restart()
            time.sleep(min(_seconds(self.said["healthcheck"].get("interval", "30s")), 1.0))
        return time.monotonic() - began

    def told(self, sign: signal.Signals) -> int:
        """Return the process that a signal goes to: process 1, or the child that it would hand it on to."""
        if not self.init or sign == signal.SIGKILL:
            return self.inside
        children = Path(f"/proc/{self.inside}/task/{self.inside}/children").read_text().split()
        return int(children[0])

    def kill(self, sign: signal.Signals = signal.SIGKILL) -> int:
        """Send it a signal and wait for its end; return its status. After GRACE it is killed."""
        assert self.process
        if self.process.poll() is None:  # else its number may be another's
            os.kill(self.told(sign), sign)
        try:
            return self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            return self.kill()


def substituted(environment: Mapping[str, str]) -> dict[str, str]:
    """The values of an environment, with what `.env` would say put in."""
    told = {"POSTGRES_PASSWORD": PASSWORD}
    form = re.compile(r"\$\{(\w+)(?::[-?][^}]*)?\}")
    return {k: form.sub(lambda m: told.get(m[1], ""), str(v)) for k, v in environment.items()}


def services(place: Path) -> dict[str, Service]:
    """The services of `compose.yaml`, those first that others wait for."""
    said = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    images = IMAGES | {"mine2magnet": containerfile(ROOT / "Containerfile")}
    found: dict[str, Service] = {}

    def add(name: str) -> None:
        for other in said[name].get("depends_on", ()):
            add(other)
        image = re.sub(r"^.*/|:.*$", "", said[name]["image"])
        found.setdefault(name, Service(name, images[image], said[name], place))

    for name in said:
        add(name)
    etc = place / "etc"
    etc.mkdir()
    (place / "logs").mkdir()
    (etc / "hosts").write_text("".join(f"127.0.0.1 {name}\n" for name in ("localhost", *said)))
    (etc / "nsswitch.conf").write_text("hosts: files\n")
    users = {0: "root", 999: "postgres", 1000: "mine2magnet"}
    (etc / "passwd").write_text("".join(f"{name}:x:{n}:{n}::/:/bin/sh\n" for n, name in users.items()))
    (etc / "group").write_text("".join(f"{name}:x:{n}:\n" for n, name in users.items()))
    return found


def tried(place: Path, only: Sequence[str]) -> list[dict[str, Any]]:
    """Begin the services, kill each, end them; return what came of it."""
    held = {name: one for name, one in services(place).items() if not only or name in only}
    ones = [one for one in held.values() if "profiles" not in one.said]
    rows: dict[str, dict[str, Any]] = {
        one.name: {"service": one.name, "begun as": _as(one)} for one in held.values()
    }
    key = ""
    for one in ones:
        if one.name == "serve":
            key = made_key(one)
        one.begin()
        rows[one.name]["healthy after s"] = one.wait(ones)
        err.print(rows[one.name])
    for one in ones:
        one.kill()
        rows[one.name]["after kill -9, s"] = one.wait(ones)
        if key:
            rows[one.name]["text found"] = found(key)
        err.print(rows[one.name])
    for one in held.values():
        if "profiles" in one.said:
            done = one.once(*one.said["command"])
            rows[one.name]["status"] = done.returncode
            err.print(rows[one.name], done.stderr[-600:])
    for one in reversed(ones):
        rows[one.name]["status"] = one.kill(one.image.ends)
    return list(rows.values())


def made_key(serve: Service) -> str:
    """Make a key and read a text, by the commands that compose would run."""
    made = serve.once("key", "create", "me", "--scope", "write")
    (serve.volumes()["/var/lib/mine2magnet"] / "note.md").write_text(TEXT)
    read = serve.once("read", "/var/lib/mine2magnet/note.md")
    if made.returncode or read.returncode:
        raise SystemExit(f"serve cannot be run once: {made.stderr}{read.stderr}")
    return made.stdout.split()[-1]


def found(key: str) -> bool:
    """Return whether the text is found at the port of `serve`, by the key that was made."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = httpx.get(
            "http://127.0.0.1:8000/documents", timeout=60, trust_env=False,
            params={"q": "terbium Narva", "format": "json"}, headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip
        if answer.is_success:
            return bool(answer.json()["page"]["total"] == 1)
        time.sleep(1)  # what it rests on is coming back
    return False


def _as(service: Service) -> str:
    if service.image.stands_in:
        return "stand-in"
    return "as its image" if service.said["image"] != "mine2magnet" else "as in compose.yaml"


def _seconds(written: str) -> float:
    return float(written.removesuffix("s"))


def _bytes(written: str) -> int:
    number, unit = re.fullmatch(r"(\d+)([mg])b?", written).groups()  # type: ignore[union-attr]
    return int(number) * {"m": 2**20, "g": 2**30}[unit]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="names of services")
    parser.add_argument("--keep-logs", type=Path)
    parser.add_argument("--place", type=Path, help=argparse.SUPPRESS)  # to itself, in the network namespace
    options = parser.parse_args()
    if options.place is None:
        # Outside of all namespaces, and gone through when every process in them has ended: no bind is here.
        with tempfile.TemporaryDirectory(prefix="compose-") as name:
            alone = [
                "unshare",
                "--user",
                "--map-root-user",
                "--net",
                sys.executable,
                *sys.argv,
                "--place",
                name,
            ]
            status = subprocess.run(alone).returncode
            if options.keep_logs:
                shutil.copytree(Path(name, "logs"), options.keep_logs, dirs_exist_ok=True)
        raise SystemExit(status)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    rows = tried(options.place, list(filter(None, options.only.split(","))))
    table = Table(box=None)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    for column in columns:
        table.add_column(column)
    for row in rows:
        values = (row.get(column, "") for column in columns)
        table.add_row(*(f"{value:.1f}" if isinstance(value, float) else str(value) for value in values))
    out.print(table)
    if any(row.get("text found") is False for row in rows):
        raise SystemExit("the text was lost")


if __name__ == "__main__":
    main()
