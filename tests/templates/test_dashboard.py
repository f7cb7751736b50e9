"""One page that is read at night: it loads, nothing lies over anything, and everything on it exists."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import pytest

from deployer.rendering.dashboard import COLUMNS, dashboard_body
from deployer.rendering.rendered import RenderedSystem
from tests.support.live_resources import live_names
from tests.support.rendering import a_region, an_environment, as_data

REGIONS = ("us-east-1", "us-east-2")


def _widgets(system: RenderedSystem) -> list[dict[str, Any]]:
    text = as_data(system.global_.body)["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    return json.loads(text)["widgets"]  # type: ignore[no-any-return]


def _metrics(system: RenderedSystem) -> list[tuple[str, list[str]]]:
    """Return each metric with the Region it is read in."""
    found = []
    for widget in _widgets(system):
        for metric in widget["properties"].get("metrics", []):
            options = metric[-1] if isinstance(metric[-1], dict) else {}
            region = options.get("region", widget["properties"].get("region"))
            found.append((region, [part for part in metric if isinstance(part, str)]))
    return found


def test_every_metric_names_its_region(system: RenderedSystem):
    """A dashboard belongs to no Region: a metric without one is read wherever the reader happens to be."""
    metrics = _metrics(system)

    assert len(metrics) > 40
    assert {region for region, _metric in metrics} == set(REGIONS)


def test_no_widget_lies_over_another_or_beyond_the_edge(system: RenderedSystem):
    """CloudWatch moves what overlaps to where nobody looks for it."""
    widgets = _widgets(system)
    cells = [
        {(x, y) for x in range(one["x"], one["x"] + one["width"]) for y in range(one["y"], one["y"] + one["height"])} for one in widgets
    ]

    assert all(x < COLUMNS for taken in cells for x, _y in taken)
    assert not any(one & other for one, other in combinations(cells, 2))


def test_first_line_says_whether_a_region_is_sick_or_lost(system: RenderedSystem):
    """One look answers what everybody asks first."""
    first = min(_widgets(system), key=lambda widget: (widget["y"], widget["x"]))
    suffix = system.global_.body.split("DashboardName: payment-dashboard-")[1].split()[0]

    assert (first["type"], first["x"], first["width"]) == ("alarm", 0, COLUMNS)
    assert [arn.split(":alarm:")[1] for arn in first["properties"]["alarms"]] == [
        f"payment-{state}-{role}-{suffix}" for role in ("primary", "secondary") for state in ("region-sick", "peer-lost")
    ]


def test_titles_are_questions(system: RenderedSystem):
    """Plain words are read faster than names of metrics."""
    titles = [widget["properties"]["title"] for widget in _widgets(system) if widget["type"] != "text"]

    assert all("?" in title for title in titles)
    assert len(set(titles)) == len(titles)


def test_one_text_says_what_to_type(system: RenderedSystem):
    """Commands for both Regions, ready to be copied."""
    [text] = [widget["properties"]["markdown"] for widget in _widgets(system) if widget["type"] == "text"]

    assert "`deployer status PARAMS`" in text
    assert all(f"--region {region}`" in text and f"curl https://{region}.api." in text for region in REGIONS)


@pytest.mark.parametrize("region", REGIONS)
def test_alarms_shown_are_those_that_stand_when_live(system: RenderedSystem, region: str):
    """An alarm left out rings unseen; one that does not exist is an error on the page."""
    shown = {
        arn.split(":alarm:")[1]
        for widget in _widgets(system)
        for arn in widget["properties"].get("alarms", [])
        if f":cloudwatch:{region}:" in arn
    }

    standing = live_names(system, region, "AWS::CloudWatch::Alarm", "AlarmName")
    assert shown == standing | live_names(system, region, "AWS::CloudWatch::CompositeAlarm", "AlarmName")


def test_graphs_name_things_that_exist(system: RenderedSystem):
    """A misspelled name draws an empty graph, which looks like calm."""
    kinds = {
        "ApiName": ("AWS::ApiGateway::RestApi", "Name"),
        "FunctionName": ("AWS::Lambda::Function", "FunctionName"),
        "CanaryName": ("AWS::Synthetics::Canary", "Name"),
        "SourceBucket": ("AWS::S3::Bucket", "BucketName"),
        "DestinationBucket": ("AWS::S3::Bucket", "BucketName"),
    }
    both = {kind: [live_names(system, region, *where) for region in REGIONS] for kind, where in kinds.items()}
    for region, metric in _metrics(system):
        for dimension, value in zip(metric[2::2], metric[3::2], strict=True):
            if dimension in ("SourceBucket", "DestinationBucket"):
                assert value in set().union(*both[dimension]), metric
            elif dimension in kinds:
                assert value in both[dimension][REGIONS.index(region)], (region, metric)


def test_lag_between_replicas_is_shown_where_there_is_one():
    """A strongly consistent table has no such metric (F1.7)."""
    strong, eventual = (dashboard_body(an_environment(table={"consistency": kind})) for kind in ("strong", "eventual"))

    assert ("ReplicationLatency" in strong.replace('"AWS/S3", "ReplicationLatency"', "")) is False
    assert '"AWS/DynamoDB", "ReplicationLatency"' in eventual


def test_health_is_read_where_route_53_writes_it():
    """Its metrics exist in one Region, whichever the pair is (F2.18)."""
    regions = [a_region("eu-west-1", "primary"), a_region("eu-central-1", "secondary", vpc_cidr="10.1.0.0/16")]
    body = json.loads(dashboard_body(an_environment(regions=regions, table={"consistency": "eventual"})))

    [health] = [one["properties"] for one in body["widgets"] if "Route 53" in one["properties"].get("title", "")]
    assert health["region"] == "us-east-1"
