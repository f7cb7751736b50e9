"""What runs inside a canary's function: Synthetics' runtime for Python, as far as a canary without a browser needs it.

One invocation is one run. The canary's handler is called; what it prints and how it ended are kept as artifacts and told as metrics, all
with the credentials of the canary's own role. Names are looked up at the embedded name server, and port 443 of an edge's address is the
port the edge really has. `engine` packs this file beside the canary's code; it imports nothing of the deployer, for there it is none.
Source: "Library functions available for Python canary scripts", "CloudWatch metrics published by canaries", CloudWatch User Guide.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import ipaddress
import json
import socket
import threading
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

NAMESPACE = "CloudWatchSynthetics"
NAME_SECONDS_MAX = 2.0

_resolve = socket.getaddrinfo


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Run the canary once.

    `event`: canary, handler (`file.function`), limit_seconds, artifacts (bucket, prefix, arguments), names ([address, port]), edges
    ([[address, port, whether it can be reached], …]) and broken (why the run fails by itself, "" when it does not). Returns failure
    (CANARY_FAILURE, EXECUTION_FAILURE or ""), reason and artifacts (`bucket/prefix`); raises TimeoutError, after all is told, for a run
    that goes on after its time, so that its process is ended.
    """
    socket.getaddrinfo = lookup(event)
    began = datetime.now(UTC)
    reason, log, goes_on = carry_out(event, context)
    seconds = (datetime.now(UTC) - began).total_seconds()
    failure = "CANARY_FAILURE" if reason else ""
    kept = ""
    try:
        kept = _keep(event, began, seconds, reason, log)
        _tell(event["canary"], began, seconds, failed=bool(reason))
    except Exception as error:  # whatever it is, the run has not been carried out as it should
        failure, reason = "EXECUTION_FAILURE", f"{type(error).__name__}: {error}"
    if goes_on:
        raise TimeoutError(reason)
    return {"failure": failure, "reason": reason, "artifacts": kept}


def carry_out(event: Mapping[str, Any], context: Any) -> tuple[str, str, bool]:
    """Call the canary's handler; returns why it failed ("" when it did not), what it printed, and whether it still goes on."""
    printed, ended = io.StringIO(), []

    def call() -> None:
        try:
            if event["broken"]:
                raise RuntimeError(event["broken"])
            module, _, function = event["handler"].rpartition(".")
            getattr(importlib.import_module(module.replace("/", ".")), function)(event, context)
            ended.append("")
        except BaseException as error:  # a canary may fail in any way, and may try to exit
            printed.write(traceback.format_exc())
            ended.append(f"{type(error).__name__}: {error}")

    with contextlib.redirect_stdout(printed):
        thread = threading.Thread(target=call, daemon=True)
        thread.start()
        thread.join(event["limit_seconds"])
    log = printed.getvalue()
    print(log, end="", flush=True)
    if not ended:
        return f"Canary timed out after {event['limit_seconds']:g} seconds", log, True
    return ended[0], log, False


def _keep(event: Mapping[str, Any], began: datetime, seconds: float, reason: str, log: str) -> str:
    """Write the run's report and log where the canary's artifacts go; returns the place."""
    place = event["artifacts"]
    folder = f"{place['prefix']}{began:%Y/%m/%d/%H/%M-%S}-{began.microsecond // 1000:03d}"
    result = "FAILED" if reason else "PASSED"
    report = {
        "canaryName": event["canary"],
        "startTime": began.isoformat(timespec="milliseconds"),
        "duration": round(seconds * 1000),
        "executionStatus": result,
        "executionError": reason or None,
    }
    for name, content in ((f"SyntheticsReport-{result}.json", json.dumps(report)), (f"{began:%Y-%m-%dT%H-%M-%S}-log.txt", log)):
        _client("s3").put_object(Bucket=place["bucket"], Key=f"{folder}/{name}", Body=content.encode(), **place["arguments"])
    return f"{place['bucket']}/{folder}"


def _tell(canary: str, began: datetime, seconds: float, *, failed: bool) -> None:
    """Publish the run's metrics, at the time the run began."""
    values = (("SuccessPercent", 0.0 if failed else 100.0, "Percent"), ("Duration", seconds * 1000, "Milliseconds"))
    data = [*values, ("Failed", float(failed), "Count")]
    _client("cloudwatch").put_metric_data(
        Namespace=NAMESPACE,
        MetricData=[
            {"MetricName": name, "Value": value, "Unit": unit, "Timestamp": began, "Dimensions": [{"Name": "CanaryName", "Value": canary}]}
            for name, value, unit in data
        ],
    )


_clients: dict[str, Any] = {}


def _client(service: str) -> Any:
    import boto3

    if service not in _clients:
        _clients[service] = boto3.session.Session().client(service)  # type: ignore[call-overload]
    return _clients[service]


def lookup(event: Mapping[str, Any]) -> Callable[..., Any]:
    """Return what takes getaddrinfo's place: the world as the embedded AWS has it."""
    edges = {address: (port, reached) for address, port, reached in event["edges"]}

    def look_up(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if not name or name == "localhost" or _is_address(name):
            return _resolve(host, port, *arguments, **options)
        address = _address_of(name, event["names"])
        edge_port, reached = edges.get(address, (port, True))
        if not reached:
            # A way that is cut swallows what is sent; nobody has to wait for that here.
            raise TimeoutError(f"{name} cannot be reached: timed out")
        return _resolve(address, edge_port if port in (443, "443", "https") else port, *arguments, **options)

    return look_up


def _address_of(name: str, server: Any) -> str:
    """Ask the name server for a name's address, over UDP; raises socket.gaierror when it has none."""
    import dns.exception
    import dns.message
    import dns.query
    import dns.rdatatype

    try:
        reply = dns.query.udp(dns.message.make_query(name, "A"), server[0], timeout=NAME_SECONDS_MAX, port=server[1])
    except (OSError, dns.exception.DNSException) as error:
        raise socket.gaierror(socket.EAI_AGAIN, f"{name}: {error}") from error
    found = [str(record) for answer in reply.answer if answer.rdtype == dns.rdatatype.A for record in answer]
    if not found:
        raise socket.gaierror(socket.EAI_NONAME, f"{name}: no such name")
    return found[0]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
