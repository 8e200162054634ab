"""The receipt of a link's bill as a document."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.web import file_response, public
from plugins.finance.services import paying

from .door import TOKEN, blueprint, by_link, signed_in


@blueprint.get(f"/{TOKEN}/receipt/<string(maxlength=16):number>")
@public("the signed link opens the receipts of this one bill, with initials")
@by_link
def receipt(ctx: Context, token: str, number: str) -> ResponseReturnValue:
    """A receipt of this bill and of no other."""
    name, content = paying.receipt_by_link(ctx, token, number, signed_in(ctx))
    return file_response(content, name, "application/pdf", inline=True)
