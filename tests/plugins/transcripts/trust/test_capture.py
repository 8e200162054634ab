"""Evidence is asked for where the certificate says, kept only when it is one, and judged from what was kept."""

from __future__ import annotations

from collections.abc import Mapping

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import ocsp

from core.sdk.outbound import HttpAnswer, HttpFailure
from plugins.transcripts.trust.capture import Captured, capture
from plugins.transcripts.trust.revocation import Good, judge
from tests.plugins.transcripts import pki

TEACHER = pki.signer("Trần Văn Bình", "001080000002", kind="p256")
PATH = (TEACHER.certificate, pki.issuing().certificate)


class Net:
    """A network of two addresses."""

    def __init__(self, answers: Mapping[str, bytes | int]) -> None:
        self.answers, self.asked = answers, list[tuple[str, str, bytes]]()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout: float = 15.0,
    ) -> HttpAnswer:
        self.asked.append((method, url, body))
        answer = self.answers.get(url)
        if answer is None:
            raise HttpFailure("refused: not a declared host")
        return HttpAnswer(answer, {}, b"") if isinstance(answer, int) else HttpAnswer(200, {}, answer)


def test_an_answer_is_kept_and_judged_later() -> None:
    net = Net({pki.OCSP_URL: pki.ocsp(TEACHER), pki.CRL_URL: pki.crl()})
    found = capture(PATH, net)
    assert len(found.evidence) == 1 and not found.missing and not found.troubles
    assert judge(*PATH, found.evidence, pki.NOW) == Good(pki.NOW)
    ((method, url, body),) = net.asked
    assert (method, url) == ("POST", pki.OCSP_URL)
    assert ocsp.load_der_ocsp_request(body).serial_number == TEACHER.certificate.serial_number


def test_where_the_responder_fails_the_list_is_taken() -> None:
    for answer in (503, b"<html>", pki.ocsp(TEACHER, signed_by=pki.tsa()), pki.ocsp(pki.signer(kind="p256"))):
        found = capture(PATH, Net({pki.OCSP_URL: answer, pki.CRL_URL: pki.crl()}))
        assert judge(*PATH, found.evidence, pki.NOW) == Good(pki.NOW) and not found.missing


def test_what_could_not_be_had_is_named() -> None:
    found = capture(PATH, Net({pki.CRL_URL: b"no list"}))
    assert found.evidence == () and found.troubles == ("refused: not a declared host",)
    assert found.missing == (TEACHER.certificate.fingerprint(SHA256()).hex(),)
    silent = pki.signer("Không địa chỉ", "001080000008", kind="p256", addresses=False)
    assert len(capture((silent.certificate, PATH[1]), Net({})).missing) == 1
    assert capture((pki.root().certificate,), Net({})) == Captured(()), "a pinned certificate asks nobody"
