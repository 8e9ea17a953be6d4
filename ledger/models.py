"""Facts that figures are made of, their chain, and sums of them. No identity is kept here.

Triggers refuse to change or remove an entry: `ledger/triggers.py`. No foreign key: an entry
outlives whatever it is about. `Tally` and `Headcount` are derived from the entries, row for row,
and can be made again; a `Note` can be erased without any sum changing.
"""

from django.db import models
from django.db.models import Q

from ledger.states import Channel, Cohort, Kind, Reason, Relation

CODE = r"^([0-9]{6})?$"


class Head(models.Model):
    """The end of a program's chain. Its row is the lock under which entries are written."""

    program = models.CharField(primary_key=True, max_length=40)
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.program} {self.seq}"


class Entry(models.Model):
    """One confirmed fact, or the counter-entry that takes one back."""

    # The program's slug, and the evidence number in it: 1, 2, 3 without a gap.
    program = models.CharField(max_length=40)
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=24)
    # Japan's day on which it happened; years are told by it.
    occurred_on = models.DateField()
    # When the ledger learned of it; 「いつ現在」 is told by it.
    recorded_at = models.DateTimeField()
    subject = models.CharField(max_length=32, blank=True)
    municipality_code = models.CharField(max_length=6, blank=True)
    channel = models.CharField(max_length=10, blank=True)
    cohort = models.CharField(max_length=7)
    relation = models.CharField(max_length=10, blank=True)
    destination = models.CharField(max_length=80, blank=True)
    origin = models.CharField(max_length=20, blank=True)
    # Persons, sessions, occasions; less than nothing on a counter-entry.
    quantity = models.IntegerField(default=1)
    # What lies behind it, by number alone: `case:12`, `import:3:45`.
    evidence = models.CharField(max_length=80, blank=True)
    # A member of staff's number, or `import`.
    confirmed_by = models.CharField(max_length=40)
    counters = models.PositiveBigIntegerField(null=True)  # the `seq` taken back
    reason = models.CharField(max_length=16, blank=True)
    merged_into = models.CharField(max_length=32, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["program", "kind", "occurred_on"], name="entry_by_day"),
            models.Index(fields=["program", "recorded_at"], name="entry_by_record"),
            models.Index(
                fields=["program", "subject"], name="entry_by_subject", condition=~Q(subject="")
            ),
            models.Index(
                fields=["program", "evidence"], name="entry_by_evidence", condition=~Q(evidence="")
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["program", "seq"], name="entry_number_once"),
            models.UniqueConstraint(
                fields=["program", "counters"],
                condition=Q(counters__isnull=False),
                name="entry_countered_once",
            ),
            models.CheckConstraint(
                condition=Q(counters__isnull=True, quantity__gt=0, reason="")
                | (Q(counters__isnull=False, quantity__lt=0) & ~Q(reason="")),
                name="entry_quantity",
            ),
            models.CheckConstraint(
                condition=Q(municipality_code__regex=CODE), name="entry_municipality_code"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(Kind)), name="entry_kind"),
            models.CheckConstraint(condition=Q(cohort__in=list(Cohort)), name="entry_cohort"),
            models.CheckConstraint(condition=Q(channel__in=["", *Channel]), name="entry_channel"),
            models.CheckConstraint(
                condition=Q(relation__in=["", *Relation]), name="entry_relation"
            ),
            models.CheckConstraint(condition=Q(reason__in=["", *Reason]), name="entry_reason"),
            models.CheckConstraint(
                condition=(Q(kind=Kind.SUBJECT_MERGED) & ~Q(merged_into="") & ~Q(subject=""))
                | (~Q(kind=Kind.SUBJECT_MERGED) & Q(merged_into="")),
                name="entry_merges_two",
            ),
            models.CheckConstraint(condition=~Q(confirmed_by=""), name="entry_confirmed"),
        ]

    def __str__(self) -> str:
        return f"{self.program} {self.seq}"


