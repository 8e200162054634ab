"""A bank statement of a hundred thousand lines, grown from the habits of a real one, with the right answer for each line.

The deck below has the 595 lines of the statement that the import specification was made from: how often a reference stands
alone, glued to names, twice, cut, confused, or not at all. Dealt again and again over fifty thousand bills it gives a
file of any length whose truth follows from how each line was made.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter

from core.data.fold import fold

from .many_pupils import FAMILY, GIVEN, MIDDLE

ACCOUNT = "0000123456789"
DUE = (793_800, 1_658_800, 1_100_950, 1_308_800)
TWINS = 200
"""Pupils, the first of all, of whom each two bear one name."""
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_START = datetime(2026, 10, 1, 6)  # noqa: DTZ001  (as a bank writes it: local, without a zone)
_DECK = {
    "plain": 180,
    "name_class": 90,
    "forwarded": 60,
    "glued": 60,
    "small": 80,
    "two": 10,
    "two_other": 2,
    "name_and_class": 22,
    "cut": 8,
    "name_only": 6,
    "code": 6,
    "confused": 5,
    "nothing": 11,
    "unknown": 7,
    "ambiguous": 3,
    "reversed": 4,
    "no_fee": 32,
    "duplicate": 4,
    "unreadable": 1,
}
_NO_FEES = (
    ("CASH DEPOSIT TAI QUAY PGD 02", True),
    ("Phi chuyen tien CITAD + VAT", False),
    ("KBNN TP DA NANG CAP KINH PHI THUONG XUYEN", True),
    ("TT TIEN THUC PHAM BAN TRU HD 636", False),
    ("CHI LUONG T10/2026 THEO DS 62 NGUOI", False),
    ("PHI QUAN LY TK", False),
)

Answer = tuple[str, str, tuple[tuple[str | None, int], ...]]
"""Outcome; how or why; references with the dong that they get, or with 0 where they are candidates."""


@dataclass(frozen=True, slots=True)
class Pupil:
    name: str
    class_name: str
    code: str
    reference: str
    due: int


@dataclass(slots=True)
class Made:
    """Rows of the file, and what each must become."""

    rows: list[tuple[datetime, str, str, int | str, int | str, int]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    received: dict[str, int] = field(default_factory=dict)
    balance: int = 612_345_678


def pupils(count: int, chance: random.Random) -> list[Pupil]:
    """Pupils with a bill each; names are borne once, but for the twins."""
    names = _names()
    references: dict[str, None] = {}
    while len(references) < count:
        references["TRG" + "".join(chance.choices(_SIGNS, k=8))] = None
    return [
        Pupil(
            names[place // 2 if place < TWINS else place],
            f"{1 + place % 5}{'ABCDEFGH'[place // 5 % 8]}",
            f"{2_000_000_000 + place * 7919 % 900_000_000}",
            reference,
            DUE[place % len(DUE)],
        )
        for place, reference in enumerate(references)
    ]


def _names() -> list[str]:
    """Names of four words, so that none is a part of another one; without accents, too, each is borne once."""
    every = (f"{a} {b} {c} {d}" for b in MIDDLE for c in MIDDLE for d in GIVEN for a in FAMILY)
    return list({fold(name): name for name in every}.values())


class Dealer:
    """Makes line after line. Every pupil's turn comes in order; who is due twice pays in two parts."""

    def __init__(self, roll: list[Pupil], lines: int, chance: random.Random) -> None:
        self.roll, self.lines, self.chance = roll, lines, chance
        self.made = Made()
        self.taken = {pupil.reference for pupil in roll}
        beginnings: dict[str, int] = {}
        for pupil in roll:
            beginnings[pupil.reference[:9]] = beginnings.get(pupil.reference[:9], 0) + 1
        self.cuttable = [p for p in roll[TWINS:] if beginnings[p.reference[:9]] == 1]
        self.confusable = [p for p in roll[TWINS:] if set("O0I1") & set(p.reference[3:])]
        self.turn = TWINS

    def deal(self) -> Made:
        kinds = [kind for kind, many in _DECK.items() for _ in range(many)]
        makers: dict[str, Callable[[], None]] = {kind: getattr(self, f"_{kind}") for kind in _DECK}
        while len(self.made.rows) < self.lines:
            self.chance.shuffle(kinds)
            for kind in kinds:
                if len(self.made.rows) < self.lines:
                    makers[kind]()
        return self.made

    def _next(self) -> Pupil:
        pupil = self.roll[self.turn]
        self.turn = TWINS + (self.turn + 1 - TWINS) % (len(self.roll) - TWINS)
        return pupil

    def _line(
        self, words: str, credit: int, answer: Answer, *, debit: int = 0, shown: str = "", number: str = ""
    ) -> str:
        made = self.made
        place = len(made.rows)
        number = number or f"FT26{place:07d}{self.chance.choice('ABCDEFGH')}"
        made.balance += credit - debit
        when = _START + timedelta(seconds=25 * place)
        made.rows.append((when, number, words, debit or "", shown or credit or "", made.balance))
        made.answers.append(answer)
        return number

    def _pay(self, form: str) -> None:
        pupil = self._next()
        first = pupil.reference not in self.made.received
        amount = pupil.due // 2 if first else pupil.due - pupil.due // 2
        if self.turn % 97 == 0:
            amount += 10_000
        self.made.received[pupil.reference] = self.made.received.get(pupil.reference, 0) + amount
        bare = fold(pupil.name)
        words = form.format(
            ref=pupil.reference,
            small=pupil.reference.lower(),
            name=bare.upper(),
            full=pupil.name,
            glued=bare.upper().replace(" ", ""),
            cls=pupil.class_name,
        )
        self._line(words, amount, ("matched", "", ((pupil.reference, amount),)))

    def _plain(self) -> None:
        self._pay(self.chance.choice(("{ref}", "Thanh toan QR {ref}", "{ref} nop tien hoc", "IBFT {ref} nop tien hoc")))

    def _name_class(self) -> None:
        self._pay(self.chance.choice(("{name} {cls} {ref} FT731077657", "Phụ huynh em {full} đóng tiền, mã {ref}")))

    def _forwarded(self) -> None:
        self._pay(
            f"MBVCB.682616475.{{ref}} {{name}} LOP {{cls}}.CT tu 000042551705 NGUYEN THI THUY toi {ACCOUNT} TRUONG TIEU HOC"
        )

    def _glued(self) -> None:
        self._pay("{glued}{ref}LOP{cls}")

    def _small(self) -> None:
        self._pay("CUSTOMER {small} - Ma giao dich/ Trace 153387")

    def _two(self) -> None:
        pair = [self._next(), self._next()]
        got = self.made.received
        shares = [(p.reference, p.due - min(p.due, got.get(p.reference, 0))) for p in pair]
        given = tuple((reference, amount) for reference, amount in shares if amount)
        if not given:
            return
        for reference, amount in given:
            got[reference] = got.get(reference, 0) + amount
        words = f"nop cho 2 con {pair[0].reference.lower()} + {pair[1].reference.lower()}"
        self._line(words, sum(amount for _, amount in given), ("matched", "", given))

    def _two_other(self) -> None:
        pair = [self._next(), self._next()]
        candidates = tuple((p.reference, 0) for p in pair)
        words = f"{pair[0].reference} {pair[1].reference} nop tien 2 con"
        self._line(words, 9_999_000, ("proposed", "two_references_other_amount", candidates))

    def _propose(self, how: str, pupil: Pupil, words: str) -> None:
        self._line(words, pupil.due, ("proposed", how, ((pupil.reference, 0),)))

    def _name_and_class(self) -> None:
        pupil = self._next()
        name = fold(pupil.name)
        words = self.chance.choice(
            (f"{name.upper()} LOP {pupil.class_name} NOP TIEN THANG 9", f"hoc phi {name} {pupil.class_name}")
        )
        self._propose("name_and_class", pupil, words)

    def _cut(self) -> None:
        pupil = self.chance.choice(self.cuttable)
        self._propose("cut_reference", pupil, f"nop tien hoc {pupil.reference[: self.chance.choice((9, 10))]}")

    def _name_only(self) -> None:
        pupil = self._next()
        self._propose("name_only", pupil, f"nop tien cho chau {fold(pupil.name).upper()}")

    def _code(self) -> None:
        pupil = self._next()
        self._propose("pupil_code", pupil, f"Ma HS {pupil.code} nop tien T9")

    def _confused(self) -> None:
        pupil = self.chance.choice(self.confusable)
        wrong = pupil.reference[:3] + pupil.reference[3:].translate(str.maketrans("O0I1", "0O1I"))
        if wrong in self.taken:
            return
        self._propose("confused_characters", pupil, f"{wrong} nop tien")

    def _nothing(self) -> None:
        words = self.chance.choice(
            ("nop tien thang 9", "TIEN AN BAN TRU", "TRAN HUY TAI chuyen khoan", "LE THI CHI nop tien hoc cho con")
        )
        self._line(words, 1_658_800, ("suspense", "no_information", ()))

    def _unknown(self) -> None:
        wrong = "TRG" + "".join(self.chance.choices("BCDFGHJKLMNPQRSTVWXZ", k=5)) + "4Z7"
        if wrong not in self.taken:
            self._line(f"{wrong} nop tien", 1_658_800, ("suspense", "unknown_reference", ()))

    def _ambiguous(self) -> None:
        pupil = self.chance.choice(self.roll[:TWINS])
        self._line(f"nop tien hoc be {fold(pupil.name).upper()}", 1_658_800, ("suspense", "ambiguous_name", ()))

    def _reversed(self) -> None:
        pupil = self._next()
        number = self._line(f"Thanh toan QR {pupil.reference}", pupil.due, ("reversed", "", ()))
        self._line(f"HOAN TRA GD {number}", 0, ("reversed", "", ()), debit=pupil.due)

    def _no_fee(self) -> None:
        words, comes = self.chance.choice(_NO_FEES)
        amount = self.chance.randrange(11_000, 9_000_000, 1000)
        self._line(words, amount if comes else 0, ("not_a_fee", "", ()), debit=0 if comes else amount)

    def _duplicate(self) -> None:
        made = self.made
        if not made.rows:
            return
        when, number, words, debit, credit, balance = made.rows[-1]
        if made.answers[-1][0] in ("duplicate", "unreadable"):
            return
        made.rows.append((when, number, words, debit, credit, balance))
        made.answers.append(("duplicate", "", ()))

    def _unreadable(self) -> None:
        pupil = self._next()
        self._line(f"{pupil.reference} nop tien hoc", pupil.due, ("unreadable", "", ()), shown="1.3O8.8OO")


def write(made: Made, target: Path) -> None:
    """The workbook as a bank gives it."""
    with xlsxwriter.Workbook(str(target), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Sao ke")
        day = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        sheet.write_row(0, 0, ("SAO KÊ TÀI KHOẢN",))
        sheet.write_row(1, 0, (f"Số tài khoản: {ACCOUNT}",))
        header = ("STT", "Ngày giao dịch", "Số chứng từ", "Nội dung giao dịch", "Ghi nợ", "Ghi có", "Số dư")
        sheet.write_row(3, 0, header)
        for place, (when, number, words, debit, credit, balance) in enumerate(made.rows, 4):
            sheet.write_number(place, 0, place - 3)
            sheet.write_datetime(place, 1, when, day)
            sheet.write_row(place, 2, (number, words, debit, credit, balance))
