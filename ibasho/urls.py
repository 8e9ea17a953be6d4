"""Door plates of the whole house."""

from django.urls import URLPattern, URLResolver, include, path

from ibasho.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("", include("helplines.urls")),
    path("", include("chat.urls")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
