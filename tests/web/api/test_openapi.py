"""The description: complete, of the form it claims, and one with what is served."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from httpx import Client

from mine2magnet.library.library import Library
from mine2magnet.web.api import openapi, openapi_examples
from mine2magnet.web.api.operation import TABLE

API = openapi.description()


@pytest.mark.parametrize("name", sorted(TABLE))
def test_an_operation_is_described_in_full(name: str) -> None:
    operation = TABLE[name]
    said = API["paths"][operation.path][operation.method.lower()]
    assert said["operationId"] == name
    assert said["summary"]
    for parameter in said["parameters"]:
        assert parameter["description"], parameter["name"]
        assert parameter["schema"].get("type") or parameter["schema"].get("enum")
        assert parameter["required"] or parameter["in"] != "path"
    for status, answer in said["responses"].items():
        assert answer["description"]
        if status not in ("204", "304"):
            (content,) = answer["content"].values()
            shape = content["schema"]
            assert shape.get("$ref") or shape["properties"]["data"]["contentSchema"]["$ref"]
            assert "example" in content
    assert {"400", "401", "403", "429", "500"} <= set(said["responses"])
    if operation.body:
        assert "example" in said["requestBody"]["content"]["application/json"]
        assert {"413", "415", "422"} <= set(said["responses"])


def _contents(value: Any) -> list[Any]:
    """Every schema with its example, wherever they stand."""
    if isinstance(value, dict):
        own = [value] if "schema" in value and "example" in value else []
        return own + [one for part in value.values() for one in _contents(part)]
    return [one for part in value for one in _contents(part)] if isinstance(value, list) else []


def test_examples_are_of_their_types() -> None:
    found = _contents(API["paths"])
    assert len(found) > 100
    for content in found:
        schema = content["schema"] | {"components": API["components"]}
        jsonschema.Draft202012Validator(schema).validate(content["example"])


def test_every_type_is_valid_and_answers_are_whole() -> None:
    for name, schema in API["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["type"] == "object", name
    held = API["components"]["schemas"]["DocumentDetail"]
    assert set(held["required"]) == set(held["properties"])


def test_requests_refuse_what_they_do_not_name() -> None:
    for operation in TABLE.values():
        if operation.asked or operation.body:
            assert openapi.input_schema(operation)["additionalProperties"] is False


def test_the_description_and_its_page_are_served(client: Client, filled: Library) -> None:
    assert client.get("/api/openapi.json").json() == API
    page = client.get("/api/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for operation in TABLE.values():
        assert f'id="{operation.name}"' in page.text
    assert "http://" not in page.text.replace("http://127.0.0.1", "")
    assert client.get("/api").url.path == "/api/"


def test_examples_show_what_requests_set_alone() -> None:
    from mine2magnet.separation.study.schema import Case

    assert "prices" not in openapi_examples.of(Case)
    assert openapi_examples.of(Case)["products"][0] == {"elements": ["La", "Ce"]}
