"""
What can be done with files. A feature takes one so:

    async with finishing(token=…, owner_id=…, files=site.files, clock=…) as arrived:   # or `taking` for a form
        async with transaction():
            file_id = await steps.keep(arrived, at=now)
            … the row that says what the file is of, `record` …

Who may do it is asked by the feature, before: here an upload is known to its owner only.
"""

from awards.files.services.arriving import finishing, taking
from awards.files.services.checking import check, remove_unknown, try_store
from awards.files.services.copying import handlers, retry_copies
from awards.files.services.sweeping import sweep
from awards.files.services.uploads import append, begin, cancel, state_of

__all__ = [
    "append",
    "begin",
    "cancel",
    "check",
    "finishing",
    "handlers",
    "remove_unknown",
    "retry_copies",
    "state_of",
    "sweep",
    "taking",
    "try_store",
]
