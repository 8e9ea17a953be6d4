"""What feeds the ledger, and sheets that were closed."""

from django.db import models
from django.db.models import F, Q

from programs.models import Municipality, Program
from reports.states import SUPPORTS, Point, SiteKind, Stage


class RecordImport(models.Model):
    """A file of records that was read and waits, or was taken into the ledger.

    Neither the file nor its name is kept, nor anything that was typed for a person.
    """

    # Keyed, over what was read: the same rows are recognised in another format too.
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    # [{fact}, "note", line]: emptied when it is applied or dropped.
    waiting = models.JSONField(default=list)
    applied_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)  # why and by whom: in the counter-entries

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest"],
                condition=Q(applied_at__isnull=False, taken_back_at__isnull=True),
                name="record_import_same_file_once",
            ),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(dropped_at__isnull=True),
                name="record_import_applied_or_dropped"),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True) | Q(applied_at__isnull=False),
                name="record_import_taken_back_after"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"records {self.pk}"


class Site(models.Model):
    """A consultation window or an ibasho of a municipality, from an explicit register.

    Never derived from users' addresses or from rooms: which municipality an online one belongs to
    is its program's decision, and stands here.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    operator = models.CharField(max_length=80, blank=True)
    online = models.BooleanField(default=False)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    # What shows it: an outline, a notice, an address on the web.
    evidence = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    # Evidence numbers of the ledger.
    opened_seq = models.PositiveBigIntegerField()
    closed_seq = models.PositiveBigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["program", "kind", "municipality"], name="site_by_place")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(SiteKind)), name="site_kind"),
            models.CheckConstraint(condition=~Q(evidence=""), name="site_has_evidence"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="site_closed_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return f"site {self.pk}"


class Training(models.Model):
    """A course that was held. Its `course` is the `destination` of its entries."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    course = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    held_on = models.DateField()
    days = models.PositiveSmallIntegerField(default=1)
    # Whether a course of three days counts three times for somebody who came on all of them.
    each_day = models.BooleanField(default=True)
    online = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    seq = models.PositiveBigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["program", "-held_on"], name="training_by_day")]
        constraints = [models.CheckConstraint(condition=Q(days__gte=1), name="training_days")]

    def __str__(self) -> str:
        return f"training {self.pk}"


class Attendance(models.Model):
    """That someone, by their code, was there on a day of a course, confirmed by staff."""

    training = models.ForeignKey(Training, on_delete=models.PROTECT, related_name="attendances")
    subject = models.CharField(max_length=32)
    day = models.PositiveSmallIntegerField()
    confirmed_by = models.BigIntegerField()
    confirmed_at = models.DateTimeField()
    # Null where the course counts once and somebody was counted on an earlier day.
    seq = models.PositiveBigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["training", "subject", "day"],
                condition=Q(withdrawn_at__isnull=True),
                name="attendance_once_a_day",
            ),
            models.CheckConstraint(condition=Q(day__gte=1), name="attendance_day"),
        ]

    def __str__(self) -> str:
        return f"attendance {self.pk}"


class Support(models.Model):
    """An adviser's visit, other support of a municipality, or a network meeting."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24)
    municipality = models.ForeignKey(
        Municipality, null=True, on_delete=models.PROTECT, related_name="+"
    )
    on = models.DateField()
    # Which body sent someone, or how many bodies met: never a person's name.
    by_whom = models.CharField(max_length=80, blank=True)
    bodies = models.PositiveSmallIntegerField(default=1)
    # What was advised or spoken about.
    words = models.TextField(max_length=1000, blank=True)
    stage = models.CharField(max_length=12, blank=True)
    changed_at = models.DateTimeField()
    seq = models.PositiveBigIntegerField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["program", "-on"], name="support_by_day")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=sorted(SUPPORTS)), name="support_kind"),
            models.CheckConstraint(condition=Q(stage__in=["", *Stage]), name="support_stage"),
        ]

    def __str__(self) -> str:
        return f"support {self.pk}"


class Closing(models.Model):
    """締め: a year of a sheet as it was then. What comes later is told beside it, never in it."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    sheet = models.CharField(max_length=60)
    year = models.PositiveIntegerField()
    # What was recorded before this counts.
    upto = models.DateTimeField()
    # [{"code", "actual": {year: n}, "unknown", "listed"}] and the whole sheet as data.
    figures = models.JSONField()
    rules = models.JSONField()
    head_seq = models.PositiveBigIntegerField()
    head_hash = models.CharField(max_length=64)
    made_by = models.BigIntegerField()  # 作成者
    made_at = models.DateTimeField()
    checked_by = models.BigIntegerField(null=True)  # 確認者: somebody else
    checked_at = models.DateTimeField(null=True)
    # By the 確認者: it was told, so it stays, and the year is closed anew.
    sent_back_by = models.BigIntegerField(null=True)
    sent_back_at = models.DateTimeField(null=True)
    sent_back_reason = models.CharField(max_length=200, blank=True)
    published_by = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)  # from then on anyone may read it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "year"], condition=Q(sent_back_at=None), name="closing_once_a_year"
            ),
            models.CheckConstraint(
                # Nothing of it, or all of it.
                condition=Q(sent_back_at=None, sent_back_by=None, sent_back_reason="")
                | Q(sent_back_at__isnull=False, sent_back_by__isnull=False, checked_at=None)
                & ~(Q(sent_back_by=F("made_by")) | Q(sent_back_reason="")),
                name="closing_sent_back_before_checked",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(checked_at__isnull=False),
                name="closing_published_when_checked",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("made_by")),
                name="closing_checked_by_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        return f"closing {self.sheet} {self.year}"


