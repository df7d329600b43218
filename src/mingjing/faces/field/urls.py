"""The routes of the phones' face, below /field/."""

from django.urls import include, path

app_name = "field"

urlpatterns = [
    path("api/", include("mingjing.faces.field.api_urls")),
]
