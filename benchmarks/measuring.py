"""What every benchmark shares: medians of interleaved counts, bars, and a report that names the machine.

A benchmark prints ratios against a peer that was measured in the same run, because absolute figures say more
about the machine than about us; they are printed beside.
"""

import argparse
import json
import os
import platform
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

#: Counts of each side; the median of them is the figure.
ROUNDS = 5


def options(description: str, **more: Mapping[str, object]) -> argparse.Namespace:
    """The command line of a benchmark: `--json`, and what else it takes as `name=keywords of add_argument`."""
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    for name, keywords in more.items():
        parser.add_argument(f"--{name.replace('_', '-')}", **keywords)  # type: ignore[arg-type]  # argparse's own keywords
    return parser.parse_args()


def interleaved(counts: Mapping[str, Callable[[], float]], *, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Count each side in turn, `rounds` times, so that a slow minute of the machine falls on all of them."""
    results: dict[str, list[float]] = {name: [] for name in counts}
    for _ in range(rounds):
        for name, count in counts.items():
            results[name].append(count())
    return results


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1)]


@dataclass
class Report:
    """What one run found: figures, and those of them that have a bar."""

    name: str
    servers: Mapping[str, str] = field(default_factory=dict)
    _figures: list[dict[str, object]] = field(default_factory=list)
    _checks: list[dict[str, object]] = field(default_factory=list)

    def figure(self, what: str, counts: Sequence[float], unit: str) -> float:
        """Note an absolute figure and answer it: the median of the counts, all of which are printed beside."""
        median = statistics.median(counts)
        self._figures.append({"what": what, "median": median, "unit": unit, "counts": list(counts)})
        return median

    def at_least(self, what: str, value: float, bar: float) -> None:
        """Hold `value` to a bar that it has to reach."""
        self._checks.append({"what": what, "value": value, "at_least": bar, "reached": value >= bar})

    def at_most(self, what: str, value: float, bar: float) -> None:
        """Hold `value` to a bar that it must not exceed."""
        self._checks.append({"what": what, "value": value, "at_most": bar, "reached": value <= bar})

    def finish(self, *, as_json: bool) -> int:
        """Print all of it; answers the exit code, which is 1 where a bar was missed."""
        reached = all(check["reached"] for check in self._checks)
        if as_json:
            found = {
                "benchmark": self.name,
                "reached": reached,
                "checks": self._checks,
                "figures": self._figures,
                "machine": {**machine(), **self.servers},
            }
            print(json.dumps(found, ensure_ascii=False, indent=1))
            return 0 if reached else 1
        for figure in self._figures:
            counts = " ".join(_short(count) for count in _floats(figure["counts"]))
            print(f"  {figure['what']}: {_short(figure['median'])} {figure['unit']}   [{counts}]")
        for check in self._checks:
            sign, bar = ("≥", check["at_least"]) if "at_least" in check else ("≤", check["at_most"])
            said = "reached" if check["reached"] else "MISSED"
            print(f"{check['what']}: {_short(check['value'])} ({sign} {_short(bar)}: {said})")
        print(
            "machine: "
            + ", ".join(f"{name} {value}" for name, value in {**machine(), **self.servers}.items())
        )
        return 0 if reached else 1


def machine() -> dict[str, str]:
    """What the absolute figures belong to."""
    return {
        "cores": str(len(os.sched_getaffinity(0))),
        "CPU": _first("/proc/cpuinfo", "model name") or platform.processor(),
        "memory": f"{int(_first('/proc/meminfo', 'MemTotal').split()[0] or 0) / 1024**2:.0f} GB",
        "Python": platform.python_version(),
        **{name: version(name) for name in ("kafka-python", "SQLAlchemy", "psycopg", "msgspec")},
    }


def _first(path: str, name: str) -> str:
    """The value of the first `name: value` line of a file of the kernel's."""
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "0"


def _floats(values: object) -> list[float]:
    assert isinstance(values, list)  # noqa: S101  `figure` put it there
    return [float(value) for value in values]


def _short(value: object) -> str:
    number = float(str(value))
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"  # noqa: PLR2004  three figures are enough to compare
