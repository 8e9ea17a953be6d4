"""HTTP answers that Django lacks."""

from django.http import HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    """303: what you sent is done; look there. (302 lets a client repeat the POST.)"""

    status_code = 303
