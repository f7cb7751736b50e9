"""Loading a parameter file: sound ones come back whole, and every mistake in others is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.params.load import load_environment
from tests.support.parameter_files import ABSENT, mistakes_in, refusal, sentences_in, values, write

PARAMETER_FILES = sorted(Path("params").glob("*.yaml"))


@pytest.mark.parametrize("path", PARAMETER_FILES, ids=lambda path: path.name)
def test_every_parameter_file_of_the_project_is_sound(path: Path) -> None:
    """What the README names can be rolled out."""
    environment = load_environment(path)

    assert environment.suffix


def test_wrong_key_overlapping_blocks_long_suffix_and_missing_email_are_told_in_one_run(tmp_path: Path) -> None:
    """The worst file still needs one look: also what stands under a misspelt name is checked."""
    text = """\
target: local
suffix: a-suffix-that-no-bucket-name-has-room-for
regoins:
  - {name: us-east-1, role: primary, vpc_cidr: 10.0.0.0/16}
  - {name: us-east-2, role: secondary, vpc_cidr: 10.0.4.0/24}
zone: {name: pay.example.test}
notifications: {}
tags: {owner: payments, cost_centre: cc-1}
"""

    told = [str(mistake) for mistake in mistakes_in(tmp_path, text)]

    place = tmp_path / "test.yaml"
    assert len(told) == 4
    assert told[0].startswith(f"{place}:2: suffix: ")
    assert told[1] == f"{place}:3: regoins is unknown; did you mean regions?"
    assert told[2] == f"{place}:5: regions.1.vpc_cidr: 10.0.4.0/24 overlaps 10.0.0.0/16; the two VPCs need blocks of their own"
    assert told[3].startswith(f"{place}:7: notifications.email is missing: Address that alarm topics")


def test_missing_field_is_placed_at_its_parent(tmp_path: Path) -> None:
    """A reader looks where the line has to be added; at the top that is line 1."""
    document = values(notifications=ABSENT, zone__name=ABSENT, zone__hosted_zone_id="Z1")

    places = {mistake.sentence.split(" ")[0]: mistake.place for mistake in mistakes_in(tmp_path, document)}

    text = (tmp_path / "test.yaml").read_text().splitlines()
    assert places["notifications"].endswith("test.yaml:1")
    assert places["zone.name"].endswith(f":{text.index('zone:') + 1}")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"account_id": 111122223333}, "write it in quotes: '111122223333'", id="account as a number"),
        pytest.param({"suffix": True}, "suffix has to be text, but YAML reads true as true or false", id="suffix as a truth"),
        pytest.param({"suffix": None}, "suffix is empty, but has to be text", id="nothing after the colon"),
        pytest.param({"target": "cloud"}, "target is cloud, but has to be local or aws", id="unknown choice"),
        pytest.param({"api__burst_requests_max": 0}, "api.burst_requests_max is 0, but has to be 1 or more", id="too small"),
        pytest.param({"api__burst_requests_max": "10"}, "is 10, but has to be a whole number", id="number in quotes"),
        pytest.param({"api__burst_requests_max": 1.5}, "is 1.5, but has to be a whole number", id="fraction"),
        pytest.param({"retention__logs_days": True}, "logs_days is true, but has to be 1, 3", id="truth for a number"),
        pytest.param({"network": "yes"}, "network is yes, but has to be a group of fields", id="value for a group"),
        pytest.param({"zone": ["a"]}, "zone is a list of 1, but has to be a group of fields", id="list for a group"),
        pytest.param({"regions": {"name": "us-east-1"}}, "regions is a group of fields, but has to be a list", id="group for a list"),
        pytest.param({"regions": []}, "regions is a list of 0, but has to be a list of at least 2", id="empty list"),
        pytest.param({"tags__owner": ""}, "tags.owner is empty, but has to be at least 1 characters long", id="empty text"),
        pytest.param({"zone__name": "Nope"}, "zone.name is Nope, but has to be of the form", id="pattern"),
        pytest.param({"table__deletion_protection": "no"}, "has to be true or false", id="text for a truth"),
        pytest.param({"rollout__poll_seconds": float("nan")}, "rollout.poll_seconds is .nan, but has to be", id="not a number"),
    ],
)
def test_wrong_value_is_told_in_words(tmp_path: Path, changes: dict[str, object], sentence: str) -> None:
    """The sentence says the field, what stands there and what has to."""
    told = sentences_in(tmp_path, values(**changes))

    assert sentence in told
    assert "Input should" not in told


def test_unsound_item_of_a_list_is_told_alone_and_the_rest_still_checked(tmp_path: Path) -> None:
    """A role that is no role does not make the list too short, nor hide what the blocks do."""
    told = sentences_in(tmp_path, values(regions__0__role="first", regions__1__vpc_cidr="10.0.9.0/24")).splitlines()

    assert [sentence.split(" ")[0].rstrip(":") for sentence in told] == ["regions.0.role", "regions.1.vpc_cidr"]


def test_number_with_leading_zero_is_shown_as_it_was_written(tmp_path: Path) -> None:
    """YAML would make 012345670123 an octal number; the person sees their own digits."""
    told = sentences_in(tmp_path, "account_id: 012345670123\n")

    assert "write it in quotes: '012345670123'" in told


def test_duplicate_key_is_refused_with_both_lines(tmp_path: Path) -> None:
    """Libraries let the last one win; here neither does."""
    told = [str(one) for one in mistakes_in(tmp_path, "target: local\nsuffix: one\nsuffix: two\n")]

    assert f"{tmp_path / 'test.yaml'}:3: suffix is given twice; the first is on line 2" in told


def test_anchors_aliases_and_merge_keys_work(tmp_path: Path) -> None:
    """What YAML offers against repetition is allowed, and overriding a merged key is no duplicate."""
    text = """\
