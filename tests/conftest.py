"""What all tests share."""

from __future__ import annotations

import gc
import logging
import os
import signal
from collections.abc import Generator

import products
import pytest

# The proxy of this machine, if it has one, has no way back to it. Tests of proxies name their own.
for _name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
    os.environ.pop(_name, None)
    os.environ.pop(_name.upper(), None)
# Programs are judged as people run them, whose output waits in a buffer.
os.environ.pop("PYTHONUNBUFFERED", None)
# What a script starts in the background, or with nohup, ignores these, and so would each program that a test starts.
for _name in ("SIGINT", "SIGHUP", "SIGTERM", "SIGQUIT"):
    _signal = getattr(signal, _name, None)
    if _signal is not None and signal.getsignal(_signal) is signal.SIG_IGN:
        signal.signal(_signal, signal.default_int_handler if _name == "SIGINT" else signal.SIG_DFL)


def _is_about_the_code(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Executing ")


# In its debug mode, asyncio warns of what took long. On a busy machine, anything does.
logging.getLogger("asyncio").addFilter(_is_about_the_code)


def pytest_configure(config: pytest.Config) -> None:
    """Let the random order be random, and random numbers too: they are not to be the same in every test."""
    if hasattr(config.option, "randomly_reset_seed"):
        config.option.randomly_reset_seed = False


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are cores: tests wait for processes and pauses, too."""
    usable = getattr(os, "sched_getaffinity", None)
    return (len(usable(0)) if usable else os.cpu_count() or 1) + 2


# A wrapper, and first: pytest-randomly is one, and inside it they stand in random order.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """Leave out what `make torture` and .ci/run do: see products.py and tests/wire/chosen.py."""
    in_wire = [item for item in items if item.path.parent.name == "wire"]
    gone = products.left_out(item for item in items if item.path.parent.name != "wire")
    if in_wire:
        # Late: its folder can be imported from when its tests were collected.
        import chosen

        gone |= chosen.left_out(in_wire)
    if gone:
        config.hook.pytest_deselected(items=[item for item in items if item in gone])
        items[:] = [item for item in items if item not in gone]
    yield


def pytest_collection_finish() -> None:
    """Leave ten thousand tests out of what the garbage collector looks through, each time that a test asks for it."""
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests on asyncio and trio, and those that are marked so over the fast transport too."""
    marks = list(metafunc.definition.iter_markers("parametrize"))
    if "anyio_backend" not in metafunc.fixturenames or any("anyio_backend" in mark.args[0] for mark in marks):
        return
    is_fast_too = metafunc.definition.get_closest_marker("fast") is not None
    metafunc.parametrize("anyio_backend", ["asyncio", "trio", *(["fast"] if is_fast_too else [])], indirect=True)


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest) -> Generator[str]:
    """Every asynchronous test runs on both backends; `fast` is asyncio, with clients on the fast transport."""
    if request.param != "fast":
        yield request.param
        return
    # Late, as above.
    import transports

    with transports.only_the_fast_one():
        yield "asyncio"
