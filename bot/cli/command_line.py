"""What may be typed after `first-responder`: every command, its options, and its help."""

from __future__ import annotations

import argparse
from pathlib import Path

LAST_PORT = 65535


def parser() -> argparse.ArgumentParser:
    """All commands and their options; the README shows its help, and a test compares."""
    top = argparse.ArgumentParser(
        prog="first-responder",
        description="A brand's first responder on Telegram.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text)

    demo = add("demo", "Try it: an example brand on a Telegram on this computer.")
    demo.add_argument("--port", type=_port, default=8799, help="where the page is served (8799)")
    desk = "what the staff group reads: fr (as its brand says) or en"
    demo.add_argument("--language", choices=("fr", "en"), default="fr", help=desk)
    runs = add("run", "Go live with config.toml.")
    forget = "delete a webhook that another program left; what waits is kept"
    runs.add_argument("--forget-webhook", action="store_true", help=forget)
    _takes_config(runs)
    asks = add("ask", "What would it do with this text? Nothing is sent or stored.")
    asks.add_argument("text", type=_words)
    asks.add_argument("--json", action="store_true", help="print JSON")
    _takes_config(asks, or_example=True)
    _takes_config(add("check", "Is everything ready? Each problem with its mend."))
    train = add("train", "Learn the brand's subjects from its knowledge (seconds).")
    train.add_argument("--json", action="store_true", help="print the report as JSON")
    _takes_config(train, or_example=True)
    evaluates = add("evaluate", "How good would it be on these labelled messages?")
    evaluates.add_argument("knowledge", type=Path, metavar="KNOWLEDGE", help="a knowledge folder")
    evaluates.add_argument(
        "--messages",
        type=Path,
        required=True,
        metavar="FILE",
        help='JSONL: {"id", "text", "intent", "lang"?, "tone"?, "must"?}',
    )
    evaluates.add_argument("--json", action="store_true", help="print one JSON document")
    evaluates.add_argument("--html", type=Path, metavar="FILE", help="write a page as well")
    _takes_config(evaluates)
    replays = add("replay", "What would it have done with these messages?")
    replays.add_argument("file", type=Path, help='JSONL: {"t", "customer_id", "text", "from"?}')
    replays.add_argument("--out", type=Path, help="write the lines here instead of printing them")
    replays.add_argument(
        "--resolve-after",
        type=float,
        default=60.0,
        metavar="MINUTES",
        help="staff close a case so long after their last word (60)",
    )
    _takes_config(replays, or_example=True)
    exports = add("export", "Everything kept about one customer, as JSON.")
    exports.add_argument("customer_id", type=int, metavar="CUSTOMER_ID", help="Telegram's number")
    exports.add_argument("--out", type=Path, metavar="FILE", help="write it here")
    _takes_config(exports)
    erases = add("erase", "Erase one customer everywhere; cases are still counted.")
    erases.add_argument("customer_id", type=int, metavar="CUSTOMER_ID", help="Telegram's number")
    erases.add_argument("--yes", action="store_true", help="without it, only says what would go")
    _takes_config(erases)
    backs_up = add("backup", "A checked copy of the store, also while the bot runs.")
    backs_up.add_argument("--to", type=Path, required=True, metavar="FILE", help="replaced whole")
    _takes_config(backs_up)
    imports = add("import-knowledge", "Turn a JSON file into a knowledge folder.")
    imports.add_argument("file", type=Path)
    imports.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    return top


def _takes_config(command: argparse.ArgumentParser, or_example: bool = False) -> None:
    """``or_example``: without a config it works on the example brand."""
    without = "; without one, the example brand" if or_example else ""
    text = f"default: config.toml here{without}"
    command.add_argument("--config", type=Path, default=None, help=text)
    command.set_defaults(or_example=or_example)


def _port(text: str) -> int:
    """0 takes any free one."""
    if not text.isascii() or not text.isdigit() or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"a number from 0 to {LAST_PORT}, not {text!r}")
    return int(text)


def _words(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("empty: write what a customer would")
    return text
