"""The endpoints of one tag, each imported when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import jobs_add_action as jobs_add_action
    from . import jobs_add_credit_note_action as jobs_add_credit_note_action
    from . import jobs_add_payment_action as jobs_add_payment_action
    from . import jobs_dispute_action as jobs_dispute_action
    from . import jobs_find_by_end_customer_action as jobs_find_by_end_customer_action
    from . import jobs_get_action as jobs_get_action
    from . import jobs_get_pdf_action as jobs_get_pdf_action
    from . import jobs_get_status_updates_action as jobs_get_status_updates_action
    from . import jobs_local_print_action as jobs_local_print_action
    from . import jobs_modify_action as jobs_modify_action
    from . import jobs_modify_open_sales_invoices_action as jobs_modify_open_sales_invoices_action
    from . import jobs_preview_action as jobs_preview_action
    from . import jobs_resolve_dispute_action as jobs_resolve_dispute_action
    from . import jobs_send_transfer_confirmation_action as jobs_send_transfer_confirmation_action
    from . import jobs_update_delivery_status_action as jobs_update_delivery_status_action

__all__ = (
    "jobs_add_action",
    "jobs_add_credit_note_action",
    "jobs_add_payment_action",
    "jobs_dispute_action",
    "jobs_find_by_end_customer_action",
    "jobs_get_action",
    "jobs_get_pdf_action",
    "jobs_get_status_updates_action",
    "jobs_local_print_action",
    "jobs_modify_action",
    "jobs_modify_open_sales_invoices_action",
    "jobs_preview_action",
    "jobs_resolve_dispute_action",
    "jobs_send_transfer_confirmation_action",
    "jobs_update_delivery_status_action",
)


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f".{name}", __name__)
