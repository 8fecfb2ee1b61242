"""A client that behaves like a person with a browser and lints every page that it fetches.

    client = Client(app, "https://awards.example")
    page = await client.get("/sign-in")
    page = await client.submit("Sign in", email="a@b.example", password="…")
    page = await client.click("Entries")

A page with a fault raises AssertionError that lists every fault, with the path.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import httpx

from tests.lint import classes, elements, faults_of, first, parse, words

# What a file in a form is: name, content, media type.
Upload = tuple[str, bytes, str]
Value = str | Sequence[str] | Upload | Sequence[Upload]

# Every path that was ever fetched with GET, for tests over the whole route table.
FETCHED: set[str] = set()

_sound: dict[str, Element] = {}


# --- pages ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """An answer. For HTML `root` is its parsed and linted document."""

    response: httpx.Response
    root: Element | None = None

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def path(self) -> str:
        return self.response.request.url.raw_path.decode("ascii")

    @property
    def html(self) -> str:
        return self.response.text

    @property
    def location(self) -> str:
        return str(self.response.headers.get("location", ""))

    def json(self) -> Any:
        return self.response.json()

    @property
    def document(self) -> Element:
        assert self.root is not None, (
            f"{self.path} is no HTML page: {self.response.headers.get('content-type')}"
        )
        return self.root

    @property
    def main(self) -> Element:
        found = first(self.document, "main")
        assert found is not None
        return found

    @property
    def title(self) -> str:
        return words(first(self.document, "title"))

    @property
    def h1(self) -> str:
        return words(first(self.document, "h1"))

    @property
    def text(self) -> str:
        """All words of the page, white space made one."""
        return words(first(self.document, "body"))

    @property
    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        summary = first(self.document, "div", cls="error-summary")
        return [words(item) for item in elements(summary, "li")] if summary is not None else []

    @property
    def flash(self) -> str:
        return words(first(self.document, "div", cls="flash"))

    @property
    def links(self) -> list[tuple[str, str]]:
        return [(words(a), a.get("href", "")) for a in elements(self.document, "a")]

    @property
    def tags(self) -> list[str]:
        return [words(e) for e in elements(self.document, "span") if "tag" in classes(e)]

    def by_id(self, name: str) -> Element:
        return next(e for e in elements(self.document) if e.get("id") == name)

    def table(self, caption: str) -> list[list[str]]:
        """The rows of the table whose caption begins so, as words, head first."""
        for table in elements(self.document, "table"):
            if words(first(table, "caption")).startswith(caption):
                return [[words(c) for c in elements(r, "th", "td")] for r in elements(table, "tr")]
        known = [words(first(t, "caption")) for t in elements(self.document, "table")]
        raise AssertionError(f"{self.path}: no table {caption!r}; there are {known}")

    def form(self, wanted: str = "") -> tuple[Element, Element | None]:
        """The form and the button that sends it. `wanted`: "#id", an action, or words of a button.

        Without it the only form in <main>.
        """
        forms = list(elements(self.document, "form"))
        if not wanted:
            inside = list(elements(self.main, "form"))
            assert len(inside) == 1, (
                f"{self.path}: {len(inside)} forms in <main>, say which: {_named(inside)}"
            )
            return inside[0], None
        for form in forms:
            if wanted in (f"#{form.get('id')}", form.get("action")):
                return form, None
        found = [(f, b) for f in forms for b in elements(f, "button") if words(b) == wanted]
        found = found or [(f, b) for f in forms for b in elements(f, "button") if words(b).startswith(wanted)]
        assert found, f"{self.path}: no form {wanted!r}; there are {_named(forms)}"
        assert len(found) == 1, f"{self.path}: {len(found)} forms have a button {wanted!r}"
        return found[0]


def _named(forms: Sequence[Element]) -> list[str]:
    return [f"{f.get('action')} [{', '.join(words(b) for b in elements(f, 'button'))}]" for f in forms]


def _filled(form: Element, button: Element | None, given: Mapping[str, Value]) -> list[tuple[str, Value]]:
    """What a browser would send for the form as it stands, with some fields changed by a person."""
    sent: list[tuple[str, Value]] = []
    left = dict(given)
    seen: set[str] = set()

    def wanted(name: str, options: Sequence[str], many: bool) -> list[str]:
        value = given[name]
        chosen = [value] if isinstance(value, str) else [str(v) for v in value]
        assert many or len(chosen) <= 1, f"field {name!r} takes one value"
        for one in chosen:
            assert one in options or not one, f"field {name!r} does not offer {one!r}, only {list(options)}"
        return [one for one in chosen if one]

    for control in elements(form, "input", "select", "textarea"):
        name, kind = control.get("name"), control.get("type", "text")
        if not name or control.get("disabled") is not None or kind in ("submit", "button", "reset", "image"):
            continue
        if control.tag == "input" and kind in ("checkbox", "radio"):
            if name in seen:
                continue
            seen.add(name)
            group = [c for c in elements(form, "input") if c.get("name") == name and c.get("type") == kind]
            options = [c.get("value", "on") for c in group]
            if name in left:
                chosen = wanted(name, options, kind == "checkbox")
            else:
                chosen = [c.get("value", "on") for c in group if c.get("checked") is not None]
            sent += [(name, one) for one in chosen]
        elif control.tag == "select":
            entries = list(elements(control, "option"))
            options = [o.get("value", words(o)) for o in entries]
            if name in left:
                chosen = wanted(name, options, control.get("multiple") is not None) or [""]
            else:
                chosen = [o.get("value", words(o)) for o in entries if o.get("selected") is not None]
                if not chosen and options and control.get("multiple") is None:
                    chosen = options[:1]
            sent += [(name, one) for one in chosen]
        elif kind == "file" and control.tag == "input":
            if name in left:
                sent.append((name, given[name]))
        elif control.tag == "textarea":
            # A browser sends line ends as CRLF.
            text = given.get(name, (control.text or "").removeprefix("\n"))
            sent.append((name, re.sub(r"\r?\n", "\r\n", str(text))))
        else:
            sent.append((name, str(given.get(name, control.get("value", "")))))
        left.pop(name, None)
    assert not left, f"the form {form.get('action')!r} has no field {sorted(left)}"
    if button is not None and button.get("name"):
        sent.append((button.get("name", ""), button.get("value", "")))
    return sent


# --- the client ----------------------------------------------------------------------------------------


@dataclass
class Client:
    """One person's browser: own cookies, the page that is open, and a record of what was fetched."""

    app: Any
    base_url: str = "http://127.0.0.1:8000"
    headers: Mapping[str, str] = field(default_factory=dict)
    linting: bool = True
    page: Page | None = None

    def __post_init__(self) -> None:
        # The address is the first hop's: the service logs it and counts failures by it.
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app, client=("127.0.0.1", 50000)),
            base_url=self.base_url,
            headers={
                "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
                "Accept-Encoding": "identity",
                **self.headers,
            },
            follow_redirects=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.http.aclose()

    def another(self) -> "Client":
        """Another person's browser on the same service."""
        return Client(self.app, self.base_url, self.headers, self.linting)

    async def get(self, path: str, *, status: int | None = 200, follow: bool = True, **options: Any) -> Page:
        FETCHED.add(urlsplit(path).path)
        return await self._ask("GET", path, status, follow, options)

    async def post(
        self, path: str, data: Mapping[str, Any] | None = None, *, status: int | None = None,
        follow: bool = True, **options: Any,
    ) -> Page:  # fmt: skip
        """A raw POST with the headers that a browser adds, without the page's form and its CSRF token."""
        if data is not None:
            options["data"] = data
        options["headers"] = {**_OWN_ORIGIN, "Origin": self.base_url, **options.get("headers", {})}
        return await self._ask("POST", path, status, follow, options)

    async def submit(
        self, form: str = "", fields: Mapping[str, Value] | None = None, *, status: int | None = None,
        follow: bool = True, **more: Value,
    ) -> Page:  # fmt: skip
        """Fill the open page's form and send it as it stands, hidden fields and CSRF token included."""
        assert self.page is not None, "open a page first"
        element, button = self.page.form(form)
        if button is None:
            button = next(
                (b for b in elements(element, "button") if b.get("type", "submit") == "submit"), None
            )
        sent = _filled(element, button, {**(fields or {}), **more})
        leads = None if button is None else button.get("formaction")
        action = urljoin(self.page.path, leads or element.get("action", ""))
        if element.get("method", "get").lower() == "get":
            return await self.get(action, status=status, follow=follow, params=sent)
        if element.get("enctype") == "multipart/form-data":
            return await self.post(action, status=status, follow=follow, files=_parts(sent))
        data: dict[str, list[str]] = {}
        for name, value in sent:
            data.setdefault(name, []).append(str(value))
        return await self.post(action, data, status=status, follow=follow)

    async def click(self, text: str, *, status: int | None = 200) -> Page:
        """Follow the link of the open page whose words are, or begin with, these."""
        assert self.page is not None, "open a page first"
        links = self.page.links
        found = [h for t, h in links if t == text] or [h for t, h in links if t.startswith(text)]
        assert found, f"{self.page.path}: no link {text!r}; there are {[t for t, _h in links]}"
        assert len(set(found)) == 1, (
            f"{self.page.path}: {text!r} leads to several addresses: {sorted(set(found))}"
        )
        return await self.get(urljoin(self.page.path, found[0]).partition("#")[0], status=status)

    async def follow(self, *, status: int | None = 200) -> Page:
        """Go where the last answer sent us."""
        assert self.page is not None
        assert self.page.location, f"{self.page.path} answered {self.page.status} and leads nowhere"
        return await self.get(_inside(self.page.location, self.base_url), status=status)

    async def _ask(
        self, method: str, path: str, status: int | None, follow: bool, options: dict[str, Any]
    ) -> Page:
        response = await self.http.request(method, path, **options)
        for _hop in range(10):
            if not (follow and response.is_redirect):
                break
            path = _inside(urljoin(path, response.headers["location"]), self.base_url)
            FETCHED.add(urlsplit(path).path)
            # 307 and 308 would repeat the act; the service only sends people on to read.
            assert response.status_code in (301, 302, 303), f"{path}: redirected with {response.status_code}"
            response = await self.http.get(path)
        root = None
        if response.headers.get("content-type", "").startswith("text/html") and response.content:
            root = checked(response.text, f"{method} {path} ({response.status_code})", self.linting)
        self.page = Page(response, root)
        if status is not None and response.status_code != status:
            raise AssertionError(
                f"{method} {path}: {response.status_code} instead of {status}: {_gist(self.page)}"
            )
        return self.page


