"""Every route of every service × who asks. A route that is not in the table fails, and so does one that is gone."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

import pytest

from shared.service import Service
from tests.builders import DELINGHA, GOLMUD, SOMEBODY, House, house, released

NAMES = ("directory", "scheduling", "exchange", "resources", "notifications")

ASKING = {
    "anonymous": (),
    "administrator": ("administrator@all",),
    "coordinator": ("coordinator@region:632800",),
    "liaison": (f"liaison@school:{GOLMUD}",),
    "teacher": (f"teacher@school:{GOLMUD}",),
    "auditor": ("auditor@all",),
}
EVERYBODY = frozenset(ASKING)
SIGNED_IN = EVERYBODY - {"anonymous"}
PLANNERS = frozenset({"administrator", "coordinator"})
AUDITOR = frozenset({"auditor"})  # reads all that planners read, and changes nothing
SEEING = PLANNERS | AUDITOR
READERS = SEEING | {"liaison"}
ADMINISTRATOR = frozenset({"administrator"})
LIAISON = frozenset({"liaison"})
ANSWERING = LIAISON | {"teacher"}  # of whom a principal answers for the school
MOVERS = PLANNERS | LIAISON | {"teacher"}

SESSION = "/scheduling/sessions/<uuid:session_id>"
ACCOUNT = "/directory/accounts/<uuid:account_id>"
SESSION_API = "/scheduling/api/v1/sessions/<uuid:session_id>"
AGENDA = "/scheduling/agendas/<uuid:agenda_id>"
AGENDA_API = "/scheduling/api/v1/agendas/<uuid:agenda_id>"
PROGRAMME = "/scheduling/programmes/<uuid:programme_id>"
PROGRAMME_API = "/scheduling/api/v1/programmes/<uuid:programme_id>"
ENROLMENT = "/scheduling/enrolments/<uuid:subject_id>"
ENROLMENT_API = "/scheduling/api/v1/enrolments/<uuid:subject_id>"
INVITATION_API = "/scheduling/api/v1/invitations/<uuid:invitation_id>"
ANSWER_API = "/scheduling/api/v1/answers/<uuid:answer_id>"
PLACEMENT = "/exchange/placements/<uuid:placement_id>"
ITEM = "/resources/items/<uuid:item_id>"
ITEM_API = "/resources/api/v1/items/<uuid:item_id>"
AGREEMENT = "/exchange/agreements/<uuid:agreement_id>"
AGREEMENT_API = "/exchange/api/v1/agreements/<uuid:agreement_id>"
FILING = "/exchange/filings/<uuid:filing_id>"
PLACEMENT_API = "/exchange/api/v1/placements/<uuid:placement_id>"
CHANNEL = "/notifications/channels/<uuid:channel_id>"
ANNOUNCEMENT = "/notifications/announcements/<uuid:announcement_id>"
ANNOUNCEMENT_API = "/notifications/api/v1/announcements/<uuid:announcement_id>"
CHANNEL_API = "/notifications/api/v1/channels/<uuid:channel_id>"
DELIVERY = "/notifications/deliveries/<uuid:delivery_id>"
DELIVERY_API = "/notifications/api/v1/deliveries/<uuid:delivery_id>"


def trail(name: str, readers: frozenset[str]) -> dict[str, frozenset[str]]:
    """The pages of a service's audit trail."""
    return {f"GET /{name}/audit": readers, f"GET /{name}/audit/export.xlsx": readers}


