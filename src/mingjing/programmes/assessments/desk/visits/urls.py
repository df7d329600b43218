"""The routes of visit records: recording, signing, reviewing, below /assessments/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
