"""The pluggy markers of the project."""

import pluggy

PROJECT = "truong"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