#: Who may come in, of each service.
TABLE = {
    "directory": {
        "GET /": SIGNED_IN,
        **trail("directory", ADMINISTRATOR | AUDITOR),
        "GET /waiting": SIGNED_IN,
        "GET /search": SIGNED_IN,
        "GET /directory/search": SIGNED_IN,
        "GET /directory/card": SIGNED_IN,
        "POST /scope": SIGNED_IN,
        "GET /sign-in": EVERYBODY,
        "GET /sign-in/<secret>": EVERYBODY,
        "POST /sign-in/<secret>": EVERYBODY,
        "POST /sign-in": EVERYBODY,
        "POST /sign-out": EVERYBODY,
        "GET /forgotten": EVERYBODY,
        "POST /forgotten": EVERYBODY,
        "GET /session/renewal": frozenset(),  # open to all, and leads to the sign-in page who has no session
        "GET /session/renewal.svg": EVERYBODY,
        "GET /account": SIGNED_IN,
        "POST /account": SIGNED_IN,
        "GET /account/password": SIGNED_IN,
        "POST /account/password": SIGNED_IN,
        "POST /account/sign-outs": SIGNED_IN,
        "POST /account/sessions/<uuid:session_id>/end": SIGNED_IN,
        "GET /directory/accounts": SEEING,
        "GET /directory/accounts/new": PLANNERS,
        "POST /directory/accounts": PLANNERS,
        "GET /directory/accounts/slips": PLANNERS,
        "POST /directory/accounts/slips": PLANNERS,
        f"GET {ACCOUNT}": SEEING,
        f"POST {ACCOUNT}/links": PLANNERS,
        f"POST {ACCOUNT}/disabling": PLANNERS,
        f"POST {ACCOUNT}/enabling": PLANNERS,
        f"POST {ACCOUNT}/grants": PLANNERS,
        f"POST {ACCOUNT}/grants/removal": PLANNERS,
        f"POST {ACCOUNT}/school": PLANNERS,
        f"POST {ACCOUNT}/person": PLANNERS,
        "GET /directory/accounts/people": PLANNERS,
        "GET /directory/accounts/schools": PLANNERS,
        "POST /language": EVERYBODY,
        "GET /directory/.well-known/jwks.json": EVERYBODY,
        "GET /directory/schools": SIGNED_IN,
        "GET /directory/schools/<uuid:school_id>": SIGNED_IN,
        "GET /directory/schools/export.xlsx": SIGNED_IN,
        "GET /directory/people": SIGNED_IN,
        "GET /directory/people/export.xlsx": SIGNED_IN,
        "GET /directory/people/<uuid:person_id>": SIGNED_IN,
        "POST /directory/people/<uuid:person_id>/leave": PLANNERS,
        "POST /directory/people/<uuid:person_id>/return": PLANNERS,
        "POST /directory/people/<uuid:person_id>/move": PLANNERS,
        "POST /directory/people/<uuid:person_id>/merge": PLANNERS,
        "GET /directory/people/new": PLANNERS,
        "POST /directory/people": PLANNERS,
        "GET /directory/people/<uuid:person_id>/correction": PLANNERS,
        "POST /directory/people/<uuid:person_id>/correction": PLANNERS,
        "GET /directory/schools/new": PLANNERS,
        "POST /directory/schools": PLANNERS,
        "GET /directory/schools/<uuid:school_id>/correction": PLANNERS,
        "POST /directory/schools/<uuid:school_id>/correction": PLANNERS,
        "GET /directory/imports": PLANNERS,
        "POST /directory/imports": PLANNERS,
        "GET /directory/imports/<uuid:import_id>": PLANNERS,
        "GET /directory/imports/<uuid:import_id>/problems.xlsx": PLANNERS,
        "POST /directory/imports/<uuid:import_id>/confirmation": PLANNERS,
        "POST /directory/imports/<uuid:import_id>/undoing": PLANNERS,
        "POST /directory/imports/<uuid:import_id>/discarding": PLANNERS,
        "POST /directory/imports/<uuid:import_id>/answers": PLANNERS,
        "POST /directory/imports/<uuid:import_id>/trials": PLANNERS,
        "POST /directory/imports/<uuid:import_id>/choices": PLANNERS,
        "GET /directory/groups": SIGNED_IN,
        "GET /directory/groups/export.xlsx": SIGNED_IN,
        "GET /directory/organisations": SIGNED_IN,
        "GET /directory/organisations/export.xlsx": SIGNED_IN,
        "GET /directory/regions": SIGNED_IN,
        "POST /directory/regions": ADMINISTRATOR,
        "GET /directory/regions/new": ADMINISTRATOR,
        "GET /directory/school-years": ADMINISTRATOR,
        "POST /directory/school-years": ADMINISTRATOR,
        "GET /directory/regions/export.xlsx": SIGNED_IN,
        "GET /directory/api/v1/schools": SIGNED_IN,
        "POST /directory/schools/<uuid:school_id>/links": ADMINISTRATOR,
    },
    "scheduling": {
        **trail("scheduling", SEEING),
        "GET /scheduling/": SEEING,
        "GET /scheduling/card": SIGNED_IN,
        "GET /scheduling/search": SIGNED_IN,
        "GET /scheduling/sessions/new": PLANNERS,
        "POST /scheduling/sessions": PLANNERS,
        f"GET {SESSION}": SEEING,
        "GET /scheduling/sessions.xlsx": SEEING,
        f"GET {SESSION}/revision": PLANNERS,
        f"POST {SESSION}/revision": PLANNERS,
        f"POST {SESSION}/release": PLANNERS,
        **{
            f"POST {SESSION}/{verb}": PLANNERS
            for verb in (
                "cancellation",
                "postponement",
                "recall",
                "holding",
                "closing",
                "move",
                "swap",
                "leaders",
            )
        },
        "GET /scheduling/api/v1/sessions": SEEING,
        "POST /scheduling/api/v1/sessions": PLANNERS,
        f"GET {SESSION}/breakouts": SEEING,
        f"POST {SESSION}/breakouts": PLANNERS,
        f"POST {SESSION}/breakouts/dealing": PLANNERS,
        f"GET {SESSION_API}/breakouts": SEEING,
        f"PUT {SESSION_API}/breakouts": PLANNERS,
        f"GET {SESSION}/materials": SIGNED_IN,
        f"POST {SESSION}/materials": PLANNERS,
        f"POST {SESSION}/materials/<uuid:material_id>/removal": PLANNERS,
        f"GET {SESSION_API}/materials": SIGNED_IN,
        f"POST {SESSION_API}/materials": PLANNERS,
        f"DELETE {SESSION_API}/materials/<uuid:material_id>": PLANNERS,
        f"GET {SESSION}/facilities": SEEING,
        f"POST {SESSION}/facilities": PLANNERS,
        **{
            f"POST {SESSION}/facilities/<uuid:request_id>/{what}": PLANNERS
            for what in ("choice", "confirmation", "return")
        },
        "GET /scheduling/agendas": SEEING,
        "POST /scheduling/agendas": PLANNERS,
        f"GET {AGENDA}": SEEING,
        **{
            f"POST {AGENDA}/{what}": PLANNERS
            for what in (
                "corrections",
                "rows",
                "people",
                "description",
                "columns",
                "confirmation",
                "undoing",
                "discarding",
            )
        },
        f"GET {SESSION}/attendance": PLANNERS,
        f"POST {SESSION}/check-ins": PLANNERS,
        "GET /scheduling/check-ins/<uuid:check_in_id>": READERS,
        "GET /scheduling/check-ins/<uuid:check_in_id>/export.xlsx": READERS,
        "GET /scheduling/check-ins/<uuid:check_in_id>/screen": PLANNERS,
        "POST /scheduling/check-ins/<uuid:check_in_id>/shutting": PLANNERS,
        "POST /scheduling/check-ins/<uuid:check_in_id>/list": PLANNERS | LIAISON,
        "GET /scheduling/check-in": EVERYBODY,
        "POST /scheduling/check-in": EVERYBODY,
        "GET /scheduling/check-in/worker.js": EVERYBODY,
        "GET /scheduling/check-in/<uuid:check_in_id>": EVERYBODY,
        "POST /scheduling/check-in/<uuid:check_in_id>": EVERYBODY,
        f"GET {SESSION_API}/check-ins": SEEING,
        f"POST {SESSION_API}/check-ins": PLANNERS,
        "POST /scheduling/api/v1/check-ins/<uuid:check_in_id>/shutting": PLANNERS,
        "GET /scheduling/api/v1/check-ins/<uuid:check_in_id>/list": READERS,
        "POST /scheduling/api/v1/check-ins/<uuid:check_in_id>/list": PLANNERS | LIAISON,
        "GET /scheduling/api/v1/check-ins/<uuid:check_in_id>/list/<uuid:participant_id>/corrections": READERS,
        "POST /scheduling/api/v1/check-ins/<uuid:check_in_id>/arrivals": SIGNED_IN,
        "GET /scheduling/api/v1/hours": SIGNED_IN,
        "GET /scheduling/api/v1/hours/schools/<uuid:school_id>": READERS,
        "GET /scheduling/api/v1/hours/rules": PLANNERS,
        "POST /scheduling/api/v1/hours/rules": PLANNERS,
        f"GET {PROGRAMME_API}/certificates": PLANNERS,
        f"POST {PROGRAMME_API}/certificates": PLANNERS,
        f"POST {PROGRAMME_API}/certificates/<uuid:certificate_id>/revocation": PLANNERS,
        "GET /scheduling/api/v1/certificates/<code>": EVERYBODY,
        "GET /scheduling/calendar": MOVERS | AUDITOR,
        "GET /scheduling/feeds": SIGNED_IN,
        "POST /scheduling/feeds": SIGNED_IN,
        "POST /scheduling/feeds/<uuid:feed_id>/revocation": SIGNED_IN,
        "GET /scheduling/feeds/<secret>.ics": EVERYBODY,
        "GET /scheduling/holidays": PLANNERS,
        "POST /scheduling/holidays": PLANNERS,
        "POST /scheduling/holidays/removal": PLANNERS,
        "GET /scheduling/hours": SIGNED_IN,
        "GET /scheduling/hours/schools/<uuid:school_id>": READERS,
        "GET /scheduling/hours/schools/<uuid:school_id>/export.xlsx": READERS,
        "GET /scheduling/hours/rules": PLANNERS,
        "POST /scheduling/hours/rules": PLANNERS,
        "GET /scheduling/certificates": EVERYBODY,
        "GET /scheduling/certificates/<code>": EVERYBODY,
        f"GET {PROGRAMME}/certificates": PLANNERS,
        f"POST {PROGRAMME}/certificates": PLANNERS,
        f"GET {PROGRAMME}/certificates.pdf": PLANNERS,
        f"POST {PROGRAMME}/certificates/printing": PLANNERS,
        f"GET {PROGRAMME}/certificates/printing/<int:position>.pdf": PLANNERS,
        f"GET {PROGRAMME}/certificates/<uuid:certificate_id>.pdf": PLANNERS,
        f"POST {PROGRAMME}/certificates/<uuid:certificate_id>/revocation": PLANNERS,
        **{
            f"GET {PROGRAMME}/{sheet}": SEEING
            for sheet in ("agenda", "agenda.xlsx", "sign-in", "sign-in.xlsx")
        },
        "POST /scheduling/api/v1/agendas": PLANNERS,
        f"GET {AGENDA_API}": SEEING,
        f"POST {AGENDA_API}/corrections": PLANNERS,
        f"POST {AGENDA_API}/confirmation": PLANNERS,
        f"GET {SESSION_API}": SEEING,
        f"PUT {SESSION_API}": PLANNERS,
        f"POST {SESSION_API}/release": PLANNERS,
        **{
            f"POST {SESSION_API}/{verb}": PLANNERS
            for verb in ("cancellation", "postponement", "recall", "holding", "closing", "swap")
        },
        "GET /scheduling/programmes": SEEING,
        "GET /scheduling/programmes/new": PLANNERS,
        "POST /scheduling/programmes": PLANNERS,
        f"GET {PROGRAMME}": SEEING,
        f"GET {PROGRAMME}/revision": PLANNERS,
        f"POST {PROGRAMME}/revision": PLANNERS,
        f"POST {PROGRAMME}/release": PLANNERS,
        f"POST {PROGRAMME}/recall": PLANNERS,
        "GET /scheduling/kinds": ADMINISTRATOR,
        "GET /scheduling/api/v1/kinds": SEEING,
        "POST /scheduling/kinds": ADMINISTRATOR,
        **{
            f"POST /scheduling/kinds/<key>/{verb}": ADMINISTRATOR
            for verb in ("names", "retirement", "return")
        },
        f"GET {PROGRAMME}/roster": SEEING,
        f"POST {PROGRAMME}/trainees": PLANNERS,
        f"POST {PROGRAMME}/trainees/entry": PLANNERS,
        f"POST {PROGRAMME}/trainees/<uuid:trainee_id>/person": PLANNERS,
        f"POST {PROGRAMME}/trainees/<uuid:trainee_id>/removal": PLANNERS,
        "GET /scheduling/api/v1/programmes": SEEING,
        "POST /scheduling/api/v1/programmes": PLANNERS,
        f"GET {PROGRAMME_API}": SEEING,
        f"PUT {PROGRAMME_API}": PLANNERS,
        f"POST {PROGRAMME_API}/release": PLANNERS,
        f"POST {PROGRAMME_API}/recall": PLANNERS,
        # What is handed in is the trainee's, their school's and the host's; the command says whose.
        "GET /scheduling/outcomes": SIGNED_IN,
        f"GET {PROGRAMME}/outcomes": READERS,
        f"POST {PROGRAMME}/outcomes/acceptance": PLANNERS,
        f"GET {PROGRAMME}/outcomes/<uuid:trainee_id>": SIGNED_IN,
        f"POST {PROGRAMME}/outcomes/<uuid:trainee_id>": SIGNED_IN,
        f"POST {PROGRAMME}/outcomes/<uuid:trainee_id>/return": PLANNERS,
        f"GET {PROGRAMME_API}/outcomes": READERS,
        f"PUT {PROGRAMME_API}/outcomes/<uuid:trainee_id>": SIGNED_IN,
        f"POST {PROGRAMME_API}/outcomes/acceptance": PLANNERS,
        f"POST {PROGRAMME_API}/outcomes/<uuid:trainee_id>/return": PLANNERS,
        f"GET {PROGRAMME_API}/trainees": SEEING,
        f"POST {PROGRAMME_API}/trainees": PLANNERS,
        f"DELETE {PROGRAMME_API}/trainees/<uuid:trainee_id>": PLANNERS,
        f"GET {ENROLMENT}": SEEING,
        f"POST {ENROLMENT}": PLANNERS,
        f"POST {ENROLMENT}/invitations": PLANNERS,
        f"GET {ENROLMENT}/export.xlsx": SEEING,
        f"POST {ENROLMENT}/invitations/<uuid:invitation_id>/quota": PLANNERS,
        f"POST {ENROLMENT}/invitations/<uuid:invitation_id>/withdrawal": PLANNERS,
        "GET /scheduling/invitations": SEEING,
        "GET /scheduling/invitations/<uuid:invitation_id>": SEEING,
        "POST /scheduling/invitations/<uuid:invitation_id>/agreement": PLANNERS,
        "POST /scheduling/invitations/<uuid:invitation_id>/refusal": PLANNERS,
        "GET /scheduling/answers": LIAISON,
        "GET /scheduling/answers/<uuid:answer_id>": READERS,
        "POST /scheduling/answers/<uuid:answer_id>/people": PLANNERS | LIAISON,
        "POST /scheduling/answers/<uuid:answer_id>/people/<uuid:place_id>/withdrawal": PLANNERS | LIAISON,
        "POST /scheduling/answers/<uuid:answer_id>/refusal": PLANNERS | LIAISON,
        f"GET {ENROLMENT_API}": SEEING,
        f"PUT {ENROLMENT_API}": PLANNERS,
        f"POST {ENROLMENT_API}/invitations": PLANNERS,
        "GET /scheduling/api/v1/invitations": SEEING,
        f"GET {INVITATION_API}": SEEING,
        f"PUT {INVITATION_API}/quota": PLANNERS,
        **{f"POST {INVITATION_API}/{verb}": PLANNERS for verb in ("agreement", "refusal", "withdrawal")},
        "GET /scheduling/api/v1/answers": LIAISON,
        f"GET {ANSWER_API}": READERS,
        f"POST {ANSWER_API}/people": PLANNERS | LIAISON,
        f"POST {ANSWER_API}/people/<uuid:place_id>/withdrawal": PLANNERS | LIAISON,
        f"POST {ANSWER_API}/refusal": PLANNERS | LIAISON,
    },
    "exchange": {
        **trail("exchange", SEEING),
        # Everybody sees what concerns them; what may be done with it, the placement's own table of moves says.
        "GET /exchange/": SIGNED_IN,
        "GET /exchange/card": SIGNED_IN,
        "GET /exchange/search": SIGNED_IN,
        "GET /exchange/flows": SIGNED_IN,
        "GET /exchange/placements": SIGNED_IN,
        "GET /exchange/placements/export.xlsx": SIGNED_IN,
        "GET /exchange/agreements": SIGNED_IN,
        "GET /exchange/agreements/new": READERS - AUDITOR,
        "POST /exchange/agreements": READERS - AUDITOR,
        f"GET {AGREEMENT}": SIGNED_IN,
        f"GET {AGREEMENT}/differences": SIGNED_IN,
        f"GET {AGREEMENT}/revision": READERS - AUDITOR,
        **{f"POST {AGREEMENT}/{verb}": READERS - AUDITOR for verb in ("revision", "answers", "steps")},
        "GET /exchange/api/v1/agreements": SIGNED_IN,
        "POST /exchange/api/v1/agreements": READERS - AUDITOR,
        f"GET {AGREEMENT_API}": SIGNED_IN,
        f"GET {AGREEMENT_API}/differences": SIGNED_IN,
        **{f"POST {AGREEMENT_API}/{verb}": READERS - AUDITOR for verb in ("revision", "answers", "steps")},
        "GET /exchange/filings": SEEING,
        "POST /exchange/filings": PLANNERS,
        f"GET {FILING}": SEEING,
        **{f"POST {FILING}/{verb}": PLANNERS for verb in ("rows", "confirmation", "undoing", "discarding")},
        "GET /exchange/placements/new": MOVERS,
        "POST /exchange/placements": MOVERS,
        f"GET {PLACEMENT}": SIGNED_IN,
        f"POST {PLACEMENT}/steps": MOVERS,
        "GET /exchange/teachers/<uuid:person_id>": SIGNED_IN,
        "GET /exchange/communities": SIGNED_IN,
        "GET /exchange/communities/new": READERS - AUDITOR,
        "POST /exchange/communities": READERS - AUDITOR,
        "GET /exchange/communities/<uuid:community_id>": SIGNED_IN,
        "POST /exchange/communities/<uuid:community_id>/meetings": MOVERS,
        "POST /exchange/communities/<uuid:community_id>/ending": READERS - AUDITOR,
        "GET /exchange/communities/<uuid:community_id>/revision": READERS - AUDITOR,
        "POST /exchange/communities/<uuid:community_id>/revision": READERS - AUDITOR,
        "POST /exchange/api/v1/communities/<uuid:community_id>/revision": READERS - AUDITOR,
        "POST /exchange/api/v1/communities": READERS - AUDITOR,
        "GET /exchange/api/v1/communities/<uuid:community_id>": SIGNED_IN,
        "POST /exchange/api/v1/communities/<uuid:community_id>/meetings": MOVERS,
        "POST /exchange/api/v1/communities/<uuid:community_id>/ending": READERS - AUDITOR,
        f"GET {PLACEMENT}/appraisal": SIGNED_IN,
        f"POST {PLACEMENT}/appraisal/<verb>": MOVERS,
        f"GET {PLACEMENT_API}/appraisal": SIGNED_IN,
        f"POST {PLACEMENT_API}/appraisal/<verb>": MOVERS,
        "GET /exchange/appraisal-forms/<region>": SIGNED_IN,
        "GET /exchange/appraisal-forms/<region>/<kind>": PLANNERS,
        "POST /exchange/appraisal-forms/<region>/<kind>": PLANNERS,
        "GET /exchange/api/v1/appraisal-forms/<region>": SIGNED_IN,
        "POST /exchange/api/v1/appraisal-forms/<region>": PLANNERS,
        "GET /exchange/duties": SIGNED_IN,
        f"GET {PLACEMENT}/duties": SIGNED_IN,
        f"POST {PLACEMENT}/duties": MOVERS,
        f"POST {PLACEMENT}/duties/<uuid:duty_id>/answer": MOVERS,
        f"GET {PLACEMENT}/duties/files/<uuid:file_id>": SIGNED_IN,
        f"GET {PLACEMENT_API}/duties": SIGNED_IN,
        f"POST {PLACEMENT_API}/duties": MOVERS,
        f"POST {PLACEMENT_API}/duties/<uuid:duty_id>/answer": MOVERS,
        "GET /exchange/rules/<region>": SIGNED_IN,
        "GET /exchange/rules/<region>/revision": PLANNERS,
        "POST /exchange/rules/<region>/revision": PLANNERS,
        "GET /exchange/api/v1/rules/<region>": SIGNED_IN,
        "POST /exchange/api/v1/rules/<region>/versions": PLANNERS,
        "GET /exchange/api/v1/compliance/<region>": SEEING,
        "GET /exchange/api/v1/compliance/<region>/people": SEEING,
        "GET /exchange/api/v1/compliance/<region>/balance": SEEING,
        "POST /exchange/api/v1/compliance/<region>/closing": PLANNERS,
        "POST /exchange/api/v1/compliance/<region>/reopening": PLANNERS,
        "POST /exchange/compliance/<region>/reopening": PLANNERS,
        "GET /exchange/compliance": SEEING,
        "GET /exchange/compliance/export.xlsx": SEEING,
        "GET /exchange/compliance/<region>": SEEING,
        "GET /exchange/compliance/<region>/balance": SEEING,
        "GET /exchange/compliance/<region>/people": SEEING,
        "GET /exchange/compliance/<region>/people/export.xlsx": SEEING,
        "POST /exchange/compliance/<region>/closing": PLANNERS,
        "GET /exchange/api/v1/placements": SIGNED_IN,
        "POST /exchange/api/v1/placements": MOVERS,
        f"GET {PLACEMENT_API}": SIGNED_IN,
        f"POST {PLACEMENT_API}/steps": MOVERS,
    },
    "resources": {
        "GET /resources/": SIGNED_IN,
        **trail("resources", SEEING),
        "GET /resources/items": SIGNED_IN,
        "POST /resources/items": MOVERS,
        "GET /resources/items/new": MOVERS,
        "GET /resources/items/search": SIGNED_IN,
        "GET /resources/facilities/search": SIGNED_IN,
        "GET /resources/items/export.xlsx": SIGNED_IN,
        f"GET {ITEM}/ratings": SIGNED_IN,
        f"GET {ITEM}/parts": SIGNED_IN,
        f"POST {ITEM}/parts": MOVERS,
        **{f"POST {ITEM}/parts/<uuid:part_id>/{what}": MOVERS for what in ("removal", "up")},
        "GET /resources/api/v1/items": SIGNED_IN,
        "POST /resources/api/v1/items": MOVERS,
        "POST /resources/api/v1/items/lists": MOVERS,
        "POST /resources/api/v1/items/changes": MOVERS,
        f"GET {ITEM_API}": SIGNED_IN,
        f"PUT {ITEM_API}/draft": MOVERS,
        f"PUT {ITEM_API}/audiences": MOVERS,
        f"POST {ITEM_API}/submission": MOVERS,
        f"POST {ITEM_API}/versions": MOVERS,
        **{f"POST {ITEM_API}/{what}": PLANNERS | LIAISON for what in ("publication", "return", "retirement")},
        f"GET {ITEM_API}/ratings": SIGNED_IN,
        **{f"{method} {ITEM_API}/ratings/own": MOVERS for method in ("PUT", "DELETE")},
        f"GET {ITEM_API}/use": SIGNED_IN,
        "GET /resources/api/v1/use": READERS,
        f"GET {ITEM_API}/parts": SIGNED_IN,
        f"POST {ITEM_API}/parts": MOVERS,
        f"DELETE {ITEM_API}/parts/<uuid:part_id>": MOVERS,
        f"POST {ITEM_API}/parts/<uuid:part_id>/up": MOVERS,
        f"POST {ITEM}/ratings": MOVERS,
        f"POST {ITEM}/ratings/removal": MOVERS,
        "GET /resources/review-rules": READERS,
        "POST /resources/review-rules": PLANNERS,
        "GET /resources/api/v1/review-rules": READERS,
        "PUT /resources/api/v1/review-rules": PLANNERS,
        "GET /resources/public/<uuid:item_id>": EVERYBODY,
        "GET /resources/public/<uuid:item_id>.jsonld": EVERYBODY,
        "GET /resources/oai": EVERYBODY,
        "POST /resources/oai": EVERYBODY,
        **{
            f"{method} /resources/items/{what}": MOVERS
            for method in ("GET", "POST")
            for what in ("import", "selection")
        },
        f"GET {ITEM}": SIGNED_IN,
        f"GET {ITEM}/versions/<uuid:version_id>": SIGNED_IN,
        f"GET {ITEM}/use": SIGNED_IN,
        f"GET {ITEM}/files.zip": SIGNED_IN,
        **{
            f"{method} {ITEM}/{what}": MOVERS
            for method in ("GET", "POST")
            for what in ("revision", "audiences", "lessons")
        },
        f"POST {ITEM}/submission": MOVERS,
        f"POST {ITEM}/versions": MOVERS,
        **{f"POST {ITEM}/{what}": PLANNERS | LIAISON for what in ("publication", "return", "retirement")},
        f"GET {ITEM}/files": MOVERS,
        f"GET {ITEM}/files/list": MOVERS,
        f"POST {ITEM}/files/links": MOVERS,
        f"POST {ITEM}/files/<uuid:attachment_id>/removal": MOVERS,
        f"POST {ITEM}/files/<uuid:attachment_id>/up": MOVERS,
        **{
            f"GET /resources/files/<uuid:attachment_id>{what}": SIGNED_IN
            for what in ("", "/shown", "/link", "/preview")
        },
        f"GET {ITEM}/development": MOVERS,
        f"POST {ITEM}/development/schools": MOVERS,
        **{
            f"POST {ITEM}/development/schools/<uuid:school_id>/{what}": MOVERS
            for what in ("release", "completion")
        },
        f"POST {ITEM}/development/remarks": MOVERS,
        f"GET {ITEM}/access": SIGNED_IN,
        f"POST {ITEM}/access": MOVERS,
        **{f"POST {ITEM}/access/<uuid:request_id>/{what}": MOVERS for what in ("grant", "refusal")},
        f"POST {ITEM}/links": MOVERS,
        f"POST {ITEM}/links/<uuid:link_id>/end": MOVERS,
        "GET /resources/access/<uuid:request_id>": MOVERS,
        "GET /resources/shared/<secret>": EVERYBODY,
        "GET /resources/shared/<secret>/files/<uuid:attachment_id>": EVERYBODY,
        "GET /resources/use": READERS,
        "GET /resources/use/export.xlsx": READERS,
        "POST /resources/api/v1/uploads": MOVERS,
        "GET /resources/uploads": MOVERS,
        "GET /resources/uploads/sent": MOVERS,
        "GET /resources/uploads/<uuid:upload_id>/file": MOVERS,
        "GET /resources/uploads/<uuid:upload_id>/preview": MOVERS,
        "POST /resources/uploads/<uuid:upload_id>/removal": MOVERS,
        **{
            f"{method} /resources/api/v1/uploads/<uuid:upload_id>": MOVERS
            for method in ("GET", "POST", "PATCH", "DELETE")
        },
        "GET /resources/facilities": SIGNED_IN,
        "GET /resources/facilities/use": SIGNED_IN,
        "GET /resources/facilities/free": SIGNED_IN,
        "GET /resources/facilities/new": PLANNERS | LIAISON,
        "POST /resources/facilities": PLANNERS | LIAISON,
        "GET /resources/facilities/<uuid:facility_id>": SIGNED_IN,
        "GET /resources/facilities/<uuid:facility_id>/revision": PLANNERS | LIAISON,
        "POST /resources/facilities/<uuid:facility_id>/revision": PLANNERS | LIAISON,
        "POST /resources/facilities/<uuid:facility_id>/retirement": PLANNERS | LIAISON,
        "GET /resources/facilities/export.xlsx": SIGNED_IN,
        "GET /resources/facilities/import": PLANNERS | LIAISON,
        "POST /resources/facilities/import": PLANNERS | LIAISON,
        "GET /resources/api/v1/facilities": SIGNED_IN,
        "GET /resources/api/v1/facilities/<uuid:facility_id>": SIGNED_IN,
        "POST /resources/api/v1/facilities": PLANNERS | LIAISON,
        "PUT /resources/api/v1/facilities/<uuid:facility_id>": PLANNERS | LIAISON,
        "POST /resources/api/v1/facilities/<uuid:facility_id>/retirement": PLANNERS | LIAISON,
        "GET /resources/api/v1/bookings": READERS,
        "GET /resources/api/v1/bookings/<uuid:booking_id>": READERS,
        "POST /resources/api/v1/bookings": PLANNERS | LIAISON,
        "GET /resources/bookings/export.xlsx": READERS,
        "GET /resources/bookings": READERS,
        "GET /resources/bookings/new": PLANNERS | LIAISON,
        "POST /resources/bookings": PLANNERS | LIAISON,
        "GET /resources/bookings/<uuid:booking_id>": READERS,
        **{
            f"POST /resources/{door}bookings/<uuid:booking_id>/{what}": PLANNERS | LIAISON
            for door in ("", "api/v1/")
            for what in ("agreement", "refusal", "handover", "return", "release", "withdrawal")
        },
    },
    "notifications": {
        "GET /notifications/announcements": SEEING,
        "GET /notifications/announcements/new": PLANNERS,
        "POST /notifications/announcements": PLANNERS,
        "POST /notifications/announcements/rule": PLANNERS,
        "GET /notifications/api/v1/announcements": SEEING,
        "POST /notifications/api/v1/announcements": PLANNERS,
        f"GET {ANNOUNCEMENT_API}/board": SEEING,
        f"POST {ANNOUNCEMENT_API}/sending": PLANNERS,
        f"POST {ANNOUNCEMENT_API}/withdrawal": PLANNERS,
        f"POST {ANNOUNCEMENT_API}/confirmation": ANSWERING,
        f"GET {ANNOUNCEMENT}": READERS | ANSWERING,
        "GET /notifications/announcements/of-session/<uuid:session_id>": READERS | ANSWERING,
        f"GET {ANNOUNCEMENT}/edit": PLANNERS,
        f"POST {ANNOUNCEMENT}/edit": PLANNERS,
        f"POST {ANNOUNCEMENT}/sending": PLANNERS,
        f"POST {ANNOUNCEMENT}/withdrawal": PLANNERS,
        f"POST {ANNOUNCEMENT}/reminders": PLANNERS,
        f"POST {ANNOUNCEMENT}/confirmation": ANSWERING,
        f"GET {ANNOUNCEMENT}/export.xlsx": SEEING,
        f"GET {ANNOUNCEMENT}/files/<uuid:file_id>": READERS | ANSWERING,
        **trail("notifications", SEEING),
        "GET /notifications/": SIGNED_IN,
        "GET /notifications/card": SIGNED_IN,
        "GET /notifications/search": SIGNED_IN,
        "GET /notifications/news": SIGNED_IN,
        "GET /notifications/api/v1/inbox": SIGNED_IN,
        "POST /notifications/notices/<uuid:notice_id>/reading": SIGNED_IN,
        "POST /notifications/notices/<uuid:notice_id>/archiving": SIGNED_IN,
        "POST /notifications/api/v1/inbox/<uuid:notice_id>/reading": SIGNED_IN,
        # Everybody has channels of their own, and a liaison those of the school; the log is for who looks after schools.
        "GET /notifications/channels": SIGNED_IN,
        "GET /notifications/channels/new": SIGNED_IN,
        "POST /notifications/channels/new": SIGNED_IN,
        f"GET {CHANNEL}": SIGNED_IN,
        f"POST {CHANNEL}": SIGNED_IN,
        f"POST {CHANNEL}/pause": SIGNED_IN,
        f"POST {CHANNEL}/resumption": SIGNED_IN,
        f"POST {CHANNEL}/removal": SIGNED_IN,
        f"POST {CHANNEL}/secret": SIGNED_IN,
        f"POST {CHANNEL}/trial": SIGNED_IN,
        f"POST {CHANNEL}/subscription": SIGNED_IN,
        "GET /notifications/api/v1/channels": SIGNED_IN,
        "POST /notifications/api/v1/channels": SIGNED_IN,
        f"GET {CHANNEL_API}": SIGNED_IN,
        f"PUT {CHANNEL_API}": SIGNED_IN,
        f"DELETE {CHANNEL_API}": SIGNED_IN,
        f"POST {CHANNEL_API}/pause": SIGNED_IN,
        f"POST {CHANNEL_API}/resumption": SIGNED_IN,
        f"POST {CHANNEL_API}/secret": SIGNED_IN,
        f"POST {CHANNEL_API}/trial": SIGNED_IN,
        "GET /notifications/deliveries": READERS,
        f"GET {DELIVERY}": READERS,
        f"GET {DELIVERY}/state": SIGNED_IN,
        "POST /notifications/deliveries/again": PLANNERS | LIAISON,
        f"POST {DELIVERY}/retry": PLANNERS | LIAISON,
        f"POST {DELIVERY}/settlement": PLANNERS | LIAISON,
        "GET /notifications/notices/<uuid:notice_id>/why": READERS,
        "GET /notifications/api/v1/deliveries": READERS,
        f"GET {DELIVERY_API}": READERS,
        f"GET {DELIVERY_API}/attempts": READERS,
        f"POST {DELIVERY_API}/retry": PLANNERS | LIAISON,
        f"POST {DELIVERY_API}/settlement": PLANNERS | LIAISON,
        "GET /notifications/preferences": SIGNED_IN,
        "POST /notifications/preferences": SIGNED_IN,
        "GET /notifications/api/v1/preferences": SIGNED_IN,
        "PUT /notifications/api/v1/preferences": SIGNED_IN,
        "GET /notifications/unsubscribe/<token>": EVERYBODY,
        "POST /notifications/unsubscribe/<token>": EVERYBODY,
        "GET /notifications/days": ADMINISTRATOR,
        "POST /notifications/days": ADMINISTRATOR,
        "POST /notifications/days/removal": ADMINISTRATOR,
    },
}


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, House]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(house(_service(name), _fresh(tmp_path_factory))) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_the_table_knows_every_route(houses: dict[str, House], name: str) -> None:
    of_the_application = {
        "GET /assets/<path:name>": EVERYBODY,
        f"GET /{name}/api/v1/openapi.json": EVERYBODY,
    }

    routes = {
        f"{method} {route.rule}"
        for route in houses[name].app().url_map.iter_rules()
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert routes == {*TABLE[name], *of_the_application}


@pytest.mark.parametrize("name", NAMES)
def test_who_may_come_in(houses: dict[str, House], name: str) -> None:
    app = houses[name].app()
    found: dict[str, set[str]] = {route: set() for route in TABLE[name]}

    for asks, grants in ASKING.items():
        for route in TABLE[name]:
            client = houses[name].client(*grants, app=app)  # anew each time, for signing out forgets who asks
            method, path = route.split(" ")
            at = path.replace("<uuid:session_id>", str(DELINGHA)).replace("<uuid:school_id>", str(GOLMUD))
            at = (
                at.replace("<uuid:notice_id>", str(DELINGHA))
                .replace("<uuid:programme_id>", str(DELINGHA))
                .replace("<uuid:agenda_id>", str(DELINGHA))
                .replace("<uuid:trainee_id>", str(DELINGHA))
                .replace("<uuid:person_id>", str(GOLMUD))
                .replace("<uuid:import_id>", str(GOLMUD))
            )
            at = at.replace("<uuid:account_id>", str(SOMEBODY))
            at = re.sub(r"<uuid:[a-z_]+>", str(GOLMUD), at)
            at = re.sub(r"<int:[a-z_]+>", "0", at)
            answer = client.open(at.replace("<secret>", "x"), method=method, headers={"Accept": "text/html"})
            turned_away = answer.status_code in {401, 403} or "/sign-in?" in answer.headers.get(
                "Location", ""
            )
            if not turned_away:
                found[route].add(asks)
            assert answer.status_code != 500, route

    assert found == TABLE[name]


def test_a_school_reads_its_own_inbox_and_no_other(houses: dict[str, House]) -> None:
    post = houses["notifications"]
    post.hear(released(invited_schools=(GOLMUD,)))

    def read(grant: str) -> int:
        answer = post.client(grant).get("/notifications/api/v1/inbox")
        assert answer.json is not None
        return len(answer.json["notices"])

    assert read(f"liaison@school:{GOLMUD}") == 1
    assert read(f"liaison@school:{DELINGHA}") == 0
    assert read("administrator@all") == 1


def _service(name: str) -> Service:
    service = import_module(f"services.{name}.app").service
    assert isinstance(service, Service)
    return service


def _fresh(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("data")
