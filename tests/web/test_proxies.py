"""What a proxy says of the client counts only where the settings say that one of ours stands in front."""

from dataclasses import replace

import pytest

from shared.errors import Invalid
from shared.settings import Settings
from tests.builders import House

#: As nginx, which ended TLS, passes on a change that a browser without Sec-Fetch-Site sends.
PASSED_ON = {
    "Origin": "https://tongxing.example",
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "tongxing.example",
}


@pytest.mark.parametrize(("proxies", "status"), [(0, 403), (1, 200)])
def test_whom_we_believe_where_a_request_was_meant_to_go(toy: House, proxies: int, status: int) -> None:
    toy.runtime.settings = replace(toy.runtime.settings, trusted_proxies=proxies)

    assert toy.client("administrator@all").post("/exchange/change", headers=PASSED_ON).status_code == status


def test_what_a_client_wrote_before_our_proxy_added_to_it_is_not_believed(toy: House) -> None:
    toy.runtime.settings = replace(toy.runtime.settings, trusted_proxies=1)
    headers = {**PASSED_ON, "X-Forwarded-Host": "tongxing.example, real.example"}

    assert toy.client("administrator@all").post("/exchange/change", headers=headers).status_code == 403


def test_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TONGXING_TRUSTED_PROXIES", raising=False)
    assert Settings.from_env().trusted_proxies == 0

    monkeypatch.setenv("TONGXING_TRUSTED_PROXIES", "2")
    assert Settings.from_env().trusted_proxies == 2

    for wrong in ("-1", "10.1.0.0/16"):
        monkeypatch.setenv("TONGXING_TRUSTED_PROXIES", wrong)
        with pytest.raises(Invalid, match="TONGXING_TRUSTED_PROXIES"):
            Settings.from_env()
