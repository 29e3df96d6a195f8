"""Separation cases being solved and those solved lately: a page says how far one is, a report solves none
anew.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from types import TracebackType

from mine2magnet.core.compiled import COMPILING, compiling
from mine2magnet.core.errors import Busy, UserError
from mine2magnet.separation.study import study
from mine2magnet.separation.study.design_basis import DesignBasis
from mine2magnet.separation.study.schema import Case
from mine2magnet.separation.study.study import TRIED, Study
from mine2magnet.web.kit.compute_lock import turn

KEPT = 8  # cases, the latest asked for; one is some megabytes
MOST_WAITING = 4  # cases not yet solved
MOST_WORK = 60.0  # s of one core for a case
SIZING, FOLLOWING, DRAWING = 0.4, 0.6, 0.0007  # s a cut takes: in each plan; to start up and to be tried at
# other separation factors; for a draw of the Monte Carlo at a site
ASSURING = 6.0  # s a cut takes to be made to hold with certainty


class Job:
    """A case on its way; `doing` says in words what is being done."""

    def __init__(self, basis: DesignBasis) -> None:
        self.basis, self._step, self._compiling = basis, "waiting for another model", False
        self._answer: Study | None = None
        self._error: Exception | None = None
        self._raised: TracebackType | None = None
        self._done = threading.Event()
        threading.Thread(target=self._solve, name="separation", daemon=True).start()

    def _solve(self) -> None:
        try:
            with turn(-1), compiling(self._tell):
                self._answer = study.solve(self.basis, self._say)
        except Exception as error:  # whoever asks is told
            self._error, self._raised = error, error.__traceback__
        finally:
            self._done.set()

    def _say(self, what: str) -> None:
        self._step = what

    def _tell(self, begun: int, done: int) -> None:
        self._compiling = done < begun

    @property
    def doing(self) -> str:
        return COMPILING if self._compiling else self._step

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
    """Return the job of an equal case if it is still kept, else a new one.

    Raises
    ------
    UserError
        For what does not go together in the case, or is too much for the service.
    Busy
        If too many wait.
    """
    basis = DesignBasis.of(case)
    _check_work(basis)
    with _lock:
        made = _jobs.pop(repr(case), None)
        if made is None:
            if sum(not one.done for one in _jobs.values()) >= MOST_WAITING:
                raise Busy(f"{MOST_WAITING} plants are being worked out", hint="try again in some seconds")
            made = Job(basis)
        _jobs[repr(case)] = made
        for name in [name for name, one in _jobs.items() if one.done][: max(0, len(_jobs) - KEPT)]:
            del _jobs[name]
        return made


def solved(case: Case) -> Study:
    """The case's answer, as soon as it is there."""
    return job(case).answer()


def _check_work(basis: DesignBasis) -> None:
    """Every door of the service refuses the same cases, which the command line takes."""
    case, cuts = basis.case, len(basis.products) - 1
    plans = 2 * TRIED if case.fuzzy else 1
    each = plans * SIZING + FOLLOWING + case.draws * len(basis.sites) * DRAWING
    seconds = cuts * (each + ASSURING * bool(case.certainty))
    if seconds > MOST_WORK:
        raise UserError(
            f"{cuts} cuts and {case.draws:,} draws at {len(basis.sites)} sites are some {seconds:.0f} s of "
            f"computing, more than the {MOST_WORK:.0f} that the service takes",
            where="draws" if case.draws else "products",
            hint="ask for fewer, or use the command line: mine2magnet separate",
        )
