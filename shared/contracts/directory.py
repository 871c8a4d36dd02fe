"""What directory publishes: who is who, as whole states."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from shared.events.contract import Event, Topic, published

REGIONS = Topic("directory.regions", partitions=3, compacted=True)
SCHOOLS = Topic("directory.schools", partitions=3, compacted=True)
ORGANISATIONS = Topic("directory.organisations", partitions=3, compacted=True)
GROUPS = Topic("directory.groups", partitions=3, compacted=True)
PEOPLE = Topic("directory.people", partitions=6, compacted=True)
KEYS = Topic("directory.keys", partitions=1, compacted=True)
ACCOUNTS = Topic("directory.accounts", partitions=3, compacted=True)


@published("directory.region.changed.v1", on=REGIONS, key="code")
class RegionChanged(Event, frozen=True, kw_only=True):
    """A region as it is now, a node of the tree of GB/T 2260.

    code: six digits. level: `province`, `prefecture` or `county`. parent_code: None at the top. zone: the name of its
    time zone in the IANA database. abolished: it is no region any more; its code is never given again.
    """

    code: str
    name: str
    level: str
    parent_code: str | None = None
    name_en: str = ""
    zone: str = "Asia/Shanghai"
    abolished: bool = False


#: Which stages a school teaches, by its own stage; a stage that is newer than this is taught by itself.
TAUGHT: Mapping[str, tuple[str, ...]] = {
    "kindergarten": ("kindergarten",),
    "primary": ("primary",),
    "junior": ("junior",),
    "senior": ("senior",),
    "nine_year": ("primary", "junior"),
    "complete_secondary": ("junior", "senior"),
    "twelve_year": ("primary", "junior", "senior"),
}


@published("directory.school.changed.v1", on=SCHOOLS, key="school_id")
class SchoolChanged(Event, frozen=True, kw_only=True):
    """A school as it is now.

    code: the code that people know. stage: `primary`, `junior`, `senior`, `kindergarten`, or one of several: `nine_year`
    (九年一贯制), `complete_secondary` (完全中学), `twelve_year` (十二年一贯制); which those teach is in TAUGHT.
    region_code: six digits of GB/T 2260. name_en: a name for English pages, or empty. setting: `urban` (城区),
    `town` (镇区), `rural` (乡村) or empty. pupils: at the last count, of whom pupils_primary and pupils_junior where the
    stages are counted apart. retired: it teaches no more; what is told of it stays true.
    """

    school_id: UUID
    code: str
    name: str
    stage: str
    region_code: str
    region_name: str
    name_en: str = ""
    setting: str = ""
    pupils: int | None = None
    pupils_primary: int | None = None
    pupils_junior: int | None = None
    retired: bool = False


@published("directory.organisation.changed.v1", on=ORGANISATIONS, key="organisation_id")
class OrganisationChanged(Event, frozen=True, kw_only=True):
    """A bureau, a training centre or another unit that is no school, as it is now.

    kind: `bureau` (教育行政部门), `training_centre` (培训机构) or `other`.
    """

    organisation_id: UUID
    name: str
    kind: str
    region_code: str
    retired: bool = False


@published("directory.group.changed.v1", on=GROUPS, key="group_id")
class GroupChanged(Event, frozen=True, kw_only=True):
    """An education group as it is now: its lead school and the other members, each once.

    chief_principal: the name of its 总校长, or empty.
    """

    group_id: UUID
    name: str
    lead_school_id: UUID
    member_ids: tuple[UUID, ...]
    chief_principal: str = ""
    retired: bool = False


@published("directory.person.changed.v1", on=PEOPLE, key="person_id")
class PersonChanged(Event, frozen=True, kw_only=True):
    """Somebody who works at a school or an organisation (one of the two), as the rosters say now.

    id_last4: the last four digits of the id number, which tell namesakes apart and are never more. birth and since (at
    this school since): `YYYY-MM`. post, title, subject, degree: in the words of the roster. backbone: `none`, `school`,
    `county`, `city`, `province` or `national`. stage: the one taught, as of schools, or empty. Facts that nobody has given
    are empty. left: works there no more. merged_into: this was a second record of that person.
    """

    person_id: UUID
    name: str
    school_id: UUID | None = None
    organisation_id: UUID | None = None
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
    left: bool = False
    merged_into: UUID | None = None


@published("directory.key.changed.v1", on=KEYS, key="key_id")
class KeyChanged(Event, frozen=True, kw_only=True):
    """A public key that verifies sign-in tokens, as a JWK (RFC 7517).

    retired: tokens under it are no longer to be trusted.
    """

    key_id: str
    jwk: dict[str, str]
    retired: bool = False


@published("directory.account.changed.v1", on=ACCOUNTS, key="account_id")
class AccountChanged(Event, frozen=True, kw_only=True):
    """Whether an account may sign in, what it may do, and which of its tokens are refused. No name and no secret.

    grants: as `Grant` writes them; they go before those of a token. signed_out_before: tokens signed earlier are refused.
    ended_sessions: tokens of these are refused; those whose tokens are over anyway are left out. school_id, person_id:
    whom it belongs to, where that is one.
    """

    account_id: UUID
    enabled: bool
    grants: tuple[str, ...]
    signed_out_before: datetime | None = None
    ended_sessions: tuple[UUID, ...] = ()
    school_id: UUID | None = None
    person_id: UUID | None = None
