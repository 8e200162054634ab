"""What findings and outcomes are called for people."""

from __future__ import annotations

from core.sdk import Message, _

from ..pdf import findings as paper
from .verdict import Finding, Layer, Outcome

OUTCOMES = {
    Outcome.VALID: _("Found valid"),
    Outcome.INVALID: _("Found not valid"),
    Outcome.INDETERMINATE: _("Cannot be decided"),
}
LAYERS = {
    Layer.INTEGRITY: _("Unchanged and signed by everyone"),
    Layer.IDENTITY: _("Signed by the right people"),
    Layer.STATUS: _("Still the version that counts"),
}
WORDS = {
    "file_too_large": _("The file is larger than a transcript can be."),
    "too_many_signatures": _("There are more signatures than a transcript can have."),
    "encoding_refused": _("The file is not plain UTF-8; ask for the original file."),
    "dtd_present": _("The file brings rules of its own for reading it (DTD), which is never genuine."),
    "comment_present": _("Somebody put a comment into the file."),
    "cdata_present": _("Somebody put a raw section into the file."),
    "instruction_present": _("Somebody put an instruction for programs into the file."),
    "duplicate_id": _("Two parts of the file carry the same mark (Id)."),
    "foreign_id": _("A part carries a mark that a transcript does not have."),
    "unexpected_element": _("Something stands in the file where it does not belong: %(where)s."),
    "value_malformed": _("A value cannot be read: %(where)s."),
    "not_canonical": _("The file was written anew by another program; ask for the original file."),
    "layout_unknown": _("The file is not a transcript in a form that is known here."),
    "content_invalid": _("The content is not that of a transcript: %(where)s."),
    "name_look_alike": _("A name has letters that only look like Vietnamese ones."),
    "signature_missing": _("A signature is missing."),
    "signature_extra": _("There is one signature too many in a place."),
    "signature_malformed": _("A signature is not built as it must be."),
    "signature_elsewhere": _("A signature was made for another place."),
    "role_differs": _("The signer claims another role than this place has."),
    "canonical_form_refused": _("A signature uses a canonical form that is not allowed."),
    "reference_refused": _("A signature points to nothing or out of the file."),
    "reference_elsewhere": _("A signature is about another part than it must be."),
    "transform_refused": _("A signature changes what it signs before signing (transform)."),
    "digest_algorithm_refused": _("A signature uses a digest that is not safe."),
    "signature_algorithm_refused": _("A signature uses an algorithm that is not allowed."),
    "digest_differs": _("The content was changed after it was signed."),
    "properties_differ": _("The time, the role or the certificate of a signature was changed."),
    "principal_differs": _("The seal was not put on the principal's signature that is here."),
    "certificate_digest_differs": _("The certificate was exchanged."),
    "certificate_unreadable": _("A certificate cannot be read."),
    "signature_wrong": _("A signature does not fit its certificate."),
    "algorithm_expired": _("The algorithm of a signature did not count any more at that time."),
    "signed_in_future": _("A signature claims a time that has not come."),
    "signed_after_timestamp": _("A signature claims a time after the proved one."),
    "person_differs": _("Somebody else signed than the one who is named for it."),
    "signer_unregistered": _("The file does not say whose certificate has to sign here."),
    "entitlement_unknown": _("Whether the signers were entitled is not known without the signed list."),
    "entitlement_other_school": _("The list of entitlements is that of another school."),
    "not_entitled": _("The signer was not entitled on that day."),
    "name_differs": _("The signer's name is not the one in the list of entitlements."),
    "certificate_expired": _("The certificate had ended."),
    "certificate_not_yet_valid": _("The certificate had not begun."),
    "certificate_is_authority": _("The certificate is that of an authority, not of a person or a school."),
    "certificate_usage": _("The certificate is not for signing documents."),
    "certificate_weak_key": _("The key of the certificate is too weak."),
    "chain_untrusted": _("The certificate was issued by nobody who is trusted here."),
    "certificate_revoked": _("The certificate was revoked."),
    "revocation_unknown": _("Whether the certificate was revoked is not known."),
    "revocation_stale": _("The word on the certificate is too old."),
    "revocation_wrong_responder": _("The word on the certificate comes from nobody who may give it."),
    "timestamp_malformed": _("The timestamp cannot be read."),
    "timestamp_imprint": _("The timestamp is about something else."),
    "timestamp_certificate": _("The timestamp does not bring its own certificate."),
    "timestamp_signature": _("The timestamp's signature is wrong."),
    "timestamp_purpose": _("The timestamp was made by somebody who is no timestamp authority."),
    "timestamp_chain": _("The timestamp was made by nobody who is trusted here."),
    "timestamp_future": _("The timestamp lies after the day of the question."),
    "timestamp_expired": _("The timestamp had to be renewed earlier."),
    "status_unknown": _("Whether this version still counts is not known without the word of the log."),
    "status_unsigned": _("The log has not said whether this version still counts."),
    "status_stale": _("The word of the log is too old."),
    "status_differs": _("The word of the log does not fit its entries."),
    "record_replaced": _("A newer version has replaced this one."),
    "record_revoked": _("This version was revoked."),
    "log_malformed": _("The evidence of the log cannot be read."),
    "log_unknown": _("The evidence comes from a log that is not known here."),
    "log_other_record": _("The evidence is about another file."),
    "log_proof": _("The file is not in the log as the evidence says."),
    "log_order": _("The entries of the log are in the wrong order."),
}
_OTHER = _("Something is not as it must be: %(code)s.")


def words(finding: Finding) -> Message:
    """A finding as a sentence; one without words of its own by its code."""
    found = WORDS.get(finding.code) or paper.WORDS.get(finding.code)
    if found is None:
        return Message(_OTHER.msgid, {"code": finding.code})
    return Message(found.msgid, {"where": "", **finding.params} if "%(where)s" in found.msgid else {})
