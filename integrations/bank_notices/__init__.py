"""Bank notices: signed webhooks of notifier services, and bank statements."""

from __future__ import annotations

from core.sdk import Manifest, StatementReader, _, hookimpl
from core.sdk.payments import PaymentProvider

from .adapter import BankNoticesProvider
from .statement import COLUMNS, read_statement

manifest = Manifest(
    name="bank_notices",
    version="0.1.0",
    label=_("Bank notices"),
    description=_("Sees transfers on the school's own account: notices of SePay, payOS or Casso, and statements."),
    requires_api=">=0.1,<1",
    scope="instance",
    data_classes=("finance",),
)


class Plugin:
    """The plugin object."""

    @hookimpl
    def provide_payment_providers(self) -> list[PaymentProvider]:
        return [BankNoticesProvider()]

    @hookimpl
    def provide_statement_readers(self) -> list[StatementReader]:
        return [
            StatementReader("table", _("Excel or CSV statement of a bank"), read_statement, read_statement, COLUMNS)
        ]
