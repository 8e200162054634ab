"""The simulator of the vendor guide is run as it stands there; the testing kit keeps what the guide promises."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.sdk.payments import Notice
from core.sdk.testing import simulators
from core.sdk.testing.simulators import SimulatorSettings, is_loopback, moment_of, numbers
from tests.integrations.simulators import listening

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "vendors.md"
SECTION = GUIDE.read_text().partition("### A simulator\n")[2]


@dataclass
class School:
    bodies: list[bytes] = field(default_factory=list)

    def take(self, notice: Notice) -> tuple[int, str]:
        self.bodies.append(notice.body)
        return (500, "") if len(self.bodies) == 1 else (200, "ok")


def test_the_simulator_of_the_guide_pays_notifies_and_repeats() -> None:
    code = re.search(r"```python\n(.*?)```", SECTION, re.S)
    assert code is not None
    names: dict[str, Any] = {"__name__": "guide", "sign": lambda secret, order: json.dumps(order).encode()}
    exec(compile(code[1], str(GUIDE), "exec", dont_inherit=True), names)  # noqa: S102  (our own guide)
    school = School()
    with listening(school) as url:
        client = names["create_app"](SimulatorSettings(url, "key", speed=60_000)).test_client()
        client.post("/control/faults", json={"duplicate": 1})
        assert client.post("/pay", json={"reference": "TRHABCD2345"}).get_json() == {"paid": True}
        calls = client.get("/control/calls?wait=2").get_json()
    assert [call["status"] for call in calls] == [500, 200]
    assert school.bodies == [b'{"reference": "TRHABCD2345"}'] * 2
    assert "Canteen Pay mô phỏng" in client.get("/control/").get_data(as_text=True)


def test_every_name_of_the_kit_is_explained() -> None:
    told = set(re.findall(r"`(\w+)`", SECTION))
    assert set(simulators.__all__) - {"GMT7", "is_loopback"} <= told


def test_numbers_rise_and_moments_have_an_offset() -> None:
    following, now = numbers(), datetime(2026, 9, 3, tzinfo=UTC)
    found = [following(now), following(now), following(now - timedelta(days=1)), following(now + timedelta(days=1))]
    assert found == sorted(set(found))
    assert moment_of("2026-09-03T09:00:00+07:00") == datetime(2026, 9, 3, 2, tzinfo=UTC)
    assert moment_of(None) is None
    with pytest.raises(ValueError, match="offset"):
        moment_of("2026-09-03T09:00:00")


@pytest.mark.parametrize("url", ["http://school.example/x", "http://10.0.0.1/", "http://127.0.0.1.example/"])
def test_notices_go_to_this_machine_only(url: str) -> None:
    assert not is_loopback(url)
    with pytest.raises(ValueError, match="this machine"):
        SimulatorSettings(url)
