"""One trace id from the request that changes something to the last consumer that hears of it."""

from dataclasses import replace
from pathlib import Path

from services.notifications.app import service as notifications
from services.scheduling.app import service as scheduling
from shared.contracts.scheduling import SessionReleased
from shared.db import Transaction
from shared.events.record import TopicPartition
from tests.builders import DELINGHA, house, three_schools

TRACE = "0af7651916cd43dd8448eb211c80319c"
PLAN = {
    "title": "集团治理与管理策略",
    "kind": "lecture",
    "starts_at": "2025-06-10T08:30:00+08:00",
    "ends_at": "2025-06-10T12:00:00+08:00",
    "place": "培训中心报告厅",
    "invited_schools": [str(DELINGHA)],
    "host_region": "632800",
}


def test_the_trace_of_a_request_reaches_the_last_consumer(tmp_path: Path) -> None:
    heard: list[str | None] = []

    def listen(tx: Transaction, _event: SessionReleased) -> None:
        heard.append(tx.traceparent)

    listening = replace(notifications, reactions={SessionReleased: listen})
    with house(scheduling, tmp_path) as planner, house(listening, tmp_path) as school:
        planner.hear(*three_schools())
        planner.runtime.broker.apply(planner.runtime.topics.values())
        client = planner.client("coordinator@region:632800")
        drafted = client.post("/scheduling/api/v1/sessions", json=PLAN)
        assert drafted.status_code == 201, drafted.text
        assert drafted.json is not None

        released = client.post(
            f"/scheduling/api/v1/sessions/{drafted.json['id']}/release",
            headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"},
        )
        assert released.status_code == 200, released.text
        relay, consumer = planner.runtime.relay(), school.runtime.consumer()
        while relay.step():
            pass
        while not heard:
            consumer.step(timeout=0.2)
        relay.close()
        consumer.close()
        lies = [
            dict(record.headers)["ce_traceparent"].decode()
            for partition in range(6)
            for record in planner.runtime.broker.read(
                *TopicPartition("scheduling.sessions", partition), start=0, limit=10
            ).records
        ]

    assert released.headers["traceparent"].split("-")[1] == TRACE
    assert [traceparent.split("-")[1] for traceparent in lies] == [TRACE]
    assert [(traceparent or "").split("-")[1] for traceparent in heard] == [TRACE]
