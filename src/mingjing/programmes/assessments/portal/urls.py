"""The companies' routes, below /portal/assessments/."""

from django.urls import path

from mingjing.faces.ui import addresses  # noqa: F401 - importing registers the converters
from mingjing.programmes.assessments.portal import (
    cases,
    claims,
    communities,
    contests,
    evidence,
    forms,
    orders,
    replies,
    standing,
)

app_name = "assessments_portal"

urlpatterns = [
    path("communities/", communities.communities, name="communities"),
    path("communities/<int:pk>/", communities.community, name="community"),
    path("communities/<int:pk>/slip/", communities.slip, name="slip"),
    path("communities/<int:pk>/decision/", communities.decision, name="decision"),
    path("communities/<int:pk>/evidence/<uuid:exhibit>/", evidence.picture, name="evidence"),
    path("communities/<int:pk>/evidence/<uuid:exhibit>/small/", evidence.small, name="evidence-small"),
    path("communities/<int:pk>/reply/", replies.reply, name="reply"),
    path("communities/<int:pk>/appeal/", contests.appeal, name="appeal"),
    path("records/", contests.records, name="records"),
    path("records/<int:pk>/", contests.record, name="record"),
    path("records/<int:pk>/evidence/<uuid:exhibit>/", contests.record_evidence, name="record-evidence"),
    path("records/<int:pk>/objections/<uuid:finding>/", contests.objection, name="objection"),
    path("cases/<int:pk>/", cases.case, name="case"),
    path("cases/<int:pk>/statement/", cases.statement, name="statement"),
    path("cases/<int:pk>/hearing/", cases.hearing, name="hearing"),
    path("standing/", standing.standing, name="standing"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/plan/", orders.plan, name="order-plan"),
    path("orders/<int:pk>/report/", orders.report, name="order-report"),
    path("bonus/", claims.claims, name="claims"),
    path("<slug:about>/<int:pk>/forms/<slug:kind>/", forms.form, name="form"),
    path("bonus/<int:pk>/new/", claims.claim, name="claim"),
]
