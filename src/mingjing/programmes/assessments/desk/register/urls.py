"""Routes of the register and of rosters."""

from django.urls import path

from mingjing.programmes.assessments.desk.register import communities, rosters, signs

urlpatterns = [
    path("communities/", communities.communities, name="communities"),
    path("communities/<int:pk>/", communities.community, name="community"),
    path("communities/<int:pk>/removal/", communities.remove, name="community-remove"),
    path("communities/<int:pk>/return/", communities.bring_back, name="community-return"),
    path("communities/<int:pk>/sign/", signs.sign, name="community-sign"),
    path("communities/<int:pk>/entry-code/", signs.issue, name="community-code"),
    path("communities/<int:pk>/entry-code/withdrawal/", signs.withdraw, name="community-code-withdraw"),
    path("signs/", signs.signs, name="signs"),
    path("issue-signs/", signs.issue_all, name="signs-issue"),
    path("rosters/", rosters.rosters, name="rosters"),
    path("add-roster/", rosters.add, name="roster-add"),
    path("roster-template/<int:code>/", rosters.template, name="roster-template"),
    path("rosters/<int:pk>/", rosters.roster, name="roster"),
    path("rosters/<int:pk>/approval/", rosters.approve, name="roster-approve"),
    path("rosters/<int:pk>/discarding/", rosters.discard, name="roster-discard"),
    path("rosters/<int:pk>/reading/", rosters.read_again, name="roster-again"),
    path("rosters/<int:pk>/absent/", rosters.absent, name="roster-absent"),
    path("rosters/<int:pk>/<slug:kind>/", rosters.lines, name="roster-lines"),
]
