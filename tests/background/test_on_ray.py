"""Work on a real Ray cluster of two worker processes, against the same work done here."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner, Result

from mine2magnet.cli.main import main
from mine2magnet.core.errors import UserError
from mine2magnet.core.parallel import mapped
from mine2magnet.core.settings import Settings
from mine2magnet.digests import METHOD
from mine2magnet.library.library import Library
from mine2magnet.model import Digest, Document, Paragraph, Point, Read
from mine2magnet.search.vectors import RECORD
from mine2magnet.store import Store
from tests.conftest import until

QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # stays on loopback
    "RAY_LOG_TO_STDERR": "0",
    "EMBED_ONCE": "",  # each process makes its own vectors
}
CARS = (
    "Two carmakers in southern Germany said on Monday that their magnets would last for six weeks.",
    "Licences for dysprosium took 45 days on average in May, a trade association said.",
    "A third carmaker has moved one shift to hybrid models, which need fewer traction motors.",
)


def document(number: int) -> Document:
    language, text = (
        ("en", f"Plant {number} holds terbium for {number + 2} weeks."),
        ("zh", f"工厂{number}的镝库存可用{number + 2}周。"),
    )[number % 2]
    paragraphs = () if number % 7 == 6 else tuple(Paragraph(i, t) for i, t in enumerate((text, *CARS), 1))
    return Document(
        f"Report {number}", "Example Post", datetime(2025, 6, 2, tzinfo=UTC), language, paragraphs,
        url=f"https://example.com/{number}", published=datetime(2025, 6, 1 + number % 9, tzinfo=UTC),
    )  # fmt: skip


def fill(folder: Path, count: int = 21) -> None:
    """Documents with text, and some that are known by a published digest only."""
    library = Library.open(Settings(folder=folder, claims_threshold=0.0))
    published = Digest((Point("Terbium stocks last for five weeks.", (1,)),), (), "source", "en")
    library.keep(Read(one, None if one.paragraphs else published) for one in map(document, range(count)))
    library.store.close()


def derived(folder: Path) -> tuple[object, object, dict[int, bytes]]:
    library = Library.open(Settings(folder=folder, claims_threshold=0.0))
    ids = [change.id for change in library.store.changes(0)]
    (path,) = library.store.index_folder.glob("vectors-*.bin")
    vectors = np.fromfile(path, RECORD)
    held = {int(record["key"]): record["vector"].tobytes() for record in vectors}
    assert len(held) == len(vectors), "no passage is embedded twice"
    found = library.store.digests(ids), library.store.claims(), held
    library.store.close()
    return found


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def begun(log: Path, environment: Mapping[str, str] = QUIET) -> tuple[subprocess.Popen[bytes], str]:
    """A cluster with two cores, each with a worker process of its own, and its address."""
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("ray")), "start", "--head", "--block", "--num-cpus=2",
        f"--port={port}", "--node-ip-address=127.0.0.1", "--include-dashboard=false",
        "--object-store-memory=80000000", f"--ray-client-server-port={free_port()}",
        "--disable-usage-stats",
    ]  # fmt: skip
    with log.open("wb") as file:
        head = subprocess.Popen(command, stdout=file, stderr=file, env={**os.environ, **environment})
    until(lambda: "Ray runtime started" in log.read_text() or head.poll() is not None)
    assert head.poll() is None, log.read_text()
    return head, f"127.0.0.1:{port}"


@pytest.fixture(scope="module")
def ray(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster."""
    head, address = begun(tmp_path_factory.mktemp("ray") / "log")
    yield address
    head.terminate()
    head.wait(30)


def index(folder: Path, ray: str) -> subprocess.Popen[bytes]:
    """`mine2magnet index` as a process of its own: what joins a cluster stays in it."""
    command = [sys.executable, "-m", "mine2magnet", "--folder", str(folder), "index", "--ray", ray]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=os.environ | QUIET
    )


