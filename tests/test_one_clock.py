"""One clock, injected: no module asks the system for the time, or lets it pass, by itself."""

from __future__ import annotations

import ast

import pytest

from .test_shape import MODULES, tree

SYSTEMS = {
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "asyncio.sleep",
    "asyncio.timeout",
    "asyncio.timeout_at",
    "asyncio.wait_for",
    "threading.Timer",
}
LOOPS = {"time", "call_later", "call_at"}
"""What a running loop is asked, wherever it was taken from."""

ITS_REASON = {
    "clock": ["asyncio.sleep", "asyncio.sleep", "import time"],  # this is the clock
    "app": ["asyncio.sleep", "asyncio.sleep"],  # `settle`, for replays and tests
    "train": ["import time"],  # how long training took, for its report
    "outbox": ["timeout="],  # stopping is no part of a story: whoever stops it waits for STOP_S
    "webhook": ["asyncio.timeout"],  # a stranger's slow body is cut off, whatever time it is
    "transport": [".time", "timeout="],  # how long one request took on the wire, and may
}
"""Who does all the same, as often as it does."""


def origins(module: ast.Module) -> dict[str, str]:
    """What each imported name stands for, as `package.name`."""
    found: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole, _, _ = alias.name.partition(".")
                found[alias.asname or whole] = alias.name if alias.asname else whole
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return found


def of_the_system(module: ast.Module) -> list[str]:
    """Whatever in a module knows the time or waits without the clock."""
    names = origins(module)
    found = ["import time"] * any(name.split(".")[0] == "time" for name in names.values())
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute | ast.Name):
            first, _, rest = ast.unparse(node).partition(".")
            whole = ".".join(filter(None, (names.get(first, ""), rest)))
            found += [whole] if whole in SYSTEMS else []
        if isinstance(node, ast.Attribute) and node.attr in LOOPS:
            of_time = names.get(ast.unparse(node.value)) == "time"
            found += [] if of_time else [f".{node.attr}"]
        if isinstance(node, ast.Call):
            found += ["timeout=" for keyword in node.keywords if keyword.arg == "timeout"]
    return sorted(found)


@pytest.mark.parametrize("module", MODULES)
def test_nobody_but_the_clock_knows_the_time_or_waits(module: str) -> None:
    assert of_the_system(tree(module)) == ITS_REASON.get(module, [])


@pytest.mark.parametrize(
    "written",
    [
        "import time",
        "import time as _t",
        "from time import time, sleep as doze",
        "from datetime import datetime\nnow = datetime.now",
        "import datetime as d\nd.date.today()",
        "from datetime import datetime as D\nD.utcnow()",
        "import asyncio\nasync def f(): await asyncio.sleep(1)",
        "from asyncio import sleep as doze\nasync def f(): await doze(1)",
        "import asyncio as a\nasync def f():\n async with a.timeout(9): pass",
        "import asyncio\nasync def f(x): await asyncio.wait(x, timeout=5)",
        "import asyncio\nasync def f(x): await asyncio.wait_for(x, 5)",
        "import asyncio\nasyncio.get_running_loop().time()",
        "def f(loop): loop.call_later(1, f)",
    ],
)
def test_whoever_does_is_found_out(written: str) -> None:
    assert of_the_system(ast.parse(written))
