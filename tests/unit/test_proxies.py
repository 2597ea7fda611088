"""Proxies and certificates that the environment names: which are used, and what is said of those that cannot be."""

from __future__ import annotations

import logging
import ssl
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from ropo_jobs_client import BearerToken, Environment, RopoJobsClient
from ropo_jobs_client._http import certificates
from ropo_jobs_client._http.proxies import environment_proxy
from ropo_jobs_client.errors import InvalidArgument

URL = "https://ropo24.fi/rest"
SECRET = "h7Gd2"
PROXY = f"http://someone:{SECRET}@proxy.example:3128"


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE", "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def setenv(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def set_all(**variables: str) -> None:
        for name, text in variables.items():
            monkeypatch.setenv(name, text)

    return set_all


def make_client(**options: Any) -> RopoJobsClient:
    if "environment" not in options:
        options.setdefault("base_url", URL)
    return RopoJobsClient(BearerToken("t"), **options)


@pytest.mark.parametrize(
    ("variables", "used"),
    [
        ({}, None),
        ({"HTTPS_PROXY": PROXY}, "proxy.example"),
        ({"https_proxy": PROXY}, "proxy.example"),
        ({"https_proxy": PROXY, "HTTPS_PROXY": "http://other.example"}, "proxy.example"),
        ({"HTTPS_PROXY": PROXY, "ALL_PROXY": "http://other.example"}, "proxy.example"),
        ({"ALL_PROXY": PROXY}, "proxy.example"),
        ({"HTTP_PROXY": PROXY}, None),
        ({"https_proxy": "", "HTTPS_PROXY": PROXY}, None),
        ({"HTTPS_PROXY": " "}, None),
        ({"HTTPS_PROXY": "proxy.example:3128"}, "proxy.example"),
        ({"HTTPS_PROXY": "https://proxy.example"}, "proxy.example"),
    ],
)
def test_which_variable_counts(variables: dict[str, str], used: str | None, setenv: Callable[..., None]) -> None:
    setenv(**variables)
    proxy = environment_proxy(URL)
    assert (None if proxy is None else proxy.url.host) == used


def test_a_header_is_no_variable(setenv: Callable[..., None]) -> None:
    """Under CGI, HTTP_PROXY is what a client sent as its header "Proxy"."""
    setenv(HTTP_PROXY=PROXY, REQUEST_METHOD="GET")
    assert environment_proxy("http://sandbox.example/rest") is None
    setenv(http_proxy=PROXY)
    assert environment_proxy("http://sandbox.example/rest") is not None


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "[::1]", "[::ffff:127.0.0.1]"])
def test_a_loopback_address_is_never_reached_through_it(host: str, setenv: Callable[..., None]) -> None:
    setenv(HTTP_PROXY=PROXY, HTTPS_PROXY=PROXY, ALL_PROXY=PROXY)
    for scheme in ("http", "https"):
        assert environment_proxy(f"{scheme}://{host}:8080/rest") is None
    # What is not used is not looked at.
    setenv(HTTP_PROXY="no:thing:at:all", HTTPS_PROXY="no:thing:at:all")
    make_client(base_url=f"http://{host}:8080/rest")


_EXEMPT = [
    ("*", "ropo24.fi", True),
    ("ropo24.fi", "ropo24.fi", True),
    ("ropo24.fi", "rc.ropo24.fi", True),
    (".ropo24.fi", "rc.ropo24.fi", True),
    ("opo24.fi", "ropo24.fi", False),
    ("ropo24.se, ropo24.fi", "ropo24.fi", True),
    ("ropo24.se,,", "ropo24.fi", False),
    ("ROPO24.FI", "ropo24.fi", True),
    ("ropo24.fi:443", "ropo24.fi", True),
    ("ropo24.fi:8443", "ropo24.fi", False),
    ("10.0.0.1", "10.0.0.1", True),
    ("10.0.0.1", "10.0.0.11", False),
]
# Where the standard library says something else than this.
_EXEMPT_HERE = [
    ("1.2.3", "10.1.2.3", False),
    (".3", "10.1.2.3", False),
    ("ropo24.se ropo24.fi", "ropo24.fi", True),
    ("ropo24.se,\tropo24.fi", "ropo24.fi", True),
]


