"""What can be mended, as a table for a person and a record for a program."""

from __future__ import annotations

import io

from deployer.planning.mending import Mending
from deployer.planning.plan import Blocker
from deployer.reporting.mending_view import MendingView
from deployer.reporting.report import HumanReport
from tests.support.command_line import StillClock
from tests.support.mending import a_mend, a_mending


def drawn(mending: Mending) -> str:
    """Return what a person sees."""
    out = io.StringIO()
    HumanReport(clock=StillClock(), out=out, err=out).show(MendingView(mending=mending))
    return out.getvalue()


def test_each_stack_stands_beside_what_is_done_to_it() -> None:
    """And CloudFormation's own words for why it is so."""
    lines = drawn(a_mending(a_mend("continue the rollback of"), a_mend("delete", region="us-east-1"))).splitlines()

    first, second = (line for line in lines if line.startswith("payment-global-test"))
    assert "UPDATE_ROLLBACK_FAILED" in first
    assert "its rollback is continued" in first
    assert "why it is so" in first
    assert "us-east-1" in second
    assert "it is deleted: it was never finished" in second


def test_objection_is_shown_with_its_way_out() -> None:
    """Below the table, so that it is read last."""
    objection = Blocker(summary="It holds the ledger", hint="See what is in it.")

    assert drawn(a_mending(a_mend(), objections=(objection,))).splitlines()[-1] == "in the way: It holds the ledger. See what is in it."


def test_nothing_to_mend_is_one_line() -> None:
    """A record says the same to a program."""
    assert drawn(a_mending()) == "No stack of test is in a status that has to be mended.\n"
    assert MendingView(mending=a_mending()).record()["nothing_to_do"] is True
