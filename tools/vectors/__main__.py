"""Writes tests/vectors/preview from the Python engine.

python -m tools.vectors             writes the files that changed
python -m tools.vectors --check     names the files that are not what the engine gives; 1 when there is one
"""

import argparse
import sys

from tools.vectors import stale, write


def main() -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    found = stale()
    if parser.parse_args().check:
        print(*found, sep="\n", end="\n" if found else "")
        return 1 if found else 0
    write()
    print(*(f"wrote {name}" for name in found), sep="\n", end="\n" if found else "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
