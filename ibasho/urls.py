"""Door plates of the whole house."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from ibasho.health import healthz, metrics, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("accounts/", include("accounts.staff_urls")),
    path("", include("helplines.urls")),
    path("", include("programs.urls")),
    path("", include("chat.urls")),
    path("", include("moderation.urls")),
    path("", include("counseling.urls")),
    path("", include("counseling.onward_urls")),
    path("", include("counseling.bridge_urls")),
    path("manage/", include("office.urls")),
    path("reports/", include("reports.urls")),
    path("published/", include("reports.public_urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]

# Errors speak Japanese and touch no database.
handler400 = "accounts.messages.bad_request"
handler403 = "accounts.messages.forbidden"
handler404 = "accounts.messages.not_found"
handler500 = "accounts.messages.server_error"
