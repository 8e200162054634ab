"""The web: application factory, frame, core pages, error pages."""
