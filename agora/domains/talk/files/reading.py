"""The words inside files, for search: text here, PDF and DOCX in a child process with limits."""

from __future__ import annotations

import asyncio
import logging
import sys
from asyncio.subprocess import Process
from contextlib import aclosing, suppress

from agora.domains.talk.files import reader
from agora.domains.talk.files.model import Attached
from agora.domains.talk.files.ports import TextIndex
from agora.domains.talk.files.queries import list_files
from agora.domains.talk.files.settings import AttachmentSettings
from agora.domains.talk.files.sniff import DOCX, is_text
from agora.domains.talk.files.work import ReadFiles
from agora.kernel.app import App
from agora.kernel.ctx import Ctx
from agora.kernel.errors import NotFound
from agora.kernel.files import Files
from agora.kernel.tx import Tx
from agora.kernel.vault import FileBroken

log = logging.getLogger(__name__)

TIMEOUT_S = 60.0
_CHILD = {"application/pdf": "pdf", DOCX: "docx"}


class Reading:
    """Reads one document at a time: a child may take a whole core."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._one = asyncio.Semaphore(1)
        self._most = app.config.get(AttachmentSettings).text_kib << 10

    async def read(self, file: Attached) -> str:
        """The words of a file; empty for what has none or cannot be read."""
        files = self._app.get(Files)
        try:
            if is_text(file.content_type):
                charset = file.content_type.rpartition("charset=")[2]
                return (await files.read(file.hash, 0, self._most)).decode(charset, "ignore")
            kind = _CHILD.get(file.content_type)
            return "" if kind is None else await self._read_apart(files, file.hash, kind)
        except NotFound:
            return ""
        except FileBroken as error:
            log.warning("the words of %s cannot be searched: %s", file.filename, error)
            return ""

    async def _read_apart(self, files: Files, hash: str, kind: str) -> str:
        async with self._one:
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", reader.__file__, kind, str(self._most)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={},
            )
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    _, output = await asyncio.gather(_feed(child, files, hash), _drain(child))
                    await child.wait()
            except TimeoutError:
                log.warning("a %s took longer than %.0f s to read and was left out of search", kind, TIMEOUT_S)
                return ""
            finally:
                if child.returncode is None:
                    child.kill()
                    await child.wait()
        if child.returncode != 0:
            # what it had printed before it failed is still right
            log.info("a %s could not be read to its end (status %s)", kind, child.returncode)
        return output.decode("utf-8", "ignore")


async def _feed(child: Process, files: Files, hash: str) -> None:
    """Hand the content over chunk by chunk: it may be encrypted on disk, and must never lie there plain."""
    assert child.stdin is not None
    async with aclosing(files.open(hash)) as chunks:
        with suppress(BrokenPipeError, ConnectionResetError):  # it has what it wanted, or died
            async for chunk in chunks:
                child.stdin.write(chunk)
                await child.stdin.drain()
    child.stdin.close()


async def _drain(child: Process) -> bytes:
    assert child.stdout is not None
    return await child.stdout.read()


async def read_files(ctx: Ctx, body: ReadFiles) -> None:
    """Make names and words of a message's files searchable."""
    files = (await ctx.read(list_files, [body.message_id])).get(body.message_id, ())
    reading = ctx.app.get(Reading)
    parts = []
    for file in files:
        parts += [file.filename.replace("_", " "), file.description or "", await reading.read(file)]
    text = "\n".join(part for part in parts if part).replace("\x00", " ")
    await ctx.write(do_index_text, body.message_id, text)


def do_index_text(tx: Tx, message_id: int, text: str) -> None:
    """Hand the words to whoever searches."""
    for index in tx.app.offers(TextIndex):
        index.do_index(tx, message_id, text)
