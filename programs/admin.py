"""Programs and municipalities, to look through."""

from django.contrib import admin

from foundation.inspection import Rows
from programs.models import Municipality, Program


@admin.register(Program)
class ProgramRows(Rows):
    """Programs."""

    list_display = ("id", "slug", "name", "prefecture_code", "may_open_alone", "is_demo")
    ordering = ("id",)


@admin.register(Municipality)
class MunicipalityRows(Rows):
    """Municipalities."""

    list_display = ("code", "prefecture", "name", "kana", "population")
    search_fields = ("=code", "name", "kana")
    ordering = ("code",)
