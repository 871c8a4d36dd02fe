"""notifications, wired together."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from services.notifications.reactions import REACTIONS
from shared.service import Service

if TYPE_CHECKING:
    from flask import Blueprint


def _blueprints() -> Sequence["Blueprint"]:
    from services.notifications.inbox import api, ui  # noqa: PLC0415  Flask stays out of workers

    return [ui.blueprint, api.blueprint]


service = Service(
    name="notifications",
    package="services.notifications",
    version=version("tongxing-notifications"),
    reactions=REACTIONS,
    blueprints=_blueprints,
)
