"""An example of every event, made from its contract alone: small, plausible and always the same."""

import msgspec
from msgspec import inspect

from shared.events.contract import Contract, Event


class NoExample(Exception):
    """A field has a type of which no example can be made; the message is a sentence for the developer."""


def example(contract: Contract) -> Event:
    """An event that the contract allows, with every field filled. Raises NoExample."""
    try:
        return msgspec.convert(_of("", inspect.type_info(contract.event)), contract.event)
    except msgspec.ValidationError as error:
        raise NoExample(f"{contract.type}: {error}.") from error


def _of(name: str, info: inspect.Type) -> object:
    """Something of the type that `info` describes, as JSON would have it. name: the field's, for people."""
    if isinstance(info, inspect.StructType):
        fields = {field.encode_name: _of(field.encode_name, field.type) for field in info.fields}
        return {info.tag_field: info.tag, **fields} if info.tag_field else fields
    if isinstance(info, inspect.Metadata):
        return _of(name, info.type)
    if isinstance(info, inspect.UnionType):
        return _of(name, next(kind for kind in info.types if not isinstance(kind, inspect.NoneType)))
    if isinstance(info, inspect.IntType | inspect.FloatType):
        return _number(info)
    if isinstance(info, inspect.StrType):
        return f"例 {name}"[: info.max_length]
    return _collection(name, info)


def _collection(name: str, info: inspect.Type) -> object:
    if isinstance(info, inspect.ListType | inspect.VarTupleType | inspect.SetType | inspect.FrozenSetType):
        return [_of(name, info.item_type)]
    if isinstance(info, inspect.TupleType):
        return [_of(name, kind) for kind in info.item_types]
    if isinstance(info, inspect.DictType):
        return {_of(name, info.key_type): _of(name, info.value_type)}
    if isinstance(info, inspect.EnumType):
        return next(iter(info.cls)).value
    if isinstance(info, inspect.LiteralType):
        return info.values[0]
    if type(info) in _SIMPLE:
        return _SIMPLE[type(info)]
    raise NoExample(f"the field {name} is a {type(info).__name__}, and events carry simpler things.")


_SIMPLE: dict[type[inspect.Type], object] = {
    inspect.BoolType: True,
    inspect.UUIDType: "01990000-0000-7000-8000-000000000001",
    inspect.DateTimeType: "2026-09-01T08:00:00Z",
    inspect.DateType: "2026-09-01",
    inspect.TimeType: "08:00:00",
    inspect.TimeDeltaType: "PT45M",
    inspect.DecimalType: "1.5",
    inspect.NoneType: None,
    inspect.AnyType: "例",
}


def _number(info: inspect.IntType | inspect.FloatType) -> float:
    if info.multiple_of is not None:
        return info.multiple_of
    least = info.ge if info.ge is not None else 1 if info.gt is None else info.gt + 1
    most = info.le if info.le is not None else least if info.lt is None else info.lt - 1
    return min(least, most)
