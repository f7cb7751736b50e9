"""What each of Powertools' utilities costs a function that has its DynamoDB client already, beside what the project has in its place.

Every utility here could replace something that stands; the decision beside it is ours, the figures are the command's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

# What every function has imported anyway when a utility would come on top.
_STANDS: Final = """
import json, os, time, boto3, botocore.session
from botocore.config import Config
client = boto3.client("dynamodb", config=Config())

class Secrets:
    def get_secret_value(self, **asked):
        return {"SecretString": '{"api_key": "key"}'}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Utility:
    """One utility of Powertools: what imports and makes it (`theirs`), what one use is; the same of what stands in its place.

    A use is "" where the calls in the other tables tell it.
    """

    name: str
    theirs: str
    their_use: str
    instead_name: str
    instead: str
    our_use: str
    decision: str


UTILITIES: Final = (
    Utility(
        name="Logger",
        theirs="from aws_lambda_powertools import Logger\nlogger = Logger(service='payment')",
        their_use="logger.info('taken', extra={'request_id': 'r', 'status': 201, 'duration_ms': 12.3})",
        instead_name="`wire/log_line.py`",
        instead="from wire.log_line import log_line",
        our_use="log_line('INFO', 'taken', request_id='r', status=201, duration_ms=12.3)",
        decision="Own. What it would bring, keys, sampling and formatters, is not used by a line whose members are fixed.",
    ),
    Utility(
        name="Metrics",
        theirs="from aws_lambda_powertools import Metrics\nmetrics = Metrics(namespace='PaymentApi', service='audit')",
        their_use="metrics.add_metric(name='PaymentsLogged', unit='Count', value=1)\nmetrics.flush_metrics()",
        instead_name="`wire/metric_line.py`",
        instead="from wire.metric_line import metric_line",
        our_use="metric_line({'PaymentsLogged': 1})",
        decision="Own. Both write the same JSON line, the embedded metric format.",
    ),
    Utility(
        name="Tracer",
        theirs="from aws_lambda_powertools import Tracer\ntracer = Tracer(service='payment')",
        their_use="with tracer.provider.in_subsegment('put'):\n    pass",
        instead_name="active tracing and `trace_id` in the log line",
        instead="from wire.log_line import log_line",
        our_use="log_line('INFO', 'taken', request_id='r', status=201, duration_ms=12.3)",
        decision="None. Lambda traces start and call without it; a subsegment around the one DynamoDB call says what `duration_ms` does.",
    ),
    Utility(
        name="Parameters",
        theirs="from aws_lambda_powertools.utilities import parameters\nprovider = parameters.SecretsProvider(boto3_client=Secrets())",
        their_use="provider.get('secret', max_age=900)",
        instead_name="`authorizer/keys.py`",
        instead="from authorizer.keys import ApiKeys\nkeys = ApiKeys(Secrets(), 'secret')",
        our_use="keys.judge('key')",
        decision="Own. Its cache knows one version of a secret; a rotation needs two, and an outage the keys known so far.",
    ),
    Utility(
        name="Idempotency",
        theirs="from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent_function\n"
        "store = DynamoDBPersistenceLayer(table_name='t', boto3_client=client)",
        their_use="",
        instead_name="`payment/ledger.py`",
        instead="from payment.ledger import Ledger\nledger = Ledger(client, 't')",
        our_use="",
        decision="Own. Its record is an item beside the payment and expires: two writes more, and then a payment taken twice.",
    ),
)


def jobs_of(utility: Utility, *, times: int, warm_up: int) -> Mapping[str, Mapping[str, Any]]:
    """Return the worker's jobs that measure `utility` (theirs) and what stands in its place (ours)."""
    common = {"first": _STANDS, "times": times, "warm_up": warm_up, "events": []}
    return {
        "theirs": {**common, "then": utility.theirs, "use": utility.their_use},
        "ours": {**common, "then": utility.instead, "use": utility.our_use},
    }
