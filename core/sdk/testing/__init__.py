"""Contract suites, simulators' common parts and helpers for the tests of plugins and integrations.

The contract suites need pytest and Hypothesis; `core.sdk.testing.simulators` needs neither.
"""

from __future__ import annotations

import sys

if "pytest" in sys.modules:
    import pytest

    pytest.register_assert_rewrite("core.sdk.testing.payment", "core.sdk.testing.payment_samples")
