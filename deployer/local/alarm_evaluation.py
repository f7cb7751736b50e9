"""CloudWatch's evaluation of metric alarms: each once a minute, over windows that slide with it.

What the data points come to is `alarm_rules`', what an expression makes of several metrics is `metric_math`'s. Seconds are divided by
`time_scale`, so that tests need not wait; the rules stay. Source: "Alarm evaluation", Amazon CloudWatch User Guide.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

from deployer.local import alarm_rules, attach_alarms, metric_math_alarms
from deployer.local.metric_math import Expression

EVALUATION_SECONDS: Final = 60.0
# Alarms with a period of 10 or 30 seconds are judged as often.
FAST_SECONDS: Final = 10.0
_TICK_SECONDS_MAX: Final = 0.5
_TICK_SECONDS_MIN: Final = 0.1


class AlarmEvaluation:
    """All metric alarms of one account. `run` works until it is cancelled; alarms of a Region that is not `alive` stand still."""

    def __init__(self, account_id: str, *, time_scale: float = 1.0, alive: Callable[[str], bool] = lambda region: True) -> None:
        self._account_id = account_id
        self._scale = time_scale
        self._alive = alive
        # ARN -> when the alarm was judged last, in seconds of time.time()
        self._judged: dict[str, float] = {}

    async def run(self) -> None:
        """Judge each alarm when its minute is over."""
        while True:
            self.judge_due(time.time())
            await asyncio.sleep(min(_TICK_SECONDS_MAX, max(_TICK_SECONDS_MIN, FAST_SECONDS / self._scale / 4)))

    def judge_due(self, now: float) -> None:
        """Judge the alarms whose minute is over at `now`; one that was just made, changed or set by hand has its minute before it."""
        alarms = attach_alarms.metric_alarms(self._account_id)
        self._judged = {str(alarm["AlarmArn"]): self._judged.get(str(alarm["AlarmArn"]), 0.0) for _, alarm in alarms}
        for region, alarm in alarms:
            expression = metric_math_alarms.expression_behind(self._account_id, region, str(alarm["AlarmName"]))
            rule = alarm_rules.rule_of(alarm, expression_period_seconds=expression.period_seconds if expression else None)
            if rule is None or not self._alive(region):
                continue
            pause = (FAST_SECONDS if rule.period_seconds < EVALUATION_SECONDS else EVALUATION_SECONDS) / self._scale
            if now - max(self._judged[alarm["AlarmArn"]], float(alarm.get("StateUpdatedTimestamp", 0))) >= pause:
                self._judged[alarm["AlarmArn"]] = now
                self._judge(region, alarm, rule, expression, now)

    def _judge(self, region: str, alarm: dict[str, Any], rule: alarm_rules.AlarmRule, expression: Expression | None, now: float) -> None:
        period = rule.period_seconds / self._scale
        windows = [(now - (number + 1) * period, now - number * period) for number in range(rule.periods_looked_at)]
        if expression is None:
            points = attach_alarms.statistics_of(self._account_id, region, alarm, rule.statistic, windows)
        else:
            points = self._points_of(region, expression, windows)
        verdict = alarm_rules.judge(rule, points, str(alarm["StateValue"]))
        if verdict.state != alarm["StateValue"]:
            attach_alarms.move_alarm(region, self._account_id, alarm, verdict.state, verdict.reason)

    def _points_of(self, region: str, expression: Expression, windows: list[tuple[float, float]]) -> tuple[float | None, ...]:
        """Return what an expression comes to in each window."""
        columns = {
            query.name: attach_alarms.statistics_of(self._account_id, region, query.metric, query.statistic, windows)
            for query in expression.queries
        }
        return tuple(expression.value({name: values[number] for name, values in columns.items()}) for number in range(len(windows)))
