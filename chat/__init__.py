"""居間 — rooms, messages, stamps, murmurs, visits, the live protocol."""
