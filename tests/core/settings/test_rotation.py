"""A new key: everything is sealed anew, old texts can be read meanwhile, a running program follows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from core import settings
from core.cli.secrets import know_every_table
from core.data.session import Database
from core.kernel.registry import Registry
from core.settings import Keyring, use_keys
from core.settings.instance import load_settings, write_secrets
from core.settings.sealed import columns, leftovers, reseal
from core.types.actor import Actor
from core.webhooks import bind, endpoints
from tests.architecture import sources

ROOT = Path(__file__).resolve().parents[3]
OLD, NEW = "o" * 40, "n" * 40


@pytest.fixture
def old_keys() -> Iterator[Keyring]:
    before = settings.keys()
    keyring = Keyring([OLD])
    use_keys(keyring)
    yield keyring
    use_keys(before)


def test_everything_is_sealed_anew(
    db: Database, school: UUID, system: Actor, registry: Registry, old_keys: Keyring
) -> None:
    bind(registry, loopback=True)
    event = next(name for name, kind in registry.event_types().items() if kind.outside)
    with db.context(system, school) as ctx:
        made = endpoints.make(ctx, "https://example.vn/", [event])
    both = Keyring([NEW, OLD])
    with db.all_schools(system) as ctx:
        ctx.session.execute(
            text(
                "INSERT INTO core_setting (id, school_id, key, value, created_at, updated_at) VALUES "
                "(uuidv7(), :s, 'x.secret', to_jsonb(CAST(:v AS text)), now(), now()), "
                "(uuidv7(), :s, 'x.lost', to_jsonb(CAST(:lost AS text)), now(), now()), "
                "(uuidv7(), :s, 'x.plain', to_jsonb(CAST('v1.plain' AS text)), now(), now())"
            ),
            {
                "s": school,
                "v": old_keys.seal("bí mật", f"setting:{school}:x.secret"),
                "lost": Keyring(["l" * 40]).seal("x", f"setting:{school}:x.lost"),
            },
        )
        done = {row.column: (row.renewed, row.current, row.shut) for row in reseal(ctx, both)}
    assert done["core_webhook_endpoint.secret"] == (1, 0, 0)
    assert done["core_setting.value"] == (1, 0, 1), "a text sealed with a lost key is left as it is, and told"
    new_only = Keyring([NEW])
    with db.all_schools(system) as ctx:
        again = {row.column: (row.renewed, row.current) for row in reseal(ctx, both)}
        value = ctx.session.execute(text("SELECT value #>> '{}' FROM core_setting WHERE key = 'x.secret'")).scalar_one()
        sealed = ctx.session.execute(text("SELECT secret FROM core_webhook_endpoint")).scalar_one()
        assert leftovers(ctx, both) == {"core_setting.value": 1}, "whoever forgets the old key is told"
    assert again["core_setting.value"] == (0, 1)
    assert new_only.unseal(value, f"setting:{school}:x.secret") == "bí mật"
    assert new_only.unseal(sealed, endpoints.place(made.id)) == made.key


def test_a_running_program_follows_the_file(tmp_path: Path) -> None:
    found = load_settings({"TRUONG_VAR": str(tmp_path)})
    keyring = found.keyring()
    sealed = keyring.seal("x", "here")
    assert found.secret_file is not None
    write_secrets(found.secret_file, [NEW, *found.secret_keys])
    assert keyring.unseal(Keyring([NEW]).seal("y", "here"), "here") == "y"
    assert keyring.unseal(sealed, "here") == "x"
    assert len(keyring.names()) == 2
    assert found.secret_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.xdist_group("sources")
def test_every_package_that_seals_names_its_columns() -> None:
    """Whoever seals for a table says so in the model, or the texts would be lost with the old key."""
    know_every_table()
    declared = {table.name for table, _column in columns()}
    assert {"core_setting", "core_payment_channel", "core_webhook_endpoint", "core_totp", "core_oauth_key"} <= declared
    packages = {
        file.parent if file.is_relative_to(ROOT / "core") else ROOT.joinpath(*file.relative_to(ROOT).parts[:2])
        for file in sources.files()
        if any(
            isinstance(node, ast.Attribute) and node.attr == "seal" and isinstance(node.value, ast.Call)
            for node in sources.nodes(file)
        )
    }
    silent = [
        str(package.relative_to(ROOT))
        for package in packages
        if not any('"sealed"' in file.read_text() for file in package.rglob("*.py"))
    ]
    assert silent == []
