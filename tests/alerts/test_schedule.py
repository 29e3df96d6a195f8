"""Briefs by mail at set times, to a real SMTP server: once, whatever fails and however many servers send."""

from __future__ import annotations

import email
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.alerts import schedule
from mine2magnet.core.errors import UserError
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import BriefSchedule, Document, Paragraph, Read, Topic
from tests.alerts.conftest import Box, settings
from tests.conftest import empty

TOPIC = Topic("dysprosium", "Dysprosium", ("dysprosium",))
DAILY = BriefSchedule(at="07:30")
ZONES = ("", "UTC", "Asia/Tokyo", "Europe/Berlin", "America/New_York")


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.times(),
    st.sampled_from(ZONES),
    st.sampled_from(("daily", "weekdays")),
)
def test_the_next_time_is_the_first_that_fits(after: datetime, at: Any, zone: str, days: Any) -> None:
    asked = BriefSchedule(at=f"{at:%H:%M}", zone=zone, days=days)
    found = schedule.next_time(asked, after)
    local = found.astimezone(schedule.zone(zone))
    assert timedelta(0) < found - after <= timedelta(days=4 if days == "weekdays" else 2)
    assert days == "daily" or local.weekday() < 5
    wanted = datetime.combine(local.date(), at.replace(second=0, microsecond=0))
    skipped = abs(local.replace(tzinfo=None) - wanted)
    assert skipped in (timedelta(0), timedelta(hours=1)), "an hour that summer time leaves out"


def library(folder: Path, port: int) -> Library:
    return Library.open(replace(settings(port, mail_to="me@example.com"), folder=folder))


@pytest.fixture
def held(tmp_path: Path, box: tuple[Box, int]) -> Library:
    made = library(empty(tmp_path), box[1])
    topics.save(made.store, TOPIC)
    text = "China exported 10 t of dysprosium oxide in May."
    made.keep([Read(Document("Ten tonnes", "Our Wire", datetime.now(UTC), "en", (Paragraph(1, text),)))])
    return made


def due_now(held: Library) -> None:
    one = held.store.brief_mails.of(TOPIC.slug)
    assert one
    held.store.brief_mails.put(replace(one, due=datetime.now(UTC) - timedelta(minutes=1)))


def body(box: Box) -> str:
    content = box.taken[-1].content
    assert isinstance(content, bytes)
    message = email.message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    text = message.get_body(("plain",))
    assert text is not None
    return str(text.get_content())


def test_it_goes_out_when_it_is_due_and_not_before(held: Library, box: tuple[Box, int]) -> None:
    asked = BriefSchedule(at="07:30", to="you@example.com", language="zh")
    assert schedule.schedule(held, TOPIC, asked).due > datetime.now(UTC)
    assert schedule.send_due(held) == 0
    due_now(held)
    assert schedule.send_due(held) == 1
    assert schedule.send_due(held) == 0
    assert [envelope.rcpt_tos for envelope in box[0].taken] == [["you@example.com"]]
    assert "新增文献" in body(box[0])
    assert "Ten tonnes" in body(box[0])
    one = held.store.brief_mails.of(TOPIC.slug)
    assert one
    assert one.sent
    assert one.sent < datetime.now(UTC) < one.due
    due_now(held)
    schedule.send_due(held)
    assert "Ten tonnes" not in body(box[0]), "the next one tells what came since"


def test_of_several_servers_one_sends_it(held: Library, box: tuple[Box, int]) -> None:
    schedule.schedule(held, TOPIC, DAILY)
    due_now(held)
    servers = [library(held.settings.folder, box[1]) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(schedule.send_due, servers)) == 1
    assert len(box[0].taken) == 1


def test_what_fails_is_said_and_tried_again(held: Library, box: tuple[Box, int]) -> None:
    schedule.schedule(held, TOPIC, DAILY)
    box[0].full = True
    for attempt in (1, 2):
        due_now(held)
        assert schedule.send_due(held) == 0
        one = held.store.brief_mails.of(TOPIC.slug)
        assert one
        assert (one.attempts, one.sent) == (attempt, None)
        assert "452" in one.reason
        assert timedelta(0) < one.due - datetime.now(UTC) <= schedule.FIRST_PAUSE * 2 ** (attempt - 1)
    box[0].full = False
    due_now(held)
    assert schedule.send_due(held) == 1
    one = held.store.brief_mails.of(TOPIC.slug)
    assert one
    assert (one.attempts, one.reason) == (0, "")


def test_a_server_that_died_over_it_leaves_it_to_another(held: Library) -> None:
    schedule.schedule(held, TOPIC, DAILY)
    due_now(held)
    one = held.store.brief_mails.of(TOPIC.slug)
    assert one
    taken = held.store.brief_mails.take(one, datetime.now(UTC), schedule.LEASE)
    assert taken
    assert held.store.brief_mails.take(one, datetime.now(UTC), schedule.LEASE) is None
    assert held.store.brief_mails.due(datetime.now(UTC)) == []
    assert held.store.brief_mails.due(datetime.now(UTC) + schedule.LEASE) == [taken]
    due_now(held)  # set otherwise meanwhile: what the first one says no longer counts
    assert not held.store.brief_mails.end(taken, replace(taken, sent=datetime.now(UTC)))


def test_a_removed_topic_or_an_ended_mail_sends_nothing(held: Library, box: tuple[Box, int]) -> None:
    schedule.schedule(held, TOPIC, DAILY)
    due_now(held)
    with held.store.writing() as writer:
        writer.remove_topic(TOPIC.slug)
    assert schedule.send_due(held) == 0
    assert not held.store.brief_mails.remove(TOPIC.slug)
    assert box[0].taken == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (BriefSchedule(at="07:30", zone="Mars/Base"), "no time zone"),
        (BriefSchedule(at="07:30", zone="../x"), "no time zone"),
        (BriefSchedule(at="07:30", to="nobody"), "not a mail address"),
    ],
)
def test_what_cannot_be_is_said_when_it_is_set(held: Library, asked: BriefSchedule, said: str) -> None:
    with pytest.raises(UserError, match=said):
        schedule.schedule(held, TOPIC, asked)
    assert held.store.brief_mails.of(TOPIC.slug) is None
