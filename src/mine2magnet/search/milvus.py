"""The index on a Milvus server: words as sparse vectors, meaning as dense ones, and the table's rows.

Each change of the store is a row under its `seq`, never another's, so writing one twice does no harm and a
late writer cannot undo a newer one. Row 0 says which change is the last that is in; it is written last.
The alias names the generation in force. Each process holds the table, as it does with files, and reads on.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt
from grpc import RpcError

from mine2magnet.core.errors import UserError
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.encoder import encode
from mine2magnet.encoder.encode import DIMENSIONS, Vectors
from mine2magnet.model import Document
from mine2magnet.search import files, passages, sparse, table, tokens
from mine2magnet.search.files import Damaged
from mine2magnet.search.nearness import Passages
from mine2magnet.search.table import Mask, Rows, Scores, Table
from mine2magnet.search.units import Term
from mine2magnet.search.view import IndexView
from mine2magnet.search.word_search import TermSearch
from mine2magnet.search.words import TITLE
from mine2magnet.store import DocumentChange

try:
    from pymilvus import DataType, MilvusClient
    from pymilvus.exceptions import MilvusException
except ImportError as error:
    raise UserError(
        "pymilvus is not installed", where="search_url", hint="pip install 'mine2magnet[milvus]'"
    ) from error

WAIT = 5.0  # s that a writer waits for another one of this machine
LOOK = 1.0  # s between two looks at what other processes wrote
TIMEOUT = 30.0  # s that a call may take
# gRPC servers part from a client that pings more often, or while it asks nothing (gRFC A8, 2017)
KEEPALIVE = {"grpc.keepalive_time_ms": 300_000, "grpc.keepalive_permit_without_calls": 0}
MOST = 16_384  # hits that Milvus gives at most (its limit of topK)
AT_ONCE = 100  # documents in one call: some MB, of the 64 that Milvus takes
LONGEST = 60_000  # bytes of a row's JSON, of the 65,536 that Milvus takes
SKEW = 60  # s by which the clocks of machines that embed may differ
RECENT = 256  # words whose rows are remembered
_DOCUMENTS = "mine2magnet_documents"
_PASSAGES = f"mine2magnet_{encode.MODEL}".replace("-", "_").replace(".", "_")
_MISSING = (4, 100)  # codes of a collection that is not there: before Milvus 2.3, since
_RELEASED = 101  # code of one that is not in memory

logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it logs tracebacks of what is told in one line


@dataclass(frozen=True, slots=True)
class MilvusState:
    """`seq`: the last change of the store that is in this generation."""

    stamp: str
    generation: str
    seq: int


class Server:
    """Calls to a server. Raises Damaged for a collection that is missing, else UserError."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        self._client: Any = None
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            try:
                with self._lock:
                    if self._client is None:
                        self._client = MilvusClient(
                            uri=self._url, token=self._token, timeout=TIMEOUT, grpc_options=KEEPALIVE
                        )
                return self._answer(name, *args, timeout=TIMEOUT, **options)
            except (MilvusException, RpcError) as error:
                if getattr(error, "code", None) in _MISSING:
                    raise Damaged(f"{self._url} has lost it") from error
                said = str(getattr(error, "message", error)).splitlines()[0][:200]
                raise UserError(
                    f"the search server failed: {said}",
                    where=self._url,
                    hint="see that Milvus runs there; the library is whole, and is indexed when it does",
                ) from error

        return call

    def _answer(self, name: str, *args: Any, **options: Any) -> Any:
        """A call's answer; a collection that is not in memory, as after a new start, is loaded first."""
        try:
            return getattr(self._client, name)(*args, **options)
        except MilvusException as error:
            if error.code != _RELEASED:
                raise
        self._client.load_collection(args[0], timeout=TIMEOUT)
        return getattr(self._client, name)(*args, **options)

    def rows(self, collection: str, where: str, fields: Sequence[str]) -> list[dict[str, Any]]:
        """Return all rows of a collection that pass.

        Parameters
        ----------
        collection, where : str
            A collection, and a filter in Milvus's language.
        fields : sequence of str
            That are wanted of each row.
        """
        turns, found = self.query_iterator(collection, filter=where, output_fields=list(fields)), []
        while some := turns.next():
            found += some
        turns.close()
        return found

    def make(self, name: str, key: str, vector: str, *others: tuple[str, Any]) -> None:
        """Make a collection.

        Parameters
        ----------
        name, key, vector : str
            Of the collection, of the field that is its key, and of the field of its vectors.
        *others : (str, type)
            Further fields.
        """
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field(key, DataType.INT64, is_primary=True)
        for field, kind in others:
            limit = {"max_length": 64} if kind == DataType.VARCHAR else {}
            schema.add_field(field, kind, **limit)
        index = MilvusClient.prepare_index_params()
        if vector == "words":
            schema.add_field(vector, DataType.SPARSE_FLOAT_VECTOR)
            index.add_index(field_name=vector, index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        else:
            schema.add_field(vector, DataType.FLOAT_VECTOR, dim=DIMENSIONS)
            index.add_index(field_name=vector, index_type="AUTOINDEX", metric_type="IP")
        self.create_collection(name, schema=schema, index_params=index, consistency_level="Strong")


@dataclass(frozen=True, slots=True)
class SparseWords(TermSearch):
    """`evidence.Words` in a generation, of whose table's rows `seqs` are the keys."""

    server: Server
    generation: str
    documents: Table
    seqs: npt.NDArray[np.int64]
    recent: dict[int, tuple[int, Rows, Scores]]  # component → rows that were asked, those that have it

    def find(self, terms: Sequence[Term], *, title: bool = False) -> tuple[Rows, Scores]:
        """Return rows and scores; see `TermSearch.find`.

        Parameters
        ----------
        terms : sequence of Term
        title : bool
            Whether to look in titles only.
        """
        fields = ("title",) if title else ("text", "title")
        wanted = {(t, f): sparse.components(f, t) for t in terms for f in fields}
        held = self._rows({code for codes in wanted.values() for code in codes})
        scores = np.zeros(self.documents.size)
        total = np.count_nonzero(self.documents.alive)
        for term in terms:
            of_term = np.zeros(self.documents.size)
            for field in fields:
                weights = np.full(self.documents.size, np.inf)
                for code in wanted[term, field]:
                    one = np.zeros(self.documents.size)
                    rows, values = held[code]
                    one[rows] = values
                    weights = np.minimum(weights, one)
                count = np.count_nonzero(self.documents.alive & (weights > 0))
                rarity = np.log(1 + (total - count + 0.5) / (count + 0.5))
                of_term += (TITLE if field == "title" else 1.0) * rarity * weights
            scores = np.maximum(scores, term.weight * of_term)
        rows = np.flatnonzero(scores).astype(np.int32)
        return rows, scores[rows].astype(np.float32)

    def closest(self, tokens: Sequence[str], limit: int) -> tuple[Rows, Scores]:
        """Return the rows whose wording is closest to some tokens; see `WordSearch.closest`.

        Parameters
        ----------
        tokens : sequence of str
        limit : int
        """
        scores, usual = np.zeros(self.documents.size), 0.0
        total = np.count_nonzero(self.documents.alive)
        for token in tokens:
            rows, found = self.find([Term((token,))])  # the title weighs more here than in files
            scores[rows] += found
            usual += np.log(1 + (total - len(rows) + 0.5) / (len(rows) + 0.5))
        rows = np.flatnonzero(scores)
        rows = rows[np.argsort(-scores[rows], kind="stable")[:limit]].astype(np.int32)
        return rows, scores[rows] / max(usual, 1.0)

    def _rows(self, codes: set[int]) -> dict[int, tuple[Rows, Scores]]:
        """The rows with each component; what a row has never changes, so only new rows are asked for."""
        size = self.documents.size
        known = {c: self.recent.get(c, (0, np.zeros(0, np.int32), np.zeros(0))) for c in codes}
        for start in sorted({upto for upto, _, _ in known.values() if upto < size}):
            group = [c for c in codes if known[c][0] == start]
            for first in range(start, size, MOST):
                ends = self.seqs[[first, min(first + MOST, size) - 1]]
                answers = self.server.search(
                    self.generation,
                    data=[{code: 1.0} for code in group],
                    anns_field="words",
                    filter=f"seq >= {ends[0]} and seq <= {ends[1]}",
                    limit=MOST,
                    output_fields=["seq"],
                )
                for code, hits in zip(group, answers, strict=True):
                    seqs = np.array([hit["seq"] for hit in hits], np.int64)
                    values = np.array([hit["distance"] for hit in hits])
                    rows = np.searchsorted(self.seqs, seqs)
                    ours = self.seqs[np.minimum(rows, size - 1)] == seqs
                    _, old, weights = known[code]
                    known[code] = (
                        size,
                        np.concatenate([old, rows[ours].astype(np.int32)]),
                        np.concatenate([weights, values[ours]]),
                    )
        self.recent.update(known)
        while len(self.recent) > max(RECENT, len(codes)):
            self.recent.pop(next(iter(self.recent)), None)
        return {c: (r[r < size], w[r < size]) for c, (_, r, w) in known.items()}


@dataclass(frozen=True, slots=True)
class DenseRecords:
    """`nearness.Records` on the server."""

    server: Server
    keys: npt.NDArray[np.uint64]

    def quick(self, passages: Passages) -> None:
        """Return nothing: the server has its own; see `nearness.Records.quick`.

        Parameters
        ----------
        passages : Passages
        """

    def distances(self, query: Vectors, passages: Passages, allowed: Mask, sure: Mask) -> Scores:
        """Return distances on the server; see `nearness.Records.distances`.

        Parameters
        ----------
        query : array, 384
        passages : Passages
        allowed, sure : array of bool, rows
        """
        far = np.full(len(self.keys), np.inf)
        if len(self.keys) <= MOST:
            self._look(far, query, "")
            return far
        for language, records in passages.of_rows(allowed).items():
            few = len(records) <= MOST
            self._look(far, query, self._among(records) if few else f"language == {json.dumps(language)}")
        left = [r[np.isinf(far[r])] for r in passages.of_rows(sure).values()]
        if left and len(records := np.concatenate(left)):
            self._look(far, query, self._among(records[:MOST]))
        return far

    def products(self, vector: Vectors) -> Scores:
        """Return the inner product of a vector with each record; NaN beyond the `MOST` that are largest.

        Parameters
        ----------
        vector : array, 384
        """
        far = np.full(len(self.keys), np.nan)
        self._look(far, vector, "")
        return 1.0 - far

    def vectors(self, records: Rows) -> Vectors:
        """Return some vectors, in whatever order.

        Parameters
        ----------
        records : array of int, n

        Returns
        -------
        array, n × 384
        """
        ids = self.keys[records].view(np.int64).tolist()
        rows = self.server.get(_PASSAGES, ids=ids, output_fields=["vector"])
        return np.array([row["vector"] for row in rows], np.float32).reshape(-1, DIMENSIONS)

    def _among(self, records: Rows) -> str:
        return f"key in {self.keys[records].view(np.int64).tolist()}"

    def _look(self, far: Scores, query: Vectors, where: str) -> None:
        hits = self.server.search(
            _PASSAGES, data=[query], anns_field="vector", filter=where, limit=MOST, output_fields=["key"]
        )[0]
        keys = np.array([hit["key"] for hit in hits], np.int64).view(np.uint64)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        ours = self.keys[at] == keys
        far[at[ours]] = 1.0 - np.array([hit["distance"] for hit in hits])[ours]


class Cluster:
    """The index at `url`; `folder` holds the locks by which processes of one machine take turns."""

    def __init__(self, url: str, token: str, folder: Path, thesaurus: Thesaurus) -> None:
        self._server = Server(url, token)
        self._folder = folder
        self._thesaurus = thesaurus
        self._stamp = "-".join((tokens.VERSION, sparse.VERSION, passages.VERSION))
        self._lock = threading.RLock()
        self._clear()

    def _clear(self) -> None:
        self._state: MilvusState | None = None
        self._view: IndexView | None = None
        self._documents = table.EMPTY
        self._seqs = np.zeros(0, np.int64)
        self._swept = self._seqs  # those of dead rows that are no longer on the server
        self._recent: dict[int, tuple[int, Rows, Scores]] = {}
        self._keys = np.zeros(0, np.uint64)
        self._made = 0
        self._looked = -LOOK

    # --- writing

    @contextmanager
    def writing(self, *, anew: bool = False) -> Iterator[_Writer | None]:
        """Open the index for writing; see `Backend.writing`.

        Parameters
        ----------
        anew : bool
            Whether to write all of it in place of what there is.
        """
        with ExitStack() as stack:
            mine = stack.enter_context(files.locked(self._folder / "words.lock", WAIT))
            if mine and anew:
                mine = stack.enter_context(files.locked(self._folder / "vectors.lock", WAIT))
            if not mine:
                yield None
                return
            state = None if anew else self._read()
            fresh = state is None
            if state is None:
                state = MilvusState(self._stamp, f"{_DOCUMENTS}_{uuid4().hex[:12]}", 0)
                self._server.make(state.generation, "seq", "words", ("row", DataType.JSON))
            writer = _Writer(self._server, state, quiet=anew)
            if fresh and not anew:
                self._in_force(writer)
            yield writer
            if anew:
                if self._server.has_collection(_PASSAGES):
                    self._server.drop_collection(_PASSAGES)
                self._in_force(writer)
            if fresh:
                for name in self._server.list_collections():
                    if name.startswith(_DOCUMENTS) and name != state.generation:
                        self._server.drop_collection(name)
            with self._lock:
                self._looked = -LOOK
                if anew:
                    self._clear()
                if self.view() is not None:
                    self._sweep(state.generation)

    def _sweep(self, generation: str) -> None:
        """Takes rows away that later ones have replaced."""
        dead = np.setdiff1d(self._seqs[~self._documents.alive], self._swept)
        for start in range(0, len(dead), MOST):
            self._server.delete(generation, ids=dead[start : start + MOST].tolist())
        self._swept = np.union1d(self._swept, dead)

    def _in_force(self, writer: _Writer) -> None:
        writer.publish()
        if _DOCUMENTS in self._server.list_aliases()["aliases"]:
            self._server.alter_alias(writer.state.generation, _DOCUMENTS)
        else:
            self._server.create_alias(writer.state.generation, _DOCUMENTS)

    @contextmanager
    def embedding(self) -> Iterator[Cluster | None]:
        """Open the vectors for writing; None while another process of this machine embeds."""
        with files.locked(self._folder / "vectors.lock", 0) as mine:
            yield self if mine else None
            self._looked = -LOOK

    def append(self, keys: Sequence[int], languages: Sequence[str], vectors: Vectors) -> None:
        """Keep the vectors of passages; see `VectorWriter.append`.

        Parameters
        ----------
        keys : sequence of int, n
        languages : sequence of str, n
        vectors : array, n × 384
        """
        if not self._server.has_collection(_PASSAGES):
            others = (("language", DataType.VARCHAR), ("made", DataType.INT64))
            self._server.make(_PASSAGES, "key", "vector", *others)
        ids = np.array(keys, np.uint64).view(np.int64).tolist()
        made = int(time.time())
        rows = zip(ids, languages, vectors, strict=True)
        self._server.upsert(
            _PASSAGES, [{"key": k, "language": x[:16], "made": made, "vector": v} for k, x, v in rows]
        )

    def forget(self) -> None:
        """Take the index away, so that it is written anew."""
        with self._lock:
            self._clear()

    # --- reading

    def reached(self) -> int:
        """Return the last change of the store that is in."""
        return self._state.seq if self._state else 0

    def view(self) -> IndexView | None:
        """Return the index as it stands; see `Backend.view`."""
        with self._lock:
            if time.monotonic() - self._looked > LOOK:
                self._look()
                self._looked = time.monotonic()
            return self._view

    def _read(self) -> MilvusState | None:
        """Return what is in force; None if nothing of this version is."""
        try:
            rows = self._server.get(_DOCUMENTS, ids=[0], output_fields=["row"])
        except Damaged:
            return None
        state = MilvusState(**rows[0]["row"]) if rows else None
        return state if state and state.stamp == self._stamp else None

    def _look(self) -> None:
        state = self._read()
        if state is None or (self._state and self._state.generation != state.generation):
            self._clear()
        if state is None:
            return
        changed = self._view is None
        if state.seq > (since := self._state.seq if self._state else 0):
            where = f"seq > {since} and seq <= {state.seq}"
            self._extend(self._server.rows(state.generation, where, ["seq", "row"]))
            self._state, changed = state, True
        self._state = self._state or state
        if self._look_for_keys() or changed:
            words = SparseWords(self._server, state.generation, self._documents, self._seqs, self._recent)
            known = Passages.of(self._documents, DenseRecords(self._server, self._keys))
            self._view = IndexView(self._documents, words, self._thesaurus, known)

    def _extend(self, rows: list[dict[str, Any]]) -> None:
        lines: list[list[dict[str, Any]]] = [[]]
        seen: set[str] = set()
        for row in sorted(rows, key=lambda row: int(row["seq"])):
            id = row["row"]["removed"] or row["row"]["id"]
            if id in seen:  # an older one of it is still there: a line has each document once
                lines.append([])
                seen.clear()
            seen.add(id)
            lines[-1].append(row)
        held = [row for row in rows if not row["row"]["removed"]]
        self._documents = self._documents.extended(map(_line, filter(None, lines)))
        self._seqs = np.append(self._seqs, np.sort(np.array([r["seq"] for r in held], np.int64)))

    def _look_for_keys(self) -> bool:
        """Return whether passages were embedded, or lost, since the last look."""
        if not self._server.has_collection(_PASSAGES):
            lost = bool(len(self._keys))
            self._keys, self._made = np.zeros(0, np.uint64), 0
            return lost
        rows = self._server.rows(_PASSAGES, f"made >= {self._made - SKEW}", ["key", "made"])
        before = len(self._keys)
        new = np.array([row["key"] for row in rows], np.int64).view(np.uint64)
        self._keys = np.union1d(self._keys, new)
        self._made = max([self._made, *(int(row["made"]) for row in rows)])
        return len(self._keys) != before


def _line(rows: list[dict[str, Any]]) -> bytes:
    held = [row["row"] for row in rows if not row["row"]["removed"]]
    columns: dict[str, Any] = {name: [row[name] for row in held] for name in table.COLUMNS}
    columns["removed"] = [row["row"]["removed"] for row in rows if row["row"]["removed"]]
    return json.dumps(columns).encode()


class _Writer:
    """Goes on from `state`; `quiet`: what is in force is not said before the end."""

    def __init__(self, server: Server, state: MilvusState, quiet: bool) -> None:
        self._server = server
        self.state = state
        self._quiet = quiet

    @property
    def seq(self) -> int:
        return self.state.seq

    def add(self, changes: Sequence[DocumentChange], documents: Sequence[Document]) -> None:
        of_id = {document.id: document for document in documents}
        for start in range(0, len(changes), AT_ONCE):
            rows = [_row(change, of_id.get(change.id)) for change in changes[start : start + AT_ONCE]]
            self._server.upsert(self.state.generation, rows)
        self.state = replace(self.state, seq=changes[-1].seq)
        if not self._quiet:
            self.publish()

    def publish(self) -> None:
        content = {name: getattr(self.state, name) for name in MilvusState.__slots__}
        row = {"seq": 0, "row": content, "words": {sparse.ALL: 1.0}}
        self._server.upsert(self.state.generation, [row])


def _row(change: DocumentChange, document: Document | None) -> dict[str, Any]:
    if document is None:
        return {"seq": change.seq, "row": {"removed": change.id}, "words": {sparse.ALL: 1.0}}
    columns = json.loads(table.line([change], [passages.pieces(document)]))
    row = {name: columns[name][0] for name in table.COLUMNS} | {"removed": ""}
    while len(json.dumps(row)) > LONGEST and row["tag"]:
        row["tag"] = row["tag"][: len(row["tag"]) // 2]
    return {"seq": change.seq, "row": row, "words": sparse.vector(document)}
