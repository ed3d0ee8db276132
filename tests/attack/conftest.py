"""What the attacks are made on, written once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.attack.victims import prepare


@pytest.fixture(scope="session")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of honest files that are damaged."""
    folder = tmp_path_factory.mktemp("victims")
    prepare(folder)
    return folder
