"""Languages: the present one, catalogues, negotiation, the pseudo-locale."""

import asyncio
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.web import i18n
from awards.web.i18n import _, ngettext

PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgid "Save"
msgstr "Сохранить"

msgid "%(num)d day"
msgid_plural "%(num)d days"
msgstr[0] "%(num)d день"
msgstr[1] "%(num)d дня"
msgstr[2] "%(num)d дней"
"""  # one line in the format


@pytest.fixture
def russian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "awards.po").write_text(PO, encoding="utf-8")
    loaded = i18n.catalogue("ru", tmp_path)
    plain = i18n.catalogue
    monkeypatch.setattr(i18n, "catalogue", lambda lang: loaded if lang == "ru" else plain(lang))
    return tmp_path


def test_a_catalogue_is_compiled_when_it_is_loaded(russian):
    assert i18n.available(folder=russian) == ("en", "ru")
    with i18n.use("ru"):
        assert _("Save") == "Сохранить"
        assert _("Not translated") == "Not translated"
        assert [ngettext("%(num)d day", "%(num)d days", n) for n in (1, 2, 5)] == [
            "1 день",
            "2 дня",
            "5 дней",
        ]
    assert _("Save") == "Save"


def test_an_empty_text_is_not_the_catalogue_header(russian):
    with i18n.use("ru"):
        assert _("") == ""


def test_a_lazy_text_is_looked_up_when_it_is_shown(russian):
    text = i18n.lazy("Save")
    assert str(text) == "Save"
    with i18n.use("ru"):
        assert f"{text}" == "Сохранить"
    assert text == i18n.lazy("Save")
    assert hash(text) == hash(i18n.lazy("Save"))
    assert i18n.lazy("%(n)s left") % {"n": 3} == "3 left"


async def test_each_task_has_its_own_language(russian):
    async def say(lang: str) -> str:
        with i18n.use(lang):
            await asyncio.sleep(0)
            return _("Save")

    assert await asyncio.gather(say("ru"), say("en"), say("ru")) == ["Сохранить", "Save", "Сохранить"]


def test_values_are_filled_in_only_where_there_are_any():
    assert _("100 % of %(what)s") == "100 % of %(what)s"
    assert _("%(n)s of 100 %%", n=7) == "7 of 100 %"


LANGUAGES = ("en", "ar", "fr", "pt-BR", "zh", i18n.PSEUDO)


@pytest.mark.parametrize(
    ("accept", "chosen", "lang"),
    [
        ("", None, "en"),
        ("fr", None, "fr"),
        ("fr-CA,en;q=0.5", None, "fr"),
        ("en;q=0.3, ar;q=0.9", None, "ar"),
        ("pt-BR", None, "pt-BR"),
        ("ko, zh;q=0.1", None, "zh"),
        ("fr;q=0, ar;q=0.1", None, "ar"),
        ("fr", "ar", "ar"),
        ("fr", "xx", "fr"),
        ("*", None, "en"),
        ("qps", None, "en"),
        ("fr", "qps", "qps"),
        ("fr;q=bad, ar", None, "ar"),
        (";;;,,,=", None, "en"),
    ],
)
def test_negotiation(accept, chosen, lang):
    assert i18n.negotiate(accept, chosen, LANGUAGES) == lang


@given(st.text())
def test_negotiation_takes_any_header(accept):
    assert i18n.negotiate(accept, None, LANGUAGES) in LANGUAGES


def test_directions_and_names():
    assert [i18n.dir_of(lang) for lang in ("en", "ar", "he", "fa", "ko", "qps", "nonsense")] == [
        "ltr", "rtl", "rtl", "rtl", "ltr", "rtl", "ltr"
    ]  # fmt: skip
    assert [i18n.name_of(lang) for lang in ("en", "fr", "ar", "ko")] == [
        "English",
        "Français",
        "العربية",
        "한국어",
    ]


def test_the_pseudo_locale_is_for_those_who_turned_it_on():
    assert i18n.PSEUDO not in i18n.available()
    assert i18n.PSEUDO in i18n.available(pseudo=True)
    with i18n.use(i18n.PSEUDO):
        assert _("Save") == "[Šávé]"
        assert _("Saved %(when)s", when="now").startswith("[Šávéď now")
        assert ngettext("%(num)d day", "%(num)d days", 2).startswith("[2 ďáýš")


@given(
    st.text(alphabet=st.characters(categories=["L", "N", "P", "Z"], exclude_characters="%{}<>&"), min_size=20)
)
def test_pseudo_texts_are_two_fifths_longer(text):
    assert len(i18n.pseudo(text)) >= len(text.rstrip()) * 1.35


@pytest.mark.parametrize(
    "text",
    [
        "%(name)s has %(num)d of {n} <b>entries</b>",
        "100 %% &amp; %s",
        'See <a href="/help">help</a> at https://x.example/a',
    ],
)
def test_pseudo_texts_keep_what_a_machine_reads(text):
    kept = re.compile(r"%\(\w+\)[sd]|%%|%s|\{\w+\}|<[^>]+>|&\w+;|https?://\S+")
    assert kept.findall(i18n.pseudo(text)) == kept.findall(text)


def test_pseudo_texts_leave_what_has_no_letters():
    assert i18n.pseudo("%(day)s") == "%(day)s"
    assert i18n.pseudo("") == ""
