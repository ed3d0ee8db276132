"""What several tests of the data layer are given."""

from __future__ import annotations

import pytest

from recur.data.text import text


@pytest.fixture
def blocks_of_seven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut everything into blocks so short that characters and lines fall between them."""
    monkeypatch.setattr(text, "_BLOCK", 7)
