from datetime import timedelta
from uuid import UUID

import pytest

from shared.events.acl import Permission, permissions
from shared.events.contract import Event, Registry, Topic, published

REGISTRY = Registry()
SCHOOLS = Topic("directory.schools", compacted=True)
SESSIONS = Topic("scheduling.sessions", retention=timedelta(days=30))


@published("directory.school.listed.v1", on=SCHOOLS, key="school_id", registry=REGISTRY)
class SchoolListed(Event, frozen=True):
    school_id: UUID


@published("scheduling.session.released.v1", on=SESSIONS, key="session_id", registry=REGISTRY)
class SessionReleased(Event, frozen=True):
    session_id: UUID


@published("scheduling.session.cancelled.v1", on=SESSIONS, key="session_id", registry=REGISTRY)
class SessionCancelled(Event, frozen=True):
    session_id: UUID


class Undeclared(Event, frozen=True):
    pass


def test_a_publisher_writes_its_own_topics_and_reads_those_it_reacts_to() -> None:
    found = permissions("scheduling", reactions=[SchoolListed], registry=REGISTRY)

    assert found == (
        Permission("scheduling", "group", "scheduling", "Describe"),
        Permission("scheduling", "group", "scheduling", "Read"),
        Permission("scheduling", "topic", "directory.schools", "Describe"),
        Permission("scheduling", "topic", "directory.schools", "Read"),
        Permission("scheduling", "topic", "scheduling.sessions", "AlterConfigs"),
        Permission("scheduling", "topic", "scheduling.sessions", "Create"),
        Permission("scheduling", "topic", "scheduling.sessions", "Describe"),
        Permission("scheduling", "topic", "scheduling.sessions", "DescribeConfigs"),
        Permission("scheduling", "topic", "scheduling.sessions", "Read"),
        Permission("scheduling", "topic", "scheduling.sessions", "Write"),
    )


def test_a_reader_of_two_events_of_a_topic_is_permitted_once_and_never_to_write() -> None:
    found = permissions("notifications", reactions=[SessionReleased, SessionCancelled], registry=REGISTRY)

    assert [(one.name, one.operation) for one in found if one.resource == "topic"] == [
        ("scheduling.sessions", "Describe"),
        ("scheduling.sessions", "Read"),
    ]


def test_who_neither_publishes_nor_reacts_has_its_group_and_no_topic() -> None:
    found = permissions("exchange", reactions=[], registry=REGISTRY)

    assert {one.resource for one in found} == {"group"}


def test_a_reaction_to_an_event_that_was_never_declared_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        permissions("exchange", reactions=[Undeclared], registry=REGISTRY)
