"""Contract suites, simulators' common parts and helpers for the tests of plugins and integrations.

One suite a kind of provider: `payment`, `signing`, `identity`, `portal`, `channel`, `einvoice`, `file_store`.
They need pytest and Hypothesis; `core.sdk.testing.simulators` needs neither.
"""

from __future__ import annotations

import sys

if "pytest" in sys.modules:
    import pytest

    pytest.register_assert_rewrite(
        *(
            f"core.sdk.testing.{name}"
            for name in (
                "payment",
                "payment_samples",
                "signing",
                "signing_samples",
                "identity",
                "portal",
                "channel",
                "einvoice",
                "file_store",
            )
        )
    )
