"""Work on a file in a process of its own, with limits, its results streamed back.

A fresh interpreter is started rather than a fork: it inherits no database connection, lock or thread of the
server, and unlike multiprocessing's spawn it does not import the parent's main module again. The pipe holds a
child back that is faster than its reader. What comes back is unpickled as plain data alone: a parser that a
hostile file took over may send wrong rows, but no code.
"""

from __future__ import annotations

import dataclasses
import enum
import fcntl
import gc
import importlib
import io
import os
import pickle
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple, NoReturn, TypeVar

from .fault import TableError
from .limits import DEFAULT, Limits

T = TypeVar("T")

_ITEMS, _TABLE_ERROR, _CRASH, _DONE = range(4)
_LENGTH = struct.Struct("!Q")
_READ = 1024 * 1024
_DATA_MODULES = ("ingest.", "monitor.cases.")
_DATA_TYPES = {
    ("datetime", "date"), ("datetime", "datetime"), ("datetime", "time"), ("datetime", "timedelta"),
    ("datetime", "timezone"), ("decimal", "Decimal"), ("builtins", "set"), ("builtins", "frozenset"),
}  # fmt: skip
_START = (
    "import sys; sys.path[:] = {path!r}; {first}from ingest.tables.child import serve; serve({descriptor})"
)


class _Child(NamedTuple):
    process: subprocess.Popen[bytes]
    receiving: int


_prepared: list[_Child] = []


@contextmanager
def prepared(module: str) -> Iterator[None]:
    """Start a child that imports `module` while this program goes on starting: the first file read within is
    read by it. One that was never asked ends here: it knows the paths of now and no others."""
    child = _started(f"import {module}; ")
    _prepared.append(child)
    try:
        yield
    finally:
        if child in _prepared:
            _prepared.remove(child)
            _ended(child)


class ChildFailed(RuntimeError):
    """The function in the child raised something that is no `TableError`: a fault of the program, not of the
    file. Carries the type and the places in the code; the message is left out, since it may quote a cell."""


def run_isolated(func: Callable[..., Iterable[T]], *args: Any, limits: Limits = DEFAULT) -> Iterator[list[T]]:
    """What `func(*args)` yields, in lists of up to `limits.batch`, computed in a child process. It begins at
    once, beside whatever its caller does before it wants the first.

    `func` is a function of a module (imported by name in the child); arguments are anything that pickles,
    items are plain data: builtins, dates, decimals, and named tuples, enums and data classes of `ingest` and
    `monitor.cases`. Raises what the child met as `TableError`, or `timeout`, `too_much_memory`, `child_died`
    where it was stopped. Leaving the iteration early ends the child.
    """
    if func.__module__ == "__main__" or "." in func.__qualname__:
        raise ValueError(f"{func.__qualname__} cannot be imported by name in the child")
    found: Iterator[list[T]] = _asked((func.__module__, func.__qualname__, args, limits), limits)
    next(found)
    return found


def _asked(request: object, limits: Limits) -> Iterator[list[Any]]:
    """Nothing once the child was asked, then its answers."""
    process, receiving = _prepared.pop() if _prepared else _started()
    try:
        _ask(process, request)
        yield []
        yield from _answers(process, receiving, limits)
    finally:
        _ended(_Child(process, receiving))


def _ended(child: _Child) -> None:
    assert child.process.stdin is not None
    child.process.stdin.close()
    child.process.kill()
    child.process.wait()
    os.close(child.receiving)


def _started(first: str = "") -> _Child:
    path = [str(Path(entry).absolute()) for entry in sys.path]
    receiving, sending = os.pipe()
    with suppress(OSError, AttributeError):
        # Linux alone; a pipe of the usual size takes a message in a dozen parts, with a wait for each
        fcntl.fcntl(sending, fcntl.F_SETPIPE_SZ, _READ)
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", _START.format(path=path, first=first, descriptor=sending)],
            stdin=subprocess.PIPE,
            pass_fds=(sending,),
        )
    except BaseException:
        os.close(receiving)
        raise
    finally:
        os.close(sending)
    return _Child(process, receiving)


def _ask(process: subprocess.Popen[bytes], request: object) -> None:
    assert process.stdin is not None
    # a child that is gone before it was asked is named by how it ended, in _answers
    with suppress(BrokenPipeError), process.stdin as stdin:
        stdin.write(pickle.dumps(request, protocol=5))


def _answers(process: subprocess.Popen[bytes], receiving: int, limits: Limits) -> Iterator[list[Any]]:
    patience = _Patience(receiving, limits.wait_seconds)
    while True:
        message = patience.message()
        if message is None:
            _raise_end(process, limits)
        kind, content = _loaded(message)
        if kind == _ITEMS:
            yield content
        elif kind == _TABLE_ERROR:
            raise TableError(*content)
        elif kind == _CRASH:
            raise ChildFailed(content)
        else:
            return


