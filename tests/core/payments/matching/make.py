"""Small statements for the tests of the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.payments.matching import Decision, Due, Learner, Line, Matcher, Origin, Statement, match_statement

START = datetime(2026, 10, 1, 1, tzinfo=UTC)

AN = Learner("an", "Nguyễn Văn An", "1A", "2248000001", ("Nguyễn Văn Ba", "Lê Thị Chi"), family="ba")
BINH = Learner("binh", "Nguyễn Thị Bình", "3B", "2248000002", ("Nguyễn Văn Ba", "Lê Thị Chi"), family="ba")
CHI = Learner("chi", "Trần Minh Ánh", "1A", "2248000003", ("Trần Văn Dũng",))
DUNG = Learner("dung", "Trần Minh Anh", "2C", "2248000004", ("Trần Thị Em",))
EM = Learner("em", "Lê Thị Chi", "2C", "2248000005")
ROLL = (AN, BINH, CHI, DUNG, EM)
DUES = (
    Due("TRGZHZ9HGEV", "an", 1_100_950),
    Due("TRGMI8OLA7K", "binh", 1_658_800),
    Due("TRG10KWLOAA", "chi", 793_800),
    Due("TRGV90D4Y55", "dung", 500_000),
)


def line(
    text: str,
    credit: int | None = 100_000,
    *,
    debit: int | None = 0,
    number: str = "",
    row: int = 1,
    minute: int | None = None,
    balance: int | None = None,
    payer: str = "",
) -> Line:
    booked = START + timedelta(minutes=row if minute is None else minute)
    return Line(Origin("S", row), booked, number or f"FT26000{row:05d}X", text, credit, debit, balance, payer)


def decide(text: str, credit: int = 100_000, *, payer: str = "") -> Decision:
    """What a fresh matcher says of one credit."""
    return Matcher(DUES, ROLL).decide(line(text, credit, payer=payer))


def run(*lines: Line, earlier: dict[str, int] | None = None) -> list[Decision]:
    """What becomes of these lines as one statement."""
    return list(match_statement(Statement(lines), Matcher(DUES, ROLL), earlier).decisions)
