"""The examples in the engine's docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import mingjing.engine

MODULES = [f"mingjing.engine.{module.name}" for module in pkgutil.iter_modules(mingjing.engine.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
