"""The environment: escaping, strictness, languages, static files."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from awards.web import i18n
from awards.web.templating import STATIC, assets, environment, static_files


def render(tmp_path: Path, source: str, **values: object) -> str:
    return environment(tmp_path).from_string(source).render(**values)


def test_everything_is_escaped(tmp_path):
    assert render(tmp_path, "{{ name }}", name="<b>") == "&lt;b&gt;"
    assert render(tmp_path, '{{ _("Hello %(name)s", name=name) }}', name="<b>") == "Hello &lt;b&gt;"
    assert "<script>" not in render(tmp_path, "{% trans %}Hello {{ name }}{% endtrans %}", name="<script>")


def test_what_is_not_there_is_an_error(tmp_path):
    with pytest.raises(UndefinedError):
        render(tmp_path, "{{ nothing }}")
    with pytest.raises(UndefinedError):
        render(tmp_path, "{% if page.errors %}x{% endif %}", page=object())


def test_texts_are_in_the_language_of_the_task(tmp_path):
    source = '{{ _("Save") }} {{ ngettext("%(num)d day", "%(num)d days", 2) }}'
    assert render(tmp_path, source) == "Save 2 days"
    with i18n.use(i18n.PSEUDO):
        assert render(tmp_path, source).startswith("[Šávé] [2 ďáýš")


def test_a_text_is_remembered_for_each_language_and_escaping(tmp_path):
    environ = environment(tmp_path)
    for name in ("page.html", "mail.txt"):
        (tmp_path / name).write_text('{{ _("100 %% of <it>") }} {{ _("%(name)s", name="<b>") }} {{ _("") }}')
    for _again in range(2):
        assert environ.get_template("page.html").render() == "100 % of <it> &lt;b&gt; "
        assert environ.get_template("mail.txt").render() == "100 % of <it> <b> "
        with i18n.use(i18n.PSEUDO):
            assert environ.get_template("page.html").render().startswith("[100 % óf <it>")


def test_a_macro_is_drawn_once_for_each_value(tmp_path):
    source = """
{%- macro sign(state) %}<i>{{ state }}{{ drawn.append(state) or "" }}</i>{% endmacro -%}
{% set once = sign | once %}{{ once.row(["a", "<b>", "a", ""]) }} {{ once["a"] }}"""
    drawn: list[str] = []
    html = render(tmp_path, source, drawn=drawn)
    assert html == "<i>a</i><i>&lt;b&gt;</i><i>a</i><i></i> <i>a</i>"
    assert drawn == ["a", "<b>", ""]


def test_what_a_row_draws_without_a_macro_is_escaped(tmp_path):
    assert render(tmp_path, '{{ (plain | once).row(["<b>"]) }}', plain=str) == "&lt;b&gt;"


def test_lazy_texts_are_looked_up_and_escaped(tmp_path):
    assert render(tmp_path, "{{ text }}", text=i18n.lazy("Save <all>")) == "Save &lt;all&gt;"
    with i18n.use(i18n.PSEUDO):
        assert render(tmp_path, "{{ text }}", text=i18n.lazy("Save")) == "[Šávé]"


def test_filters_follow_the_language(tmp_path):
    assert render(tmp_path, "{{ 79400000 | score }}") == "79.4"
    with i18n.use("fr"):
        assert render(tmp_path, "{{ 79400000 | score }}") == "79,4"


def test_a_static_name_changes_with_its_content(tmp_path):
    (tmp_path / "page.css").write_text("a {}", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not served", encoding="utf-8")
    assets.cache_clear()
    one = assets(tmp_path).url("page.css")
    (tmp_path / "page.css").write_text("b {}", encoding="utf-8")
    assets.cache_clear()
    other = assets(tmp_path).url("page.css")
    assert one != other
    assert static_files(tmp_path) == {other: (b"b {}", "text/css")}
    with pytest.raises(LookupError, match=r"page\.js"):
        assets(tmp_path).url("page.js")
    assets.cache_clear()


def test_the_shipped_files_are_small_and_of_known_types():
    files = static_files()
    assert {
        assets().url(name)
        for name in ("awards.css", "errors.js", "local-time.js", "words.js", "scale.js", "autosave.js")
    } <= set(files)
    assert all(len(content) < 60_000 for content, _media in files.values())
    assert {path.suffix for path in STATIC.iterdir()} <= {".css", ".js", ".svg"}
