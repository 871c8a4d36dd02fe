"""Every event that comes in: who is who, whose accounts are, who was at a session, and the keys that verify tokens."""

from collections.abc import Mapping

from services.exchange.compliance.commands import keep_on_roll
from services.exchange.duties.commands import hear_attendance
from services.exchange.identities.commands import hear_account
from shared.auth.keys import keep_key
from shared.contracts.directory import AccountChanged, KeyChanged, PersonChanged
from shared.contracts.scheduling import AttendanceRecorded
from shared.events.contract import Event
from shared.roster import ROSTER
from shared.service import Reaction

REACTIONS: Mapping[type[Event], Reaction] = {
    **ROSTER,
    PersonChanged: keep_on_roll,
    KeyChanged: keep_key,
    AccountChanged: hear_account,
    AttendanceRecorded: hear_attendance,
}
