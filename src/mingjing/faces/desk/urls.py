"""The desk's own routes. Programmes' routes are mounted beside them, below each programme's code."""

from django.urls import path

from mingjing.faces.desk import areas, home, patterns, session

app_name = "desk"

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", session.sign_in, name="sign-in"),
    path("sign-out/", session.sign_out, name="sign-out"),
    path("language/", session.language, name="language"),
    path("areas/", areas.areas, name="areas"),
    path("areas/<str:code>/", areas.area, name="area"),
    path("patterns/", patterns.patterns, name="patterns"),
]
