"""Cleaned signals judged, beside simple filters."""