@pytest.mark.parametrize(("no_proxy", "host", "exempt"), _EXEMPT_HERE)
def test_hosts_that_need_none_here(no_proxy: str, host: str, exempt: bool, setenv: Callable[..., None]) -> None:
    setenv(HTTPS_PROXY=PROXY, NO_PROXY=no_proxy)
    assert (environment_proxy(f"https://{host}/rest") is None) is exempt


@pytest.mark.parametrize(("no_proxy", "host", "exempt"), _EXEMPT)
def test_hosts_that_need_none(no_proxy: str, host: str, exempt: bool, setenv: Callable[..., None]) -> None:
    setenv(HTTPS_PROXY=PROXY, NO_PROXY=no_proxy)
    assert (environment_proxy(f"https://{host}/rest") is None) is exempt
    # The standard library says the same.
    library: Any = urllib.request
    assert bool(library.proxy_bypass_environment(f"{host}:443", library.getproxies_environment())) is exempt


@pytest.mark.parametrize(
    ("no_proxy", "host", "exempt"),
    [
        # What the standard library cannot read.
        ("*.ropo24.fi", "rc.ropo24.fi", True),
        ("https://ropo24.fi", "ropo24.fi", True),
        ("http://ropo24.fi", "ropo24.fi", False),
        ("all://ropo24.fi", "ropo24.fi", True),
        ("10.0.0.0/8", "10.200.0.1", True),
        ("10.0.0.0/8", "11.0.0.1", False),
        ("10.1.2.3/8", "10.200.0.1", True),
        ("10.0.0.0/8", "ropo24.fi", False),
        ("fd00::1", "[fd00::1]", True),
        ("[fd00::1]", "[fd00::1]", True),
        ("[FD00:0:0::1]", "[fd00::1]", True),
        ("[fd00::1]:443", "[fd00::1]", True),
        ("[fd00::1]:8443", "[fd00::1]", False),
        ("fd00::/8", "[fd12::9]", True),
        ("[fd00::]/8", "[fd12::9]", True),
        ("fd00::/8", "10.0.0.1", False),
        ("::/0", "10.0.0.1", False),
    ],
)
def test_networks_and_newer_addresses_need_none(
    no_proxy: str, host: str, exempt: bool, setenv: Callable[..., None]
) -> None:
    setenv(HTTPS_PROXY=PROXY, NO_PROXY=no_proxy)
    assert (environment_proxy(f"https://{host}/rest") is None) is exempt


