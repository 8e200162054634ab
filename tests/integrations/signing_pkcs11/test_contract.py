"""Tokens keep the contract of signature providers, on SoftHSM; one that is pulled out and put back signs again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pkcs11
import pytest

from core.sdk.signing import Config, Digest, NoAnswer, Signing, SigningOrder, SigningProvider
from core.sdk.testing.http import StubHttp, broken_network
from core.sdk.testing.signing import NOW, Signer, SigningProviderContract, make_signing_order
from integrations.signing_pkcs11 import adapter, token
from integrations.signing_pkcs11.adapter import Pkcs11Provider
from tests.plugins.transcripts import pki

from .softhsm import MODULE, PIN, configure, make_token

HTTP = StubHttp(broken_network)


class Holder:
    """The person who knows the PIN."""

    id = "hoa"

    def __init__(self) -> None:
        self.confirmations = 0

    def confirm(self, order: SigningOrder, signing: Signing) -> str:
        self.confirmations += 1
        return PIN

    def decline(self, order: SigningOrder, signing: Signing) -> str:
        return "11111111"


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A token "school" with an RSA key "seal" and a P-256 key "curve"."""
    room = tmp_path_factory.mktemp("softhsm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(configure(room)))
        make_token(
            room, "school", {"seal": pki.signer(), "curve": pki.signer("Lê Văn An", "001188000011", kind="p256")}
        )
        yield room
        pkcs11.lib(MODULE).finalize()


def config_of(label: str = "seal", **changes: str) -> dict[str, str]:
    return {"module": MODULE, "token": "school", "label": label, **changes}


class TestContract(SigningProviderContract):
    @pytest.fixture
    def provider(self) -> SigningProvider:
        return Pkcs11Provider()

    @pytest.fixture(params=["seal", "curve"])
    def config(self, request: pytest.FixtureRequest) -> Config:
        return config_of(request.param)

    @pytest.fixture
    def signer(self) -> Signer:
        return Holder()


def begun(count: int) -> SigningOrder:
    provider = Pkcs11Provider()
    found = provider.credentials("hoa", config_of("curve"), HTTP)
    assert not isinstance(found, NoAnswer)
    return make_signing_order(found[0], Holder(), count)


def test_a_token_pulled_out_and_put_back(folder: Path, tmp_path: Path) -> None:
    order, provider, config = begun(3), Pkcs11Provider(), config_of("curve")
    (inside,) = (folder / "tokens").iterdir()
    pkcs11.lib(MODULE).finalize()
    away = inside.rename(tmp_path / inside.name)
    assert isinstance(provider.authorise(order, PIN, config, HTTP, NOW), NoAnswer)
    assert isinstance(provider.credentials("hoa", config, HTTP), NoAnswer)
    away.rename(inside)
    seen = provider.authorise(order, PIN, config, HTTP, NOW)
    assert isinstance(seen, Signing)
    assert (seen.state.value, len(seen.signatures)) == ("signed", 3)


def test_a_token_that_breaks_half_way_keeps_what_it_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    order, provider, config = begun(3), Pkcs11Provider(), config_of("curve")

    def breaks(place: token.Place, pin: str, digests: Sequence[Digest]) -> token.Signed:
        return replace(token.sign(place, pin, digests[:2]), broken="DeviceRemoved")

    with monkeypatch.context() as patch:
        patch.setattr(adapter, "sign", breaks)
        half = provider.authorise(order, PIN, config, HTTP, NOW)
    assert isinstance(half, Signing)
    assert (half.state.value, len(half.signatures)) == ("prepared", 2)
    order = replace(order, provider_data=half.remember)
    whole = provider.authorise(order, PIN, config, HTTP, NOW)
    assert isinstance(whole, Signing)
    assert (whole.state.value, len(whole.signatures)) == ("signed", 3)
    assert half.signatures.items() <= whole.signatures.items(), "nothing was signed twice"


def test_the_third_wrong_pin_ends_the_order() -> None:
    order, provider, config = begun(1), Pkcs11Provider(), config_of("curve")
    states = []
    for wrong in ("11111111", "", "22222222", PIN):
        seen = provider.authorise(order, wrong, config, HTTP, NOW)
        assert isinstance(seen, Signing)
        order = replace(order, provider_data=seen.remember)
        states.append(seen.state.value)
    assert states == ["prepared", "prepared", "refused", "refused"]


@pytest.mark.parametrize("changes", [{"token": "other"}, {"label": "nobody"}])
def test_what_is_not_there_decides_nothing(changes: dict[str, str]) -> None:
    assert isinstance(Pkcs11Provider().credentials("hoa", config_of(**changes), HTTP), NoAnswer)


def test_modules_are_loaded_from_the_operators_places_only(tmp_path: Path) -> None:
    own = tmp_path / "own.so"
    own.write_bytes(b"\x7fELF")
    (tmp_path / "link.so").symlink_to(MODULE)
    for path in (
        str(own),
        str(tmp_path / "link.so"),
        "libsofthsm2.so",
        f"/usr/lib/../..{own}",
        "/usr/lib",
        "/usr/lib/x",
    ):
        assert [*Pkcs11Provider().check(config_of(module=path))] == ["module"], path
    assert not Pkcs11Provider().check(config_of())
