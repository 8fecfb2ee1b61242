from awards.invariants.truth import Truth, by_query
from awards.web.i18n import lazy

shown_files_have_their_copies = by_query(
    "shown-files-have-their-copies",
    lazy("A file is said to be ready without a copy for judges, or has copies though it is not ready."),
    """
    SELECT f.id AS stored_file FROM stored_file f
    WHERE (f.state = 'ready') <> EXISTS (SELECT 1 FROM file_copy c WHERE c.file = f.id AND c.kind = 'judge')
       OR (f.state <> 'ready' AND EXISTS (SELECT 1 FROM file_copy c WHERE c.file = f.id))
       OR (f.state = 'failed') <> (f.problem <> '') ORDER BY f.id
    """,
)

pages_are_numbered_without_a_gap = by_query(
    "pages-are-numbered-without-a-gap",
    lazy("The drawn pages of a document are not numbered from one on, or something else has a number."),
    """
    SELECT c.file AS stored_file FROM file_copy c GROUP BY c.file
    HAVING COALESCE(SUM(CASE WHEN c.kind = 'page' THEN 1 ELSE 0 END), 0) <>
           COALESCE(MAX(CASE WHEN c.kind = 'page' THEN c.number END), 0)
       OR SUM(CASE WHEN c.kind = 'page' AND c.number < 1 OR c.kind <> 'page' AND c.number <> 0 THEN 1 ELSE 0 END) <> 0
    ORDER BY c.file
    """,
)

copies_lie_beside_their_file = by_query(
    "copies-lie-beside-their-file",
    lazy(
        "A copy that judges may see lies where the file as it was handed in lies, or another file's copies."
    ),
    """
    SELECT c.id AS file_copy FROM file_copy c JOIN stored_file f ON f.id = c.file
    WHERE c.storage_key NOT LIKE f.storage_key || '._%' ORDER BY c.id
    """,
)

uploads_hold_what_was_announced = by_query(
    "uploads-hold-what-was-announced",
    lazy("An upload has more bytes than were announced, or is not what became of it."),
    """
    SELECT u.id AS upload FROM upload u LEFT JOIN stored_file f ON f.id = u.file
    WHERE u."offset" < 0 OR u."offset" > u.size OR (u.state = 'kept') <> (u.file IS NOT NULL)
       OR (u.state = 'kept' AND (f.storage_key <> u.storage_key OR f.size <> u.size)) ORDER BY u.id
    """,
)

TRUTHS: tuple[Truth, ...] = (
    shown_files_have_their_copies,
    pages_are_numbered_without_a_gap,
    copies_lie_beside_their_file,
    uploads_hold_what_was_announced,
)
