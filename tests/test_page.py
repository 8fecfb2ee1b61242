"""The page client and its linter, on planted faults."""

from urllib.parse import parse_qsl

import pytest

from tests.lint import lint
from tests.page import Client

SOUND = """<!DOCTYPE html>
<html lang="en" dir="ltr">
<head><meta charset="utf-8"><title>Entries – WeGO Awards</title>
<link rel="stylesheet" href="/static/awards.0123abcd.css">
<script type="module" src="/static/words.0123abcd.js"></script></head>
<body class="city"><nav aria-label="Main"><ul><li><a href="/">Home</a></li><li><a href="#list">List</a></li></ul></nav>
<main id="main"><h1>Entries</h1>
<h2 id="list">List</h2>
<div class="scroll" role="region" aria-labelledby="cap" tabindex="0"><table><caption id="cap">Entries</caption>
<thead><tr><th scope="col">City</th><th scope="col">Score</th></tr></thead>
<tbody><tr><th scope="row">Lindmere</th><td>79.4</td></tr></tbody></table></div>
<form action="/entries" method="post"><input type="hidden" name="csrf" value="tok">
<label for="title">Title</label><input id="title" name="title" value="One ticket" aria-describedby="title-hint">
<p id="title-hint">Short</p>
<label for="story">Story</label><textarea id="story" name="story">
Once</textarea>
<label for="lang">Language</label><select id="lang" name="lang"><option value="en">English</option><option value="ko" selected>Korean</option></select>
<fieldset><legend>Kind</legend><label><input type="radio" name="kind" value="a"> A</label>
<label><input type="radio" name="kind" value="b" checked> B</label></fieldset>
<label><input type="checkbox" name="agree" value="1"> I agree</label>
<button>Save it</button> <button name="then" value="next">Save and go on</button></form>
<svg aria-hidden="true"><circle r="4"/></svg>
<p>Closes <time datetime="2027-04-30T12:00:00Z">30 April</time></p>
</main></body></html>"""  # as a browser gets it


def test_a_sound_page_has_no_faults():
    assert lint(SOUND) == []


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("<!DOCTYPE html>\n", "", "DOCTYPE"),
        (' lang="en"', "", "no lang"),
        (' dir="ltr"', "", "no dir"),
        ("</main>", "</main><main></main>", "2 <main>"),
        ("<h1>Entries</h1>", "", "0 <h1>"),
        ("<h1>Entries</h1>", "<h1>Entries</h1><h1>More</h1>", "2 <h1>"),
        ("<h1>Entries</h1>", "<h1>Your entries</h1>", "does not begin with the h1"),
        ("<title>Entries", "<title>Error: Entries", "no error summary"),
        ("<h1>", '<div class="error-summary"><ul></ul></div><h1>', "the form failed"),
        ('<h2 id="list">List</h2>', '<h4 id="list">List</h4>', "a level is left out"),
        ('<p id="title-hint">', '<p id="title">', "id 'title' is used 2 times"),
        ("<main", '<nav aria-label="Main"></nav><main', "2 landmarks of role navigation"),
        (
            '<h2 id="list">List',
            '<section aria-label="Entries"></section><h2 id="list">List',
            "of role region",
        ),
        ('id="title-hint"', 'id="other"', "aria-describedby names 'title-hint'"),
        ('<label for="title">Title</label>', "", "has no label"),
        ('<label for="title">', '<label for="titel">', "a <label> for 'titel'"),
        ('name="story"', "", "has no name"),
        ('name="title"', 'name="title" placeholder="Title"', "placeholder"),
        ("<legend>Kind</legend>", "", "has no legend"),
        ('<caption id="cap">Entries</caption>', '<caption id="cap"></caption>', "without caption"),
        ('<th scope="row">', "<th>", "'Lindmere' without scope"),
        (' tabindex="0"', "", "a scrolling region"),
        (' method="post"', "", "has no method"),
        ('action="/entries"', 'action=""', "no good action"),
        ('<input type="hidden" name="csrf" value="tok">', "", "no CSRF token"),
        ('value="tok"', 'value=""', "no CSRF token"),
        ('method="post"', 'method="get"', "into the address"),
        (
            '<button>Save it</button> <button name="then" value="next">Save and go on</button>',
            "",
            "has no button",
        ),
        ("<button>Save it</button>", "<button></button>", "has no words"),
        ("<button>Save it</button>", "<button>Save</button>", "does not say what it does"),
        ('<input id="title"', '<input type="file" id="title"', "no multipart encoding"),
        ("<p>Closes", '<p style="color: red">Closes', "inline style"),
        ("<p>Closes", '<p onclick="go()">Closes', "inline handler"),
        ("</main>", "<script>go()</script></main>", "inline <script>"),
        ("</head>", "<style>p {}</style></head>", "inline <style>"),
        ("/static/awards.0123abcd.css", "https://cdn.example/a.css", "loads from elsewhere"),
        ("/static/awards.0123abcd.css", "//cdn.example/a.css", "loads from elsewhere"),
        ("/static/awards.0123abcd.css", "/static/awards.css", "without its hash"),
        ('href="/"', 'href="entries"', "begins with a slash"),
        ('href="/"', 'href="/entries/None"', "broken address"),
        ('href="/"', 'href="javascript:go()"', "a link that is none"),
        ('href="#list"', 'href="#nowhere"', "not on the page"),
        (">Home<", "><", "a link without words"),
        ("<svg aria-hidden", "<svg data-hidden", "neither aria-hidden nor named"),
        ("</main>", '<img src="/a.png"></main>', "has no alt"),
        ("2027-04-30T12:00:00Z", "2027-04-30T12:00:00+02:00", "without an instant in UTC"),
        ("79.4", "None", "says 'None'"),
        ("79.4", "%(count)s of 100", "says '%(count)s of 100'"),
        ("<p>Closes", "<p><div>Closes</div>", "HTML: line"),
        ("</h2>", "</h3>", "HTML: line"),
        ("</main>", '<progress max="9" value="5">5</progress></main>', "has no name"),
    ],
)
def test_each_planted_fault_is_found(good: str, bad: str, said: str):
    assert good in SOUND
    assert any(said in fault for fault in lint(SOUND.replace(good, bad, 1))), lint(
        SOUND.replace(good, bad, 1)
    )


