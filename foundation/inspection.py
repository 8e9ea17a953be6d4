"""What an admin may look through: lists of rows, nothing to press. Writes go through actions."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.forms import Media
from django.http import HttpRequest

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin


# What Django's own filters write into the address after a column's name.
_FILTER_WRITES = ("", "__exact", "__isnull", "__id__exact")


class Rows(_Admin):
    """A read-only list. `list_display` names every column that may be seen, and no other is."""

    actions = None
    list_display_links = None
    list_per_page = 50
    show_full_result_count = False

    @property
    def media(self) -> Media:
        """No script: a list needs none, and the site's policy refuses jQuery's."""
        return Media()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """What the list's own filters ask, and nothing else.

        Django lets an address ask about every column of the row: a hash, letter by letter.
        """
        return any(
            lookup == f"{name}{asked}"
            for name in self.get_list_filter(request)
            for asked in _FILTER_WRITES
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever may open the inspection sees every list in it."""
        return True

    def has_view_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """The same."""
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Nobody."""
        return False
