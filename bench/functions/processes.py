"""Runs one measurement in a fresh process, with the environment Lambda would give it and nothing of this machine's AWS settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

CONFIGURATION_NAME: Final = "/payment-processing/bench/config"
_SECONDS_MAX: Final = 120
_ERROR_LINES_MAX: Final = 8

Measures = Mapping[str, float]


class MeasurementFailed(Exception):
    """A measured process ended badly; the message holds its last lines."""


def lambda_environment(endpoint: str, dynamodb: str, *, access_key_id: str, secret_access_key: str) -> dict[str, str]:
    """Return the variables of a deployed payment function whose AWS answers at `endpoint`, and its DynamoDB at `dynamodb` (URLs)."""
    return {
        "AWS_ACCESS_KEY_ID": access_key_id,
        "AWS_SECRET_ACCESS_KEY": secret_access_key,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_LAMBDA_FUNCTION_NAME": "payment-processor-primary-bench",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "LAMBDA_TASK_ROOT": "/var/task",
        "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
        "TABLE_NAME": "payments",
        "CONFIGURATION_NAME": CONFIGURATION_NAME,
        "IDEMPOTENCY_TABLE_NAME": "idempotency",
        "REGION_ROLE": "primary",
        "LOG_LEVEL": "INFO",
    }


def measure(
    worker: Path, job: Mapping[str, Any], *, subject: str = "", paths: Sequence[Path] = (), environment: Mapping[str, str]
) -> Measures:
    """Run `worker` on `job` with `paths` on the import path and return its measures; `subject` is the module timed first, if any.

    Raises MeasurementFailed when it ends badly or not at all.
    """
    with TemporaryDirectory(prefix="bench-") as folder:
        file, result = Path(folder) / "job.json", Path(folder) / "result.json"
        file.write_text(json.dumps({**job, "result": str(result)}), "utf-8")
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        variables = kept | dict(environment) | {"PYTHONPATH": os.pathsep.join(map(str, paths))}
        command = [sys.executable, "-B", str(worker), str(file), subject]
        try:
            ended = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=_SECONDS_MAX, check=False)
        except subprocess.TimeoutExpired as error:
            raise MeasurementFailed(f"{subject or 'a statement'} did not end within {_SECONDS_MAX} s") from error
        if ended.returncode != 0:
            told = ended.stdout.splitlines()[-1:] + ended.stderr.strip().splitlines()
            raise MeasurementFailed("\n".join(told[-_ERROR_LINES_MAX:]))
        measures: dict[str, float] = json.loads(result.read_text("utf-8"))
        return measures


def compile_what_lambda_compiled() -> None:
    """Import boto3 once with bytecode written: Lambda's runtime brings it compiled, an installer may leave that to the first use."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    program = "import boto3; boto3.client('dynamodb', region_name='us-east-1')"
    subprocess.run([sys.executable, "-c", program], env=variables, check=True, capture_output=True, timeout=_SECONDS_MAX)
