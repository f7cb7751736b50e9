"""REST APIs as API Gateway runs them: imported whole, updated in place, checked, answered and logged as their definition says."""

from __future__ import annotations

from deployer.local import attach, attach_api_gateway, attach_rest_api_calls, attach_rest_api_deployments, attach_rest_api_import


def register() -> None:
    """Amend MiniStack's REST APIs; to be called before any other change of `AWS::ApiGateway::RestApi`."""
    attach.verify(attach_rest_api_import.SEAMS)
    attach.verify(attach_rest_api_calls.SEAMS)
    attach.verify(attach_rest_api_deployments.SEAMS)
    attach_rest_api_import.import_operations_whole()
    attach_rest_api_import.import_bodies_whole()
    attach_rest_api_import.update_bodies_in_place()
    attach_api_gateway.tell_functions_of_repeated_headers()
    attach_rest_api_calls.note_the_way_in()
    attach_rest_api_calls.note_the_function()
    attach_rest_api_calls.answer_as_declared()
    attach_rest_api_calls.answer_mocks_as_declared()
    attach_rest_api_calls.check_by_content_type()
    attach_rest_api_calls.read_throttles_by_path()
    attach_rest_api_deployments.answer_from_deployments()
    attach_rest_api_calls.follow_calls()
    attach.amend_resource_type("AWS::ApiGateway::Stage", attach_rest_api_import.settle_stage)
