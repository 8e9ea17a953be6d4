"""Every table of counseling: cases, and what leads on from them."""

from counseling.models.bridges import Bridge, BridgeConsent, BridgeStep
from counseling.models.cases import (
    Asking,
    Case,
    ContactDetail,
    ContactOpening,
    HandOver,
    Invitation,
    NextStep,
    Note,
    Occasion,
    OccasionImport,
    Vault,
)
from counseling.models.emergencies import Emergency
from counseling.models.gatherings import Gathering
from counseling.models.hours import DropIn
from counseling.models.referrals import (
    Consent,
    Crossing,
    LinkOpening,
    Meeting,
    OneTimeLink,
    Referral,
    SentDetail,
    StageDone,
)
from counseling.models.visits import AddressLook, Visit, Visitor

__all__ = [
    "AddressLook",
    "Asking",
    "Bridge",
    "BridgeConsent",
    "BridgeStep",
    "Case",
    "Consent",
    "ContactDetail",
    "ContactOpening",
    "Crossing",
    "DropIn",
    "Emergency",
    "Gathering",
    "HandOver",
    "Invitation",
    "LinkOpening",
    "Meeting",
    "NextStep",
    "Note",
    "Occasion",
    "OccasionImport",
    "OneTimeLink",
    "Referral",
    "SentDetail",
    "StageDone",
    "Vault",
    "Visit",
    "Visitor",
]
