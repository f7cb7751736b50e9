"""A study as a page: how recovery spreads, and how bad each second was. Self-contained, so that it opens anywhere and years later."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from deployer.drill.simulation.study import Case
from deployer.drill.simulation.traffic import STEP_SECONDS
from deployer.drill.simulation.world import World

# Blue, orange, green, violet, red, brown: told apart by most eyes, on white and in grey.
COLOURS = ("#1f5fa8", "#d9730d", "#2f855a", "#6b46c1", "#c53030", "#7b5e3b")


def write_page(cases: Sequence[Case], *, title: str, recovery_seconds_max: float, path: Path) -> None:
    """Write the page of a study to `path`."""
    figure = _figure(cases, recovery_seconds_max)
    chart = figure.to_html(full_html=False, include_plotlyjs=True, config={"displaylogo": False, "responsive": True})
    assumed = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in assumptions(cases[0].simulation.world))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{html.escape(title)}</title><style>"
        "body{font:16px/1.5 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem;color:#1a202c}"
        "h1{font-size:1.5rem;margin:0 0 .25rem}p{margin:.25rem 0 1rem}li{margin:.15rem 0}"
        f"</style></head><body><h1>{html.escape(title)}</h1>"
        "<p>Each line is one load. Left: in how many of the trials payments were good again by then. "
        "Right: the share of payments that the first attempt did not take, by when they were due.</p>"
        f"{chart}<h2>Assumed</h2><ul>{assumed}</ul></body></html>",
        encoding="utf-8",
    )


def assumptions(world: World) -> tuple[str, ...]:
    """Return what the model took for granted, a sentence each."""
    clients, capacity = world.clients, world.capacity
    stubborn = f"; {clients.stubborn_share:.0%} of them keep it {clients.stubborn_ttl_seconds:g} s" if clients.stubborn_share else ""
    return (
        f"{world.checkers_count} checkers ask every {world.request_interval_seconds:g} s, each with a phase of its own; a failed probe "
        f"takes {world.failed_probe_seconds:g} s and {world.failure_threshold_count} in a row count; published "
        f"{world.publication_seconds[0]:g} to {world.publication_seconds[1]:g} s later.",
        f"{clients.resolvers_count} resolvers share the traffic and keep an answer for {world.record_ttl_seconds:g} s{stubborn}.",
        f"A client tries {clients.attempts_max} times, waits {clients.timeout_seconds:g} s for an answer, and pauses up to "
        f"{clients.backoff_seconds_max:g} s in between; a payment is good when its first attempt takes it.",
        f"A call takes {capacity.call_seconds * 1000:g} ms; {capacity.warm_environments_count} environments are warm, and 1,000 more come "
        "at once and again in each 10 s, up to the quota.",
    )


def _figure(cases: Sequence[Case], recovery_seconds_max: float) -> Any:
    figure = make_subplots(cols=2, rows=1, subplot_titles=("Recovered, share of trials", "Payments not good, share"))
    for number, case in enumerate(cases):
        colour, name = COLOURS[number % len(COLOURS)], name_of_case(case)
        seconds, share = _cumulated(case.simulation.recovery_seconds)
        line = {"color": colour, "width": 2, "dash": "dot" if case.raised else "solid"}
        figure.add_scatter(row=1, col=1, x=seconds, y=share, name=name, line={**line, "shape": "hv"}, legendgroup=name)
        bad = case.simulation.bad_share
        figure.add_scatter(row=1, col=2, x=list(range(len(bad))), y=bad, name=name, line=line, legendgroup=name, showlegend=False)
    figure.add_vline(x=recovery_seconds_max, row=1, col=1, line={"color": "#718096", "dash": "dash"}, annotation_text="limit")
    figure.update_xaxes(title_text="seconds from the first bad payment", rangemode="tozero", row=1, col=1)
    figure.update_xaxes(title_text="seconds since the fault", rangemode="tozero", row=1, col=2)
    figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
    figure.update_layout(template="plotly_white", height=480, margin={"t": 40}, legend={"orientation": "h", "y": -0.2})
    return go.Figure(figure)


def name_of_case(case: Case) -> str:
    """Return what a case is called in a chart and a table."""
    return f"{case.simulation.world.payments_per_second:,.0f}/s" + (", limits raised" if case.raised else "")


def _cumulated(recovery_seconds: Sequence[float]) -> tuple[list[float], list[float]]:
    """Return the steps of the share recovered by each second; trials that never were keep it below 1."""
    finite = sorted(one for one in recovery_seconds if not math.isinf(one))
    every = len(recovery_seconds)
    return [0.0, *(one + STEP_SECONDS for one in finite)], [0.0, *((number + 1) / every for number in range(len(finite)))]
