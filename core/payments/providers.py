"""The rails that are installed."""

from __future__ import annotations

from core.data.bound import Bound
from core.types.message import _

from .port import PaymentProvider

_rails = Bound[PaymentProvider](lambda name: _("The payment service %(name)s is not installed.", name=name))
bind, get, installed, client = _rails.bind, _rails.get, _rails.installed, _rails.client
