"""/admin/: Django's admin as an inspection. Lists only, for admins with a second factor only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import path

from accounts.doors import viewer_of_request
from accounts.staff_doors import staff_only
from accounts.states import Role
from foundation.inspection import Rows


class Inspection(admin.AdminSite):
    """Its own sign-in, password and detail pages aren't there: no door without a second factor."""

    site_header = site_title = "データの確認（見るだけ）"
    index_title = "表"
    enable_nav_sidebar = False
    site_url = "/accounts/"

    def register(
        self, model_or_iterable: Any, admin_class: type[Any] | None = None, **options: Any
    ) -> None:
        """Lists of the house's own; what a library would show (seeds of codes) isn't shown."""
        if admin_class is not None and issubclass(admin_class, Rows):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """An admin of the house. Django's own flags of a user open nothing."""
        return viewer_of_request(request).holds(Role.ADMIN)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Every page through the door of staff: for others there is nothing here."""
        return staff_only(Role.ADMIN)(super().admin_view(view, cacheable))

    def get_urls(self) -> list[Any]:
        """The lists and the way to them."""
        found = [
            plate
            for plate in super().get_urls()
            if getattr(plate, "name", None) in ("index", "app_list")
        ]
        for rows in self._registry.values():
            app, model = rows.opts.app_label, rows.opts.model_name
            found.append(
                path(
                    f"{app}/{model}/",
                    self.admin_view(rows.changelist_view),
                    name=f"{app}_{model}_changelist",
                )
            )
        return found
