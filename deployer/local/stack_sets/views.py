"""What the records look like in answers: members by AWS's names, None where AWS leaves one out."""

from __future__ import annotations

from typing import Any

from deployer.local.stack_sets.records import DriftCount, Operation, OperationResult, StackInstance, StackSet

View = dict[str, Any]


def stack_set_view(stack_set: StackSet) -> View:
    """Return the StackSet of DescribeStackSet; NoEcho values are masked."""
    return {
        **stack_set_summary(stack_set),
        "TemplateBody": stack_set.template.body,
        "Parameters": [
            {"ParameterKey": parameter.name, "ParameterValue": "****" if parameter.no_echo else value}
            for parameter in stack_set.template.parameters
            if (value := stack_set.parameters.get(parameter.name, parameter.default)) is not None
        ],
        "Capabilities": list(stack_set.capabilities),
        "Tags": [{"Key": key, "Value": value} for key, value in stack_set.tags],
        "StackSetARN": stack_set.arn,
        "AdministrationRoleARN": stack_set.administration_role_arn or None,
        "ExecutionRoleName": stack_set.execution_role_name or None,
        "StackSetDriftDetectionDetails": drift_view(stack_set.drift),
        "OrganizationalUnitIds": sorted({unit for unit, _ in stack_set.unit_targets}),
        "Regions": sorted({instance.region for instance in stack_set.instances.values()}),
    }


def stack_set_summary(stack_set: StackSet) -> View:
    """Return the stack set as ListStackSets shows it."""
    return {
        "StackSetName": stack_set.name,
        "StackSetId": stack_set.id,
        "Description": stack_set.description or None,
        "Status": stack_set.status,
        "PermissionModel": stack_set.permission_model,
        "AutoDeployment": {"Enabled": False} if stack_set.is_service_managed else None,
        "DriftStatus": stack_set.drift.drift_status,
        "LastDriftCheckTimestamp": stack_set.drift.checked_at,
        "ManagedExecution": {"Active": stack_set.managed_execution},
    }


def drift_view(drift: DriftCount) -> View:
    """Return StackSetDriftDetectionDetails; what is neither drifted, in sync nor failed is still being checked."""
    under_way = drift.total - drift.drifted - drift.in_sync - drift.failed
    return {
        "DriftStatus": drift.drift_status,
        "DriftDetectionStatus": drift.status or None,
        "LastDriftCheckTimestamp": drift.checked_at,
        "TotalStackInstancesCount": drift.total,
        "DriftedStackInstancesCount": drift.drifted,
        "InSyncStackInstancesCount": drift.in_sync,
        "InProgressStackInstancesCount": under_way if drift.status == "IN_PROGRESS" else 0,
        "FailedStackInstancesCount": drift.failed,
    }


def instance_summary(stack_set: StackSet, instance: StackInstance) -> View:
    """Return the instance as ListStackInstances shows it."""
    return {
        "StackSetId": stack_set.id,
        "Region": instance.region,
        "Account": instance.account,
        "StackId": instance.stack_id or None,
        "Status": instance.status,
        "StatusReason": instance.status_reason or None,
        "StackInstanceStatus": {"DetailedStatus": instance.detailed_status},
        "OrganizationalUnitId": instance.organizational_unit_id,
        "DriftStatus": instance.drift_status,
        "LastDriftCheckTimestamp": instance.drift_checked_at,
        "LastOperationId": instance.last_operation_id,
    }


def instance_view(stack_set: StackSet, instance: StackInstance) -> View:
    """Return the instance as DescribeStackInstance shows it: with its overrides, NoEcho values masked."""
    masked = {parameter.name for parameter in stack_set.template.parameters if parameter.no_echo}
    overrides = [
        {"ParameterKey": name, "ParameterValue": "****" if name in masked else value} for name, value in instance.overrides.items()
    ]
    return {**instance_summary(stack_set, instance), "ParameterOverrides": overrides}


def operation_view(stack_set: StackSet, operation: Operation) -> View:
    """Return the StackSetOperation of DescribeStackSetOperation."""
    return {
        **operation_summary(operation),
        "StackSetId": stack_set.id,
        "RetainStacks": operation.retain_stacks,
        "DeploymentTargets": dict(operation.targets) or None,
        "AdministrationRoleARN": operation.administration_role_arn or None,
        "ExecutionRoleName": operation.execution_role_name or None,
        "StackSetDriftDetectionDetails": None if operation.drift is None else drift_view(operation.drift),
    }


def operation_summary(operation: Operation) -> View:
    """Return the operation as ListStackSetOperations shows it."""
    return {
        "OperationId": operation.id,
        "Action": operation.action,
        "Status": operation.status,
        "CreationTimestamp": operation.created_at,
        "EndTimestamp": operation.ended_at,
        "StatusReason": operation.status_reason or None,
        "StatusDetails": {"FailedStackInstancesCount": operation.failed_count},
        "OperationPreferences": operation.preferences.as_reply(),
    }


def result_summary(result: OperationResult) -> View:
    """Return the result as ListStackSetOperationResults shows it; no account has a gate function here."""
    gate = f"arn:aws:lambda:{result.region}:{result.account}:function:AWSCloudFormationStackSetAccountGate"
    begun = result.status not in ("PENDING", "CANCELLED")
    return {
        "Account": result.account,
        "Region": result.region,
        "Status": result.status,
        "StatusReason": result.status_reason or None,
        "AccountGateResult": {"Status": "SKIPPED", "StatusReason": f"Function not found: {gate}"} if begun else None,
        "OrganizationalUnitId": result.organizational_unit_id,
    }
