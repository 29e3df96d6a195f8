"""Groups of what is followed: companies and channels under a name of one's own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mine2magnet.core.errors import UserError
from mine2magnet.library.library import Library
from mine2magnet.model import FOLLOWED, Follow, FollowGroup
from mine2magnet.web.reportify import channels, companies, recent, shapes, symbols
from mine2magnet.web.reportify.request import Call, mapping, route, text

LONGEST_NAME = 200  # characters of a group's


def documents(library: Library, follows: Iterable[Follow]) -> frozenset[str]:
    """Ids of the documents of these channels, and of those that name these companies."""
    follows = list(follows)
    known = channels.every(library, "en")
    chosen = [known[f.value] for f in follows if f.kind == "channel" and f.value in known]
    named = (symbols.company(f.value) for f in follows if f.kind == "company")
    return channels.documents(library, chosen) | companies.documents(library, filter(None, named))


def _shape(group: FollowGroup) -> dict[str, Any]:
    return {
        "group_id": group.id,
        "name": group.name,
        "count": len(group.follows),
        "follow_values": [{"follow_type": f.kind, "follow_value": f.value} for f in group.follows],
        "created_at": shapes.when(group.made),
    }


def _name(asked: Call) -> str:
    if not (name := asked.text("name", longest=LONGEST_NAME).strip()):
        raise UserError("is missing", where="name")
    return name


def _follows(asked: Call) -> list[Follow]:
    return [_follow(asked, given) for given in asked.several("follow_values")]


def _follow(asked: Call, given: Any) -> Follow:
    where = "follow_values"
    entry = mapping(given, where)
    kind, value = (text(entry.get(name, ""), name).strip() for name in ("follow_type", "follow_value"))
    if kind not in FOLLOWED:
        raise UserError(f"no follow_type {kind[:40]!r}", where=where, hint="use " + " or ".join(FOLLOWED))
    if kind == "company":
        return Follow(kind, symbols.symbol(value, where))
    return Follow(kind, channels.find(asked.library, value).id)


def create(asked: Call) -> dict[str, Any]:
    return _shape(asked.library.store.follows.make_group(asked.caller.owner, _name(asked), _follows(asked)))


def listed(asked: Call) -> dict[str, Any]:
    return {"groups": [_shape(group) for group in asked.library.store.follows.groups(asked.caller.owner)]}


def get(asked: Call) -> dict[str, Any]:
    return _shape(_group(asked))


def _group(asked: Call) -> FollowGroup:
    return asked.library.store.follows.group(asked.caller.owner, asked.path["group"])


def update(asked: Call) -> dict[str, Any]:
    """Without a name, everything stays."""
    if asked.values.get("name") is None:
        return get(asked)
    held = asked.library.store.follows
    return _shape(held.rename_group(asked.caller.owner, asked.path["group"], _name(asked)))


def delete(asked: Call) -> dict[str, Any]:
    asked.library.store.follows.remove_group(asked.caller.owner, asked.path["group"])
    return {"message": "deleted", "group_id": asked.path["group"]}


def add(asked: Call) -> dict[str, Any]:
    held = asked.library.store.follows
    group = held.add(asked.caller.owner, asked.path["group"], _follows(asked))
    return {"message": "added", **_shape(group)}


def replace(asked: Call) -> dict[str, Any]:
    held = asked.library.store.follows
    group = held.replace(asked.caller.owner, asked.path["group"], _follows(asked))
    return {"message": "set", **_shape(group)}


def remove(asked: Call) -> dict[str, Any]:
    """Values come in the address, as often as there are; a ticker may stand without its market."""
    wanted = {value.strip().upper() for value in asked.request.query_params.getlist("follow_values")}
    if not wanted:
        raise UserError("is missing", where="follow_values")
    group = _group(asked)
    kept = [f for f in group.follows if wanted.isdisjoint(_written(f))]
    left = asked.library.store.follows.replace(asked.caller.owner, group.id, kept)
    removed = len(group.follows) - len(left.follows)
    return {"message": f"{removed} removed", "removed": removed, **_shape(left)}


def _written(follow: Follow) -> set[str]:
    value = follow.value.upper()
    return {value, value.partition(":")[2]} if follow.kind == "company" else {value}


def docs(asked: Call) -> dict[str, Any]:
    return recent.paged(asked, "items", documents(asked.library, _group(asked).follows))


_ONE = "/v1/following/groups/{group}"
ROUTES = [
    route("/v1/following/groups", create, "POST", "write"),
    route("/v1/following/groups", listed),
    route(_ONE, get),
    route(_ONE, update, "POST", "write"),
    route(_ONE, delete, "DELETE", "write"),
    route(f"{_ONE}/follows", add, "POST", "write"),
    route(f"{_ONE}/follows", replace, "PUT", "write"),
    route(f"{_ONE}/follows", remove, "DELETE", "write"),
    route(f"{_ONE}/docs", docs),
]
