"""The rules for one line, by example."""

from __future__ import annotations

import pytest

from core.payments.matching import Due, How, Kind, Learner, Matcher, Outcome, Reason, State, Status

from .make import AN, DUES, ROLL, decide, line


@pytest.mark.parametrize(
    "text",
    [
        "TRGZHZ9HGEV",
        "Nộp tiền cho bé An trgzhz9hgev",
        "MBVCB.1.TRG ZHZ9 HGEV NGUYEN VAN AN.CT tu 0001 A toi 0002",
        "noptienTRGZHZ9HGEVthang9",
        "T R G Z-H.Z9_HGEV",
        "TRGZHZ9HGEV TRGZHZ9HGEV",  # twice the same is one
    ],
)
def test_rule_1_a_known_reference_is_certain(text: str) -> None:
    decision = decide(text, 1_100_950)
    assert decision.outcome is Outcome.MATCHED
    assert decision.status is Status.ACCEPT
    (match,) = decision.matches
    assert (match.reference, match.owner, match.amount) == ("TRGZHZ9HGEV", "an", 1_100_950)
    assert (match.state_after, match.difference) == (State.PAID, 0)


@pytest.mark.parametrize(
    ("credit", "state", "warnings"),
    [(1_100_949, State.UNDERPAID, ("W_UNDERPAID",)), (1_100_951, State.OVERPAID, ("W_OVERPAID",))],
)
def test_the_whole_amount_goes_to_the_learner(credit: int, state: State, warnings: tuple[str, ...]) -> None:
    decision = decide("TRGZHZ9HGEV", credit)
    assert (decision.matches[0].amount, decision.matches[0].state_after) == (credit, state)
    assert decision.warnings == warnings


def test_later_lines_know_earlier_ones() -> None:
    matcher = Matcher(DUES, ROLL)
    states = [matcher.decide(line("TRGZHZ9HGEV", 550_475, row=row)).matches[0] for row in (1, 2, 3)]
    assert [match.state_after for match in states] == [State.UNDERPAID, State.PAID, State.OVERPAID]
    assert [match.difference for match in states] == [-550_475, 0, 550_475]


def test_rule_2_two_references_and_the_sum() -> None:
    decision = decide("TRGZHZ9HGEVTRGMI8OLA7K", 1_100_950 + 1_658_800)
    assert [(match.reference, match.amount) for match in decision.matches] == [
        ("TRGZHZ9HGEV", 1_100_950),
        ("TRGMI8OLA7K", 1_658_800),
    ]


def test_rule_2_what_is_still_owed_counts() -> None:
    matcher = Matcher((Due("TRGZHZ9HGEV", "an", 1_100_950, received=1_000_000), DUES[1]), ROLL)
    decision = matcher.decide(line("TRGZHZ9HGEV va TRGMI8OLA7K", 100_950 + 1_658_800))
    assert [match.amount for match in decision.matches] == [100_950, 1_658_800]


def test_rule_2_another_amount_is_proposed() -> None:
    decision = decide("TRGMI8OLA7K TRGZHZ9HGEV", 2_000_000)
    assert (decision.outcome, decision.how) == (Outcome.PROPOSED, How.TWO_REFERENCES_OTHER_AMOUNT)
    assert [candidate.reference for candidate in decision.candidates] == ["TRGMI8OLA7K", "TRGZHZ9HGEV"]
    assert not decision.matches


