"""An operation of the API: it is routed, checked, described and offered to assistants from one value."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin, get_type_hints

from mine2magnet.core.schema import Input
from mine2magnet.model import Job, Role

Run = TypeVar("Run", bound=Callable[..., Any])
T = TypeVar("T")
TABLE: dict[str, Operation] = {}  # all there are, by name


@dataclass(frozen=True, slots=True)
class Queued(Generic[T]):
    """A run of a model that gives a T; `new` if nobody has asked for the same before."""

    job: Job
    new: bool


@dataclass(frozen=True, slots=True)
class Events(Generic[T]):
    """How a run goes on, each time as a T, which `shape` makes of it."""

    job: Job
    shape: Callable[[Job], T]


@dataclass(frozen=True, slots=True)
class Operation:
    """`run(library, asked, body)` does it and gives a value of type `answer`, or None for no content.

    Fields of `asked` that `path` names are parts of the path, the others are of the query; `body` is what
    is sent as JSON. Either may be missing. `errors` are the statuses that it may answer besides those that
    all may. `created` is the address of what was made, with fields of the answer. `caller`: who asks is told.
    `queued`: it is a run of a model, which may be waited for or asked after; `events`: it gives a stream.
    """

    name: str
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    scope: Role
    subject: str
    summary: str
    description: str
    run: Callable[..., Any]
    asked: type[Input] | None
    body: type[Input] | None
    answer: Any
    errors: Mapping[int, str]
    created: str
    caller: bool
    queued: bool
    events: bool

    @property
    def status(self) -> int:
        return 201 if self.created else 204 if self.answer is type(None) else 200


NOT_FOUND = {404: "What is asked for is not held."}


def operation(
    method: Literal["GET", "POST", "PUT", "DELETE"],
    path: str,
    *,
    scope: Role = "read",
    created: str = "",
    errors: Mapping[int, str] | None = None,
) -> Callable[[Run], Run]:
    """Enters a function in the table; its name, hints and docstring are the operation's. Its first argument
    is the library; `asked`, `body` and `caller` follow as it has them."""

    def entered(run: Run) -> Run:
        hints = get_type_hints(run, include_extras=True)
        answer = hints["return"]
        wrapped = get_origin(answer) in (Queued, Events)
        said = inspect.cleandoc(run.__doc__ or "").split("\n\n", 1)
        TABLE[run.__name__] = Operation(
            name=run.__name__,
            method=method,
            path=path,
            scope=scope,
            subject=path.split("/")[1],
            summary=" ".join(said[0].split()).removesuffix("."),
            description=" ".join(said[1].split()) if len(said) > 1 else "",
            run=run,
            asked=hints.get("asked"),
            body=hints.get("body"),
            answer=get_args(answer)[0] if wrapped else answer,
            errors=errors or {},
            created=created,
            caller="caller" in hints,
            queued=get_origin(answer) is Queued,
            events=get_origin(answer) is Events,
        )
        return run

    return entered


def in_order() -> list[Operation]:
    """All operations, those on one path together, as people look them up."""
    return sorted(TABLE.values(), key=lambda o: (o.path, o.method))
