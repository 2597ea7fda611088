"""A Django site with one synchronous view."""

from __future__ import annotations

import importlib
from typing import Any

import service

asgiref: Any = importlib.import_module("asgiref.sync")
conf: Any = importlib.import_module("django.conf")
conf.settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="for tests", USE_TZ=True)
asgi: Any = importlib.import_module("django.core.asgi")
http: Any = importlib.import_module("django.http")
urls: Any = importlib.import_module("django.urls")


def pay(request: Any, number: str) -> Any:
    """Pay, and return the number that the answer tells."""
    del request
    return http.HttpResponse(asgiref.async_to_sync(service.pay)(number))


urlpatterns = [urls.path("pay/<str:number>", pay)]
application: Any = asgi.get_asgi_application()
