"""What several tests share: the published data, the rule of RFC 7597 Appendix A."""

from __future__ import annotations

from pathlib import Path

import pytest

from yamaha_ops.mape import Rule, RuleTable

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def data() -> Path:
    if not DATA.is_dir():
        pytest.skip(f"the published test data is not here ({DATA})")
    return DATA


@pytest.fixture(scope="session")
def appendix_a() -> RuleTable:
    """The rule of RFC 7597 Appendix A, examples 1 to 3."""
    return RuleTable([Rule("2001:db8::/40", "192.0.2.0/24", 16, 6, br="2001:db8:ffff::1")])
