"""A call by e-mail: that somebody is waited for at the desk, and nothing else."""

import logging
from smtplib import SMTPException, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _
from django.utils.translation import override

from duty.channels.trouble import Trouble, Undelivered

log = logging.getLogger("ibasho.duty")
WAIT = 8  # seconds for each step with the mail server


def deliver(to: str) -> None:
    """Raises `Undelivered`."""
    if not settings.CAN_MAIL:
        raise Undelivered(Trouble.NO_WAY, final=True)
    try:
        with get_connection(timeout=WAIT) as connection:
            _letter(to, connection).send()
    except SMTPResponseException as no:
        log.warning("a call couldn't be mailed: %s", no.smtp_code)
        raise Undelivered(Trouble.REFUSED) from None
    except SMTPException as no:
        log.warning("a call couldn't be mailed: %s", type(no).__name__)
        raise Undelivered(Trouble.REFUSED) from None
    except OSError as silence:
        log.warning("a call couldn't be mailed: %s", type(silence).__name__)
        raise Undelivered(Trouble.SILENT) from None


def _letter(to: str, connection: object) -> EmailMessage:
    with override("ja"):
        text = _(
            "いばしょの机で、だれかを待っています。\n\n{desk}\n\n"
            "用件は、ここには書かれていません。うけとれないときは、そのままでだいじょうぶです。\n"
            "つぎの人がよばれます。\n"
        )
        desk = f"{settings.ORIGINS[0]}/moderation/called/"
        return EmailMessage(
            _("いばしょ: 机を見てください"),
            text.format(desk=desk),
            to=[to],
            connection=connection,  # type: ignore[arg-type]
            # An answering machine shall not answer (RFC 3834).
            headers={"Auto-Submitted": "auto-generated", "Importance": "high"},
        )
