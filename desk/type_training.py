"""Learn the types of documents from the site's own verified documents, if that helps.

The model in use and the one that would replace it are asked about the same documents, which
neither was trained on (stratified cross-validation, the documents of a patient together). The
new one is taken only where it is right more often by more than luck.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from archive.archive import Archive
from archive.audit import record, this_person
from archive.catalogue import Connection
from archive.durable import disk_errors, write_durably
from archive.home import sole_writer
from archive.verified import VerifiedDocument, pages_of_document, verified_documents
from batch.progress import Progress, Watch
from indexer.classify import Classified, Witnesses, decided, witnesses
from indexer.doctypes import UNCLASSIFIED, type_entry
from indexer.model import DocumentType
from indexer.rows import layout_of
from indexer.text_fitting import Fitting, fitted
from indexer.text_model import TextModel
from indexer.type_rules import MODEL, rules_in

FEWEST_DOCUMENTS = 100
FEWEST_OF_A_TYPE = 10
FEWEST_TYPES = 2
MOST_OF_A_TYPE = 400
"""More of one type teach little and take long."""
LUCK = 0.05
"""A difference that luck makes more often than this is none."""
_FOLDS = 5
_HOW = Fitting(most_features=20_000, looseness=10.0, balance=0.5)


@dataclass(frozen=True, slots=True)
class Example:
    """A verified document and what its pages say."""

    id: str
    code: str
    patient: str
    pages: tuple[Witnesses, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models asked about the same documents."""

    documents: int = 0
    right_before: int = 0
    right_after: int = 0
    macro_f1_before: float = 0.0
    macro_f1_after: float = 0.0
    only_before: int = 0
    """Documents that only the model in use types right."""
    only_after: int = 0
    chance: float = 1.0
    """How often luck alone makes as large a difference (McNemar's exact test)."""

    @property
    def better(self) -> bool:
        """Whether the new model is right more often, on rare types too, and not by luck."""
        no_worse = self.macro_f1_after >= self.macro_f1_before
        return self.only_after > self.only_before and self.chance < LUCK and no_worse


@dataclass(frozen=True, slots=True)
class Training:
    """What came of it."""

    verified: int
    types: int
    """Types with documents enough to learn from."""
    compared: Comparison
    taken: bool
    reason: str

    def as_json(self) -> dict[str, object]:
        """Return the result line."""
        compared = self.compared
        shares = {
            "accuracy_before": _share(compared.right_before, compared.documents),
            "accuracy_after": _share(compared.right_after, compared.documents),
        }
        told = asdict(compared) | shares
        told = {key: round(v, 4) if isinstance(v, float) else v for key, v in told.items()}
        return {
            "verified": self.verified,
            "types": self.types,
            **told,
            "taken": self.taken,
            "reason": self.reason,
        }


def train(archive: Archive, *, dry_run: bool = False, watch: Watch | None = None) -> Training:
    """Learn from the verified documents of ``archive``; keep the new model if it is better."""
    heard = watch or (lambda step: None)
    in_use = rules_in(archive.home.root).opened()
    with archive.catalogue.read() as connection:
        verified = verified_documents(connection)
        chosen = _chosen(verified)
        types = len({one.code for one in chosen})
        lack = _lack(chosen, types, in_use)
        if lack:
            return Training(len(verified), types, Comparison(), False, lack)
        examples = list(_examples(connection, chosen, heard))
    compared = compare(examples, in_use, heard)
    if not compared.better:
        return Training(len(verified), types, compared, False, _not_better(compared))
    if dry_run:
        return Training(len(verified), types, compared, False, "better; not kept in a dry run")
    _keep(archive, learned(examples, in_use), compared)
    return Training(len(verified), types, compared, True, "better; used from now on")


def _chosen(verified: Sequence[VerifiedDocument]) -> list[VerifiedDocument]:
    """Return the documents to learn from: of types with enough of them, not too many of one."""
    known = [one for one in verified if type_entry(one.code) is not None]
    counts = Counter(one.code for one in known)
    taken: Counter[str] = Counter()
    chosen = []
    for one in known:  # ids are digests, so their order is that of no delivery
        taken[one.code] += 1
        if counts[one.code] >= FEWEST_OF_A_TYPE and taken[one.code] <= MOST_OF_A_TYPE:
            chosen.append(one)
    return chosen


def _lack(chosen: Sequence[VerifiedDocument], types: int, in_use: TextModel) -> str:
    """Return what is missing before there is anything to learn, empty for nothing."""
    needed = f"at least {FEWEST_DOCUMENTS} documents of released batches are needed"
    each = f"{FEWEST_TYPES} types with {FEWEST_OF_A_TYPE} documents each"
    if len(chosen) < FEWEST_DOCUMENTS or types < FEWEST_TYPES:
        return f"{needed}, of {each}; there are {len(chosen)} of such types"
    fresh = sum(_mark(one.id) not in in_use.seen for one in chosen)
    if fresh < FEWEST_DOCUMENTS:
        return f"{needed} that the model in use has not seen; there are {fresh}"
    patients = len({one.mrn for one in chosen})
    return "" if patients >= _FOLDS else f"documents of at least {_FOLDS} patients are needed"


