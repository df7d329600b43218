"""Registers the face `board`."""

from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "mingjing.faces.board"
    label = "board"
