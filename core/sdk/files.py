"""Documents of a school: `files.store(ctx, content, ...)`, `files.open(ctx, id)`."""

from core.files.service import LIMIT, StoredFile, clean_name, info, open, store
from core.files.stores import Content, FileStore, TooLargeError

__all__ = [
    "LIMIT",
    "Content",
    "FileStore",
    "StoredFile",
    "TooLargeError",
    "clean_name",
    "info",
    "open",
    "store",
]
