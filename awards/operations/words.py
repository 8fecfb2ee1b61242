"""Names that stand in the rows of the trail, of the mail and of the jobs, as people read them.

A name that is not here is shown as it is stored: rows outlive the code that wrote them.
"""

from collections.abc import Mapping

from awards.audit.actions import Action
from awards.web.i18n import Lazy, lazy

ACTIONS: Mapping[Action, Lazy] = {
    Action.SIGNED_UP: lazy("signed up"),
    Action.ADDRESS_CONFIRMED: lazy("address confirmed"),
    Action.SIGNED_IN: lazy("signed in"),
    Action.SIGNED_OUT: lazy("signed out"),
    Action.SIGN_IN_REFUSED: lazy("sign-in refused"),
    Action.RESET_ASKED: lazy("password reset asked"),
    Action.PASSWORD_CHANGED: lazy("password changed"),
    Action.SESSION_ENDED: lazy("session ended"),
    Action.IDENTITY_PROVED: lazy("identity proved again"),
    Action.PERSON_CHANGED: lazy("person changed"),
    Action.ROLE_GRANTED: lazy("role granted"),
    Action.ROLE_ENDED: lazy("role ended"),
    Action.ENTRANT_PROPOSED: lazy("entrant proposed"),
    Action.ENTRANT_APPROVED: lazy("entrant approved"),
    Action.ENTRANT_DECLINED: lazy("entrant declined"),
    Action.ENTRANT_CHANGED: lazy("entrant changed"),
    Action.OFFICIAL_ASKED: lazy("official asked"),
    Action.OFFICIAL_APPROVED: lazy("official approved"),
    Action.OFFICIAL_INVITED: lazy("official invited"),
    Action.OFFICIAL_JOINED: lazy("official joined"),
    Action.OFFICIAL_ENDED: lazy("official ended"),
    Action.MEMBERSHIP_CHANGED: lazy("membership changed"),
    Action.ENTRANTS_LINKED: lazy("entrants linked"),
    Action.EDITION_LOADED: lazy("edition loaded"),
    Action.EDITION_CHANGED: lazy("edition changed"),
    Action.EDITION_OPENED: lazy("edition opened"),
    Action.EDITION_STATE_CHANGED: lazy("edition state changed"),
    Action.RULESET_CHANGED: lazy("ruleset changed"),
    Action.PAGE_CHANGED: lazy("page changed"),
    Action.ROUND_OPENED: lazy("round opened"),
    Action.ROUND_CLOSED: lazy("round closed"),
    Action.ROUND_DECIDED: lazy("round decided"),
    Action.ENTRY_STARTED: lazy("entry started"),
    Action.ENTRY_SAVED: lazy("entry saved"),
    Action.WORKING_TEXT_SAVED: lazy("draft beside an answer saved"),
    Action.FILE_ATTACHED: lazy("file attached"),
    Action.FILE_REPLACED: lazy("file replaced"),
    Action.FILE_REMOVED: lazy("file removed"),
    Action.FILE_DESCRIBED: lazy("file described"),
    Action.FILE_MOVED: lazy("file moved"),
    Action.ENTRY_SUBMITTED: lazy("entry submitted"),
    Action.ENTRY_WITHDRAWN: lazy("entry withdrawn"),
    Action.ENTRY_LATE: lazy("entry refused as late"),
    Action.DEADLINE_MOVED: lazy("deadline moved for all"),
    Action.EXTENSION_GIVEN: lazy("extension given"),
    Action.EXTENSION_ENDED: lazy("extension ended"),
    Action.HELP_ASKED: lazy("help with a draft asked"),
    Action.HELP_ENDED: lazy("help with a draft ended"),
    Action.ENTRY_ELIGIBLE: lazy("entry eligible"),
    Action.ENTRY_INELIGIBLE: lazy("entry ineligible"),
    Action.ENTRY_SCREENED: lazy("entry screened"),
    Action.EXCLUSION_ASKED: lazy("exclusion of an entry asked"),
    Action.EXCLUSION_ENDED: lazy("exclusion of an entry sent back"),
    Action.CITY_ASKED: lazy("city asked about its entry"),
    Action.CITY_ANSWERED: lazy("city answered about its entry"),
    Action.ENQUIRY_ENDED: lazy("question to a city ended"),
    Action.ENTRY_APPEALED: lazy("entry appealed"),
    Action.CITY_APPROVED: lazy("entry approved by its city"),
    Action.CITY_DECLINED: lazy("entry declined by its city"),
    Action.EXEMPTION_GRANTED: lazy("exception granted"),
    Action.EXEMPTION_ENDED: lazy("exception ended"),
    Action.ENTRY_IN_ROUND: lazy("entry put into a round"),
    Action.JUDGE_CHANGED: lazy("judge changed"),
    Action.JUDGE_INVITED: lazy("judge invited"),
    Action.SEAT_ACCEPTED: lazy("seat accepted"),
    Action.SEAT_DECLINED: lazy("seat declined"),
    Action.SEAT_ENDED: lazy("seat ended"),
    Action.SEAT_EXTENDED: lazy("seat given more time"),
    Action.TERMS_ACCEPTED: lazy("terms accepted"),
    Action.CONFLICT_DECLARED: lazy("conflict declared"),
    Action.CONFLICT_RECORDED: lazy("conflict recorded"),
    Action.CONFLICT_WITHDRAWN: lazy("conflict withdrawn"),
    Action.CONFLICT_OVERRIDDEN: lazy("conflict overridden"),
    Action.OVERRIDE_ENDED: lazy("conflict no longer overridden"),
    Action.CONFLICTS_SETTLED: lazy("conflicts settled"),
    Action.OBJECTION_MADE: lazy("objection to a judge"),
    Action.OBJECTION_WITHDRAWN: lazy("objection withdrawn"),
    Action.OBJECTION_DECIDED: lazy("objection decided"),
    Action.SUPPLIER_CHANGED: lazy("supplier changed"),
    Action.JUDGE_NOMINATED: lazy("judge nominated"),
    Action.NOMINATION_DECIDED: lazy("nomination decided"),
    Action.NOMINATION_ANSWERED: lazy("nomination answered"),
    Action.ASSIGNMENT_PROPOSED: lazy("assignment proposed"),
    Action.ASSIGNMENT_APPLIED: lazy("assignment applied"),
    Action.ASSIGNMENT_UNDONE: lazy("assignment undone"),
    Action.ASSIGNMENT_CHANGED: lazy("assignment changed"),
    Action.RECUSED: lazy("recused"),
    Action.SHEET_OPENED: lazy("sheet opened"),
    Action.SHEET_SAVED: lazy("sheet saved"),
    Action.SHEET_SIGNED: lazy("sheet signed off"),
    Action.SHEET_REOPENED: lazy("sheet reopened"),
    Action.SHEET_SET_ASIDE: lazy("sheet set aside"),
    Action.SHEET_RESTORED: lazy("sheet restored"),
    Action.JUDGES_REMINDED: lazy("judges reminded"),
    Action.RUN_ASKED: lazy("run asked"),
    Action.RUN_STORED: lazy("run stored"),
    Action.RUN_ADOPTED: lazy("run adopted"),
    Action.RUN_DROPPED: lazy("run dropped"),
    Action.READS_ASKED: lazy("further reads asked"),
    Action.READ_UNDONE: lazy("further read taken back"),
    Action.GAP_EXPLAINED: lazy("missing sheets explained"),
    Action.PRIZE_DECIDED: lazy("prize decided"),
    Action.APPROVAL_ASKED: lazy("approval asked"),
    Action.APPROVAL_ENDED: lazy("approval ended"),
    Action.PUBLISHED: lazy("publication signed"),
    Action.PUBLICATION_WITHDRAWN: lazy("publication withdrawn"),
    Action.ARCHIVE_LOADED: lazy("archive loaded"),
    Action.MESSAGE_TEMPLATE_CHANGED: lazy("message template changed"),
    Action.MAILING_SENT: lazy("message sent to a group"),
    Action.MAILING_STOPPED: lazy("message to a group stopped"),
    Action.FOLDER_IMPORTED: lazy("folder imported"),
    Action.DEMO_LOADED: lazy("demonstration loaded"),
    Action.JOB_ASKED: lazy("job asked"),
    Action.JOB_CANCELLED: lazy("job cancelled"),
    Action.MAIL_RETRIED: lazy("mail retried"),
    Action.DATA_RESTORED: lazy("data restored"),
}

