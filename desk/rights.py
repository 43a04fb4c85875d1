"""What search may show a person, said to the archive.

The archive takes hiding more widely than search can: it knows the other numbers of a sealed
patient and the held documents that may be theirs.
"""

from __future__ import annotations

from archive.rights import Rights
from search.access import Access


def rights_of(access: Access) -> Rights:
    """Return ``access`` as conditions on documents take it."""
    return Rights(
        batches=access.batches,
        mrns=access.mrns,
        hidden_mrns=access.hidden_mrns,
        hidden_types=access.hidden_types,
    )
