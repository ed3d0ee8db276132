"""What the decorator of kernels promises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from recur.engines.compiled.build.compiler import entry, kernel


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECUR_CACHE", str(tmp_path))


def test_a_kernel_sees_what_is_not_finite() -> None:
    @entry
    def unsound(x: float) -> bool:
        return bool(np.isnan(x) or np.isinf(x) or x != x)

    assert [unsound(x) for x in (0.0, np.nan, np.inf, -np.inf)] == [False, True, True, True]


def test_a_kernel_divides_by_zero_as_numpy_does() -> None:
    @entry
    def inverse(x: float) -> float:
        return 1.0 / x

    assert inverse(0.0) == np.inf


def test_a_kernel_without_a_way_in_refuses_python() -> None:
    @kernel
    def half(x: float) -> float:
        return x / 2

    @entry
    def quarter(x: float) -> float:
        return half(half(x))

    with pytest.raises(TypeError, match="`half` is for other kernels"):
        half(1.0)
    assert quarter(1.0) == 0.25
    with pytest.raises(TypeError, match="`half` is for other kernels"):
        half(1.0)


def test_a_kernel_keeps_its_name_and_what_it_says() -> None:
    @entry
    def half(x: float) -> float:
        """Return the half."""
        return x / 2

    assert (half.__name__, half.__doc__) == ("half", "Return the half.")


def test_the_users_own_numba_code_stays_as_it_was(tmp_path: Path) -> None:
    before = {name: value for name, value in vars(numba.config).items() if name.isupper()}

    @entry
    def third(x: float) -> float:
        return x / 3

    @numba.njit(cache=True)  # type: ignore[untyped-decorator]
    def of_the_user(x: float) -> float:
        return x / 3

    third(1.0)
    after = {name: value for name, value in vars(numba.config).items() if name.isupper()}
    assert after == before
    assert tmp_path not in Path(of_the_user.stats.cache_path).parents
    assert list(tmp_path.glob("kernels-*/third-*.kernel"))


def test_with_compiling_switched_off_a_kernel_is_the_function_itself(tmp_path: Path) -> None:
    code = (
        "from recur.engines.compiled.build.compiler import entry, kernel\n"
        "same = lambda x: x\n"
        "assert entry(same) is same"
    )
    subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, check=True
    )
    assert list(tmp_path.iterdir()) == []
