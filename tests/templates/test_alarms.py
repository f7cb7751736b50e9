"""Alarms: what they look at, when they send, and who judges whom."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.params.delivery import RolloutParameters
from deployer.rendering.render import render_system
from deployer.rendering.rendered import RenderedSystem
from tests.support.live_resources import live_resources
from tests.support.rendering import a_project, an_environment, as_data

PLAIN, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
REGIONS = ("us-east-1", "us-east-2")


def _alarms(system: RenderedSystem, *kinds: str) -> dict[str, Any]:
    resources = as_data(system.regional.body)["Resources"]
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] in (kinds or (PLAIN, COMPOSITE))}


@pytest.fixture(scope="module")
def render(tmp_path_factory: pytest.TempPathFactory):
    """Return a function from changes of the environment to the rendered system."""
    folder = tmp_path_factory.mktemp("alarms")
    source = a_project(folder / "project")
    return lambda **changes: render_system(an_environment(**changes), source=source, build=folder / "build")


def test_every_alarm_tells_the_topic_when_it_rings_and_when_it_is_over(system: RenderedSystem):
    """An alarm without a topic is a light in an empty room; but for the one that only other alarms look at."""
    for name, alarm in _alarms(system).items():
        if name == "WatcherDoubtAlarm":
            continue
        assert alarm["AlarmActions"][0] == {"Ref": "Topic"}, name
        assert alarm["OKActions"] == [{"Ref": "Topic"}], name


def test_alarms_send_only_while_the_region_is_live(system: RenderedSystem):
    """Those that exist before send nothing before; the others exist only when live."""
    resources = as_data(system.regional.body)["Resources"]
    for name, alarm in _alarms(system).items():
        only_live = resources[name].get("Condition") == "IsLive"
        assert alarm["ActionsEnabled"] == (True if only_live else {"Fn::If": ["IsLive", True, False]}), name


def test_every_alarm_says_what_is_wrong_and_what_to_do(system: RenderedSystem):
    """Whoever is woken reads these words first: a whole sentence of what, and one of where to look."""
    descriptions = [alarm["AlarmDescription"] for alarm in _alarms(system).values()]

    assert len(set(descriptions)) == len(descriptions)
    for description in descriptions:
        assert description.endswith("."), description
        assert ": " in description or ". " in description, description
        assert 60 <= len(description) <= 1024, description


def test_alarms_that_were_asked_for_have_their_figures(local_system: RenderedSystem):
    """Slower than 500 ms, more than 1 %, more than 10 in 5 minutes."""
    alarms = _alarms(local_system)
    latency, errors = alarms["LatencyAlarm"], alarms["ServerErrorsAlarm"]

    assert (latency["MetricName"], latency["ExtendedStatistic"], latency["Threshold"]) == ("Latency", "p99", 500)
    assert (errors["MetricName"], errors["Statistic"], errors["Period"], errors["Threshold"]) == ("5XXError", "Sum", 300, 10)
    assert alarms["ErrorRateAlarm"]["Threshold"] == 1
    assert alarms["CertificateAlarm"]["Threshold"] == 30
    assert {alarm["ComparisonOperator"] for alarm in (latency, errors, alarms["ErrorRateAlarm"])} == {"GreaterThanThreshold"}


def test_share_of_errors_has_a_floor(local_system: RenderedSystem):
    """One error among the canaries' few requests is no reason to wake anybody."""
    judged, *metrics = _alarms(local_system)["ErrorRateAlarm"]["Metrics"]

    assert judged == {"Id": "judged", "Expression": "IF(requests >= 100, 100 * errors / requests, 0)", "ReturnData": True}
    assert {one["Id"]: one["MetricStat"]["Metric"]["MetricName"] for one in metrics} == {"requests": "Count", "errors": "5XXError"}
    assert not any(one["ReturnData"] for one in metrics)


def test_every_function_is_watched_for_errors_and_throttles(local_system: RenderedSystem):
    """One left out fails alone and unheard; the one that has to raise for a 401 is watched by what its callers got."""
    functions = {name for name, one in as_data(local_system.regional.body)["Resources"].items() if one["Type"] == "AWS::Lambda::Function"}
    alarms = _alarms(local_system)
    watched: dict[str, set[str]] = {"Errors": set(), "Throttles": set()}
    for alarm in alarms.values():
        for one in [metric.get("MetricStat", {}).get("Metric", {}) for metric in alarm.get("Metrics", [])] + [alarm]:
            if one.get("Namespace") == "AWS/Lambda" and one["MetricName"] in watched:
                watched[one["MetricName"]].add(one["Dimensions"][0]["Value"]["Ref"])

    assert watched == {"Errors": functions - {"AuthorizerFunction"}, "Throttles": functions}


