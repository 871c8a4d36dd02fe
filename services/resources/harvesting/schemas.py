"""How an item is said in schema.org, with LRMI's terms, and in Dublin Core."""

from collections.abc import Mapping

from services.resources.items.model.item import Item, Version
from services.resources.items.model.words import KINDS, PURPOSES, STAGES

#: Kind → schema.org type and LRMI learningResourceType.
_TYPES: Mapping[str, tuple[str, str]] = {
    "course": ("Course", "course"),
    "lesson_plan": ("LearningResource", "lesson plan"),
    "recording": ("VideoObject", "recorded lesson"),
    "questions": ("Quiz", "assessment item"),
    "reading": ("LearningResource", "reading"),
    "research": ("ScholarlyArticle", "report"),
}
_USES: Mapping[str, str] = {
    "teaching": "instruction",
    "preparation": "lesson preparation",
    "self_study": "self study",
    "assessment": "assessment",
    "training": "professional development",
}
_TERMS: Mapping[str, str] = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC-BY-NC-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
    "CC-BY-NC-SA-4.0": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "in-school": "仅限校内使用",
    "reserved": "保留所有权利",
}


def json_ld(
    item: Item,
    version: Version,
    makers: tuple[str, ...],
    *,
    address: str,
    rated: tuple[int, float] | None = None,
) -> dict[str, object]:
    """The item as JSON-LD. address: of its public page. rated: how many rated the version, and the mean of their stars."""
    type_, resource = _TYPES[item.kind]
    said: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": list(dict.fromkeys([type_, "LearningResource"])),
        "@id": address,
        "url": address,
        "name": version.title,
        "description": version.summary or version.title,
        "inLanguage": version.language,
        "learningResourceType": resource,
        "educationalUse": _USES[version.purpose],
        "educationalLevel": STAGES[version.stage].zh,
        "license": _TERMS[version.licence],
        "version": str(version.index),
        "isAccessibleForFree": True,
        "audience": {"@type": "EducationalAudience", "educationalRole": "teacher"},
        "provider": [{"@type": "EducationalOrganization", "name": name} for name in makers],
        "keywords": [*version.keywords],
    }
    if version.people:
        said["creator"] = [{"@type": "Person", "name": name} for name in version.people]
    if item.published_at is not None:
        said["datePublished"] = item.published_at.date().isoformat()
    if version.published_at is not None:
        said["dateModified"] = version.published_at.date().isoformat()
    if version.subject:
        said["about"] = {"@type": "Thing", "name": version.subject}
    if version.textbook:
        said["educationalAlignment"] = {
            "@type": "AlignmentObject",
            "alignmentType": "textbook",
            "targetName": version.textbook,
        }
    if rated is not None:
        count, mean = rated
        said["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingCount": count,
            "ratingValue": round(mean, 1),
            "bestRating": 5,
        }
    return said


def dublin_core(
    item: Item, version: Version, makers: tuple[str, ...], *, address: str
) -> list[tuple[str, str]]:
    """The item in the fifteen elements, those that have a value, as (element, value)."""
    dates = [version.published_at.date().isoformat()] if version.published_at is not None else []
    subjects = [each for each in (version.subject, *version.keywords) if each]
    return [
        ("title", version.title),
        *(("creator", name) for name in (*version.people, *makers)),
        *(("subject", each) for each in subjects),
        *([("description", version.summary)] if version.summary else []),
        *(("publisher", name) for name in makers[:1]),
        *(("date", each) for each in dates),
        ("type", KINDS[item.kind].en),
        ("type", PURPOSES[version.purpose].en),
        ("identifier", address),
        ("language", version.language),
        *([("coverage", STAGES[version.stage].en)] if version.stage != "all" else []),
        ("rights", _TERMS[version.licence]),
    ]
