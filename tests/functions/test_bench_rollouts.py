"""The roll-out benchmark's arithmetic, its counter, and what it hands to each tool: shapes, never figures."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
import yaml

from bench.markdown import DOCUMENT, marks
from bench.rollout.cdk_assembly import lay_out_assembly
from bench.rollout.contestants import BARE, CONTESTANTS, OURS
from bench.rollout.counter import counting, operation_of
from bench.rollout.desk import JOBS
from bench.rollout.document import NAME, OTHERS, rows, tables
from bench.rollout.figures import Figures, figures_of, goals
from bench.rollout.order import Awaited, Body, Order, Upload, order_text, read_order
from bench.rollout.rounds import gates_in
from bench.rollout.sceptre_project import lay_out_project
from bench.rollout.taken import Taken

REGIONS = ("us-east-2", "us-east-1")
AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=1/20261122/us-east-2/{}/aws4_request, SignedHeaders=host, Signature=0"


def a_taken(contestant: str = OURS.name, job: str = JOBS[0], *, seconds: float = 10.0, gate_seconds: float = 0.0) -> Taken:
    """Return what a job took."""
    return Taken(
        contestant=contestant, job=job, seconds=seconds, gate_seconds=gate_seconds, processor_seconds=1, requests=Counter({"s3.PUT": 2})
    )


def some_figures(**seconds: float) -> Figures:
    """Return figures in which each contestant takes 10 s for everything, or what is given by its name with underscores."""
    return figures_of(
        [a_taken(one.name, job, seconds=seconds.get(one.name.replace(" ", "_"), 10.0)) for one in CONTESTANTS for job in JOBS]
    )


def judged(figures: Figures) -> list[bool]:
    """Return whether each goal is met, in order: the fastest tool, and near the bare operations, for each job."""
    return [goal.met for goal in goals(figures, ours=OURS.name, bare=BARE.name, others=OTHERS, jobs=JOBS)]


def an_order(folder: Path) -> Order:
    """Return an order with a template of one parameter each, below `folder`."""
    bodies = {}
    for name in ("bootstrap", "regional", "global"):
        (folder / f"{name}.yaml").write_text("Resources: {A: {Type: 'AWS::SNS::Topic', Properties: {TopicName: !Ref Name}}}\n", "utf-8")
        bodies[name] = Body(name=name, template=str(folder / f"{name}.yaml"), known=(("Name", "x"),), awaited=())
    awaited = (
        Awaited(name="Zone", body="bootstrap", region=REGIONS[0], output="ZoneId"),
        Awaited(name="Check", body="global", region=REGIONS[0], output="CheckId"),
    )
    (folder / "one.zip").write_bytes(b"one")
    return Order(
        suffix="x",
        account_id="111122223333",
        home_region=REGIONS[0],
        regions=REGIONS,
        tags=(("owner", "payments"),),
        bootstrap=bodies["bootstrap"],
        regional=Body(
            name="regional", template=bodies["regional"].template, known=(("Activation", "Live"), ("Name", "x")), awaited=awaited
        ),
        global_=bodies["global"],
        stack_set="payment-regional-x",
        administration_role_arn="arn:aws:iam::111122223333:role/administration",
        execution_role_name="execution",
        buckets=tuple((region, f"artifacts-{region}") for region in REGIONS),
        uploads=(Upload(path=str(folder / "one.zip"), key="functions/payment/one.zip"),),
    )


def test_the_document_has_a_place_for_the_tables() -> None:
    """The command writes between two marks, once."""
    begin, end = marks(NAME)
    document = DOCUMENT.read_text("utf-8")

    assert (document.count(begin), document.count(end)) == (1, 1)


def test_the_documents_tables_have_the_rows_the_command_writes() -> None:
    """A contestant or a job that was added or renamed is in the document."""
    begin, end = marks(NAME)
    written = DOCUMENT.read_text("utf-8").partition(begin)[2].partition(end)[0]

    named = {tuple(line.split(" | ")[:2]) for line in written.splitlines() if line.removeprefix("| ").startswith(JOBS)}
    assert {(f"| {job}", one.name) for job in JOBS for one in CONTESTANTS} <= named
    assert all(one.cannot in written for one in CONTESTANTS)


def test_every_contestant_has_a_row_for_every_job_the_fastest_first() -> None:
    """Beside it how often the bare operations go into it."""
    found = rows(some_figures(bare_operations=5.0, Sceptre=20.0))

    assert len(found) == len(JOBS) * len(CONTESTANTS)
    assert found[0][:3] == (JOBS[0], BARE.name, "5.0")
    assert [row[4] for row in found if row[1] == "Sceptre"] == ["4.00"] * len(JOBS)


def test_goals_are_met_by_the_fastest_that_is_near_the_bare_operations() -> None:
    """Both, for each job."""
    assert judged(some_figures(this_deployer=10.9)) == [False, True] * len(JOBS)
    assert judged(some_figures(this_deployer=9.0, bare_operations=8.0)) == [True, False] * len(JOBS)
    assert all(judged(some_figures(this_deployer=9.0, bare_operations=8.9)))


def test_gates_are_told_apart() -> None:
    """What a person asked to wait for is nobody's slowness; it is in a column of its own."""
    figures = figures_of([a_taken(seconds=10, gate_seconds=3), a_taken(seconds=20, gate_seconds=4), a_taken(seconds=12, gate_seconds=3)])

    figure = figures[OURS.name, JOBS[0]]
    assert (figure.seconds, figure.seconds_least, figure.seconds_most, figure.gate_seconds) == (9, 7, 16, 3)


