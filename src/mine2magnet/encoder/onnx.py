"""The encoder run by ONNX Runtime, twice as fast as by the engine in its package and of the same vectors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnxruntime

from mine2magnet.encoder.graph import INPUT, STATES, Precision, graph
from mine2magnet.encoder.weights import EncoderWeights, floats

PREFIX = "passage: ", "query: "  # before a text, by whether it is a query (Wang et al. 2024, section 2)


class Encoder:
    """Safe to use from several threads; each text is embedded by the thread that asks.

    The graph is made of the packaged weights each time, which takes a fifth of a second and leaves nothing
    on disk that could go out of date.
    """

    def __init__(self, weights: EncoderWeights, precision: Precision = "int4") -> None:
        self._weights = weights
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors
        self._session = onnxruntime.InferenceSession(
            graph(weights, precision), options, providers=["CPUExecutionProvider"]
        )
        width = weights.shape.width
        self._words = weights.blocks("emb.word", width)
        self._places = weights.numbers("emb.pos").reshape(-1, width) + weights.numbers("emb.type")[:width]

    def query(self, text: str) -> npt.NDArray[np.float32]:
        """Return the vector of a query, of length 1."""
        return self._encode(text, True)

    def passage(self, text: str) -> npt.NDArray[np.float32]:
        """Return the vector of a passage, of length 1."""
        return self._encode(text, False)

    def states(self, tokens: list[int]) -> npt.NDArray[np.float32]:
        """Return the states of tokens with those of the begin and the end around them, (n + 2) × width.

        Parameters
        ----------
        tokens : list of int, n
            Of the weights' vocabulary; at most two fewer than the model's positions.
        """
        ids = [self._weights.begin, *tokens, self._weights.end]
        x = floats(self._words[ids]) + self._places[: len(ids)]
        return np.asarray(self._session.run([STATES], {INPUT: x[None]})[0][0], np.float32)

    def _encode(self, text: str, is_query: bool) -> npt.NDArray[np.float32]:
        """Encode a text; a longer one than the model takes in windows, whose means count by their tokens."""
        tokens = self._weights.vocabulary.tokens(PREFIX[is_query] + text)
        most = self._weights.shape.positions - 2
        windows = [tokens[start : start + most] for start in range(0, len(tokens), most)]
        mean = sum(len(window) * self.states(window).mean(0) for window in windows)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-6), np.float32)