@pytest.mark.parametrize(
    ("text", "how", "owners"),
    [
        ("TRGIOKWL0AA nop tien", How.CONFUSED_CHARACTERS, ["chi"]),
        ("trg 1okwl oaa", How.CONFUSED_CHARACTERS, ["chi"]),
        ("nop tien hoc TRGV90D4", How.CUT_REFERENCE, ["dung"]),
        ("TRGV90D4Y nop tien", How.CUT_REFERENCE, ["dung"]),
        ("IBFT TRGV90D4Y5", How.CUT_REFERENCE, ["dung"]),
        ("Ma HS 2248000003 nop tien T9", How.PUPIL_CODE, ["chi"]),
        ("hs 2248 000 003", How.PUPIL_CODE, ["chi"]),
        ("HS2248000003, HS2248000001", How.PUPIL_CODE, ["chi", "an"]),
        ("hoc phi tran minh anh 2c", How.NAME_AND_CLASS, ["dung"]),
        ("TRAN MINH ANH LOP 1A NOP TIEN", How.NAME_AND_CLASS, ["chi"]),
        ("TRANMINHANHLOP1A", How.NAME_AND_CLASS, ["chi"]),
        ("tran minh anh lop 2 - c", How.NAME_AND_CLASS, ["dung"]),
        (
            "LE THI CHI chuyen tien cho con NGUYEN VAN AN 1A va NGUYEN THI BINH 3B",
            How.NAME_AND_CLASS,
            ["an", "binh"],
        ),
        ("nop tien cho chau Nguyễn Văn An", How.NAME_ONLY, ["an"]),
        ("nop tien cho be LE THI CHI", How.NAME_ONLY, ["em"]),
    ],
)
def test_rule_3_proposed(text: str, how: How, owners: list[str]) -> None:
    decision = decide(text)
    assert (decision.outcome, decision.how) == (Outcome.PROPOSED, how)
    assert [candidate.owner for candidate in decision.candidates] == owners
    assert decision.warnings == ("W_PROPOSED",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("TRGKSB3DQO3 nop tien", Reason.UNKNOWN_REFERENCE),
        ("TRGATTWTBAT nop tien", Reason.UNKNOWN_REFERENCE),
        ("TRG KSB3 DQO3", Reason.UNKNOWN_REFERENCE),
        ("TRGV90D nop tien", Reason.UNKNOWN_REFERENCE),  # four characters are too few to propose
        ("nop tien TRGV90D", Reason.UNKNOWN_REFERENCE),
        ("nop tien TRGV9 chau", Reason.UNKNOWN_REFERENCE),
        ("TRUONG TIEU HOC TRG", Reason.NO_INFORMATION),
        ("nop tien hoc be TRAN MINH ANH", Reason.AMBIGUOUS_NAME),
        ("tran minh anh 5d", Reason.AMBIGUOUS_NAME),
        ("nop tien thang 9", Reason.NO_INFORMATION),
        ("chuyen tien 12248000003", Reason.NO_INFORMATION),  # a code inside a longer number is none
        ("", Reason.NO_INFORMATION),
    ],
)
def test_rule_4_suspense(text: str, reason: Reason) -> None:
    decision = decide(text)
    assert (decision.outcome, decision.reason) == (Outcome.SUSPENSE, reason)
    assert not decision.candidates
    assert decision.warnings == ("W_SUSPENSE",)


@pytest.mark.parametrize(
    ("text", "payer", "credit", "hints"),
    [
        ("LE THI CHI nop tien hoc cho con", "", 1_500_000, ["TRGZHZ9HGEV", "TRGMI8OLA7K"]),
        ("LE THI CHI chuyen khoan", "", 1_658_800, ["TRGMI8OLA7K"]),  # who owes just this
        ("chuyen khoan", "TRAN VAN DUNG", 5_000, ["TRG10KWLOAA"]),
        ("HOANG VAN THU chuyen khoan", "", 5_000, []),
    ],
)
def test_rule_4_payer_hint(text: str, payer: str, credit: int, hints: list[str]) -> None:
    decision = decide(text, credit, payer=payer)
    assert decision.outcome is Outcome.SUSPENSE
    assert [candidate.reference for candidate in decision.payer_hints] == hints


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("CASH DEPOSIT TAI QUAY PGD 02", Kind.CASH_DEPOSIT),
        ("Nộp tiền mặt - Trần Thị Thủ Quỹ", Kind.CASH_DEPOSIT),
        ("TRA LAI TIEN GUI KKH", Kind.INTEREST),
        ("Kho bạc nhà nước cấp kinh phí", Kind.BUDGET),
    ],
)
def test_rule_5_credits_that_are_no_fees(text: str, kind: Kind) -> None:
    decision = decide(text)
    assert (decision.outcome, decision.kind, decision.status) == (Outcome.NOT_A_FEE, kind, Status.ACCEPT)


