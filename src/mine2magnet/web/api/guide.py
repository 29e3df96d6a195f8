"""The description of the API for people: one page, of the same description that programs read."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.core.json import as_json
from mine2magnet.web.api import openapi, respond
from mine2magnet.web.api.operation import in_order
from mine2magnet.web.kit.permissions import require
from mine2magnet.web.kit.responses import static_path, templates


def guide(request: Request) -> Response:
    require(request, "read")
    html = (
        templates()
        .get_template("api.html")
        .render(
            api=openapi.description(),
            operations=in_order(),
            static=static_path(),
            json=as_json,
            name=schema_name,
            type=in_words,
        )
    )
    return respond.with_etag(request, html.encode(), "text/html; charset=utf-8")


def schema_name(schema: dict[str, Any]) -> str:
    """The name of the type that a schema refers to, for a link; "" if there is none."""
    items = schema.get("items")
    ref = schema.get("$ref") or (items.get("$ref", "") if isinstance(items, dict) else "")
    return str(ref).rpartition("/")[2]


def in_words(schema: dict[str, Any]) -> str:
    """A schema in a few words.

    >>> in_words({"type": "array", "items": {"type": "string"}, "maxItems": 50})
    'list of string, at most 50'
    >>> in_words({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]})
    'integer, 1 or more, or null'
    """
    if "$ref" in schema:
        return schema_name(schema)
    if "anyOf" in schema:
        return ", or ".join(map(in_words, schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    said = str(schema.get("format") or schema.get("type") or "anything")
    match schema.get("type"):
        case "array" if isinstance(schema.get("items"), dict):
            said = f"list of {in_words(schema['items'])}"
        case "array":
            said = "list of " + ", ".join(map(in_words, schema.get("prefixItems", ())))
        case "object" if isinstance(schema.get("additionalProperties"), dict):
            said = f"object of {in_words(schema['additionalProperties'])}"
    for key, words in (
        ("minimum", "{} or more"),
        ("maximum", "at most {}"),
        ("maxLength", "at most {} characters"),
        ("maxItems", "at most {}"),
    ):
        if key in schema:
            said += ", " + words.format(f"{schema[key]:g}")
    return said
