"""The routes of supervisors, conflicts, teams, draws and sealed days, below /assessments/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
