"""Use, as pages and pictures: who is rich but unused, who makes the most of others', and who uses one item."""

from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, Response, render_template

from services.resources.items.queries.seeing import item_for, reader_of
from services.resources.use.model import WORDS
from services.resources.use.policies import NO_SCHOOL, day_of
from services.resources.use.queries.comparing import Standing, standings
from services.resources.use.queries.counting import by_school, by_week, lag_of, lessons_of
from services.resources.use.queries.drawing import bars_of, points_of, poor_corner
from shared.auth import SIGNED_IN, readers
from shared.roster import roster_schools
from shared.web.downloads import workbook
from shared.web.edge import edge, reading, signed_in
from shared.web.rendering import t
from shared.web.scopes import narrowed

blueprint = Blueprint("use", __name__, url_prefix="/resources", template_folder="../templates")

#: Use is compared over a year: what nobody opened for so long nobody will miss.
_YEAR = timedelta(days=365)
_WEEKS = 26

_LOOKING = readers("administrator", "coordinator", "liaison")


@blueprint.get("/use")
@_LOOKING
def index() -> str:
    """Schools by what they own and what of it others use."""
    rows, since = _standings()
    with reading() as db:
        lag = lag_of(db)
    unused = sorted(
        (row for row in rows if row.hardly_used), key=lambda row: (row.lent - row.owned, row.school.code)
    )
    makers = sorted(
        (row for row in rows if row.taken and row.owned <= _middle(rows)), key=lambda row: -row.taken
    )
    return render_template(
        "resources/use.html",
        rows=sorted(rows, key=lambda row: (-row.lent, -row.owned, row.school.code)),
        points=points_of(rows),
        corner=poor_corner(rows),
        unused=unused,
        makers=makers,
        since=since,
        lag=lag,
        now=edge().runtime.clock(),
        middle=_middle(rows),
    )


@blueprint.get("/use/export.xlsx")
@_LOOKING
def export() -> Response:
    """The same as a workbook."""
    rows, _since = _standings()
    columns = (
        t("学校", "School"),
        t("区县", "County"),
        t("资源", "Items"),
        t("场地", "Rooms"),
        t("资源被外校使用", "Items used by others"),
        t("场地被外校借用", "Rooms borrowed by others"),
        t("使用外校资源", "Others' items used"),
        t("借用外校场地", "Others' rooms borrowed"),
    )
    return workbook(  # type: ignore[return-value]  # Flask's response is werkzeug's
        t("资源使用", "Use of resources"),
        columns,
        [
            (
                row.school.name,
                row.school.region_name,
                row.items,
                row.rooms,
                row.lent_items,
                row.lent_rooms,
                row.taken_items,
                row.taken_rooms,
            )
            for row in rows
        ],
    )


@blueprint.get("/items/<uuid:item_id>/use")
@SIGNED_IN
def item(item_id: UUID) -> str:
    """Who uses one item, and when."""
    today = day_of(edge().runtime.clock())
    monday = today - timedelta(days=today.weekday())
    weeks = [monday - timedelta(weeks=back) for back in range(_WEEKS - 1, -1, -1)]
    with reading() as db:
        found = item_for(db, item_id, reader_of(db, signed_in()))
        schools = by_school(db, found.id)
        names = dict(
            db.execute(
                roster_schools.select()
                .with_only_columns(roster_schools.c.school_id, roster_schools.c.name)
                .where(roster_schools.c.school_id.in_([school for school, _ in schools]))
            ).all()
        )
        counts = by_week(db, found.id, since=weeks[0])
        lessons, lag = lessons_of(db, found.id), lag_of(db)
        taught_at = {lesson.school_id for lesson in lessons if lesson.school_id} - names.keys()
        names |= dict(
            db.execute(
                roster_schools.select()
                .with_only_columns(roster_schools.c.school_id, roster_schools.c.name)
                .where(roster_schools.c.school_id.in_(taught_at))
            ).all()
        )
    return render_template(
        "resources/item_use.html",
        item=found,
        schools=schools,
        names=names,
        bars=bars_of([(week, counts.get(week, 0)) for week in weeks]),
        lessons=lessons,
        lag=lag,
        now=edge().runtime.clock(),
        WORDS=WORDS,
        NO_SCHOOL=NO_SCHOOL,
    )


def _standings() -> tuple[list[Standing], date]:
    since = day_of(edge().runtime.clock() - _YEAR)
    asks = signed_in()
    with reading() as db:
        scopes = narrowed(asks.reads("administrator", "coordinator", "liaison"))
        return standings(db, scopes, since=since), since


def _middle(rows: list[Standing]) -> float:
    """What the school in the middle owns: owning little is owning no more than that."""
    owned = sorted(row.owned for row in rows)
    return owned[len(owned) // 2] if owned else 0
