"""What machines may read, as OpenAPI 3.1 describes it: the same words as the data dictionary. Pure."""

from collections.abc import Mapping
from typing import Any

from awards import __version__
from awards.publication.document import FORMAT, PublishedRow
from awards.publication.opendata import CRITERIA, RESULTS, Field
from awards.web.i18n import _

_TYPES: Mapping[type, Mapping[str, Any]] = {str: {"type": "string"}, int: {"type": "integer"}}
_WORD = {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"}
_SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_OR_NOTHING = {"type": ["integer", "null"]}


def openapi(base_url: str, name: str) -> Mapping[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": _("Published results of %(name)s", name=name),
            "version": __version__,
            "description": _(
                "Read only, without a key. Nothing is here before the instant of its publication. A correction is a new"
                " publication with the next number; the address of an edition gives the newest, versions/NUMBER below it"
                " each of them. Each edition has its own licence: `licenses` in its datapackage.json."
            ),
        },
        "servers": [{"url": base_url}],
        "paths": _paths(),
        "components": {
            "schemas": {
                "Editions": _object({"editions": {"type": "array", "items": _ref("Edition")}}),
                "Edition": _edition(),
                "Results": _results(),
                "Entry": _entry(),
                "Call": _call(),
            },
            "parameters": {
                "programme": _parameter("programme", _("Short name of the programme")),
                "edition": _parameter("edition", _("Short name of the edition")),
                "category": _parameter("category", _("Short name of the category")),
                "slug": _parameter("slug", _("Short name of the winner, as in the address of its page")),
                "number": {
                    **_parameter("number", _("Number of the publication")),
                    "schema": {"type": "integer"},
                },
            },
            "responses": {
                "NotFound": {"description": _("There is no such thing, or it is not public yet.")},
                "NotModified": {"description": _("The same as what you have, by its ETag.")},
            },
        },
    }


def _paths() -> Mapping[str, Any]:
    here, winner = "/awards/{programme}/{edition}", "/awards/{programme}/{edition}/{category}/{slug}"
    of, one = ("programme", "edition"), ("programme", "edition", "category", "slug")
    return {
        "/data/editions.json": _get(_("Editions with published results"), "application/json", _ref("Editions")),
        **_files(here, of),
        **_files(here + "/versions/{number}", (*of, "number")),
        f"{here}/call.json": _get(_("When the call opens and closes"), "application/json", _ref("Call"), of),
        f"{here}/calendar.ics": _get(_("The dates as a calendar"), "text/calendar", {"type": "string"}, of),
        f"{here}/card.png": _get(_("A picture to share the results with"), "image/png", _BINARY, of),
        f"{winner}/card.png": _get(_("A picture to share the winner with"), "image/png", _BINARY, one),
        f"{winner}/badge.svg": _get(_("A badge for the winner’s own pages"), "image/svg+xml", {"type": "string"}, one),
        "/feed.xml": _get(_("What was published, the newest first"), "application/atom+xml", {"type": "string"}),
    }  # fmt: skip


def _files(at: str, of: tuple[str, ...]) -> Mapping[str, Any]:
    return {
        f"{at}/results.json": _get(
            _("Everything that two people signed; the SHA-256 of the bytes is the fingerprint"),
            "application/json", _ref("Results"), of,
        ),
        f"{at}/results.csv": _get(_("One row for each published entry"), "text/csv", _table(RESULTS), of),
        f"{at}/criteria.csv": _get(_("One row for each entry and criterion"), "text/csv", _table(CRITERIA), of),
        f"{at}/datapackage.json": _get(
            _("The tables with their columns, licence and hashes, as a Data Package"), "application/json",
            {"type": "object", "required": ["name", "resources", "licenses"]}, of,
        ),
        f"{at}/pack.json": _get(
            _("Everything that the result rests on, signed; its format is at /verify/SPEC.md"), "application/json",
            {"type": "object", "required": ["pack", "signature"]}, of,
        ),
    }  # fmt: skip


_BINARY = {"type": "string", "contentMediaType": "image/png"}


def _get(
    summary: str, media_type: str, schema: Mapping[str, Any], parameters: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    found: dict[str, Any] = {
        "summary": summary,
        "responses": {
            "200": {"description": summary, "content": {media_type: {"schema": schema}}},
            "304": {"$ref": "#/components/responses/NotModified"},
        },
    }
    if parameters:
        found["parameters"] = [{"$ref": f"#/components/parameters/{name}"} for name in parameters]
        found["responses"]["404"] = {"$ref": "#/components/responses/NotFound"}
    return {"get": found}


def _parameter(name: str, text: str) -> Mapping[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": text, "schema": {"type": "string"}}


def _ref(name: str) -> Mapping[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "object", "required": sorted(properties), "properties": properties}


def _table(fields: tuple[Field, ...]) -> Mapping[str, Any]:
    columns = "\n".join(f"{field.name}: {field.text}" for field in fields)
    return {"type": "string", "description": columns}


def _edition() -> Mapping[str, Any]:
    text, whole = {"type": "string"}, {"type": "integer"}
    address = {"type": "string", "format": "uri"}
    return _object(
        {
            "programme": _WORD, "programme_name": text, "edition": _WORD, "name": text, "year": whole,
            "publication": whole, "kind": text, "published": {"type": "string", "format": "date-time"},
            "note": text, "sha256": _SHA256, "licence": text, "winners": whole, "demonstration": {"type": "boolean"},
            "page": address, "results": address, "package": address,
        }
    )  # fmt: skip


def _results() -> Mapping[str, Any]:
    text = {"type": "string"}
    return _object(
        {
            "format": {"const": FORMAT}, "programme": _WORD, "edition": _WORD, "name": text,
            "year": {"type": "integer"}, "number": {"type": "integer"}, "kind": text, "visible_at": text,
            "note": text,
            "figures": {"type": "object", "description": _("Of each category: entries, sheets, criteria, method, how sure the order is.")},
            "entries": {"type": "array", "items": _ref("Entry")},
        }
    )  # fmt: skip


def _entry() -> Mapping[str, Any]:
    """Of the row itself, so that a column that is added is described too."""
    described: dict[str, Any] = {}
    for name, kind in PublishedRow.__annotations__.items():
        if name == "entry_id":
            continue
        if name == "figures":
            described[name] = {
                "type": "object",
                "description": _("Scores in millionths of a point, chances in millionths."),
            }
        else:
            described[name] = _TYPES.get(kind, _OR_NOTHING)
    return _object(described)


def _call() -> Mapping[str, Any]:
    at = {"type": ["string", "null"], "format": "date-time"}
    return {
        "type": "object",
        "required": ["phase", "opens", "closes", "now"],
        "properties": {"phase": {"type": "string"}, "opens": at, "closes": at, "now": at},
    }