def test_rule_5_a_reference_outweighs_the_words() -> None:
    assert decide("NOP TIEN MAT TRGZHZ9HGEV").outcome is Outcome.MATCHED
    assert decide("NOP TIEN MAT nguyen van an 1a").how is How.NAME_AND_CLASS


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("PHI QUAN LY TK", Kind.BANK_FEE),
        ("CHI LUONG T10/2026", Kind.SALARY),
        ("TT TIEN NUOC", Kind.UTILITIES),
        ("TT TIEN GAO THEO HD 330", Kind.SUPPLIER),
        ("HOAN TIEN AN CHO PHHS EM NGUYEN VAN AN", Kind.REFUND_TO_PARENT),
        ("rut tien TRGZHZ9HGEV", Kind.OTHER),  # money that leaves never pays a fee
    ],
)
def test_rule_5_debits(text: str, kind: Kind) -> None:
    decision = Matcher(DUES, ROLL).decide(line(text, 0, debit=50_000))
    assert (decision.outcome, decision.kind) == (Outcome.NOT_A_FEE, kind)


def test_sibling_hint() -> None:
    decision = decide("TRGZHZ9HGEV nop tien cho 2 con", 1_100_950 + 1_658_800)
    assert decision.warnings == ("W_OVERPAID",)
    assert [(hint.reference, hint.owner) for hint in decision.sibling_hints] == [("TRGMI8OLA7K", "binh")]
    assert not decide("TRGZHZ9HGEV nop tien", 1_100_950 + 793_800).sibling_hints  # no sibling owes that


def test_of_several_bills_the_one_that_fits_is_proposed() -> None:
    dues = (
        Due("TRGAAAAAAAA", "an", 100),
        Due("TRGBBBBBBBB", "an", 200),
        Due("TRGCCCCCCCC", "an", 300, received=300),
    )
    for credit, reference in ((200, "TRGBBBBBBBB"), (300, "TRGAAAAAAAA")):
        decision = Matcher(dues, ROLL).decide(line("nguyen van an 1a", credit))
        assert decision.candidates[0].reference == reference


def test_a_learner_without_a_bill_is_known_all_the_same() -> None:
    (candidate,) = Matcher((), (AN,)).decide(line("nguyen van an 1a")).candidates
    assert (candidate.reference, candidate.owner) == (None, "an")


def test_two_of_one_class_with_one_name_are_told_apart_by_nobody() -> None:
    twins = (Learner("a", "Trần Gia Hân", "2B"), Learner("b", "Trần Gia Hân", "2B"))
    assert Matcher((), twins).decide(line("tran gia han 2b")).reason is Reason.AMBIGUOUS_NAME


@pytest.mark.parametrize("dues", [(Due("TRG123", "a", 1),), (Due("TRGAAAAAAAA", "a", 1), Due("trg-aaaaaaaa", "b", 1))])
def test_references_that_cannot_be_registered(dues: tuple[Due, ...]) -> None:
    with pytest.raises(ValueError, match="reference"):
        Matcher(dues)


def test_the_longer_reference_counts_where_one_is_part_of_the_other() -> None:
    matcher = Matcher((Due("TRGAAAAA", "a", 1), Due("TRGAAAAABBB", "b", 1)))
    assert [m.owner for m in matcher.decide(line("TRGAAAAABBB", 1)).matches] == ["b"]
    assert [m.owner for m in matcher.decide(line("TRGAAAAAB", 1)).matches] == ["a"]


def test_digits_inside_a_longer_number_are_no_reference() -> None:
    matcher = Matcher((Due("12345678", "a", 1),))
    assert matcher.decide(line("ck 912345678", 1)).outcome is Outcome.SUSPENSE
    assert matcher.decide(line("ck 12345678 abc", 1)).outcome is Outcome.MATCHED