class Remark(models.Model):
    """What a program says of one indicator in the year of a closing, for everyone to read."""

    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, related_name="remarks")
    code = models.CharField(max_length=60)
    words = models.TextField(max_length=1000)
    by = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["closing", "code"], name="remark_once_a_cell"),
            models.CheckConstraint(condition=~Q(words=""), name="remark_says_something"),
        ]

    def __str__(self) -> str:
        return f"remark {self.pk}"


class Install(models.Model):
    """Another house of the prefecture, which sends its entries once a month."""

    name = models.CharField(max_length=80, unique=True)
    public_key = models.CharField(max_length=64, unique=True)
    joined_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Return(models.Model):
    """A monthly file that was taken in."""

    install = models.ForeignKey(Install, on_delete=models.PROTECT, related_name="returns")
    program = models.CharField(max_length=40)
    month = models.CharField(max_length=7)
    first_seq = models.PositiveBigIntegerField()
    last_seq = models.PositiveBigIntegerField()
    # Whether its people can be told apart from ours: it shares our `SUBJECT_KEY`.
    shares_key = models.BooleanField()
    taken_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["month", "install"], name="return_by_month")]

    def __str__(self) -> str:
        return f"return {self.pk}"


class ReturnedEntry(models.Model):
    """Which entry of ours stands for which of another house: each comes once."""

    install = models.ForeignKey(Install, on_delete=models.PROTECT, related_name="+")
    program = models.CharField(max_length=40)
    seq = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    own_seq = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["install", "program", "seq"], name="returned_entry_once"
            )
        ]

    def __str__(self) -> str:
        return f"returned {self.install_id}:{self.program}:{self.seq}"


class FamilyRun(models.Model):
    """One run of the family program (CRAFT), whose effect is looked at."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    started_on = models.DateField()
    # {"burden": {"name", "lowest", "highest"}, "relation": {…}}: the questionnaires in use.
    instrument = models.JSONField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["program", "-started_on"], name="family_run_by_day")]

    def __str__(self) -> str:
        return f"family run {self.pk}"


class EffectRecord(models.Model):
    """What a practitioner recorded of one family at one of three points; by code, never by name."""

    run = models.ForeignKey(FamilyRun, on_delete=models.PROTECT, related_name="records")
    subject = models.CharField(max_length=32)
    point = models.CharField(max_length=12)
    on = models.DateField()
    burden = models.SmallIntegerField(null=True)
    relation = models.SmallIntegerField(null=True)
    # Whether the person it is about used any service; null where nobody knows.
    used_service = models.BooleanField(null=True)
    by = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "subject", "point"], name="effect_point_once"),
            models.CheckConstraint(condition=Q(point__in=list(Point)), name="effect_point"),
        ]

    def __str__(self) -> str:
        return f"effect {self.pk}"


class Improvement(models.Model):
    """改善: what a program changes after looking at a year."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()
    words = models.TextField(max_length=2000)
    by = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "year"], name="improvement_once_a_year")
        ]

    def __str__(self) -> str:
        return f"improvement {self.year}"


class OwnSheet(models.Model):
    """A sheet for other years, started by a coordinator from one that was there."""

    slug = models.SlugField(unique=True, max_length=60)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    # As a file of `sheets/`; its rules are those of the sheet it was started from.
    data = models.JSONField()
    made_by = models.BigIntegerField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug


class Remembered(models.Model):
    """What a rule counted over the entries up to `seq` (`upto`: of these, recorded before it).

    Derived, and never trusted further than its `hash`: it can be deleted at any moment.
    """

    program = models.CharField(max_length=40)
    rule = models.CharField(max_length=400)  # as JSON
    upto = models.CharField(max_length=40, blank=True)  # an instant, or nothing
    seq = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64, blank=True)
    counts = models.JSONField()  # [cohort, fiscal year, all, by Web, from our rooms]

    class Meta:
        verbose_name_plural = "remembered"
        constraints = [
            models.UniqueConstraint(
                fields=["program", "rule", "upto"], name="remembered_once_per_rule"
            )
        ]

    def __str__(self) -> str:
        return f"remembered {self.program} {self.seq}"


class Past(models.Model):
    """What follows from the entries that were recorded before `upto`; worked out once.

    Derived, and never trusted further than the `hash` of the ledger's last entry at the time: it
    can be deleted at any moment. Counts alone, no code and no word.
    """

    program = models.CharField(max_length=40)
    about = models.CharField(max_length=64)  # what was asked, hashed
    upto = models.CharField(max_length=40)  # an instant
    seq = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    found = models.JSONField(null=True)

    class Meta:
        verbose_name_plural = "past"
        constraints = [
            models.UniqueConstraint(fields=["program", "about", "upto"], name="past_asked_once")
        ]

    def __str__(self) -> str:
        return f"past {self.program} {self.seq}"
