"""The routes of visit records: recording, signing, reviewing, below /assessments/."""

from django.urls import URLPattern, path

from mingjing.programmes.assessments.desk.visits import lists, mine, photos, recording, reviewing, signing

urlpatterns: list[URLPattern] = [
    path("visits/", mine.my_visits, name="my-visits"),
    path("rounds/<int:pk>/visits/", lists.round_visits, name="round-visits"),
    path("rounds/<int:pk>/review/", reviewing.queue, name="round-review"),
    path("rounds/<int:pk>/alike/", photos.alike, name="round-alike"),
    path("visits/<int:pk>/photos/", photos.photos, name="visit-photos"),
    path("visits/<int:pk>/", recording.visit, name="visit"),
    path("visits/<int:pk>/begin/", recording.begin, name="visit-begin"),
    path("visits/<int:pk>/edit/", recording.edit, name="visit-edit"),
    path("visits/<int:pk>/since/<int:revision>/", recording.since, name="visit-since"),
    path("visits/<int:pk>/signatures/", signing.signatures, name="visit-signatures"),
    path("visits/<int:pk>/submit/", signing.submit, name="visit-submit"),
    path("visits/<int:pk>/sign/", signing.sign, name="visit-sign"),
    path("visits/<int:pk>/manager/", signing.manager, name="visit-manager"),
    path("visits/<int:pk>/witness/", signing.witness, name="visit-witness"),
    path("visits/<int:pk>/sheet/", signing.sheet, name="visit-sheet"),
    path("visits/<int:pk>/history/", signing.history, name="visit-history"),
    path("visits/<int:pk>/review/", reviewing.review, name="visit-review"),
    path("visits/<int:pk>/lock/", reviewing.lock, name="visit-lock"),
    path("visits/<int:pk>/return/", reviewing.send_back, name="visit-return"),
    path("visits/<int:pk>/void/", reviewing.void, name="visit-void"),
]
