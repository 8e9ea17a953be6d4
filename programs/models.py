"""Programs, municipalities, support bodies, real places, and the texts people read."""

from django.db import models
from django.db.models import F, Q

from programs.states import CountedAs


class Municipality(models.Model):
    """A city, town, village or special ward, keyed by its 6-digit 全国地方公共団体コード.

    Names repeat across Japan (香美市 / 香美町, two 太子町), so nothing is ever looked up by name.
    Wards of designated cities aren't municipalities and aren't here.
    """

    code = models.CharField(primary_key=True, max_length=6)
    prefecture = models.CharField(max_length=8)
    name = models.CharField(max_length=32)
    kana = models.CharField(max_length=64)
    # Census 2020, preliminary count; null where the source had none (treated as under 2,000).
    population = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["prefecture", "code"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[0-9]{6}$"), name="municipality_code_six_digits"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefecture}{self.name}"


class Program(models.Model):
    """One body's program; rooms, staff and figures belong to exactly one."""

    slug = models.SlugField(unique=True, max_length=40)
    name = models.CharField(max_length=80)
    # 2-digit prefecture code (JIS X 0401), "28" for Hyogo.
    prefecture_code = models.CharField(max_length=2)
    # One supporter alone may keep one room open (design rule 2).
    may_open_alone = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class AgencyImport(models.Model):
    """A list of agencies that was brought and waits for its one moment of taking effect.

    Its good rows are already rows of `Agency`, which nobody sees until `applied_at` is set; its
    bad ones wait here, as they were written, to be mended.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    # [{"line": 3, "cells": {"name": …}, "wrong": {"name": "…"}}]
    bad = models.JSONField(default=list)
    # [{"line": 5, "said": "…"}]: what was left out or made harmless.
    notes = models.JSONField(default=list)
    same = models.PositiveIntegerField(default=0)
    # Counts every mending: two who mend one list are told.
    version = models.PositiveIntegerField(default=1)
    # Null while its rows are still coming in: what was cut off can't be applied.
    staged_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program"],
                condition=Q(applied_at__isnull=True, dropped_at__isnull=True),
                name="agency_import_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(dropped_at__isnull=True),
                name="agency_import_applied_or_dropped",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"


class AgencyQuerySet(models.QuerySet["Agency"]):
    """Which agencies there are."""

    def standing(self) -> "AgencyQuerySet":
        """Those that people see: taken in, not taken away, not replaced by a later list."""
        return self.filter(
            Q(brought_by__isnull=True) | Q(brought_by__applied_at__isnull=False),
            Q(leaves_with__isnull=True) | Q(leaves_with__applied_at__isnull=True),
            removed_at__isnull=True,
        )


class Agency(models.Model):
    """A support body (支援機関). What is told of it has a source and a day it was verified."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="agencies")
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=80)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT)
    address = models.CharField(max_length=120, blank=True)
    telephone = models.CharField(max_length=20, blank=True)
    hours_text = models.CharField(max_length=120, blank=True)
    # [[[0, 1, 2, 3, 4], "09:00", "17:00"]]: Monday = 0; empty where the words couldn't be read.
    hours = models.JSONField(default=list)
    accepts = models.JSONField(default=list)
    note = models.CharField(max_length=400, blank=True)
    url = models.URLField(max_length=300, blank=True)
    source = models.CharField(max_length=200)
    verified_on = models.DateField()

    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    # The list that brought it, and the one that replaces it. Both count once they are applied.
    brought_by = models.ForeignKey(
        AgencyImport, null=True, on_delete=models.CASCADE, related_name="brought"
    )
    leaves_with = models.ForeignKey(
        AgencyImport, null=True, on_delete=models.SET_NULL, related_name="replaced"
    )
    # While the list waits: which line of it this is, and which agency it would take the place of.
    list_line = models.PositiveIntegerField(null=True)
    replaces = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")

    objects = AgencyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["program", "municipality", "name"], name="agency_by_place"),
            models.Index(fields=["program", "changed_at"], name="agency_by_change"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="agency_has_a_name"),
            models.CheckConstraint(condition=~Q(source=""), name="agency_has_a_source"),
        ]

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """A real place (居場所): where it is, how to get there, who may come."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="places")
    name = models.CharField(max_length=80)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT)
    run_by = models.CharField(max_length=80)
    address = models.CharField(max_length=120, blank=True)
    way = models.TextField(max_length=1000, blank=True)
    hours_text = models.CharField(max_length=200, blank=True)
    for_whom = models.CharField(max_length=200, blank=True)
    note = models.TextField(max_length=1000, blank=True)
    telephone = models.CharField(max_length=20, blank=True)
    url = models.URLField(max_length=300, blank=True)
    source = models.CharField(max_length=200)
    verified_on = models.DateField()

    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["program", "municipality"], name="place_by_town")]

    def __str__(self) -> str:
        return self.name


class Picture(models.Model):
    """A picture of a place. Its file bears a random name and no trace of who took it, or where."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="pictures")
    name = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=8)
    # What is to be seen, in words.
    words = models.CharField(max_length=120)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"picture {self.pk}"


class Text(models.Model):
    """One version of a text that people read. Versions are only ever added."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="texts")
    key = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    body = models.TextField(max_length=6000)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "key", "version"], name="text_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.version}"


class CountingRule(models.Model):
    """How consultations are counted from a day in Japan on. Decisions are only ever added.

    A later decision also replaces what was planned and hadn't begun (`programs/counting.py`).
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="counting_rules")
    number = models.PositiveIntegerField()  # 1, 2, 3 in a program: who decides twice, sees it
    counted_as = models.CharField(max_length=10)
    decided_on = models.DateField()
    since = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="counting_rule_in_a_row"),
            # Never backwards: no consultation of such a day can have been recorded yet.
            models.CheckConstraint(
                condition=Q(since__gt=F("decided_on")), name="counting_rule_ahead"
            ),
            models.CheckConstraint(
                condition=Q(counted_as__in=list(CountedAs)), name="counting_rule_known"
            ),
        ]

    def __str__(self) -> str:
        return f"counting rule {self.program_id} {self.number}"
