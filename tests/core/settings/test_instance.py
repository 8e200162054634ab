"""The configuration of the installation."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from core.settings.instance import ConfigurationError, load_settings

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    return folder


def test_the_shipped_files_are_good(tmp_path: Path) -> None:
    found = load_settings({"TRUONG_VAR": str(tmp_path)}, config=ROOT / "config")
    assert (found.environment, found.development, found.secure_cookies) == ("development", True, False)
    assert found.base_url.startswith("http://127.0.0.1")
    example = ROOT / "config" / "production.example.toml"
    environ = {
        "TRUONG_ENVIRONMENT": "production",
        "TRUONG_CONFIG": str(example),
        "TRUONG_SECRET_KEY": "k" * 40,
    }
    found = load_settings(environ, config=ROOT / "config")
    assert (found.environment, found.secure_cookies, found.trusted_proxies) == ("production", True, 1)
    assert found.var == Path("/var/lib/truong")


def test_the_environment_wins_over_files(config: Path, tmp_path: Path) -> None:
    (config / "default.toml").write_text('var = "a"\nbase_url = "http://a"\nblocked_plugins = ["one"]\n')
    (config / "development.toml").write_text('base_url = "http://b"\n')
    named = tmp_path / "named.toml"
    named.write_text("trusted_proxies = 2\nsecure_cookies = true\n")
    found = load_settings(
        {
            "TRUONG_CONFIG": str(named),
            "TRUONG_VAR": str(tmp_path / "var"),
            "TRUONG_BLOCKED_PLUGINS": "two, three",
            "TRUONG_DATABASE_URL": "postgresql+psycopg://u:secret@h/d",
            "TRUONG_SECRET_KEY": f"{'n' * 32} {'o' * 32}",
            "TRUONG_SIMULATOR_PORT": "of another program",
            "HOME": "/",
        },
        config=config,
    )
    assert (found.base_url, found.trusted_proxies, found.secure_cookies) == ("http://b", 2, True)
    assert (found.blocked_plugins, found.secret_key, len(found.secret_keys)) == (
        ("two", "three"),
        "n" * 32,
        2,
    )
    assert "secret" not in repr(found).replace("secret_keys", "")
    assert "nnnn" not in repr(found)
    assert found.with_database("a", "b", "c").worker_database_url == "b"


@pytest.mark.parametrize(
    ("file", "environ", "says"),
    [
        ('colour = "red"', {}, "unknown names colour"),
        ("trusted_proxies = [1]", {}, "trusted_proxies"),
        ("var = ", {}, "default.toml"),
        ("", {"TRUONG_TRUSTED_PROXIES": "many"}, "trusted_proxies"),
        ("", {"TRUONG_SECURE_COOKIES": "maybe"}, "secure_cookies"),
        ("", {"TRUONG_SECRET_KEY": "short"}, "at least 32"),
        ("", {"TRUONG_ENVIRONMENT": "holiday"}, "holiday"),
        ("", {"TRUONG_CONFIG": "/nowhere.toml"}, "not there"),
        ("", {"TRUONG_ENVIRONMENT": "production", "TRUONG_BASE_URL": "http://school.vn"}, "https"),
        (
            "secure_cookies = false",
            {"TRUONG_ENVIRONMENT": "production", "TRUONG_BASE_URL": "https://school.vn"},
            "secure_cookies",
        ),
    ],
)
def test_mistakes_are_named(config: Path, tmp_path: Path, file: str, environ: dict[str, str], says: str) -> None:
    (config / "default.toml").write_text(file)
    with pytest.raises(ConfigurationError, match=says):
        load_settings({"TRUONG_VAR": str(tmp_path), **environ}, config=config)


def test_the_key_is_made_once_and_kept_to_its_owner(config: Path, tmp_path: Path) -> None:
    environ = {"TRUONG_VAR": str(tmp_path / "var")}
    first = load_settings(environ, config=config)
    path = tmp_path / "var" / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_settings(environ, config=config).secret_keys == first.secret_keys
    path.write_text("n" * 32 + "\n" + first.secret_key)
    assert load_settings(environ, config=config).secret_keys == ("n" * 32, first.secret_key)
    path.write_text("")
    with pytest.raises(ConfigurationError):  # never replaced silently: sealed settings would be lost
        load_settings(environ, config=config)


def test_programs_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    code = (
        "import sys; from core.settings.instance import load_settings;"
        "print(load_settings({'TRUONG_VAR': sys.argv[1]}).secret_key)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "var")]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert len({process.communicate(timeout=60)[0] for process in started}) == 1
    assert [file.name for file in (tmp_path / "var").iterdir()] == ["secret.key"]