@pytest.mark.parametrize(
    "entry",
    [
        "[::1",
        "10.0.0.0/99",
        "fd00::/129",
        "https://[",
        "ftp://ropo24.fi",
        "ropo24.fi:port",
        "ropo24.fi:99999",
        "ropo!24.fi",
        f"https://u:{SECRET}@ropo24.fi",
        "..",
        "a..b",
        "https://",
        "\N{SNOWMAN}" * 70,
    ],
)
def test_an_entry_that_cannot_be_read_is_skipped(
    entry: str, setenv: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    setenv(HTTPS_PROXY=PROXY, NO_PROXY=f"example.org,{entry}")
    assert environment_proxy(URL) is not None
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == "NO_PROXY: entry 2 cannot be read, and is skipped"
    caplog.clear()
    setenv(NO_PROXY=f"{entry}, ropo24.fi")
    assert environment_proxy(URL) is None
    make_client()


@pytest.mark.parametrize(
    "text",
    [
        f"http://u:{SECRET}@[",
        f"http://u:{SECRET}@proxy.example:port",
        f"http://u:{SECRET}@proxy.example:99999",
        f"ftp://u:{SECRET}@proxy.example",
        f"://u:{SECRET}@proxy.example",
        f"http://u:{SECRET}@",
        f"u:{SECRET}@",
    ],
)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("transport", [None, "fast"])
def test_a_variable_that_cannot_be_used_is_named(
    variable: str, text: str, transport: Any, setenv: Callable[..., None]
) -> None:
    setenv(**{variable: text})
    with pytest.raises(InvalidArgument, match=f"^{variable} must be a URL such as http://127.0.0.1:3128") as caught:
        make_client(transport=transport)
    assert caught.value.argument == variable
    assert SECRET not in repr(caught.value) + str(caught.value)
    make_client(environment=Environment.FINLAND, proxy="http://127.0.0.1:1", transport=transport)


def test_what_a_proxy_needs_is_told_when_the_client_is_made(setenv: Callable[..., None]) -> None:
    setenv(HTTPS_PROXY=f"socks5://u:{SECRET}@proxy.example")
    with pytest.raises(InvalidArgument, match=r"^HTTPS_PROXY names a SOCKS proxy, .* 'httpx\[socks\]'$"):
        make_client()
    with pytest.raises(InvalidArgument, match=r'^HTTPS_PROXY must name an http or https proxy: transport="fast"'):
        make_client(transport="fast")


# Certificates


@pytest.mark.parametrize("transport", [None, "fast"])
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"])
def test_a_path_that_leads_nowhere_is_named(
    variable: str, transport: Any, tmp_path: Path, setenv: Callable[..., None]
) -> None:
    path = tmp_path / "not" / "there.pem"
    setenv(**{variable: str(path)})
    with pytest.raises(InvalidArgument) as caught:
        make_client(transport=transport)
    assert caught.value.argument == variable
    assert str(path) in str(caught.value)
    # Where they are not needed, they do not matter.
    make_client(transport=transport, base_url="http://127.0.0.1:1/rest")
    make_client(transport=transport, ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


def test_a_file_without_certificates_is_named(tmp_path: Path, setenv: Callable[..., None]) -> None:
    path = tmp_path / "empty.pem"
    path.write_text("nothing\n")
    setenv(SSL_CERT_FILE=str(path))
    with pytest.raises(InvalidArgument, match=f"^SSL_CERT_FILE names {path}, which cannot be used: "):
        make_client()
    setenv(SSL_CERT_FILE=str(tmp_path))
    with pytest.raises(InvalidArgument, match=r"^SSL_CERT_FILE must name a file"):
        make_client()


def test_one_context_wherever_the_process_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = certificates.shared_ssl_context()
    monkeypatch.chdir(tmp_path)
    assert certificates.shared_ssl_context() is first
    (tmp_path / "new.pdf").touch()
    assert certificates.shared_ssl_context() is first


def test_a_file_that_was_changed_is_read_again(tmp_path: Path, setenv: Callable[..., None]) -> None:
    path = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    setenv(SSL_CERT_FILE=str(path))
    make_client()
    first = certificates.shared_ssl_context()
    trustme.CA().cert_pem.write_to_path(str(path), append=True)
    make_client()
    assert [len(one.get_ca_certs()) for one in (first, certificates.shared_ssl_context())] == [1, 2]
    path.unlink()
    with pytest.raises(InvalidArgument, match=r"^SSL_CERT_FILE must name a file"):
        make_client()


def test_what_is_trusted_is_what_the_variables_say(tmp_path: Path, setenv: Callable[..., None]) -> None:
    before = certificates.shared_ssl_context()
    path = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    setenv(SSL_CERT_FILE=str(path))
    make_client()
    context = certificates.shared_ssl_context()
    assert len(context.get_ca_certs()) == 1
    assert certificates.shared_ssl_context() is context
    assert before is not context
    setenv(SSL_CERT_FILE="", SSL_CERT_DIR=str(tmp_path))
    make_client()
