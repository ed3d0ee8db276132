"""Every block of Python and every command of the pages runs, from top to bottom of each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.docs.blocks import NAMES, PAGES, blocks_of
from tests.docs.running import run_page
from tests.docs.world import make_world

RUN = [page for page in PAGES if blocks_of(page)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("world")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        make_world()
    return place


@pytest.mark.filterwarnings("ignore")  # small networks and files are told of
@pytest.mark.parametrize("page", RUN, ids=[NAMES[PAGES.index(page)] for page in RUN])
def test_what_a_page_shows_runs(
    page: Path, world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = shutil.copytree(world, tmp_path / "work")
    monkeypatch.chdir(place)
    run_page(page)
