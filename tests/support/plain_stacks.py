"""The three bodies applied as plain stacks, without a StackSet or a plan: what the templates do by themselves."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import Any

from deployer.params.model import Environment
from deployer.rendering.rendered import RenderedSystem, RenderedTemplate
from deployer.rendering.stack_parameters import HEALTH_CHECK_IDS
from deployer.vocabulary.names import name_of
from deployer.vocabulary.values import OutputOf
from tests.support.embedded import EmbeddedAws

STACK_SECONDS_MAX = 240.0


@dataclass(kw_only=True)
class PlainStacks:
    """One environment on an embedded AWS; `outputs` maps (stack as parameters call it, Region) to a stack's outputs."""

    aws: EmbeddedAws
    environment: Environment
    system: RenderedSystem
    outputs: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    def apply_all(self) -> None:
        """Apply bootstrap, packages, both Regions prepared, the global stack, and both Regions live; asserts each completes."""
        order = self.environment.rollout_order
        for region in order:
            self.apply(self.system.bootstrap, self._name("bootstrap stack"), region)
            self._upload_packages(region)
        for region in order:
            self.apply(self.system.regional, self._name("stack set"), region, Activation="Prepared", **dict.fromkeys(HEALTH_CHECK_IDS, ""))
        self.apply(self.system.global_, self._name("global stack"), order[0])
        for region in order:
            self.apply(self.system.regional, self._name("stack set"), region)

    def apply(self, template: RenderedTemplate, stack: str, region: str, **values: str) -> None:
        """Create or update one stack and wait for it; `values` replace parameters; fails with the resources that failed."""
        cloudformation = self.aws.clients("cloudformation", region)
        exists = (stack, region) in self.outputs
        change = cloudformation.update_stack if exists else cloudformation.create_stack
        change(
            StackName=stack,
            Parameters=[
                {"ParameterKey": one.name, "ParameterValue": values[one.name] if one.name in values else self._value(one.value)}
                for one in template.parameters
            ],
            Capabilities=["CAPABILITY_NAMED_IAM"],
            **self._body(template, region),
        )
        found = self._settled(cloudformation, stack)
        assert found["StackStatus"] == ("UPDATE_COMPLETE" if exists else "CREATE_COMPLETE"), _failures(cloudformation, stack)
        self.outputs[stack, region] = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}

    def api_key(self, region: str) -> str:
        """Return the secret's text in one Region."""
        secret = name_of("secret", suffix=self.environment.suffix)
        return str(self.aws.clients("secretsmanager", region).get_secret_value(SecretId=secret)["SecretString"])

    def ask(
        self, region: str, method: str, path: str, *, host: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        """Speak HTTPS to a Region's edge by a name, the local CA trusted; return status, headers and body."""
        address, port = self.aws.state.edges[region].rsplit(":", 1)
        trust = ssl.create_default_context(cafile=self.aws.state.ca_bundle)
        connection = http.client.HTTPSConnection(host)
        plain = socket.create_connection((address, int(port)), timeout=30)
        connection.sock = trust.wrap_socket(plain, server_hostname=host)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def _name(self, kind: str) -> str:
        return name_of(kind, suffix=self.environment.suffix)

    def _bucket(self, region: str) -> str:
        return name_of("artifact bucket", suffix=self.environment.suffix, account_id=self.aws.state.account_id, region=region)

    def _upload_packages(self, region: str) -> None:
        s3 = self.aws.clients("s3", region)
        for package in self.system.packages:
            s3.put_object(Bucket=self._bucket(region), Key=package.key, Body=package.path.read_bytes())

    def _body(self, template: RenderedTemplate, region: str) -> dict[str, str]:
        if template.kind != "regional":
            return {"TemplateBody": template.body}
        key = f"templates/{template.digest}.yaml"
        self.aws.clients("s3", region).put_object(Bucket=self._bucket(region), Key=key, Body=template.body.encode())
        return {"TemplateURL": f"https://s3.{region}.amazonaws.com/{self._bucket(region)}/{key}"}

    def _value(self, value: str | OutputOf) -> str:
        return self.outputs[value.stack_name, value.region][value.output] if isinstance(value, OutputOf) else value

    def _settled(self, cloudformation: Any, stack: str) -> Any:
        until = time.monotonic() + STACK_SECONDS_MAX
        while True:
            found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
            if not found["StackStatus"].endswith("IN_PROGRESS") or time.monotonic() > until:
                return found
            time.sleep(0.05)


def _failures(cloudformation: Any, stack: str) -> list[str]:
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return [f"{one['LogicalResourceId']}: {one.get('ResourceStatusReason')}" for one in events if "FAILED" in one["ResourceStatus"]]
