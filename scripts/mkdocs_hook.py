"""The site of `make docs`: the README is its first page, what pages link to outside of docs/ is taken in, and
examples at the end of a docstring are shown as code.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from posixpath import relpath
from typing import Any

import griffe
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

sys.path.insert(0, str(Path(__file__).parent))
from run_notebooks import FOLDER, as_markdown, errors, executed

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FRONT = ROOT / "README.md"
LINK = re.compile(r"(\]\()(?!\w+:|#)([^)#\s]+)")


def place(path: Path) -> str:
    """Where a file of the repository stands in the site's sources; a notebook as the page that shows it."""
    if path.suffix == ".ipynb":
        return path.relative_to(DOCS).with_suffix(".md").as_posix()
    if path == FRONT:
        return "index.md"
    return path.relative_to(DOCS if path.is_relative_to(DOCS) else ROOT).as_posix()


def on_files(files: Files, config: MkDocsConfig) -> Files:
    _add_notebooks(files, config)
    waiting = [FRONT, *DOCS.rglob("*.md")]
    while waiting:
        page = waiting.pop()
        if not page.is_relative_to(DOCS):
            files.append(File.generated(config, place(page), abs_src_path=str(page)))
        if page.suffix == ".md":
            linked = {(page.parent / link).resolve() for _, link in LINK.findall(page.read_text("utf-8"))}
            held = {Path(file.abs_src_path) for file in files if file.abs_src_path}
            waiting += [path for path in linked - held - {*waiting} if path.is_file()]
    return files


def _add_notebooks(files: Files, config: MkDocsConfig) -> None:
    """Pages of the notebooks, with what their cells give now."""
    paths = sorted(FOLDER.glob("*.ipynb"))
    for path, made in zip(paths, executed(paths), strict=True):
        if wrong := errors(made):
            raise PluginError(f"{path.name}: {wrong[0]}")
        if held := files.get_file_from_path(path.relative_to(DOCS).as_posix()):
            files.remove(held)
        files.append(File.generated(config, place(path), content=as_markdown(made)))


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    here = Path(page.file.abs_src_path or DOCS / page.file.src_uri)

    def moved(link: re.Match[str]) -> str:
        to = (here.parent / link[2]).resolve()
        return link[1] + (
            relpath(place(to), Path(place(here)).parent.as_posix()) if to.is_file() else link[2]
        )

    return LINK.sub(moved, markdown)


class Examples(griffe.Extension):
    """Gives examples that stand without a heading the one that numpydoc knows them by."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        text = obj.docstring.value if obj.docstring else ""
        if obj.docstring and "Examples\n---" not in text:
            obj.docstring.value = text.replace("\n\n>>> ", "\n\nExamples\n--------\n>>> ", 1)
