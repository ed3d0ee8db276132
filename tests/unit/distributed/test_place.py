"""Where work is done, and places that are none."""

from __future__ import annotations

import socket
import threading

import pytest

from recur.distributed import on
from recur.engines.compiled.engine import CompiledEngine
from recur.engines.registry import open_engine, opened_by, resolve_wish
from recur.errors import SettingsError


def test_only_ray_is_a_place() -> None:
    with pytest.raises(SettingsError, match=r"`on` is `spark`; it can be `ray`"), on("spark"):
        pass
    with pytest.raises(SettingsError, match=r"`workers` is 0"), on("ray", workers=0):
        pass


def test_without_ray_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recur.distributed.place.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"pip install 'recurnets\[ray\]'"), on("ray"):
        pass


@pytest.mark.parametrize("address", ["127.0.0.1:{}", "127.0.0.1", "nowhere", "ray://x:1"])
def test_an_address_without_a_cluster_is_named(address: str) -> None:
    pytest.importorskip("ray", reason="Ray is not installed (the extra `ray`)")
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    place = address.format(free)
    with pytest.raises(SettingsError, match=f"no Ray cluster at `{place}`"), on(f"ray:{place}"):
        pass


def test_another_engine_stands_for_the_compiled_one_in_a_block() -> None:
    other = CompiledEngine()
    with opened_by(lambda _: other):
        assert open_engine("compiled") is other
        assert resolve_wish("auto", None) == "compiled"
        with pytest.raises(SettingsError, match="the workers of a cluster train on the compiled"):
            resolve_wish("torch", None)
    assert open_engine("compiled") is not other


def test_an_address_where_something_else_answers_is_named() -> None:
    pytest.importorskip("ray", reason="Ray is not installed (the extra `ray`)")
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")

        other = threading.Thread(target=answer)
        other.start()
        with pytest.raises(SettingsError, match=f"no Ray cluster at `{place}`"), on(f"ray:{place}"):
            pass
        other.join()
