"""The interface as OpenAPI 3.1 describes it, and the key that signs what webhooks are told. Public: it is only a form.

A test asks the interface what nobody thought of by this document (schemathesis). Not here: what is answered.
"""

from functools import cache
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from mingjing.kernel import keys
from mingjing.kernel.parties.guard import public
from mingjing.programmes.inspections.api.schemas import SCHEMAS
from mingjing.programmes.inspections.queries.lives import TABLES

__all__ = ["document", "openapi", "signing_key"]

WRONG = {
    400: "Not JSON", 401: "No key, or one that is not valid", 403: "The key does not open this",
    404: "There is no such thing", 405: "Another method", 413: "Too large", 415: "Not application/json",
    422: "What was sent or asked for cannot be taken; every problem at once", 429: "Too often",
}  # fmt: skip


@cache
def openapi() -> dict[str, Any]:
    """The document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "mingjing inspections", "version": "1", "description": "See docs/api.md."},
        "security": [{"key": []}],
        "paths": {
            "/api/inspections/gate": {"post": _operation("gate", "Gate", body="Question")},
            "/api/inspections/visits": {
                "post": _operation("sendVisits", "Taken", body="Visits"),
                "get": _operation("readVisits", "VisitPage", query=("after", "limit")),
            },
            "/api/inspections/warnings": {"get": _operation("readWarnings", "WarningPage", query=("after", "limit"))},
            "/api/inspections/lives/{table}.csv": {"get": _lives()},
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": SCHEMAS,
        },
    }  # fmt: skip


def _operation(name: str, answer: str, *, body: str = "", query: tuple[str, ...] = ()) -> dict[str, Any]:
    wrong = [401, 403, 405, 422, 429] + ([400, 413, 415] if body else [])
    told: dict[str, Any] = {
        "operationId": name,
        "responses": {"200": {"description": "The answer", "content": _json(answer)}} | _refusals(wrong),
    }  # fmt: skip
    if body:
        told["requestBody"] = {"required": True, "content": _json(body)}
    if query:
        told["parameters"] = [_number(one) for one in query]
    return told


def _lives() -> dict[str, Any]:
    text = {"text/csv": {"schema": {"type": "string"}}}
    wrong = _refusals([401, 403, 404, 405, 422, 429])
    wrong["404"]["content"] |= {"text/html": {"schema": {"type": "string"}}}  # where the address has more parts
    table = {"name": "table", "in": "path", "required": True, "schema": {"type": "string", "enum": [*TABLES]}}
    return {
        "operationId": "lives", "parameters": [table],
        "responses": {"200": {"description": "A table of LIVES", "content": text}}
        | wrong,
    }  # fmt: skip


def _refusals(codes: list[int]) -> dict[str, Any]:
    return {str(code): {"description": WRONG[code], "content": _json("Problems")} for code in codes}


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _number(name: str) -> dict[str, Any]:
    most = 200 if name == "limit" else 2**63 - 1
    least = 1 if name == "limit" else 0
    return {"name": name, "in": "query", "schema": {"type": "integer", "minimum": least, "maximum": most}}


@public("describes the interface and tells nothing that is kept")
@require_safe
def document(request: HttpRequest) -> JsonResponse:
    """The OpenAPI document."""
    return JsonResponse(openapi())


@public("whoever is told of events checks the signature with it")
@require_safe
def signing_key(request: HttpRequest) -> JsonResponse:
    """The public key under everything that webhooks are told."""
    return JsonResponse({"algorithm": "Ed25519", "key": keys.public_key()})
