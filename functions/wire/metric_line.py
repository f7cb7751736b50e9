"""Writes metrics as CloudWatch's embedded metric format: a JSON line on standard output that CloudWatch Logs turns into metrics.

No call and no permission is needed. The format is one JSON object, so no library is imported for it: a cold start would pay for one
at every function, and what it would save is this file.
Source: Embedded metric format specification, Amazon CloudWatch User Guide.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from typing import Final

NAMESPACE: Final = "PaymentApi"


def metric_line(values: Mapping[str, float], *, clock: Callable[[], float] = time.time) -> None:
    """Write `values` (metric name -> count) under the one dimension FunctionName, which names environment, role and work.

    A metric that is nought is written too: an alarm tells "none" from "nobody looked" by it.
    """
    document: dict[str, object] = {
        "_aws": {
            "Timestamp": int(clock() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [["FunctionName"]],
                    "Metrics": [{"Name": name, "Unit": "Count"} for name in values],
                }
            ],
        },
        "FunctionName": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
        **values,
    }
    print(json.dumps(document), flush=True)
