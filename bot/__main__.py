"""Runs the command that was typed; every error is told in words, with its mend."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import io
import json
import os
import signal
import socket
import sys
from argparse import Namespace
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import config
from .answers import Knowledge, load_knowledge
from .cli.ask import as_json, as_text, ask
from .cli.check import check, edge_of
from .cli.command_line import parser
from .cli.import_knowledge import import_knowledge
from .cli.run import run
from .cli.terminal import tell
from .clock import SystemClock
from .config import Settings
from .errors import ConfigError, FirstResponderError, Problem
from .model import brain
from .model.training_report import advice, told
from .redact import configure_logging
from .safe_text import shown_name
from .whole_file import written_whole

DEFAULT_CONFIG = Path("config.toml")
STARTED_WITH = (
    "A running bot goes on with what it started with: stop it and start it again; nothing is lost."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 fine, 1 something to mend (said in words), 130 stopped by hand."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # what a terminal cannot show ends no work
        sys.stdout.reconfigure(errors="replace")
    arguments = parser().parse_args(argv)
    try:
        return COMMANDS[arguments.command](arguments)
    except ConfigError as error:
        print("\n".join(f"✗ {problem}" for problem in error.problems), file=sys.stderr)
        return 1
    except FirstResponderError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.filename is None:
            raise
        mend = _MENDS.get(error.errno or 0, "Check the folder, and the rights to it.")
        print(f"✗ {error.filename}: {error.strerror}. {mend}", file=sys.stderr)
        return 1


_NO_ROOM = "Make room there, or name a file elsewhere."
_MENDS = dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _NO_ROOM)

# ------------------------------------------------------------------------------ the commands


def _demo(arguments: Namespace) -> int:
    from .cli.demo import DEMO, demo, example_brand

    configure_logging("WARNING", [])
    settings, knowledge = DEMO, example_brand(arguments.language)
    try:
        with socket.create_server(("127.0.0.1", arguments.port)):
            pass  # looked at before the work, which would be for nothing
        print("Getting ready; the first time, the bot learns its example brand…", flush=True)
        mind = brain.load(settings, knowledge, brain.progress_bar())
        _until_stopped(demo(settings, knowledge, mind, arguments.port))
    except OSError as error:
        if error.filename is not None or error.errno not in _NO_PORT:
            raise
        mend = "Stop what uses it, or choose another: make demo PORT=8800, or demo --port 8800."
        problem = Problem(f"port {arguments.port}", _NO_PORT[error.errno], mend)
        raise ConfigError([problem]) from error
    return 0


_NO_PORT = {errno.EADDRINUSE: "is taken.", errno.EACCES: "is only for the administrator."}


def _run(arguments: Namespace) -> int:
    settings = config.load(_config(arguments), os.environ, to_run=True)
    secrets = [settings.telegram.token, settings.telegram.webhook_secret]
    configure_logging(settings.log.level, [secret for secret in secrets if secret])
    knowledge = load_knowledge(settings.brand.knowledge)
    mind = brain.load(settings, knowledge, brain.progress_bar())
    clock = SystemClock()
    edge, forget = edge_of(settings, clock), bool(arguments.forget_webhook)
    _until_stopped(run(settings, knowledge, mind, edge, clock, forget))
    return 0


def _ask(arguments: Namespace) -> int:
    settings, knowledge = _brand(arguments)
    mind = brain.load(settings, knowledge, brain.progress_bar())
    report = asyncio.run(ask(settings, knowledge, mind, arguments.text))
    if arguments.json:
        print(as_json(report))
    else:
        tell(as_text(report, knowledge.brand.default_language))
    return 0


def _check(arguments: Namespace) -> int:
    problems, fine = asyncio.run(check(_config(arguments), os.environ))
    for line in fine:
        print(f"✓ {line}")
    for problem in problems:
        print(f"✗ {problem}")
    return 1 if problems else 0


def _train(arguments: Namespace) -> int:
    settings, knowledge = _brand(arguments)
    for warning in knowledge.warnings:
        print(f"worth knowing: {warning}", file=sys.stderr)
    report = brain.train(settings, knowledge, brain.progress_bar())
    if arguments.json:
        values = asdict(report) | {"to_add": asdict(advice(report, knowledge))}
        print(json.dumps(values, ensure_ascii=False, indent=2))
    else:
        tell(f"{knowledge.brand.name}\n{told(report, knowledge)}")
        tell(STARTED_WITH)
    return 0


def _evaluate(arguments: Namespace) -> int:
    from .evaluation import report as evaluation_report
    from .evaluation.evaluate import evaluate, learned
    from .evaluation.labelled import read_labelled
    from .evaluation.page import page

    settings = _settings(arguments)
    knowledge = load_knowledge(arguments.knowledge)
    messages = read_labelled(arguments.messages, knowledge.subjects)
    show = brain.progress_bar()
    mind = learned(settings, arguments.knowledge, knowledge, show)
    found = asyncio.run(evaluate(settings, knowledge, mind, messages, show))
    if arguments.json:
        print(found.as_json())
    else:
        tell(evaluation_report.told(found.summary))
    if arguments.html is not None:  # last: what was measured is told whether it can be written
        with written_whole(arguments.html, private=True) as out:
            out.write(page(found.summary, mind.policy.desk_language).encode())
    return 0


def _replay(arguments: Namespace) -> int:
    from .cli.logged import read_log
    from .cli.replay import Replay

    settings, knowledge = _brand(arguments)
    log, to = read_log(arguments.file), arguments.out
    if to is not None and to.exists() and to.samefile(arguments.file):
        raise ConfigError([Problem(str(to), "is the log itself.", "Name another file.")])
    mind = brain.load(settings, knowledge, brain.progress_bar())
    replay = Replay(settings, knowledge, mind, arguments.resolve_after * 60)
    # Opened before the work, which would be for nothing.
    with written_whole(to, private=True) if to else contextlib.nullcontext() as out:
        for line in asyncio.run(replay.run(log)):
            text = json.dumps(line, ensure_ascii=False)
            if out is None:
                print(text)
            else:
                out.write(f"{text}\n".encode("utf-8", "backslashreplace"))
    print(replay.summary.as_text(), file=sys.stderr)
    return 0


def _export(arguments: Namespace) -> int:
    from .cli.by_hand import export_by_hand

    settings, _ = _brand(arguments)
    text = asyncio.run(export_by_hand(settings, arguments.customer_id))
    if arguments.out is None:
        print(text)
    else:
        with written_whole(arguments.out, private=True) as out:
            out.write(f"{text}\n".encode())
    print("Internal notes are in it; read them first: they may be about others.", file=sys.stderr)
    return 0


def _erase(arguments: Namespace) -> int:
    from .cli.by_hand import about, erase_by_hand

    settings, knowledge = _brand(arguments)
    person, language = arguments.customer_id, knowledge.brand.default_language
    found = asyncio.run(about(settings, person))
    if not arguments.yes:
        print(f"{found}\nNothing is erased yet: add --yes.")
        return 1
    asyncio.run(erase_by_hand(settings, person, language))
    print(f"✓ erased: {found}")
    print("The bot deletes their topics in the staff group when it next sends, or starts.")
    return 0


def _backup(arguments: Namespace) -> int:
    from .cli.by_hand import backup_by_hand

    asyncio.run(backup_by_hand(_settings(arguments), arguments.to))
    print(f"✓ {arguments.to}: {arguments.to.stat().st_size:,} bytes")
    return 0


def _import(arguments: Namespace) -> int:
    report = import_knowledge(arguments.file, arguments.to)
    print(f"✓ {report.folder}: subjects: {report.subjects}, examples: {report.examples}")
    for old, new in report.renamed.items():
        print(f"worth knowing: “{shown_name(old, 100)}” is now called {new}.")
    for warning in report.warnings:
        print(f"worth knowing: {warning}")
    return 0


COMMANDS: Mapping[str, Callable[[Namespace], int]] = {
    "demo": _demo,
    "run": _run,
    "ask": _ask,
    "check": _check,
    "train": _train,
    "evaluate": _evaluate,
    "replay": _replay,
    "export": _export,
    "erase": _erase,
    "backup": _backup,
    "import-knowledge": _import,
}


# ----------------------------------------------------------------------------------- inside


def _brand(arguments: Namespace) -> tuple[Settings, Knowledge]:
    """The brand of the config, or the example brand when there is no config yet."""
    settings = _settings(arguments)
    return settings, load_knowledge(settings.brand.knowledge)


def _settings(arguments: Namespace) -> Settings:
    """What the config says, or every default when there is no config yet."""
    configure_logging("WARNING", [])
    if arguments.config is not None or DEFAULT_CONFIG.exists():
        return config.load(arguments.config or DEFAULT_CONFIG, os.environ)
    if arguments.or_example:
        print(f"no {DEFAULT_CONFIG} here: the example brand", file=sys.stderr)
    return Settings()


def _config(arguments: Namespace) -> Path:
    """The config to go live with. Raises ConfigError when there is none yet."""
    path: Path = arguments.config or DEFAULT_CONFIG
    if not path.exists():
        mend = "Copy config.example.toml to config.toml and fill it in, or name yours: --config."
        raise ConfigError([Problem(str(path), "is not here.", mend)])
    return path


_ALWAYS = (signal.SIGINT, signal.SIGTERM)
_SIGNALS = (*_ALWAYS, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))


def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Run until it ends, until Ctrl+C or SIGTERM, or until its terminal closes; then stop in
    order."""

    async def watched() -> None:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for name in _SIGNALS:
            if signal.getsignal(name) is signal.SIG_IGN and name not in _ALWAYS:
                continue  # started with nohup
            with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
                loop.add_signal_handler(name, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    try:
        import uvloop
    except ImportError:
        asyncio.run(watched())
    else:
        uvloop.run(watched())


if __name__ == "__main__":
    sys.exit(main())
