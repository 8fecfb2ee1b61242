"""Every mail of cities and entries can be drawn from the values that its verb gives, in both parts."""

import pytest

from awards import data_dir
from awards.web import i18n, templating

VALUES = {
    "entrant-approved": ("name", "entrant", "link"),
    "entrant-declined": ("name", "entrant", "reason"),
    "entrant-proposed": ("name", "entrant", "country", "by", "link"),
    "official-asked": ("name", "entrant", "country", "by", "link"),
    "official-approved": ("name", "entrant", "link"),
    "official-declined": ("name", "entrant", "reason"),
    "official-invited": ("name", "entrant", "inviter", "link"),
    "entry-submitted": (
        "name",
        "reference",
        "entrant",
        "link",
        "number",
        "by",
        "arrived",
        "arrived_local",
        "sha256",
        "final",
    ),
    "entry-double": ("name", "reference", "entrant", "link", "submitted"),
    "city-approval-asked": (
        "name",
        "entrant",
        "title",
        "city",
        "reference",
        "closes",
        "closes_local",
        "link",
    ),
    "city-approval-given": ("name", "entrant", "title", "city", "reference", "by", "link"),
    "city-approval-declined": ("name", "entrant", "title", "city", "reference", "reason", "link"),
    "city-approval-recorded": ("name", "entrant", "title", "city", "reference", "reason", "link"),
    "exemption-granted": ("name", "entrant", "edition", "rule", "reason", "link"),
    "exemption-ended": ("name", "entrant", "edition", "rule", "link"),
    "entry-withdrawn": ("name", "title", "reference", "entrant", "link", "by"),
    "entry-decided": ("name", "reference", "link"),
    "entry-asked": ("name", "reference", "due", "link"),
    "entry-asked-reminder": ("name", "reference", "due", "link"),
    "entry-answered": ("name", "reference", "link"),
    "entry-appealed": ("name", "reference", "by", "link"),
    "appeal-arrived": ("name", "reference", "edition", "decides", "link"),
}


@pytest.mark.parametrize("template", VALUES)
@pytest.mark.parametrize("lang", ["en", i18n.PSEUDO])
def test_a_mail_is_drawn(template: str, lang: str) -> None:
    environment = templating.environment(data_dir("templates"))
    mail = {name: f"<{name} & 'co'>" for name in VALUES[template]}
    drawn = {}
    with i18n.use(lang):
        for part in ("subject.txt", "body.txt", "body.html"):
            drawn[part] = environment.get_template(f"mail/{template}/{part}").render(
                mail=mail,
                programme_name="WeGO Awards",
                contact_email="awards@example.org",
                lang=lang,
                dir=i18n.dir_of(lang),
            )
    assert len(drawn["subject.txt"].strip().splitlines()) == 1
    for name in {"link", "reason"} & set(mail):
        assert mail[name] in drawn["body.txt"]
        assert mail[name] not in drawn["body.html"], "markup of a value is escaped"
        assert f"&lt;{name} &amp;" in drawn["body.html"]
