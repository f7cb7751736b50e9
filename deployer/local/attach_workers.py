"""How many processes run the functions: as many as calls take at once, not one more for each call of a burst.

MiniStack starts a process for every call that finds all others of its function busy, as Lambda starts an environment. Lambda has a
Region to start it on. Here a start costs most of a second of the machine's few processors, which slows the calls under way, so that the
next ones find even more processes busy. A call that waits a moment for one to come free is answered sooner than by a new one. A function
whose every call hangs, as when its table is gone, would take all of the machine: beyond `PROCESSES_MAX` it is throttled. And a process
whose handler raises goes on to the next call, as on Lambda; MiniStack ends it, so that a release that fails takes the machine instead.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Final

from deployer.local import attach
from deployer.vocabulary.errors import DeployerError

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.core.lambda_runtime", ("_workers", "_lock", "_worker_key", "Worker", "_PYTHON_WORKER_SCRIPT")),
    ("ministack.services.lambda_svc", ("acquire_worker",)),
)
# Longer than a call takes, shorter than a start.
PATIENCE_SECONDS: Final = 0.7
# With as many, one more slows the others more than it helps, so that a call waits longer before it gets one.
PROCESSES_ENOUGH: Final = 4
PATIENCE_SECONDS_MAX: Final = 4.0
# This machine's concurrency: a call that finds as many busy for that long is throttled, as Lambda throttles beyond a Region's.
PROCESSES_MAX: Final = 12
_LOOK_SECONDS: Final = 0.01
_LATER_LOOK_SECONDS: Final = 0.05
# What a worker writes when its handler has raised, and goes on; and the same in words that do not end it.
_RAISED: Final = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
_RAISED_AND_GOES_ON: Final = '{"status": "ok", "raised": True, "error": str(e), "trace": traceback.format_exc()}'


def share_processes() -> None:
    """Let a call wait for a process of its function before it gets one of its own: the longer, the more there are."""
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    acquire = lambda_svc.acquire_worker
    turn = threading.Lock()

    def patience_seconds(key: Any) -> float:
        """Return how long to wait from the call's begin on; nothing while a process is free, or there is none."""
        with lambda_runtime._lock:
            processes = lambda_runtime._workers.get(key) or ()
            if not all(one.in_use for one in processes):
                return 0.0
            count = len(processes)
        return PATIENCE_SECONDS * bool(count) if count < PROCESSES_ENOUGH else PATIENCE_SECONDS_MAX

    def acquire_patiently(name: str, config: dict[str, Any], code: bytes, qualifier: str = "$LATEST", **limits: Any) -> Any:
        key = lambda_runtime._worker_key(name, config, qualifier)
        began = time.monotonic()
        while True:
            # Looking and taking are one: of all that wait for the same process, one gets it and the others see that it is gone.
            with turn:
                if time.monotonic() - began >= patience_seconds(key):
                    return acquire(name, config, code, qualifier=qualifier, **{"max_concurrency": PROCESSES_MAX} | limits)
            time.sleep(_LOOK_SECONDS if time.monotonic() - began < PATIENCE_SECONDS else _LATER_LOOK_SECONDS)

    lambda_svc.acquire_worker = acquire_patiently


def keep_processes_whose_handler_raises() -> None:
    """Let a process that told of an exception serve the next call, too. Raises DeployerError when it does not tell as it used to.

    Source: "Understanding the Lambda execution environment lifecycle", AWS Lambda Developer Guide: an environment is reset when its
    runtime or an extension crashes, or a call runs out of time.
    """
    from ministack.core import lambda_runtime

    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if _RAISED not in script:
        raise DeployerError("The installed MiniStack is not the one this deployer extends", "its functions tell of exceptions otherwise")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(_RAISED, _RAISED_AND_GOES_ON)
    invoke = lambda_runtime.Worker.invoke

    def invoke_and_keep(worker: Any, *arguments: Any, **options: Any) -> dict[str, Any]:
        response: dict[str, Any] = invoke(worker, *arguments, **options)
        return response | {"status": "error"} if response.pop("raised", False) else response

    lambda_runtime.Worker.invoke = invoke_and_keep


def register() -> None:
    """Share and keep processes from now on; to be called once."""
    attach.verify(SEAMS)
    share_processes()
    keep_processes_whose_handler_raises()
