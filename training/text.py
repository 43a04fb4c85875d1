"""What the drawn lines say: composed here, of words, numbers and forms that charts are full of.

Half is running text: clinical sentences, plain sentences of mixed words, and this project's own
documentation. The other half is what a model of language would guess wrong: labels with values,
laboratory tables, names, dates, codes, and strings without sense. No text of others is used; the
words of plain sentences are from the word list of Debian's ``wamerican``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from random import Random
from string import ascii_uppercase, digits

from bench.clinical_sentences import new_passage
from bench.clinical_words import drugs, places, surnames, terms
from bench.people import MEN, WOMEN, words_of
from capture.errors import ToolError
from ocr.decoding import PLAIN

from .fonts import DRAWN

WORD_LIST = Path("/usr/share/dict/american-english")
ROOT = Path(__file__).parents[1]
ALPHABET = " " + "".join(sorted(set(DRAWN.translate(PLAIN))))
"""Every character that is read."""


def _phrases(text: str) -> tuple[str, ...]:
    """Return the phrases of a list written as a line."""
    return tuple(text.split("|"))


_COMMON = words_of(
    "the of and a to in is was with for on that he she at by it as his her be this had not are "
    "but from or have an they which one you were all there would their we him been has when who "
    "will no more if out so up said what its about than into them can only other time new some "
    "could these two may first then do any like my now over such our even most after also did "
    "many off before must well back through years much where your way down should because long "
    "each just those people how too little good very make world still see own work men day get "
    "here between both life being under never patient left right pain noted given normal seen "
    "history hospital admitted blood pressure pulse temperature treatment discharged condition "
    "examination I I I I I I & & & don't can't I'd I've I'm didn't wasn't it's we've"
)
_AMOUNTS = words_of("{} {} {} {}% {}% ${} ({}) -{} ~{} +{} <{} {}x US${}")
_TITLES = _phrases(
    "DISCHARGE SUMMARY|OPERATIVE REPORT|HISTORY AND PHYSICAL EXAMINATION|PROGRESS NOTES|"
    "NURSES NOTES|CONSULTATION|RADIOLOGY REPORT|PATHOLOGY REPORT|LABORATORY|"
    "EMERGENCY ROOM RECORD|PHYSICIAN'S ORDERS|MEDICATION RECORD|FACE SHEET|CONSENT TO OPERATION|"
    "CONFIDENTIAL|SUMMARY|AUTHORIZATION FOR RELEASE OF INFORMATION|GRAPHIC CHART|"
    "INTAKE AND OUTPUT|ANESTHESIA RECORD|DEPARTMENT OF SURGERY|MEMORIAL HOSPITAL|"
    "GENERAL HOSPITAL|FINAL DIAGNOSIS|IMPRESSION|PLAN|ASSESSMENT|ALLERGIES|VITAL SIGNS|"
    "CHIEF COMPLAINT|PRESENT ILLNESS|FAMILY HISTORY|SOCIAL HISTORY|REVIEW OF SYSTEMS|"
    "GROSS DESCRIPTION|MICROSCOPIC DESCRIPTION|SPECIMEN|PROCEDURE|TECHNIQUE|FINDINGS|"
    "HOSPITAL COURSE|MEDICATIONS ON DISCHARGE|CERTIFICATE|INSURANCE|OUTPATIENT CLINIC"
)
_LABELS = _phrases(
    "Patient Name|Name|MRN|Med. Rec. No.|DOB|Date of Birth|Birth date|Admitted|Adm. Date|Age|Sex|"
    "Discharged|Attending Physician|Dr.|Room|Ward|SSN|Acct. No.|Account|Phone|Tel|Address|Street|"
    "City|State|Zip|Insurance|Policy No.|Date|Time|Page|Referring|Dictated|Transcribed|Chart No.|"
    "Hosp. No.|Unit No.|Case No.|Service|Signature|Witness|Relationship|Next of kin|Religion|"
    "Race|Occupation|Employer|Blood type|Weight|Height|B.P.|Temp.|Pulse|Resp.|Specimen|Surgeon|"
    "Code|Assistant|Anesthesia|Date of operation|Accession|To|From|Re|Subject|Fax|cc|D|T|Dict|"
    "Trans"
)
_TESTS = words_of(
    "WBC RBC Hgb Hct Plt Na K Cl CO2 BUN Creatinine Glucose Ca Mg PO4 AST ALT Alk.Phos. Bilirubin "
    "Albumin PT PTT INR TSH pH pCO2 pO2 HCO3 SaO2 MCV MCH ESR Uric Acid LDH CPK SGOT SGPT Chol. "
    "Lymphs Monos Eos Basos Segs Bands Sp.Gr. Protein Ketones Nitrite VDRL Rh Amylase Iron TIBC"
)
_UNITS = words_of(
    "mg/dL g/dL mEq/L mmol/L % U/L K/uL mm/hr IU/mL ng/mL mcg mg mL cc gm units/hr mmHg bpm lb kg "
    "cm in. mg% gm% /cu.mm. µg q.d. b.i.d. t.i.d. q.i.d. p.r.n. h.s. q4h IV IM PO tab caps gtts"
)
_MONTHS = words_of(
    "Jan Feb Mar Apr May Jun Jul Aug Sep Sept Oct Nov Dec January February March April June July "
    "August September October November December"
)
_MARKS = words_of(
    "____ .... ........ -- --- *** ( ) [ ] [X] [x] (X) X / : ; | # + = << >> % @ & 1+ 2+ 3+ 4+ A. "
    "B. C. 1. 2. 3. 4) 5) (a) (b) a) I. II. III. IV. V. No. no. Rx: Dx: Hx: s/p c/o w/o N/A TID "
    "98.6° 37° ½ ¼ ± § • ?"
)


def line_text(rng: Random, length: int) -> str:
    """Return a line of about ``length`` characters as it is to be drawn."""
    kinds, often = zip(*_KINDS, strict=True)
    text = " ".join(rng.choices(kinds, often)[0](rng, length).split())
    return _cut(rng, text, length) or "N/A"


def truth(drawn: str) -> str:
    """Return what a reader should make of ``drawn``."""
    return drawn.translate(PLAIN)


def _cut(rng: Random, text: str, length: int) -> str:
    if len(text) <= length:
        return text
    start = rng.randrange(len(text) - length) if rng.random() < 0.5 else 0
    start = text.find(" ", start) + 1 if start else 0
    piece = text[start : start + length].strip()
    whole = piece.rfind(" ")
    return piece[:whole] if whole > length * 0.6 else piece


def cased(rng: Random, text: str) -> str:
    """Return ``text`` as it is, or now and then in capitals or with capitals."""
    chance = rng.random()
    if chance < 0.2:
        text = text.upper()
    elif chance < 0.24:
        text = text.title()
    # The sign for millionths has no capital of its own; Python gives it a Greek one.
    return text.replace("\N{GREEK CAPITAL LETTER MU}", "\N{MICRO SIGN}")


def _clinical(rng: Random, length: int) -> str:
    return cased(rng, " ".join(new_passage(rng, 2 + length // 60)))


def _plain(rng: Random, length: int) -> str:
    """Compose plain English as it is spaced and pointed, of words that make no sense together."""
    words: list[str] = []
    start = True
    for _ in range(4 + length // 4):
        word = rng.choice(_COMMON if rng.random() < 0.5 else _words())
        words.append(word[0].upper() + word[1:] if start else word)
        start = rng.random() < 0.09
        if start:
            words[-1] += rng.choice("....?!:;")
        elif rng.random() < 0.09:
            words[-1] = rng.choice(
                (",{}", "({})", '"{}"', "\u201c{}\u201d", "{}\u2019s", "{}'s", "{}-{}")
            ).format(words[-1], rng.choice(_COMMON)).lstrip(",") + rng.choice(("", ","))
    return cased(rng, " ".join(words))


def _documented(rng: Random, length: int) -> str:
    text = _own_prose()
    start = rng.randrange(len(text) - 3 * length - 60)
    return cased(rng, text[text.find(" ", start) + 1 :][: 2 * length + 20])


def _fields(rng: Random, length: int) -> str:
    return " ".join(_field(rng) for _ in range(1 + length // 16))


def _field(rng: Random) -> str:
    label = rng.choice(_LABELS)
    label = label.upper() if rng.random() < 0.4 else label
    value = rng.choice((_date, _number, _number, _person, _person, _place, _code))(rng)
    return label + rng.choice((": ", ": ", ":", " ", ".: ", " # ", " - ", ": _")) + value


def _results(rng: Random, length: int) -> str:
    ends = (",", "", "", ";", " H", " L", "*")
    return " ".join(
        f"{rng.choice(_TESTS)} {_number(rng)} {rng.choice(_UNITS)}{rng.choice(ends)}"
        for _ in range(1 + length // 12)
    )


def _amounts(rng: Random, length: int) -> str:
    """Compose a row of a table of amounts and shares."""
    values = (
        f"{rng.uniform(0, 10 ** rng.randint(0, 5)):,.{rng.choice((0, 1, 1, 2, 3))}f}"
        for _ in range(1 + length // 8)
    )
    return " ".join(rng.choice(_AMOUNTS).format(value) for value in values)


def _dotted(rng: Random, length: int) -> str:
    """Compose what has points, strokes or signs between letters that no sentence has there."""
    return " ".join(
        _pointed(rng) + rng.choice(("", "", "", ",", ";", ".")) for _ in range(1 + length // 14)
    )


def _pointed(rng: Random) -> str:
    def letters(least: int, most: int) -> str:
        return "".join(rng.choices(ascii_uppercase, k=rng.randint(least, most)))

    def host() -> str:
        ends = ("com", "org", "edu", "net", "gov", "co.uk", "ca", "ch")
        return f"{rng.choice(_words())}{rng.choice(('', '.', '-'))}{rng.choice(_words())}." + (
            rng.choice(ends)
        )

    word, code = rng.choice(_words()), f"{letters(1, 5)}.{letters(1, 3)}"
    part = f"{rng.randint(1, 20)}.{rng.randint(1, 30)}"
    made = rng.choice(
        (
            code,
            code,
            code,
            f"{letters(1, 4)}.{rng.randrange(1000)}",
            f"{letters(1, 5)}{rng.choice('/:;-_*+=')}{letters(1, 5)}",
            ".".join(letters(3, 4)) + ".",
            f"{rng.choice(ascii_uppercase)}. {rng.choice(ascii_uppercase)}.",
            f"{part}.{rng.randint(1, 20)}",
            f"{part}({rng.choice('abcdefgi')})({rng.randint(1, 9)})",
            f"{rng.choice(_listed())}.{letters(2, 3)}",
            f"{word}.{rng.choice(('txt', 'doc', 'dat', 'pdf', 'tif', 'xls', 'exe'))}",
            f"{letters(4, 8)}.{rng.choice(('TXT', 'DOC', 'DAT', 'PDF', 'TIF', 'XLS', 'EXE'))}",
            f"{word}@{host()}",
            f"{rng.choice('abcdefgjklmrst')}.{word}@{host()}",
            f"www.{host()}",
            f"http://{host()}/{word}/{rng.randrange(100)}",
        )
    )
    made = made.lower() if rng.random() < 0.08 else made
    return rng.choice(("{}", "{}", "{}", "({})", "({})", "[{}]", "<{}>", "{}:")).format(made)


def _prescriptions(rng: Random, length: int) -> str:
    return " ".join(
        f"{cased(rng, drugs().draw(rng))} {rng.randint(1, 80) * 5} {rng.choice(_UNITS)} "
        f"{rng.choice(_UNITS)}{rng.choice((',', ';', '', '.'))}"
        for _ in range(1 + length // 20)
    )


def _title(rng: Random, _length: int) -> str:
    title = rng.choice(_TITLES)
    title = title if rng.random() < 0.7 else title.title()
    return title + rng.choice(("", "", ":", f" - {_date(rng)}", " (CONTINUED)", f" {_number(rng)}"))


def _mixed(rng: Random, length: int) -> str:
    makers: tuple[Callable[[Random], str], ...] = (
        lambda one: one.choice(_words()),
        lambda one: one.choice(_words()).upper(),
        lambda one: one.choice(_MARKS),
        lambda one: one.choice(_TESTS),
        lambda one: terms().draw(one),
        _date,
        _number,
        _person,
        _code,
        lambda one: str(one.randrange(10**6)),
    )
    return " ".join(rng.choice(makers)(rng) for _ in range(1 + length // 5))


def _senseless(rng: Random, length: int) -> str:
    signs = rng.choice((DRAWN, digits, digits + "-/.", ascii_uppercase + digits))
    return "".join(rng.choice(signs) if rng.random() < 0.8 else " " for _ in range(length))


def _single(rng: Random, _length: int) -> str:
    return rng.choice((*_MARKS, *_TESTS, *DRAWN[:94], *map(str, range(40)), *_UNITS))


_KINDS: tuple[tuple[Callable[[Random, int], str], int], ...] = (
    (_clinical, 24),
    (_plain, 22),
    (_documented, 10),
    (_fields, 14),
    (_results, 7),
    (_amounts, 6),
    (_dotted, 6),
    (_prescriptions, 3),
    (_title, 4),
    (_mixed, 9),
    (_senseless, 5),
    (_single, 2),
)


def _date(rng: Random) -> str:
    year, month, day = rng.randint(1900, 2009), rng.randint(1, 12), rng.randint(1, 31)
    name = rng.choice(_MONTHS)
    return rng.choice(
        (
            f"{month}/{day}/{year % 100:02}",
            f"{month:02}/{day:02}/{year}",
            f"{month:02}-{day:02}-{year % 100:02}",
            f"{month}-{day}-{year % 100:02}",
            f"{name} {day}, {year}",
            f"{name.upper()} {day}, {year}",
            f"{day} {name[:3].upper()} {year % 100:02}",
            f"{year}-{month:02}-{day:02}",
            f"{month}.{day}.{year % 100:02}",
        )
    )


def _number(rng: Random) -> str:
    makers = (
        lambda: str(rng.randrange(10 ** rng.randint(1, 8))),
        lambda: str(rng.randrange(10 ** rng.randint(1, 3))),
        lambda: f"{rng.uniform(0, 10 ** rng.randint(0, 4)):.{rng.randint(1, 2)}f}",
        lambda: f"{rng.randint(70, 220)}/{rng.randint(40, 120)}",
        lambda: f"{rng.randrange(24)}:{rng.randrange(60):02}{rng.choice(('', ' AM', ' PM', 'p'))}",
        lambda: f"{rng.randrange(24):02}{rng.randrange(60):02}",
        lambda: f"({rng.randint(200, 989)}) {rng.randint(200, 999)}-{rng.randrange(10**4):04}",
        lambda: f"{rng.randrange(10**3):03}-{rng.randrange(100):02}-{rng.randrange(10**4):04}",
        lambda: f"{rng.randrange(100):02}-{rng.randrange(100):02}-{rng.randrange(100):02}",
        lambda: f"{rng.randint(1, 400)},{rng.randrange(1000):03}",
        lambda: f"${rng.randint(1, 9999):,}.{rng.randrange(100):02}",
        lambda: f"{rng.randint(1, 20)}-{rng.randint(1, 40)}",
        lambda: f"{rng.randint(1, 99)}%",
    )
    return rng.choice(makers)()


def _code(rng: Random) -> str:
    letter = rng.choice("ABCDEFGHJKLMNPRSTVWXYZ")
    return rng.choice(
        (
            f"{letter}{rng.randrange(10 ** rng.randint(5, 8))}",
            f"{letter}{rng.randint(35, 99)}-{rng.randrange(10**4)}",
            f"{rng.randint(1, 999)}.{rng.randrange(100)}",
            f"{letter}{rng.randrange(100):02}.{rng.randrange(10)}",
            f"#{rng.randrange(10**5)}",
            f"{letter}&{rng.choice('ABCDEHMOPRSTW')}",
        )
    )


def _person(rng: Random) -> str:
    surname = surnames().draw(rng) if rng.random() < 0.4 else rng.choice(_proper_names())
    given = rng.choice(MEN + WOMEN)
    initial = rng.choice("ABCDEFGHJKLMRSTW")
    names = (
        f"{surname}, {given} {initial}",
        f"{surname}, {given} {initial}.",
        f"{surname.upper()}, {given.upper()}",
        f"{given} {initial}. {surname}",
        f"{given} {surname}, M.D.",
        f"{given[0]}. {surname}, RN",
        f"Dr. {surname}",
        f"Mc{surname}, {given}",
        f"O'{surname}, {given.upper()}",
    )
    return rng.choice(names)


def _place(rng: Random) -> str:
    ways = ("Street", "St.", "Ave.", "Road", "Rd.", "Lane", "Apt. 4B", "Blvd.")
    return rng.choice(
        (
            f"{rng.randrange(9999)} {rng.choice(_proper_names())} {rng.choice(ways)}",
            f"{places().draw(rng)}, {rng.choice('OPMWNI')}{rng.choice('HAIYL')} "
            f"{rng.randrange(10**5):05}",
        )
    )


@lru_cache(maxsize=1)
def _listed() -> tuple[str, ...]:
    if not WORD_LIST.exists():
        raise ToolError(f"the word list {WORD_LIST} is not here: install wamerican")
    known = set(DRAWN)
    words = WORD_LIST.read_text(encoding="utf-8").split()
    return tuple(word for word in words if set(word) <= known and not word.endswith("'s"))


@lru_cache(maxsize=1)
def _words() -> tuple[str, ...]:
    return tuple(word for word in _listed() if word.islower())


@lru_cache(maxsize=1)
def _proper_names() -> tuple[str, ...]:
    return tuple(word for word in _listed() if word.istitle() and len(word) > 3)


@lru_cache(maxsize=1)
def _own_prose() -> str:
    """Return what this project says of itself, without the signs of its markup."""
    pages = sorted((ROOT / "docs").glob("*.md"))
    whole = " ".join(page.read_text(encoding="utf-8") for page in pages)
    plain = re.sub(r"[`*|#\[\]]|\(\S*\)", " ", whole)
    known = set(DRAWN + " ")
    return " ".join("".join(one if one in known else " " for one in plain).split())