# On whose behalf somebody acted.
ROLES: Mapping[str, Lazy] = {
    "admin": lazy("administrator"),
    "auditor": lazy("auditor"),
    "city official": lazy("city official"),
    "judge": lazy("judge"),
    "screener": lazy("screener"),
    "secretariat": lazy("secretariat"),
    "service": lazy("the service"),
}

SUBJECTS: Mapping[str, Lazy] = {
    "answer": lazy("answer %(id)d"),
    "approval": lazy("approval %(id)d"),
    "archive": lazy("archive %(id)d"),
    "assignment": lazy("assignment %(id)d"),
    "conflict": lazy("conflict %(id)d"),
    "edition": lazy("edition %(id)d"),
    "entrant": lazy("entrant %(id)d"),
    "entry": lazy("entry %(id)d"),
    "extension": lazy("extension %(id)d"),
    "job": lazy("job %(id)d"),
    "mailing": lazy("message to a group %(id)d"),
    "membership": lazy("membership %(id)d"),
    "message": lazy("message %(id)d"),
    "message template": lazy("message template %(id)d"),
    "official": lazy("official %(id)d"),
    "person": lazy("person %(id)d"),
    "programme page": lazy("programme page %(id)d"),
    "proposal": lazy("proposal %(id)d"),
    "publication": lazy("publication %(id)d"),
    "role grant": lazy("role grant %(id)d"),
    "round": lazy("round %(id)d"),
    "round entry": lazy("round entry %(id)d"),
    "run": lazy("run %(id)d"),
    "scoresheet": lazy("scoresheet %(id)d"),
    "seat": lazy("seat %(id)d"),
    "session": lazy("session %(id)d"),
    "stored file": lazy("file %(id)d"),
}

