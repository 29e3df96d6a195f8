"""A pure function of many things: here one after another, or on the machines of a Ray cluster."""

from __future__ import annotations

import logging
import re
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any, TypeVar

from mine2magnet.core.errors import UserError

CONNECT_SECONDS = 5  # how long a cluster may take to answer
AHEAD = 2  # tasks per core of the cluster that are asked for before the first result is taken

_ADDRESS = re.compile(r"(?:ray://)?\[?(?P<host>[^/\]]+)\]?:(?P<port>\d{1,5})")

_In = TypeVar("_In")
_Out = TypeVar("_Out")


def mapped(work: Callable[[_In], _Out], things: Iterable[_In], ray: str = "") -> Iterator[_Out]:
    """`work` of each thing, in their order; on the Ray cluster of this address if one is given.

    There `work` must be a function of a module, which every machine of the cluster has in the same
    version; things and results travel. A machine that is lost costs time only. What `work` raises is
    raised here. Raises UserError if the cluster cannot be reached or fails.
    """
    return _remote(work, things, ray) if ray else map(work, things)


def _remote(work: Callable[[_In], _Out], things: Iterable[_In], address: str) -> Iterator[_Out]:
    try:
        ray: Any = import_module("ray")
    except ImportError as error:
        raise UserError("Ray is not installed", where="ray", hint="pip install 'mine2magnet[ray]'") from error
    _connect(ray, address)
    try:
        ahead = AHEAD * max(int(ray.cluster_resources().get("CPU", 1)), 1)
        task = ray.remote(num_cpus=1)(work)
        asked: deque[Any] = deque()
        for thing in things:
            asked.append(task.remote(thing))
            if len(asked) >= ahead:
                yield ray.get(asked.popleft())
        while asked:
            yield ray.get(asked.popleft())
    except ray.exceptions.RayTaskError as error:
        raise error.cause from error
    except (ray.exceptions.RayError, ConnectionError) as error:
        raise UserError(
            f"the Ray cluster failed: {type(error).__name__}",
            where=address,
            hint="try again: what was done is kept",
        ) from error


def _connect(ray: Any, address: str) -> None:
    """Once for the process, which leaves the cluster when it ends."""
    if ray.is_initialized():
        return
    try:
        if match := _ADDRESS.fullmatch(address):
            # Ray itself gives up after minutes
            socket.create_connection((match["host"], int(match["port"])), CONNECT_SECONDS).close()
        ray.init(address, configure_logging=False, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, ValueError, RuntimeError) as error:
        raise UserError(
            "the Ray cluster cannot be reached",
            where=address,
            hint="`ray start --head` starts one; the address is host:6379, ray://host:10001 or auto",
        ) from error
