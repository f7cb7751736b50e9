"""Functions share processes: a burst waits a moment for one, and a call that would wait too long gets its own."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from deployer.local import attach_workers
from tests.support.edges import a_function as a_real_function
from tests.support.edges import function_trust
from tests.support.embedded import EmbeddedAws
from tests.support.stacks import deploy

RAISING = """
import os

def handle(event, context):
    if event["how"] == "raise":
        raise RuntimeError("as it was told")
    if event["how"] == "end":
        os._exit(1)
    return os.getpid()
"""


@pytest.fixture(scope="module")
def acquire() -> object:
    """Return MiniStack's way to a process, sharing in place; put back at the end."""
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    before = lambda_svc.acquire_worker, lambda_runtime.Worker.invoke, lambda_runtime._PYTHON_WORKER_SCRIPT
    attach_workers.register()
    yield lambda_svc.acquire_worker
    lambda_svc.acquire_worker, lambda_runtime.Worker.invoke, lambda_runtime._PYTHON_WORKER_SCRIPT = before
    lambda_runtime._workers.clear()


def a_function(name: str) -> tuple[str, dict[str, object], bytes]:
    """Return a function that is never started."""
    return (
        name,
        {"FunctionName": name, "FunctionArn": f"arn:aws:lambda:us-east-1:111122223333:function:{name}", "Runtime": "python3.13"},
        b"",
    )


def test_a_burst_shares_one_process(acquire: object) -> None:
    """Eight short calls at once: each waits for the one before it, and none starts a second process."""
    from ministack.core import lambda_runtime

    function = a_function("burst")

    def call() -> SimpleNamespace:
        worker, _ = acquire(*function)
        time.sleep(0.02)
        lambda_runtime.release_worker(worker)
        return worker

    with ThreadPoolExecutor(max_workers=8) as pool:
        used = list(pool.map(lambda _: call(), range(8)))

    assert len({id(one) for one in used}) == 1


def test_a_call_never_waits_for_good(acquire: object) -> None:
    """A function that calls itself holds the process that it would wait for."""
    function = a_function("recursive")

    outer, _ = acquire(*function)
    inner, how = acquire(*function)

    assert inner is not outer
    assert how == "spawn"


def test_calls_beyond_a_few_processes_wait_for_one(acquire: object) -> None:
    """More processes would only slow those that are there: under a storm of retries that never ends."""
    from ministack.core import lambda_runtime

    function = a_function("crowd")
    held = [acquire(*function)[0] for _ in range(attach_workers.PROCESSES_ENOUGH)]

    with ThreadPoolExecutor(max_workers=1) as pool:
        waiting = pool.submit(acquire, *function)
        time.sleep(2 * attach_workers.PATIENCE_SECONDS)
        lambda_runtime.release_worker(held[2])

        assert waiting.result()[0] is held[2]


def test_calls_beyond_the_machines_concurrency_are_throttled(acquire: object) -> None:
    """As Lambda does, and not after ever: a function whose calls all hang leaves the machine to the others."""
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    function = a_function("hanging")
    lambda_runtime._workers[lambda_runtime._worker_key(function[0], function[1], "$LATEST")] = [
        SimpleNamespace(in_use=True) for _ in range(attach_workers.PROCESSES_MAX)
    ]

    assert lambda_svc.acquire_worker(*function) == (None, "func_cap")


def test_process_whose_handler_raises_serves_the_next_call(embedded_aws: EmbeddedAws) -> None:
    """As an environment at Lambda does; one that ends by itself is another one the next time."""
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": function_trust()}}
    resources = {"Role": role, "Function": a_real_function(embedded_aws, "us-east-1", RAISING)}
    function = deploy(embedded_aws, resources, {"Name": {"Ref": "Function"}})

    def call(how: str) -> tuple[bool, Any]:
        answer = embedded_aws.clients("lambda").invoke(FunctionName=function.outputs["Name"], Payload=json.dumps({"how": how}))
        return "FunctionError" in answer, json.loads(answer["Payload"].read())

    first, raised, second, ended, third = (call(how) for how in ("tell", "raise", "tell", "end", "tell"))

    assert (raised[0], raised[1]["errorMessage"]) == (True, "as it was told")
    assert second == first
    assert ended[0]
    assert third != first
