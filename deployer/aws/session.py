"""How AWS is reached: credentials, endpoint, time-outs, and one client per service and Region.

Nothing given means what boto3 finds by itself: ambient credentials, AWS_PROFILE, AWS_ENDPOINT_URL, AWS_CA_BUNDLE.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Literal, overload

from boto3.session import Session
from botocore.config import Config

from deployer.aws.calls import asking
from deployer.aws.organization_calls import in_units

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sts import STSClient

# "standard" retries throttling, 5xx and lost connections with jittered back-off, half a minute at most [botocore guide: Retries].
ATTEMPTS_MAX: Final = 6
_READING: Final = ("Get", "List", "Describe", "Head")


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsAccess:
    """Where AWS is and who asks; every field may stay empty. `ca_bundle` is the path of a PEM file.

    With `organizational_units` StackSets are service-managed and reach these units' accounts (`organization_calls`).
    """

    endpoint_url: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    profile: str | None = None
    ca_bundle: str | None = None
    organizational_units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsCall:
    """One call about to be made; `mutating` unless the operation's name says that it only reads."""

    service: str
    operation: str
    region: str
    mutating: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, as STS tells it: the twelve-digit account and the ARN of the user or assumed role."""

    account_id: str
    arn: str


Observer = Callable[[AwsCall], None]
ClientFactory = Callable[[str, str], Any]


class Aws:
    """AWS as one caller sees it. Safe to share between threads."""

    def __init__(
        self,
        access: AwsAccess,
        *,
        observer: Observer | None = None,
        make_client: ClientFactory | None = None,
        attempts_max: int = ATTEMPTS_MAX,
    ) -> None:
        """Reach AWS by `access`; `observer` hears of every call before it is made; `make_client(service, region)` stands in
        for boto3's own; a call is tried `attempts_max` times."""
        self._access = access
        self._config = Config(
            connect_timeout=5,
            read_timeout=60,
            max_pool_connections=32,
            tcp_keepalive=True,
            retries={"mode": "standard", "total_max_attempts": attempts_max},
        )
        self._observer = observer
        self._given_client = make_client
        self._make_client = make_client or self._boto3_client
        self._session: Session | None = None
        self._clients: dict[tuple[str, str], Any] = {}
        self._caller: Caller | None = None
        self._lock = Lock()

    def in_a_hurry(self, seconds_max: float) -> Aws:
        """Return the same AWS, each question waited for that long and asked once: for who cannot wait for a Region that may be gone."""
        hurried = Aws(self._access, observer=self._observer, make_client=self._given_client)
        hurried._config = Config(
            connect_timeout=min(2, seconds_max),
            read_timeout=seconds_max,
            max_pool_connections=32,
            retries={"mode": "standard", "total_max_attempts": 1},
        )
        return hurried

    @overload
    def client(self, service: Literal["cloudformation"], region: str) -> CloudFormationClient: ...
    @overload
    def client(self, service: Literal["cloudwatch", "organizations", "route53", "synthetics"], region: str) -> Any: ...
    @overload
    def client(self, service: Literal["dynamodb"], region: str) -> DynamoDBClient: ...
    @overload
    def client(self, service: Literal["lambda"], region: str) -> LambdaClient: ...
    @overload
    def client(self, service: Literal["s3"], region: str) -> S3Client: ...
    @overload
    def client(self, service: Literal["secretsmanager"], region: str) -> SecretsManagerClient: ...
    @overload
    def client(self, service: Literal["sts"], region: str) -> STSClient: ...
    def client(self, service: str, region: str) -> Any:
        """Return the client of `service` in `region`, made once. Raises AwsRefused when none can be made."""
        with self._lock:
            if (service, region) not in self._clients:
                with asking(service, "CreateClient", region):
                    self._clients[service, region] = self._make_client(service, region)
            return self._clients[service, region]

    def account_id(self, region: str) -> str:
        """Return the caller's twelve-digit account, as STS in `region` tells it. Raises AwsRefused."""
        return self.caller(region).account_id

    def caller(self, region: str) -> Caller:
        """Return who the credentials belong to, as STS in `region` tells it, asked once: they are renewed, never exchanged.

        Raises AwsRefused.
        """
        if self._caller is None:
            with asking("sts", "GetCallerIdentity", region):
                identity = self.client("sts", region).get_caller_identity()
            self._caller = Caller(account_id=identity["Account"], arn=identity["Arn"])
        return self._caller

    def _boto3_client(self, service: str, region: str) -> Any:
        access = self._access
        if self._session is None:
            self._session = Session(
                aws_access_key_id=access.access_key_id,
                aws_secret_access_key=access.secret_access_key,
                aws_session_token=access.session_token,
                profile_name=access.profile,
            )
        client = self._session.client(
            service,  # type: ignore[call-overload]
            region_name=region,
            endpoint_url=access.endpoint_url,
            verify=access.ca_bundle,
            config=self._config,
        )
        client.meta.events.register("before-call.*.*", self._observed(region))
        if access.organizational_units:
            client.meta.events.register("provide-client-params.cloudformation.*", in_units(access.organizational_units))
        return client

    def _observed(self, region: str) -> Callable[..., None]:
        """Return a botocore event handler that tells the observer of each call made in `region`."""

        def tell(model: Any, **_: Any) -> None:
            if self._observer is not None:
                self._observer(
                    AwsCall(
                        service=model.service_model.service_name,
                        operation=model.name,
                        region=region,
                        mutating=not model.name.startswith(_READING),
                    )
                )

        return tell
