from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mine2magnet.reading.dates import parse, plausible

NOW = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("2025-06-01T03:13:00+02:00", "zh", "2025-06-01T03:13:00+02:00"),
        ("2025-06-01T03:13:00.123Z", "zh", "2025-06-01T03:13:00+00:00"),
        ("2025-06-01T03:13:07+0800", "en", "2025-06-01T03:13:07+08:00"),
        ("2025-06-01 03:13", "zh", "2025-06-01T03:13:00+08:00"),
        ("2025-06-01 03:13", "ja", "2025-06-01T03:13:00+09:00"),
        ("2025-06-01 03:13", "de", "2025-06-01T03:13:00+00:00"),
        ("2025-06-01", "zh", "2025-06-01T00:00:00+08:00"),
        ("发布时间：2025年06月01日 03:13 来源：某报", "zh", "2025-06-01T03:13:00+08:00"),
        ("2025年6月1日（日）3時13分", "ja", "2025-06-01T03:13:00+09:00"),
        ("2025/6/1 3:13", "ja", "2025-06-01T03:13:00+09:00"),
        ("2025.06.01", "ja", "2025-06-01T00:00:00+09:00"),
        ("20250601", "en", "2025-06-01T00:00:00+00:00"),
        ("Sun, 01 Jun 2025 03:13:00 +0800", "en", "2025-06-01T03:13:00+08:00"),
        ("Sun, 01 Jun 2025 03:13:00 GMT", "zh", "2025-06-01T03:13:00+00:00"),
        ("1 Jun 2025 03:13:00 -0400", "en", "2025-06-01T03:13:00-04:00"),
        ("Published June 1, 2025 at 3:13 pm", "en", "2025-06-01T15:13:00+00:00"),
        ("Sept. 3rd, 2025 12:05 a.m.", "en", "2025-09-03T00:05:00+00:00"),
        ("1 June 2025", "en", "2025-06-01T00:00:00+00:00"),
        ("2025-06-01 03:13 JST", "en", "2025-06-01T03:13:00+09:00"),
    ],
)
def test_forms(text: str, language: str, expected: str) -> None:
    time = parse(text, language)
    assert time is not None
    assert time.isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2025-13-01",
        "2025-02-30",
        "tel. 2025-06-012",
        "Sun, 99 Jun 2025 03:13:00 +0800",
        "12345678",
    ],
)
def test_no_date(text: str) -> None:
    assert parse(text, "en") is None


def test_the_first_valid_date_counts() -> None:
    assert parse("ref 2025-99-99, 1 June 2025, 2025-07-01", "en") == datetime(2025, 6, 1, tzinfo=UTC)


def test_what_is_plausible() -> None:
    assert plausible(datetime(2999, 1, 1, tzinfo=UTC), NOW) is None
    assert plausible(datetime(1989, 12, 31, tzinfo=UTC), NOW) is None
    assert plausible(NOW + timedelta(hours=20), NOW) is not None
    assert plausible(NOW + timedelta(hours=30), NOW) is None
    assert plausible(None, NOW) is None


@given(st.text(max_size=60), st.sampled_from(["zh", "ja", "en", "und"]))
def test_any_text_gives_a_time_with_a_zone_or_none(text: str, language: str) -> None:
    time = parse(text, language)
    assert time is None or time.tzinfo is not None


@given(st.datetimes(timezones=st.timezones()))
def test_iso_8601_reads_back(time: datetime) -> None:
    stated = time.replace(microsecond=0)
    offset = stated.utcoffset()
    if offset is not None and offset.total_seconds() % 60 == 0 and stated.year >= 1000:
        found = parse(stated.isoformat(), "zh")
        assert found is not None
        assert found.isoformat() == stated.isoformat()
