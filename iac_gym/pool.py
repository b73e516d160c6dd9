"""Worker processes for `grade_batch`: ordered, and surviving killed workers and endless items.

Each worker is a fresh interpreter (no fork, so safe beside torch threads; the caller's `__main__`
is not imported again) that grades chunks sent through a pipe. When a worker dies, or needs longer
for its chunk than the time limit for one item, it is replaced, and the items of its chunk are tried
again one by one; an item that fails alone is "unscored". Needs a POSIX system; elsewhere
`grade_batch` runs serially.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import pickle
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait

from iac_gym.grading import Grade, grade, unscored_grade
from iac_gym.reward import Reward, Weights
from iac_gym.verdict import Verdict

#: One piece of work: (place in the batch, task id, completion).
Item = tuple[int, str, str]
#: What a worker sends back for one item: the parts of the grade.
Made = tuple[Verdict, Reward]

_START = (
    "import sys; sys.path[:] = {path!r}; from iac_gym.pool import serve; serve({given}, {made})"
)
#: Most items that travel together. Larger chunks cost less transport, smaller ones balance better.
CHUNK = 48
#: Chunks that a worker holds: one that it grades, and the next ones, so that it does not wait while
#: the caller's process is busy (a full garbage collection takes as long as two chunks).
AHEAD = 4
#: Most bytes that a connection adds to a message.
HEADER = 12


def serve(given: int, made: int) -> None:
    """Run a worker on two pipe descriptors: chunks come in, lists of grades go out.

    The first message out is None: the worker has started.
    """
    incoming, outgoing = Connection(given), Connection(made)
    try:
        outgoing.send(None)  # started: from now on the time limit holds
        while True:
            items, weights = incoming.recv()
            outgoing.send(_grade_chunk(items, weights))
    except (EOFError, KeyboardInterrupt, OSError):
        return


def _grade_chunk(items: list[Item], weights: Weights) -> list[Made]:
    """Grade a chunk. Answers that did equally well share verdict and reward, which travel once."""
    made: list[Made] = []
    shared: dict[tuple[int, ...], Made] = {}
    for _, task_id, text in items:
        result = grade(task_id, text, weights)
        # Checks that find nothing give the same object each time; `made` keeps all alive, so that
        # equal identities mean equal outcomes, and these alone decide about the reward.
        identities = tuple(map(id, result.verdict.outcomes))
        made.append(shared.setdefault(identities, (result.verdict, result.reward)))
    return made


@dataclass
class _Worker:
    process: subprocess.Popen[bytes]
    incoming: Connection
    outgoing: Connection
    room: int
    chunks: deque[list[Item]] = field(default_factory=deque)
    sizes: deque[int] = field(default_factory=deque)
    since: float = 0.0
    fresh: bool = True

    def unread(self) -> int:
        """Return how many bytes may lie in its pipe. The first chunk it reads at once."""
        return sum(self.sizes) - self.sizes[0]

    def close(self, *, kill: bool) -> None:
        self.outgoing.close()
        if kill:
            self.process.kill()
        self.process.wait()
        self.incoming.close()


def _pipe() -> tuple[int, int]:
    """Make a pipe that holds a whole chunk, where the system lets us."""
    ends = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):  # a limit for this user: a smaller pipe is slower, not wrong
            fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, 1 << 20)
    return ends


def _room(end: int) -> int:
    """Return how many bytes a pipe holds for a reader that is busy; POSIX promises 512."""
    return fcntl.fcntl(end, fcntl.F_GETPIPE_SZ) if hasattr(fcntl, "F_GETPIPE_SZ") else 512


def _start() -> _Worker:
    to_read, to_give = _pipe()
    to_take, to_make = _pipe()
    code = _START.format(path=list(sys.path), given=to_read, made=to_make)
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        pass_fds=(to_read, to_make),
        stdin=subprocess.DEVNULL,
        close_fds=True,
    )
    os.close(to_read)
    os.close(to_make)
    incoming, outgoing = Connection(to_take, writable=False), Connection(to_give, readable=False)
    return _Worker(process, incoming, outgoing, _room(to_give))


class GradePool:
    """`workers` processes that grade. Use as a context manager, or call `close`.

    `time_limit` is in seconds, for one item; the start of a worker does not count.
    """

    def __init__(self, workers: int, time_limit: float = 10.0) -> None:
        if workers < 1:
            raise ValueError(f"workers was {workers}; a pool needs at least 1")
        self.time_limit = time_limit
        self._workers = [_start() for _ in range(workers)]
        self._written: tuple[list[Item], bytes] | None = None

    def __enter__(self) -> GradePool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop all workers. The pool cannot be used afterwards."""
        for worker in self._workers:
            worker.close(kill=bool(worker.chunks))
        self._workers = []

    def grade(
        self,
        ids: Sequence[str],
        texts: Sequence[str],
        weights: Weights,
        progress: Callable[[int], None] | None = None,
    ) -> list[Grade]:
        """Grade a batch in the given order; `progress` is called with the number of new results."""
        items = list(zip(range(len(ids)), ids, texts, strict=True))
        size = max(1, min(CHUNK, len(items) // (4 * len(self._workers))))
        chunks = deque(items[i : i + size] for i in range(0, len(items), size))
        results: list[Grade | None] = [None] * len(items)
        left = len(items)
        try:
            while left:
                self._hand_out(chunks, weights)
                new = self._collect(chunks, results)
                left -= new
                if progress and new:
                    progress(new)
        except BaseException:
            self._abandon()
            raise
        return [result for result in results if result is not None]

    def _hand_out(self, chunks: deque[list[Item]], weights: Weights) -> None:
        for _ in range(AHEAD):
            for place, worker in enumerate(self._workers):
                if len(worker.chunks) >= AHEAD or not chunks:
                    continue
                message = self._message(chunks[0], weights)
                if worker.chunks and worker.unread() + len(message) + HEADER > worker.room:
                    # It grades and does not read: our `send` would wait for it, and its own for
                    # us if what it made is as large. It gets this chunk when it is idle.
                    continue
                try:
                    worker.outgoing.send_bytes(message)
                except OSError:
                    if not worker.chunks:  # it died while idle: replace it, the chunk stays
                        self._replace(place)
                    continue
                if not worker.chunks:
                    worker.since = time.monotonic()
                worker.chunks.append(chunks.popleft())
                worker.sizes.append(len(message) + HEADER)

    def _message(self, chunk: list[Item], weights: Weights) -> bytes:
        """Write a chunk for its worker; one that has to wait is written once."""
        if self._written is None or self._written[0] is not chunk:
            self._written = chunk, pickle.dumps((chunk, weights), pickle.HIGHEST_PROTOCOL)
        return self._written[1]

    def _replace(self, place: int) -> None:
        self._workers[place].close(kill=True)
        self._workers[place] = _start()

    def _abandon(self) -> None:
        """Replace busy workers: what they still send must not be taken for the next batch."""
        for place, worker in enumerate(self._workers):
            if worker.chunks:
                self._replace(place)

    def _limit(self, worker: _Worker) -> float:
        return self.time_limit + (60.0 if worker.fresh else 0.0)

    def _collect(self, chunks: deque[list[Item]], results: list[Grade | None]) -> int:
        busy = [worker for worker in self._workers if worker.chunks]
        ready = wait([worker.incoming for worker in busy], timeout=0.2)
        now, new = time.monotonic(), 0
        for place, worker in enumerate(self._workers):
            if not worker.chunks:
                continue
            if worker.incoming in ready:
                new += self._receive(place, chunks, results)
            elif now - worker.since > self._limit(worker):
                seconds = f"took longer than {self.time_limit:g} s"
                new += self._failed(place, chunks, results, seconds)
        return new

    def _receive(self, place: int, chunks: deque[list[Item]], results: list[Grade | None]) -> int:
        worker = self._workers[place]
        try:
            made = worker.incoming.recv()
        except (EOFError, OSError):
            return self._failed(place, chunks, results, "the worker process died")
        worker.fresh, worker.since = False, time.monotonic()
        if made is None:
            return 0
        items = worker.chunks.popleft()
        worker.sizes.popleft()
        for (number, task_id, _), (verdict, reward) in zip(items, made, strict=True):
            results[number] = Grade(task_id, verdict, reward)
        return len(made)

    def _failed(
        self,
        place: int,
        chunks: deque[list[Item]],
        results: list[Grade | None],
        reason: str,
    ) -> int:
        items, *later = self._workers[place].chunks
        self._workers[place].chunks.clear()
        self._workers[place].sizes.clear()
        self._replace(place)
        chunks.extendleft(reversed(later))
        if len(items) > 1:
            chunks.extendleft([item] for item in reversed(items))
            return 0
        number, task_id, _ = items[0]
        results[number] = unscored_grade(task_id, reason)
        return 1


_POOLS: dict[int, GradePool] = {}


def shared_pool(workers: int, time_limit: float) -> GradePool:
    """Return the process-wide pool of that many workers, started on first use."""
    if workers not in _POOLS:
        if not _POOLS:
            atexit.register(close_shared)
        _POOLS[workers] = GradePool(workers, time_limit)
    pool = _POOLS[workers]
    pool.time_limit = time_limit
    return pool


def close_shared() -> None:
    """Stop the pools that `grade_batch` started."""
    while _POOLS:
        _POOLS.popitem()[1].close()
