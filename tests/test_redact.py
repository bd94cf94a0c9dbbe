"""No secret reaches a log, whichever way it tries."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from bot.redact import HIDDEN, Redact, configure_logging

TOKEN = "123456789:AAHfakeTokenfakeTokenfakeTokenfake_-"
SECRET = "webhook+secret/with=signs"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is written by a handler of its own, on a logger of its own, once logging is set up."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(chat)s", defaults={"chat": ""}))
    logger = logging.getLogger("tests.redact")
    logger.addHandler(handler)
    root = logging.getLogger()
    level, handlers = root.level, [(h, list(h.filters)) for h in root.handlers]
    configure_logging("DEBUG", [TOKEN, SECRET, ""])
    yield stream
    logger.removeHandler(handler)
    root.setLevel(level)
    for old, filters in handlers:
        old.filters[:] = filters


log = logging.getLogger("tests.redact")


def say_in_the_message() -> None:
    log.warning("POST https://api.telegram.org/bot" + TOKEN + "/sendMessage")


def say_in_an_argument() -> None:
    log.warning("%s failed with %r", "sendMessage", {"url": f"https://x/bot{TOKEN}/sendMessage"})


def say_percent_encoded() -> None:
    log.warning("at %s and %s", quote(TOKEN, safe=""), quote(SECRET, safe=""))


def say_in_a_traceback() -> None:
    try:
        raise ValueError(f"The token `{TOKEN}` was rejected, as was {SECRET}")
    except ValueError:
        log.exception("could not start")


def say_in_a_chained_traceback() -> None:
    try:
        try:
            raise KeyError(TOKEN)
        except KeyError as inner:
            raise RuntimeError("outer") from inner
    except RuntimeError:
        log.error("no", exc_info=True)


def say_in_the_stack() -> None:
    log.warning("here", stack_info=True, extra={"stack": TOKEN})


def say_in_an_extra() -> None:
    log.warning("here", extra={"chat": f"chat {TOKEN}"})


def say_with_arguments_that_do_not_fit() -> None:
    log.warning("%d of %s", TOKEN)


def say_another_bots_token() -> None:
    log.warning("987654321:BBHanotherTokenanotherTokenanother0")


@pytest.mark.parametrize(
    "say",
    [
        say_in_the_message,
        say_in_an_argument,
        say_percent_encoded,
        say_in_a_traceback,
        say_in_a_chained_traceback,
        say_in_the_stack,
        say_in_an_extra,
        say_with_arguments_that_do_not_fit,
        say_another_bots_token,
    ],
)
def test_no_secret_is_written(
    say: Callable[[], None], written: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    say()
    both = written.getvalue() + capsys.readouterr().err
    assert "fakeToken" not in both
    assert "anotherToken" not in both
    assert "secret/with" not in both
    assert "secret%2Fwith" not in both
    assert written.getvalue(), "the record itself is still written"


def test_what_is_not_secret_stays(written: io.StringIO) -> None:
    log.warning("chat %d: %s", 123456789, "10:30 to 11:45")
    assert "chat 123456789: 10:30 to 11:45" in written.getvalue()


def test_the_traceback_is_still_there_without_its_secret(written: io.StringIO) -> None:
    say_in_a_traceback()
    assert "Traceback" in written.getvalue()
    assert f"The token `{HIDDEN}` was rejected" in written.getvalue()


class OwnTraceback(logging.Formatter):
    """As those that write JSON: formats the exception itself, whatever was cached."""

    def format(self, record: logging.LogRecord) -> str:
        error = self.formatException(record.exc_info) if record.exc_info else ""
        return f"{record.getMessage()} {error}"


def test_a_handler_that_formats_tracebacks_itself_gets_none(written: io.StringIO) -> None:
    log.handlers[0].setFormatter(OwnTraceback())
    say_in_a_traceback()
    assert "could not start" in written.getvalue()
    assert "fakeToken" not in written.getvalue()


def test_setting_up_twice_leaves_one_filter_that_knows_the_new_secret(
    written: io.StringIO,
) -> None:
    configure_logging("DEBUG", ["brand-new"])
    [handler] = log.handlers
    assert len([f for f in handler.filters if isinstance(f, Redact)]) == 1
    log.warning("a brand-new day")
    assert "brand-new" not in written.getvalue()


@pytest.mark.parametrize("library", ["httpx", "httpcore", "aiohttp.access", "telegram.ext"])
def test_talkative_libraries_speak_only_of_trouble(library: str, written: io.StringIO) -> None:
    assert not logging.getLogger(library).isEnabledFor(logging.INFO)
    assert logging.getLogger(library).isEnabledFor(logging.WARNING)
    assert written.getvalue() == ""


def test_a_handler_of_the_root_hides_secrets_too(
    written: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    root.addHandler(handler)
    configure_logging("DEBUG", [TOKEN])
    say_in_the_message()
    root.removeHandler(handler)
    assert HIDDEN in stream.getvalue()
    assert "fakeToken" not in stream.getvalue() + written.getvalue() + capsys.readouterr().err
