"""What the server answers, path by path. It opens no store: workers do, so that no query can hurt it."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, BinaryIO, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from provkg.errors import CannotRun, ProvkgError, QueryTimedOut, UnknownQuestion, Unreadable
from provkg.folder import Folder
from provkg.questions import Question, all_questions, catalogue, find
from provkg.questions.library import LISTED_BY
from provkg.server import curves, negotiation, protocol
from provkg.server.delivery import Delivery
from provkg.server.documentation import Documentation
from provkg.server.log import PREFIX, resource
from provkg.server.messages import QueryTask, QuestionTask, Task
from provkg.server.page import front_page
from provkg.server.pool import Busy, Limits, Pool, WorkerDied
from provkg.server.protocol import RefusedRequest
from provkg.sparql import MAX_BYTES
from provkg.vocabulary import NAMESPACES

PIECE: Final = 256 * 1024
CSV: Final = "text/csv"
# Where SIB's endpoints have the graph of their examples.
CATALOGUE: Final = "/.well-known/sparql-examples"
LEDGER_SIZE: Final = "Provkg-Ledger-Size"
# A page elsewhere that has its name point here would otherwise be let in by the browser.
HOSTS: Final = ["127.0.0.1", "localhost", "[::1]"]
_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'self'",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept",
}
_STATUSES: Final[tuple[tuple[type[CannotRun], int], ...]] = ((QueryTimedOut, 503), (Busy, 503), (WorkerDied, 500))
Endpoint = Callable[[Request], Awaitable[Response]]


def application(folder: Folder, *, workers: int, limits: Limits, say: Callable[[str], None]) -> Starlette:
    """Return the ASGI application for the graph in `folder`; `say` gets what the person who serves should know."""
    pool = Pool(folder.path, workers=workers, limits=limits)
    desk = _Desk(folder, pool)

    @asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        async with pool, Delivery(folder):
            for remark in pool.remarks:
                say(remark)
            yield

    routes = [
        Route("/", desk.front),
        Route("/docs/{name:path}", desk.documentation, methods=["GET"]),
        Route("/curves", desk.curves, methods=["GET"]),
        Route("/curves/one", desk.curve, methods=["GET"]),
        Route("/curves/style.css", desk.curve_style, methods=["GET"]),
        Route("/sparql", desk.sparql, methods=["GET", "POST"]),
        Route(CATALOGUE, desk.catalogue, methods=["GET"]),
        Route("/api/questions", desk.questions, methods=["GET"]),
        Route("/api/questions/{name}", desk.question, methods=["GET"]),
        Route("/api/questions/{theme}/{name}", desk.question, methods=["GET"]),
        Route(PREFIX + "{path:path}", desk.log, methods=["GET"]),
    ]
    return Starlette(
        routes=routes,
        lifespan=running,
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)],
        exception_handlers={404: _not_found, 405: _wrong_method, RefusedRequest: _refused, ProvkgError: _failed},
    )


class _Desk:
    """The endpoints of one graph."""

    def __init__(self, folder: Folder, pool: Pool) -> None:
        self._folder, self._pool = folder, pool
        self._documentation = Documentation(folder)

    async def front(self, _: Request) -> Response:
        return HTMLResponse(front_page(self._folder.name), headers=_ALWAYS)

    async def documentation(self, request: Request) -> Response:
        found = await self._documentation.file(request.path_params["name"])
        if found is None:
            return await _not_found(request, RefusedRequest(404, ""))
        text, media = found
        return Response(text, media_type=media, headers=_ALWAYS)

    async def sparql(self, request: Request) -> Response:
        query_string = request.scope["query_string"]
        if request.method != "POST":
            return await self._query(request, protocol.query_by_get(query_string))
        content_type = request.headers.get("content-type", "")
        return await self._query(request, protocol.query_by_post(query_string, content_type, await _body(request)))

    async def questions(self, _: Request) -> Response:
        listed = [_described(question) for question in self._all_questions()]
        return JSONResponse({"questions": listed}, headers=_ALWAYS)

    async def catalogue(self, request: Request) -> Response:
        media = negotiation.chosen(_accepted(request), negotiation.GRAPHS)
        if media is None:
            offered = ", ".join(dict.fromkeys(negotiation.GRAPHS.values()))
            raise RefusedRequest(406, f"the catalogue comes as {offered}")
        text = await run_in_threadpool(_catalogue, self._all_questions(), media)
        return Response(text, headers={**_ALWAYS, "Content-Type": media})

    async def question(self, request: Request) -> Response:
        name = "/".join(request.path_params.values())
        try:
            path = find(name, self._folder.path / "queries").path
        except UnknownQuestion as error:
            raise RefusedRequest(404, str(error).replace(LISTED_BY, "see /api/questions")) from None
        except Unreadable as error:
            # Where the graph lies on its machine is nothing for whoever asks it.
            raise RefusedRequest(503, str(error).replace(f"{self._folder.path}{os.sep}", "")) from None
        values = protocol.fields(request.scope["query_string"])
        return await self._answer(QuestionTask(path, values, *_wanted(request)))

    async def curves(self, _: Request) -> Response:
        reply = await self._table(QueryTask(curves.SERIES, CSV, None, "https://provkg.invalid/", None, None))
        with reply:
            rows = list(csv.reader(io.TextIOWrapper(reply, "utf-8", newline="")))[1:]
        return HTMLResponse(curves.list_page(self._folder.name, rows), headers=_ALWAYS)

    async def curve(self, request: Request) -> Response:
        values = {name: request.query_params.get(name, "") for name in ("run", "metric")}
        if not all(values.values()):
            raise RefusedRequest(400, "say run= and metric=; /curves lists what there is")
        with await self._table(QuestionTask(curves.LEARNING_CURVE, values, CSV, None)) as reply:
            found = await run_in_threadpool(curves.curves, reply)
        called = request.query_params.get("title", "")
        return HTMLResponse(curves.curve_page(values["run"], values["metric"], found, called), headers=_ALWAYS)

    async def curve_style(self, _: Request) -> Response:
        return Response(curves.STYLE, media_type="text/css", headers=_ALWAYS)

    async def _table(self, task: Task) -> BinaryIO:
        reply = await self._pool.ask(task)
        if reply.status != 200:
            raise RefusedRequest(reply.status, reply.sentence)
        return reply.file if reply.file is not None else io.BytesIO(reply.body)

    async def log(self, request: Request) -> Response:
        path, packed = request.path_params["path"], "gzip" in request.headers.get("accept-encoding", "")
        found = await run_in_threadpool(resource, self._folder, path, packed=packed)
        if found is None:
            return await _not_found(request, RefusedRequest(404, ""))
        return Response(found.content, headers={**_ALWAYS, **found.headers})

    async def _query(self, request: Request, asked: protocol.QueryRequest) -> Response:
        if len(asked.text.encode()) > MAX_BYTES:
            raise RefusedRequest(413, f"the query has more than {MAX_BYTES:,} bytes; ask for less at a time")
        base = str(request.url.replace(query=""))
        task = QueryTask(asked.text, *_wanted(request), base, asked.default_graphs, asked.named_graphs)
        return await self._answer(task)

    async def _answer(self, task: Task) -> Response:
        reply = await self._pool.ask(task)
        if reply.status != 200:
            raise RefusedRequest(reply.status, reply.sentence)
        headers = {**_ALWAYS, LEDGER_SIZE: str(reply.size), "Content-Type": reply.media}
        if reply.file is None:
            return Response(reply.body, headers=headers)
        headers["Content-Length"] = str(os.fstat(reply.file.fileno()).st_size)
        return StreamingResponse(_pieces(reply.file), headers=headers)

    def _all_questions(self) -> list[Question]:
        return all_questions(self._folder.path / "queries", tell=lambda _: None)


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    # Closed whatever happens: askers hang up.
    with file:
        while piece := await run_in_threadpool(file.read, PIECE):
            yield piece


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > protocol.MAX_REQUEST:
            raise RefusedRequest(
                413, f"the request has more than {protocol.MAX_REQUEST:,} bytes; ask for less at a time"
            )
    return bytes(body)


def _catalogue(listed: list[Question], media: str) -> bytes:
    from pyoxigraph import RdfFormat, serialize  # here alone: all else that knows RDF runs in the workers

    prefixes = {prefix: NAMESPACES[prefix] for prefix in ("sh", "pvk", "prov", "rdf", "rdfs", "xsd")}
    return serialize(catalogue(listed), format=RdfFormat.from_media_type(media), prefixes=prefixes) or b""


def _accepted(request: Request) -> str:
    return ",".join(request.headers.getlist("accept"))


def _wanted(request: Request) -> tuple[str | None, str | None]:
    accept = _accepted(request)
    table, graph = negotiation.chosen(accept, negotiation.TABLES), negotiation.chosen(accept, negotiation.GRAPHS)
    if table is None and graph is None:
        offered = dict.fromkeys([*negotiation.TABLES.values(), *negotiation.GRAPHS.values()])
        raise RefusedRequest(406, f"no answer comes as {accept}; there is {', '.join(offered)}")
    return table, graph


def _described(question: Question) -> dict[str, Any]:
    return {
        "path": question.path,
        "href": f"/api/questions/{question.path}",
        "summary": question.summary,
        "description": question.description,
        "tags": list(question.tags),
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.type,
                "optional": parameter.optional,
                "default": parameter.default,
            }
            for parameter in question.params
        ],
        "columns": [{"name": column.name, "type": column.type, "unit": column.unit} for column in question.columns],
    }


def _sentence(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    return PlainTextResponse(sentence + "\n", status_code=status, headers={**_ALWAYS, **(headers or {})})


async def _refused(_: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, RefusedRequest) else 400
    return _sentence(status, str(error))


async def _failed(_: Request, error: Exception) -> Response:
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 503)
    return _sentence(status, str(error), {"Retry-After": "1"} if isinstance(error, Busy) else None)


async def _not_found(request: Request, _: Exception) -> Response:
    return _sentence(404, f"there is nothing at {request.url.path}; the front page / says what there is")


async def _wrong_method(request: Request, error: Exception) -> Response:
    allowed = getattr(error, "headers", None) or {}
    reason = "the graph grows only by records that pass its gate (provkg add)"
    return _sentence(405, f"{request.method} is not allowed at {request.url.path}; {reason}", allowed)
