"""What findings about the paper are called for people."""

from __future__ import annotations

from core.sdk import _

WORDS = {
    "pdf_too_large": _("The paper is larger than a transcript can be."),
    "pdf_not_ours": _("This PDF was not made by this program; ask for the original file."),
    "pdf_attachment": _("The signed file inside of the PDF is missing or cannot be read."),
    "pdf_form_unknown": _("The PDF was drawn by a template that is not known here."),
    "pdf_engine_other": _("The PDF was drawn by another version; its pages cannot be compared here."),
    "pdf_pages_differ": _("What the pages say differs from the signed file inside."),
    "pdf_seal_missing": _("The PDF bears no seal of the school."),
    "pdf_seal_form": _("The seal is not built as the program builds it."),
    "pdf_byte_range": _("The seal does not cover the whole PDF."),
    "pdf_contents": _("The seal cannot be read, or something is hidden in its place."),
    "pdf_seal_signature": _("The PDF was changed after it was sealed."),
    "pdf_seal_organisation": _("The seal was made by another organisation than the school."),
    "pdf_signature_added": _("A signature was added after the seal."),
    "pdf_attachment_changed": _("The file inside of the PDF was exchanged after the seal."),
    "pdf_annotation_added": _("Something was put over a page after the seal."),
    "pdf_page_added": _("A page was added after the seal."),
    "pdf_page_changed": _("A page was exchanged after the seal."),
    "pdf_changed_after_seal": _("Something was added after the seal."),
}
