"""Double records of one pupil: compared, made one, taken apart."""

from .done import MergeDetail, MergeLine, merge_detail, merges
from .joining import merge, unmerge
from .preview import FIELDS, Choice, Preview, preview

__all__ = [
    "FIELDS",
    "Choice",
    "MergeDetail",
    "MergeLine",
    "Preview",
    "merge",
    "merge_detail",
    "merges",
    "preview",
    "unmerge",
]
