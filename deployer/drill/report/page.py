"""The report's page: the verdict first, then the timeline, then what happened when. Self-contained: one file to send and to keep."""

from __future__ import annotations

from collections import Counter
from html import escape
from pathlib import Path

from deployer.drill.course import is_served, traffic_of
from deployer.drill.history import DrillRecord, Finding, Verdict
from deployer.drill.report.timeline import timeline

STYLE = """
:root{color-scheme:light}
body{font:15px/1.5 system-ui,sans-serif;max-width:84rem;margin:1.5rem auto;padding:0 1rem;color:#1a202c}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:1.6rem 0 .4rem}p{margin:.2rem 0}
h1 span{padding:.15rem .7rem;border-radius:.3rem;color:#fff;font-weight:600;margin-left:.5rem}
h1 .kept{background:#2f855a}h1 .lost{background:#c53030}
dl{display:flex;flex-wrap:wrap;gap:.4rem 2.2rem;margin:1rem 0}dt{color:#4a5568;font-size:.85rem}
dd{margin:0;font-size:1.35rem;font-weight:600}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #e2e8f0;vertical-align:top}th{font-weight:600;color:#4a5568}
tr.broken td{background:#fff5f5}td:first-child{white-space:nowrap}tr.kept .sign{color:#2f855a}tr.broken .sign{color:#c53030;font-weight:700}
small{color:#4a5568;overflow-wrap:anywhere}
"""


def write_page(record: DrillRecord, verdict: Verdict, path: Path) -> None:
    """Write the page of one drill to `path`; its folder is made."""
    chart = timeline(record).to_html(full_html=False, include_plotlyjs=True, config={"displaylogo": False, "responsive": True})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
        f"<title>{escape(record.scenario)}: {_word(verdict)}</title><style>{STYLE}</style></head><body>"
        f"{_head(record, verdict)}{_figures(record, verdict)}<h2>Verdict</h2>{_findings(verdict.findings)}"
        f"<h2>Timeline</h2>{chart}<h2>What happened</h2>{_marks(record)}</body></html>",
        encoding="utf-8",
    )


def _word(verdict: Verdict) -> str:
    return "kept" if verdict.passed else "lost"


def _head(record: DrillRecord, verdict: Verdict) -> str:
    sentence = "every limit kept" if verdict.passed else f"{sum(one.broken for one in verdict.findings)} limits broken"
    scale = "real time" if record.time_scale == 1 else f"seconds of checks and TTLs {record.time_scale:g} times faster"
    place = f"{escape(record.environment)}, {escape(' and '.join(record.regions))}, {record.consistency.lower()} consistency, {scale}"
    return (
        f"<h1>{escape(record.scenario)} <span class='{_word(verdict)}'>{sentence}</span></h1>"
        f"<p>{place}; began {escape(record.began_at)}</p>"
    )


def _figures(record: DrillRecord, verdict: Verdict) -> str:
    requests = traffic_of(record)
    served = sum(is_served(one) for one in requests)
    answered = Counter(answer.region for one in record.requests if (answer := one.acknowledged) and answer.region)
    recovery = "none seen" if verdict.recovery_seconds is None else f"{verdict.recovery_seconds:.1f} s"
    pairs = (
        ("Recovery, as clients saw it", recovery),
        ("Requests", f"{len(requests):,}"),
        ("Never served", f"{len(requests) - served:,}"),
        ("Payments acknowledged", f"{sum(one.acknowledged is not None for one in record.requests):,}"),
        *((f"Acknowledged in {region}", f"{count:,}") for region, count in sorted(answered.items())),
    )
    return "<dl>" + "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs) + "</dl>"


def _findings(findings: tuple[Finding, ...]) -> str:
    head = "<thead><tr><th></th><th>Rule</th><th>Measured</th><th>Limit</th></tr></thead>"
    return f"<table id='verdict'>{head}<tbody>{''.join(map(_finding, findings))}</tbody></table>"


def _finding(finding: Finding) -> str:
    detail = f"<br><small>{escape(finding.detail)}</small>" if finding.detail else ""
    cells = (f"{escape(finding.sentence)}{detail}", escape(finding.measured), escape(finding.limit))
    kind, sign = ("broken", "✗") if finding.broken else ("kept", "✓")
    return f"<tr class='{kind}'><td class='sign'>{sign}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _marks(record: DrillRecord) -> str:
    rows = "".join(
        f"<tr><td>{mark.at_seconds:.1f} s</td><td>{escape(mark.phase)}</td><td>{escape(mark.text)}</td></tr>"
        for mark in sorted(record.marks, key=lambda one: one.at_seconds)
    )
    return f"<table><thead><tr><th>When</th><th>Phase</th><th></th></tr></thead><tbody>{rows}</tbody></table>"
