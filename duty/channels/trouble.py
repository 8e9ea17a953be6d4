"""Why a call didn't arrive."""

from enum import StrEnum


class Trouble(StrEnum):
    """As it is kept with the call; the pages have a sentence for each."""

    NO_WAY = "no_way"  # no browser said yes, no address is known, no mail server is set
    GONE = "gone"  # the browser took its yes back
    REFUSED = "refused"  # the push service or the mail server said no
    SILENT = "silent"  # nobody answered in time


class Undelivered(Exception):
    """A try that failed; `final` if another one can't do better."""

    def __init__(self, trouble: Trouble, *, final: bool = False) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.final = final
