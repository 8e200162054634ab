"""Every table stands behind its wall or says why it needs none; who sees all schools is on a short list."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from core.data import walls
from core.data.ddl import APP_ROLE, SYSTEM_ROLE
from core.data.embedded import database_url

from . import sources

pytestmark = pytest.mark.xdist_group("sources")  # one process reads all files once
ROOT = Path(__file__).resolve().parents[2]

INSTANCE_TABLES = {
    "core_account": "a person signs in before a school is known; secrets are readable by the system role only",
    "core_account_notice": "of an account, system role only",
    "core_audit_head": "one row for each chain; its policy compares the chain with the school",
    "core_identity_review": "of an account, system role only",
    "core_former_name": "names of areas in the tree of authorities; the application reads",
    "core_link_code": "of an account, system role only",
    "core_national_id": "digests that find an account, system role only",
    "core_oauth_code": "of an account and a client, system role only",
    "core_oauth_consent": "of an account and a client, system role only",
    "core_oauth_key": "keys of the installation, system role only",
    "core_oauth_token": "of an account and a client, system role only",
    "core_oidc_pending": "before anybody is signed in, system role only",
    "core_oidc_session": "of an account, system role only",
    "core_organisation": "the tree of authorities belongs to the installation; the application reads",
    "core_oversight": "which account oversees which authority: two ids, read with each session",
    "core_passkey": "of an account, system role only",
    "core_plugin": "what the operator decided about plugins; the application reads",
    "core_recovery_code": "of an account, system role only",
    "core_schedule": "when schedules of the installation ran last",
    "core_school": "the list of schools: sign-in and the operator's pages must find them",
    "core_seen_token": "answers of identity providers, system role only",
    "core_sign_in_counter": "failures by network and account, system role only",
    "core_spent_challenge": "before anybody is signed in, system role only",
    "core_totp": "of an account, system role only",
    "core_work_pause": "which plugins the operator has paused",
    "core_worker": "which workers are alive",
    "transcripts_log_checkpoint": "size and root of the log of all schools; hashes only",
    "transcripts_log_key": "the key of the log, one for the installation; its private half is sealed",
    "transcripts_log_node": "hashes of salted entries of all schools",
    "transcripts_log_token": "timestamps over the log",
}  # fmt: skip

SYSTEM_ONLY_WORDS = "system role only"

DEFINERS = {
    # Functions that run as the owner of the tables; each was read for what it lets through.
    "core_audit_link": "moves waiting entries into the chain of their own school; returns a number",
    "core_notice_channel": "one payment channel by its id, to whoever brings a message to its address",
    "core_reaches_further": "one bit: whether an account has a role or a person outside the present school",
    "core_refresh_statistics": "ANALYZE; returns nothing",
    "core_reach_grows": "trigger: ends sessions of a school's provider when the account reaches further",
    "core_session_resolve": "one session by the digest of its token",
    "core_charge_check": "trigger: the person of a charge is of its school",
    "core_evidence_check": "trigger: channel, attempt and message of evidence are of its school",
    "core_journal_check": "trigger: period, evidence and reversed entry are of an entry's school, the period open",
    "core_journal_entry_check": "trigger: an entry balances",
    "core_payment_channel_keep": "trigger: refuses to delete a channel that has evidence",
    "core_module_switch_changed": "trigger: keeps the list of modules beside the school of the row",
    "core_person_keep_payers": "trigger: refuses to delete who has payments",
    "core_posting_apply": "trigger: balances by the school of the postings",
    "core_posting_people": "trigger: the person of a posting is of its school",
    "finance_bill_check": "trigger: the round of a bill is of its school",
}

ALL_SCHOOLS = {
    # Whoever opens a context over all schools (a prefix of the path), and why.
    "core/cli/": "commands of the operator's terminal",
    "core/operations/": "backup, restore and proof, run by the operator",
    "core/moving/": "an installation or a school on its way, run by the operator",
    "core/sdk/testing/": "fixtures of tests",
    "core/identity/": "who signs in belongs to no school yet; answers of providers and bearers of tokens",
    "core/sdk/web/view.py": "pages of the installation, for those who hold a permission there",
    "core/sdk/web/steps.py": "the same, in several transactions",
    "core/web/pages/elsewhere/": "sign-in elsewhere",
    "core/web/pages/entrance.py": "sign-in",
    "core/web/pages/finding.py": "looks for a person over the schools below one's authority",
    "core/web/pages/oauth/": "tokens and consents of accounts",
    "core/web/pages/organisations.py": "the operator changes the tree, whatever school they look at",
    "core/web/pages/second_step.py": "sign-in",
    "core/web/pages/security.py": "the factors of one's own account",
    "core/web/pages/settings.py": "reads settings of the installation for the operator",
    "core/work/": "jobs, leases and schedules of all schools",
    "plugins/finance/pages/pay/door.py": "a signed pay link names its school",
    "plugins/timetable/pages/feed.py": "a signed calendar address names its school",
    "plugins/transcripts/pages/checking.py": "the random address on a transcript names its school",
}
ROLES = {
    # Whoever writes SET ROLE in plain text.
    "core/data/session.py": "the context over all schools itself",
    "core/data/ddl.py": "a comment on the roles",
    "core/identity/sessions.py": "makes and ends sessions inside a school's transaction, and steps back",
}


@pytest.fixture(scope="module")
def catalogue(server: str, template: str) -> Iterator[Connection]:
    engine = create_engine(database_url(server, template, "postgres"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_every_table_of_a_school_has_its_wall(catalogue: Connection) -> None:
    assert walls.gaps(catalogue) == []


def test_every_other_table_says_why_it_needs_none(catalogue: Connection) -> None:
    others = {r.name: r for r in walls.relations(catalogue) if not r.of_a_school and not r.name.endswith("_version")}
    assert set(others) == set(INSTANCE_TABLES), "a table of a school needs a school_id; any other a reason here"
    reachable = {name for name, relation in others.items() if relation.reachable}
    claimed = {name for name, why in INSTANCE_TABLES.items() if why.endswith(SYSTEM_ONLY_WORDS)} - {"core_account"}
    assert reachable & claimed == set(), "said to be of the system role only, and the application has a right on it"


def test_the_application_owns_nothing_and_cannot_become_more(catalogue: Connection) -> None:
    roles = catalogue.execute(
        text(
            "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication AS mighty"
            " FROM pg_roles WHERE rolname IN ('truong_app', 'truong_system', 'truong_owner')"
        )
    ).all()
    assert sorted((row.rolname, row.mighty) for row in roles) == [
        ("truong_app", False),
        ("truong_owner", False),
        ("truong_system", False),
    ]
    owned = "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) IN ('truong_app', 'truong_system')"
    assert catalogue.execute(text(owned)).scalar_one() == 0
    may = catalogue.execute(
        text(
            "SELECT pg_has_role('truong_app', 'truong_owner', 'MEMBER') AS owner,"
            " pg_has_role('truong_system', 'truong_owner', 'MEMBER') AS owner_by_system,"
            " pg_has_role('truong_app', 'truong_system', 'USAGE') AS all_schools_without_asking,"
            " has_schema_privilege('truong_app', 'public', 'CREATE') AS makes_tables,"
            " has_schema_privilege('truong_system', 'public', 'CREATE') AS makes_tables_by_system"
        )
    ).one()
    assert not any(may), may
    assert catalogue.execute(text("SELECT pg_has_role('truong_app', 'truong_system', 'SET')")).scalar_one()


def test_functions_of_the_owner_are_known_and_look_nowhere_else(catalogue: Connection) -> None:
    rows = catalogue.execute(
        text(
            "SELECT proname, prorettype = 'trigger'::regtype AS is_trigger, coalesce(proconfig, '{}') AS config,"
            " EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0) AS anybody"
            " FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )
    ).all()
    references = {row.proname for row in rows if row.proname.endswith(("_there", "_gone"))}  # core.data.references
    assert {row.proname for row in rows} - references == set(DEFINERS)
    wrong = [row.proname for row in rows if row.config != ["search_path=pg_catalog, public, pg_temp"]]
    assert wrong == [], "a temporary table could take the place of a real one"
    assert [row.proname for row in rows if row.anybody and not row.is_trigger] == []


def test_who_sees_all_schools_is_on_the_list() -> None:
    seen = {file for file, node in _nodes() if isinstance(node, ast.Attribute) and node.attr == "all_schools"}
    assert {file for file in seen if not file.startswith(tuple(ALL_SCHOOLS))} == set()
    unused = {prefix for prefix in ALL_SCHOOLS if not any(file.startswith(prefix) for file in seen)}
    assert unused <= {"core/operations/", "core/moving/"}


def test_nobody_else_changes_the_role_of_a_transaction() -> None:
    constants = ((file, node.value) for file, node in _nodes() if isinstance(node, ast.Constant))
    seen = {file for file, value in constants if isinstance(value, str) and _changes_role(value)}
    assert seen == set(ROLES)


_WORDS = re.compile(r"all_schools|\brole\b|authorization", re.IGNORECASE)
"""A file without any of these words needs no closer look."""


def _changes_role(value: str) -> bool:
    words = " ".join(value.upper().split())
    return any(f"SET {how}ROLE" in words for how in ("", "LOCAL ", "SESSION ")) or "SESSION AUTHORIZATION" in words


def _nodes() -> Iterator[tuple[str, ast.AST]]:
    for file in sources.files():
        if "versions" not in file.parts and _WORDS.search(file.read_text()):
            yield from ((str(file.relative_to(ROOT)), node) for node in sources.nodes(file))


def test_the_names_of_the_roles_are_those_of_the_walls() -> None:
    assert (APP_ROLE, SYSTEM_ROLE) == ("truong_app", "truong_system")
