"""What all tests share: the folder of real files, where there is one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(  # a busy machine is no mistake
    "recur", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("recur")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a worker take the tests of a file together, and all of a lab, which runs once for them.

    What the tests of a file share would be made by each worker otherwise (`--dist loadgroup`).
    """
    for item in items:
        group = item.path.as_posix()
        if "unit/labs/" in group:
            lab = getattr(item, "callspec", None) and item.callspec.params.get("lab")  # type: ignore[attr-defined]
            group = f"lab {lab or item.path.parent.name}"
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def realdata() -> Path:
    """Return the folder of real files that RECUR_DATA names."""
    folder = os.environ.get("RECUR_DATA")
    if not folder:
        pytest.skip("RECUR_DATA does not name a folder of real files")
    return Path(folder)
