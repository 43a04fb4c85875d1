"""A vocabulary as large as that of a real archive: words by the ten thousand, few of them common.

Medical terms are composed of the Greek and Latin parts that such terms are made of, drugs of the
stems of their classes, places and surnames of invented parts. Most terms are ones that nobody
uses; that is what makes them rare.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice, product
from random import Random

from .multitude import multitude
from .people import words_of

_PREFIXES = words_of(
    "peri endo epi hyper hypo intra extra sub supra trans para poly oligo micro macro pseudo neo "
    "anti dys brady tachy hemi pan retro ante post pre pro inter iso auto allo meta mono tri multi "
    "leuko erythro melano cyano xantho cryo thermo electro photo radio sero steno sclero lipo "
    "fibro myxo pyo hydro hemo patho histo cyto infra ultra circum contra juxta meso"
)
_ROOTS = words_of(
    "cardi gastr enter hepat nephr ren pulmon pneumon bronch trache laryng pharyng rhin ot "
    "ophthalm kerat blephar dacry cholecyst cholangi choledoch pancreat splen aden lymph thym "
    "thyroid adren hypophys encephal mening myel neur radicul gangli cerebr cerebell crani "
    "spondyl vertebr oste chondr arthr synov tendin myos fasci derm cutane onych trich mast mamm "
    "hyster metr oophor salping colp vagin cervic orchid epididym prostat vas urethr ureter cyst "
    "pyel col proct sigmoid append ile jejun duoden esophag gloss stomat gingiv cheil angi phleb "
    "arteri aort ven varic hemat thromb leiomy rhabdomy lip fibr carcin sarc lith calcul scler "
    "necr phag path psych phren somat cephal brachi acromi humer uln carp metacarp dactyl ili "
    "ischi femor patell tibi fibul tars metatars calcane cost stern clavicul scapul maxill "
    "mandibul zygomat tempor occipit pariet front nas sinus ethmoid sphenoid tonsill uvul palat "
    "parotid sialaden labyrinth tympan mastoid cochle retin choroid irid uve scler conjunctiv "
    "lacrim pleur mediastin diaphragm peritone oment mesenter inguin umbilic sacr coccyg lumb "
    "thorac bursa capsul ligament menisc"
)
_NOUN_ENDS = words_of(
    "itis osis oma ectomy ostomy otomy oscopy plasty pexy rrhaphy rrhagia rrhea rrhexis algia "
    "dynia pathy megaly ptosis malacia sclerosis stenosis lysis lithiasis cele ectasia emia uria "
    "penia genesis graphy gram metry scope tripsy desis centesis plegia paresis spasm trophy "
    "plasia blastoma adenoma sarcoma atresia edema fibrosis cytosis"
)
_ADJECTIVE_ENDS = words_of(
    "ic al ar ous oid itic otic iform ogenic opathic oplastic olytic otropic"
)
_DRUG_HEADS = words_of(
    "am ben cef clor dex di dor eth flu fen glu hal in ka lo lor mel meth mor na nor ox pan per "
    "phen pro quin ra ril sal sero sul tam ter thi tol tri val ver vin xan zol bre cal del far"
)
_DRUG_MIDDLES = words_of("a e i o u al am an ar ed en er et il im in ol on or ur yl ac ip od")
_DRUG_ENDS = words_of(
    "cillin mycin olol pril statin azole idine amide azine barbital caine cycline dipine floxacin "
    "oxin phylline profen sartan semide sone thiazide triptyline zepam zosin dronate gliptin "
    "cort kinase mab tidine vir"
)
_PLACE_HEADS = words_of(
    "Sample Mock Fable Draft Paper Figment Pretend Sham Model Specimen Trial Dummy Proto Phantom "
    "Blue Lorem Ink Myth Faux Feign Tracing Rehearsal Pattern Example"
)
_PLACE_MIDDLES = words_of("a en er in or ley man wood hill mill lake stone ash elm oak fern brook")
_PLACE_TAILS = words_of(
    "ton ville bury field haven dale burg port mouth ford bridge ham wick stead worth by crest "
    "view moor cliff"
)
_PLAIN_FIRST = 1000
"""The commonest words have one root and no prefix."""
_PLAIN_OF_HUNDRED = 60
"""How many of a hundred rarer ones are such, until none is left."""
_TERMS, _ADJECTIVES, _DRUGS, _PLACES = 46_000, 9_000, 6_000, 4_000
_SURNAMES_OF = 30_000
_BEND, _STEEPER, _FLAT = 2500, 0.8, 6
"""Behind this rank words grow rarer faster, as they do in large collections of text."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words from the commonest to the rarest."""

    words: tuple[str, ...]
    shares: tuple[float, ...]
    """How much of all text the words up to each make; the last is 1.0."""

    def draw(self, rng: Random) -> str:
        """Return a word, a common one more often than a rare one."""
        return self.words[bisect(self.shares, rng.random())]


