"""Replays one file in a process of its own, prints seconds and peak memory: python -m bench.replay_process WORK IN OUT.

WORK is `replay` (read, score, list, write) or `copy` (the floor: read and write the same rows with the csv module).
"""

import csv
import json
import resource
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent / "src" / "mingjing" / "programmes" / "assessments"


def copy(source: Path, target: Path) -> None:
    """The least anyone does who reads and writes this table."""
    with source.open(encoding="utf-8", newline="") as given, target.open("w", encoding="utf-8", newline="") as made:
        csv.writer(made, lineterminator="\n").writerows(csv.reader(given))


def replay(source: Path, target: Path) -> None:
    """The whole job, as `mingjing assessments replay` does it."""
    from mingjing.kernel.tables import read_table, write_csv
    from mingjing.programmes.assessments.policy.intake import bind
    from mingjing.programmes.assessments.policy.mapping_file import parse_mapping
    from mingjing.programmes.assessments.policy.replay import COLUMNS
    from mingjing.programmes.assessments.policy.replay import replay as score
    from mingjing.programmes.assessments.policy.scheme import compile_scheme

    scheme = compile_scheme(json.loads((HERE / "schemes" / "hetang-2024.json").read_text("utf-8")))
    mapping = parse_mapping((HERE / "mappings" / "hetang-2024.toml").read_text("utf-8"))
    with tempfile.TemporaryFile() as spill, read_table(source) as table:
        scored = score(bind(mapping, scheme, table.header), table.rows, spill)
        write_csv(target, chain([COLUMNS], scored.rows()))


def main() -> None:
    """Run the named work and print what it took."""
    work, source, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    start = time.perf_counter()
    {"copy": copy, "replay": replay}[work](source, target)
    print(time.perf_counter() - start, peak())


def peak() -> int:
    """The most memory this process has held, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count the memory of the parent from before exec
        return 1024 * int(status.read_text().split("VmHWM:")[1].split()[0])
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
