"""Writes answers and errors of AWS's query protocol as XML, led by botocore's model of the call.

Members that are None or that the model does not know are left out; empty lists are written, as AWS does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4
from xml.etree.ElementTree import Element, SubElement, tostring

from botocore.model import ListShape, OperationModel, Shape, StructureShape

from deployer.local.stack_sets.refusals import Refused
from deployer.local.stack_sets.service_model import error_status, service_model

Answer = tuple[int, dict[str, str], bytes]

_HEADERS: Final = {"Content-Type": "text/xml"}


def write_answer(operation: OperationModel, result: Mapping[str, Any]) -> Answer:
    """Return (200, headers, body) for the members of the call's result."""
    root = Element(f"{operation.name}Response", xmlns=_namespace())
    shape = operation.output_shape
    if isinstance(shape, StructureShape):
        _structure(shape, SubElement(root, shape.serialization["resultWrapper"]), result)
    SubElement(SubElement(root, "ResponseMetadata"), "RequestId").text = str(uuid4())
    return 200, dict(_HEADERS), tostring(root, encoding="utf-8")


def write_refusal(operation: OperationModel, refused: Refused) -> Answer:
    """Return (status, headers, body) for an error, with the HTTP status of the model's error trait."""
    root = Element("ErrorResponse", xmlns=_namespace())
    error = SubElement(root, "Error")
    for name, text in (("Type", "Sender"), ("Code", refused.code), ("Message", refused.message)):
        SubElement(error, name).text = text
    SubElement(root, "RequestId").text = str(uuid4())
    return error_status(operation, refused.code), dict(_HEADERS), tostring(root, encoding="utf-8")


def _namespace() -> str:
    return str(service_model().metadata["xmlNamespace"])


def _write(shape: Shape, element: Element, value: Any) -> None:
    if isinstance(shape, StructureShape):
        _structure(shape, element, value)
    elif isinstance(shape, ListShape):
        for member in value:
            _write(shape.member, SubElement(element, "member"), member)
    else:
        element.text = _text(value)


def _structure(shape: StructureShape, element: Element, value: Mapping[str, Any]) -> None:
    for name, member in shape.members.items():
        if value.get(name) is not None:
            _write(member, SubElement(element, name), value[name])


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return str(value)
