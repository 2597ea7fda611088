"""Run the suite wherever it must not matter where it runs, and print a table: `make test-anywhere`.

ONLY="home python" takes the variations with one of these words in their name; ARGS goes to pytest. A variation that
this machine cannot have is named with the reason. Packages are fetched with the machine's own settings; the suite runs
without any variable but PATH, HOME and those that the variation is about.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from check_versions import find_python, supported

ROOT = Path(__file__).parents[1]
ENVIRONMENTS = ROOT / ".venvs"
NOWHERE = "http://proxy.invalid:1"
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
# A network of its own, with nothing in it but 127.0.0.1.
NO_IPV6 = 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 && ip link set lo up && exec "$@"'
UNSHARE = ["unshare", "--net", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]), "sh", "-c", NO_IPV6, "sh"]


@dataclass
class Variation:
    """A way to run the suite.

    Attributes:
        name: what is different.
        variables: those that are set beside PATH and HOME; None takes one away.
        prefix: what starts the suite.
        arguments: for pytest.
        python: whose environment it is, or None for that of `make test`.
        folder: the name of a new checkout for it, or None for this one.
        owner: the user and group id who owns the new checkout, or None.
    """

    name: str
    variables: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    prefix: list[str] = field(default_factory=list[str])
    arguments: list[str] = field(default_factory=list[str])
    python: Path | None = None
    folder: str | None = None
    owner: int | None = None


def variations() -> Iterator[Variation | str]:
    """Give each that this machine can have, and a sentence for each that it cannot."""
    yield Variation("empty environment")
    yield Variation("time zone UTC+14", {"TZ": "Pacific/Kiritimati"})
    yield Variation("time zone UTC-12", {"TZ": "Etc/GMT+12"})
    yield Variation("LC_ALL=C", {"LC_ALL": "C"})
    yield Variation("PYTHONDEVMODE=1", {"PYTHONDEVMODE": "1"})
    proxies = {name: NOWHERE for low in ("http_proxy", "https_proxy") for name in (low, low.upper())}
    yield Variation("proxies that do not exist", {**proxies, "NO_PROXY": "[nonsense", "no_proxy": "[nonsense"})
    yield Variation("HOME unset", {"HOME": None})
    # Not even root can write there.
    yield Variation("HOME unwritable", {"HOME": "/proc/nowhere"})
    ignoring = ["sh", "-c", 'trap "" INT HUP TERM QUIT; exec "$@"', "sh"]
    yield Variation("signals ignored, as with nohup", prefix=ignoring)
    yield Variation("one after the other, in order", arguments=["-n", "0", "-p", "no:randomly"])
    yield Variation("checkout path with a space and an ö", folder="a checköut")
    if works([*UNSHARE, "true"]):
        yield Variation("without IPv6", prefix=UNSHARE)
    else:
        yield "without IPv6: a network of its own cannot be made (unshare, ip)"
    if os.geteuid() != 0:
        yield Variation("not root (as here)")
    elif python := next((each for each in pythons() if works([*NOBODY, str(each), "-c", "import ensurepip"])), None):
        yield Variation("not root", prefix=NOBODY, python=python, folder="checkout", owner=65534)
    else:
        yield "not root: no Python is where others than root can read it"
    for version in supported():
        if (python := find_python(version)) is None:
            yield f"Python {version}: it is neither on the PATH nor in ~/.pyenv/versions"
        else:
            yield Variation(f"Python {version}", python=python)


def works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def pythons() -> Iterator[Path]:
    for version in supported():
        found = shutil.which(f"python{version}", path="/usr/local/bin:/usr/bin")
        if found:
            yield Path(found)


def copy_checkout(to: Path) -> None:
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def prepare(variation: Variation, scratch: Path) -> tuple[Path, Path]:
    """Make the checkout and the environment; give the directory to run in, and its Python."""
    root, venv = ROOT, Path(".venv")
    if variation.folder is not None:
        root = scratch / variation.folder
        copy_checkout(root)
    elif variation.python is not None:
        venv = Path(".venvs") / variation.name.replace(" ", "-")
    command = ["make", "--silent", "env", f"VENV={venv}"]
    if variation.python is not None:
        command.append(f"PYTHON={variation.python}")
    subprocess.run(command, cwd=root, check=True)
    if variation.owner is not None:
        scratch.chmod(0o755)
        for path in (root, *root.rglob("*")):
            os.chown(path, variation.owner, variation.owner, follow_symlinks=False)
    # Not resolved: the link is what makes it the Python of that environment.
    return root, root / venv / "bin" / "python"


def run(variation: Variation, arguments: list[str]) -> tuple[bool, list[str]]:
    """Run the suite; tell whether it passed, and give the cells of the table."""
    log = ENVIRONMENTS / f"test-anywhere.{re.sub('[^A-Za-z0-9.]+', '-', variation.name)}.log"
    ENVIRONMENTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ropo-") as scratch, log.open("w", encoding="utf-8") as out:
        root, python = prepare(variation, Path(scratch))
        home = str(Path.home()) if variation.owner is None else scratch + "/home"
        wanted: dict[str, str | None] = {"PATH": os.environ["PATH"], "HOME": home, **variation.variables}
        environment = {name: value for name, value in wanted.items() if value is not None}
        command = [
            *variation.prefix,
            str(python),
            "-m",
            "pytest",
            "-n",
            "logical",
            *variation.arguments,
            *arguments,
        ]
        print("+", shlex.join(command), flush=True)
        begin = time.monotonic()
        done = subprocess.run(command, cwd=root, env=environment, stdout=out, stderr=subprocess.STDOUT, check=False)
        seconds = time.monotonic() - begin
    text = log.read_text(encoding="utf-8", errors="replace")
    for line in re.findall(r"^(?:FAILED|ERROR) .*", text, re.MULTILINE):
        print(" ", line)
    last = text.rstrip().rpartition("\n")[2]
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error|skipped)", last)}
    failed = counts.get("failed", 0) + counts.get("error", 0)
    is_fine = done.returncode == 0 and failed == 0
    told = str(failed) if is_fine or failed else f"no result: {log.relative_to(ROOT)}"
    return is_fine, [str(counts.get("passed", 0)), told, str(counts.get("skipped", 0)), f"{seconds:.0f}"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="make test-anywhere")
    parser.add_argument("--only", default="", help="words; a variation with one of them in its name is run")
    # What is not known here is for pytest.
    options, arguments = parser.parse_known_args()
    words = options.only.lower().split()
    rows: list[list[str]] = []
    left_out: list[str] = []
    all_fine = True
    for variation in variations():
        name = variation if isinstance(variation, str) else variation.name
        if words and not any(word in name.lower() for word in words):
            continue
        if isinstance(variation, str):
            left_out.append(variation)
            continue
        is_fine, cells = run(variation, arguments)
        all_fine = all_fine and is_fine
        rows.append([name, *cells])
    print(f"\n{'variation':36} {'passed':>7} {'failed':>7} {'skipped':>8} {'seconds':>8}")
    for name, passed, failed, skipped, seconds in rows:
        print(f"{name:36} {passed:>7} {failed:>7} {skipped:>8} {seconds:>8}")
    for sentence in left_out:
        print(f"left out: {sentence}")
    sys.exit(0 if rows and all_fine else 1)


if __name__ == "__main__":
    main()
