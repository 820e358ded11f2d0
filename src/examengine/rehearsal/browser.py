"""A browser of sorts: cookies, links, forms as they stand on the page, and nothing else.

A rehearsal fills in the forms that people see, so a page that lost a field, a token or a link
breaks the rehearsal too.
"""

import http.client
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

TIMEOUT = 60.0
MOST_REDIRECTS = 5


class Unexpected(Exception):
    """A page was not what a person would need to go on; the text says which page and why."""


class NoAnswer(Unexpected):
    """No answer came in time."""


@dataclass
class HtmlForm:
    """A form of a page, with the values it would send as it stands."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    multipart: bool = False


@dataclass(frozen=True, slots=True)
class PageReply:
    """What came back."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


class Browser:
    """One person's browser, on one connection that it opens again when it was closed."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url
        self._netloc = urlsplit(base_url).netloc
        self._cookies: dict[str, str] = {}
        self._connection: http.client.HTTPConnection | None = None

    def get(self, address: str, *, accept: str = "text/html") -> PageReply:
        """Follow a link."""
        return self._follow("GET", address, None, {"accept": accept})

    def submit(
        self, page: PageReply, action: str, values: Mapping[str, Any] | None = None
    ) -> PageReply:
        """Fill in the form of `page` whose action ends with `action`, and send it.

        Args:
            page: The page the form stands on.
            action: How the form's action ends, query left out.
            values: What is typed; a list sends a field several times, bytes make an upload.

        Raises:
            Unexpected: The page has no such form, or the answer is a refusal.
        """
        form = self.form(page, action)
        typed = dict(values or {})
        kept = [(name, value) for name, value in form.fields if name not in typed]
        sent: list[tuple[str, Any]] = [*kept, *_flat(typed)]
        target = urljoin(page.url, form.action)
        if form.method == "get":
            return self.get(f"{target}?{urlencode(sent)}")
        headers, body = _multipart(sent) if form.multipart else _urlencoded(sent)
        return self._follow("POST", target, body, headers)

    def send_json(self, address: str, value: Any, csrf: str) -> PageReply:
        """Send what a script of the page would send."""
        headers = {
            "content-type": "application/json",
            "accept": "application/json",
            "x-csrf-token": csrf,
        }
        return self._request("POST", address, json.dumps(value).encode(), headers)

    def form(self, page: PageReply, action: str) -> HtmlForm:
        """Return the form of `page` whose action ends with `action`.

        Raises:
            Unexpected: There is none.
        """
        for form in forms_of(page.text):
            if (form.action or page.url).partition("?")[0].endswith(action):
                return form
        raise Unexpected(f"{page.url} has no form for {action} (status {page.status})")

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def _follow(
        self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]
    ) -> PageReply:
        answer = self._request(method, address, body, {"accept": "text/html", **headers})
        for _ in range(MOST_REDIRECTS):
            if answer.status != 303:
                break
            target = urljoin(answer.url, answer.headers["location"])
            answer = self._request("GET", target, None, {"accept": "text/html"})
        if answer.status >= 400:
            heading = answer.text.partition("<h1>")[2].partition("</h1>")[0]
            raise Unexpected(f"{method} {address}: {answer.status} {heading or answer.text[:200]}")
        return answer

    def _request(
        self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]
    ) -> PageReply:
        url = urljoin(self._base, address)
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        sent = dict(headers)
        if self._cookies:
            sent["cookie"] = "; ".join(f"{k}={v}" for k, v in self._cookies.items())
        response = self._exchange(method, path, body, sent)
        content = response.read()
        for value in response.headers.get_all("set-cookie") or []:
            for name, morsel in SimpleCookie(value).items():
                self._cookies[name] = morsel.value
        received = {name.lower(): value for name, value in response.headers.items()}
        return PageReply(response.status, url, received, content)

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        """Send on the open connection; once on a new one when the server had closed it.

        Raises:
            NoAnswer: None came in time; the next request begins on a new connection.
        """
        for fresh in (False, True):
            if fresh or self._connection is None:
                self.close()
                self._connection = http.client.HTTPConnection(self._netloc, timeout=TIMEOUT)
            try:
                self._connection.request(method, path, body=body, headers=dict(headers))
                return self._connection.getresponse()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                if fresh:
                    raise
            except TimeoutError as error:
                self.close()
                raise NoAnswer(f"{method} {path}: no answer in {TIMEOUT:.0f} s") from error
        raise AssertionError("unreachable")


def forms_of(html: str) -> list[HtmlForm]:
    """Return the forms of a page in their order, with what they would send as they stand."""
    reader = _FormReader()
    reader.feed(html)
    return reader.forms


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[HtmlForm] = []
        self._open: HtmlForm | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            multipart = given.get("enctype") == "multipart/form-data"
            method = given.get("method", "get").lower()
            self._open = HtmlForm(given.get("action", ""), method, multipart=multipart)
            self.forms.append(self._open)
        elif self._open is not None:
            self._read_control(self._open, tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None

    def _read_control(self, form: HtmlForm, tag: str, given: Mapping[str, str]) -> None:
        if tag == "select":
            self._select = given.get("name")
        elif tag == "option" and self._select and "selected" in given:
            form.fields.append((self._select, given.get("value", "")))
        elif tag == "input" and given.get("name") and _sends(given):
            form.fields.append((given["name"], given.get("value", "on")))


def _sends(control: Mapping[str, str]) -> bool:
    kind = control.get("type", "text")
    if kind in {"radio", "checkbox"}:
        return "checked" in control
    return kind not in {"submit", "button", "file", "image"}


def _flat(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [
        (name, single)
        for name, value in values.items()
        for single in (value if isinstance(value, list | tuple) else [value])
    ]


def _urlencoded(sent: Sequence[tuple[str, Any]]) -> tuple[dict[str, str], bytes]:
    return {"content-type": "application/x-www-form-urlencoded"}, urlencode(sent).encode()


def _multipart(sent: Sequence[tuple[str, Any]]) -> tuple[dict[str, str], bytes]:
    boundary = secrets.token_hex(16)
    parts = []
    for name, value in sent:
        is_file = isinstance(value, bytes)
        head = f'content-disposition: form-data; name="{name}"'
        head += f'; filename="{name}.csv"\r\ncontent-type: text/csv' if is_file else ""
        data = value if is_file else str(value).encode()
        parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + data + b"\r\n")
    body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
    return {"content-type": f"multipart/form-data; boundary={boundary}"}, body
