"""No misreading may put a page into the wrong chart."""

import random
from collections import Counter

import pytest

from bench.roster import Roster
from indexer.match import file_document
from indexer.model import FilingState
from indexer.separate import assemble
from tests.indexer.composed import Truth, compose, families, indexed, scanned


def filed(seed: int, count: int, rate: float) -> Counter[str]:
    """Compose, misread, assemble without sheets and file; count what became of the documents."""
    chance = random.Random(seed)
    people = families(seed, 40)
    mpi = Roster(people)
    pages, owner = [], {}
    for _ in range(count):
        truth: Truth = compose(chance, chance.choice(people))
        for text in truth.pages:
            page = indexed(text, len(pages) + 1, rate, chance)
            pages.append(page)
            owner[page.frame] = truth.patient.mrn
    by_frame = {page.frame: page for page in pages}
    counts = Counter(composed=count)
    for document in assemble(scanned(pages)):
        found = file_document(document, [by_frame[frame] for frame in document.frames], mpi)
        if found.state is FilingState.FILED:
            counts["filed"] += 1
            counts["wrong"] += any(owner[frame] != found.mrn for frame in document.frames)
    return counts


@pytest.mark.parametrize(
    ("rate", "least"), [(0.0, 0.9), (0.01, 0.65), (0.02, 0.5), (0.04, 0.25), (0.08, 0.08)]
)
def test_families_are_never_mixed_up_and_most_clean_documents_file(
    rate: float, least: float
) -> None:
    counts = filed(seed=17, count=220, rate=rate)
    assert counts["wrong"] == 0
    assert counts["filed"] >= least * counts["composed"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_thousands_of_documents_never_reach_a_wrong_chart(seed: int) -> None:
    for rate in (0.01, 0.03, 0.06):
        counts = filed(seed=1000 + seed, count=500, rate=rate)
        assert counts["wrong"] == 0


def test_a_page_stamped_with_the_plate_of_a_relative_is_held() -> None:
    people = families(3, 20)
    mpi = Roster(people)
    chance = random.Random(3)
    by_family = {(p.last_name, p.birth_date): [] for p in people}
    for person in people:
        by_family[person.last_name, person.birth_date].append(person)
    twins = [pair for pair in by_family.values() if len(pair) == 2]
    assert twins
    for one, two in twins:
        name = f"Patient Name: {one.last_name}, {one.first_name}"
        text = f"{'PROGRESS NOTES':^80}\n\n{name}\nMRN: {two.mrn}\n"
        page = indexed(text, 1, 0.0, chance)
        (document,) = assemble(scanned([page]))
        assert file_document(document, [page], mpi).state is FilingState.HELD
