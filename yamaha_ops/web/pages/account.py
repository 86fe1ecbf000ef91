"""One's own account."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from yamaha_ops.web.access.visitor import Visitor, visitor
from yamaha_ops.web.page import page

router = APIRouter(include_in_schema=False)


@router.get("/account")
def account(request: Request, visitor: Annotated[Visitor, Depends(visitor)]) -> Response:
    """Show who one is."""
    return page(request, visitor, "account.html")