class Note(models.Model):
    """Words beside an entry, outside the chain: they can be erased, the entry can't."""

    program = models.CharField(max_length=40)
    seq = models.PositiveBigIntegerField()
    body = models.TextField(max_length=400)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "seq"], name="note_one_per_entry")
        ]

    def __str__(self) -> str:
        return f"note {self.program} {self.seq}"


class Tally(models.Model):
    """The sum of quantities per quarter and split, kept with each entry."""

    program = models.CharField(max_length=40)
    kind = models.CharField(max_length=24)
    # Fiscal year × 4 + (0: April–June … 3: January–March).
    quarter = models.PositiveIntegerField()
    cohort = models.CharField(max_length=7)
    destination = models.CharField(max_length=80)
    channel = models.CharField(max_length=10)
    origin = models.CharField(max_length=20)
    relation = models.CharField(max_length=10)
    municipality_code = models.CharField(max_length=6)
    quantity = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "program", "kind", "quarter", "cohort", "destination", "channel", "origin",
                    "relation", "municipality_code",
                ],
                name="tally_once",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"tally {self.pk}"


class Headcount(models.Model):
    """Whose code stands for how much in a year, kept with each entry that bears a code."""

    program = models.CharField(max_length=40)
    kind = models.CharField(max_length=24)
    cohort = models.CharField(max_length=7)
    subject = models.CharField(max_length=32)
    destination = models.CharField(max_length=80)
    year = models.PositiveIntegerField()
    channel = models.CharField(max_length=10)
    origin = models.CharField(max_length=20)
    quantity = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "program", "kind", "cohort", "subject", "destination", "year", "channel",
                    "origin",
                ],
                name="headcount_once",
            )
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=[
                    "program",
                    "kind",
                    "cohort",
                    "year",
                    "subject",
                    "destination",
                    "channel",
                    "origin",
                    "quantity",
                ],
                name="headcount_by_year",
            )
        ]

    def __str__(self) -> str:
        return f"headcount {self.pk}"


class Filled(models.Model):
    """That one statistic of participation has been counted for one hour, the whole house over."""

    statistic = models.CharField(max_length=16)
    hour = models.DateTimeField()

    class Meta:
        verbose_name_plural = "filled"
        constraints = [
            models.UniqueConstraint(fields=["statistic", "hour"], name="filled_once_per_hour")
        ]

    def __str__(self) -> str:
        return f"{self.statistic} {self.hour:%Y-%m-%dT%H}"


class HourCount(models.Model):
    """How much of a statistic fell into an hour. Filling the hour again replaces its rows."""

    program = models.CharField(max_length=40)
    statistic = models.CharField(max_length=16)
    split = models.CharField(max_length=40)
    hour = models.DateTimeField()
    number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statistic", "hour", "program", "split"], name="hour_count_once"
            )
        ]

    def __str__(self) -> str:
        return f"hour count {self.pk}"


class MonthKey(models.Model):
    """The random key of a month's pseudonyms; it goes with them when the month is summed."""

    month = models.DateField(primary_key=True)
    key = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"key of {self.month:%Y-%m}"


class Sighting(models.Model):
    """That somebody counts somewhere in a month: a pseudonym that is none in the next one."""

    program = models.CharField(max_length=40)
    month = models.DateField()
    statistic = models.CharField(max_length=16)
    split = models.CharField(max_length=40)
    pseudonym = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "program", "statistic", "split", "pseudonym"],
                name="sighting_once",
            )
        ]

    def __str__(self) -> str:
        return f"sighting {self.pk}"


class MonthSum(models.Model):
    """A statistic's sum over a month that is over, and how many people are behind it.

    `people` is null where nobody's people are counted (hours of the rooms, shifts).
    """

    program = models.CharField(max_length=40)
    month = models.DateField()
    statistic = models.CharField(max_length=16)
    split = models.CharField(max_length=40)
    number = models.PositiveBigIntegerField()
    people = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "month", "statistic", "split"], name="month_sum_once"
            )
        ]

    def __str__(self) -> str:
        return f"month sum {self.pk}"
