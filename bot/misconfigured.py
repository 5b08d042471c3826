"""A setting that cannot be, found when it is used."""


class MisconfiguredError(ValueError):
    """A setting of a channel is missing or cannot be. `what` is a key of the command line's words, never a value."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what
