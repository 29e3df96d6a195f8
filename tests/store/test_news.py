from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.model import Document, Paragraph, Read
from tests.conftest import empty


def test_who_joins_one_of_two_joins_both_and_a_removed_one_leaves(tmp_path: Path) -> None:
    library = Library.open(Settings(folder=empty(tmp_path)))
    store = library.store
    texts = ("Dysprosium is dear.", "Tin is cheap.", "Iron rusts.", "Gold shines.", "Lead is soft.")
    documents = (Document(text, "Wire", datetime.now(UTC), "en", (Paragraph(1, text),)) for text in texts)
    a, b, c, d, e = library.keep(map(Read, documents)).ids
    with store.writing() as writer:
        for id, same in ((a, []), (b, [a]), (c, []), (d, [c]), (e, [b, d])):
            writer.put_news(id, 1, "m", same)
    assert [set(group) for group in store.same_news()] == [{a, b, c, d, e}]
    assert store.same_news([c]) == store.same_news()
    assert store.same_news([]) == []
    assert len(set(store.placed([a, b, e]).values())) == 1
    with store.writing() as writer:
        writer.put_news(a, 1, "m")  # looked at anew, and alone
        writer.remove(b)
    assert [set(group) for group in store.same_news()] == [{c, d, e}]
    assert store.placed([a]) == {a: None}