MAILS: Mapping[str, Lazy] = {
    "account-exists": lazy("Account exists already"),
    "city-approval-asked": lazy("Approval asked of a city"),
    "city-approval-declined": lazy("City declined an entry on its behalf"),
    "city-approval-given": lazy("City approved an entry on its behalf"),
    "city-approval-recorded": lazy("Approval of a city recorded"),
    "confirm": lazy("Confirm the address"),
    "deadline-extended": lazy("Deadline extended for one"),
    "deadline-moved": lazy("Deadline moved for all"),
    "exemption-ended": lazy("Exception ended"),
    "exemption-granted": lazy("Exception made"),
    "extension-ended": lazy("Extension ended"),
    "help-asked": lazy("Help with a draft asked for"),
    "entrant-approved": lazy("Entrant approved"),
    "entrant-declined": lazy("Entrant declined"),
    "entrant-proposed": lazy("Entrant proposed"),
    "entries-assigned": lazy("Entries to read"),
    "entries-changed": lazy("Other entries to read"),
    "extra-reads": lazy("Further entries to read"),
    "entry-answered": lazy("Answer of a city"),
    "entry-appealed": lazy("Appeal of a city"),
    "appeal-arrived": lazy("Appeal, to the desk"),
    "entry-asked": lazy("Question to a city"),
    "entry-asked-reminder": lazy("Reminder of a question"),
    "entry-decided": lazy("Decision on an entry"),
    "entry-double": lazy("Practice entered twice"),
    "entry-submitted": lazy("Entry submitted"),
    "entry-withdrawn": lazy("Entry withdrawn"),
    "mailing": lazy("Message to a group"),
    "official-approved": lazy("Official approved"),
    "official-asked": lazy("Official asked"),
    "official-declined": lazy("Official declined"),
    "official-invited": lazy("Official invited"),
    "password-changed": lazy("Password changed"),
    "reset": lazy("New password asked for"),
    "role-granted": lazy("Role given"),
    "role-invitation": lazy("Invitation to a role"),
    "ruleset-asked": lazy("Change of the rules asked for"),
    "ruleset-changed": lazy("Rules changed"),
    "ruleset-city": lazy("Rules changed, to a city"),
    "ruleset-declined": lazy("Change of the rules declined"),
    "ruleset-judge": lazy("Rules changed, to a judge"),
    "nomination-accepted": lazy("Nomination accepted"),
    "nomination-asked": lazy("Nominated judge asked"),
    "nomination-declined": lazy("Nomination declined"),
    "seat-extended": lazy("Judge given more time"),
    "seat-invited": lazy("Judge invited"),
    "seat-reminder": lazy("Judge reminded of an invitation"),
    "sheets-reminder": lazy("Reminder of sheets to sign off"),
    "sheet-reopened": lazy("Sheet opened again"),
    "sheet-restored": lazy("Sheet counts again"),
    "sheet-set-aside": lazy("Sheet set aside"),
}

JOBS: Mapping[str, Lazy] = {
    "calibrate": lazy("calibration %(id)d"),
    "copies": lazy("copies of a file %(id)d"),
    "propose": lazy("proposal of an assignment %(id)d"),
    "repair": lazy("offers to repair an assignment %(id)d"),
}


def role(stored: str) -> str:
    return str(ROLES.get(stored, stored))


def action(stored: str) -> str:
    known = next((one for one in ACTIONS if one.value == stored), None)
    return str(ACTIONS[known]) if known else stored


def subject(kind: str, number: int) -> str:
    """The row that an event is about; 0 is no row."""
    return _numbered(SUBJECTS, kind.replace("_", " "), number) if number else kind


def mail(template: str) -> str:
    return str(MAILS.get(template, template.replace("-", " ")))


def job(kind: str, number: int) -> str:
    return _numbered(JOBS, kind, number)


def _numbered(names: Mapping[str, Lazy], kind: str, number: int) -> str:
    return names[kind] % {"id": number} if kind in names else f"{kind} {number}"