def test_every_queue_is_watched_for_messages(system: RenderedSystem):
    """A dead letter is work that nobody will do unless somebody is told."""
    queues = {name for name, one in as_data(system.regional.body)["Resources"].items() if one["Type"] == "AWS::SQS::Queue"}
    watched = {
        alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0] for alarm in _alarms(system).values() if alarm.get("Namespace") == "AWS/SQS"
    }

    assert watched == queues


@pytest.mark.parametrize(
    ("counts", "alarms", "field", "pattern"),
    [
        ("RefusedRequests", "RefusedRequestsAlarm", '"status": "$context.status"', '{ $.status = "429" }'),
        (
            "AuthorizerFailures",
            "AuthorizerErrorsAlarm",
            '"responseType": "$context.error.responseType"',
            '{ $.responseType = "AUTHORIZER_*" }',
        ),
    ],
)
def test_what_no_metric_tells_apart_is_counted_from_the_access_log(
    local_system: RenderedSystem, counts: str, alarms: str, field: str, pattern: str
):
    """Too many requests among all that are refused, a sick authorizer among its 401s; the filter's field is one the log has."""
    resources = as_data(local_system.regional.body)["Resources"]
    filter_, alarm = resources[counts]["Properties"], resources[alarms]["Properties"]
    counted = filter_["MetricTransformations"][0]

    assert field in resources["ApiStage"]["Properties"]["AccessLogSetting"]["Format"]
    assert filter_["FilterPattern"] == pattern
    assert (counted["MetricNamespace"], counted["MetricName"]) == (alarm["Namespace"], alarm["MetricName"])


def test_lag_of_audit_copies_is_watched_where_they_arrive(local_system: RenderedSystem):
    """S3 publishes it there, and the Region that is left can still read it; failures are published where they begin."""
    alarms = _alarms(local_system)
    rule = as_data(local_system.regional.body)["Resources"]["AuditBucket"]["Properties"]["ReplicationConfiguration"]["Fn::If"][1]["Rules"][
        0
    ]
    peer = {"Fn::FindInMap": ["Regions", {"Ref": "AWS::Region"}, "PeerAuditBucketName"]}

    def dimensions(name: str) -> dict[str, Any]:
        return {one["Name"]: one["Value"] for one in alarms[name]["Dimensions"]}

    assert dimensions("AuditLagAlarm") == {"SourceBucket": peer, "DestinationBucket": {"Ref": "AuditBucket"}, "RuleId": rule["Id"]}
    assert dimensions("AuditFailuresAlarm") == {"SourceBucket": {"Ref": "AuditBucket"}, "DestinationBucket": peer, "RuleId": rule["Id"]}


def test_lag_of_the_ledger_is_watched_only_where_there_is_one(render):
    """A strongly consistent table has no such metric (F1.7): the alarm would be silent for ever."""
    assert "TableReplicationAlarm" not in _alarms(render())
    assert _alarms(render(table={"consistency": "eventual"}))["TableReplicationAlarm"]["MetricName"] == "ReplicationLatency"


def test_region_is_called_lost_when_every_witness_says_so_and_the_judge_does_not_doubt_itself(system: RenderedSystem):
    """One broken canary would move traffic, and a judge that is cut off would call everybody else lost."""
    rule = _alarms(system)["PeerLostAlarm"]["AlarmRule"]["Fn::Sub"]

    assert rule == 'ALARM("${PeerCanaryAlarm}") AND ALARM("${PeerHealthCanaryAlarm}") AND OK("${WatcherDoubtAlarm}")'


def test_doubt_is_for_other_alarms_and_wakes_nobody(system: RenderedSystem):
    """A single run that fails is no news to people."""
    alarm = _alarms(system)["WatcherDoubtAlarm"]

    assert not {"AlarmActions", "OKActions", "InsufficientDataActions"} & alarm.keys()


def test_sum_counts_what_its_parts_have(system: RenderedSystem):
    """A function that nobody called has no throttles, and a sum with a missing part would have no value."""
    judged, *parts = _alarms(system)["FunctionThrottlesAlarm"]["Metrics"]

    assert judged["Expression"] == " + ".join(f"FILL({part['Id']}, 0)" for part in parts)


def test_only_a_lost_primary_calls_anything_but_people(system: RenderedSystem):
    """The alarm on it holds traffic in the standby, and asks that of nobody in the primary."""
    calling = {name: alarm["AlarmActions"][1:] for name, alarm in _alarms(system).items() if len(alarm.get("AlarmActions", ())) > 1}

    latch = {"Fn::If": ["IsStandby", {"Ref": "FailoverLatchFunctionAlias"}, {"Ref": "AWS::NoValue"}]}
    assert calling == {"PeerLostAlarm": [latch]}


