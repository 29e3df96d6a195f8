"""Briefs by mail at set times: sent once, by the server that comes first, and tried again where it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mine2magnet.alerts import brief_text, mail
from mine2magnet.alerts.brief import Brief, brief
from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.core.messages import Translator
from mine2magnet.core.settings import Settings
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.library.library import Library
from mine2magnet.model import BriefMail, BriefSchedule, Topic

LEASE = timedelta(minutes=10)  # a mail under way is left alone by other processes for so long
FIRST_SPAN = timedelta(days=1)  # that the first brief tells of; each further one what came since the last
FIRST_PAUSE = timedelta(minutes=1)  # before a mail is tried again; doubled with every failure …
LONGEST_PAUSE = timedelta(hours=1)  # … up to this
SATURDAY = 5


def zone(name: str) -> tzinfo | None:
    """Return a time zone, None for that of this machine.

    Parameters
    ----------
    name : str
        Of the IANA database, or "".

    Raises
    ------
    UserError
        If there is none of the name.
    """
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UserError(f"no time zone {name!r}", where="zone", hint="write it as Asia/Tokyo") from None


def next_time(schedule: BriefSchedule, after: datetime) -> datetime:
    """Return the next time of a schedule after a time, in UTC.

    Parameters
    ----------
    schedule : BriefSchedule
    after : datetime
        With its zone.

    Examples
    --------
    >>> friday = datetime(2025, 6, 6, 12, tzinfo=UTC)
    >>> next_time(BriefSchedule(at="7:30", days="weekdays", zone="Asia/Tokyo"), friday).isoformat()
    '2025-06-08T22:30:00+00:00'
    """
    where = zone(schedule.zone)
    hour, minute = map(int, schedule.at.split(":"))
    day = after.astimezone(where).date()
    while True:
        local = datetime.combine(day, time(hour, minute), where)
        found = local.astimezone(UTC)  # without a zone, of this machine
        if found > after and (schedule.days == "daily" or day.weekday() < SATURDAY):
            return found
        day += timedelta(days=1)


def schedule(library: Library, topic: Topic, asked: BriefSchedule) -> BriefMail:
    """Have a topic's brief sent by mail from now on.

    Parameters
    ----------
    library : Library
    topic : Topic
    asked : BriefSchedule

    Returns
    -------
    BriefMail

    Raises
    ------
    UserError
        If the settings or the addresses do not say where to.
    """
    mail.receivers(library.settings, asked.to)
    held = library.store.brief_mails.of(topic.slug)
    made = BriefMail(topic.slug, asked, next_time(asked, datetime.now(UTC)), held.sent if held else None)
    library.store.brief_mails.put(made)
    return made


def send_due(library: Library, stop: Callable[[], bool] = lambda: False) -> int:
    """Send the briefs that are due; return how many went out.

    Parameters
    ----------
    library : Library
    stop : callable

    Returns
    -------
    int
    """
    went = 0
    for one in library.store.brief_mails.due(datetime.now(UTC)):
        if stop():
            break
        if taken := library.store.brief_mails.take(one, datetime.now(UTC), LEASE):
            went += _send(library, one, taken)
    return went


def _send(library: Library, due: BriefMail, taken: BriefMail) -> bool:
    now = datetime.now(UTC)
    try:
        topic, asked = library.store.topic(due.topic), due.schedule
        library.index.update()
        language = asked.language or library.settings.language
        made = brief(library, topic, due.sent or now - FIRST_SPAN, now, language)
        post(library.settings, made, library.thesaurus, Translator(language), library.home, asked.to)
    except NotFound:
        return False  # the topic was removed meanwhile
    except UserError as error:
        pause = min(FIRST_PAUSE * 2 ** min(due.attempts, 20), LONGEST_PAUSE)
        ended = replace(due, due=now + pause, attempts=due.attempts + 1, reason=str(error))
    else:
        ended = replace(due, due=next_time(due.schedule, now), sent=now, attempts=0, reason="")
    library.store.brief_mails.end(taken, ended)
    return not ended.attempts


def post(
    settings: Settings, made: Brief, words: Thesaurus, t: Translator, home: str, to: str = ""
) -> list[str]:
    """Send a brief as text and HTML; return to whom it went.

    Parameters
    ----------
    settings : Settings
    made : Brief
    words : Thesaurus
    t : Translator
    home : str
        Where the pages are served.
    to : str
        As for `mail.send`.

    Returns
    -------
    list of str
    """
    text, html = (make(made, words, t, home) for make in (brief_text.as_markdown, brief_text.as_html))
    return mail.send(settings, brief_text.title(made, t), text, html, to)
