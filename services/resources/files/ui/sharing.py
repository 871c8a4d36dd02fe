"""The files of an item that somebody was given a link to: without signing in, as long as the link lasts."""

from uuid import UUID

from flask import Response, request

from services.resources.access.queries import item_by_link
from services.resources.files.commands.depot import depot_of
from services.resources.files.commands.placing import used
from services.resources.files.queries.attached import file_of
from services.resources.files.ui.handing import hand_out
from services.resources.files.ui.sending import blueprint
from services.resources.items.model.words import STAYS_INSIDE
from services.resources.items.queries.listing import version_of
from services.resources.items.queries.seeing import no_such_item
from shared.auth import PUBLIC
from shared.web.edge import edge, reading
from shared.web.limits import limited


@blueprint.get("/shared/<secret>/files/<uuid:attachment_id>")
@PUBLIC
def by_link(secret: str, attachment_id: UUID) -> Response:
    """A file of the version that the link shows, to keep. What its licence keeps within schools is for who signs in."""
    limited("shared", times=60, seconds=60)
    runtime = edge().runtime
    with reading() as db:
        item = item_by_link(db, secret, at=runtime.clock())
        version, file = version_of(db, item, item.current_id), file_of(db, attachment_id)
    stored = file.stored
    if file.version_id != version.id or stored is None or version.licence in STAYS_INSIDE:
        raise no_such_item()
    if not (request.range and request.range.ranges and request.range.ranges[0][0]):
        who, agent = f"link:{item.id}:{request.remote_addr}", request.user_agent.string
        runtime.database.run(
            lambda tx: used(
                tx,
                version_id=version.id,
                kind="download",
                who=who,
                agent=agent,
                school=None,
                thing_id=file.id,
            ),
            actor=runtime.service.actor,
            origin=request.remote_addr,
        )
    return hand_out(depot_of(runtime.settings), stored, name=file.name)
