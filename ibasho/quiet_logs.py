"""Log lines that can't tell on anyone.

An exception's message may quote what someone typed (a database error prints whole rows) and a
request line holds paths and addresses. So of an exception only its type and the places it passed
are printed, and of a record only its constant text.
"""

import json
import logging
import traceback
from datetime import UTC, datetime


class NotOurs(logging.Filter):
    """Drops what a client's broken bytes make a server complain of: it calls for nobody.

    uvicorn logs a whole exception for a text frame that isn't UTF-8; it has closed that socket.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record says anything that somebody could mend."""
        kind = record.exc_info[0] if record.exc_info else None
        return kind is not UnicodeDecodeError


class QuietFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, the message's template, and a bare traceback.

    Arguments are printed only for the house's own loggers (`ibasho.*`), which pass numbers and
    names of things, never words or addresses.
    """

    def format(self, record: logging.LogRecord) -> str:
        own = record.name.split(".")[0] == "ibasho"
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "what": record.getMessage() if own else _template(record),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__qualname__
            line["where"] = [
                f"{frame.filename.rsplit('/', 2)[-2:]}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ][-12:]
        return json.dumps(line, ensure_ascii=False)


def _template(record: logging.LogRecord) -> str:
    # A library that formats before it logs leaves no constant text to trust: only where it spoke.
    if record.args and isinstance(record.msg, str):
        return record.msg
    return f"{record.module}:{record.lineno}"
