"""Signing up, in and out; the links of mails; a person's own account."""

from litestar.handlers import HTTPRouteHandler

from awards.accounts.pages import account, again, links, signing

ROUTES: list[HTTPRouteHandler] = [*signing.ROUTES, *again.ROUTES, *links.ROUTES, *account.ROUTES]
