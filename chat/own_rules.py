"""A program's own screening rules: the table. What calls for help can be added to, never spared."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from chat.states import RULE_CLASSES, SPARED_CLASSES, RuleState

STAFF = settings.AUTH_USER_MODEL
STANDING = (RuleState.DRAFT.value, RuleState.ACTING.value)


class OwnRule(models.Model):
    """One word or phrase, its class, and longer phrases in which it means nothing.

    It adds a finding; where it `spares`, what is found inside the longer phrase is none, in this
    program. Crisis and written-out details (a telephone number, an address) are never spared.
    `tried` is what the last dry run found: counts and matched words,
    `{"looked": n, "found": n, "touched": n, "words": [[words, n], …]}`.
    """

    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    term = models.CharField(max_length=40)
    # The term as a folded text has it: the same words are one rule, however they are written.
    folded = models.CharField(max_length=80)
    exceptions = models.JSONField(default=list)
    spares = models.BooleanField(default=False)
    state = models.CharField(max_length=8, default=RuleState.DRAFT.value)
    # Counts every move: two coordinators at once are told.
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    tried = models.JSONField(null=True)
    tried_at = models.DateTimeField(null=True)
    moved_by = models.ForeignKey(STAFF, null=True, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(folded=""), name="own_rule_says_something"),
            models.CheckConstraint(condition=Q(kind__in=RULE_CLASSES), name="own_rule_class"),
            models.CheckConstraint(
                condition=Q(spares=False) | Q(kind__in=SPARED_CLASSES, exceptions=[]),
                name="own_rule_spares_no_crisis",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in RuleState]), name="own_rule_state"
            ),
            models.CheckConstraint(
                condition=~Q(state=RuleState.ACTING.value) | Q(tried_at__isnull=False),
                name="own_rule_acts_after_a_dry_run",
            ),
            models.UniqueConstraint(
                fields=["program", "kind", "folded"],
                condition=Q(state__in=STANDING),
                name="own_rule_stands_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["program"],
                condition=Q(state=RuleState.ACTING.value),
                name="own_rule_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"own rule {self.pk}"