def test_failover_that_may_go_back_by_itself_has_no_latch(render):
    """Nothing calls what is not there, and the operator's hold stays."""
    system = render(failover={"fail_back": "automatic"})
    resources = as_data(system.regional.body)["Resources"]

    assert [name for name in resources if "Latch" in name] == []
    assert _alarms(system)["PeerLostAlarm"]["AlarmActions"] == [{"Ref": "Topic"}]
    assert "HoldTable" in resources


def test_region_calls_itself_sick_only_when_two_signals_agree(system: RenderedSystem):
    """The canary alone may be broken, errors alone may be a caller's."""
    rule = _alarms(system)["RegionSickAlarm"]["AlarmRule"]["Fn::Sub"]

    assert rule.startswith('ALARM("${OwnCanaryAlarm}") AND (')
    assert 'ALARM("${ServerErrorsAlarm}")' in rule


@pytest.mark.parametrize(("watched", "silence"), [("Own", "missing"), ("Peer", "ignore"), ("PeerHealth", "ignore")])
def test_silent_canary_is_neither_well_nor_failing(system: RenderedSystem, watched: str, silence: str):
    """Silence about the other Region changes nothing, silence about the own one ends the judging."""
    alarm = _alarms(system)[f"{watched}CanaryAlarm"]

    assert alarm["TreatMissingData"] == silence
    assert alarm["Dimensions"] == [{"Name": "CanaryName", "Value": {"Ref": f"{watched}Canary"}}]


def test_silence_is_told(system: RenderedSystem):
    """Of all canaries by the own one's alarm, of single ones beside it by an alarm of its own."""
    alarms = _alarms(system)
    watched = [one["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"] for one in alarms["SilentCanaryAlarm"]["Metrics"][1:]]

    assert alarms["OwnCanaryAlarm"]["InsufficientDataActions"] == [{"Ref": "Topic"}]
    assert watched == ["OwnCanary", "PeerCanary", "PeerHealthCanary"]
    assert alarms["SilentCanaryAlarm"]["AlarmActions"] == [{"Ref": "Topic"}]


def test_route_53_is_watched_where_its_metrics_are(system: RenderedSystem):
    """An alarm on them anywhere else never has data (F2.18); without an id it could not be made."""
    checks = {"PrimaryCheckAlarm", "SecondaryCheckAlarm"}
    without_ids = {"HealthCheckIdPrimary": "", "HealthCheckIdSecondary": ""}

    assert checks <= live_resources(system, "us-east-1").keys()
    assert not checks & live_resources(system, "us-east-2").keys()
    assert not checks & live_resources(system, "us-east-1", without_ids).keys()


def test_standby_tells_of_traffic_by_its_own_count(system: RenderedSystem):
    """The counterpart that is there when the Region with Route 53's metrics is not."""
    assert "StandbyTrafficAlarm" in live_resources(system, "us-east-2")
    assert "StandbyTrafficAlarm" not in live_resources(system, "us-east-1")


@pytest.mark.parametrize("minutes", [1, 2, 5, 10, 15, 30])
def test_canaries_and_a_gate_alone_are_no_traffic(render, minutes: int):
    """Two canaries pay in each Region, twice a run, and a gate at every fifth of its burn-in; the bound is above whatever they do in 5
    minutes."""
    system = render(canaries={"interval_minutes": minutes})
    runs_max = -(-5 // minutes) + 1
    bounds = RolloutParameters()
    at_a_gate = 2 * (int(bounds.gate_burn_in_seconds / bounds.gate_payment_seconds) + 1)
    others = 2 * 2 * -(-5 // minutes) + at_a_gate

    assert others < _alarms(system)["StandbyTrafficAlarm"]["Threshold"] <= 2 * 2 * runs_max + at_a_gate + 10
    assert _alarms(system)["OwnCanaryAlarm"]["Period"] == minutes * 60


def test_region_that_is_prepared_has_no_alarm_on_what_it_lacks(system: RenderedSystem):
    """No canary, so nothing on canaries and nothing above that."""
    prepared = live_resources(system, "us-east-1", {"Activation": "Prepared"})

    live = live_resources(system, "us-east-1").keys() - prepared.keys()
    assert {
        "OwnCanary",
        "PeerCanary",
        "PeerHealthCanary",
        "WatcherDoubtAlarm",
        "SilentCanaryAlarm",
        "RegionSickAlarm",
        "PeerLostAlarm",
    } <= live
    assert "ServerErrorsAlarm" in prepared
