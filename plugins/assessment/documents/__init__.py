"""Printed documents: report cards and class books."""
