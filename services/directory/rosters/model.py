"""What a roster says: its rows as the register knows them, each with its place in the workbook."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.sheets.problems import Problem, UnknownColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionRow:
    """A region. parent_code: None where the sheet names none."""

    sheet: str
    row: int
    code: str
    name: str
    parent_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolRow:
    """A school; its fields are those of the register. Facts that the sheet does not give are empty or None."""

    sheet: str
    row: int
    code: str
    name: str
    stage: str
    region_code: str
    region_name: str
    setting: str = ""
    pupils: int | None = None
    pupils_primary: int | None = None
    pupils_junior: int | None = None
    contact: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationRow:
    """A unit that is no school, told apart by its region and name. kind: `bureau`, `training_centre` or `other`."""

    sheet: str
    row: int
    name: str
    kind: str
    region_code: str
    contact: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """A group. lead_code and member_codes: codes of schools, of this file or of the register; no school twice."""

    sheet: str
    row: int
    name: str
    lead_code: str
    member_codes: tuple[str, ...]
    chief_principal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """Somebody at a school (its code) or at an organisation (its region and name), one of the two.

    birth and since: `YYYY-MM` or empty. backbone and stage: as in the contract of the register.
    """

    sheet: str
    row: int
    name: str
    school_code: str | None = None
    organisation: tuple[str, str] | None = None
    sex: str = ""
    birth: str = ""
    id_last4: str = ""
    subject: str = ""
    post: str = ""
    title: str = ""
    backbone: str = "none"
    since: str = ""
    degree: str = ""
    stage: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """What the register has already, so that a file with teachers alone is understood too.

    regions: names by code. schools: names by code. organisations: pairs of region code and name.
    """

    regions: Mapping[str, str] = field(default_factory=dict)
    schools: Mapping[str, str] = field(default_factory=dict)
    organisations: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """All that a workbook says. prefecture: the code of the region above all its regions, where it names one.

    Rows at fault are not among the rows but among the problems (severity `error`); where a problem says `stop`, nothing
    of the file may be applied. unknown: columns to ask about.
    """

    prefecture: str | None = None
    regions: tuple[RegionRow, ...] = ()
    schools: tuple[SchoolRow, ...] = ()
    organisations: tuple[OrganisationRow, ...] = ()
    groups: tuple[GroupRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    unknown: tuple[UnknownColumn, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows of each kind there are."""
        kinds = ("regions", "schools", "organisations", "groups", "people")
        return {kind: len(getattr(self, kind)) for kind in kinds}
