"""What directory publishes: who is who, as whole states."""

from uuid import UUID

from shared.events.contract import Event, Topic, published

SCHOOLS = Topic("directory.schools", partitions=3, compacted=True)
KEYS = Topic("directory.keys", partitions=1, compacted=True)


@published("directory.school.changed.v1", on=SCHOOLS, key="school_id")
class SchoolChanged(Event, frozen=True, kw_only=True):
    """A school as it is now.

    code: the code that people know. stage: `primary`, `junior`, `nine_year`, `senior` or `kindergarten`.
    region_code: six digits of GB/T 2260. name_en: a name for English pages, or empty.
    """

    school_id: UUID
    code: str
    name: str
    stage: str
    region_code: str
    region_name: str
    name_en: str = ""


@published("directory.key.changed.v1", on=KEYS, key="key_id")
class KeyChanged(Event, frozen=True, kw_only=True):
    """A public key that verifies sign-in tokens, as a JWK (RFC 7517).

    retired: tokens under it are no longer to be trusted.
    """

    key_id: str
    jwk: dict[str, str]
    retired: bool = False
