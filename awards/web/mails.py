"""A mail's text on a page, as its reader gets it: in the reader's language, with whole addresses."""

from collections.abc import Mapping

from msgspec import Struct

from awards.web import i18n
from awards.web.site import Site


class MailText(Struct, frozen=True):
    lang: str
    subject: str
    text: str


def mail_text(site: Site, template: str, lang: str, values: Mapping[str, str]) -> MailText:
    """From the same template as the mail itself; `values` are those that would be queued."""
    lang = i18n.negotiate("", lang, site.languages)
    absolute = {
        name: site.settings.base_url + value if value.startswith("/") and name.endswith("link") else value
        for name, value in values.items()
    }

    def drawn(part: str) -> str:
        with i18n.use(lang):
            return site.templates.get_template(f"mail/{template}/{part}").render(
                mail=absolute,
                programme_name=site.masthead.name,
                contact_email=site.masthead.contact,
                lang=lang,
                dir=i18n.dir_of(lang),
            )

    return MailText(lang, " ".join(drawn("subject.txt").split()), drawn("body.txt").strip())
