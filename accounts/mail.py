"""The one mail that the house sends to staff: an invitation. The address is kept nowhere."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

log = logging.getLogger("ibasho.accounts")


def send_invitation(*, to: str, link: str) -> bool:
    """Send a link; whether it went. Whoever invites sees the link once in any case.

    Call it after the commit: a mail server may take its ten seconds.
    """
    if not settings.CAN_MAIL:
        return False
    text = _(
        "いばしょのスタッフとしての招待です。\n\n{link}\n\n"
        "7日のあいだ、一度だけ使えます。心あたりがなければ、このまま消してください。\n"
    )
    try:
        sent = send_mail(_("いばしょ: 招待"), text.format(link=link), None, [to])
    except (SMTPException, OSError) as trouble:
        log.warning("an invitation couldn't be mailed: %s", type(trouble).__name__)
        return False
    return sent == 1
