"""exchange, wired together."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from services.exchange.reactions import REACTIONS
from shared.service import Service

if TYPE_CHECKING:
    from flask import Blueprint


def _blueprints() -> Sequence["Blueprint"]:
    from services.exchange.home import ui  # noqa: PLC0415  Flask stays out of workers

    return [ui.blueprint]


service = Service(
    name="exchange",
    package="services.exchange",
    version=version("tongxing-exchange"),
    reactions=REACTIONS,
    blueprints=_blueprints,
)
