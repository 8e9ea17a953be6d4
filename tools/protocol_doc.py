"""Writes the tables of docs/protocol.md and docs/asyncapi.json from chat/protocol.py.

`python -m tools.protocol_doc` writes; a test compares what is there with what would be written.
"""

import json
import types
import typing
from pathlib import Path
from typing import Any

import msgspec

from chat import protocol as p

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE, ASYNC = DOCS / "protocol.md", DOCS / "asyncapi.json"


def _kind(kind: Any) -> str:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return "UUID" if kind is p.Nonce else _kind(args[0])
    if origin is typing.Literal:
        return " / ".join(f"`{one}`" for one in args)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(
            dict.fromkeys(_kind(one) for one in args if one is not msgspec.UnsetType)
        )
    if origin is list:
        return f"[{_kind(args[0])}]"
    if origin is dict:
        return "{name: number}"
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        tag = kind.__struct_config__.tag
        return f"`{tag}`" if tag else _fields(kind)
    names = {type(None): "null", str: "text", int: "integer", bool: "bool", float: "number"}
    return names.get(kind, getattr(kind, "__name__", str(kind)))


def _fields(struct: type[msgspec.Struct]) -> str:
    said = []
    for field in msgspec.structs.fields(struct):
        optional = "" if field.required else " (optional)"
        said.append(f"`{field.encode_name}`{optional}: {_kind(field.type)}")
    return "{" + " · ".join(said) + "}"


def _table(structs: tuple[type[msgspec.Struct], ...]) -> str:
    rows = ["| type | fields | meaning |", "| --- | --- | --- |"]
    for one in structs:
        meaning = (one.__doc__ or "").strip().splitlines()[0]
        fields = _fields(one)[1:-1].replace("|", "\\|") or "–"
        rows.append(f"| `{one.__struct_config__.tag}` | {fields} | {meaning} |")
    return "\n".join(rows)


def tables() -> dict[str, str]:
    """The generated parts of docs/protocol.md, by the name of their marker."""
    codes = " · ".join(f"`{one.value}`" for one in p.Refusal)
    closes = " · ".join(f"{one.value} `{one.name.lower()}`" for one in p.Close)
    return {
        "client": _table(p.INCOMING),
        "server": _table(p.OUTGOING),
        "refusals": codes,
        "closes": closes,
    }


def page(text: str) -> str:
    """The page with its generated parts made new."""
    for name, table in tables().items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = before + begin + table + "\n" + end + after
    return text


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.0, its schemas made by msgspec from the same structs."""
    everything = (*p.INCOMING, *p.OUTGOING)
    schemas, components = msgspec.json.schema_components(
        everything, ref_template="#/components/schemas/{name}"
    )
    messages = {
        one.__name__: {"name": str(one.__struct_config__.tag), "payload": schema}
        for one, schema in zip(everything, schemas, strict=True)
    }

    def refs(structs: tuple[type[msgspec.Struct], ...]) -> list[dict[str, str]]:
        return [{"$ref": f"#/channels/room/messages/{one.__name__}"} for one in structs]

    return {
        "asyncapi": "3.0.0",
        "info": {"title": "ibasho room protocol", "version": str(p.VERSION)},
        "channels": {
            "room": {
                "address": "/ws/rooms/{slug}/",
                "parameters": {"slug": {"description": "the room"}},
                "messages": {n: {"$ref": f"#/components/messages/{n}"} for n in messages},
            }
        },
        "operations": {
            "hear": {
                "action": "receive",
                "channel": {"$ref": "#/channels/room"},
                "messages": refs(p.INCOMING),
            },
            "tell": {
                "action": "send",
                "channel": {"$ref": "#/channels/room"},
                "messages": refs(p.OUTGOING),
            },
        },
        "components": {"messages": messages, "schemas": components},
    }


def written() -> str:
    """docs/asyncapi.json as it should stand."""
    return json.dumps(asyncapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Write both."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    ASYNC.write_text(written(), encoding="utf-8")


if __name__ == "__main__":
    main()