def test_gates_are_read_from_the_events_of_the_roll_out() -> None:
    """Steps of other phases are none."""
    ended = [("gate", 2.0), ("regional", 9.0), ("gate", 1.5)]

    events = [{"event": "step_ended", "phase": phase, "took_seconds": seconds} for phase, seconds in ended]
    assert gates_in([{"event": "step_started", "phase": "gate"}, *events]) == 3.5


def test_tables_say_what_each_leaves_out() -> None:
    """Nobody is compared without it."""
    text = tables(some_figures(), about="Measured.")

    assert text.startswith("Measured.")
    assert all(one.cannot in text for one in CONTESTANTS)


@pytest.mark.parametrize(
    ("head", "body", "operation"),
    [
        pytest.param(b"POST / HTTP/1.1", b"Version=2010&Action=CreateStack", "cloudformation.CreateStack", id="query"),
        pytest.param(b"POST / HTTP/1.1\r\nX-Amz-Target: Logs_1.PutIt", b"{}", "cloudformation.PutIt", id="JSON"),
        pytest.param(b"PUT /bucket/key HTTP/1.1", b"Action=No", "cloudformation.No", id="by the body where it says"),
        pytest.param(b"HEAD /bucket/key HTTP/1.1", b"", "cloudformation.HEAD", id="REST"),
    ],
)
def test_operation_is_read_from_a_request(head: bytes, body: bytes, operation: str) -> None:
    """As clients of any language write it."""
    signed = head + b"\r\nauthorization: " + AUTHORIZATION.format("cloudformation").encode() + b"\r\n\r\n"

    assert operation_of(signed, body) == operation


@contextmanager
def an_echo() -> Iterator[str]:
    """Run a server that answers every request with the length of its body; yield its URL."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    def answer(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as reader:
            while reader.readline():
                length = 0
                while (line := reader.readline()) not in (b"\r\n", b""):
                    name, _, value = line.partition(b":")
                    length = int(value) if name.lower() == b"content-length" else length
                told = str(len(reader.read(length))).encode()
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(told), told))

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.close()


def test_counter_counts_and_changes_nothing() -> None:
    """Several requests on one connection, large bodies too; taking begins anew."""
    with an_echo() as endpoint, counting(endpoint) as counted:
        connection = HTTPConnection(counted.url.removeprefix("http://"), timeout=10)
        answers = []
        for service, body in (("s3", b"x" * 300_000), ("s3", b""), ("sts", b"Action=GetCallerIdentity")):
            connection.request("PUT", "/", body, {"Authorization": AUTHORIZATION.format(service)})
            answers.append(connection.getresponse().read())
        connection.close()

        assert answers == [b"300000", b"0", b"24"]
        assert counted.take() == {"s3.PUT": 2, "sts.GetCallerIdentity": 1}
        assert counted.take() == {}


def test_order_survives_its_file(tmp_path: Path) -> None:
    """What is written is read."""
    order = an_order(tmp_path)
    (tmp_path / "order.json").write_text(order_text(order), "utf-8")

    assert read_order(tmp_path / "order.json") == order


def test_assembly_has_a_stack_for_each_region_in_roll_out_order(tmp_path: Path) -> None:
    """The second Region waits for the first, and the templates are the same in JSON."""
    lay_out_assembly(an_order(tmp_path), tmp_path / "assembly")

    artifacts = json.loads((tmp_path / "assembly" / "manifest.json").read_text())["artifacts"]
    stacks = {name for name, artifact in artifacts.items() if artifact["type"] == "aws:cloudformation:stack"}
    assert stacks == {f"{body}-{region}" for body in ("bootstrap", "regional") for region in REGIONS} | {"global-us-east-2"}
    assert "regional-us-east-2" in artifacts["regional-us-east-1"]["dependencies"]
    template = json.loads((tmp_path / "assembly" / "regional.json").read_text())
    assert template["Resources"]["A"]["Properties"] == {"TopicName": {"Ref": "Name"}}
    files = json.loads((tmp_path / "assembly" / "assets-us-east-1.json").read_text())["files"]
    assert files["functions/payment/one.zip"]["destinations"]["us-east-1"]["bucketName"] == "artifacts-us-east-1"


def test_sceptre_project_keeps_the_circle_out_of_its_graph(tmp_path: Path) -> None:
    """An output of the bootstrap stack is a dependency, one of the global stack a variable."""
    lay_out_project(an_order(tmp_path), tmp_path / "sceptre", packages=tmp_path)

    written = (tmp_path / "sceptre" / "config" / "x" / "us-east-1" / "regional.yaml").read_text()
    assert "  Zone: !stack_output x/us-east-2/bootstrap.yaml::ZoneId\n" in written
    assert "  Check: '{{ var.Check }}'\n" in written
    (dependencies,) = (line for line in written.splitlines() if line.startswith("dependencies: "))
    assert yaml.safe_load(dependencies)["dependencies"] == ["x/us-east-1/bootstrap.yaml", "x/us-east-2/regional.yaml"]
