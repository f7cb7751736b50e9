"""How a StackSet call is refused: AWS's own error code and a sentence; the HTTP status follows from botocore's model."""

from __future__ import annotations


class Refused(Exception):
    """A call that ends with an AWS error. `code` is AWS's error code, such as `StackSetNotFoundException`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid(message: str) -> Refused:
    """Return the refusal of a request that breaks a rule of its own: `ValidationError`, HTTP 400."""
    return Refused("ValidationError", message)


def not_imitated(what: str) -> Refused:
    """Return the refusal of something AWS can do and this imitation cannot."""
    return invalid(f"{what} is not imitated by the embedded AWS")
