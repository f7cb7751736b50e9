"""What runs in a fresh process for one measurement: `python -B worker.py JOB`, JOB a JSON file that says what and where to write.

Nothing but what an interpreter has at its start is imported before the clock runs, so that a library is paid for by whoever needs it.
"""

import sys
import time


def measured_import(module: str) -> dict[str, float]:
    """Import `module`, which makes its client on the way; return seconds by the wall, seconds of processor and the module's handler."""
    began, busy = time.perf_counter(), time.process_time()
    __import__(module)
    return {"import_seconds": time.perf_counter() - began, "import_cpu_seconds": time.process_time() - busy}


def measured_calls(module: str, job: dict) -> dict[str, float]:  # type: ignore[type-arg]
    """Call the module's handler with each event of the job; return the processor's seconds a call once the first calls are done.

    Exits with a message when an answer has another status than the job expects: a refusal is quickly given and would look good.
    """
    handle, events, warm_up = sys.modules[module].handle, job["events"], job["warm_up"]

    class Context:
        aws_request_id, function_name, memory_limit_in_mb = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef", "payment", 256
        invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:payment"

        def get_remaining_time_in_millis(self) -> int:
            return 10_000

    def call(some: list) -> set[int]:  # type: ignore[type-arg]
        return {handle(event, Context())["statusCode"] for event in some}

    statuses = call(events[:warm_up])
    busy = time.process_time()
    statuses |= call(events[warm_up:])
    seconds = (time.process_time() - busy) / max(1, len(events) - warm_up)
    if statuses != {job["status"]}:
        sys.exit(f"{module} answered {sorted(statuses)} instead of {job['status']}")
    return {"call_cpu_seconds": seconds}


def measured_statements(job: dict) -> dict[str, float]:  # type: ignore[type-arg]
    """Run the job's `first` untimed and its `then` timed, as program text; return the import's measures, and those of `use` a time."""
    scope: dict[str, object] = {}
    exec(job["first"], scope)  # noqa: S102 - the command's own text
    code = compile(job["then"], "then", "exec")
    began, busy = time.perf_counter(), time.process_time()
    exec(code, scope)  # noqa: S102
    found = {"import_seconds": time.perf_counter() - began, "import_cpu_seconds": time.process_time() - busy}
    use = compile(job["use"], "use", "exec")
    for _ in range(job["warm_up"]):
        exec(use, scope)  # noqa: S102
    busy = time.process_time()
    for _ in range(job["times"]):
        exec(use, scope)  # noqa: S102
    return found | {"use_cpu_seconds": (time.process_time() - busy) / job["times"]}


def peak_kib() -> float:
    """Return the most memory this process has held, in KiB: Linux's high-water mark, for getrusage counts the parent's too."""
    with open("/proc/self/status", encoding="ascii") as lines:  # noqa: PTH123 - pathlib is not yet paid for
        return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def _job() -> dict:  # type: ignore[type-arg]
    import json

    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123
        return json.load(file)  # type: ignore[no-any-return]


def main() -> None:
    """Do the job and write what was measured beside it."""
    subject = sys.argv[2]
    found = measured_import(subject) if subject else {}
    found["import_peak_kib"] = peak_kib()
    import json

    job = _job()
    found |= measured_statements(job) if "then" in job else measured_calls(subject, job) if job["events"] else {}
    found["peak_kib"] = peak_kib()
    with open(job["result"], "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump(found, file)


main()