_OWN_ORIGIN = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}


def checked(html: str, where: str, linting: bool = True) -> Element:
    """The parsed page, after the linter. A page seen before is not linted again."""
    digest = hashlib.sha256(html.encode()).hexdigest()
    if digest not in _sound:
        root, syntax = parse(html)
        if linting and (faults := faults_of(html, root, syntax)):
            raise AssertionError(f"{where}: {len(faults)} faults\n  " + "\n  ".join(faults))
        _sound[digest] = root
        if len(_sound) > 200:
            _sound.pop(next(iter(_sound)))
    return _sound[digest]


def _inside(address: str, base_url: str) -> str:
    """A redirect as a path; it must stay on the service."""
    parts = urlsplit(address)
    assert not parts.netloc or address.startswith(base_url), f"sent away to {address}"
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _parts(sent: Sequence[tuple[str, Value]]) -> list[tuple[str, Any]]:
    parts: list[tuple[str, Any]] = []
    for name, value in sent:
        if isinstance(value, str):
            parts.append((name, (None, value)))
        elif isinstance(value, tuple) and len(value) == 3 and isinstance(value[1], bytes):
            parts.append((name, value))
        else:
            parts += [(name, one) for one in value]
    return parts


def _gist(page: Page) -> str:
    if page.root is None:
        return page.html[:300]
    return "; ".join(filter(None, [page.title, *page.errors, page.flash]))
