"""The routes of what follows a published list, below /assessments/."""

from django.urls import path

from mingjing.faces.ui import addresses  # noqa: F401 - importing registers the converters `code` and `codes`
from mingjing.programmes.assessments.desk.measures import bars, controls, entry, orders, overview, steps

OF = "rounds/<int:pk>/measures/<codes:number>/"

urlpatterns = [
    path("measures/", overview.overview, name="measures"),
    path(f"{OF}steps/<slug:kind>/<slug:step>/", steps.take, name="measure-step"),
    path(f"{OF}approvals/<slug:kind>/", steps.approve, name="measure-approve"),
    path(f"{OF}papers/<slug:kind>/<slug:step>/", steps.paper, name="measure-paper"),
    path(f"{OF}orders/", orders.order, name="order-give"),
    path(f"{OF}bar/", bars.decide, name="bar-decide"),
    path(OF, entry.entry, name="entry-measures"),  # after the longer ones: a number may hold a slash
    path("bars/", bars.bars, name="bars"),
    path("bars/<int:bar>/", bars.bar, name="bar"),
    path("bars/<int:bar>/opinion/", bars.sign, name="bar-sign"),
    path("bars/<int:bar>/paper/", bars.paper, name="bar-paper"),
    path("bars/<int:bar>/end/", bars.call_off, name="bar-call-off"),
    path("controls/", controls.controls, name="controls"),
    path("controls/new/", controls.record, name="control-record"),
    path("controls/<int:control>/confirmation/", controls.confirm, name="control-confirm"),
    path("controls/<int:control>/withdrawal/", controls.withdraw, name="control-withdraw"),
    path("spots/<int:case>/", orders.spot, name="order-spot"),
]
