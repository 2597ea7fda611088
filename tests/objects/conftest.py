"""The servers and PDFs of the tests over sockets serve here too."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "wire"))
