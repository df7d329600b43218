"""What phones ask of the installation, below /field/api/."""

from django.urls import path

from mingjing.faces.field import api, uploads
from mingjing.faces.ui import addresses  # noqa: F401 - importing registers the converter `code`

urlpatterns = [
    path("uploads/", uploads.uploads_of, name="uploads"),  # the most asked for first
    path("uploads/<code:name>/", uploads.upload, name="upload"),
    path("sync/", api.sync, name="sync"),
    path("enrolment/", api.enrolment, name="enrolment"),
    path("challenge/", api.challenge, name="challenge"),
    path("session/", api.session, name="session"),
    path("pack/", api.pack, name="pack"),
    path("receipts/<code:digest>/", uploads.receipt, name="receipt"),
]
