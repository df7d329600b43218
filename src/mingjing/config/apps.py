"""Last app to load: freezes the registry once every programme has registered its manifest."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "mingjing.config"
    label = "config"

    def ready(self) -> None:
        from mingjing.config import checks  # noqa: F401 - importing registers them
        from mingjing.kernel import registry

        registry.freeze()
