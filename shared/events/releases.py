"""Releases of contracts: what a release promised, kept as files, so that a later one can be held to it.

    released/0.1.0/scheduling.session.released.v1.json          its document: topic, key, schema
    released/0.1.0/golden/scheduling.session.released.v1.json   events as that release says them
    released/withdrawn.json                                     types that nobody can meet any more, and why

A release never changes once it is written. Schemas tell whether an old consumer can read new events; golden
events tell whether this code can read old ones, and see what no schema says (a check in `__post_init__`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from shared.events.compatibility import VERSION, breaking, newest, numbers, released
from shared.events.contract import Contract, Registry
from shared.events.examples import example
from shared.events.schemas import document


class NotReleased(Exception):
    """The release cannot be written; the message is a sentence that says why."""


def broken(directory: Path, registry: Registry) -> list[str]:
    """What these contracts break of the newest release, each as a sentence that says what to do."""
    last = newest(directory)
    if last is None:
        return []
    withdrawn = _withdrawn(directory)
    promised = {type_: said for type_, said in released(directory).items() if type_ not in withdrawn}
    found: list[str] = []
    for type_, said in promised.items():
        contract = registry.named(type_)
        changes = breaking({type_: said}, {type_: document(contract)} if contract else {})
        # What the schema tells already, golden events would only tell again.
        found += changes or (_misread(contract, _golden(last, type_), last.name) if contract else ())
    again = sorted(withdrawn & {contract.type for contract in registry})
    return found + [
        f"{type_} was withdrawn, and its name may not come back. Take the next version." for type_ in again
    ]


def write(directory: Path, version: str, registry: Registry) -> Path:
    """Write the release of these contracts and answer where it lies. Raises NotReleased; then nothing is written.

    The same release may be written again as long as nothing of it differs.
    """
    if not VERSION.fullmatch(version):
        raise NotReleased(f"{version!r} is no version. Write it as three numbers: 0.2.0.")
    place, files = directory / version, dict(_files(registry))
    if place.exists():
        there = {str(path.relative_to(place)): path.read_text() for path in sorted(place.rglob("*.json"))}
        if there != files:
            raise NotReleased(
                f"{version} was released otherwise, and a release never changes. Take the next version."
            )
        return place
    last = newest(directory)
    if last and numbers(version) < numbers(last.name):
        raise NotReleased(f"{version} is older than {last.name}, which was released. Take a newer version.")
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    return place


def golden(contract: Contract) -> list[dict[str, Any]]:
    """Events as this release says them: one with every field filled, and one with every default as it is."""
    full: dict[str, Any] = json.loads(msgspec.json.encode(example(contract)))
    must = {field.encode_name for field in msgspec.structs.fields(contract.event) if field.required}
    bare = contract.decode(json.dumps({name: full[name] for name in must}).encode())
    plain: dict[str, Any] = json.loads(msgspec.json.encode(bare))
    return [full] if plain == full else [full, plain]


def _files(registry: Registry) -> Iterator[tuple[str, str]]:
    for contract in registry:
        yield f"{contract.type}.json", _text(document(contract))
        yield f"golden/{contract.type}.json", _text(golden(contract))


def _misread(contract: Contract, events: Iterable[Mapping[str, Any]], release: str) -> Iterator[str]:
    """What this code makes of the events of a release, where it is not what they say."""
    for event in events:
        try:
            understood = contract.decode(json.dumps(event).encode())
        except msgspec.MsgspecError as error:
            yield f"{contract.type}: an event of {release} cannot be read: {error}. Declare the next version beside it."
            return
        if places := list(_lost("", event, json.loads(msgspec.json.encode(understood)))):
            where = ", ".join(places)
            yield (
                f"{contract.type}: of an event of {release} this reads {where} otherwise than it was said. "
                "Declare the next version beside it."
            )
            return


def _lost(place: str, said: object, understood: object) -> Iterator[str]:
    """Where `understood` does not hold what was said; it may hold more, as defaults of new fields."""
    if isinstance(said, dict) and isinstance(understood, dict):
        for name, value in said.items():
            yield from _lost(f"{place}.{name}".lstrip("."), value, understood.get(name))
    elif isinstance(said, list) and isinstance(understood, list) and len(said) == len(understood):
        for number, (one, other) in enumerate(zip(said, understood, strict=True)):
            yield from _lost(f"{place}[{number}]", one, other)
    elif said != understood:
        yield place


def _golden(release: Path, type_: str) -> list[dict[str, Any]]:
    path = release / "golden" / f"{type_}.json"
    events: list[dict[str, Any]] = json.loads(path.read_text()) if path.exists() else []
    return events


def _withdrawn(directory: Path) -> set[str]:
    path = directory / "withdrawn.json"
    return set(json.loads(path.read_text())) if path.exists() else set()


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
