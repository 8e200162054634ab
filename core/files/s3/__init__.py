"""Documents in a bucket: any service that speaks the S3 protocol, chosen by `file_store = "s3"`."""

from __future__ import annotations

from core.files.stores import FileStoreKind
from core.types.fields import Field
from core.types.message import _

from .store import open_store

KIND = FileStoreKind(
    name="s3",
    label=_("Bucket (S3)"),
    fields=(
        Field("endpoint", _("Address of the service")),
        Field("bucket", _("Bucket")),
        Field("access_key", _("Name of the access key")),
        Field("secret_key", _("Access key"), secret=True),
        Field("region", _("Region"), default="us-east-1"),
        Field("prefix", _("Folder in the bucket"), required=False),
    ),
    open=open_store,
)

__all__ = ["KIND"]
