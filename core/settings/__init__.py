"""Typed settings of the installation and of schools; secrets encrypted."""
