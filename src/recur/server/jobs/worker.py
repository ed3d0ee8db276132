"""The process of a job, which can be killed at any moment: `python -m recur.server.jobs.worker`."""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from recur.engines.registry import keep_to
from recur.errors import RecurError
from recur.files import locks
from recur.notices import listening
from recur.progress import told
from recur.server.jobs.doing import do
from recur.server.jobs.folder import IN, OUT, Events, JobFolder
from recur.server.jobs.verbs import asked

_NICE = 10  # requests come first


def main(path: Path, threads: int) -> None:
    """Do the job of a folder, and leave what came of it there.

    Args:
        path: the folder.
        threads: that the engines may take.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    with suppress(AttributeError, OSError):
        os.nice(_NICE)
    keep_to(threads)
    os.chdir(path / IN / "file")
    folder = JobFolder(Path("..") / "..")
    with _alone(folder.path):
        if folder.outcome() is None:
            folder.end(_outcome(folder, Events(folder.path, time.monotonic)))


def _end_with_the_server() -> None:
    """End at once when nobody holds the other end of standard input any more."""
    with suppress(OSError):
        while os.read(0, 1):
            pass
    os._exit(1)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until a worker of the same job, of a server that was killed, has ended."""
    with (path / "lock").open("w") as file:
        locks.wait_for(file)  # on Windows a worker ends with its server all the same
        yield


def _outcome(folder: JobFolder, events: Events) -> dict[str, Any]:
    with listening(lambda sentence: events.tell({"notice": sentence})) as heard, told(events.tell):
        try:
            kept = folder.asked()
            asking = asked(kept["verb"], kept["settings"])
            result = do(asking, folder.files(), folder.path, events.tell)
            facts = result.to_dict()
            made = {str(p.relative_to(folder.path / OUT)) for p in result.files.values()}
            facts["files"] = {
                name: str(path.relative_to(folder.path / OUT))
                for name, path in result.files.items()
            }
            again = [sentence for sentence in heard.sentences if sentence not in result.notices]
            facts["notices"] = [*result.notices, *again]
            return {"status": "done", "result": facts, "files": sorted(made)}
        except RecurError as error:
            return {"status": "failed", "error": str(error), "notices": heard.sentences}
        except MemoryError:
            return {"status": "failed", "error": "there is not memory enough for this job."}
        except Exception:
            traceback.print_exc()
            sentence = "this is a mistake in recur, not in what was sent; the log has more."
            return {"status": "failed", "error": sentence}


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
