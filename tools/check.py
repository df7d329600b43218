"""Runs every static check and shows what each that failed has to say.

python -m tools.check [--fix]     --fix lets ruff and the generators put right what they can first
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(sys.executable).parent
PYTHON = [sys.executable, "-m"]
FIXES = (
    [*PYTHON, "ruff", "check", "--no-cache", "--fix", "--quiet"],
    [*PYTHON, "ruff", "format", "--quiet"],
    [*PYTHON, "tools.messages", "update"],
    [*PYTHON, "tools.reference"],
)
LANES = 2
CHECKS = {  # the longest first, for two run at a time
    "types": [*PYTHON, "mypy"],
    "format": [*PYTHON, "ruff", "format", "--check", "--quiet"],
    "lint": [*PYTHON, "ruff", "check", "--no-cache", "--quiet"],
    "imports": [str(HERE / "lint-imports"), "--no-cache"],
    "system": [*PYTHON, "mingjing", "check"],
    "migrations": [*PYTHON, "django", "makemigrations", "--check", "--dry-run"],
    "messages": [*PYTHON, "tools.messages", "check"],
    "reference": [*PYTHON, "tools.reference", "--check"],
    "vendored": [*PYTHON, "tools.vendored"],
}


def main(arguments: list[str]) -> int:
    """Run every check; 1 when one failed."""
    os.chdir(ROOT)
    if arguments not in ([], ["--fix"]):
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="mingjing-check-") as data:
        os.environ |= {
            "MINGJING_MODE": "test",
            "MINGJING_DATA": data,
            "DJANGO_SETTINGS_MODULE": "mingjing.config.settings",
        }
        for command in FIXES if arguments else ():
            subprocess.run(command, check=False)
        with ThreadPoolExecutor(LANES) as lanes:
            passed = list(lanes.map(passes, CHECKS, CHECKS.values()))
        failed = [name for name, sound in zip(CHECKS, passed, strict=True) if not sound]
    print(f"FAILED: {', '.join(failed)}" if failed else "every check passed")
    return 1 if failed else 0


def passes(name: str, command: list[str]) -> bool:
    """Run one check; show its output only when it failed."""
    start = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    told = f"{name:<12}{'ok' if done.returncode == 0 else 'FAILED'} ({time.monotonic() - start:.1f} s)"
    print(f"{told}\n{done.stdout.rstrip()}" if done.returncode else told, flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
