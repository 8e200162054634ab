"""Documents of a school: `files.store(ctx, content, ...)`, `files.open(ctx, id)`."""

from core.files.service import LIMIT, StoredFile, clean_name, info, open, store
from core.files.stores import CHUNK, Content, FileStore, FileStoreKind, TooLargeError
from core.types.fields import Config, Field

__all__ = [
    "CHUNK",
    "LIMIT",
    "Config",
    "Content",
    "Field",
    "FileStore",
    "FileStoreKind",
    "StoredFile",
    "TooLargeError",
    "clean_name",
    "info",
    "open",
    "store",
]
