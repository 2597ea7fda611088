"""Plain http to another machine: only when asked for, never to the service's own hosts, and never silently."""

from __future__ import annotations

import logging
from typing import Any, cast

import pytest

from ropo_jobs_client import BearerToken, RopoJobsClient

WARNING = "http to {}: token, payments and personal data can be read on their way"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://sandbox:8787/rest", "sandbox"),
        ("http://10.1.2.3:8787/rest", "10.1.2.3"),
        ("http://[fd00::1]:8787/rest", "fd00::1"),
        ("http://notropo24.fi/rest", "notropo24.fi"),
    ],
)
def test_allowed_with_one_warning(url: str, host: str, caplog: pytest.LogCaptureFixture) -> None:
    client = RopoJobsClient(BearerToken("t"), base_url=url, allow_http=True)
    client.with_options(timeout=1.0)
    assert [(each.name, each.levelno, each.getMessage()) for each in caplog.records] == [
        ("ropo_jobs_client", logging.WARNING, WARNING.format(host))
    ]


@pytest.mark.parametrize("url", ["https://sandbox:8787/rest", "http://127.0.0.1:8787/rest", "http://localhost/rest"])
def test_nothing_is_said_where_nothing_is_open(url: str, caplog: pytest.LogCaptureFixture) -> None:
    RopoJobsClient(BearerToken("t"), base_url=url, allow_http=True)
    assert caplog.records == []


@pytest.mark.parametrize(
    "url",
    ["http://ropo24.fi/rest", "http://RC.ropo24.se/rest", "http://ropo24.no./rest", "http://api.ropo24.fi:8080/rest"],
)
@pytest.mark.parametrize("allow_http", [True, False])
def test_never_to_the_service_itself(url: str, allow_http: bool) -> None:
    with pytest.raises(ValueError, match=r"^base_url must be https: this host is the service's own$"):
        RopoJobsClient(BearerToken("t"), base_url=url, allow_http=allow_http)


def test_not_without_being_asked_to() -> None:
    with pytest.raises(ValueError, match=r"^base_url must be https: .*allow_http=True \(ROPO_ALLOW_HTTP=1\)"):
        RopoJobsClient(BearerToken("t"), base_url="http://sandbox:8787/rest")


@pytest.mark.parametrize("allow_http", [1, "yes", None])
def test_what_is_no_bool(allow_http: Any) -> None:
    with pytest.raises(TypeError, match=r"^allow_http must be True or False, not "):
        RopoJobsClient(BearerToken("t"), base_url="http://sandbox/rest", allow_http=allow_http)


def from_env(monkeypatch: pytest.MonkeyPatch, url: str, allow_http: str | None) -> RopoJobsClient:
    for name in ("ROPO_CID", "ROPO_APICODE", "ROPO_ENVIRONMENT", "ROPO_ALLOW_HTTP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ROPO_TOKEN", "t")
    monkeypatch.setenv("ROPO_BASE_URL", url)
    if allow_http is not None:
        monkeypatch.setenv("ROPO_ALLOW_HTTP", allow_http)
    return RopoJobsClient.from_env()


def test_from_env(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    from_env(monkeypatch, "http://sandbox:8787/rest", "1")
    assert [each.getMessage() for each in caplog.records] == [WARNING.format("sandbox")]


@pytest.mark.parametrize("allow_http", [None, "0", "", " "])
def test_from_env_without(monkeypatch: pytest.MonkeyPatch, allow_http: str | None) -> None:
    with pytest.raises(ValueError, match=r"^ROPO_BASE_URL is wrong: base_url must be https"):
        from_env(monkeypatch, "http://sandbox:8787/rest", allow_http)


@pytest.mark.parametrize("allow_http", ["true", "yes", "2"])
def test_from_env_with_what_is_neither(monkeypatch: pytest.MonkeyPatch, allow_http: str) -> None:
    with pytest.raises(ValueError, match=r"^ROPO_ALLOW_HTTP must be 1 or 0$"):
        from_env(monkeypatch, "http://127.0.0.1/rest", allow_http)


def test_from_env_alone_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROPO_TOKEN", "t")
    monkeypatch.setenv("ROPO_BASE_URL", "http://127.0.0.1/rest")
    with pytest.raises(TypeError, match=r"^allow_http must not be given: from_env takes it from the environment"):
        cast("Any", RopoJobsClient.from_env)(allow_http=True)
