"""The tables of the copy: a column for each field of directory's states, under the same name."""

from sqlalchemy import Boolean, Column, Integer, Table, Text, Uuid

from shared.db.base import SPINE

roster_regions = Table(
    "roster_regions",
    SPINE,
    Column("code", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("parent_code", Text),
    Column("zone", Text, nullable=False),
    Column("abolished", Boolean, nullable=False),
)

roster_schools = Table(
    "roster_schools",
    SPINE,
    Column("school_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("region_code", Text, nullable=False, index=True),
    Column("region_name", Text, nullable=False),
    Column("setting", Text, nullable=False),
    Column("pupils", Integer),
    Column("pupils_primary", Integer),
    Column("pupils_junior", Integer),
    Column("retired", Boolean, nullable=False),
)

roster_organisations = Table(
    "roster_organisations",
    SPINE,
    Column("organisation_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("region_code", Text, nullable=False, index=True),
    Column("retired", Boolean, nullable=False),
)

roster_groups = Table(
    "roster_groups",
    SPINE,
    Column("group_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("lead_school_id", Uuid, nullable=False),
    Column("chief_principal", Text, nullable=False),
    Column("retired", Boolean, nullable=False),
)

#: Which schools belong to a group, the lead school among them.
roster_group_schools = Table(
    "roster_group_schools",
    SPINE,
    Column("group_id", Uuid, primary_key=True),
    Column("school_id", Uuid, primary_key=True, index=True),
)

roster_people = Table(
    "roster_people",
    SPINE,
    Column("person_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False, index=True),
    Column("school_id", Uuid, index=True),
    Column("organisation_id", Uuid, index=True),
    *(
        Column(word, Text, nullable=False)
        for word in (
            "sex",
            "birth",
            "id_last4",
            "subject",
            "post",
            "title",
            "backbone",
            "since",
            "degree",
            "stage",
        )
    ),
    Column("left", Boolean, nullable=False),
    Column("merged_into", Uuid),
)
