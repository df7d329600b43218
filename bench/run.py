"""Runs the scenarios beside this file, prints their figures and holds them against budgets.toml.

python -m bench.run [NAME …]     exit status 1 when a figure is past its budget, has none, or a scenario fails
"""

import importlib
import subprocess
import sys
import time
import tomllib
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.figures import Figure, Skip

HERE = Path(__file__).resolve().parent


def main(names: list[str]) -> int:
    """Run the named scenarios (all without names); returns the exit status."""
    budgets = tomllib.loads((HERE / "budgets.toml").read_text("utf-8"))
    known = sorted(path.stem.removeprefix("scenario_") for path in HERE.glob("scenario_*.py"))
    if unknown := set(names) - set(known):
        print(f"No scenario {', '.join(sorted(unknown))}; there are: {', '.join(known)}.", file=sys.stderr)
        return 2
    run = alone if len(names or known) > 1 else run_scenario
    failed = [name for name in names or known if not run(name, budgets)]
    print(f"past budget or failed: {', '.join(failed)}" if failed else "every figure within its budget")
    return 1 if failed else 0


def alone(name: str, budgets: Mapping[str, Any]) -> bool:
    """The same in a process of its own: no scenario finds another's rows, caches or threads."""
    return subprocess.run([sys.executable, "-m", "bench.run", name], cwd=HERE.parent, check=False).returncode == 0


def run_scenario(name: str, budgets: Mapping[str, Any]) -> bool:
    """Measure one scenario and print it; whether all its figures are within budget."""
    print(f"== {name}", flush=True)
    start = time.perf_counter()
    try:
        figures = importlib.import_module(f"bench.scenario_{name}").measure()
    except Skip as skipped:
        print(f"   skipped: {skipped}")
        return True
    except Exception:
        traceback.print_exc()
        return False
    verdicts = [(figure, verdict(figure, budgets.get(figure.name))) for figure in figures]
    for figure, fault in verdicts:
        print(f"   {line(figure)}   {fault or 'ok'}")
    print(f"   took {time.perf_counter() - start:.1f} s", flush=True)
    return not any(fault for _, fault in verdicts)


def verdict(figure: Figure, budget: Mapping[str, Any] | None) -> str:
    """What is wrong with `figure`, or nothing."""
    if budget is None:
        return "NO BUDGET"
    return "; ".join(_faults(figure, budget))


def _faults(figure: Figure, budget: Mapping[str, Any]) -> Iterator[str]:
    if "ratio" in budget:
        if figure.ratio is None:
            yield "NO FLOOR MEASURED"
        elif figure.ratio > budget["ratio"]:
            yield f"PAST BUDGET: {figure.ratio:.2f}x of {budget['ratio']:g}x ({budget.get('why', '')})"
    if "limit" in budget and figure.value > budget["limit"]:
        limit = amount(budget["limit"], figure.unit)
        yield f"PAST LIMIT: {amount(figure.value, figure.unit)} of {limit} ({budget.get('why', '')})"


def line(figure: Figure) -> str:
    """One figure as a line of the table."""
    ratio = "" if figure.ratio is None else f"{figure.ratio:8.2f}x floor"
    rate = f"{figure.per / figure.value:,.0f} {figure.what}/s" if figure.per and figure.value else figure.what
    return f"{figure.name:<34} {amount(figure.value, figure.unit):>12} {ratio:>15}   {rate}"


def amount(value: float, unit: str) -> str:
    """A value with its unit, at a readable size."""
    if unit == "s":
        return (
            f"{value:.3f} s" if value >= 0.1 else f"{value * 1e3:.3f} ms" if value >= 1e-4 else f"{value * 1e6:.2f} us"
        )
    if unit == "bytes":
        return f"{value / 1e6:,.1f} MB"
    return f"{value:,.0f} {unit}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
