"""The description of the API for people: one page, of the same description that programs read."""

from __future__ import annotations

from functools import partial
from typing import Any

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response

from mine2magnet.core.json import as_json
from mine2magnet.core.messages import HTML, NAMES, Translator, messages
from mine2magnet.web.api import openapi, respond
from mine2magnet.web.api.operation import in_order
from mine2magnet.web.kit.permissions import require
from mine2magnet.web.kit.responses import static_path, templates, translator


def guide(request: Request) -> Response:
    require(request, "read")
    t = translator(request)

    def tell(text: str) -> Markup:
        """A description in the reader's language, its `names` as code."""
        plain, *more = t.say(" ".join(text.split())).split("`")
        parts = [
            Markup("<code>{}</code>{}").format(*pair) for pair in zip(more[::2], more[1::2], strict=True)
        ]
        return escape(plain) + Markup("").join(parts)

    html = (
        templates()
        .get_template("api.html")
        .render(
            api=openapi.description(),
            operations=in_order(),
            static=static_path(),
            json=as_json,
            name=schema_name,
            type=partial(in_words, t=t),
            t=t,
            tell=tell,
            languages=NAMES,
            html_language=HTML[t.language],
        )
    )
    response = respond.with_etag(request, html.encode(), "text/html; charset=utf-8")
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


def schema_name(schema: dict[str, Any]) -> str:
    """The name of the type that a schema refers to, for a link; "" if there is none."""
    items = schema.get("items")
    schema = schema.get("properties", {}).get("data", {}).get("contentSchema", schema)  # of an event
    ref = schema.get("$ref") or (items.get("$ref", "") if isinstance(items, dict) else "")
    return str(ref).rpartition("/")[2]


def in_words(schema: dict[str, Any], t: Translator) -> str:
    """A schema in a few words.

    >>> t = Translator("en")
    >>> in_words({"type": "array", "items": {"type": "string"}, "maxItems": 50}, t)
    'list of string, at most 50'
    >>> in_words({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}, t)
    'integer, 1 or more, or null'
    """
    if "$ref" in schema:
        return schema_name(schema)
    if "anyOf" in schema:
        return t("type.or").join(in_words(one, t) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kind = str(schema.get("format") or schema.get("type") or "anything")
    parts = [t(f"type.{kind}") if f"type.{kind}" in messages() else kind]
    match schema.get("type"):
        case "array" if isinstance(schema.get("items"), dict):
            parts = [t("type.list", what=in_words(schema["items"], t))]
        case "array":
            inner = (in_words(one, t) for one in schema.get("prefixItems", ()))
            parts = [t("type.list", what=t("list.comma").join(inner))]
        case "object" if isinstance(schema.get("additionalProperties"), dict):
            parts = [t("type.map", what=in_words(schema["additionalProperties"], t))]
    bounds = {"minimum": "least", "maximum": "most", "maxLength": "characters", "maxItems": "most"}
    parts += [t(f"type.{word}", n=f"{schema[key]:g}") for key, word in bounds.items() if key in schema]
    return t("list.comma").join(parts)
