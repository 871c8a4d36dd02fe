"""`tongxing topics …`: what contracts declare, and what the broker has."""

from collections.abc import Sequence

import click

from shared.cli.acls import acls
from shared.cli.printing import duration, print_json, print_table
from shared.cli.selection import json_option, opened, service_option
from shared.events.broker import TopicInBroker
from shared.events.contract import Topic
from shared.runtime import Runtime


@click.group
def topics() -> None:
    """List, apply and check the topics that the installed services publish."""


topics.add_command(acls)


@topics.command("list")
@service_option
@json_option
def list_(*, services: Sequence[str], as_json: bool) -> None:
    """The topics as declared, and how many records the broker holds of each."""
    with opened(services) as runtimes:
        declared, there = _both(runtimes)
    if as_json:
        print_json(
            [
                {"topic": topic, "publisher": topic.publisher, "in_broker": there.get(topic.name)}
                for topic in declared
            ]
        )
        return
    print_table(
        ("TOPIC", "PARTITIONS", "KEPT", "REBUILD", "RECORDS"),
        [
            (
                topic.name,
                topic.partitions,
                _kept(topic),
                "yes" if topic.rebuildable else "no",
                _records(there.get(topic.name)),
            )
            for topic in declared
        ],
    )


@topics.command
@service_option
def apply(services: Sequence[str]) -> None:
    """Make what is missing and set retention and compaction. Partitions of a topic never change."""
    with opened(services) as runtimes:
        changes = [change for runtime in runtimes for change in runtime.broker.apply(runtime.topics.values())]
    for change in changes:
        click.echo(change)
    if not changes:
        click.echo("Every topic is as declared.")


@topics.command
@service_option
@json_option
@click.pass_context
def check(ctx: click.Context, *, services: Sequence[str], as_json: bool) -> None:
    """Whether the broker has every topic with its partitions; exits with 1 where not."""
    with opened(services) as runtimes:
        declared, there = _both(runtimes)
    wrong = differences(declared, there)
    if as_json:
        print_json(wrong)
    else:
        for sentence in wrong or ["The broker has every topic."]:
            click.echo(sentence)
    if wrong:
        ctx.exit(1)


def differences(declared: Sequence[Topic], there: dict[str, TopicInBroker]) -> list[str]:
    """What the broker has otherwise than declared, as sentences that say what to do."""
    wrong = []
    for topic in declared:
        found = there.get(topic.name)
        if found is None:
            wrong.append(f"{topic.name} is missing: run tongxing topics apply.")
        elif len(found.spans) != topic.partitions:
            wrong.append(
                f"{topic.name} has {len(found.spans)} partitions and is declared with {topic.partitions}. The number "
                "never changes on a topic with keys: declare a new topic, or put the declaration right."
            )
    return wrong


def _both(runtimes: Sequence[Runtime]) -> tuple[list[Topic], dict[str, TopicInBroker]]:
    declared = sorted(
        (topic for runtime in runtimes for topic in runtime.topics.values()), key=lambda it: it.name
    )
    return declared, runtimes[0].broker.describe(topic.name for topic in declared)


def _kept(topic: Topic) -> str:
    if topic.compacted:
        return "newest of each key"
    return "for ever" if topic.retention is None else duration(topic.retention)


def _records(topic: TopicInBroker | None) -> str | int:
    return "missing" if topic is None else sum(span.end - span.start for span in topic.spans.values())
