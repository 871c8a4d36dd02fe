"""How often one address may ask."""

import pytest

from shared.web.limits import Limit, TooMany


def test_an_address_that_asks_too_often_waits_and_others_do_not() -> None:
    now = [0.0]
    limit = Limit(3, 60, monotonic=lambda: now[0])
    for _ in range(3):
        limit.insist("192.0.2.1")

    with pytest.raises(TooMany) as caught:
        limit.insist("192.0.2.1")
    limit.insist("192.0.2.2")

    assert (caught.value.status, caught.value.retry_after) == (429, 21)
    now[0] = 19
    with pytest.raises(TooMany):
        limit.insist("192.0.2.1")  # asking too early costs nothing more
    now[0] = 21
    limit.insist("192.0.2.1")
    with pytest.raises(TooMany):
        limit.insist("192.0.2.1")


def test_it_forgets_whom_it_has_not_seen_for_longest() -> None:
    limit = Limit(1, 60, monotonic=lambda: 0.0)
    for number in range(10_001):
        limit.insist(str(number))

    limit.insist("0")  # forgotten
    with pytest.raises(TooMany):
        limit.insist("9999")
