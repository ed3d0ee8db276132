"""Makes the files of today's format anew: `python -m tests.assets.make`, from the root.

They go to `tests/assets/vN`, N being the format's number. Of a format that a released version of
recur wrote this must not be done: then they are what shows that its files are still read. A format
that changes has another number (`FORMAT`), a folder of its own, and leaves the older ones alone.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.assets.kept import ANSWERS, FILES, HERE, plan
from tests.attack.victims import prepare

from recur.distributed.folder import JobFolder
from recur.files.modelfile import FORMAT


def main() -> None:
    """Write the files, and what they answer."""
    folder = HERE / f"v{FORMAT}"
    if folder.exists() and "--again" not in sys.argv[1:]:
        sys.exit(
            f"{folder} is there; if no released version wrote format {FORMAT}, give --again to "
            "make it anew."
        )
    with tempfile.TemporaryDirectory() as made:
        prepare(Path(made))
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in FILES:
            shutil.copy(Path(made, name), folder / name)
    JobFolder(folder).write(plan())
    told = {name: answer(folder) for name, answer in ANSWERS.items()}
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(told[name])}" for name in told)
    (folder / "expected.json").write_text(f"{{\n{lines}\n}}\n", "utf-8")


if __name__ == "__main__":
    main()
