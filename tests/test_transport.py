"""The transport tells what never left from what may have arrived, and says no secrets."""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientPayloadError, ServerDisconnectedError, web
from telegram import Bot, InputFile
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.telegram.transport import AiohttpRequest, never_left
from tests.scripted_server import TOKEN, Server, cut, cut_midway, fine, never


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server() as running:
        yield running


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpRequest]:
    async with AiohttpRequest(
        2, read_timeout=0.3, write_timeout=0.3, connect_timeout=0.3, pool_timeout=0.1
    ) as open_transport:
        yield open_transport


def body(**parameters: object) -> RequestData:
    return RequestData([RequestParameter.from_input(k, v) for k, v in parameters.items()])


async def failure(
    transport: AiohttpRequest, url: str, data: RequestData | None = None
) -> Exception:
    with pytest.raises(TelegramError) as caught:
        await transport.post(url, data or body(text="hi"))
    assert TOKEN not in str(caught.value)
    return caught.value


async def test_parameters_arrive_as_telegram_reads_them(
    server: Server, transport: AiohttpRequest
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True, "result": await request.json()})

    server.answer = answer
    result = await transport.post(server.url, body(text="ça va 👍", ids=[1, 2], flag=True))
    assert result == {"text": "ça va 👍", "ids": "[1, 2]", "flag": "true"}
    assert server.headers["User-Agent"].startswith("python-telegram-bot")


@pytest.mark.parametrize("content", [b"bytes of a picture", io.BytesIO(b"bytes of a picture")])
async def test_files_are_uploaded_with_their_names(
    server: Server, transport: AiohttpRequest, content: bytes | io.BytesIO
) -> None:
    got: dict[str, object] = {}

    async def answer(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        file = form["document"]
        assert isinstance(file, web.FileField)
        got.update(name=file.filename, content=file.file.read(), caption=form["caption"])
        return web.json_response({"ok": True, "result": True})

    server.answer = answer
    upload = InputFile(content, filename='Été "12".pdf', read_file_handle=False)
    await transport.post(server.url, body(document=upload, caption="voilà"))
    assert got == {"name": 'Été "12".pdf', "content": b"bytes of a picture", "caption": "voilà"}


async def test_files_are_fetched_as_bytes(server: Server, transport: AiohttpRequest) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=b"\x00\xff")

    server.answer = answer
    assert await transport.retrieve(server.url) == b"\x00\xff"


async def test_a_refused_connection_never_left(transport: AiohttpRequest) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        error = await failure(transport, f"http://127.0.0.1:{nobody.getsockname()[1]}/bot{TOKEN}/x")
    assert isinstance(error, NetworkError)
    assert never_left(error)


async def test_a_connection_that_is_not_accepted_in_time_never_left(
    transport: AiohttpRequest,
) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        address = deaf.getsockname()
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(address)
        error = await failure(transport, f"http://127.0.0.1:{address[1]}/bot{TOKEN}/x")
        for one in crowd:
            one.close()
    assert isinstance(error, TimedOut)
    assert never_left(error)


async def test_waiting_in_vain_for_a_free_connection_never_left(server: Server) -> None:
    hold = asyncio.Event()

    async def answer(_: web.Request) -> web.StreamResponse:
        await hold.wait()
        return await fine(_)

    server.answer = answer
    async with AiohttpRequest(1, connect_timeout=0.05, pool_timeout=0.05) as narrow:
        first = asyncio.create_task(narrow.post(server.url, body(text="first")))
        await server.arrived.wait()
        error = await failure(narrow, server.url)
        hold.set()
        assert await first is True
    assert isinstance(error, TimedOut)
    assert never_left(error)
    assert len(server.seen) == 1


async def test_nothing_leaves_before_the_start_nor_after_the_stop(server: Server) -> None:
    transport = AiohttpRequest()
    assert never_left(await failure(transport, server.url))
    await transport.initialize()
    await transport.shutdown()
    await transport.shutdown()
    assert never_left(await failure(transport, server.url))
    assert server.seen == []


async def test_no_answer_in_time_may_have_arrived(
    server: Server, transport: AiohttpRequest
) -> None:
    server.answer = never
    error = await failure(transport, server.url)
    assert isinstance(error, TimedOut)
    assert not never_left(error)


async def test_a_timeout_given_with_the_call_replaces_the_default(
    server: Server, transport: AiohttpRequest
) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.5)
        return await fine(_)

    server.answer = answer
    assert await transport.post(server.url, body(text="hi"), read_timeout=3) is True


async def test_an_upload_nobody_reads_ends_in_time_and_may_have_arrived(
    transport: AiohttpRequest,
) -> None:
    async def never_read(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)
        writer.close()

    listener = await asyncio.start_server(never_read, "127.0.0.1", 0, limit=1)
    port = listener.sockets[0].getsockname()[1]
    big = InputFile(b"x" * 30_000_000, filename="film.mp4")
    async with asyncio.timeout(3):
        error = await failure(transport, f"http://127.0.0.1:{port}/bot{TOKEN}/x", body(video=big))
    listener.close()
    assert isinstance(error, TimedOut)
    assert not never_left(error)


async def test_a_connection_cut_before_the_answer_may_have_arrived(
    server: Server, transport: AiohttpRequest
) -> None:
    server.answer = cut
    error = await failure(transport, server.url)
    assert isinstance(error.__cause__, ServerDisconnectedError | OSError)
    assert not never_left(error)
    assert len(server.seen) == 1, "nothing is ever sent a second time"


async def test_an_answer_cut_in_the_middle_may_have_arrived(
    server: Server, transport: AiohttpRequest
) -> None:
    server.answer = cut_midway
    error = await failure(transport, server.url)
    assert isinstance(error.__cause__, ClientPayloadError)
    assert not never_left(error)


async def test_a_redirect_is_an_error_and_is_not_followed(
    server: Server, transport: AiohttpRequest
) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    server.answer = answer
    assert not never_left(await failure(transport, server.url))
    assert len(server.seen) == 1


@pytest.mark.parametrize("answered", ["people's words, cut off", "[]", "null", "7"])
async def test_an_answer_that_is_not_ours_is_not_written_to_the_log(
    server: Server, transport: AiohttpRequest, answered: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(text=answered)

    server.answer = answer
    assert not never_left(await failure(transport, server.url))
    assert answered not in caplog.text


async def test_an_answer_with_bytes_that_are_not_text_is_still_read(
    server: Server, transport: AiohttpRequest
) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=b'{"ok": true, "result": "\xff"}')

    server.answer = answer
    read: object = await transport.post(server.url, body(text="hi"))
    assert read == "\ufffd"


async def test_cancelling_a_request_frees_its_connection(server: Server) -> None:
    async with AiohttpRequest(1, pool_timeout=0.5) as narrow:
        server.answer = never
        torn = asyncio.create_task(narrow.post(server.url, body(text="first")))
        await server.arrived.wait()
        torn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await torn
        server.answer = fine
        assert await narrow.post(server.url, body(text="second")) is True


async def test_the_read_timeout_is_known_to_the_client() -> None:
    """PTB adds it to the time a long poll may take."""
    assert AiohttpRequest(read_timeout=7).read_timeout == 7
    assert isinstance(Bot(TOKEN, request=AiohttpRequest()).request, AiohttpRequest)
