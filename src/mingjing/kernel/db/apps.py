"""Registers the kernel app `db`."""

from django.apps import AppConfig


class DbConfig(AppConfig):
    name = "mingjing.kernel.db"
    label = "db"
