"""Looking after accounts: inviting, giving, taking, disabling, deputies; and never above one's own scope."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.directory.accounts.commands import ADMINISTRATOR, lapse
from services.directory.accounts.model import Account
from shared.contracts.directory import AccountChanged
from shared.ids import named
from tests.builders import DELINGHA, GOLMUD, PARTNER, House

HAIXI = "coordinator@region:632800"
LIAISON = named("liaison", str(GOLMUD))


def account(house: House, account_id: UUID = LIAISON) -> Account:
    with house.database.reading() as db:
        found = db.get(Account, account_id)
        assert found is not None
        return found


def invited(house: House, by: str, **typed: str) -> tuple[int, str]:
    answer = house.client(by).post("/directory/accounts", data={"name": "赵志强", **typed})
    return answer.status_code, answer.text


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"role": "liaison", "school": str(GOLMUD)}, 200),
        ({"role": "coordinator", "scope": "region:632801"}, 200),
        ({"role": "coordinator", "scope": "region:632800"}, 200),
        ({"role": "coordinator", "scope": f"group:{named('group', '3632801002')}"}, 200),
        ({"role": "coordinator", "scope": f"group:{named('group', '3530627017')}"}, 403),
        ({"role": "coordinator", "scope": "region:630000"}, 403),
        ({"role": "coordinator", "scope": "all"}, 403),
        ({"role": "liaison", "school": str(PARTNER)}, 403),
        ({"role": "auditor", "scope": "region:632800"}, 403),
        ({"role": "administrator", "scope": "all"}, 403),
        ({"role": "liaison", "scope": "all"}, 422),
        ({"role": "king", "scope": "all"}, 422),
        ({"role": "coordinator", "scope": "region:999999"}, 404),
        ({"role": "liaison", "school": str(uuid4())}, 404),
        ({"role": "liaison", "school": str(GOLMUD), "until": "2020-01-01"}, 422),
        ({"role": "liaison", "school": str(GOLMUD), "name": ""}, 422),
    ],
)
def test_who_invites_stays_within_the_own_scope(directory: House, typed: dict[str, str], status: int) -> None:
    answered, page = invited(directory, HAIXI, **typed)

    assert answered == status
    if status != 200 and typed.get("name") != "":
        assert 'value="赵志强"' in page  # what was typed survives


def test_a_coordinator_of_a_group_invites_within_it(directory: House) -> None:
    by = f"coordinator@group:{named('group', '3632801002')}"

    assert invited(directory, by, role="liaison", school=str(GOLMUD))[0] == 200
    assert invited(directory, by, role="liaison", school=str(DELINGHA))[0] == 403


def test_an_invitation_lets_its_holder_in(directory: House) -> None:
    _, page = invited(directory, "administrator@all", role="auditor", scope="all")
    path = page.split('value="http://127.0.0.1:8000')[1].split('"')[0]
    browser = directory.client()
    typed = {"login": "auditor1", "password": "a quiet reader", "again": "a quiet reader"}

    assert "赵志强" in browser.get(path).text
    assert browser.post(path, data=typed).status_code == 303
    assert browser.get("/directory/accounts").status_code == 200
    assert browser.post("/directory/accounts", data={"name": "x"}).status_code == 403


def test_a_coordinator_sees_and_manages_the_own_region_alone(directory: House) -> None:
    page = directory.client(HAIXI).get("/directory/accounts", query_string={"q": "联络员"}).text
    assert "格尔木市第一中学联络员" in page
    assert "七星关区第一中学联络员" not in page

    foreign = named("liaison", str(PARTNER))
    assert directory.client(HAIXI).get(f"/directory/accounts/{foreign}").status_code == 404
    answer = directory.client(HAIXI).post(
        f"/directory/accounts/{foreign}/links", headers={"Accept": "text/html"}
    )
    assert answer.status_code == 403
    above = directory.client(HAIXI).post(f"/directory/accounts/{ADMINISTRATOR}/links")
    assert above.status_code == 403


def test_a_disabled_account_says_why_and_everybody_is_told(directory: House) -> None:
    client = directory.client(HAIXI)
    path = f"/directory/accounts/{LIAISON}"
    assert client.post(f"{path}/disabling", data={"reason": " "}).status_code == 422

    assert client.post(f"{path}/disabling", data={"reason": "调离<b>"}).status_code == 303

    assert "调离&lt;b&gt;" in client.get(path).text
    said = directory.said()[-1]
    assert isinstance(said, AccountChanged)
    assert (said.account_id, said.enabled, said.signed_out_before) == (LIAISON, False, directory.clock())
    assert client.post(f"{path}/links").status_code == 409
    assert client.post(f"{path}/enabling").status_code == 303
    assert account(directory).enabled


def test_a_deputy_lapses_by_itself(either: House) -> None:
    # Without the demonstration there is but the whole: an auditor for a day.
    _, page = invited(either, "administrator@all", role="auditor", scope="all", until="2025-06-04")
    assert "sign-in/" in page

    either.clock.move(timedelta(days=1))
    either.database.run(lapse, actor="service:directory")
    assert [event.grants for event in either.said() if isinstance(event, AccountChanged)] == [
        ("auditor@all",)
    ]
    either.clock.move(timedelta(days=1))
    either.database.run(lapse, actor="service:directory")
    either.database.run(lapse, actor="service:directory")

    assert [event.grants for event in either.said() if isinstance(event, AccountChanged)] == [
        ("auditor@all",),
        (),
    ]


def test_several_roles_and_one_less(directory: House) -> None:
    client, path = directory.client(HAIXI), f"/directory/accounts/{LIAISON}"

    client.post(f"{path}/grants", data={"role": "coordinator", "scope": "region:632801"})
    client.post(f"{path}/grants", data={"role": "teacher", "school": str(DELINGHA), "until": "2025-12-31"})
    assert account(directory).grants == [
        f"liaison@school:{GOLMUD}",
        "coordinator@region:632801",
        f"teacher@school:{DELINGHA}",
    ]
    client.post(f"{path}/grants/removal", data={"grant": "coordinator@region:632801"})

    assert account(directory).grants == [f"liaison@school:{GOLMUD}", f"teacher@school:{DELINGHA}"]
    assert list(account(directory).ends) == [f"teacher@school:{DELINGHA}"]


def test_who_changes_school_takes_the_roles_along(directory: House) -> None:
    client, path = directory.client(HAIXI), f"/directory/accounts/{LIAISON}/school"

    assert client.post(path, data={"school": str(PARTNER)}).status_code == 403
    assert client.post(path, data={"school": "nowhere"}).status_code == 422
    assert client.post(path, data={"school": str(DELINGHA)}).status_code == 303

    assert account(directory).grants == [f"liaison@school:{DELINGHA}"]
    assert account(directory).school_id == DELINGHA


def test_a_change_that_another_site_sends_is_refused(directory: House) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    for path in ("/directory/accounts", f"/directory/accounts/{LIAISON}/disabling", "/account", "/sign-in"):
        assert directory.client("administrator@all").post(path, headers=headers).status_code == 403


def test_slips_for_many_liaisons_at_once(directory: House) -> None:
    client = directory.client(HAIXI)
    chosen = client.get("/directory/accounts/slips").text
    assert chosen.count(" checked") == 18  # those of Haixi, where nobody has a password yet

    sheet = client.post("/directory/accounts/slips", data={"school": [str(GOLMUD), str(DELINGHA)]}).text

    assert sheet.count("<svg") - client.get("/directory/accounts").text.count("<svg") == 2
    assert "格尔木市第一中学" in sheet
    assert "127.0.0.1:8000/sign-in" in sheet
    refused = client.post("/directory/accounts/slips", data={"school": [str(GOLMUD), str(PARTNER)]})
    assert (refused.status_code, refused.text.count(" checked")) == (403, 1)
    assert client.post("/directory/accounts/slips").status_code == 422
