"""Separation cases being solved and those solved lately: a page says how far one is, a report solves none
anew.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from types import TracebackType

from mine2magnet.core.errors import Busy
from mine2magnet.separation.study import study
from mine2magnet.separation.study.case import Case
from mine2magnet.separation.study.study import Study
from mine2magnet.web.kit.compute_lock import turn

KEPT = 8  # cases, the latest asked for; one is some megabytes
MOST_WAITING = 4  # cases not yet solved


class Job:
    """A case on its way; `doing` says in words what is being done."""

    def __init__(self, case: Case) -> None:
        self.case, self.doing = case, "waiting for another model"
        self._answer: Study | None = None
        self._error: Exception | None = None
        self._raised: TracebackType | None = None
        self._done = threading.Event()
        threading.Thread(target=self._solve, name="separation", daemon=True).start()

    def _solve(self) -> None:
        try:
            with turn(-1):
                self._answer = study.solve(self.case, self._say)
        except Exception as error:  # whoever asks is told
            self._error, self._raised = error, error.__traceback__
        finally:
            self._done.set()

    def _say(self, what: str) -> None:
        self.doing = what

    @property
    def done(self) -> bool:
        return self._done.is_set()

    def ends_within(self, seconds: float) -> bool:
        return self._done.wait(seconds)

    def answer(self) -> Study:
        """Waits for it. Raises what solving raised."""
        self._done.wait()
        if self._error is not None:
            raise self._error.with_traceback(self._raised)  # which would grow with every raise
        assert self._answer is not None
        return self._answer


_jobs: OrderedDict[str, Job] = OrderedDict()
_lock = threading.Lock()


def job(case: Case) -> Job:
    """The job of an equal case if it is still kept, else a new one. Raises Busy if too many wait."""
    with _lock:
        made = _jobs.pop(repr(case), None)
        if made is None:
            if sum(not one.done for one in _jobs.values()) >= MOST_WAITING:
                raise Busy(f"{MOST_WAITING} plants are being worked out", hint="try again in some seconds")
            made = Job(case)
        _jobs[repr(case)] = made
        for name in [name for name, one in _jobs.items() if one.done][: max(0, len(_jobs) - KEPT)]:
            del _jobs[name]
        return made


def solved(case: Case) -> Study:
    """The case's answer, as soon as it is there."""
    return job(case).answer()
