"""The routes of rounds, their entries and classes, filings and progress, below /assessments/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
