"""`rehearse`: an AWS of its own, rolled out and drilled there, and gone afterwards, however it ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deployer.cli.rehearsal_rooms import RehearsalRooms, left_out, rehearsed
from deployer.params.load import load_environment
from deployer.vocabulary.errors import RolloutFailed
from tests.support.command_line import CommandLine, FakeRooms
from tests.support.drill_records import PRIMARY, a_record, without_item
from tests.support.parameter_files import values, write
from tests.support.plans import a_plan, added
from tests.support.surveys import an_environment
from tests.unit.cli.test_drill import DrillRooms, prepare

NOTHING_TO_DO = a_plan()


class StageRooms(DrillRooms):
    """A rehearsal's rooms: the first plan has steps, the next ones what `again` says."""

    def __init__(self, again: Any = NOTHING_TO_DO, **more: Any) -> None:
        """Begin with nothing rolled out."""
        super().__init__(**more)
        self.plans = [self.plan, again]

    def plan_rollout(self, environment: Any, system: Any, survey: Any, *, without_undo: bool = False) -> Any:
        """Return the next plan."""
        return self.plans.pop(0) if len(self.plans) > 1 else self.plans[0]

    def stop_embedded(self) -> bool:
        """Keep that it was stopped."""
        self.asked.append("stop")
        return super().stop_embedded()


class HouseRooms(FakeRooms):
    """The rooms of the command line itself, which lead to a prepared rehearsal."""

    def __init__(self, stage: StageRooms, **more: Any) -> None:
        """Hand out `stage`."""
        super().__init__(**more)
        self.stage, self.time_scales = stage, []  # type: ignore[var-annotated]

    def rehearsal(self, time_scale: float) -> StageRooms:
        """Return the prepared rooms."""
        self.time_scales.append(time_scale)
        return self.stage

    def read_plan(self, path: Path) -> Any:
        """Return a plan that carries no template of today."""
        return a_plan()


def to_do() -> Any:
    """Return a plan that creates something."""
    from tests.support.plans import a_bootstrap

    return a_plan(a_bootstrap(changes=added("Role")))


def test_a_rehearsal_rolls_out_drills_and_takes_down_an_aws_of_its_own(deployer: CommandLine) -> None:
    """The house's own AWS is not asked at all, embedded or real."""
    stage = StageRooms(plan=to_do())
    house = HouseRooms(stage)

    ended = deployer.run("rehearse", prepare(deployer, "primary-black-hole"), "--time-scale", 5, rooms=house)

    assert ended.exit_code == 0
    assert (house.asked, house.time_scales) == ([], [5.0])
    assert stage.asked.index("perform") < stage.asked.index("stop") == len(stage.asked) - 1
    assert stage.drilled == ["primary-black-hole"]
    assert (deployer.folder / "build" / "local" / "rehearsal" / "primary-black-hole" / "report.html").exists()


def test_every_scenario_is_drilled_on_the_same_system(deployer: CommandLine) -> None:
    """One roll-out, all drills, and down."""
    stage = StageRooms(plan=to_do())

    ended = deployer.run("rehearse", prepare(deployer, "one", "two"), "--every-scenario", rooms=HouseRooms(stage))

    assert ended.exit_code == 0
    assert stage.drilled == ["one", "two"]
    assert stage.asked.count("perform") == stage.asked.count("stop") == 1


def test_a_lost_drill_is_exit_nine_and_still_takes_all_down(deployer: CommandLine) -> None:
    """The gate is shut."""
    stage = StageRooms(plan=to_do(), record=without_item(a_record(), 3, PRIMARY))

    ended = deployer.run("rehearse", prepare(deployer, "one"), "--scenario", "one", rooms=HouseRooms(stage))

    assert ended.exit_code == 9
    assert stage.asked[-1] == "stop"


def test_a_failed_roll_out_is_not_drilled_and_still_taken_down(deployer: CommandLine) -> None:
    """With the roll-out's own exit code."""
    stage = StageRooms(plan=to_do(), fails_with=RolloutFailed("Roll-out stopped in us-east-2"))

    ended = deployer.run("rehearse", prepare(deployer, "one"), "--scenario", "one", rooms=HouseRooms(stage))

    assert ended.exit_code == 4
    assert stage.drilled == []
    assert stage.asked[-1] == "stop"


def test_a_roll_out_that_would_change_something_again_is_refused(deployer: CommandLine) -> None:
    """On AWS it would never come to rest."""
    stage = StageRooms(again=to_do(), plan=to_do())

    ended = deployer.run("rehearse", prepare(deployer, "one"), "--scenario", "one", rooms=HouseRooms(stage))

    assert ended.exit_code != 0
    assert "not what was planned" in ended.stderr
    assert stage.drilled == []


def test_a_plan_with_other_templates_is_stale(deployer: CommandLine) -> None:
    """To rehearse something else proves nothing about it; nothing is started."""
    params = prepare(deployer, "one")
    house = HouseRooms(StageRooms(plan=to_do()))

    ended = deployer.run("rehearse", params, "--scenario", "one", "--plan", "plan.json", rooms=house)

    assert ended.exit_code == 2
    assert "is stale: bootstrap and regional and global are rendered otherwise" in ended.stderr
    assert house.time_scales == []


def test_a_real_environment_is_rehearsed_as_it_is_but_for_what_only_its_account_has(tmp_path: Path) -> None:
    """A backup that it has on AWS, it has in the rehearsal; ids of things elsewhere it cannot have, and they are named."""
    environment = load_environment(
        write(
            tmp_path,
            values(
                target="aws",
                zone__hosted_zone_id="Z0123456789ABC",
                security__permissions_boundary_arn="arn:aws:iam::111122223333:policy/edge",
            ),
        )
    )

    stage = rehearsed(environment)

    assert (stage.target, stage.is_backed_up, stage.zone.hosted_zone_id, stage.security.permissions_boundary_arn) == (
        "local",
        True,
        None,
        None,
    )
    assert left_out(environment) == ("zone.hosted_zone_id", "security.permissions_boundary_arn")
    assert left_out(an_environment()) == ()
    assert stage.model_copy(update={"target": "aws"}).failover == environment.failover
    assert (stage.rollout.gate_burn_in_seconds, stage.rollout.gate_sample_seconds) == (5.0, 1.0), "nobody waits for a burn-in of AWS"
    assert stage.rollout.gate_seconds_max == environment.rollout.gate_seconds_max


@pytest.mark.parametrize("scale", [0.5, 6])
def test_time_cannot_be_scaled_beyond_what_real_functions_can_follow(deployer: CommandLine, scale: float) -> None:
    """Handlers take the time that they take."""
    ended = deployer.run("rehearse", prepare(deployer, "one"), "--time-scale", scale)

    assert ended.exit_code == 2


def test_rehearsal_rooms_leave_no_folder_behind() -> None:
    """Also when nothing was ever started in them."""
    rooms = RehearsalRooms()
    folder = rooms._home

    assert folder.is_dir()
    assert not rooms.stop_embedded()
    assert not folder.exists()
