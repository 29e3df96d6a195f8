from __future__ import annotations

import base64
import hashlib
import hmac
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import isclose
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec import structs

from mine2magnet.alerts import watches, webhooks
from mine2magnet.background.worker import Worker, look_out
from mine2magnet.cli.main import main
from mine2magnet.core.errors import UserError
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.model import (
    Bound,
    Claim,
    ClaimFilter,
    Digest,
    Document,
    Match,
    Paragraph,
    Point,
    Quantity,
    Read,
    Side,
    Topic,
    Watch,
)
from tests.conftest import until

pytestmark = pytest.mark.stores

STOCKS = ClaimFilter(measure=("stock_cover",))
FILLER = "Buyers were asked by telephone, and a good many of them would rather not have been named here."


def written(title: str, *paragraphs: str, language: str = "en", **fields: Any) -> Document:
    given: dict[str, Any] = {
        "source": "Example Post",
        "fetched": datetime.now(UTC),
        "published": datetime(2025, 6, 2, tzinfo=UTC),
        "paragraphs": tuple(Paragraph(i, text) for i, text in enumerate(paragraphs, 1)),
    }
    return Document(title=title, language=language, **(given | fields))


def keep(library: Library, *documents: Document) -> None:
    """As a read does, without the vectors that no watch asks for."""
    library.keep(Read(document) for document in documents)
    while library.claim(100):
        pass


def look(library: Library) -> list[Match]:
    while look_out(library):
        pass
    return library.store.matches()


def stocks(weeks: str, place: str = "Germany") -> Document:
    return written(
        f"Stocks in {place}: {weeks}",
        FILLER,
        f"Magnet stocks at carmakers in {place} last for {weeks}, a survey of the trade found.",
    )


# --- matching


def test_a_query_finds_what_comes_after_it_was_made_once(library: Library) -> None:
    keep(library, written("Held before", "Terbium is scarce in the ports of the north."))
    watches.add(library.store, Watch("terbium", query="terbium"))
    assert look(library) == []
    keep(
        library,
        written(
            "Comes after", FILLER, "The price is high. Terbium went to a bidder from abroad. So it goes."
        ),
    )
    keep(library, written("Not about it", "Cerium is plentiful."))
    (match,) = look(library)
    assert (match.title, match.paragraph, match.read) == ("Comes after", 2, False)
    assert match.sentence == "Terbium went to a bidder from abroad."
    assert match.sentence[match.start - match.offset : match.end - match.offset] == "Terbium"
    library.index.rebuild()
    assert look(library) == [match]


def test_the_words_of_a_query_count_in_every_language(library: Library) -> None:
    watches.add(library.store, Watch("inventory", query="inventory"))
    keep(library, written("磁材厂", "几家磁材厂的库存只够六周。", language="zh"))
    (match,) = look(library)
    assert match.sentence == "几家磁材厂的库存只够六周。"


def test_a_topic_is_watched_with_what_is_read_into_it(library: Library) -> None:
    topics.save(library.store, Topic("cobalt", "cobalt", ("cobalt",)))
    watch = watches.add(library.store, Watch("cobalt", topic="cobalt"))
    document = written("Ore on its way", "A ship left the port.")
    library.keep([Read(document, topic="cobalt"), Read(written("Congo", "Cobalt again."))])
    assert {match.title for match in look(library)} == {"Ore on its way", "Congo"}
    with library.store.writing() as writer:
        writer.remove_topic("cobalt")
    keep(library, written("Later", "Cobalt, cobalt."))
    assert len(look(library)) == 2
    assert library.store.watch(watch.id).seq == library.store.last_change()


def test_a_claim_is_watched_with_its_bound(library: Library) -> None:
    watches.add(
        library.store,
        Watch(
            "thin",
            claims=structs.replace(STOCKS, subject=("europe",)),
            bound=watches.bound("below", "6 weeks"),
        ),
    )
    keep(library, stocks("four weeks"), stocks("nine weeks", "France"), stocks("two weeks", "Japan"))
    (match,) = look(library)
    assert match.title == "Stocks in Germany: four weeks"
    assert match.claim is not None
    assert (match.claim.subjects, match.claim.quantity.low) == (("germany",), 4.0)
    assert match.sentence[match.start - match.offset : match.end - match.offset] == "four weeks"


