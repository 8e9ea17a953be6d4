"""Door plate of the emergency exit."""

from django.urls import path

from helplines import views

urlpatterns = [
    path("now/", views.now, name="now"),
    path("now/health", views.health, name="now-health"),
]
