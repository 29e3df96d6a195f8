"""The settings page: what it changes holds at once and stays; who may; what it never shows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from httpx import Client, Response

from mine2magnet.background.worker import Worker
from mine2magnet.core import api_keys, model_servers
from mine2magnet.core import settings as kept
from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.model import Key
from mine2magnet.translate import models
from tests.conftest import Model, Site, empty, until
from tests.translate.test_models import offer


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(model_servers, "KNOWN", ())
    return kept.of_user()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(Settings(folder=empty(tmp_path), translation_models=tmp_path / "models"))


@pytest.fixture(autouse=True)
def _visited(client: Client) -> None:
    client.get("/topics")


def save(client: Client, section: str, **fields: str) -> Response:
    return client.post("/settings", data={"section": section, **fields})


def test_a_change_holds_at_once_and_is_kept(client: Client, library: Library, file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text('# mine\nnews_bing = "" # too much\n')
    answer = save(client, "claims", claims_threshold="0.8")
    assert answer.status_code == 200
    assert "Saved" in answer.text
    assert library.settings.claims_threshold == library.store.threshold == 0.8
    assert file.read_text() == '# mine\nnews_bing = "" # too much\nclaims_threshold = 0.8\n'
    assert file.stat().st_mode & 0o77 == 0


def test_secrets_are_kept_and_never_shown(client: Client, library: Library, file: Path) -> None:
    save(client, "mail", smtp_host="mail.example.com", smtp_user="me", smtp_password="hush-hush")
    page = client.get("/settings")
    assert "hush-hush" not in page.text
    assert client.get("/settings?format=json").json()["settings"]["smtp_password"] is True
    save(client, "mail", smtp_host="post.example.com", smtp_password="")
    assert tomllib.loads(file.read_text())["smtp_password"] == "hush-hush" == library.settings.smtp_password
    save(client, "mail", smtp_password="", **{"forget-smtp_password": "yes"})
    assert library.settings.smtp_password == ""


@pytest.mark.parametrize(
    ("section", "fields", "said"),
    [
        ("claims", {"claims_threshold": "1.5"}, "Threshold: cannot be 1.5"),
        ("claims", {"claims_threshold": "sure"}, "claims_threshold cannot be &#39;sure&#39;"),
        ("model", {"model": "m", "model_url": ""}, "no endpoint for the model m"),
        ("model", {"model": "m", "model_url": "http://10.0.0.1/v1"}, "plain http leaves this machine"),
        ("mail", {"smtp_port": "70000"}, "no port 70000"),
        ("mail", {"smtp_host": "a\nb"}, "cannot be printed"),
        ("mail", {"mail_to": "x" * 1001}, "more than 1000 characters"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    client: Client, library: Library, file: Path, section: str, fields: dict[str, str], said: str
) -> None:
    before = library.settings
    answer = save(client, section, **fields)
    assert answer.status_code == 400
    assert said in answer.text
    assert library.settings == before
    assert not file.exists()
    (name, typed), *_ = fields.items()
    assert "\n" in typed or f'name="{name}" value="{typed}"' in answer.text


def test_a_section_that_is_none_and_a_file_that_cannot_be_read(client: Client, file: Path) -> None:
    assert save(client, "store", store="x").status_code == 400
    file.parent.mkdir(parents=True)
    file.write_text("language = = 1")
    answer = save(client, "language", language="ja")
    assert answer.status_code == 400
    assert str(file) in answer.text
    assert file.read_text() == "language = = 1"


def test_what_a_variable_gives_is_not_changed_here(
    tmp_path: Path, client: Client, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINE2MAGNET_SMTP_HOST", "by.variable")
    library.use(kept.load({"folder": library.settings.folder}))
    page = client.get("/settings").text
    assert re.search(r'name="smtp_host" value="by.variable"[^>]* disabled>', page)
    assert "MINE2MAGNET_SMTP_HOST" in page
    save(client, "mail", smtp_host="another", mail_to="me@example.com")
    assert (library.settings.smtp_host, library.settings.mail_to) == ("by.variable", "me@example.com")


def test_a_model_is_tried_and_set_to_work_without_a_restart(
    client: Client, library: Library, model: Model
) -> None:
    worker = Worker(library)
    worker.start()
    try:
        refused = save(client, "model", model="small", model_url=model.url, **{"try": "1"})
        assert refused.status_code == 400
        model.says("ready")
        answer = save(client, "model", model="small", model_url=model.url, **{"try": "1"})
        assert "It works. “ready”" in answer.text
        until(lambda: library.best_translator is not library.translator)
        save(client, "model", model="", model_url="")
        until(lambda: library.best_translator is library.translator)
    finally:
        worker.stop()


def test_a_server_of_models_on_this_machine_is_offered(
    client: Client, library: Library, smollm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_servers, "KNOWN", (("llama.cpp", smollm),))
    page = client.get("/settings").text
    assert "llama.cpp runs on this machine" in page
    name = re.search(r"<option>([^<]+)</option>", page)
    assert name
    answer = save(client, "model", model_url=smollm, model=name[1], **{"try": "1"})
    assert "It works." in answer.text
    assert library.settings.model == name[1]


def test_a_translation_model_is_fetched_beside_the_pages(
    client: Client, library: Library, site: Site
) -> None:
    offer(site, "zh-en")
    save(client, "translation", translation_mirror=site.url)
    assert client.post("/settings/translation", data={"source": "zh", "target": "zh"}).status_code == 400
    assert client.post("/settings/translation", data={"source": "zh", "target": "en"}).status_code == 200
    until(lambda: models.held(library.settings.translation_models) == [("zh", "en")])
    until(lambda: "Chinese → English" in client.get("/settings").text)
    client.post("/settings/translation", data={"source": "ja", "target": "en"})
    until(lambda: "no model from ja to en is offered there" in client.get("/settings").text)


def test_keys_are_made_shown_once_and_revoked(client: Client, library: Library) -> None:
    made = client.post("/settings/keys", data={"name": "notebook", "scope": "write"}).text
    secret = re.search(r"m2m_[\w-]+", made)
    assert secret
    held = library.store.keys.find(api_keys.fingerprint(secret[0]))
    assert held is not None
    assert held.scopes == {"read", "run", "write"}
    page = client.get("/settings").text
    assert secret[0] not in page
    assert "notebook" in page
    again = client.post("/settings/keys", data={"name": "notebook", "scope": "write"})
    assert again.status_code == 400
    assert "already" in again.text
    assert client.post("/settings/keys", data={"name": "x", "scope": "all"}).status_code == 400
    client.post("/settings/keys/revoke", data={"name": "notebook"})
    assert library.store.keys.held() == []


def test_only_who_may_change_settings_sees_them(client: Client, library: Library) -> None:
    for name, scope, status in (("w", "write", 403), ("a", "admin", 200)):
        secret = api_keys.make()
        library.store.keys.put(Key(name, api_keys.allowed([scope]), 600, api_keys.fingerprint(secret)))
        shown = {"Authorization": f"Bearer {secret}"}
        assert client.get("/settings", headers=shown).status_code == status
        sent = client.post("/settings", headers=shown, data={"section": "language", "language": "ja"})
        assert sent.status_code == status
        assert ('href="/settings"' in client.get("/documents", headers=shown).text) == (status == 200)
    assert library.settings.language == "ja"
