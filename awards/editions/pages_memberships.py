"""An entrant's membership of programmes, as the secretariat sets it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from awards.cities.queries import EntrantRow, entrant_for_desk
from awards.editions.forms_memberships import EndMembership, MemberKind, StartMembership
from awards.editions.queries.memberships import MembershipRow, memberships_of
from awards.editions.services.memberships import end_membership, start_membership
from awards.editions.tables import Programme
from awards.errors import Invalid, NotFound
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import BIGGEST_ID, parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]
