"""An example bill, to have something to look at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .values import Json


def example_item(today: date) -> Json:
    """A dataset item for an invoice of today, due in 14 days."""
    return {
        "jobtype": 0,
        "customertype": 2,
        "person": "Teppo Testaaja",
        "address": "Sammonkatu 23-25 A 7",
        "postcode": "70100",
        "city": "KUOPIO",
        "custnum": "1022",
        "billdate": today.isoformat(),
        "paydate": (today + timedelta(days=14)).isoformat(),
        "payrow": [
            {"desc": "Hieronta 60 min", "count": "2", "itemtype": "h", "amount": "35.00", "taxpr": "25.50"},
            {"desc": "Hierontaöljy", "count": "1", "itemtype": "kpl", "amount": "12.90", "taxpr": "14.00"},
        ],
    }
