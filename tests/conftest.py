"""What all tests share: the folder of real files, where there is one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("recur", deadline=None)  # a busy machine is no mistake
settings.load_profile("recur")


@pytest.fixture(scope="session")
def realdata() -> Path:
    """Return the folder of real files that RECUR_DATA names."""
    folder = os.environ.get("RECUR_DATA")
    if not folder:
        pytest.skip("RECUR_DATA does not name a folder of real files")
    return Path(folder)
