"""The ways to sign that are installed."""

from __future__ import annotations

from core.data.bound import Bound
from core.types.message import _

from .port import SigningProvider

_ways = Bound[SigningProvider](lambda name: _("The signing service %(name)s is not installed.", name=name))
bind, get, installed, client = _ways.bind, _ways.get, _ways.installed, _ways.client
