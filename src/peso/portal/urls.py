"""Every address of the portal, in one table."""

from __future__ import annotations

from django.urls import path

from peso.portal.pages import about, front

urlpatterns = [
    path("", front.front, name="front"),
    path("about/accessibility/", about.accessibility, name="accessibility"),
]
handler404 = "peso.portal.pages.errors.not_found"
handler500 = "peso.portal.pages.errors.fault"
handler400 = "peso.portal.pages.errors.bad_request"
handler403 = "peso.portal.pages.errors.forbidden"
