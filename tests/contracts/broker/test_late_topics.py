"""A service may start before the one that makes the topics that it reads."""

import time
import uuid

from shared.events.broker import Broker
from shared.events.contract import Topic
from shared.events.record import TopicPartition
from tests.contracts.broker.ground import Ground


def test_a_member_gets_topics_that_are_made_after_it_joined_however_short_its_polls(
    ground: Ground, broker: Broker
) -> None:
    late = Topic(
        f"late.{uuid.uuid4().hex}".translate(str.maketrans("0123456789", "ghijklmnop")), partitions=2
    )
    member = broker.join(group=late.name, topics=[late.name])
    try:
        until = time.monotonic() + 3
        while time.monotonic() < until:
            assert not member.poll(timeout=0.01, limit=10).assigned
        with ground.open() as another:
            another.apply([late])

        got: set[TopicPartition] = set()
        until = time.monotonic() + 20
        while len(got) < late.partitions and time.monotonic() < until:
            # No time to join within one poll: each must go on where the last one ended.
            polled = member.poll(timeout=0.002, limit=10)
            got = (got - polled.revoked) | polled.assigned
        assert got == {TopicPartition(late.name, 0), TopicPartition(late.name, 1)}
    finally:
        member.close()
