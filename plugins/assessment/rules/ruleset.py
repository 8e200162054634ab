"""A rule set: an act of law, or a school's own programme, as plain data. Nothing here decides anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.sdk import Message, _

Level = str
"""Code of a level, such as `T`; the names are in the rule set."""

LANGUAGE = _("en")
"""Its translation names the language of a catalogue: data that have names in both languages choose by it."""


@dataclass(frozen=True, slots=True)
class Label(Message):
    """A name that a rule set brings along in both languages."""

    vi: str = ""

    def render(self, translate: Callable[[str], str] | None = None) -> str:
        """The Vietnamese name for a Vietnamese reader, else the English one."""
        return self.vi if translate is not None and translate(LANGUAGE.msgid) == "vi" else self.msgid


@dataclass(frozen=True, slots=True)
class Cite:
    """Where a rule stands: `Thông tư 22/2021/TT-BGDĐT`, `Điều 9, khoản 2`. `certainty` is H, M or L."""

    act: str
    article: str
    certainty: str = "H"

    def __str__(self) -> str:
        return f"{self.article}, {self.act}"


@dataclass(frozen=True, slots=True)
class Scale:
    """The numbers that a mark may be."""

    minimum: Decimal
    maximum: Decimal
    decimals: int


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """Up to so many periods a year (None: any number) there are `count` regular marks a term."""

    up_to: int | None
    count: int


@dataclass(frozen=True, slots=True)
class MarkRules:
    """Kinds of marks, their weights and numbers, and how averages are made of them."""

    cite_regular: Cite
    cite_periodic: Cite
    cite_average: Cite
    scale: Scale
    regular_weight: int
    mid_weight: int
    end_weight: int
    regular_by_periods: tuple[PeriodCount, ...]
    regular_comment: int
    has_mid: bool
    has_end: bool
    average_decimals: int
    term_weights: tuple[int, int]


@dataclass(frozen=True, slots=True)
class LevelRule:
    """What a learning level needs. `enough_count` None is a parameter that the school has yet to set."""

    code: Level
    label: Label
    comment_fails: int
    all_at_least: Decimal
    enough_count: int | None
    enough_at_least: Decimal


@dataclass(frozen=True, slots=True)
class RaiseRule:
    """The raise clause: `drop` levels below one of `targets` only because of one subject gives `by` levels more."""

    cite: Cite
    targets: tuple[Level, ...]
    drop: int
    by: int
    comment_subjects_count: bool
    mode: str


@dataclass(frozen=True, slots=True)
class LearningRules:
    """The learning levels, best first; `lowest` is what is left when none is reached."""

    cite: Cite
    levels: tuple[LevelRule, ...]
    lowest: Level
    lowest_label: Label
    raising: RaiseRule | None

    def codes(self) -> tuple[Level, ...]:
        """All levels, best first."""
        return (*(level.code for level in self.levels), self.lowest)

    def label(self, code: Level) -> Label:
        return next((level.label for level in self.levels if level.code == code), self.lowest_label)


@dataclass(frozen=True, slots=True)
class TrainingRules:
    """Training (rèn luyện): levels best first, and the year's level by those of the terms."""

    cite: Cite
    levels: tuple[Level, ...]
    labels: Mapping[Level, Label]
    year: Mapping[tuple[Level, Level], Level]


@dataclass(frozen=True, slots=True)
class PromotionRules:
    """What moving up needs, and the second chances."""

    cite: Cite
    cite_summer: Cite
    cite_retest: Cite
    cite_disability: Cite
    training_at_least: Level
    learning_at_least: Level
    absences_at_most: int
    absence_basis: str
    retest_below: Decimal
    completes_at: frozenset[int]


@dataclass(frozen=True, slots=True)
class TitleRule:
    """A title of the year: levels, and so many scored subjects from a mark on."""

    code: str
    label: Label
    training: Level
    learning: Level
    count: int
    at_least: Decimal


@dataclass(frozen=True, slots=True)
class SecondaryRules:
    """Marks and levels as of Circular 22/2021."""

    marks: MarkRules
    learning: LearningRules
    training: TrainingRules
    promotion: PromotionRules
    titles: tuple[TitleRule, ...]
    cite_titles: Cite


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A moment of the primary year with its periodic tests: subject codes, and the grades that sit them."""

    code: str
    label: Label
    tests: tuple[tuple[frozenset[int], frozenset[str]], ...]

    def tested(self, grade: int) -> frozenset[str]:
        """Subjects that this grade is tested in."""
        return frozenset[str]().union(*(subjects for grades, subjects in self.tests if grade in grades))


@dataclass(frozen=True, slots=True)
class OutcomeRule:
    """A year outcome of a primary pupil: lowest levels, and the lowest mark of the end-of-year tests."""

    code: str
    label: Label
    subjects: frozenset[str]
    qualities: frozenset[str]
    tests_at_least: int


@dataclass(frozen=True, slots=True)
class RewardRule:
    """A reward that follows from an outcome; `proposal` when people decide."""

    code: str
    label: Label
    outcome: str
    proposal: bool


@dataclass(frozen=True, slots=True)
class PrimaryRules:
    """Levels and periodic tests as of Circular 27/2020."""

    cite_tests: Cite
    cite_outcome: Cite
    cite_completion: Cite
    cite_rewards: Cite
    scale: Scale
    subject_levels: Mapping[str, Label]
    quality_levels: Mapping[str, Label]
    qualities: tuple[str, ...]
    qualities_from: Mapping[str, int]
    checkpoints: tuple[Checkpoint, ...]
    final_checkpoint: str
    outcomes: tuple[OutcomeRule, ...]
    lowest: str
    lowest_label: Label
    rewards: tuple[RewardRule, ...]
    completes_at: frozenset[int]

    def qualities_of(self, grade: int) -> tuple[str, ...]:
        """Qualities and competences that are assessed in a grade."""
        return tuple(code for code in self.qualities if self.qualities_from.get(code, 1) <= grade)

    def tested(self, checkpoint: str, grade: int) -> frozenset[str]:
        """Subjects with a periodic test at a checkpoint."""
        return next((point.tested(grade) for point in self.checkpoints if point.code == checkpoint), frozenset())


@dataclass(frozen=True, slots=True)
class GraduationRules:
    """The graduation score: weights of the years, of the exam, and what passes."""

    cite: Cite
    exam_subjects: int
    decimals: int
    year_weights: Mapping[int, int]
    exam_weight: int
    transcript_weight: int
    exam_above: Decimal
    score_at_least: Decimal


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One set with its validity: acts for whom, since when, for which school years.

    Attributes:
        code: stays the same for ever; results name it.
        programme: `national`, or a school's own name: sets of two programmes never exclude each other.
        first_year: by grade the year in which the first school year under this set begins.
        last_year: the year in which the last school year under it begins; None while it is in force.
    """

    code: str
    label: Label
    programme: str
    act: str
    effective: date
    stages: frozenset[str]
    first_year: Mapping[int, int]
    last_year: int | None = None
    secondary: SecondaryRules | None = None
    primary: PrimaryRules | None = None
    graduation: GraduationRules | None = None
    verified: bool = True
    source: str = field(default="", compare=False)

    def covers(self, stage: str, grade: int, year: int) -> bool:
        """Whether it holds for a grade in the school year that begins in `year`."""
        first = self.first_year.get(grade)
        return stage in self.stages and first is not None and first <= year <= (self.last_year or 9999)
