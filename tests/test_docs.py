"""What the pages for readers and contributors name is there, and the picture of the house is true."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from mine2magnet.cli.main import main
from tests.test_compose import parses

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "mine2magnet"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "examples").glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMING = [
    ROOT / "CONTRIBUTING.md",
    ROOT / "docs" / "architecture.md",
    *(ROOT / "docs" / "decisions").glob("*.md"),
]
CODE = re.compile(r"```.*?```|`([^`\n]+)`", re.DOTALL)
FILE = re.compile(r"[\w.-]+(?:/[\w.-]+)*(?:/|\.(?:py|md|csv|txt|ya?ml|toml|html|svg|jsonl))")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def quoted(page: Path) -> Iterator[str]:
    """What stands between backticks on one line."""
    return (found for found in CODE.findall(page.read_text("utf-8")) if found)


@cache
def defined(file: Path) -> frozenset[str]:
    """Names at the top of a module, and those of its classes' members: `read`, `Library.read`."""

    def names(body: list[ast.stmt], before: str = "") -> Iterator[str]:
        for node in body:
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    yield before + name
                case ast.ClassDef(name=name):
                    yield before + name
                    yield from names(node.body, f"{before}{name}.")
                case ast.Assign(targets=targets):
                    yield from (before + t.id for t in targets if isinstance(t, ast.Name))
                case ast.AnnAssign(target=ast.Name(id=name)):
                    yield before + name

    return frozenset(names(ast.parse(file.read_text("utf-8")).body))


def there(path: str) -> Path | None:
    """A path as pages write it: from the package's folder, or from the repository's."""
    return next((found for base in (SOURCE, ROOT) if (found := base / path).exists()), None)


def exists(text: str) -> bool:
    """Whether the file or function that a text names is there; a text that names none is no lie."""
    file, colons, name = text.partition("::")
    path = there(file)
    if colons:
        return path is not None and path.suffix == ".py" and name in defined(path)
    return path is not None or not FILE.fullmatch(text)


def missing(page: Path) -> list[str]:
    return [text for text in quoted(page) if not exists(text)]


@pytest.mark.parametrize("page", NAMING, ids=lambda page: page.stem)
def test_files_and_functions_that_a_page_names_exist(page: Path) -> None:
    assert missing(page) == []


def test_what_does_not_exist_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "`core/json.py` `core/json.py::plain` `make test` `core/nothing.py` `core/json.py::nothing` "
        "`nowhere/`\n```\n`core/gone.py`\n```\n"
    )
    assert missing(page) == ["core/nothing.py", "core/json.py::nothing", "nowhere/"]
    walks = [text for text in quoted(ROOT / "docs" / "architecture.md") if "::" in text]
    assert len(walks) > 60


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(
        r"^#+ +(.+?)\s*$", re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    lost = []
    for link in LINK.findall(page.read_text("utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        to = page.parent / path if path else page
        if not to.exists() or (anchor and anchor not in anchors(to)):
            lost.append(link)
    assert lost == []


def test_the_picture_shows_the_rooms_as_they_are() -> None:
    """Else run scripts/draw-house."""
    drawn = subprocess.run(
        [sys.executable, ROOT / "scripts" / "draw-house", "-"], capture_output=True, check=True, timeout=120
    )
    assert drawn.stdout.decode() == (ROOT / "docs" / "images" / "architecture.svg").read_text("utf-8")


def test_the_site_has_all_pages_and_no_others() -> None:
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    named = re.findall(r"^ +- (?:[^:\n\"]+|\"[^\"]+\"): (\S+\.md)", text, re.MULTILINE)
    outside = {
        "index.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "examples/README.md",
    }  # taken in by scripts/mkdocs_hook.py
    notebooks = {f"notebooks/{path.stem}.md" for path in (ROOT / "docs" / "notebooks").glob("*.ipynb")}
    inside = notebooks | {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")}
    assert sorted(named) == sorted(outside | inside)


def test_the_reference_is_of_modules_that_exist() -> None:
    named = [
        module
        for page in (ROOT / "docs" / "reference").glob("*.md")
        for module in re.findall(r"^::: mine2magnet\.(\S+)", page.read_text("utf-8"), re.MULTILINE)
    ]
    paths = [SOURCE.joinpath(*module.split(".")) for module in named]
    assert [p for p in paths if not (p.is_dir() or p.with_suffix(".py").is_file())] == []
    assert len(named) > 40


def commands() -> Iterator[list[str]]:
    """Words of each `mine2magnet …` that a page tells its reader to type."""
    for page in PAGES:
        for block in re.findall(r"^```\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE):
            for line in block.splitlines():
                told = re.match(r"(?:\$ )?mine2magnet (?P<words>.*?)(?:(?:   | > ).*)?$", line)
                if told and " … " not in line:
                    yield shlex.split(told["words"], comments=True)


@pytest.mark.parametrize(
    "words", list({" ".join(words): words for words in commands()}.values()), ids=" ".join
)
def test_every_command_that_a_page_tells_is_there(words: list[str]) -> None:
    parses(main, words)


def test_names_that_examples_import_are_there() -> None:
    blocks = [
        block
        for page in PAGES
        for block in re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    ]
    nodes = [
        node for block in blocks for node in ast.walk(ast.parse(block)) if isinstance(node, ast.ImportFrom)
    ]
    own = [
        (node.module, name.name) for node in nodes for name in node.names if "mine2magnet" in str(node.module)
    ]
    assert len(own) > 10
    for module, name in own:
        found = import_module(str(module))
        assert hasattr(found, name) or import_module(f"{module}.{name}")


SHOWN = re.compile(
    r"^\$ mine2magnet (separate|stress) ([^\n#]*?)(?: +#[^\n]*)?\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


@pytest.mark.parametrize(
    "shown", SHOWN.findall((ROOT / "README.md").read_text("utf-8")), ids=lambda one: one[0]
)
def test_figures_in_the_readme_are_the_program_s(shown: tuple[str, str, str], tmp_path: Path) -> None:
    """Every line shown is one of what the command prints at a hundred characters a line, in that order."""
    verb, rest, text = shown
    words = [str(ROOT / w) if w.startswith("examples/") else w for w in shlex.split(rest)]
    command = [sys.executable, "-m", "mine2magnet", verb, *words]
    environment = {**os.environ, "COLUMNS": "100", "MINE2MAGNET_LANGUAGE": "en"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    printed = iter([" ".join(line.split()) for line in done.stdout.splitlines()])
    told = [" ".join(line.split()) for line in text.splitlines()]
    assert [line for line in told if line != "…" and line not in printed] == []


def test_the_readme_shows_what_a_plant_and_a_stress_come_to() -> None:
    assert [verb for verb, _, _ in SHOWN.findall((ROOT / "README.md").read_text("utf-8"))] == [
        "stress",
        "separate",
    ]