def test_a_claim_without_a_subject_is_about_whom_its_sentence_or_the_title_names(library: Library) -> None:
    watch = Watch("thin", claims=structs.replace(STOCKS, subject=("europe",)))
    watches.add(library.store, watch)
    keep(
        library,
        *(
            written(f"{place} runs short", "Magnet stocks last for four weeks.")
            for place in ("Europe", "Japan")
        ),
    )
    found = look(library)
    assert [match.claim.subjects for match in found if match.claim] == [()]
    assert [match.title for match in found] == ["Europe runs short"]


def test_claims_wait_until_they_have_been_taken(library: Library) -> None:
    watches.add(library.store, Watch("thin", claims=STOCKS))
    library.keep([Read(stocks("four weeks"))])
    assert look(library) == []
    library.claim(100)
    assert len(look(library)) == 1


def test_copies_and_new_versions_that_say_the_same_appear_once(library: Library) -> None:
    watches.add(library.store, Watch("thin", claims=STOCKS))
    watches.add(library.store, Watch("carmakers", query="carmakers"))
    text = [FILLER] * 6 + ["Magnet stocks at carmakers in Germany last for four weeks, a survey found."]
    page = written("Survey", *text, url="https://a.example/1")
    keep(library, page)
    assert len(look(library)) == 2
    keep(library, written("Survey, reprinted", *text, url="https://b.example/2"))
    longer = (*page.paragraphs, Paragraph(8, "Magnet stocks at carmakers in Japan last for nine weeks."))
    keep(library, replace(page, paragraphs=longer))
    found = look(library)
    assert [(match.claim is not None, match.version) for match in found] == [(True, 2), (False, 1), (True, 1)]


def test_an_old_text_that_is_read_again_is_no_news(library: Library) -> None:
    page = written("Survey", FILLER, "Stocks of magnets last for four weeks.", url="https://a.example/1")
    keep(library, replace(page, fetched=datetime.now(UTC) - timedelta(days=1)))
    watches.add(library.store, Watch("thin", claims=STOCKS))
    watches.add(library.store, Watch("magnets", query="magnets"))
    keep(library, replace(page, paragraphs=(*page.paragraphs, Paragraph(3, "Corrected on Tuesday."))))
    assert look(library) == []


def test_a_document_known_by_its_digest_is_found_by_a_point(library: Library) -> None:
    watches.add(library.store, Watch("thin", claims=STOCKS))
    watches.add(library.store, Watch("bavaria", query="bavaria"))
    digest = Digest(
        (Point("Nothing is sure.", (1,)), Point("Stocks of magnets in Bavaria last for two weeks.", (4,))),
        (), "source", "en",
    )  # fmt: skip
    library.keep([Read(written("Known by name"), digest)])
    library.claim(10)
    assert [(match.paragraph, match.point) for match in look(library)] == [(0, 2), (0, 2)]


def test_what_is_denied_is_no_alarm_unless_asked_for(library: Library) -> None:
    watches.add(library.store, Watch("thin", claims=STOCKS))
    watches.add(library.store, Watch("denials", claims=structs.replace(STOCKS, modality=("denied",))))
    claim = Claim(Quantity(2, 2, "week"), 0, 9, (0, 30), measure="stock_cover", modality="denied")
    library.keep([Read(written("A denial", "Two weeks of stock? No, said the plant."))])
    (change,) = library.store.changes(0)
    with library.store.writing() as writer:
        writer.put_claims(change.id, 1, library.claimer, [claim])
    assert [library.store.watch(match.watch).name for match in look(library)] == ["denials"]


def test_what_goes_takes_its_matches_along(library: Library) -> None:
    watch = watches.add(library.store, Watch("x", query="terbium", webhook="https://hook.example/"))
    keep(library, written("One", "Terbium here."), written("Two", "Terbium there, in quite other words."))
    first, _ = look(library)
    with library.store.writing() as writer:
        writer.remove(first.document)
    assert len(library.store.matches()) == len(library.store.deliveries()) == 1
    with library.store.writing() as writer:
        writer.remove_watch(watch.id)
    assert (library.store.matches(), library.store.deliveries(), library.store.watches()) == ([], [], [])