class Service:
    """The smallest service that the client can be tried on."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, str]] = []
        self.headers: dict[str, str] = {}

    async def __call__(self, scope, receive, send):
        headers = {k.decode(): v.decode() for k, v in scope["headers"]}
        status, kind, body, more = 200, b"text/html; charset=utf-8", SOUND, []
        if scope["method"] == "POST":
            content = (await receive())["body"]
            self.posted = parse_qsl(content.decode(), keep_blank_values=True)
            self.headers = headers
            status, body, more = (
                303,
                "",
                [(b"location", b"/entries?saved=1"), (b"set-cookie", b"seen=yes; Path=/")],
            )
        elif scope["path"] == "/bad":
            body = SOUND.replace("<h1>", "<h1><b>", 1)
        elif scope["path"] == "/away":
            status, body, more = 303, "", [(b"location", b"https://elsewhere.example/")]
        elif scope["path"] == "/cookies":
            kind, body = b"application/json", f'"{headers.get("cookie", "")}"'
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", kind), *more]}
        )
        await send({"type": "http.response.body", "body": body.encode()})


async def test_submit_sends_what_the_form_holds():
    service = Service()
    async with Client(service) as client:
        await client.get("/entries")
        page = await client.submit("Save and go on", title="Two tickets", agree="1")
    assert page.path == "/entries?saved=1"
    assert service.posted == [
        ("csrf", "tok"), ("title", "Two tickets"), ("story", "Once"), ("lang", "ko"), ("kind", "b"),
        ("agree", "1"), ("then", "next"),
    ]  # fmt: skip
    assert service.headers["origin"] == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"titel": "x"}, "no field"),
        ({"lang": "xx"}, "does not offer"),
        ({"kind": "c"}, "does not offer"),
        ({"kind": ["a", "b"]}, "takes one value"),
    ],
)
async def test_submit_refuses_what_no_browser_could_send(fields, said):
    async with Client(Service()) as client:
        await client.get("/entries")
        with pytest.raises(AssertionError, match=said):
            await client.submit("/entries", fields)


async def test_each_person_has_own_cookies():
    service = Service()
    async with Client(service) as one, one.another() as other:
        await one.get("/entries")
        await one.submit()
        assert (await one.get("/cookies")).json() == "seen=yes"
        assert (await other.get("/cookies")).json() == ""


async def test_faults_wrong_answers_and_ways_out_are_reported():
    async with Client(Service()) as client:
        with pytest.raises(AssertionError, match="GET /bad"):
            await client.get("/bad")
        with pytest.raises(AssertionError, match="200 instead of 404: Entries"):
            await client.get("/entries", status=404)
        with pytest.raises(AssertionError, match="sent away"):
            await client.get("/away")


async def test_a_page_can_be_read():
    async with Client(Service()) as client:
        page = await client.get("/entries")
        assert page.h1 == "Entries"
        assert page.table("Entries") == [["City", "Score"], ["Lindmere", "79.4"]]
        assert page.errors == []
        assert ("Home", "/") in page.links
        assert (await client.click("Home")).path == "/"
        with pytest.raises(AssertionError, match="no link 'Away'"):
            await client.click("Away")
