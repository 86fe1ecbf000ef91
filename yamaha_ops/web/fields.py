"""What requests may hold, so that nothing odd gets as far as a database."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

Id = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""The number of a row."""


def _printable(value: str) -> str:
    if not value.isprintable():
        raise PydanticCustomError("line", "must be one line of printable characters")
    return value


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=255), AfterValidator(_printable)
]
"""One line of text; it may be empty."""

Place = Annotated[str, StringConstraints(max_length=2048)]
"""Where to go on, before :func:`yamaha_ops.web.request.own_place` has looked at it."""
