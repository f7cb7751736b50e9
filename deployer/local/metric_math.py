"""CloudWatch's metric math, as far as alarms here use it: one value for each period, from the values of several metrics in it.

Numbers, names of metrics, + - * /, comparisons (1 or 0), IF and FILL with a number. A period without a value for one of the metrics in an
operation has none itself, and neither has a division by nought; FILL is what helps. Everything else is refused by `parsed`, so that no
alarm is judged by what was not understood. Pure. Source: "Using math expressions with CloudWatch metrics", Amazon CloudWatch User Guide.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_ARITHMETIC: Final[Mapping[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[[float, float], bool]]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_ARGUMENTS: Final = {"IF": 3, "FILL": 2}

Values = Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricQuery:
    """One metric of an expression, by its name there: as an alarm on it alone would name it."""

    name: str
    metric: Mapping[str, Any]
    statistic: str
    period_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """One expression over metrics."""

    tree: ast.expr
    queries: tuple[MetricQuery, ...]

    @property
    def period_seconds(self) -> int:
        """The longest period of its metrics, which is the alarm's."""
        return max(query.period_seconds for query in self.queries)

    def value(self, values: Values) -> float | None:
        """Return what it comes to in a period, None for no value; `values` are its metrics' by name, None where one has none."""
        return _value(self.tree, values)


def expression_of(queries: Sequence[Mapping[str, Any]]) -> Expression:
    """Return the one expression of an alarm's `Metrics` (MetricDataQuery); raises ValueError for what is not understood here."""
    expressions = [str(query["Expression"]) for query in queries if query.get("Expression")]
    metrics = tuple(_query(query) for query in queries if query.get("MetricStat"))
    if len(expressions) != 1 or not metrics:
        raise ValueError("one expression over at least one metric is judged here")
    return Expression(tree=parsed(expressions[0], {query.name for query in metrics}), queries=metrics)


def parsed(text: str, names: Collection[str]) -> ast.expr:
    """Return an expression's tree; raises ValueError with the part that is not understood here."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"{text}: not understood here") from error
    _check(tree, names)
    return tree


def _query(query: Mapping[str, Any]) -> MetricQuery:
    stat = query["MetricStat"]
    return MetricQuery(name=str(query["Id"]), metric=stat["Metric"], statistic=str(stat["Stat"]), period_seconds=int(stat["Period"]))


def _check(node: ast.expr, names: Collection[str]) -> None:
    parts: Sequence[ast.expr]
    match node:
        case ast.Constant(value=int() | float()):
            parts = ()
        case ast.Name(id=name) if name in names:
            parts = ()
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            parts = (left, right)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            parts = (left, right)
        case ast.Call(func=ast.Name(id=function), args=args, keywords=[]) if len(args) == _ARGUMENTS.get(function):
            parts = args
        case _:
            raise ValueError(f"{ast.unparse(node)}: not understood here")
    for part in parts:
        _check(part, names)


def _value(node: ast.expr, values: Values) -> float | None:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return values[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _combined(_ARITHMETIC[type(op)], _value(left, values), _value(right, values))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _combined(_COMPARISONS[type(op)], _value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id="FILL"), args=[series, filler]):
            known = _value(series, values)
            return _value(filler, values) if known is None else known
        case ast.Call(args=[condition, then, otherwise]):
            met = _value(condition, values)
            return None if met is None else _value(then if met else otherwise, values)
    raise AssertionError(f"{ast.unparse(node)} was checked")


def _combined(operation: Callable[[float, float], float | bool], left: float | None, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    try:
        return float(operation(left, right))
    except ZeroDivisionError:
        return None
