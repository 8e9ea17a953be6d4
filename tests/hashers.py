"""Argon2 as the house uses it, with less work: a suite hashes hundreds of passwords."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """The same algorithm and form of a hash."""

    time_cost = 1
    memory_cost = 64
    parallelism = 1
