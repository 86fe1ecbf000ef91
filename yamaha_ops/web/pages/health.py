"""Whether the console is well, for whatever watches over it."""

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import text

from yamaha_ops.web.console import Console, console

router = APIRouter()


@router.get("/healthz", tags=["health"])
def health(console: Annotated[Console, Depends(console)]) -> dict[str, str]:
    """Say ok when the database answers; a 503 otherwise. It tells nothing else."""
    with console.database.reading() as session:
        session.execute(text("SELECT 1"))
    return {"status": "ok"}
