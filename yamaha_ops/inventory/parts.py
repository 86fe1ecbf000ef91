"""What an inventory may say about one router: the schema, with the meaning of every field."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from yamaha_ops.firmware import Revision
from yamaha_ops.inventory.secret import Secret


class Part(BaseModel):
    """Base of every part of the schema: unknown fields are refused, values are immutable."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )


def _revision(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return Revision.parse(value)
        except ValueError:
            pass
    if not isinstance(value, Revision):
        raise PydanticCustomError("revision", "must be a firmware revision such as 15.02.09")
    return value


def _scalar(value: Any) -> Any:
    """Let a label be written ``floor: 3`` or ``spare: true`` without quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


Firmware = Annotated[
    Revision,
    BeforeValidator(_revision),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^(Rev\.)?\d{1,2}\.\d{2}\.\d{2}$"}),
]
Port = Annotated[int, Field(ge=1, le=65535)]
Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.:_-]*[A-Za-z0-9])?$", max_length=253)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$", max_length=64)]
Label = Annotated[str, BeforeValidator(_scalar)]
Text = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=255)]


class Login(Part):
    """How the toolkit logs in: a named user (SSH knows no other) and where the secrets are."""

    user: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,32}$")] = "admin"
    password: Secret | None = None
    """The user's own password."""
    administrator_password: Secret | None = None
    """What `administrator` asks for; without it the toolkit can only look."""
