"""`InvalidArgument`: a value that cannot be sent."""

from __future__ import annotations


class InvalidArgument(ValueError):
    """A value that was given is wrong. It was refused before anything was sent.

    Attributes:
        argument: its name, such as `timeout` or `ROPO_BASE_URL`. What names a job or a customer is `billnum` or the
            like, also in a model; any other field of a model is `JobAddPayment.amount`.
    """

    argument: str

    def __init__(self, argument: str, problem: str) -> None:
        # Both are arguments of the exception too, so that it can be pickled and copied.
        super().__init__(argument, problem)
        self.argument = argument

    def __str__(self) -> str:
        return " ".join(map(str, self.args))
