"""Log-ins: when they end, and how many there may be."""

from __future__ import annotations

from mine2magnet.web.kit import sessions


def test_log_ins_end_when_idle_and_at_last() -> None:
    now = [0.0]
    held = sessions.Sessions(clock=lambda: now[0])
    token, idle = held.begin("print"), held.begin("print")
    while now[0] < sessions.LONGEST - sessions.IDLE:
        now[0] += sessions.IDLE - 1
        assert held.fingerprint(token) == "print"
    assert held.fingerprint(idle) is None
    now[0] = sessions.LONGEST + 1
    assert held.fingerprint(token) is None


def test_so_many_log_ins_and_no_more() -> None:
    held = sessions.Sessions()
    first, second = held.begin("a"), held.begin("b")
    assert held.fingerprint(first) == "a"
    for _ in range(sessions.MOST - 1):
        held.begin("c")
    assert (held.fingerprint(first), held.fingerprint(second)) == ("a", None)
