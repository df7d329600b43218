"""The field with which desk pages take evidence, where they are used to find it. The field itself is of faces.ui."""

from mingjing.faces.ui.uploads import MOST_FILES, ExhibitsField

__all__ = ["MOST_FILES", "ExhibitsField"]
