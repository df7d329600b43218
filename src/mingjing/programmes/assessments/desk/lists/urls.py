"""The routes of results of rounds: lists, communities, changes, exports, what-ifs, below /assessments/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
