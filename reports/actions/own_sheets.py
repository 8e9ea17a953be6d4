"""A sheet for new years, started from one that is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.viewer import Viewer
from foundation.refusals import Refused
from programs.models import Program
from reports import queries
from reports.actions.noting import note
from reports.models import OwnSheet
from reports.policies import must_coordinate
from reports.rules import as_data, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is new in it. `targets`: code → year → target; `baselines`: code → 事業開始前.

    `own_room`: whether our own room is 居場所等; None: as in the sheet it is started from.
    """

    first_year: int
    targets: Mapping[str, Mapping[int, int]]
    baselines: Mapping[str, int]
    name: str = ""
    decision: str = ""
    cost: int | None = None
    outline: str = ""
    own_room: bool | None = None


def start_sheet(
    viewer: Viewer, *, program: int, from_sheet: str, plan: Plan, now: datetime
) -> OwnSheet:
    """Start a program's sheet for the years that its targets name; the rules stay those of
    `from_sheet`, whosever it is. An indicator without targets is left out.

    Raises `BadSheet`, and `Refused`: `not_found`, `already_there` for the same first year.
    """
    actor = must_coordinate(viewer, program=program)
    model = queries.sheet(from_sheet)
    if model is None:
        raise Refused("not_found")
    with transaction.atomic():
        house = Program.objects.select_for_update().get(pk=program)
        slug = f"{house.slug}-{plan.first_year}"
        if queries.sheet(slug) is not None:
            raise Refused("already_there")
        years = sorted({year for targets in plan.targets.values() for year in targets})
        data = as_data(model) | {
            "program": house.slug,
            "body": model.body if model.program == house.slug else house.name,
            "years": years,
            "name": plan.name or model.name,
            "decision": plan.decision,
            "cost": plan.cost,
            "outline": plan.outline or model.outline,
        }
        data["indicators"] = [
            one
            | {
                "targets": {str(y): n for y, n in plan.targets[one["code"]].items()},
                "baseline": plan.baselines.get(one["code"], 0),
                "own_room": one["own_room"] if plan.own_room is None else plan.own_room,
                "counted": [],  # another program's, of other years
            }
            for one in data["indicators"]
            if one["code"] in plan.targets
        ]
        if years[:1] != [plan.first_year]:
            raise Refused("incomplete")
        parse(slug, data)
        row = OwnSheet.objects.create(
            slug=slug, program=house, data=data, made_by=actor, changed_at=now
        )
        note(viewer, "create", what="sheet", number=slug, program=program, now=now)
    return row
