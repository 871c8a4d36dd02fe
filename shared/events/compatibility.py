"""Whether contracts may be released: what changed against the last release, and whether it breaks anybody.

Both directions count. Old consumers read new events, because services are upgraded one by one; new consumers
read old events, because topics and outboxes keep them. So within a version the only change of data is a new
field with a default; anything else is a new version beside the old one.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeGuard

VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")

#: What may differ: it is for readers, or concerns new values only.
_FREE = {"title", "description", "default", "examples", "$schema", "$id", "$defs", "properties", "required"}


def newest(directory: Path) -> Path | None:
    """Where the newest release below `directory` lies, or None where there is none.

    A release is a directory named after its version, with a file per event.
    """
    releases = [path for path in directory.glob("*") if VERSION.fullmatch(path.name)]
    return max(releases, key=lambda path: numbers(path.name), default=None)


def numbers(version: str) -> list[int]:
    """The three numbers of a version, which compare as versions do."""
    return [int(part) for part in version.split(".")]


def released(directory: Path) -> dict[str, dict[str, Any]]:
    """The documents of the newest release below `directory`, by type; empty where none was released."""
    last = newest(directory)
    documents = [json.loads(path.read_text()) for path in sorted(last.glob("*.json"))] if last else []
    return {document["type"]: document for document in documents}


def breaking(old: Mapping[str, dict[str, Any]], new: Mapping[str, dict[str, Any]]) -> list[str]:
    """Every change from `old` to `new` documents that breaks somebody, as a sentence that says what to do."""
    return [sentence for type_ in sorted(old) for sentence in _of_document(type_, old[type_], new.get(type_))]


def _of_document(type_: str, old: Mapping[str, Any], new: Mapping[str, Any] | None) -> Iterator[str]:
    if new is None:
        yield f"{type_} is gone. Publish it beside its successor until no consumer is left."
        return
    for part in ("topic", "key", "compacted", "partitions"):
        if old[part] != new[part]:
            yield f"{type_}: its {part} was {old[part]!r} and is {new[part]!r}. Declare a new topic and version instead."
    for place, change in _of_schema("", old["schema"], new["schema"], old["schema"], new["schema"]):
        yield f"{type_}: {place or 'the event'} {change}. Declare the next version beside it instead."


Change = tuple[str, str]


def _of_schema(
    place: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    old_root: Mapping[str, Any],
    new_root: Mapping[str, Any],
) -> Iterator[Change]:
    if "$ref" in old and old.get("$ref") == new.get("$ref") and place.count(".") > _DEEPEST:
        return  # a structure that contains itself
    old, new = _resolved(old, old_root), _resolved(new, new_root)
    yield from _of_fields(place, old, new, old_root, new_root)
    for keyword in sorted((old.keys() | new.keys()) - _FREE):
        before, after = old.get(keyword), new.get(keyword)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _of_schema(f"{place}.{keyword}".lstrip("."), before, after, old_root, new_root)
        elif _are_schemas(before) and _are_schemas(after) and len(before) == len(after):
            for number, (one, other) in enumerate(zip(before, after, strict=True)):
                yield from _of_schema(f"{place}[{number}]", one, other, old_root, new_root)
        elif before != after:
            yield place, f"had {keyword} {_shown(before)} and has {_shown(after)}"


_DEEPEST = 12


def _of_fields(
    place: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    old_root: Mapping[str, Any],
    new_root: Mapping[str, Any],
) -> Iterator[Change]:
    before, after = old.get("properties", {}), new.get("properties", {})
    must_before, must_now = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(before.keys() | after.keys()):
        at = f"{place}.{name}".lstrip(".")
        if name not in after:
            yield at, "is gone, and consumers may read it"
        elif name not in before and name in must_now:
            yield at, "is new and has no default: events that are kept do not have it"
        elif name in before:
            if name in must_now - must_before:
                yield at, "has lost its default: events that are kept may not have it"
            if name in must_before - must_now:
                yield at, "may be missing now, and old consumers require it"
            yield from _of_schema(at, before[name], after[name], old_root, new_root)


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: Mapping[str, Any] = root.get("$defs", {}).get(reference.rpartition("/")[2], {})
    return found


def _are_schemas(value: object) -> TypeGuard[list[dict[str, Any]]]:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _shown(value: object) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False)