def _examples(
    connection: Connection, chosen: Sequence[VerifiedDocument], heard: Watch
) -> Iterator[Example]:
    for number, one in enumerate(chosen, 1):
        pages = pages_of_document(connection, one.id)
        layouts = (layout_of(p.words, width=p.width, height=p.height) for p in pages)
        found = tuple(witnesses(layout) for layout in layouts)
        heard(Progress("reading", number, len(chosen)))
        if found:
            yield Example(one.id, one.code, one.mrn, found)


def compare(examples: Sequence[Example], in_use: TextModel, heard: Watch) -> Comparison:
    """Return how the model in use and one learned from the others do on each document.

    Documents that the model in use was trained on are asked about by neither.
    """
    truth, before, after = [], [], []
    for fold, (rest, asked) in enumerate(_folds(examples), 1):
        model = learned([examples[n] for n in rest], in_use)
        for one in (examples[n] for n in asked):
            if _mark(one.id) not in in_use.seen:
                truth.append(one.code)
                before.append(document_type(one.pages, in_use).code)
                after.append(document_type(one.pages, model).code)
        heard(Progress("comparing", fold, _FOLDS))
    return set_beside(truth, before, after)


def _folds(examples: Sequence[Example]) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    from sklearn.model_selection import StratifiedGroupKFold

    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    codes = np.array([one.code for one in examples])
    patients = np.array([one.patient for one in examples])
    yield from folds.split(np.zeros(len(examples)), codes, patients)


def learned(examples: Sequence[Example], earlier: TextModel) -> TextModel:
    """Return the earlier model as these documents, all of their pages, have moved it."""
    pages = [(page.wording, one.code) for one in examples for page in one.pages]
    model = fitted([wording for wording, _ in pages], [code for _, code in pages], _HOW, earlier)
    return replace(model, seen=earlier.seen | {_mark(one.id) for one in examples})


def document_type(pages: Sequence[Witnesses], model: TextModel) -> DocumentType:
    """Return the type of a document as assembly tells it: by its title, else its surest page."""
    told = [decided(page, model) for page in pages]
    titled = [one for one in told if one.titled]
    return (titled[0] if titled else max(told, key=_sureness)).type


def _sureness(told: Classified) -> float:
    return told.type.confidence if told.type.code != UNCLASSIFIED else 0.0


def set_beside(truth: Sequence[str], before: Sequence[str], after: Sequence[str]) -> Comparison:
    """Return two lists of answers beside the truth."""
    pairs = Counter(
        (one == true, two == true) for true, one, two in zip(truth, before, after, strict=True)
    )
    only_before, only_after = pairs[True, False], pairs[False, True]
    return Comparison(
        documents=len(truth),
        right_before=only_before + pairs[True, True],
        right_after=only_after + pairs[True, True],
        macro_f1_before=macro_f1(truth, before),
        macro_f1_after=macro_f1(truth, after),
        only_before=only_before,
        only_after=only_after,
        chance=chance_of(only_before, only_after),
    )


def macro_f1(truth: Sequence[str], told: Sequence[str]) -> float:
    """Return the mean over the true types of the harmonic mean of recall and precision."""
    hits = Counter(one for one, two in zip(truth, told, strict=True) if one == two)
    sizes, answers = Counter(truth), Counter(told)
    scores = [2 * hits[code] / (sizes[code] + answers[code]) for code in sizes]
    return sum(scores) / len(scores) if scores else 0.0


def chance_of(one: int, two: int) -> float:
    """Return how often fair coins part ``one + two`` throws at least so unevenly (McNemar)."""
    throws, fewer = one + two, min(one, two)
    tail = sum(math.comb(throws, k) for k in range(fewer + 1))
    return min(1.0, float(2 * tail / 2**throws))


def _keep(archive: Archive, model: TextModel, compared: Comparison) -> None:
    with sole_writer(archive.home), disk_errors("the model of document types"):
        write_durably(archive.home.root / MODEL, model.as_bytes())
        with archive.catalogue.write() as connection:
            record(
                connection,
                "types trained",
                rules_in(archive.home.root).model_digest[:16],
                actor=this_person(),
                documents=compared.documents,
                right_before=compared.right_before,
                right_after=compared.right_after,
            )


def _not_better(found: Comparison) -> str:
    if found.only_after > found.only_before and found.chance < LUCK:
        return "not kept: more documents right, but rare types worse"
    if found.only_after > found.only_before:
        return f"not kept: better by no more than luck makes (p = {found.chance:.2f})"
    return "not kept: the model in use does as well"


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _mark(document: str) -> int:
    return zlib.crc32(document.encode())
