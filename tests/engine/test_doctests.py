"""The examples in the engine's docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import mingjing.engine

MODULES = [module.name for module in pkgutil.walk_packages(mingjing.engine.__path__, "mingjing.engine.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
