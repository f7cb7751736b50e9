"""Clients: one per service and Region, observed, and made of what was given."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from deployer.aws.session import Aws, AwsAccess, AwsCall
from deployer.vocabulary.errors import AwsRefused

ACCESS = AwsAccess(endpoint_url="http://127.0.0.1:9", access_key_id="AKIDEXAMPLE", secret_access_key="not-a-secret")


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> list[bytes]:
        return [self._content]


def answering(aws: Aws, service: Any, region: str, body: str) -> Any:
    """Return the client, answering every request with `body` before it leaves the process."""
    client = aws.client(service, region)

    def answer(request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, 200, {"Content-Type": "text/xml"}, _Body(body.encode()))

    client.meta.events.register("before-send", answer)
    return client


def test_client_is_made_once_whoever_asks() -> None:
    """Eight threads get the same client."""
    aws = Aws(ACCESS)

    with ThreadPoolExecutor(8) as pool:
        clients = set(pool.map(lambda _: id(aws.client("sts", "us-east-2")), range(8)))

    assert len(clients) == 1


def test_each_region_has_its_own_client() -> None:
    """A call goes to the Region it names."""
    aws = Aws(ACCESS)

    assert aws.client("sts", "us-east-1").meta.region_name == "us-east-1"
    assert aws.client("sts", "us-east-2").meta.region_name == "us-east-2"


def test_observer_hears_what_reads_and_what_changes() -> None:
    """Every call is announced, with whether it may change something."""
    heard: list[AwsCall] = []
    aws = Aws(ACCESS, observer=heard.append)
    client = answering(aws, "cloudformation", "us-east-2", "<ListStacksResponse><ListStacksResult/></ListStacksResponse>")

    client.list_stacks()
    client.delete_stack(StackName="payment-global-test")

    assert heard == [
        AwsCall(service="cloudformation", operation="ListStacks", region="us-east-2", mutating=False),
        AwsCall(service="cloudformation", operation="DeleteStack", region="us-east-2", mutating=True),
    ]


@pytest.mark.parametrize(
    ("access", "variables"),
    [
        pytest.param(replace(ACCESS, endpoint_url="http://emulator.test"), {}, id="given to the deployer"),
        pytest.param(replace(ACCESS, endpoint_url=None), {"AWS_ENDPOINT_URL": "http://emulator.test"}, id="given by the environment"),
    ],
)
def test_bucket_is_named_in_the_path_of_an_endpoint_given_by_hand(
    access: AwsAccess, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`bucket.emulator.test` may not resolve; `emulator.test/bucket` does."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    client = Aws(access).client("s3", "us-east-2")

    url = client.generate_presigned_url("get_object", Params={"Bucket": "artifacts", "Key": "payment.zip"})

    assert url.startswith("http://emulator.test/artifacts/payment.zip")


def test_account_is_the_callers() -> None:
    """STS in the given Region says whose credentials they are."""
    aws = Aws(ACCESS)
    arn = "arn:aws:iam::111122223333:user/tester"
    identity = f"<GetCallerIdentityResult><Account>111122223333</Account><Arn>{arn}</Arn></GetCallerIdentityResult>"
    answering(aws, "sts", "us-east-2", f"<GetCallerIdentityResponse>{identity}</GetCallerIdentityResponse>")

    assert aws.account_id("us-east-2") == "111122223333"


def test_caller_is_asked_for_once() -> None:
    """Credentials stay the same person's, so one answer serves every later question."""
    asked: list[str] = []

    class Sts:
        def get_caller_identity(self) -> dict[str, str]:
            asked.append("GetCallerIdentity")
            return {"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/tester"}

    aws = Aws(ACCESS, make_client=lambda service, region: Sts())

    assert aws.account_id("us-east-2") == aws.caller("us-east-1").account_id == "111122223333"
    assert asked == ["GetCallerIdentity"]


def test_unknown_profile_is_refused_with_a_way_out() -> None:
    """A profile that does not exist is not a traceback."""
    with pytest.raises(AwsRefused, match="ProfileNotFound") as refused:
        Aws(AwsAccess(profile="no-such-profile")).client("sts", "us-east-2")

    assert "AWS_PROFILE" in refused.value.hint


def test_secrets_do_not_show() -> None:
    """Printing the access tells neither the secret key nor the session token."""
    shown = repr(AwsAccess(access_key_id="AKIDEXAMPLE", secret_access_key="s3cr3t-key", session_token="s3cr3t-token"))

    assert "s3cr3t" not in shown
