"""How somebody has a page before them, and what may be wrong with it then."""

from dataclasses import dataclass
from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, Page

from awards.web.i18n import PSEUDO, SOURCE
from tests.databases import DRILL, WHOLE

NARROW, WIDE = 320, 1280

# What axe finds, and what stands out at the sides where the page can be pushed sideways. The pseudo-locale is no
# language, and the way to it stands on every page here.
FAULTS = """async hears => {
  const rules = {"valid-lang": {enabled: false}, "html-lang-valid": {enabled: false}};
  const found = hears ? (await axe.run({resultTypes: ["violations"], rules})).violations : [];
  const wide = document.documentElement.scrollWidth > innerWidth;
  const out = [...document.querySelectorAll(wide ? "body *" : ".none")].filter(e => {
    const box = e.getBoundingClientRect();
    return box.right > innerWidth || box.left < 0;
  });
  return [...found.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html}`)),
    ...out.map(e => `too wide: ${e.outerHTML.slice(0, 200)}`)];
}"""


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who `hears` a page has axe ask for all that a screen reader needs."""

    width: int
    scheme: Literal["light", "dark"]
    lang: str
    hears: bool = True
    forced: Literal["active", "none"] = "none"

    def __str__(self) -> str:
        return f"{self.width} px, {self.scheme}, {self.lang}, forced colours {self.forced}"

    async def opened(self, browser: Browser, origin: str, token: str = "") -> Page:
        """A window of their own, signed in where there is a token."""
        context = await browser.new_context(
            viewport={"width": self.width, "height": 900}, color_scheme=self.scheme, forced_colors=self.forced,
            timezone_id="Asia/Kathmandu",
        )  # fmt: skip
        for name, value in (("session", token), ("language", self.lang)):
            if value:
                await context.add_cookies([{"name": name, "value": value, "url": origin}])
        if self.hears:
            await context.add_init_script(AXE_SCRIPT)
        return await context.new_page()

    async def faults(self, page: Page, path: str) -> list[str]:
        return [f"{path} at {self}: {one}" for one in await page.evaluate(FAULTS, self.hears)]


# Components are seen in the dark by themselves, in test_components.py: here night shows what does not fit.
_USUAL = (Eyes(NARROW, "light", SOURCE), Eyes(NARROW, "dark", PSEUDO, hears=False))
_SCHEMES: tuple[tuple[Literal["light", "dark"], Literal["active", "none"]], ...] = (
    ("light", "none"), ("dark", "none"), ("light", "active"),
)  # fmt: skip
_EVERY = tuple(
    Eyes(width, scheme, lang, forced=forced)
    for width in (NARROW, WIDE)
    for scheme, forced in _SCHEMES
    for lang in (SOURCE, PSEUDO)
)
ALL_EYES = _EVERY if DRILL else _USUAL if WHOLE else _USUAL[:1]
