"""A Django site with one synchronous view."""

from __future__ import annotations

from typing import Any

import service
from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="for tests", USE_TZ=True)


def pay(request: Any, number: str) -> Any:
    """Pay, and return the number that the answer tells."""
    del request
    return HttpResponse(async_to_sync(service.pay)(number))


urlpatterns = [path("pay/<str:number>", pay)]
application: Any = get_asgi_application()
