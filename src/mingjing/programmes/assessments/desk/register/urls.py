"""The routes of the register of communities and the rosters that bring it up to date, below /assessments/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
