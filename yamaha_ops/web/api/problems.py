"""Errors, as the API's description announces them."""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict


class Problem(BaseModel):
    """Problem details (RFC 9457), with what an error of the toolkit knows besides."""

    model_config = ConfigDict(json_schema_extra={"description": "application/problem+json"})

    type: str
    title: str
    status: int
    detail: str | None = None
    exit: str | None = None
    """The exit code of the command line as a word: failed, usage, taken_back, ..."""
    router: str | None = None
    where: str | None = None
    command: str | None = None
    output: str | None = None
    hint: str | None = None
    errors: list[dict[str, str]] | None = None


_WHEN: Final = {
    400: "What was asked for cannot be done",
    401: "Nobody is signed in",
    403: "Not allowed",
    404: "There is no such thing, or none that the caller may see",
    409: "Somebody else was faster, or things have moved on",
    422: "A field is missing or holds what it cannot",
    429: "Too many requests; Retry-After says how long to wait",
    502: "The router does not answer as it should",
    503: "The database is locked or cannot be reached",
    504: "The router does not answer in time",
}

PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {
        "model": Problem,
        "description": text,
        "content": {"application/problem+json": {}},
    }
    for status, text in _WHEN.items()
}
"""``responses=`` of every router of the API."""
