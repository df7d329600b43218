"""Static files with compressed copies beside them, each content compressed once.

The best compression takes seconds of processor time for all files, and `migrate` collects them every time. Not here:
which files there are (each app's `static`), and who serves them.
"""

import gzip
from functools import cache
from pathlib import Path
from typing import Any

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

__all__ = ["StaticFiles"]

UNPACK = {".br": brotli.decompress, ".gz": gzip.decompress}


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """Names that say what a file holds, and copies of both kinds, made where they are missing or of something else."""

    def create_compressor(self, **options: Any) -> Compressor:
        return _Once(**options)


class _Once(Compressor):  # type: ignore[misc]  # as above
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.compress_brotli = cache(super().compress_brotli)  # a file has two names, with and without its digest

    def compress(self, path: str) -> list[str]:
        """The names of the copies of the file at `path`."""
        if all(_holds(Path(path + suffix), Path(path)) for suffix in UNPACK):
            return [path + suffix for suffix in UNPACK]
        return list(super().compress(path))


def _holds(copy: Path, file: Path) -> bool:
    """Whether `copy` is whole and of what `file` holds now."""
    try:
        return bool(UNPACK[copy.suffix](copy.read_bytes()) == file.read_bytes())
    except (OSError, EOFError, brotli.error):
        return False
