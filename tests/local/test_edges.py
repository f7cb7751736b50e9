"""The HTTPS edges: custom domains over TLS, each Region for itself."""

from __future__ import annotations

import ssl
import uuid
from dataclasses import dataclass

import pytest
import urllib3

from deployer.local.attach_api_gateway import CustomDomain
from deployer.local.certificates import bare_context
from deployer.local.edge import resolve
from tests.support.edges import ask, deploy_echo_api, trusting
from tests.support.embedded import EmbeddedAws
from tests.support.raw_http import ask_raw
from tests.support.stacks import Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Apis:
    """One echo API in each Region: `shared` is a domain of both, `west` of us-east-2 alone."""

    east_stack: Stack
    west_stack: Stack
    shared: str
    west: str


@pytest.fixture(scope="module")
def apis(embedded_aws: EmbeddedAws) -> Apis:
    """Echo APIs in both Regions."""
    zone = f"{uuid.uuid4().hex[:8]}.example.test"
    shared, west = f"api.{zone}", f"us-east-2.api.{zone}"
    east_stack = deploy_echo_api(embedded_aws, "us-east-1", shared)
    west_stack = deploy_echo_api(embedded_aws, "us-east-2", shared, west)
    return Apis(east_stack=east_stack, west_stack=west_stack, shared=shared, west=west)


@pytest.mark.parametrize("region", ["us-east-1", "us-east-2"])
def test_name_of_both_regions_is_served_by_each(embedded_aws: EmbeddedAws, apis: Apis, region: str) -> None:
    """Each edge leads to the API of its own Region, though the name is the same."""
    stack = apis.east_stack if region == "us-east-1" else apis.west_stack

    answer = ask(embedded_aws.state, region, apis.shared, "/health")

    assert answer.status == 200
    assert answer.event["requestContext"]["apiId"] == stack.outputs["ApiId"]


def test_request_arrives_whole(embedded_aws: EmbeddedAws, apis: Apis) -> None:
    """Method, path, query, headers and body reach the function, with what API Gateway adds."""
    path = "/payment/a%20b?x=1&x=2&empty="
    sent = {"Idempotency-Key": "k-1", "Content-Type": "application/json", "X-Forwarded-For": "203.0.113.9"}

    answer = ask(embedded_aws.state, "us-east-1", apis.shared, path, method="POST", body=b'{"amount": 100}', headers=sent)

    event = answer.event
    received = {name.lower(): value for name, value in event["headers"].items()}
    assert (event["httpMethod"], event["path"], event["body"]) == ("POST", "/payment/a b", '{"amount": 100}')
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"], "empty": [""]}
    assert received["idempotency-key"] == "k-1"
    assert received["host"] == apis.shared
    assert received["x-forwarded-for"] == "203.0.113.9, 127.0.0.1"
    assert (received["x-forwarded-proto"], received["x-forwarded-port"]) == ("https", "443")


def test_header_sent_twice_arrives_twice(embedded_aws: EmbeddedAws, apis: Apis) -> None:
    """`multiValueHeaders` has both values, `headers` the last; a list sent once stays one value."""
    sent = [("Idempotency-Key", "a"), ("idempotency-key", "b"), ("Accept", "x/y, z/z"), ("X-Forwarded-For", "1"), ("X-Forwarded-For", "2")]
    event = ask_raw(embedded_aws.state, "us-east-1", apis.shared, "/payment", headers=sent).event

    several = {name.lower(): values for name, values in event["multiValueHeaders"].items()}
    single = {name.lower(): value for name, value in event["headers"].items()}
    assert (several["idempotency-key"], single["idempotency-key"]) == (["a", "b"], "b")
    assert several["accept"] == ["x/y, z/z"]
    assert several["x-forwarded-for"] == ["1, 2, 127.0.0.1"]


def test_function_learns_the_domain(embedded_aws: EmbeddedAws, apis: Apis) -> None:
    """The request context names the domain, and the client as the edge saw it."""
    answer = ask(embedded_aws.state, "us-east-1", apis.shared, "/health", headers={"X-Forwarded-For": "203.0.113.9"})

    context = answer.event["requestContext"]
    assert (context["domainName"], context["domainPrefix"], context["path"]) == (apis.shared, "api", "/health")
    assert context["identity"]["sourceIp"] == "127.0.0.1"


def test_name_of_the_other_region_is_not_served(embedded_aws: EmbeddedAws, apis: Apis) -> None:
    """A domain registered in us-east-2 alone gets no handshake at the edge of us-east-1."""
    assert ask(embedded_aws.state, "us-east-2", apis.west, "/health").status == 200

    with pytest.raises(ssl.SSLError):
        ask(embedded_aws.state, "us-east-1", apis.west, "/health")


