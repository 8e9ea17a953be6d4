"""How reports grow: sheets over 10⁴ … 10⁶ entries, usage over 10⁴ … 10⁷ visits.

`python tools/growth.py [--entries N …] [--visits N …]` fills the database at hand, which must be
migrated and empty (`IBASHO_DATA` or `DATABASE_URL`: a scratch one), and prints two tables.
"""

import os
import sys
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def main() -> int:
    """Fill, measure, print."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ibasho.settings")
    django.setup()
    from tests.load import growth

    return growth.main()


if __name__ == "__main__":
    sys.exit(main())
