"""What all tables have in common."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import JSON, Float, MetaData
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Base of every table. Times are seconds since 1970 as float; constraints have names."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        float: Float(53),
        list[str]: JSON,
        dict[str, Any]: JSON,
        dict[str, list[str]]: JSON,
    }
