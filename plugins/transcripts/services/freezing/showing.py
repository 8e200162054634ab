"""What lists and signers see of a record without opening its file: the same values that the file holds."""

from __future__ import annotations

from typing import Any

from plugins.assessment import public as assessment

from ...record.years import SecondaryYear, YearTranscript
from .results import said


def shown(year: assessment.ClassYear, pupil: assessment.PupilYear, record: YearTranscript) -> dict[str, Any]:
    """Marks by subject, the results as label and words, the homeroom teacher's comment."""
    found = pupil.result
    subjects = {
        line.code: {
            "name": line.name, "marks": [line.first, line.second, line.year, line.again],
            "comment": pupil.comments.get(line.code, ""),
        }
        for line in found.subjects
    }  # fmt: skip
    stage = record.secondary if record.secondary is not None else record.primary
    facts = [("Kết quả học tập" if isinstance(stage, SecondaryYear) else "Kết quả giáo dục", found.final_learning)]
    if isinstance(stage, SecondaryYear):
        facts.append(("Kết quả rèn luyện", found.final_training))
    facts += [("Cuối năm", found.promotion), ("Danh hiệu", found.title)]
    return {
        "subjects": subjects,
        "facts": [[head, said(pupil, code)] for head, code in facts if code],
        "comment": stage.homeroom_comment if stage is not None else "",
        "rules": year.rules.act,
    }
