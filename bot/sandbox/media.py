"""Files: what is stored, under which ids, and the shapes of media made of them."""

from __future__ import annotations

import base64
import hashlib
import itertools
import mimetypes
import struct
from dataclasses import dataclass, field

from .params import Params, Upload, bad_request
from .wire import Json, without_empty

_FOLDERS = {
    "photo": ("photos", ".jpg", "image/jpeg"),
    "document": ("documents", ".bin", "application/octet-stream"),
    "voice": ("voice", ".oga", "audio/ogg"),
    "video": ("videos", ".mp4", "video/mp4"),
    "video_note": ("video_notes", ".mp4", "video/mp4"),
    "audio": ("music", ".mp3", "audio/mpeg"),
    "animation": ("animations", ".mp4", "video/mp4"),
    "sticker": ("stickers", ".webp", "image/webp"),
}
FILE_KINDS = frozenset(_FOLDERS)
_PREFIX = {"photo": "AgACAgQ", "voice": "AwACAgQ", "video": "BAACAgQ", "audio": "CQACAgQ"}
_THUMB = 90
_THUMB_MARK = "-thumb"
_IMAGE_HEADS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
    b"BM": "image/bmp",
}
DOWNLOAD_LIMIT = 20_000_000


@dataclass(frozen=True, slots=True)
class File:
    """One stored file. The same bytes have the same unique id, under as many ids as sendings."""

    id: str
    unique_id: str
    kind: str
    path: str
    name: str
    mime: str
    data: bytes = field(repr=False)


class Files:
    """All files, found by file_id or by path."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._by_id: dict[str, File] = {}
        self._by_path: dict[str, File] = {}

    def get(self, file_id: str) -> File | None:
        return self._by_id.get(file_id.removesuffix(_THUMB_MARK))

    def at(self, path: str) -> File | None:
        return self._by_path.get(path)

    def add(self, kind: str, data: bytes, name: str = "", mime: str = "") -> File:
        number = next(self._numbers)
        folder, suffix, usual = _FOLDERS[kind]
        if kind == "photo":
            mime = _image_type(data) or usual
        mime = mime or mimetypes.guess_type(name)[0] or usual
        if kind == "document" and "." in name:
            suffix = name[name.rindex(".") :]
        digest = hashlib.blake2b(data + kind.encode(), digest_size=9).digest()
        tail = base64.urlsafe_b64encode(hashlib.blake2b(b"%d" % number).digest()[:36]).decode()
        file = File(
            id=_PREFIX.get(kind, "BQACAgQ") + tail,
            unique_id="AgAD" + base64.urlsafe_b64encode(digest).decode(),
            kind=kind,
            path=f"{folder}/file_{number}{suffix}",
            name=name,
            mime=mime,
            data=data,
        )
        self._by_id[file.id] = file
        self._by_path[file.path] = file
        return file


def store(files: Files, kind: str, upload: Upload) -> File:
    """Keeps an upload, or refuses what Telegram refuses."""
    if not upload.data:
        raise bad_request("file must be non-empty")
    if kind == "photo" and _image_type(upload.data) is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    return files.add(kind, upload.data, upload.name, upload.mime)


def named(files: Files, kind: str, reference: str) -> File:
    """The file behind a file_id a call names; the sandbox has no network for URLs."""
    if reference.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    file = files.get(reference)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if file.kind != kind:
        had, wanted = (
            name.replace("_", " ").title().replace(" ", "") for name in (file.kind, kind)
        )
        raise bad_request(f"can't use file of type {had} as {wanted}")
    return file


def described(file: File, about: Params) -> Json:
    """The content of a message that carries this file: its kind, with the shape Telegram gives."""
    if file.kind == "photo":
        return {"photo": _photo_sizes(file)}
    base: Json = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": len(file.data)}
    length = {"duration": about.integer("duration") or 0}
    size = {"width": about.integer("width") or 320, "height": about.integer("height") or 240}
    named = {"file_name": file.name or None, "mime_type": file.mime}
    shapes: dict[str, Json] = {
        "document": base | named,
        "voice": base | length | {"mime_type": file.mime},
        "video": base | size | length | named,
        "animation": base | size | length | named,
        "video_note": base | length | {"length": about.integer("length") or 240},
        "audio": base
        | length
        | named
        | {"performer": about.maybe_text("performer"), "title": about.maybe_text("title")},
        "sticker": base
        | {"width": 512, "height": 512, "is_animated": False, "is_video": False}
        | {"type": "regular", "emoji": about.maybe_text("emoji")},
    }
    content = {file.kind: without_empty(shapes[file.kind])}
    if file.kind == "animation":
        content["document"] = without_empty(base | named)
    return content


def _image_type(data: bytes) -> str | None:
    return next((kind for head, kind in _IMAGE_HEADS.items() if data.startswith(head)), None)


def _photo_sizes(file: File) -> list[Json]:
    width, height = _dimensions(file.data)
    scale = _THUMB / max(width, height, _THUMB)
    full: Json = {"file_id": file.id, "file_unique_id": file.unique_id}
    full |= {"file_size": len(file.data), "width": width, "height": height}
    if scale == 1:
        return [full]
    small = full | {"width": max(1, int(width * scale)), "height": max(1, int(height * scale))}
    small |= {name: full[name] + _THUMB_MARK for name in ("file_id", "file_unique_id")}
    return [small, full]


def _dimensions(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG; of anything else a usual size."""
    if data.startswith(b"\x89PNG") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return int(width), int(height)
    return 800, 600
