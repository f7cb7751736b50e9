"""Decides whether a caller may use the API."""