target: local
suffix: test
regions:
  - &first {name: us-east-1, role: primary, vpc_cidr: 10.0.0.0/16}
  - {<<: *first, name: us-east-2, role: secondary, vpc_cidr: 10.1.0.0/16}
zone: {name: pay.example.test}
notifications: {email: oncall@example.com}
tags: {owner: &team payments, cost_centre: *team}
functions:
  payment: &size {memory_megabytes: 512, timeout_seconds: 5}
  health: &quick {<<: *size, timeout_seconds: 1}
  authorizer: *quick
"""

    environment = load_environment(write(tmp_path, text))

    assert environment.secondary.name == "us-east-2"
    assert environment.tags.cost_centre == "payments"
    assert environment.functions.authorizer.model_dump() == environment.functions.health.model_dump()
    assert environment.functions.health.memory_megabytes == 512
    assert environment.functions.health.timeout_seconds == 1


@pytest.mark.parametrize(
    ("content", "line", "sentence"),
    [
        pytest.param("", 1, "the file is empty", id="empty"),
        pytest.param("# nothing yet\n", 1, "the file is empty", id="only a comment"),
        pytest.param("- a\n- b\n", 1, "the file does not hold fields", id="a list"),
        pytest.param("just text\n", 1, "the file does not hold fields", id="text"),
        pytest.param("target: local\nsuffix: [a\nzone: b\n", 3, "this is no YAML", id="syntax"),
        pytest.param("target: local\n\tsuffix: a\n", 2, "this is no YAML", id="tab"),
        pytest.param("a: 1\n---\nb: 2\n", 2, "this is no YAML", id="two documents"),
        pytest.param("a: *nowhere\n", 1, "this is no YAML", id="unknown alias"),
        pytest.param("a: 1\nb: \x00\n", 2, "this is no YAML: the character", id="control character"),
        pytest.param(b"target: local\nsuffix: caf\xe9\n", 2, "this line is not UTF-8", id="latin-1"),
        pytest.param("a: &a [*a]\n", 1, "this anchor contains itself", id="endless alias"),
        pytest.param("a: " + "[" * 5000, 1, "nested too deeply", id="deep"),
    ],
)
def test_file_that_is_no_mapping_is_refused_with_its_line(tmp_path: Path, content: str | bytes, line: int, sentence: str) -> None:
    """Nothing more can be checked there, so this is the only mistake told."""
    [mistake] = mistakes_in(tmp_path, content)

    assert mistake.place.endswith(f"test.yaml:{line}")
    assert sentence in mistake.sentence


def test_aliases_that_multiply_are_refused(tmp_path: Path) -> None:
    """A short file can describe billions of values; reading stops long before."""
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    [mistake] = mistakes_in(tmp_path, "\n".join(layers))

    assert "aliases make more than" in mistake.sentence


def test_tagged_value_is_no_plain_value(tmp_path: Path) -> None:
    """A parameter file is data; CloudFormation's and Python's tags mean nothing in it."""
    told = sentences_in(tmp_path, "suffix: !Ref Name\n")

    assert "suffix holds !Ref 'Name', which is no plain value" in told


def test_missing_file_names_the_nearest_one(tmp_path: Path) -> None:
    """A slip in a file's name is like one in a field's."""
    write(tmp_path, values(), "staging.yaml")

    refused = refusal(tmp_path / "stagign.yaml")

    assert refused.mistakes[0].nearest == "staging.yaml"
    assert "staging.yaml" in refused.hint


def test_folder_is_refused_with_the_files_in_it(tmp_path: Path) -> None:
    """`deployer plan params` names what could have been meant."""
    write(tmp_path, values(), "local.yaml")

    refused = refusal(tmp_path)

    assert "is a folder" in refused.summary
    assert "local.yaml" in refused.hint


def test_refusal_ends_with_the_exit_code_of_bad_input(tmp_path: Path) -> None:
    """Scripts tell bad input from a failed roll-out."""
    refused = refusal(write(tmp_path, values(target="cloud")))

    assert refused.exit_code == 2
    assert refused.summary.endswith("has one mistake")
