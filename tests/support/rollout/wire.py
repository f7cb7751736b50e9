"""What fakes share of boto3's manners: its errors and its paginators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError


def refusal(code: str, message: str = "", operation: str = "Operation") -> ClientError:
    """Return the error boto3 raises when AWS answers with `code`."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class Pages:
    """A paginator over a method that answers in one piece: splits the lists under `keys` into pages of `size`."""

    def __init__(self, ask: Callable[..., dict[str, Any]], keys: tuple[str, ...], size: int) -> None:
        """Page through what `ask` answers."""
        self._ask, self._keys, self._size = ask, keys, size

    def paginate(self, **arguments: Any) -> Iterator[dict[str, Any]]:
        """Yield at least one page."""
        answer = self._ask(**arguments)
        longest = max((len(answer[key]) for key in self._keys), default=0)
        for start in range(0, max(longest, 1), self._size):
            yield {key: answer[key][start : start + self._size] for key in self._keys}
