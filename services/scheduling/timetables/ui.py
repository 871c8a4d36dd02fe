"""The agenda sheet (日程表) and the sign-in sheet (签到表) of a programme: on paper, and as workbooks."""

from datetime import date
from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from services.scheduling.hosting.model import PLANNERS
from services.scheduling.hosting.queries import called, regions
from services.scheduling.kinds.queries import kinds
from services.scheduling.programmes.queries import ProgrammeRow, TraineeRow, programme_within, roster_of
from services.scheduling.sessions.queries import sessions_of
from services.scheduling.timetables.queries import (
    COLUMNS,
    Line,
    by_day,
    cells_of,
    day_in_words,
    led_by,
    lines_of,
)
from shared.auth import readers
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import edge, language, reading, signed_in
from shared.web.rendering import ZONE

blueprint = Blueprint(
    "timetables",
    __name__,
    url_prefix="/scheduling/programmes/<uuid:programme_id>",
    template_folder="../templates",
)

#: Who has the sheets: whoever sees the programme.
_SEE = readers(*PLANNERS)
_AGENDA, _SIGN_IN = Sentence(zh="日程表", en="agenda"), Sentence(zh="签到表", en="sign-in sheet")


@blueprint.get("/agenda")
@_SEE
def agenda(programme_id: UUID) -> str:
    """The agenda for A4."""
    programme, lines, _, host, named = _found(programme_id)
    return render_template(
        "scheduling/agenda_sheet.html",
        programme=programme,
        days=by_day(lines),
        host=host,
        printed=edge().runtime.clock().astimezone(ZONE).date(),
        day_in_words=day_in_words,
        led_by=led_by,
        cells_of=cells_of,
        named=named,
    )


@blueprint.get("/agenda.xlsx")
@_SEE
def agenda_workbook(programme_id: UUID) -> Response:
    """The agenda as a workbook, which can be imported again."""
    programme, lines, _, _, named = _found(programme_id)
    speaks = language()
    rows = [cells_of(line, speaks, named) for line in lines]
    used = [index for index in range(len(COLUMNS)) if index < 6 or any(row[index] for row in rows)]  # noqa: PLR2004  the paper's own columns
    return workbook(
        _title(programme, _AGENDA),
        [COLUMNS[index].in_language(speaks) for index in used],
        ([row[index] for index in used] for row in rows),
    )


@blueprint.get("/sign-in")
@_SEE
def sign_in(programme_id: UUID) -> str:
    """The sign-in sheet for A4: a page for each day, or for the one of `?on=`, a column for each session of the day."""
    programme, lines, trainees, host, _ = _found(programme_id)
    days = by_day(lines)
    chosen = _on()
    return render_template(
        "scheduling/sign_in_sheet.html",
        programme=programme,
        all_days=[day for day, _ in days],
        days=[each for each in days if chosen in {None, each[0]}],
        chosen=chosen,
        trainees=trainees,
        host=host,
        printed=edge().runtime.clock().astimezone(ZONE).date(),
        day_in_words=day_in_words,
    )


@blueprint.get("/sign-in.xlsx")
@_SEE
def sign_in_workbook(programme_id: UUID) -> Response:
    """The sign-in sheet of one day as a workbook; of the first day that is not over, where `?on=` says none."""
    programme, lines, trainees, _, _ = _found(programme_id)
    speaks, days = language(), by_day(lines)
    today = edge().runtime.clock().astimezone(ZONE).date()
    ahead = [each for each in days if each[0] >= today] or days[:1]
    chosen = [each for each in days if each[0] == _on()] or ahead
    day, of_day = chosen[0] if chosen else (today, [])
    head = ("序号", "姓名", "单位", "职务") if speaks == "zh" else ("No.", "Name", "Unit", "Post")
    signs = [f"{line.half.in_language(speaks)} {line.times} {line.session.title}" for line in of_day]
    return workbook(
        f"{_title(programme, _SIGN_IN)} {day_in_words(day, speaks)}",
        [*head, *(signs or ["签名" if speaks == "zh" else "Signature"])],
        ([number, one.name, one.unit, one.post] for number, one in enumerate(trainees, start=1)),
    )


def _found(
    programme_id: UUID,
) -> tuple[ProgrammeRow, list[Line], list[TraineeRow], Sentence, dict[str, Sentence]]:
    with reading() as db:
        programme = programme_within(db, programme_id, signed_in().reads(*PLANNERS))
        sessions = sessions_of(db, programme_id)
        return (
            programme,
            lines_of(sessions),
            roster_of(db, programme_id),
            called(programme.host_region, regions(db)),
            kinds(db),
        )


def _on() -> date | None:
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return None


def _title(programme: ProgrammeRow, what: Sentence) -> str:
    return f"{programme.title}{what.zh}" if language() == "zh" else f"{programme.title} {what.en}"
