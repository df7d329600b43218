"""The programme's routes on the desk, below /complaints/."""

from django.urls import path

from mingjing.programmes.complaints.desk import complaints, editions, exports, intakes, objections, rules

app_name = "complaints"

urlpatterns = [
    path("", complaints.complaints, name="complaints"),
    path("cases/<int:pk>/", complaints.complaint, name="complaint"),
    path("cases/<int:pk>/repeat/", complaints.repeat, name="complaint-repeat"),
    path("decide-cases/", complaints.decide_selected, name="complaints-decide"),
    path("intakes/", intakes.intakes, name="intakes"),
    path("add-intake/", intakes.add, name="intake-add"),
    path("intakes/<int:pk>/", intakes.intake, name="intake"),
    path("intakes/<int:pk>/approval/", intakes.approve, name="intake-approve"),
    path("intakes/<int:pk>/discarding/", intakes.discard, name="intake-discard"),
    path("intakes/<int:pk>/<slug:kind>/", intakes.lines, name="intake-lines"),
    path("editions/", editions.editions, name="editions"),
    path("open-edition/", editions.add, name="edition-add"),
    path("editions/<int:pk>/", editions.edition, name="edition"),
    path("editions/<int:pk>/unranked/", editions.unranked, name="edition-unranked"),
    path("editions/<int:pk>/step/", editions.step, name="edition-step"),
    path("editions/<int:pk>/bulletin/", editions.bulletin, name="edition-bulletin"),
    path("editions/<int:pk>/correction/", editions.correct, name="edition-correct"),
    path("editions/<int:pk>/communities/<int:site>/", editions.row, name="edition-row"),
    path("editions/<int:pk>/objections/", objections.objections, name="objections"),
    path("editions/<int:pk>/object/<int:complaint>/", objections.add, name="objection-add"),
    path("editions/<int:pk>/objections/<int:objection>/", objections.objection, name="objection"),
    path("editions/<int:pk>/ranking.<slug:form>", exports.ranking, name="edition-export"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<int:code>/draft/", rules.draft, name="rules-draft"),
    path("rules/<int:code>/versions/<int:pk>/", rules.version, name="rules-version"),
]
