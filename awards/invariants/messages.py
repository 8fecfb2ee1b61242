from awards.invariants.truth import Truth, by_query
from awards.web.i18n import lazy

messages_reach_whom_they_say = by_query(
    "messages-reach-whom-they-say",
    lazy(
        "A message says that it went to more or fewer people than its log names, or to some before it was sent."
    ),
    """
    SELECT g.id AS mailing FROM mailing g
    LEFT JOIN (SELECT mailing, SUM(CASE WHEN left_out = '' THEN 1 ELSE 0 END) AS reached,
                      SUM(CASE WHEN left_out <> '' THEN 1 ELSE 0 END) AS others
               FROM mailing_recipient GROUP BY mailing) x ON x.mailing = g.id
    WHERE g.recipients <> COALESCE(x.reached, 0) OR g.left_out <> COALESCE(x.others, 0)
       OR (g.state = 'sent') <> (g.sent_at IS NOT NULL) OR (g.state <> 'sent' AND g.recipients <> 0) ORDER BY g.id
    """,
)

mails_of_messages_are_their_readers = by_query(
    "mails-of-messages-are-their-readers",
    lazy("The log of a message names a mail of another edition, or one that its reader did not get."),
    """
    SELECT r.id AS mailing_recipient FROM mailing_recipient r JOIN mailing g ON g.id = r.mailing
    JOIN message o ON o.id = r.message
    WHERE o.edition_id <> g.edition OR o.template <> 'mailing' OR r.left_out <> '' ORDER BY r.id
    """,
)

nobody_is_told_early_who_won = by_query(
    "nobody-is-told-early-who-won",
    lazy("A message to winners, or to those who did not win, went out before the results were public."),
    """
    SELECT g.id AS mailing FROM mailing g
    WHERE g.state = 'sent' AND g.group_code IN ('winners', 'without-prize') AND NOT EXISTS
      (SELECT 1 FROM publication p WHERE p.edition = g.edition AND p.visible_at <= g.sent_at
       AND p.kind NOT IN ('finalists', 'names') AND p.withdrawn_at IS NULL)
    ORDER BY g.id
    """,
)

TRUTHS: tuple[Truth, ...] = (
    messages_reach_whom_they_say,
    mails_of_messages_are_their_readers,
    nobody_is_told_early_who_won,
)
