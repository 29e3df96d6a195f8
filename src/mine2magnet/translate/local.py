"""Sentences translated by a model on this machine: Firefox Translations, through `fxtranslate`.

Weighed against it: `firefox-translations` needs CTranslate2 and SentencePiece, takes models from a hub
without digests, and has no mirror; `fxtranslate` is one wheel without dependencies, and checks digests.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mine2magnet.core.errors import UserError
from mine2magnet.translate import models

NAME = "Firefox Translations"


class LocalTranslator:
    """Translates by the models in a folder; from one language into another through English if need be.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own = threading.local()  # an engine belongs to the thread that made it
        self.name = NAME

    @property
    def version(self) -> str:
        """The name with the models that there are."""
        return f"{NAME} " + ",".join("-".join(pair) for pair in models.held(self._folder))

    def pairs(self, source: str, target: str) -> bool:
        """Return whether it can translate from one language into the other.

        Parameters
        ----------
        source, target : str

        Returns
        -------
        bool
        """
        return bool(self._legs(source, target))

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Return the translation of each text.

        Parameters
        ----------
        texts : sequence of str
        source, target : str

        Returns
        -------
        list of str

        Raises
        ------
        UserError
            If a model cannot be loaded, or there is none.
        """
        legs = self._legs(source, target)
        if not legs:
            raise UserError(
                f"no model from {source} to {target}",
                where=str(self._folder),
                hint=f"mine2magnet translate add {source} {target}",
            )
        done = list(texts)
        for leg in legs:
            engine = self._engine(*leg)
            done = [str(engine.translate_long(text)) for text in done]
        return done

    def _legs(self, source: str, target: str) -> list[tuple[str, str]]:
        there = set(models.held(self._folder))
        for legs in ([(source, target)], [(source, models.PIVOT), (models.PIVOT, target)]):
            if set(legs) <= there:
                return legs
        return []

    def _engine(self, source: str, target: str) -> Any:
        loaded: dict[tuple[str, str], Any] = self._own.__dict__.setdefault("engines", {})
        if (source, target) not in loaded:
            parts = models.files(self._folder, source, target)
            try:
                loaded[source, target] = models.engine().Translator(
                    **{kind: path.read_bytes() for kind, path in parts.items()}
                )
            except (ValueError, OSError, RuntimeError, TypeError) as error:
                raise UserError(
                    f"the model from {source} to {target} cannot be used: {error}",
                    where=str(self._folder),
                    hint=f"mine2magnet translate remove {source} {target}, then add it again",
                ) from error
        return loaded[source, target]
