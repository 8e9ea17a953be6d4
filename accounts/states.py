"""The roles that members of staff hold, per program."""

from datetime import timedelta
from enum import StrEnum

SOON = timedelta(days=30)  # a role says so long before that it ends


class Role(StrEnum):
    """What someone may do, never who they are; design: one table, seven roles."""

    SUPPORTER = "supporter"  # the desk of the rooms they are assigned to
    COUNSELOR = "counselor"  # requests of their program, contact data of their own cases
    ANALYST = "analyst"  # reports, small cells hidden
    COORDINATOR = "coordinator"  # everything administrative in their program
    REVIEWER = "reviewer"  # appeals and reports about staff; may be from outside the program
    AUDITOR = "auditor"  # full ledger entries, with a reason
    ADMIN = "admin"  # programs and people, of no program; no message text, no contact data
