"""The portal's own routes, below /portal/. Programmes' routes are mounted beside them, below each programme's code."""

from django.urls import path

from mingjing.faces.portal import agreements, documents, home, people, receipts, session
from mingjing.faces.ui import addresses  # noqa: F401 - importing registers the converters

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", session.sign_in, name="sign-in"),
    path("sign-out/", session.sign_out, name="sign-out"),
    path("language/", session.language, name="language"),
    path("letters/", session.letters, name="letters"),
    path("password/<int:pk>/<slug:secret>/", session.password_link, name="password-link"),
    path("account/", session.account, name="account"),
    path("electronic-service/", agreements.agreements, name="agreements"),
    path("documents/", documents.documents, name="documents"),
    path("documents/<int:pk>/file/", documents.file, name="document-file"),
    path("receipts/", receipts.receipts, name="receipts"),
    path("receipts/<uuid:key>/", receipts.receipt, name="receipt"),
    path("people/", people.people, name="people"),
    path("people/<slug:code>/new/", people.invite, name="invite"),
    path("people/<int:pk>/revocation/", people.revoke, name="revoke"),
]
