"""What is larger than memory or one machine: work in parts, and on the nodes of a Ray cluster.

A plan is a list of parts, which are plain data. `run_part` forecasts one and writes its file, in
whatever process; an executor says where and how many at a time; what a folder holds says what is
done. So the same job goes on after it was killed, here or on another machine.
"""

from __future__ import annotations

from recur.distributed.place import on as on
