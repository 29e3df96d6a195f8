"""Pieces of pages that are kept."""

from __future__ import annotations

from markupsafe import Markup

from mine2magnet.web.kit.fragments import Fragments


def test_a_piece_is_made_once_of_the_same_and_the_oldest_go() -> None:
    kept, made = Fragments(most=16), list[int]()

    def piece(number: int) -> Markup:
        def caller() -> Markup:
            made.append(number)
            return Markup(f"<b>{number}</b>")

        return kept("piece", number, caller=caller)

    assert [piece(n) for n in (1, 2, 1, 2)] == [Markup(f"<b>{n}</b>") for n in (1, 2, 1, 2)]
    assert made == [1, 2]
    piece(3)
    piece(2)
    piece(1)
    assert made == [1, 2, 3, 1]


def test_what_is_larger_than_the_room_is_shown_and_not_kept() -> None:
    kept = Fragments(most=4)
    assert kept("piece", caller=lambda: Markup("longer")) == "longer"
    assert kept("piece", caller=lambda: Markup("new")) == "new"
    assert kept("piece", caller=lambda: Markup("newer")) == "new"
