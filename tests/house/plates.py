"""Every door plate of the house: what an address is called."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def plates(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for plate in (resolver or get_resolver()).url_patterns:
        if isinstance(plate, URLResolver):
            yield from plates(plate)
        else:
            yield plate
