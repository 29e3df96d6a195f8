"""`client.kb`: passages of what was uploaded, in all folders or some."""

from __future__ import annotations

from typing import Any

from mine2magnet.web.reportify import categories
from mine2magnet.web.reportify.docs import chunks
from mine2magnet.web.reportify.filters import filters
from mine2magnet.web.reportify.request import Call, route


def search(asked: Call) -> dict[str, Any]:
    return {"chunks": chunks(asked, filters(asked, (categories.FILES,)))}


ROUTES = [route("/v1/tools/kb/search", search, "POST")]
