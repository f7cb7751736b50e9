"""CloudWatch Synthetics in the embedded AWS: canaries of Python that really run, each as a function of its own.

`canary` is what is known of one, `schedule` when it runs, `engine` the function it runs as and `runtime` what runs inside it; `operations`
are what one may do to canaries, through `api` or a template's `resource_type`; `runs` lets them run.
"""

from __future__ import annotations

from deployer.local import attach, attach_synthetics
from deployer.local.synthetics.api import handle


def register() -> None:
    """Serve Synthetics' API at the endpoint; to be called once, before the first request."""
    attach.verify(attach_synthetics.SEAMS)
    attach_synthetics.serve_api(handle)
    attach_synthetics.keep_log_groups_the_roles_business()
