"""The access log's line as it is rendered: which request, how it ended, and nothing that its caller chose."""

from __future__ import annotations

import json
import re

from deployer.rendering.rendered import RenderedSystem
from tests.support.rendering import as_data

# `$context` variables that a caller writes: the request id by a header of that name, the rest by what is asked for and how. What the
# authorizer says of a key is its own word: the version it matched, an error's name.
CHOSEN = re.compile(
    r"(requestId|path|identity\.userAgent|authorizer\.(?!error$|latency$|status$|keyVersion$).*|error\.(?!responseType$).*|requestOverride.*)"
)


def fields_of(system: RenderedSystem) -> dict[str, str]:
    """Return the members of an access log's line, each with its variable's name."""
    line = json.loads(as_data(system.regional.body)["Resources"]["ApiStage"]["Properties"]["AccessLogSetting"]["Format"])
    return {member: variable.removeprefix("$context.") for member, variable in line.items()}


def test_a_line_holds_nothing_a_caller_chose(system: RenderedSystem) -> None:
    """A path, or a request id of the caller's own, may be a card's number; a user agent may be anything."""
    assert not [variable for variable in fields_of(system).values() if CHOSEN.fullmatch(variable)]


def test_a_line_says_which_request_and_how_it_ended(system: RenderedSystem) -> None:
    """The id is the one that functions log and answers carry."""
    assert {"extendedRequestId", "requestTime", "httpMethod", "resourcePath", "status", "responseLatency"} <= set(
        fields_of(system).values()
    )
