"""The files that browsers keep for ever: fonts cut to Vietnamese, static files under a name by their content.

``Assets.build`` writes them once into a cache folder (about two seconds, then never again until a source
changes); the web process serves that folder with ``Cache-Control: immutable``. No font file lives in the
repository: they come from the package fontpkg-be-vietnam-pro (Be Vietnam Pro, SIL Open Font License 1.1).
"""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from mimetypes import guess_type
from pathlib import Path
from typing import Final

import brotli
from flask import Blueprint, Response, abort, request, send_from_directory

from core.sdk.web.view import public
from core.web import fonts, icons

STATIC: Final = Path(__file__).parent / "static"
MANIFEST: Final = "assets.json"
_TEXT: Final = {".css", ".js", ".svg", ".json"}
_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))


@dataclass(frozen=True, slots=True)
class Assets:
    """Built files: the folder they are in and, for each source name, its name by content."""

    folder: Path
    names: Mapping[str, str]
    prefix: str = "/assets/"

    def url(self, name: str) -> str:
        """The address of a source file; an unknown name is a mistake in a template and says so."""
        if name not in self.names:
            raise LookupError(f"no such asset: {name}")
        return self.prefix + self.names[name]

    @classmethod
    def build(cls, cache: Path, extra: Mapping[str, Path] | None = None, prefix: str = "/assets/") -> Assets:
        """Write what is not there yet. ``extra``: files of plugins, ``finance/rounds.js`` -> path."""
        sources = {path.name: path for path in sorted(STATIC.iterdir()) if path.is_file()} | dict(extra or {})
        mark = _fingerprint(sources)
        manifest = cache / MANIFEST
        if manifest.exists():
            known = json.loads(manifest.read_text())
            if known["mark"] == mark:
                return cls(cache, known["names"], prefix)
        cache.mkdir(parents=True, exist_ok=True)
        faces = {
            weight: _write(cache, f"be-vietnam-pro-{weight}.woff2", fonts.subset_font(weight))
            for weight in fonts.WEIGHTS
        }
        names = {f"be-vietnam-pro-{weight}.woff2": name for weight, name in faces.items()}
        for name, content in icons.pictures((STATIC / "icon.svg").read_bytes()).items():
            names[name] = _write(cache, name, content)
        for name, path in sources.items():
            content = path.read_bytes()
            if name == "truong.css":
                content = (fonts.font_face_css(faces) + small_css(content.decode())).encode()
            names[name] = _write(cache, name, content)
        _put(manifest, json.dumps({"mark": mark, "names": names}, indent=1).encode())
        return cls(cache, names, prefix)


def _fingerprint(sources: Mapping[str, Path]) -> str:
    digest = blake2b(
        b"".join(Path(part).read_bytes() for part in (fonts.__file__, icons.__file__, __file__)), digest_size=16
    )
    for name, path in sources.items():
        digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _write(cache: Path, name: str, content: bytes) -> str:
    """Write ``truong.css`` as ``truong.<hash>.css`` with its packed forms beside it; returns the new name."""
    source = Path(name)
    mark = blake2b(content, digest_size=6).hexdigest()
    target = cache / source.parent / f"{source.stem}.{mark}{source.suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    _put(target, content)
    if source.suffix in _TEXT:
        _put(target.with_name(target.name + ".br"), brotli.compress(content, quality=11))
        _put(target.with_name(target.name + ".gz"), gzip.compress(content, mtime=0))
    return target.relative_to(cache).as_posix()


def _put(target: Path, content: bytes) -> None:
    """Whole or not at all: another process may be serving the folder, or building it too."""
    temporary = target.with_name(f"{target.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(target)


def small_css(text: str) -> str:
    """The sheet without comments and empty spaces: it is written to be read, and sent to be short."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([{};,])\s*", r"\1", text)
    return text.replace(": ", ":").replace(";}", "}").strip()


def assets_blueprint(assets: Assets) -> Blueprint:
    """Serve the built files, packed as the browser can take them. Public: they hold nothing of any school."""
    blueprint = Blueprint("assets", __name__)

    @blueprint.get(f"{assets.prefix}<path:name>")
    @public("styles, scripts and fonts; they hold nothing of any school")
    def asset(name: str) -> Response:
        if name not in assets.names.values():
            abort(404)
        for encoding, suffix in _ENCODINGS:
            if Path(name).suffix in _TEXT and request.accept_encodings.quality(encoding) > 0:
                response = send_from_directory(assets.folder, name + suffix, mimetype=guess_type(name)[0])
                response.headers["Content-Encoding"] = encoding
                break
        else:
            response = send_from_directory(assets.folder, name)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Vary"] = "Accept-Encoding"
        return response

    return blueprint
