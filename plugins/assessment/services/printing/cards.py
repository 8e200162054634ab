"""What stands on a report card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from core.sdk import Context, Message, _
from core.sdk.people import Person
from core.sdk.school import school_of
from core.sdk.text import translator
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ...documents.pdf import render
from ...grid.words import TERMS
from ...rules.because import lines
from ...settings import CARD_NOTE, CARD_TITLE, value_of
from ..results import PupilResult
from ..results.reading import class_results

_TITLE = _("Report card of the year")
_WORDS = {
    "year": _("School year"), "class": _("Class"), "code": _("Pupil code"), "birth": _("born"),
    "subjects": _("Subjects"), "subject": _("Subject"), "results": _("Results of the year"),
    "again": _("Assessed again"), "comment": _("Comment of the homeroom teacher"),
}  # fmt: skip
_COLUMNS = (_("Term I"), _("Term II"), _("Year"))
_FACTS = {
    "learning": _("Learning"), "training": _("Training"), "promotion": _("At the end of the year"),
    "title": _("Title"),
}  # fmt: skip
_BASIS = _("By rule set %(code)s. A dash means that something is still missing.")


def class_cards(ctx: Context, class_id: UUID, language: str = "vi", only: UUID | None = None) -> tuple[bytes, int]:
    """The report cards of a class as one PDF, a page each; and how many.

    Args:
        only: of one pupil.

    Raises:
        NotFound, Forbidden: as `class_results`.
    """
    rows = [row for row in class_results(ctx, class_id, language) if only in (None, row[0].id)]
    return _document(ctx, learners.class_of(ctx, class_id), rows, language), len(rows)


def card_of(ctx: Context, learner_id: UUID, found: PupilResult, language: str) -> bytes:
    """One card from a result that the caller has already been given, such as a family's own child."""
    line = learners.enrolments_of(ctx, learner_id)[-1]
    member = next(one for one in learners.class_list(ctx, line.class_id) if one.id == learner_id)
    return _document(ctx, learners.class_of(ctx, line.class_id), [(member, found)], language)


def _document(
    ctx: Context,
    klass: learners.ClassInfo,
    rows: Sequence[tuple[learners.ClassMember, PupilResult]],
    language: str,
) -> bytes:
    say = translator(language)
    school, homeroom = school_of(ctx), _homeroom(ctx, klass)
    content: dict[str, object] = {
        "lang": language,
        "title": value_of(ctx, CARD_TITLE) or say(_TITLE.msgid),
        "note": value_of(ctx, CARD_NOTE),
        "school": {"name": school.name, "address": school.address},
        "class": klass.name,
        "year": klass.year_name,
        "words": {
            **{name: message.render(say) for name, message in _WORDS.items()},
            "columns": [message.render(say) for message in _COLUMNS],
        },
        "signers": [
            [_("Homeroom teacher").render(say), homeroom],
            [_("Head of the school").render(say), ""],
        ],
        "basis": Message(_BASIS.msgid, {"code": rows[0][1].rule_set if rows else ""}).render(say),
        "cards": [_card(member, found, language) for member, found in rows],
    }
    return render("card.typ", content, ctx.now())


def _homeroom(ctx: Context, klass: learners.ClassInfo) -> str:
    teacher = curriculum.homerooms(ctx, year_id=klass.year_id).get(klass.id)
    if teacher is None:
        return ""
    found = ctx.session.get(Person, teacher)
    return found.full_name if found is not None else ""


def _card(member: learners.ClassMember, found: PupilResult, language: str) -> Mapping[str, object]:
    say = translator(language)

    def word(code: str) -> str:
        label = found.label(code)
        return label.render(say) if isinstance(label, Message) else label

    facts = [(head, getattr(found, name)) for name, head in (
        ("final_learning", _FACTS["learning"]), ("final_training", _FACTS["training"]),
        ("promotion", _FACTS["promotion"]), ("title", _FACTS["title"]),
    )]  # fmt: skip
    told = [
        [head.render(say), word(code) if code else _missing(found, name, language)]
        for (head, code), name in zip(facts, ("learning", "training", "promotion", "title"), strict=True)
        if name in found.because and (code or name != "title")
    ]
    return {
        "name": f"{member.full_name} ({member.suffix})" if member.suffix else member.full_name,
        "code": member.code or "",
        "birth": "/".join(reversed((member.birth or "").split("-"))),
        "subjects": [
            {
                "name": line.name,
                **{key: shown(getattr(line, key), language) for key in ("first", "second", "year", "again")},
            }
            for line in found.subjects
        ],
        "facts": told,
        "comments": [[TERMS[term].render(say), text] for term, text in enumerate(found.comments, start=1) if text],
    }


def _missing(found: PupilResult, name: str, language: str) -> str:
    """What an undetermined result waits for, in a sentence."""
    told = lines(found.because[name], "parent")
    return told[0].text.render(translator(language)) if told else ""


def shown(text: str, language: str) -> str:
    """A stored result as people write it."""
    if text in ("D", "CD"):
        return {"D": "Đ", "CD": "CĐ"}[text]
    return text.replace(".", ",") if language == "vi" else text