def test_unknown_name_gets_no_handshake(embedded_aws: EmbeddedAws, apis: Apis) -> None:
    """There is no certificate to show for a name nobody registered."""
    with pytest.raises(ssl.SSLError):
        ask(embedded_aws.state, "us-east-1", f"nobody.{apis.shared}")


def test_host_that_is_not_registered_is_forbidden(embedded_aws: EmbeddedAws, apis: Apis) -> None:
    """After the handshake, a Host that is no domain of the Region gets API Gateway's 403."""
    answer = ask(embedded_aws.state, "us-east-1", apis.shared, "/health", host=apis.west)

    assert (answer.status, answer.body) == (403, b'{"message":"Forbidden"}')


def test_certificate_is_not_trusted_without_the_local_authority(embedded_aws: EmbeddedAws, apis: Apis) -> None:
    """Only who was given the CA bundle believes the edge."""
    with pytest.raises(ssl.SSLCertVerificationError):
        ask(embedded_aws.state, "us-east-1", apis.shared, tls=ssl.create_default_context())


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_1_2_and_1_3_are_spoken(embedded_aws: EmbeddedAws, apis: Apis, version: ssl.TLSVersion) -> None:
    """Health checkers need 1.2, so a policy of 1.2 takes both."""
    tls = trusting(embedded_aws.state)
    tls.minimum_version = tls.maximum_version = version

    assert ask(embedded_aws.state, "us-east-1", apis.shared, "/health", tls=tls).status == 200


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_tls_1_1_is_refused(embedded_aws: EmbeddedAws, apis: Apis) -> None:
    """Nothing older than TLS 1.2 is spoken."""
    tls = trusting(embedded_aws.state)
    tls.set_ciphers("ALL:@SECLEVEL=0")
    tls.minimum_version = tls.maximum_version = ssl.TLSVersion.TLSv1_1

    with pytest.raises(ssl.SSLError):
        ask(embedded_aws.state, "us-east-1", apis.shared, tls=tls)


def test_disabled_endpoint_is_closed(embedded_aws: EmbeddedAws, apis: Apis) -> None:
    """The API's own address answers 403 while its custom domain works."""
    address = f"{embedded_aws.endpoint}/_aws/execute-api/{apis.east_stack.outputs['ApiId']}/live/health"

    assert urllib3.request("GET", address).status == 403


def test_name_outside_its_certificate_gets_no_handshake(embedded_aws: EmbeddedAws) -> None:
    """A domain whose ACM certificate does not name it cannot be served."""
    zone = f"{uuid.uuid4().hex[:8]}.example.test"
    deploy_echo_api(embedded_aws, "us-east-1", f"api.{zone}", f"deep.er.{zone}", covered=(f"*.{zone}",))

    assert ask(embedded_aws.state, "us-east-1", f"api.{zone}", "/health").status == 200
    with pytest.raises(ssl.SSLError):
        ask(embedded_aws.state, "us-east-1", f"deep.er.{zone}")


def test_base_path_is_taken_off(embedded_aws: EmbeddedAws) -> None:
    """A mapping with a base path serves only below it, and the API does not see it."""
    name = f"api.{uuid.uuid4().hex[:8]}.example.test"
    deploy_echo_api(embedded_aws, "us-east-1", name, base_path="v1")

    below = ask(embedded_aws.state, "us-east-1", name, "/v1/health")
    beside = ask(embedded_aws.state, "us-east-1", name, "/v1health")

    assert (below.status, below.event["path"], below.event["requestContext"]["path"]) == (200, "/health", "/v1/health")
    assert (beside.status, beside.body) == (403, b'{"message":"Forbidden"}')


@pytest.mark.parametrize(
    ("path", "target"),
    [
        pytest.param("/health", ("/_aws/execute-api/root/live", ""), id="root mapping"),
        pytest.param("/v1/health", ("/_aws/execute-api/one/live", "/v1"), id="base path"),
        pytest.param("/v1", ("/_aws/execute-api/one/live", "/v1"), id="base path alone"),
        pytest.param("/v1/beta/health", ("/_aws/execute-api/beta", "/v1/beta"), id="longest wins, stage from the path"),
        pytest.param("/v1beta", ("/_aws/execute-api/root/live", ""), id="only whole segments"),
    ],
)
def test_path_leads_to_its_mapping(path: str, target: tuple[str, str]) -> None:
    """The longest base path made of whole segments decides."""
    mappings = (("", "root", "live"), ("v1", "one", "live"), ("v1/beta", "beta", ""))

    assert resolve(CustomDomain(name="api.example.test", certificate_names=(), mappings=mappings), path) == target


def test_nothing_older_than_tls_1_2_is_offered() -> None:
    """Whatever the system's own policy is."""
    assert bare_context(["http/1.1"]).minimum_version is ssl.TLSVersion.TLSv1_2
