"""Who of the register a row of a roster means. Names that occur twice are never guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.directory.comparing.model import Known
from services.directory.rosters.model import PersonRow


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
