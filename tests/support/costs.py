"""Builders of bills: of rendered systems, and of stacks made by hand from a few resources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deployer.cli.cost import bill_of
from deployer.costing.assumptions import Assumptions
from deployer.costing.bill import Bill, make_bill
from deployer.costing.deployed import DeployedStack, Resource, deployed_stacks
from deployer.costing.prices import PRICES
from deployer.params.model import Environment
from deployer.planning.template_text import read_template
from deployer.planning.template_values import with_values
from deployer.rendering.render import render_system
from deployer.rendering.rendered import RenderedSystem

PRIMARY, SECONDARY = "us-east-1", "us-east-2"


def rendered(environment: Environment, project: Path) -> RenderedSystem:
    """Return an environment's templates, from `tests.support.rendering.a_project`: a bill looks at no function."""
    return render_system(environment, source=project, build=project / "build")


def stacks_of(environment: Environment, system: RenderedSystem) -> tuple[DeployedStack, ...]:
    """Return the stacks that a system becomes."""
    return deployed_stacks(environment, system, lambda body, values: with_values(read_template(body), values)["Resources"])


def bill_of_environment(environment: Environment, project: Path, payments_count: int = 1_000_000) -> Bill:
    """Return the bill of an environment as the command makes it."""
    return bill_of(environment, rendered(environment, project), payments_count)


def a_stack(*resources: Resource, region: str = PRIMARY, copies: int = 1, is_spare: bool = False) -> DeployedStack:
    """Return a regional stack of these resources."""
    return DeployedStack(kind="regional", region=region, copies=copies, is_spare=is_spare, resources=resources)


def a_resource(logical_id: str, type_: str, **properties: Any) -> Resource:
    """Return a resource."""
    return Resource(logical_id=logical_id, type=type_, properties=properties)


def a_bill(*stacks: DeployedStack, payments_count: int = 1_000_000, **assumed: float) -> Bill:
    """Return the bill of stacks; payments go to us-east-1."""
    return make_bill(stacks, primary=PRIMARY, payments_count=payments_count, prices=PRICES, assumed=Assumptions(**assumed))


def an_endpoint(zones: int = 2, kind: str = "Interface") -> Resource:
    """Return an endpoint of Secrets Manager in so many zones."""
    service = {"Fn::Sub": "com.amazonaws.${AWS::Region}.secretsmanager"}
    return a_resource("SecretsmanagerEndpoint", "AWS::EC2::VPCEndpoint", VpcEndpointType=kind, SubnetIds=["a"] * zones, ServiceName=service)


def a_canary(minutes: int = 5, package: str = "payment_path", target: str = PRIMARY) -> Resource:
    """Return a canary that asks a Region so often."""
    return a_resource(
        "OwnCanary",
        "AWS::Synthetics::Canary",
        Schedule={"Expression": f"rate({minutes} minute{'s' if minutes > 1 else ''})"},
        Code={"Handler": f"{package}.handler"},
        RunConfig={"MemoryInMB": 960, "EnvironmentVariables": {"TARGET_REGION": target}},
        SuccessRetentionPeriod="31",
    )


def a_check(region: str = PRIMARY, path: str = "/health", **config: Any) -> Resource:
    """Return a health check of a Region over HTTPS."""
    name = {"Fn::Sub": f"{region}.api.pay.example.test"}
    fields = {"Type": "HTTPS", "FullyQualifiedDomainName": name, "ResourcePath": path, "RequestInterval": "10"} | config
    return a_resource("HealthCheck", "AWS::Route53::HealthCheck", HealthCheckConfig=fields)


def an_api() -> Resource:
    """Return a REST API."""
    return a_resource("RestApi", "AWS::ApiGateway::RestApi")


def a_function(name: str = "PaymentFunction", **properties: Any) -> Resource:
    """Return a function on arm64 of 256 MB."""
    return a_resource(name, "AWS::Lambda::Function", **{"MemorySize": "256", "Architectures": ["arm64"]} | properties)


def a_table(*regions: str, **properties: Any) -> Resource:
    """Return a global table with recovery on every replica."""
    recovery = {"PointInTimeRecoveryEnabled": True}
    replicas = [{"Region": region, "PointInTimeRecoverySpecification": recovery} for region in regions or (PRIMARY, SECONDARY)]
    fields = {"BillingMode": "PAY_PER_REQUEST", "Replicas": replicas} | properties
    return a_resource("PaymentsTable", "AWS::DynamoDB::GlobalTable", **fields)


def amounts(bill: Bill, price: str) -> dict[tuple[str, str], tuple[float, float]]:
    """Return {(Region, what): (idle, per million)} of the lines with this price."""
    wanted = PRICES[price]
    return {(line.region, line.what): (line.amount.idle, line.amount.per_million) for line in bill.lines if line.price is wanted}
