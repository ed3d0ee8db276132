"""Kinds of file as people have them, and what recur makes of each: a module a group.

A module of this package has `TITLE`, the heading of its group in `docs/files.md`, and `CASES`.
`python -m tests.unit.data.tables.cases` writes that page; a test holds it to what it says.
"""
