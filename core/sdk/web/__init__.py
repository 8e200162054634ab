"""What pages and API views of plugins are made of."""

from .answers import Created, Started
from .api import ApiBlueprint, Cursor, Problem, api, check_etag, etag_of, json_answer, json_list, paged
from .forms import form_errors, load_form, say
from .history import timeline_of
from .idempotency import idempotent
from .language import locale, translate
from .parser import PageQuery, SearchQuery
from .parts import bulk_actions, person_page, record_actions, record_tabs, slot_parts, tab_content
from .render import addresses, file_response, flash, redirect_to, render, see_other
from .runtime import Runtime, Visitor, runtime, visitor
from .sensitive import export_door, purpose_asked, readers_url
from .steps import Open, stepwise
from .view import page, public

__all__ = [
    "ApiBlueprint",
    "Created",
    "Cursor",
    "Open",
    "PageQuery",
    "Problem",
    "Runtime",
    "SearchQuery",
    "Started",
    "Visitor",
    "addresses",
    "api",
    "bulk_actions",
    "check_etag",
    "etag_of",
    "export_door",
    "file_response",
    "flash",
    "form_errors",
    "idempotent",
    "json_answer",
    "json_list",
    "load_form",
    "locale",
    "page",
    "paged",
    "person_page",
    "public",
    "purpose_asked",
    "readers_url",
    "record_actions",
    "record_tabs",
    "redirect_to",
    "render",
    "runtime",
    "say",
    "see_other",
    "slot_parts",
    "stepwise",
    "tab_content",
    "timeline_of",
    "translate",
    "visitor",
]
