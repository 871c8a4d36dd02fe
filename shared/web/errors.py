"""Errors at the web edge: problem+json (RFC 9457) for machines, a page with a sentence for people. Never a trace."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import ClassVar

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from shared.errors import TongxingError, Unavailable
from shared.observe.traces import current_ids
from shared.text import Sentence
from shared.web.edge import language

log = structlog.get_logger(__name__)

_HTTP = {
    400: Sentence(zh="请求有误，请返回后重试。", en="The request is malformed. Go back and try again."),
    404: Sentence(
        zh="没有找到这个页面，可能已被移动或删除。",
        en="There is no such page; it may have been moved or removed.",
    ),
    405: Sentence(zh="这个地址不支持这样的操作。", en="This address does not take that kind of request."),
    413: Sentence(zh="提交的内容太大（上限 2 MB）。", en="What was sent is too large (2 MB at most)."),
    415: Sentence(zh="不支持这种格式。", en="This format is not supported."),
}
_MOMENT = 2  # seconds that a reader waits without being asked to
_OURS = HTTPStatus.INTERNAL_SERVER_ERROR
_BUG = Sentence(
    zh="系统出错了，这次的更改没有保存。请稍后再试；若仍有问题，请把下面的编号告诉管理员。",
    en="Something went wrong on our side and this change was not saved. Try again in a moment; if it stays so, tell "
    "the administrator the number below.",
)


class NotSignedIn(TongxingError):
    """Nobody is signed in, and the caller is no browser that could be led to the sign-in page."""

    status: ClassVar[HTTPStatus] = HTTPStatus.UNAUTHORIZED

    def __init__(self) -> None:
        super().__init__(Sentence(zh="请先登录。", en="Sign in first."))


def install(app: Flask) -> None:
    """Answer every error of the application."""
    app.register_error_handler(TongxingError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _bug)


def wants_json() -> bool:
    """Whether the caller is a machine: it called the API, or asks for JSON rather than a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return "/api/" in request.path or best == "application/json"


def _known(error: TongxingError) -> Response:
    response = _answer(
        error.status,
        error.sentence,
        errors={error.field: [error.sentence]} if error.field else {},
        members=error.members(),
    )
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = str(error.retry_after)
        if error.retry_after <= _MOMENT and request.method == "GET" and not wants_json():
            response.headers["Refresh"] = str(
                error.retry_after
            )  # a page that will be there in a moment comes by itself
    return response


def _http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    fields = getattr(error, "data", {}).get("messages", {}).get("json", {})  # what webargs found wrong
    if not isinstance(fields, dict):  # of a body that is no JSON it says so in a list
        fields = {}
    if fields:
        sentence = Sentence(zh="有内容需要更正。", en="Some of what was sent needs correcting.")
    else:
        sentence = _HTTP.get(status.value, Sentence(zh=status.phrase, en=f"{status.phrase}."))
    response = _answer(status, sentence, errors=fields)
    if error.code == HTTPStatus.METHOD_NOT_ALLOWED and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _bug(error: Exception) -> Response:
    log.error("request failed", exc_info=error)
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, _BUG, errors={})


def _answer(
    status: HTTPStatus,
    sentence: Sentence,
    *,
    errors: dict[str, object],
    members: Mapping[str, object] = MappingProxyType({}),
) -> Response:
    ids = current_ids()
    trace = ids[0] if ids else ""
    if wants_json():
        body: dict[str, object] = {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "detail": sentence.in_language(language()),
            "instance": request.path,
            "trace": trace,
        }
        if errors:
            body["errors"] = {field: _in_language(found) for field, found in errors.items()}
        body |= {name: _in_language(found) for name, found in members.items() if name not in body}
        response = jsonify(body)
        response.mimetype = "application/problem+json"
    else:
        template = "fragments/error.html" if request.headers.get("HX-Request") else "error.html"
        # The same request may succeed later only where it was we who failed, and is sent again only where it reads.
        again = request.full_path.rstrip("?") if status >= _OURS and request.method == "GET" else None
        response = make_response(
            render_template(template, status=status, sentence=sentence, trace=trace, again=again)
        )
    response.status_code = status.value
    return response


def _in_language(found: object) -> object:
    """What a field's errors say in the reader's language, however a schema has nested them."""
    if isinstance(found, Sentence):
        return found.in_language(language())
    if isinstance(found, list):
        return [_in_language(each) for each in found]
    if isinstance(found, dict):
        return {str(part): _in_language(each) for part, each in found.items()}
    return found
