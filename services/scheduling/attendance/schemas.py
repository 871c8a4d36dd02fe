"""The shape of what doors are asked with."""

from typing import Any

from marshmallow import EXCLUDE, post_load

from services.scheduling.attendance.commands import Shown
from shared.web.spoken import Line, Moment, Strict


class DoorForm(Strict):
    """Which occurrence: its start."""

    class Meta:
        """A form may carry fields of its own beside."""

        unknown = EXCLUDE

    starts_at = Moment(required=True)


class ArrivalForm(Strict):
    """A code, and who shows it: the account, or a name with four digits. scanned_at, ticket: of a scan that was kept."""

    class Meta:
        """A form may carry fields of its own beside."""

        unknown = EXCLUDE

    code = Line(load_default="")
    typed = Line(load_default="")
    name = Line(load_default="")
    digits = Line(load_default="")
    ticket = Line(load_default="")
    scanned_at = Moment(load_default=None, allow_none=True)

    @post_load
    def shown(self, data: dict[str, Any], **_options: object) -> tuple[Shown, str, str]:
        """The code as it was shown, the name and the digits."""
        shown = Shown(
            code=(data["typed"] or data["code"]).lower(),
            how="code" if data["typed"] else "scan",
            scanned_at=data["scanned_at"],
            carried=data["ticket"],
        )
        return shown, data["name"], data["digits"].upper()