def _raise_end(process: subprocess.Popen[bytes], limits: Limits) -> NoReturn:
    """The pipe closed without a last word: say what ended the child."""
    code = process.wait()
    if code == -signal.SIGXCPU:
        raise TableError("timeout", {"seconds": str(limits.cpu_seconds)})
    name = signal.Signals(-code).name if code < 0 else str(code)
    raise TableError("child_died", {"signal": name})


class _Patience:
    """Messages from the pipe, for as long as the parent has to wait for them in all."""

    def __init__(self, receiving: int, seconds: float) -> None:
        self._receiving = receiving
        self._seconds = seconds
        self._left = seconds
        self._poll = select.poll()
        self._poll.register(receiving, select.POLLIN)

    def message(self) -> bytes | None:
        """The next message whole, None when the child closed its end."""
        header = self._exactly(_LENGTH.size)
        return None if header is None else self._exactly(_LENGTH.unpack(header)[0])

    def _exactly(self, size: int) -> bytes | None:
        parts: list[bytes] = []
        while size:
            started = time.monotonic()
            ready = self._poll.poll(max(self._left, 0) * 1000)
            self._left -= time.monotonic() - started
            if not ready:
                raise TableError("timeout", {"seconds": f"{self._seconds:g}"})
            part = os.read(self._receiving, min(size, _READ))
            if not part:
                return None
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def _loaded(message: bytes) -> tuple[int, Any]:
    try:
        kind, content = _PlainData(io.BytesIO(message)).load()
    except pickle.UnpicklingError as error:
        raise ChildFailed(str(error)) from error
    return kind, content


class _PlainData(pickle.Unpickler):
    """Builds data classes, named tuples, enums and dates; any other name is refused."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _DATA_TYPES:
            return super().find_class(module, name)
        if module.startswith(_DATA_MODULES):
            found = super().find_class(module, name)
            if isinstance(found, type) and (
                issubclass(found, (tuple, enum.Enum)) or dataclasses.is_dataclass(found)
            ):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no plain data")


# ---------------------------------------------------------------- in the child


def serve(descriptor: int) -> None:
    """Answer the one request on standard input. Runs in the child alone."""
    # Ctrl-C reaches the whole process group; the parent hears it too and ends the child
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        module, name, args, limits = pickle.load(sys.stdin.buffer)
    except EOFError:
        # prepared, and never asked
        return
    _bound(limits)
    # rows are tuples without cycles, made by the hundred thousand: looking for some among them takes a tenth
    gc.set_threshold(100_000, 20, 20)
    with _Outbox(descriptor, limits.ahead) as outbox:
        try:
            func = getattr(importlib.import_module(module), name)
            _stream(outbox, func(*args), limits.batch)
            outbox.send(_DONE, None)
        except TableError as error:
            outbox.send(_TABLE_ERROR, (error.code, error.params))
        except MemoryError:
            limit = str(limits.memory_bytes // (1024 * 1024))
            outbox.send(_TABLE_ERROR, ("too_much_memory", {"limit_mb": limit}))
        except Exception as error:  # noqa: BLE001  (told to the parent, which raises it)
            places = "".join(traceback.format_tb(error.__traceback__))
            outbox.send(_CRASH, f"{type(error).__name__} in\n{places}")


def _bound(limits: Limits) -> None:
    # a system may know a limit and refuse to set it (macOS and RLIMIT_AS); the other bounds still hold
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 5))


def _stream(outbox: _Outbox, items: Iterable[object], size: int) -> None:
    batch: list[object] = []
    try:
        for item in items:
            batch.append(item)
            if len(batch) >= size:
                outbox.send(_ITEMS, batch)
                batch = []
    finally:
        # what was read before a fault is good: it goes ahead of the error
        if batch:
            outbox.send(_ITEMS, batch)


class _Outbox:
    """Messages on their way to the parent. A few wait here while it writes what it got, so that the file is
    read on meanwhile; a thread in the parent would do the same at the price of its database's time."""

    def __init__(self, descriptor: int, ahead: int) -> None:
        self._pipe = os.fdopen(descriptor, "wb", buffering=0)
        self._waiting: Queue[bytes | None] = Queue(ahead)
        self._thread = threading.Thread(target=self._deliver, daemon=True)

    def __enter__(self) -> _Outbox:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.put(None)
        self._thread.join()
        self._pipe.close()

    def send(self, kind: int, content: object) -> None:
        """Hand a message over; waits while too many are on their way."""
        body = pickle.dumps((kind, content), protocol=5)
        self._waiting.put(_LENGTH.pack(len(body)) + body)

    def _deliver(self) -> None:
        try:
            while (message := self._waiting.get()) is not None:
                rest = memoryview(message)
                while rest:
                    rest = rest[self._pipe.write(rest) or 0 :]
        except BrokenPipeError:
            # the parent stopped reading, so nobody is left to tell
            os._exit(0)