def vocabulary(words: Sequence[str]) -> Vocabulary:
    """Return ``words``, commonest first, with shares by Zipf's law, falling faster far out."""
    sums = list(accumulate(_weight(rank) for rank in range(1, len(words) + 1)))
    return Vocabulary(tuple(words), (*(one / sums[-1] for one in sums[:-1]), 1.0))


def _weight(rank: int) -> float:
    bend = (_BEND / rank) ** _STEEPER if rank > _BEND else 1.0
    return bend / (rank + _FLAT)


@lru_cache(maxsize=1)
def terms() -> Vocabulary:
    """Return nouns such as ``pericarditis``."""
    rng = Random("clinical terms")
    plain = [_joined(root, end) for root, end in product(_ROOTS, _NOUN_ENDS)]
    rng.shuffle(plain)
    made = dict.fromkeys(_mixed(plain, _compounds(rng, _NOUN_ENDS), rng))
    return vocabulary(list(made)[:_TERMS])


@lru_cache(maxsize=1)
def adjectives() -> Vocabulary:
    """Return adjectives such as ``gastroduodenal``."""
    rng = Random("clinical adjectives")
    plain = [_joined(root, end) for root, end in product(_ROOTS, _ADJECTIVE_ENDS)]
    rng.shuffle(plain)
    made = dict.fromkeys(_mixed(plain, _compounds(rng, _ADJECTIVE_ENDS), rng))
    return vocabulary(list(made)[:_ADJECTIVES])


@lru_cache(maxsize=1)
def drugs() -> Vocabulary:
    """Return names of drugs that may or may not exist."""
    return _shuffled("drugs", (_DRUG_HEADS, _DRUG_MIDDLES, _DRUG_ENDS), _DRUGS)


@lru_cache(maxsize=1)
def places() -> Vocabulary:
    """Return names of towns that do not exist."""
    return _shuffled("places", (_PLACE_HEADS, _PLACE_MIDDLES, _PLACE_TAILS), _PLACES)


@lru_cache(maxsize=1)
def surnames() -> Vocabulary:
    """Return invented surnames as they are written in running text, those of patients too."""
    names = dict.fromkeys(one.last_name.title() for one in multitude(0, _SURNAMES_OF))
    return vocabulary(list(names))


def _shuffled(name: str, parts: Sequence[Sequence[str]], count: int) -> Vocabulary:
    made = list(dict.fromkeys(map("".join, product(*parts))))
    Random(f"clinical {name}").shuffle(made)
    return vocabulary(made[:count])


def _mixed(plain: Sequence[str], compound: Iterator[str], rng: Random) -> Iterator[str]:
    yield from plain[:_PLAIN_FIRST]
    for word in plain[_PLAIN_FIRST:]:
        yield word
        while rng.randrange(100) >= _PLAIN_OF_HUNDRED:
            yield next(compound)
    yield from islice(compound, 2 * _TERMS)


def _compounds(rng: Random, ends: Sequence[str]) -> Iterator[str]:
    while True:
        word = _joined(rng.choice(_ROOTS), rng.choice(ends))
        first = rng.choice(_PREFIXES) if rng.random() < 0.5 else rng.choice(_ROOTS)
        yield _joined(first, word)


def _joined(stem: str, end: str) -> str:
    """Return both in one word, with an ``o`` between consonants and no vowel twice."""
    vowels = "aeiou"
    if stem[-1] in vowels and stem[-1] == end[0]:
        return stem + end[1:]
    if stem[-1] not in vowels and end[0] not in vowels:
        return f"{stem}o{end}"
    return stem + end
