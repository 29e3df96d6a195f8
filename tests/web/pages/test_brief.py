"""A topic's brief as page, Markdown, HTML and Atom."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from httpx import Client

from mine2magnet.library.library import Library
from tests.web.conftest import HOSTILE, SLUG

BRIEF = f"/topics/{SLUG}/brief"


@pytest.mark.parametrize("language", ["en", "zh", "ja"])
def test_the_page_names_what_came_in(filled: Library, client: Client, language: str) -> None:
    page = client.get(BRIEF, params={"lang": language, "since": "7d"}).text
    assert "Carmakers count their magnets" in page
    assert "<script>alert" not in page


def test_each_format(filled: Library, client: Client) -> None:
    assert "**Carmakers count their magnets**" in client.get(f"{BRIEF}.md").text
    html = client.get(f"{BRIEF}.html").text
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    atom = client.get(f"{BRIEF}.atom")
    assert atom.headers["content-type"] == "application/atom+xml"
    titles = [e.text for e in ElementTree.fromstring(atom.text).iter("{http://www.w3.org/2005/Atom}title")]
    assert HOSTILE in titles
    told = client.get(BRIEF, params={"format": "json"}).json()
    assert told["brief"]["total"] == len(told["brief"]["documents"])


def test_what_cannot_be_asked(filled: Library, client: Client) -> None:
    assert client.get(f"{BRIEF}.doc").status_code == 404
    assert client.get(BRIEF, params={"since": "ever"}).status_code == 400
    assert client.get("/topics/none/brief").status_code == 404


def test_it_is_set_to_go_out_by_mail_and_ended(filled: Library, client: Client) -> None:
    assert "No mail server is set up" in client.get(BRIEF).text
    filled.use(replace(filled.settings, smtp_host="mail.example", mail_to="me@example.com"))
    given = {"at": "07:30", "days": "weekdays", "zone": "Mars", "to": "", "language": "ja"}
    page = client.post(BRIEF, data=given)
    assert page.status_code == 400
    assert "no time zone" in page.text
    assert 'value="Mars"' in page.text
    page = client.post(BRIEF, data=given | {"zone": "Asia/Tokyo"})
    assert "07:30 UTC+9" in page.text
    assert "not sent yet" in page.text
    one = filled.store.brief_mails.of(SLUG)
    assert one
    assert (one.schedule.zone, one.schedule.language) == ("Asia/Tokyo", "ja")
    filled.store.brief_mails.put(replace(one, attempts=2, reason="the mail server refuses a@b.example"))
    assert "2 次：邮件服务器拒绝" in client.get(BRIEF, params={"lang": "zh"}).text
    client.post(f"{BRIEF}/stop")
    assert filled.store.brief_mails.of(SLUG) is None
