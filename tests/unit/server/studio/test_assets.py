"""The page of the studio and what it is made of: all from this server, and nothing else allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.server.conftest import Asked, serving

import recur.server.studio

FOLDER = Path(recur.server.studio.__file__).parent
ASSETS = sorted(path.name for path in FOLDER.iterdir() if path.suffix in (".js", ".css", ".html"))


@pytest.fixture(scope="module")
def server() -> Iterator[Asked]:
    with serving() as asked:
        yield asked


@pytest.mark.parametrize("path", ["/", *(f"/studio/{name}" for name in ASSETS)])
def test_it_is_served_with_a_policy_that_lets_nothing_else_in(server: Asked, path: str) -> None:
    answer = server.client.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_all_that_is_named_is_there_and_comes_from_here(server: Asked) -> None:
    for name in ASSETS:
        text = server.client.get(f"/studio/{name}").text
        named = re.findall(r"""(?:src|href)="(/[^"]+)"|from "\./([^"]+)\"""", text)
        for place in (whole or f"/studio/{own}" for whole, own in named):
            assert server.client.get(place).status_code == 200, (name, place)
        assert "//cdn" not in text
        assert not re.search(r"https?://(?!www\.w3\.org)", text), name


def test_the_licence_of_what_draws_is_beside_it(server: Asked) -> None:
    assert "Permission is hereby granted" in server.client.get("/studio/LICENSE.txt").text


def test_nothing_else_is_served(server: Asked) -> None:
    for path in ("/studio/routes.py", "/studio/../app.py", "/studio/%2e%2e%2fapp.py", "/studio/"):
        assert server.client.get(path).status_code in (404, 405)


@pytest.mark.parametrize("name", ["sales", "signal", "walk", "recording", "help"])
def test_examples_are_made_on_the_spot(server: Asked, name: str) -> None:
    assert len(server.client.get(f"/v1/examples/{name}").text) > 2000


def test_an_example_that_is_none_is_refused(server: Asked) -> None:
    answer = server.client.get("/v1/examples/sale")
    assert answer.status_code == 404
    assert "`sales`" in answer.json()["error"]
