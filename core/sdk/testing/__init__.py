"""Contract suites and helpers for the tests of plugins and integrations. Needs pytest and Hypothesis."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("core.sdk.testing.payment", "core.sdk.testing.payment_samples")
