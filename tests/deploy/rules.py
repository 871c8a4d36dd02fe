"""Reading deploy/alerts.yml and evaluating its rules, as far as that file goes and no further.

This is no YAML reader and no PromQL: a line or an expression of another form is an error, not a guess. Every line is
`key: value` with a plain word or a string in JSON's quotes, which every YAML reader takes for the same. Expressions
are comparisons of one metric, of its change between two scrapes, or of the ratio of two such sums, joined by `and`.
`increase` and `delta` are the difference of the two scrapes: Prometheus extrapolates to the whole range, which changes
their size, never whether they are above 0. `for` is not simulated.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

Labels = frozenset[tuple[str, str]]
Vector = Mapping[Labels, float]

_LINE = re.compile(r'(?P<indent> *)(?P<item>- )?(?P<key>\w+):(?: (?P<value>[\w.]+|"(?:[^"\\]|\\.)*"))?')

_SELECTOR = r'(?P<{0}metric>tongxing_\w+)(?:\{{(?P<{0}label>\w+)(?P<{0}op>=~?)"(?P<{0}wanted>[^"]*)"\}})?'
_PLAIN = re.compile(_SELECTOR.format(""))
_CHANGE = re.compile(rf"(?:increase|delta)\({_SELECTOR.format('')}\[\d+[mh]\]\)")
_RATIO = re.compile(r"sum by \(service\) \((?P<part>.+)\) / sum by \(service\) \((?P<whole>.+)\)")
_COMPARISON = re.compile(r"(?P<value>.+) (?P<than>[<>]) (?P<limit>[\d.]+)")


class NotOurForm(Exception):
    """The file uses something that this reader does not know: teach it, with what the rule means."""


@dataclass
class Rule:
    """One alert."""

    name: str
    said: dict[str, str] = field(default_factory=dict)

    @property
    def expr(self) -> str:
        return self.said["expr"]

    @property
    def metrics(self) -> set[str]:
        """The names of the metrics that the expression reads."""
        return set(re.findall(r"tongxing_\w+", self.expr))


@dataclass(frozen=True)
class Scrape:
    """All samples of one answer of /metrics, by name."""

    samples: Mapping[str, Vector]

    @classmethod
    def of(cls, text: str) -> "Scrape":
        samples: dict[str, dict[Labels, float]] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                samples.setdefault(sample.name, {})[frozenset(sample.labels.items())] = sample.value
        return cls(samples)


def read(path: Path) -> list[Rule]:
    """The rules of the file, in order."""
    rules: list[Rule] = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parsed = _LINE.fullmatch(line)
        if parsed is None:
            raise NotOurForm(f"{path.name}:{number}: {line}")
        value = parsed["value"] or ""
        value = json.loads(value) if value.startswith('"') else value
        if parsed["key"] == "alert":
            rules.append(Rule(value))
        elif rules and value:
            if parsed["key"] in rules[-1].said:
                raise NotOurForm(f"{path.name}:{number}: {parsed['key']} is said twice")
            rules[-1].said[parsed["key"]] = value
    return rules


def firing(rule: Rule, before: Scrape, after: Scrape) -> set[Labels]:
    """The labels for which the rule's expression holds at the second scrape."""
    clauses = [_holds(clause, before, after) for clause in rule.expr.split(" and ")]
    return set.intersection(*clauses)


def _holds(clause: str, before: Scrape, after: Scrape) -> set[Labels]:
    parsed = _matched(_COMPARISON, clause)
    limit, values = float(parsed["limit"]), _value(parsed["value"], before, after)
    return {
        labels
        for labels, value in values.items()
        if (value > limit if parsed["than"] == ">" else value < limit)
    }


def _value(text: str, before: Scrape, after: Scrape) -> Vector:
    if ratio := _RATIO.fullmatch(text):
        part, whole = (_by_service(_value(ratio[side], before, after)) for side in ("part", "whole"))
        return {labels: value / whole[labels] for labels, value in part.items() if whole.get(labels)}
    if change := _CHANGE.fullmatch(text):
        then = dict(_selected(change, before))
        # A series that was not there before has no change for Prometheus either.
        return {labels: value - then[labels] for labels, value in _selected(change, after) if labels in then}
    return dict(_selected(_matched(_PLAIN, text), after))


def _selected(selector: re.Match[str], scrape: Scrape) -> Iterator[tuple[Labels, float]]:
    for labels, value in scrape.samples.get(selector["metric"], {}).items():
        has = dict(labels).get(selector["label"] or "", "")
        wanted = selector["wanted"] or ""
        if has == wanted if selector["op"] != "=~" else re.fullmatch(wanted, has):
            yield labels, value


def _by_service(values: Vector) -> dict[Labels, float]:
    sums: dict[Labels, float] = {}
    for labels, value in values.items():
        service = frozenset({("service", dict(labels)["service"])})
        sums[service] = sums.get(service, 0.0) + value
    return sums


def _matched(form: re.Pattern[str], text: str) -> re.Match[str]:
    parsed = form.fullmatch(text)
    if parsed is None:
        raise NotOurForm(text)
    return parsed
