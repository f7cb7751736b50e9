"""Health answers though AWS takes the request and never answers: the real clients, their real time-outs, one worker."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
# Far longer than any answer may take: what comes while it lasts did not wait for it.
ANSWER_SECONDS_MAX = 60
ASKED_TIMES = 5

# A worker of the health function, asked several times in a row with a second for each, as Lambda gives it.
WORKER = f"""
import json
import time
from health.handler import handle

class Context:
    aws_request_id = "id"
    def __init__(self):
        self.ends = time.monotonic() + 1
    def get_remaining_time_in_millis(self):
        return int((self.ends - time.monotonic()) * 1000)

for _ in range({ASKED_TIMES}):
    answer = handle({{"requestContext": {{"requestId": "r"}}}}, Context())
    print("ANSWER " + json.dumps(answer), flush=True)
import os
os._exit(0)  # without waiting for what hangs, as Lambda freezes a worker
"""


@contextmanager
def a_service_that_never_answers() -> Iterator[tuple[str, list[socket.socket]]]:
    """Take every connection on a free loopback port and hold it; yields the URL and the connections taken."""
    taken: list[socket.socket] = []
    server = socket.create_server(("127.0.0.1", 0))

    def take() -> None:
        while True:
            try:
                taken.append(server.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}", taken
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)
        for connection in taken:
            connection.close()


def test_every_question_is_answered_while_the_services_still_hold_it() -> None:
    """503 with both checks failed, five times in a row from one worker: what hangs takes no thread from the next question."""
    with a_service_that_never_answers() as (url, taken):
        variables = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "functions"),
            "AWS_LAMBDA_FUNCTION_NAME": "payment-health-primary-test",
            "AWS_ENDPOINT_URL": url,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "id",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "TABLE_NAME": "payments",
            "SECRET_ID": "secret",
        }
        ended = subprocess.run(
            [sys.executable, "-c", WORKER], env=variables, capture_output=True, text=True, timeout=ANSWER_SECONDS_MAX, check=True
        )

    answers: list[dict[str, Any]] = [
        json.loads(line.removeprefix("ANSWER ")) for line in ended.stdout.splitlines() if line.startswith("ANSWER ")
    ]
    assert taken, "nothing was asked"
    assert [answer["statusCode"] for answer in answers] == [503] * ASKED_TIMES
    for answer in answers:
        checks = json.loads(answer["body"])["checks"]
        assert {check["status"] for check in checks.values()} == {"fail"}
        assert {check["reason"] for check in checks.values()} <= {"timed out", "unreachable"}
