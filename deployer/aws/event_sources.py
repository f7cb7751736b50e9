"""Event source mappings: what brings a stream's records to a function, and bringing it to a stand."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.vocabulary.errors import AwsRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSource:
    """A mapping by its UUID, and what Lambda says it is: Enabled, Disabling, Disabled, Deleting, …"""

    uuid: str
    state: str


def event_sources_of(aws: Aws, function: str, region: str) -> tuple[EventSource, ...]:
    """Return the mappings that bring records to `function`, named with its alias if it is called by one; none when it is gone.

    Raises AwsRefused. Source: ListEventSourceMappings, Lambda API Reference; one page holds 100.
    """
    try:
        with asking("lambda", "ListEventSourceMappings", region):
            listed = aws.client("lambda", region).list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    except AwsRefused as refused:
        if refused.code == "ResourceNotFoundException":
            return ()
        raise
    return tuple(EventSource(uuid=one["UUID"], state=one["State"]) for one in listed)


def disable_event_source(aws: Aws, uuid: str, region: str) -> None:
    """Let a mapping bring no further records; one that is gone brings none. Raises AwsRefused."""
    try:
        with asking("lambda", "UpdateEventSourceMapping", region):
            aws.client("lambda", region).update_event_source_mapping(UUID=uuid, Enabled=False)
    except AwsRefused as refused:
        if refused.code != "ResourceNotFoundException":
            raise