def test_two_processes_that_look_at_once_find_a_thing_once(library: Library) -> None:
    watches.add(library.store, Watch("x", query="terbium"))
    keep(library, *(written(f"Number {n}", f"Terbium lot {n} went to bidder {n * 7}.") for n in range(30)))
    others = [Library.open(library.settings) for _ in range(4)]
    threads = [threading.Thread(target=look, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(library.store.matches()) == 30


@pytest.mark.parametrize(
    ("low", "high", "unit", "side", "expected"),
    [
        (4, 6, "week", "below", True),
        (6, 6, "week", "below", False),
        (1, 1, "month", "below", True),
        (2, 3, "month", "below", False),
        (None, 6, "week", "below", True),  # "under six weeks"
        (None, 8, "week", "below", False),
        (5, None, "week", "below", True),
        (5, 7, "week", "above", True),
        (6, None, "week", "above", True),
        (5, None, "week", "above", False),
        (4, 4, "t", "below", False),
        (4, 4, "%", "below", False),
    ],
)
def test_a_bound_is_met_by_what_reaches_beyond_it(
    low: float | None, high: float | None, unit: str, side: Side, expected: bool
) -> None:
    claim = Claim(Quantity(low, high, unit), 0, 1, (0, 1))
    assert watches.within(claim, Bound(side, 6, "week")) is expected


@given(st.floats(0.1, 1e6), st.floats(0.1, 1e6))
def test_a_single_value_lies_on_one_side_of_another_or_on_neither(value: float, limit: float) -> None:
    claim = Claim(Quantity(value, value, "t"), 0, 1, (0, 1))
    assume(not isclose(value, limit, rel_tol=2 * watches.EXACT))  # else it lies on the limit
    sides = [watches.within(claim, Bound(side, limit, "t")) for side in ("below", "above")]
    assert sides == [value < limit, value > limit]


@pytest.mark.parametrize("text", ["", "many", "6", "6 weeks or 7 t", "x" * 5000])
def test_a_bound_needs_one_figure_with_a_unit(text: str) -> None:
    with pytest.raises(UserError, match="no figure"):
        watches.bound("below", text)


def test_a_bound_may_be_written_in_any_language() -> None:
    assert [watches.bound("below", text) for text in ("6 weeks", "六周", "6週間")] == [
        Bound("below", 6, "week")
    ] * 3


@pytest.mark.parametrize(
    "webhook",
    [
        "ftp://a.example/",
        "http://a.example/",
        "https://user:key@a.example/",
        "https://",
        "a.example",
        "https://a b/",
    ],
)
def test_a_webhook_is_an_https_address(library: Library, webhook: str) -> None:
    with pytest.raises(UserError) as raised:
        watches.add(library.store, Watch("x", query="y", webhook=webhook))
    assert raised.value.where == "webhook"


def test_a_name_is_taken_once(library: Library) -> None:
    watches.add(library.store, Watch("x", query="y"))
    with pytest.raises(UserError, match="already"):
        watches.add(library.store, Watch("x", query="z"))


# --- delivering


@dataclass
class Hook:
    """A webhook on loopback that answers by `rule`, given how many it was sent before."""

    url: str
    rule: Callable[[int], int] = lambda _: 204
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    wait: float = 0.0

    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.taken]


@pytest.fixture(name="hook")
def serve_hook() -> Iterator[Hook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                status = hook.rule(len(hook.taken))
                hook.taken.append(({k.lower(): v for k, v in self.headers.items()}, body))
            time.sleep(hook.wait)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", hook.url + "elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    lock = threading.Lock()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients hang up on purpose
    hook = Hook(f"http://127.0.0.1:{server.server_address[1]}/")
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield hook
    server.shutdown()
    server.server_close()


def watched(library: Library, hook: Hook, *titles: str, name: str = "terbium") -> Watch:
    watch = watches.add(library.store, Watch(name, query="terbium", webhook=hook.url), allow_private=True)
    keep(library, *(written(title, f"Terbium for {title}, at last.") for title in titles))
    look(library)
    return watch


def deliver(library: Library, **options: Any) -> int:
    return webhooks.deliver(library.store, library.home, **{"allow_private": True} | options)


def test_a_delivery_is_signed_and_says_what_matched(library: Library, hook: Hook) -> None:
    watch = watched(library, hook, "Hamburg")
    assert deliver(library) == 1
    ((headers, body),) = hook.taken
    key = base64.b64decode(library.store.secret(watch.id).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    told = json.loads(body)
    (match,) = library.store.matches()
    assert headers["webhook-id"] == f"msg_{match.id}"
    assert told["data"]["sentence"] == "Terbium for Hamburg, at last."
    assert told["data"]["marked"] == [0, 7]
    assert told["data"]["watch"] == {"id": watch.id, "name": "terbium"}
    assert told["data"]["link"] == f"http://127.0.0.1:8000{webhooks.path(match)}"
    assert library.store.deliveries() == []


def test_the_check_in_the_documentation_tells_deliveries_from_others(library: Library, hook: Hook) -> None:
    page = (Path(__file__).parents[2] / "docs" / "ask-and-alerts.md").read_text("utf-8")
    shown: dict[str, Any] = {}
    exec(page.partition("```python\n")[2].partition("```")[0], shown)
    watch = watched(library, hook, "Hamburg")
    deliver(library)
    ((headers, body),) = hook.taken
    secret = library.store.secret(watch.id)
    assert shown["verified"](secret, headers, body)
    assert not shown["verified"](secret, headers, body + b" ")
    assert not shown["verified"](secret, headers | {"webhook-id": "msg_another"}, body)
    old = headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 3600)}
    old["webhook-signature"] = webhooks.signature(
        secret, old["webhook-id"], int(old["webhook-timestamp"]), body
    )
    assert not shown["verified"](secret, old, body)


def test_a_delivery_that_fails_is_tried_again_later_with_the_same_id(library: Library, hook: Hook) -> None:
    watch = watched(library, hook, "Hamburg", "Bremen")
    hook.rule = lambda n: (500, 404, 204)[min(n, 2)]
    assert deliver(library) == 0
    assert deliver(library) == 0, "it is not due yet, nor is what waits behind it"
    assert len(hook.taken) == 1
    assert library.store.waiting() == {watch.id: (2, "answers 500")}
    hurry(library)
    assert deliver(library) == 0
    assert library.store.waiting() == {watch.id: (2, "answers 404")}
    hurry(library)
    assert deliver(library) == 2
    ids = hook.ids()
    assert len(ids) == 4
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert library.store.waiting() == {}


def hurry(library: Library) -> None:
    """Makes what waits due now."""
    with library.store.writing() as writer:
        writer._db.exec_driver_sql("UPDATE deliveries SET due = '2000'")


def test_the_pause_doubles_up_to_a_day_and_nothing_is_given_up(library: Library, hook: Hook) -> None:
    watched(library, hook, "Hamburg")
    hook.rule = lambda _: 503
    pauses = []
    for _ in range(18):
        hurry(library)
        before = datetime.now(UTC)
        deliver(library)
        with library.store.writing() as writer:
            due = writer._db.exec_driver_sql("SELECT due FROM deliveries").scalar()
        pauses.append((datetime.fromisoformat(str(due)) - before).total_seconds())
    assert pauses[:3] == pytest.approx([10, 20, 40], abs=2)
    assert pauses[-3:] == pytest.approx([86400] * 3, abs=2)
    hook.rule = lambda _: 200
    hurry(library)
    assert deliver(library) == 1


def test_a_slow_webhook_is_left_after_its_time_and_holds_up_no_other(library: Library, hook: Hook) -> None:
    slow = watched(library, hook, "Hamburg", name="slow")
    hook.wait = 30.0
    began = time.monotonic()
    assert deliver(library, timeout=0.3) == 0
    assert time.monotonic() - began < 15
    assert library.store.waiting()[slow.id][1].startswith("took longer than 0.3 s")


def test_redirects_are_not_followed(library: Library, hook: Hook) -> None:
    watch = watched(library, hook, "Hamburg")
    hook.rule = lambda _: 307
    assert deliver(library) == 0
    assert len(hook.taken) == 1
    assert library.store.waiting()[watch.id] == (1, "answers 307")


def test_private_addresses_are_refused_unless_allowed(library: Library, hook: Hook) -> None:
    watch = watched(library, hook, "Hamburg")
    assert deliver(library, allow_private=False) == 0
    assert hook.taken == []
    assert "private address 127.0.0.1" in library.store.waiting()[watch.id][1]


def test_two_processes_do_not_send_the_same(library: Library, hook: Hook) -> None:
    watched(library, hook, *(f"Port {n}" for n in range(12)))
    hook.wait = 0.02
    threads = [threading.Thread(target=deliver, args=(Library.open(library.settings),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while deliver(library):
        pass
    assert sorted(hook.ids()) == sorted(f"msg_{match.id}" for match in library.store.matches())


_FIND_THEN_DIE = """
import os, signal, sys
from pathlib import Path
from mine2magnet.alerts import webhooks
from mine2magnet.background.worker import look_out
from mine2magnet.core.settings import load
from mine2magnet.library.library import Library
library = Library.open(load({"folder": Path(sys.argv[1]), "allow_private": True}))
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "looking":  # when the match is written, but not yet kept
    from mine2magnet.store import Writer
    put, n = Writer._put_match, iter(range(9))
    Writer._put_match = lambda *a: put(*a) if next(n) < 2 else die()
elif sys.argv[2] == "found":  # when it is kept, before it is sent
    webhooks.deliver = die
elif sys.argv[2] == "sent":  # when the webhook has it, before that is kept
    from mine2magnet.store import Writer
    Writer.delivered = die
while look_out(library):
    pass
webhooks.deliver(library.store, library.home, allow_private=True)
"""


@pytest.mark.parametrize("when", ["looking", "found", "sent"])
def test_a_kill_loses_nothing_and_finds_nothing_twice(library: Library, hook: Hook, when: str) -> None:
    watches.add(library.store, Watch("t", query="terbium", webhook=hook.url), allow_private=True)
    keep(library, *(written(f"Port {n}", f"Terbium for port {n}, at last.") for n in range(4)))
    command = [sys.executable, "-c", _FIND_THEN_DIE, str(library.settings.folder), when]
    killed = subprocess.run(command, check=False, capture_output=True, timeout=60)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert len(library.store.matches()) == (0 if when == "looking" else 4)
    assert len(look(library)) == 4
    hurry(library)  # the lease of the killed one has run out
    while deliver(library):
        pass
    expected = {f"msg_{match.id}" for match in library.store.matches()}
    assert set(hook.ids()) == expected
    assert len(hook.taken) == (5 if when == "sent" else 4), "what was sent may come again, with its id"


def test_the_worker_finds_and_delivers_beside_its_other_work(library: Library, hook: Hook) -> None:
    hook.rule = lambda n: 500 if n == 0 else 204
    watches.add(library.store, Watch("thin", claims=STOCKS, webhook=hook.url), allow_private=True)
    worker = Worker(library)
    worker.start()
    try:
        library.keep([Read(stocks("four weeks"))])
        until(lambda: library.store.matches() and hook.taken and library.store.waiting())
        hurry(library)
        until(lambda: not library.store.waiting())
    finally:
        worker.stop()
    assert len(hook.taken) == 2
    assert json.loads(hook.taken[1][1])["data"]["claim"]["quantity"]["low"] == 4.0


# --- command line


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--folder", str(folder), *arguments], catch_exceptions=False)


def test_watch_and_inbox_on_the_command_line(library: Library, tmp_path: Path) -> None:
    folder = library.settings.folder
    added = run(folder, "watch", "add", "thin", "--measure", "stock cover", "--below", "6 weeks",
                "--webhook", "https://hook.example/")  # fmt: skip
    assert added.exit_code == 0, added.output
    assert "stock cover · <6 weeks" in added.output
    assert run(folder, "watch", "secret", "thin").output.startswith("whsec_")
    keep(library, stocks("four weeks"))
    shown = run(folder, "inbox", "--json", "--keep")
    (match,) = json.loads(shown.stdout)
    assert match["claim"]["measure"] == "stock_cover"
    assert "last for four weeks" in run(folder, "inbox").output.replace("\n", " ")
    assert "nothing new" in run(folder, "inbox").output
    assert "whsec" not in run(folder, "watch", "list", "--json").output
    assert run(folder, "watch", "remove", "thin").exit_code == 0
    assert json.loads(run(folder, "watch", "list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to look out for"),
        (["--query", 'a "'], "not closed"),
        (["--topic", "nowhere"], "no topic 'nowhere'"),
        (["--query", "a", "--below", "6 weeks"], "a figure of what?"),
        (["--measure", "price", "--below", "6", "--above", "7"], "both"),
        (["--measure", "nonsense"], "no measure of the thesaurus"),
        (["--query", "a", "--webhook", "http://127.0.0.1/"], "not the address of a webhook"),
    ],
)
def test_a_watch_that_cannot_be_is_refused_in_one_line(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = run(tmp_path, "watch", "add", "x", *arguments)
    assert result.exit_code == 1
    assert said in result.output
    assert result.output.count("\n") <= 3
