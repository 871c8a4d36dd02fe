"""The list of sessions by themselves."""

from flask import render_template, request

from services.scheduling.plans.model import KINDS
from services.scheduling.sessions.policies import MAY
from services.scheduling.sessions.queries import sessions_within
from services.scheduling.sessions.ui.asking import blueprint, read
from services.scheduling.sessions.ui.showing import STATES
from shared.web.edge import reading, signed_in
from shared.web.scopes import narrowed


@blueprint.get("/")
@MAY["see"]
def index() -> str:
    """The sessions by themselves that the reader's regions host; `?state=` keeps those in one state."""
    with reading() as db:
        sessions = sessions_within(db, narrowed(read()), alone=True)
    chosen = request.args.get("state", "")
    shown = [session for session in sessions if session.state == chosen] if chosen in STATES else sessions
    counts = {state: sum(session.state == state for session in sessions) for state in STATES}
    return render_template(
        "scheduling/sessions.html",
        sessions=shown,
        chosen=chosen if chosen in STATES else "",
        total=len(sessions),
        counts=counts,
        STATES=STATES,
        KINDS=KINDS,
        may_draft=MAY["draft"].allows(signed_in()),
    )
