"""What is done here and how often, for anyone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation import clock
from moderation import openness


@require_safe
def transparency(request: HttpRequest) -> HttpResponse:
    """The months that are over."""
    months = openness.months(now=clock.now())
    return render(request, "moderation/transparency.html", {"months": months})