def test_a_cluster_makes_what_is_made_here_though_its_driver_was_killed(ray: str, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    fill(here)
    fill(there)
    assert run(here, "index").exit_code == 0
    killed = index(there, ray)
    store = Store(there)
    ids = [change.id for change in store.changes(0)]
    until(lambda: any(d.method == METHOD for held in store.digests(ids).values() for d in held))
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    store.close()
    again = index(there, ray)
    _, said = again.communicate(timeout=120)
    assert again.returncode == 0, said.decode()
    assert "21 documents" in said.decode()
    assert derived(there) == derived(here)


def test_a_folder_is_read_as_it_is_here(ray: str, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    (folder / "deep").mkdir(parents=True)
    for number in range(20):
        text = f"# Report {number}\n\nPlant {number} holds terbium for {number + 2} weeks."
        (folder / f"{number:02}.md").write_text(text, "utf-8")
    (folder / "deep" / "broken.pdf").write_bytes(b"%PDF-1.4 not really")
    line = {"title": "Kept", "text": "A line of a collection.", "source": "Example Post"}
    (folder / "all.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    command = [sys.executable, "-m", "mine2magnet", "--folder", str(tmp_path / "there"), "read", "--json"]
    env = os.environ | QUIET | {"MINE2MAGNET_RAY": ray}
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, env=env, timeout=120)
    here = run(tmp_path / "here", "read", "--json", str(folder))
    found = []
    for where, said in (("here", here.stdout), ("there", done.stdout)):
        (report,) = json.loads(said)
        store = Store(tmp_path / where)
        titles = sorted(c.document.title for c in store.changes(0) if c.document)
        store.close()
        found.append((titles, report["new"], report["failures"]))
    assert found[0] == found[1]
    titles, new, failures = found[0]
    assert new == len(titles) == 21
    assert "broken.pdf" in failures[0]["where"]


def test_what_a_worker_raises_is_raised_here(ray: str) -> None:
    program = (
        "import sys, json; from mine2magnet.core.parallel import mapped\n"
        "print(list(mapped(json.dumps, [1, 'a'], sys.argv[1])))\n"
        "try: list(mapped(json.loads, ['[1]', '{'], sys.argv[1]))\n"
        "except json.JSONDecodeError as error: print(error)\n"
    )
    command = [sys.executable, "-c", program, ray]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | QUIET)
    assert done.stdout.splitlines()[0] == str([json.dumps(1), json.dumps("a")])
    assert "Expecting property name" in done.stdout.splitlines()[1]


def test_a_cluster_ends_when_it_is_asked_to_though_it_computes(tmp_path: Path) -> None:
    services = yaml.safe_load((Path(__file__).parents[2] / "compose.yaml").read_text("utf-8"))["services"]
    assert services["worker"]["environment"] == services["ray"]["environment"]
    head, address = begun(tmp_path / "log", QUIET | services["ray"]["environment"])
    program = (
        "import sys, time; from pathlib import Path; from mine2magnet.core.parallel import mapped\n"
        "list(mapped(lambda file: (file.touch(), time.sleep(100)), [Path(sys.argv[2])], sys.argv[1]))\n"
    )
    file = tmp_path / "begun"
    command = [sys.executable, "-c", program, address, str(file)]
    driver = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ | QUIET)
    try:
        until(file.exists)
        head.terminate()
        head.wait(10)  # s, after which Docker kills it
    finally:
        head.kill()
        driver.kill()
        driver.wait()


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--folder", str(folder), *arguments])


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "no address"])
def test_a_cluster_that_is_not_there_gets_one_line(tmp_path: Path, address: str) -> None:
    with pytest.raises(UserError, match="cannot be reached"):
        list(mapped(str, [1], address))
    fill(tmp_path, 1)
    result = run(tmp_path, "index", "--ray", address)
    assert result.exit_code == 1
    assert "the Ray cluster cannot be reached" in result.output
    assert result.output.count("\n") <= 3
