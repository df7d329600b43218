"""The desk's own routes. Programmes' routes are mounted beside them, below each programme's code."""

from django.urls import path

from mingjing.faces.desk import accounts, areas, evidence, home, jobs, ledger, organisations, patterns, people, session
app_name = "desk"

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", session.sign_in, name="sign-in"),
    path("sign-out/", session.sign_out, name="sign-out"),
    path("language/", session.language, name="language"),
    path("account/", accounts.account, name="account"),
    path("password/<int:pk>/<slug:secret>/", accounts.password_link, name="password-link"),
    path("areas/", areas.areas, name="areas"),
    path("areas/<slug:code>/", areas.area, name="area"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/new/", organisations.record, name="organisation-record"),
    path("organisations/<slug:code>/", organisations.organisation, name="organisation"),
    path("exhibits/<uuid:pk>/", evidence.exhibit, name="exhibit"),
    path("exhibits/<uuid:pk>/copy/", evidence.copy, name="exhibit-copy"),
    path("exhibits/<uuid:pk>/thumbnail/", evidence.thumbnail, name="exhibit-thumbnail"),
    path("exhibits/<uuid:pk>/original/", evidence.original, name="exhibit-original"),
    path("exhibits/<uuid:pk>/verification/", evidence.verification, name="exhibit-verification"),
    path("exhibits/<uuid:pk>/access/", evidence.access, name="exhibit-access"),
    path("exhibits/<uuid:pk>/withdrawal/", evidence.withdrawal, name="exhibit-withdrawal"),
    path("people/", people.people, name="people"),
    path("people/new/", people.register, name="person-register"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/roles/", people.grant, name="role-grant"),
    path("people/<int:pk>/link/", people.link, name="person-link"),
    path("people/<int:pk>/departure/", people.depart, name="person-depart"),
    path("roles/<int:pk>/end/", people.end, name="role-end"),
    path("ledger/", ledger.facts, name="ledger"),
    path("ledger/verification/", ledger.verification, name="ledger-verification"),
    path("ledger/export/", ledger.download, name="ledger-export"),
    path("ledger/checkpoint/", ledger.checkpoint, name="ledger-checkpoint"),
    path("ledger/<int:seq>/", ledger.fact, name="fact"),
    path("ledger/<int:seq>/proof/", ledger.proof, name="fact-proof"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:pk>/retry/", jobs.retry, name="job-retry"),
    path("patterns/", patterns.patterns, name="patterns"),
]
