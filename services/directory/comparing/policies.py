"""Who of the register a row of a roster means, and what it changes there. Names that occur twice are never guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.directory.comparing.model import Effect, Known
from services.directory.rosters.model import PersonRow
from shared.ids import uuid7
from shared.sheets.problems import Problem
from shared.text import Sentence

_PLACE = frozenset({"school_id", "organisation_id"})
#: What a sheet says where it says nothing: never a reason to forget what is known.
_SILENT = (None, "", "none")


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom a row means: one of the register, nobody of it (somebody new), or one of several, which only people can tell."""

    person: Known | None = None
    doubt: tuple[Known, ...] = ()


def meant(
    row: PersonRow, *, place: UUID | None, known: Sequence[Known], rivals: Sequence[PersonRow]
) -> Meant:
    """Whom the row means.

    place: where the row says they are. known: people of the register of that name whom no row before this one meant.
    rivals: other rows of the same name at the same place.

    Name, id digits and birth tell people apart wherever they are. At the same place, name and digits are enough where a
    birth is missing or differs, and the name alone where neither side says anything else; but never where the roster
    itself has a second one who might be meant as well. Whom another row means exactly is not to be had, wherever it stands.
    """
    exact = [one for one in known if (one.id_last4, one.birth) == (row.id_last4, row.birth)]
    here = [one for one in exact if one.place == place]
    # Who has no digits on record is known by the place alone: elsewhere it may be a namesake.
    if found := here or (exact if row.id_last4 else []):
        return _only(found)
    at_home = [
        one for one in known if one.place == place and not any(_exactly(rival, one) for rival in rivals)
    ]
    if digits := [one for one in at_home if row.id_last4 and one.id_last4 == row.id_last4]:
        return _only(digits, doubtful=any(rival.id_last4 == row.id_last4 for rival in rivals))
    silent = [one for one in at_home if one.left_at is None and _may_be(row, one)]
    return _only(silent, doubtful=any(_may_be(rival, one) for rival in rivals for one in silent))


def effect_of(
    kind: str,
    found: Any,  # noqa: ANN401  five kinds
    label: str,
    values: Mapping[str, Any],
    id_: UUID | None = None,
) -> Effect:
    """Beside what is there. Silence keeps what is known; but who moves to a school leaves the unit, and back."""
    if found is None:
        return Effect(kind, "added", id_ or uuid7(), label, 0, {}, dict(values))
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    for name, value in values.items():
        now = getattr(found, name)
        now = str(now) if isinstance(now, UUID) else now
        if now != value and (value not in _SILENT or name in _PLACE):
            before[name], after[name] = now, value
    if any(getattr(found, since, None) for since in ("left_at", "retired_at", "abolished")):
        before["there"], after["there"] = False, True
    return Effect(kind, "changed" if after else "unchanged", found.id, label, found.version, before, after)


def ambiguous(row: PersonRow, who: Meant) -> Problem:
    """What to say of a row that may mean several."""
    first = who.doubt[:5]
    zh = "、".join(f"{one.name}（{one.birth or '—'}，{one.id_last4 or '—'}）" for one in first)
    en = "; ".join(f"{one.name} ({one.birth or '—'}, {one.id_last4 or '—'})" for one in first)
    sentence = Sentence(
        zh=f"无法确定“{row.name}”是名录中的哪一位：{zh}。请在这里选定，或补上身份证后四位和出生年月；若是重复登记，请先合并。",
        en=f"It is not clear who of the register “{row.name}” is: {en}. Choose here, or add the id digits and the birth; "
        "where one person was entered twice, merge the records first.",
    )
    return Problem(row.sheet, row.row, "", sentence, "error")


def _only(found: Sequence[Known], *, doubtful: bool = False) -> Meant:
    if len(found) == 1 and not doubtful:
        return Meant(person=found[0])
    return Meant(doubt=tuple(found))


def _exactly(row: PersonRow, one: Known) -> bool:
    return bool(row.id_last4) and (row.id_last4, row.birth) == (one.id_last4, one.birth)


def _may_be(row: PersonRow, one: Known) -> bool:
    """Whether nothing that both say differs."""
    pairs = ((row.id_last4, one.id_last4), (row.birth, one.birth), (row.sex, one.sex))
    return all(not mine or not theirs or mine == theirs for mine, theirs in pairs)
