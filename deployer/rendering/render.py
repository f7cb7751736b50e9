"""From one Environment to the three bodies and every package: the whole of rendering, in order.

Promises byte-identical output for the same environment and sources, and that a mistake in a template leaves no body behind.
Reads `templates/`, `functions/` and `canaries/`, asks pip for the layer when its pins are new, and calls nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from re import sub
from typing import Any, Final

from deployer.params.model import Environment
from deployer.rendering.contract import Refusal, api_gateway_body, as_yaml
from deployer.rendering.dashboard import dashboard_body
from deployer.rendering.engine import render, strict_engine
from deployer.rendering.interface import parameter_groups, template_parameters
from deployer.rendering.layer import HOST, LAMBDA, shared_layer
from deployer.rendering.packages import canary_packages, function_packages, write_whole
from deployer.rendering.regions import gateway_prefix_lists_known, region_values
from deployer.rendering.rendered import Package, RenderedSystem, RenderedTemplate, TemplateKind
from deployer.rendering.stack_parameters import stack_parameters
from deployer.vocabulary.errors import DeployerError
from deployer.vocabulary.names import name_of, spare_audit_bucket

KINDS: Final[tuple[TemplateKind, ...]] = ("bootstrap", "regional", "global")


def render_system(environment: Environment, *, source: Path, build: Path) -> RenderedSystem:
    """Return the finished bodies and packages of one environment.

    `source` is the project's root, which holds `templates/`, `functions/` and `canaries/`; zips are written to `build/packages/`,
    and those that a body refers to are the system's packages; what Jinja compiled is kept in `build/compiled/`. Raises DeployerError
    naming the template and line, the missing function, or pip's last lines.
    """
    _require(source / "templates" / "contract" / "openapi.yaml", source / "functions" / "layer" / "requirements.txt")
    packages = _packages(environment, source=source, packages=build / "packages")
    bootstrap, regional, global_ = (_template(kind, environment, source=source, build=build, packages=packages) for kind in KINDS)
    # What no body deploys is not uploaded either.
    deployed = tuple(package for package in packages if any(package.key in one.body for one in (bootstrap, regional, global_)))
    return RenderedSystem(bootstrap=bootstrap, regional=regional, global_=global_, packages=deployed)


def write_templates(system: RenderedSystem, folder: Path) -> tuple[Path, ...]:
    """Write the bodies as `<folder>/{bootstrap,regional,global}.yaml` and return the paths."""
    written = []
    for template in (system.bootstrap, system.regional, system.global_):
        path = folder / f"{template.kind}.yaml"
        write_whole(path, template.body.encode())
        written.append(path)
    return tuple(written)


def template_data(kind: TemplateKind, environment: Environment, *, contract: str, package_keys: Mapping[str, str]) -> dict[str, Any]:
    """Return everything a template of this kind may use: the environment, names, package keys and the parameter interface."""
    parameters = template_parameters(kind, environment)
    return {
        "environment": environment,
        "kind": kind,
        "name": partial(name_of, suffix=environment.suffix),
        "parameters": parameters,
        "parameter_groups": parameter_groups(parameters),
        "region_values": region_values(environment),
        "code_account": (environment.account_id if environment.spares.are_elsewhere else None) or "${AWS::AccountId}",
        "spare_audit_bucket": spare_audit_bucket(environment.suffix, "${AWS::AccountId}", "${AWS::Region}"),
        "prefix_lists_known": gateway_prefix_lists_known(environment),
        "package_key": _package_key(package_keys),
        "settled": partial(_settled, {one.name: one.value for one in stack_parameters(kind, environment) if isinstance(one.value, str)}),
        "api_body": partial(_api_body, contract),
        "dashboard_body": partial(dashboard_body, environment),
        "deletion_policy": "Retain" if environment.retention.on_tear_down == "retain" else "Delete",
    }


def _require(*paths: Path) -> None:
    if missing := [str(path) for path in paths if not path.is_file()]:
        raise DeployerError(
            "This is not the root of the project",
            f"Not there: {', '.join(missing)}",
            "Run the command in the project's root, where functions/ and templates/ are.",
        )


def _template(
    kind: TemplateKind, environment: Environment, *, source: Path, build: Path, packages: tuple[Package, ...]
) -> RenderedTemplate:
    templates = source / "templates"
    contract = (templates / "contract" / "openapi.yaml").read_text(encoding="utf-8")
    keys = {package.name: package.key for package in packages}
    data = template_data(kind, environment, contract=contract, package_keys=keys)
    engine = strict_engine(templates, data, compiled=build / "compiled")
    body = render(engine, f"{kind}.yaml.j2")
    return RenderedTemplate(kind=kind, body=body, parameters=stack_parameters(kind, environment))


def _packages(environment: Environment, *, source: Path, packages: Path) -> tuple[Package, ...]:
    functions = source / "functions"
    layer = shared_layer(functions, runs_on=HOST if environment.target == "local" else LAMBDA, packages=packages)
    return (*function_packages(functions, packages=packages), layer, *canary_packages(source / "canaries", packages=packages))


def _package_key(keys: Mapping[str, str]) -> Callable[[str], str]:
    def package_key(name: str) -> str:
        if name not in keys:
            raise DeployerError(
                f"A template uses the package {name}, which neither functions/ nor canaries/ has",
                f"There are: {', '.join(sorted(keys))}",
                f"Add functions/{name}/handler.py or canaries/{name}.py, or correct the name in the template.",
            )
        return keys[name]

    return package_key


def _settled(values: Mapping[str, str], text: str) -> str:
    """Return the text with the value of every known parameter put in, so that its digest moves when one of them does."""
    return sub(r"!Ref (\w+)", lambda found: values.get(found[1], found[0]), text)


def _api_body(contract: str, *, functions: Mapping[str, str], authorizer: str, result_seconds: int, refusals: Sequence[Refusal]) -> str:
    body = api_gateway_body(contract, functions=functions, authorizer=authorizer, result_seconds=result_seconds, refusals=refusals)
    return as_yaml(body)
