"""Judging taggers: entities as the shared task counts them, simple answers, and the verdict."""
