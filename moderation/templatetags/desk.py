"""Kinds, acts and reasons as words: `{{ line.kind|kind }}`."""

from django import template

from moderation import sentences

register = template.Library()


@register.filter
def kind(value: str) -> str:
    """What an item is."""
    return str(sentences.KINDS.get(value, value))  # type: ignore[call-overload]


@register.filter
def about(value: str) -> str:
    """A report's reason, or a finding's class."""
    return str(sentences.ABOUT.get(value, value))


@register.filter
def act(value: str) -> str:
    """What was done."""
    return str(sentences.ACTS.get(value, value))  # type: ignore[call-overload]


@register.filter
def reason(value: str) -> str:
    """Why."""
    return str(sentences.REASONS.get(value, value))  # type: ignore[call-overload]


@register.filter
def many(value: str) -> str:
    """What is done with several at once."""
    return str(sentences.MANY.get(value, value))  # type: ignore[call-overload]
