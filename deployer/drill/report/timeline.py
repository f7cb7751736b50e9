"""The timeline of a drill: what clients got, how long they waited, where names led and why, all on one clock.

One figure with rows that share their time axis, so that zooming into one zooms into all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plotly.subplots import make_subplots

from deployer.drill.history import DrillRecord, Outcome
from deployer.drill.report import series
from deployer.drill.report.series import Span

# Told apart by most eyes and in grey: the Regions in blue and green, what went wrong from orange to red.
REGION_COLOURS = ("#2b6cb0", "#2f9e6e")
KIND_COLOURS = {Outcome.REFUSED: "#8a6d3b", Outcome.FAILED: "#e8833a", Outcome.UNANSWERED: "#c53030"}
STATE_COLOURS = {"healthy": "#9ad3b5", "unhealthy": "#c53030", "set": "#6b46c1", "clear": "#e2e8f0", series.UNKNOWN: "#a0aec0"}
FAULT_COLOUR = "#4a5568"
_ROWS = ("Requests a second, by what came of them", "Seconds until answered, from when it was due", "Checkers that say healthy", "State")


def timeline(record: DrillRecord) -> Any:
    """Return the figure (plotly) of a record."""
    figure = make_subplots(
        rows=4, cols=1, shared_xaxes=True, vertical_spacing=0.045, row_heights=[0.3, 0.2, 0.16, 0.34], subplot_titles=_ROWS
    )
    _requests(figure, record)
    _waits(figure, record)
    _checkers(figure, record)
    _states(figure, record)
    for mark in _phase_begins(record):
        figure.add_vline(x=mark[0], line={"color": "#718096", "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=mark[0], y=1.035, yref="paper", yanchor="bottom", xanchor="left", text=mark[1], showarrow=False, font={"size": 11}
        )
    figure.update_xaxes(range=[0, series.end_seconds(record)])
    figure.update_xaxes(title_text="seconds since the drill began", row=4, col=1)
    figure.update_layout(
        template="plotly_white",
        height=980,
        barmode="stack",
        bargap=0,
        hovermode="x unified",
        margin={"t": 60, "l": 60, "r": 20},
        legend={"orientation": "h", "y": -0.06},
    )
    for title in figure.layout.annotations:
        if title.text in _ROWS:
            title.update(x=0, xanchor="left", font={"size": 13, "color": "#1a202c"})
    return figure


def _requests(figure: Any, record: DrillRecord) -> None:
    counts = series.attempts_a_second(record)
    for kind in sorted(counts, key=lambda one: (not one.startswith(Outcome.ACKNOWLEDGED), one)):
        values = counts[kind]
        figure.add_bar(
            row=1,
            col=1,
            x=[second + 0.5 for second in range(len(values))],
            y=values,
            name=kind,
            marker={"color": _kind_colour(kind, record.regions), "line": {"width": 0}},
        )


def _waits(figure: Any, record: DrillRecord) -> None:
    points = series.waits(record)
    figure.add_scattergl(
        row=2,
        col=1,
        x=[due for due, _ in points],
        y=[wait for _, wait in points],
        mode="markers",
        name="answered",
        marker={"size": 4, "color": "#4a5568", "opacity": 0.5},
        showlegend=False,
    )
    figure.update_yaxes(type="log", row=2, col=1)


def _checkers(figure: Any, record: DrillRecord) -> None:
    moments = [sample.at_seconds for sample in record.samples]
    for number, (name, shares) in enumerate(series.checker_rows(record).items()):
        colour = (*REGION_COLOURS, "#6b46c1", "#718096")[number % 4]
        figure.add_scatter(row=3, col=1, x=moments, y=shares, name=name, mode="lines", line={"shape": "hv", "color": colour, "width": 2})
    # Unhealthy at 18 % and below [F2.1].
    figure.add_hline(y=0.18, row=3, col=1, line={"color": "#718096", "width": 1, "dash": "dash"})
    figure.update_yaxes(tickformat=".0%", range=[-0.03, 1.05], row=3, col=1)


def _states(figure: Any, record: DrillRecord) -> None:
    colours = STATE_COLOURS | dict(zip(record.regions, REGION_COLOURS, strict=False))
    for name, found in reversed(series.check_spans(record).items()):
        _strip(figure, name, found, colours)
    _strip(figure, "hold", series.hold_spans(record), colours)
    _strip(figure, "name leads to", series.answer_spans(record), colours)
    for span in series.fault_spans(record):
        _strip(figure, "faults", (span,), {span.state: FAULT_COLOUR})
    figure.update_yaxes(type="category", row=4, col=1)


def _strip(figure: Any, row_name: str, found: Sequence[Span], colours: dict[str, str]) -> None:
    for span in found:
        length = span.end_seconds - span.begin_seconds
        figure.add_bar(
            row=4,
            col=1,
            orientation="h",
            y=[row_name],
            x=[length],
            base=[span.begin_seconds],
            showlegend=False,
            width=0.72,
            marker={"color": colours.get(span.state, FAULT_COLOUR), "line": {"width": 0}},
            text=span.state if length > 4 else "",
            textposition="inside",
            insidetextanchor="start",
            hovertemplate=f"{span.state}<br>{span.begin_seconds:.1f} to {span.end_seconds:.1f} s<extra>{row_name}</extra>",
        )


def _phase_begins(record: DrillRecord) -> tuple[tuple[float, str], ...]:
    """Return (moment, name) of each phase's first mark."""
    begins: dict[str, float] = {}
    for mark in record.marks:
        begins.setdefault(mark.phase, mark.at_seconds)
    return tuple((moment, name) for name, moment in begins.items())


def _kind_colour(kind: str, regions: Sequence[str]) -> str:
    for number, region in enumerate(regions[: len(REGION_COLOURS)]):
        if kind.endswith(region):
            return REGION_COLOURS[number]
    return KIND_COLOURS.get(kind, "#718096")  # type: ignore[call-overload,no-any-return]
