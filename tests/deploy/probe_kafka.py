"""Runs in a service's container, as that service: tries to write and to read each topic.

Prints {"topic": ["read", "write"]}: what was not refused. Whatever is neither done nor refused ends the script.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
)

REFUSED = (TopicAuthorizationFailedError, GroupAuthorizationFailedError, ClusterAuthorizationFailedError)
OPTIONS = dict(one.split("=", 1) for one in Path("/run/tongxing/kafka").read_text().split(","))


def main() -> None:
    topics = sys.argv[1:]
    with ThreadPoolExecutor(max_workers=4) as tries:  # most of a try is waiting
        done = list(tries.map(tried, topics))
    sys.stdout.write(json.dumps(dict(zip(topics, done, strict=True))))


def tried(topic: str) -> list[str]:
    return [word for word, succeeds in (("read", reads), ("write", writes)) if succeeds(topic)]


def writes(topic: str) -> bool:
    producer = KafkaProducer(bootstrap_servers="kafka:9092", max_block_ms=5000, retries=0, **OPTIONS)
    try:
        producer.send(topic, key=b"probe", value=b"probe").get(timeout=10)
    except REFUSED:
        return False
    finally:
        producer.close(timeout=1)
    return True


def reads(topic: str) -> bool:
    consumer = KafkaConsumer(bootstrap_servers="kafka:9092", enable_auto_commit=False, **OPTIONS)
    try:
        consumer.assign([TopicPartition(topic, 0)])
        consumer.seek(TopicPartition(topic, 0), 0)
        consumer.poll(timeout_ms=1000)
        return bool(consumer.end_offsets([TopicPartition(topic, 0)]))
    except REFUSED:
        return False
    finally:
        consumer.close()


main()
