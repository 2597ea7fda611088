"""Where calls go: the hosts, the base URLs that are safe, and the environment variables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ropo_jobs_client import ApiCode, BearerToken, Environment, InvalidArgument, RopoJobsClient
from ropo_jobs_client._config import check_base_url

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLES = settings(derandomize=True, deadline=None, database=None, max_examples=200)

OPENAPI = Path(__file__).parents[2] / "openapi.yaml"

BASE_URLS = {
    "FINLAND": "https://ropo24.fi/rest",
    "FINLAND_TEST": "https://rc.ropo24.fi/rest",
    "SWEDEN": "https://ropo24.se/rest",
    "SWEDEN_TEST": "https://rc.ropo24.se/rest",
    "NORWAY": "https://ropo24.no/rest",
    "NORWAY_TEST": "https://rc.ropo24.no/rest",
}


def test_environments() -> None:
    assert {environment.name: environment.base_url for environment in Environment} == BASE_URLS
    document = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))
    assert {server["url"] for server in document["servers"]} == set(BASE_URLS.values())
    for url in BASE_URLS.values():
        assert check_base_url(url) == url


@pytest.mark.parametrize(
    ("given_", "used"),
    [
        ("https://ropo24.fi/rest", "https://ropo24.fi/rest"),
        ("https://ropo24.fi/rest/", "https://ropo24.fi/rest"),
        ("https://ropo24.fi/rest//", "https://ropo24.fi/rest"),
        ("HTTPS://ROPO24.FI/rest", "https://ropo24.fi/rest"),
        ("https://ropo24.fi:8443/rest", "https://ropo24.fi:8443/rest"),
        ("https://ropo24.fi:443/rest", "https://ropo24.fi/rest"),
        ("https://ropo24.fi", "https://ropo24.fi"),
        ("https://10.0.0.1/rest", "https://10.0.0.1/rest"),
        ("http://localhost:8000/rest", "http://localhost:8000/rest"),
        ("http://LOCALHOST/rest", "http://localhost/rest"),
        ("http://127.0.0.1:8000/rest", "http://127.0.0.1:8000/rest"),
        ("http://127.9.9.9/rest", "http://127.9.9.9/rest"),
        ("http://[::1]:8000/rest", "http://[::1]:8000/rest"),
    ],
)
def test_base_url(given_: str, used: str) -> None:
    assert check_base_url(given_) == used


PLAIN = (
    "base_url must be https: plain http is for loopback addresses only, or with allow_http=True (ROPO_ALLOW_HTTP=1) "
    "for a sandbox in another container"
)
OWN = "base_url must be https: this host is the service's own"
MORE = "base_url must hold no user, password, query or fragment"
NO_URL = "base_url must be a URL such as https://ropo24.fi/rest"
NOT_FULL = "base_url must be a full https URL such as https://ropo24.fi/rest"


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://ropo24.fi/rest", OWN),
        ("http://10.0.0.1/rest", PLAIN),
        ("http://0.0.0.0/rest", PLAIN),
        ("http://[::]/rest", PLAIN),
        ("http://[::2]/rest", PLAIN),
        ("http://localhost.evil.example/rest", PLAIN),
        ("http://127.0.0.1.evil.example/rest", PLAIN),
        ("http://2130706433/rest", PLAIN),
        ("http://127.1/rest", PLAIN),
        ("http://localhost@evil.example/rest", PLAIN),
        ("http://127.0.0.1:80@evil.example/rest", PLAIN),
        ("https://user:s3cret@ropo24.fi/rest", MORE),
        ("https://user@ropo24.fi/rest", MORE),
        ("https://:@ropo24.fi/rest", MORE),
        ("https://ropo24.fi/rest?x=s3cret", MORE),
        ("https://ropo24.fi/rest?", MORE),
        ("https://ropo24.fi/rest#s3cret", MORE),
        ("https://ropo24.fi/rest#", MORE),
        ("https://ropo24.fi/rest/?#", MORE),
        ("", NOT_FULL),
        ("ropo24.fi/rest", NOT_FULL),
        ("//ropo24.fi/rest", NOT_FULL),
        ("/rest", NOT_FULL),
        ("https:///rest", NOT_FULL),
        ("https:ropo24.fi/rest", NOT_FULL),
        ("ftp://ropo24.fi/rest", NOT_FULL),
        ("wss://ropo24.fi/rest", NOT_FULL),
        ("file:///etc/passwd", NOT_FULL),
        ("https://a..b/rest", NOT_FULL),
        (f"https://{'a' * 64}.fi/rest", NOT_FULL),
        ("https://[::1/rest", NO_URL),
        ("https://ropo24.fi:x/rest", NO_URL),
        ("https://ropo24.fi/rest\n", NO_URL),
        ("https://ropo24.fi/\x00", NO_URL),
        ("https://\ud800/rest", NO_URL),
        ("https://xn--/rest", NO_URL),
        ("https://" + "a" * 70_000, NO_URL),
    ],
)
def test_a_base_url_that_is_not_safe(url: str, text: str) -> None:
    with pytest.raises(InvalidArgument, match=r"^base_url must ") as caught:
        check_base_url(url)
    assert str(caught.value) == text
    assert type(caught.value) is InvalidArgument


@pytest.mark.parametrize("url", [None, 5, b"https://ropo24.fi/rest", Environment.FINLAND])
def test_what_is_no_url(url: Any) -> None:
    with pytest.raises(TypeError, match=rf"^base_url must be a str such as .*, not {type(url).__name__}$"):
        check_base_url(url)


@EXAMPLES
@given(
    st.text(max_size=40)
    | st.lists(
        st.sampled_from(
            ["http", "https", "://", ":", "/", "?", "#", "@", "[", "]", "127.0.0.1", "a.fi", "xn--", "\\", "%", "é"]
        ),
        max_size=8,
    ).map("".join)
)
@example("https://xn--é")
@example("https://a.fi?")
@example("https://a.fi/#")
def test_any_text_is_a_base_url_or_a_value_error(text: str) -> None:
    try:
        url = check_base_url(text)
    except InvalidArgument as error:
        assert str(error).startswith("base_url must ")  # noqa: PT017 # either is right
        return
    assert url.startswith(("https://", "http://"))
    assert not set(url) & set("?#@ \n")
    assert not url.endswith("/")


# Environment variables

S3CRET = "s3cret-1f3a"
CODE = {"ROPO_CID": "1000011", "ROPO_APICODE": S3CRET}
TOKEN = {"ROPO_TOKEN": S3CRET}
TEST = {"ROPO_ENVIRONMENT": "FINLAND_TEST"}
URL = {"ROPO_BASE_URL": "http://127.0.0.1:8000/rest"}


def set_variables(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    for name in ("ROPO_CID", "ROPO_APICODE", "ROPO_TOKEN", "ROPO_ENVIRONMENT", "ROPO_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, text in variables.items():
        monkeypatch.setenv(name, text)


class Recording(RopoJobsClient):
    """A client that keeps what it was made of."""

    def __init__(self, credentials: Any, **options: Any) -> None:
        super().__init__(credentials, **options)
        self.made_of = {"credentials": credentials, **options}


@pytest.mark.parametrize(
    ("variables", "made_of"),
    [
        (CODE | TEST, {"credentials": ApiCode("1000011", S3CRET), "environment": Environment.FINLAND_TEST}),
        (TOKEN | TEST, {"credentials": BearerToken(S3CRET), "environment": Environment.FINLAND_TEST}),
        (TOKEN | URL, {"credentials": BearerToken(S3CRET), "base_url": "http://127.0.0.1:8000/rest"}),
        (
            TOKEN | {"ROPO_ENVIRONMENT": " sweden-test\n"},
            {"credentials": BearerToken(S3CRET), "environment": Environment.SWEDEN_TEST},
        ),
        # What is blank is not set: so is a variable in a compose file.
        (
            TOKEN | TEST | {"ROPO_CID": "", "ROPO_APICODE": " ", "ROPO_BASE_URL": ""},
            {"credentials": BearerToken(S3CRET), "environment": Environment.FINLAND_TEST},
        ),
        (
            {"ROPO_TOKEN": f" {S3CRET}\n", "ROPO_ENVIRONMENT": "NORWAY"},
            {"credentials": BearerToken(S3CRET), "environment": Environment.NORWAY},
        ),
    ],
)
def test_from_env(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], made_of: dict[str, Any]) -> None:
    set_variables(monkeypatch, variables)
    client = Recording.from_env(timeout=5.0)
    assert client.made_of == {**made_of, "timeout": 5.0}
    assert S3CRET not in repr(client)


EITHER_CODE = "ROPO_TOKEN or else ROPO_CID and ROPO_APICODE must be set, and not both"
EITHER_URL = "ROPO_ENVIRONMENT or else ROPO_BASE_URL must be set, and not both"
NAMES = f"ROPO_ENVIRONMENT must be one of {', '.join(BASE_URLS)}"


@pytest.mark.parametrize(
    ("variables", "text"),
    [
        ({}, f"{EITHER_CODE}: neither is"),
        (TEST, f"{EITHER_CODE}: neither is"),
        (CODE | TOKEN | TEST, f"{EITHER_CODE}: both are"),
        (TOKEN | TEST | {"ROPO_CID": "1000011"}, f"{EITHER_CODE}: both are"),
        (TOKEN | TEST | {"ROPO_APICODE": S3CRET}, f"{EITHER_CODE}: both are"),
        ({"ROPO_CID": " ", "ROPO_APICODE": "", "ROPO_TOKEN": "\n"} | TEST, f"{EITHER_CODE}: neither is"),
        ({"ROPO_CID": "1000011"} | TEST, "ROPO_APICODE must be set too"),
        ({"ROPO_APICODE": S3CRET} | TEST, "ROPO_CID must be set too"),
        (TOKEN, f"{EITHER_URL}: neither is"),
        (CODE | TEST | URL, f"{EITHER_URL}: both are"),
        (TOKEN | {"ROPO_ENVIRONMENT": S3CRET}, NAMES),
        (TOKEN | {"ROPO_ENVIRONMENT": "https://ropo24.fi/rest"}, NAMES),
        (
            {"ROPO_TOKEN": f"Bearer {S3CRET}"} | TEST,
            "ROPO_TOKEN is wrong: token must be printable ASCII without spaces",
        ),
        (TOKEN | {"ROPO_BASE_URL": f"http://{S3CRET}.example/rest"}, f"ROPO_BASE_URL is wrong: {PLAIN}"),
        (TOKEN | {"ROPO_BASE_URL": f"https://u:{S3CRET}@ropo24.fi/rest"}, f"ROPO_BASE_URL is wrong: {MORE}"),
    ],
)
def test_from_env_without_what_it_needs(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], text: str) -> None:
    set_variables(monkeypatch, variables)
    with pytest.raises(InvalidArgument, match="ROPO_") as caught:
        RopoJobsClient.from_env()
    assert str(caught.value) == text
    assert type(caught.value) is InvalidArgument


@pytest.mark.parametrize("name", ["base_url", "credentials", "environment"])
def test_what_the_variables_say_is_not_given_to_from_env(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    set_variables(monkeypatch, TOKEN | TEST)
    with pytest.raises(
        TypeError, match=rf"^{name} must not be given: from_env takes it from the environment variables$"
    ):
        cast("Any", RopoJobsClient.from_env)(**{name: "x"})


@pytest.mark.parametrize(
    ("options", "kind", "text"),
    [
        ({"proxy": f"{S3CRET}"}, InvalidArgument, "proxy must be a URL such as http://127.0.0.1:3128"),
        ({"proxy": f"ftp://u:{S3CRET}@proxy"}, InvalidArgument, "proxy must be a URL such as http://127.0.0.1:3128"),
        ({"proxy": "http://"}, InvalidArgument, "proxy must be a URL such as http://127.0.0.1:3128"),
        ({"proxy": 3128}, TypeError, "proxy must be a str or an httpx.Proxy, not int"),
        ({"ssl_context": False}, TypeError, "ssl_context must be an ssl.SSLContext, not bool"),
    ],
)
def test_how_to_connect_is_checked_when_the_client_is_made(
    options: dict[str, Any], kind: type[Exception], text: str
) -> None:
    with pytest.raises(kind) as caught:
        RopoJobsClient(BearerToken("x"), environment=Environment.FINLAND_TEST, **options)
    assert str(caught.value).startswith(text)
    assert S3CRET not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_exactly_one_of_environment_and_base_url() -> None:
    text = r"^exactly one of environment and base_url must be given$"
    with pytest.raises(TypeError, match=text):
        RopoJobsClient(BearerToken("x"))
    with pytest.raises(TypeError, match=text):
        RopoJobsClient(BearerToken("x"), environment=Environment.FINLAND, base_url="https://ropo24.fi/rest")
    with pytest.raises(TypeError, match=r"^environment must be an Environment"):
        RopoJobsClient(BearerToken("x"), environment="FINLAND")  # type: ignore[arg-type]


OPTIONS: list[tuple[dict[str, Any], type[Exception]]] = [
    *(
        ({name: value}, InvalidArgument)
        for name in ("timeout", "deadline")
        for value in (0, -1, float("inf"), float("nan"))
    ),
    *(({name: value}, TypeError) for name in ("timeout", "deadline") for value in (True, "5")),
    *(({name: -1}, InvalidArgument) for name in ("retries", "max_connections", "max_response_bytes")),
    *(({name: True}, TypeError) for name in ("retries", "max_connections", "max_response_bytes")),
    *(({name: 1.0}, TypeError) for name in ("retries", "max_connections", "max_response_bytes")),
    *(({name: 0}, InvalidArgument) for name in ("max_connections", "max_response_bytes")),
    *(({"user_agent_suffix": value}, InvalidArgument) for value in ("", "a\nb", "ä")),
    ({"user_agent_suffix": 5}, TypeError),
    ({"on_attempt": 5}, TypeError),
    ({"transport": 5}, TypeError),
]


@pytest.mark.parametrize(("options", "error"), OPTIONS, ids=str)
def test_an_option_that_cannot_be(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        RopoJobsClient(BearerToken("x"), environment=Environment.FINLAND, **options)
    assert str(caught.value).startswith(f"{next(iter(options))} must ")
    if next(iter(options)) in {"timeout", "deadline", "retries"}:
        client = RopoJobsClient(BearerToken("x"), environment=Environment.FINLAND)
        with pytest.raises(error, match=rf"^{next(iter(options))} must "):
            client.with_options(**options)
