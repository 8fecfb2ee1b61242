"""Everything that can happen to the data, by name. A closed list: what is not here cannot be recorded."""

from enum import StrEnum


class Action(StrEnum):
    # accounts
    SIGNED_UP = "signed up"
    ADDRESS_CONFIRMED = "address confirmed"
    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    SIGN_IN_REFUSED = "sign-in refused"
    RESET_ASKED = "password reset asked"
    PASSWORD_CHANGED = "password changed"
    SESSION_ENDED = "session ended"
    IDENTITY_PROVED = "identity proved again"
    PERSON_CHANGED = "person changed"
    ROLE_GRANTED = "role granted"
    ROLE_ENDED = "role ended"
    # cities
    ENTRANT_PROPOSED = "entrant proposed"
    ENTRANT_APPROVED = "entrant approved"
    ENTRANT_DECLINED = "entrant declined"
    ENTRANT_CHANGED = "entrant changed"
    OFFICIAL_ASKED = "official asked"
    OFFICIAL_APPROVED = "official approved"
    OFFICIAL_INVITED = "official invited"
    OFFICIAL_JOINED = "official joined"
    OFFICIAL_ENDED = "official ended"
    MEMBERSHIP_CHANGED = "membership changed"
    ENTRANTS_LINKED = "entrants linked"
    # editions
    EDITION_LOADED = "edition loaded"
    EDITION_CHANGED = "edition changed"
    EDITION_OPENED = "edition opened"
    EDITION_STATE_CHANGED = "edition state changed"
    RULESET_CHANGED = "ruleset changed"
    PAGE_CHANGED = "page changed"
    ROUND_OPENED = "round opened"
    ROUND_CLOSED = "round closed"
    ROUND_DECIDED = "round decided"
    # entries
    ENTRY_STARTED = "entry started"
    ENTRY_SAVED = "entry saved"
    WORKING_TEXT_SAVED = "working text saved"
    FILE_ATTACHED = "file attached"
    FILE_REPLACED = "file replaced"
    FILE_REMOVED = "file removed"
    FILE_DESCRIBED = "file described"
    FILE_MOVED = "file moved"
    ENTRY_SUBMITTED = "entry submitted"
    ENTRY_WITHDRAWN = "entry withdrawn"
    ENTRY_LATE = "entry refused as late"
    DEADLINE_MOVED = "deadline moved for all"
    EXTENSION_GIVEN = "extension given"
    EXTENSION_ENDED = "extension ended"
    HELP_ASKED = "help with a draft asked"
    HELP_ENDED = "help with a draft ended"
    ENTRY_ELIGIBLE = "entry eligible"
    ENTRY_INELIGIBLE = "entry ineligible"
    ENTRY_SCREENED = "entry screened"
    EXCLUSION_ASKED = "exclusion of an entry asked"
    EXCLUSION_ENDED = "exclusion of an entry sent back"
    CITY_ASKED = "city asked about its entry"
    CITY_ANSWERED = "city answered about its entry"
    ENQUIRY_ENDED = "question to a city ended"
    ENTRY_APPEALED = "entry appealed"
    CITY_APPROVED = "entry approved by its city"
    CITY_DECLINED = "entry declined by its city"
    EXEMPTION_GRANTED = "exception granted"
    EXEMPTION_ENDED = "exception ended"
    ENTRY_REDACTED = "entry redacted for blind rounds"
    ENTRY_IN_ROUND = "entry put into a round"
    # panels
    JUDGE_CHANGED = "judge changed"
    JUDGE_INVITED = "judge invited"
    SEAT_ACCEPTED = "seat accepted"
    SEAT_DECLINED = "seat declined"
    SEAT_ENDED = "seat ended"
    SEAT_EXTENDED = "seat given more time"
    TERMS_ACCEPTED = "terms accepted"
    CONFLICT_DECLARED = "conflict declared"
    CONFLICT_RECORDED = "conflict recorded"
    CONFLICT_WITHDRAWN = "conflict withdrawn"
    CONFLICT_OVERRIDDEN = "conflict overridden"
    OVERRIDE_ENDED = "conflict no longer overridden"
    CONFLICTS_SETTLED = "conflicts settled"
    OBJECTION_MADE = "objection to a judge"
    OBJECTION_WITHDRAWN = "objection withdrawn"
    OBJECTION_DECIDED = "objection decided"
    SUPPLIER_CHANGED = "supplier changed"
    JUDGE_NOMINATED = "judge nominated"
    NOMINATION_DECIDED = "nomination decided"
    NOMINATION_ANSWERED = "nomination answered"
    ASSIGNMENT_PROPOSED = "assignment proposed"
    ASSIGNMENT_APPLIED = "assignment applied"
    ASSIGNMENT_UNDONE = "assignment undone"
    ASSIGNMENT_CHANGED = "assignment changed"
    RECUSED = "recused"
    # scoresheets
    SHEET_OPENED = "sheet opened"
    SHEET_SAVED = "sheet saved"
    SHEET_KEYED = "paper sheet keyed in"
    KEYING_REFUSED = "keyed sheet said to be wrong"
    SHEET_SIGNED = "sheet signed off"
    SHEET_REOPENED = "sheet reopened"
    SHEET_SET_ASIDE = "sheet set aside"
    SHEET_RESTORED = "sheet restored"
    LATE_HELD = "late marks held"
    LATE_ACCEPTED = "late marks accepted"
    LATE_REFUSED = "late marks refused"
    JUDGES_REMINDED = "judges reminded"
    # results
    RUN_ASKED = "run asked"
    RUN_STORED = "run stored"
    RUN_ADOPTED = "run adopted"
    RUN_DROPPED = "run dropped"
    READS_ASKED = "further reads asked"
    READ_UNDONE = "further read taken back"
    GAP_EXPLAINED = "missing sheets explained"
    ITEM_WAIVED = "let pass at the gate"
    WAIVER_ENDED = "no longer let pass at the gate"
    DELIBERATION_OPENED = "deliberation opened"
    DELIBERATION_ACT = "deliberation: put on record"
    DELIBERATION_RENEWED = "deliberation taken up again"
    DELIBERATION_CONCLUDED = "deliberation concluded"
    ENTRIES_ADVANCED = "entries let go on to the next round"
    PRIZE_DECIDED = "prize decided"
    # publication
    APPROVAL_ASKED = "approval asked"
    APPROVAL_ENDED = "approval ended"
    PUBLISHED = "publication signed"
    PUBLICATION_WITHDRAWN = "publication withdrawn"
    ENTRANTS_TOLD = "entrants told of a publication"
    EDITION_HALTED = "edition stopped"
    HALT_ENDED = "edition let go on"
    ARCHIVE_LOADED = "archive loaded"
    NOTE_REVIEWED = "words to a city reviewed"
    FEEDBACK_MADE = "feedback made"
    CERTIFICATES_MADE = "certificates made"
    # messages
    MESSAGE_TEMPLATE_CHANGED = "message template changed"
    MAILING_SENT = "message sent to a group"
    MAILING_STOPPED = "message to a group stopped"
    # heads of this trail, held outside
    HEAD_KEPT = "head of the day kept"
    HOLDER_NAMED = "holder of heads named"
    HOLDER_CONFIRMED = "holder of heads said yes"
    HOLDER_ENDED = "holder of heads ended"
    # exchange and operations
    FOLDER_IMPORTED = "folder imported"
    DEMO_LOADED = "demonstration loaded"
    JOB_ASKED = "job asked"
    JOB_CANCELLED = "job cancelled"
    MAIL_RETRIED = "mail retried"
    DATA_RESTORED = "data restored"


# What changes a page that anybody can read: the kept bytes of public pages are dropped after one of these.
PUBLIC_ACTIONS = frozenset(
    {
        Action.EDITION_LOADED,
        Action.EDITION_CHANGED,
        Action.EDITION_OPENED,
        Action.EDITION_STATE_CHANGED,
        Action.RULESET_CHANGED,
        Action.DEADLINE_MOVED,
        Action.PAGE_CHANGED,
        Action.ROUND_OPENED,
        Action.ROUND_CLOSED,
        Action.ROUND_DECIDED,
        Action.JUDGE_CHANGED,
        Action.SEAT_ACCEPTED,
        Action.SEAT_ENDED,
        Action.PUBLISHED,
        Action.PUBLICATION_WITHDRAWN,
        Action.ARCHIVE_LOADED,
        Action.FOLDER_IMPORTED,
        Action.DEMO_LOADED,
        Action.DATA_RESTORED,
        Action.HEAD_KEPT,
    }
)
