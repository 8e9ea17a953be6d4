"""Staff, roles and invitations, to look through. No participant, no secret, no link."""

from django.contrib import admin

from accounts.models import Invitation, RoleGrant, Staff
from foundation.inspection import Rows


@admin.register(Staff)
class StaffRows(Rows):
    """Accounts."""

    list_display = ("id", "username", "display_name", "is_active", "last_login", "is_demo")
    search_fields = ("username", "display_name")
    ordering = ("id",)


@admin.register(RoleGrant)
class RoleGrantRows(Rows):
    """Who holds or held which role."""

    list_display = (
        "id", "staff", "role", "program", "trained_on", "expires_on", "granted_at", "granted_by",
        "ended_at", "ended_by",
    )  # fmt: skip
    list_filter = ("role", "program")
    list_select_related = ("staff", "program", "granted_by", "ended_by")
    ordering = ("-id",)


@admin.register(Invitation)
class InvitationRows(Rows):
    """Invitations."""

    list_display = (
        "id", "staff", "role", "program", "invited_at", "invited_by", "expires_at", "used_at",
        "withdrawn_at",
    )  # fmt: skip
    list_select_related = ("staff", "program", "invited_by")
    ordering = ("-id",)
