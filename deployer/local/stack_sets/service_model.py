"""CloudFormation's API as botocore models it: what every call takes and answers, and how it fails.

The wire follows this model and nothing written by hand, so an SDK cannot tell the difference.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from botocore.loaders import create_loader
from botocore.model import OperationModel, ServiceModel, StructureShape

# The API reference gives these without declaring them per call [CommonErrors].
_COMMON_STATUS: Final = {"ValidationError": 400, "InsufficientCapabilitiesException": 400, "AccessDenied": 403}


@cache
def service_model() -> ServiceModel:
    """Return the model of CloudFormation that the installed botocore ships."""
    return ServiceModel(create_loader().load_service_model("cloudformation", "service-2"), "cloudformation")


def operation_model(name: str) -> OperationModel:
    """Return the model of one call, such as `CreateStackSet`; raises botocore's OperationNotFoundError."""
    return service_model().operation_model(name)


def input_shape(name: str) -> StructureShape:
    """Return what the call takes."""
    shape = operation_model(name).input_shape
    if shape is None:
        raise LookupError(f"The model lets {name} take nothing")
    return shape


def error_status(operation: OperationModel, code: str) -> int:
    """Return the HTTP status of an error of this call by the model's error traits (F4.8).

    Raises LookupError for an error that the call does not declare: an SDK would not know it either.
    """
    for shape in operation.error_shapes:
        trait = shape.metadata.get("error", {})
        if trait.get("code") == code:
            return int(trait["httpStatusCode"])
    if code in _COMMON_STATUS:
        return _COMMON_STATUS[code]
    raise LookupError(f"{operation.name} does not declare {code}")
