"""Kinds of support bodies, who they listen to, how they meet people, and texts. Pure; no Django.

The kinds are those of the ministry's and the prefectures' lists; a body's kind keeps its Japanese
name, which is what people will find on its door.
"""

from collections.abc import Mapping
from enum import StrEnum


class AgencyKind(StrEnum):
    """What sort of support body (支援機関) it is."""

    CENTER = "center"
    BRANCH = "branch"
    PEER_CENTER = "peer_center"
    TOWN_DESK = "town_desk"
    HEALTH_CENTER = "health_center"
    MENTAL_HEALTH = "mental_health"
    WELFARE_OFFICE = "welfare_office"
    LIVELIHOOD = "livelihood"
    WELFARE_COUNCIL = "welfare_council"
    YOUTH_STATION = "youth_station"
    HELLO_WORK = "hello_work"
    YOUTH_CENTER = "youth_center"
    CHILD_GUIDANCE = "child_guidance"
    WOMEN = "women"
    DEVELOPMENT = "development"
    ELDERLY = "elderly"
    MEDICAL = "medical"
    IBASHO = "ibasho"
    ONLINE_IBASHO = "online_ibasho"
    FAMILY_GROUP = "family_group"
    PEER_GROUP = "peer_group"
    WORKPLACE = "workplace"
    HOUSEHOLD = "household"
    OTHER = "other"


KIND_NAMES: Mapping[AgencyKind, str] = {
    AgencyKind.CENTER: "ひきこもり地域支援センター",
    AgencyKind.BRANCH: "サテライト・地域ブランチ",
    AgencyKind.PEER_CENTER: "ひきこもりピアサポートセンター",
    AgencyKind.TOWN_DESK: "市町村ひきこもり相談窓口",
    AgencyKind.HEALTH_CENTER: "保健所・福祉保健所",
    AgencyKind.MENTAL_HEALTH: "精神保健福祉センター",
    AgencyKind.WELFARE_OFFICE: "福祉事務所",
    AgencyKind.LIVELIHOOD: "生活困窮者自立相談支援機関",
    AgencyKind.WELFARE_COUNCIL: "社会福祉協議会",
    AgencyKind.YOUTH_STATION: "地域若者サポートステーション",
    AgencyKind.HELLO_WORK: "ハローワーク",
    AgencyKind.YOUTH_CENTER: "子ども・若者総合相談センター",
    AgencyKind.CHILD_GUIDANCE: "児童相談所",
    AgencyKind.WOMEN: "女性相談支援センター",
    AgencyKind.DEVELOPMENT: "発達障害者支援センター",
    AgencyKind.ELDERLY: "地域包括支援センター",
    AgencyKind.MEDICAL: "医療機関",
    AgencyKind.IBASHO: "居場所(対面)",
    AgencyKind.ONLINE_IBASHO: "居場所(オンライン)",
    AgencyKind.FAMILY_GROUP: "家族会",
    AgencyKind.PEER_GROUP: "当事者会",
    AgencyKind.WORKPLACE: "職場体験先",
    AgencyKind.HOUSEHOLD: "家計相談(ファイナンシャルプランナー)",
    AgencyKind.OTHER: "その他",
}


class Accepts(StrEnum):
    """Whom a body listens to, and by which way."""

    PERSON = "person"
    FAMILY = "family"
    SUPPORTER = "supporter"
    TELEPHONE = "telephone"
    VISIT = "visit"
    OUTREACH = "outreach"
    ONLINE = "online"
    MAIL = "mail"


ACCEPTS_NAMES: Mapping[Accepts, str] = {
    Accepts.PERSON: "本人",
    Accepts.FAMILY: "家族",
    Accepts.SUPPORTER: "支援者",
    Accepts.TELEPHONE: "電話",
    Accepts.VISIT: "来所",
    Accepts.OUTREACH: "訪問",
    Accepts.ONLINE: "オンライン",
    Accepts.MAIL: "メール",
}


class TextKey(StrEnum):
    """Texts that coordinators write and people read."""

    RULES = "rules"  # the house rules that are agreed to when entering
    NOTICE = "notice"  # 周知事項: what this place is and isn't


class PictureKind(StrEnum):
    """Formats of pictures, told by their first bytes."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"


class CountedAs(StrEnum):
    """How a program counts consultations that were confirmed."""

    ONCE_A_DAY = "once_a_day"  # the same voice, day and channel is one, unless split with a reason
    EACH = "each"  # every one that was confirmed
