"""Invented patients, with the families and likenesses that tempt a machine to misfile."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a list written as a line."""
    return tuple(text.split())


COLUMNS = words_of(
    "mrn last_name first_name middle_name suffix sex birth_date ssn "
    "address city state zip phone aliases"
)

_STEMS = words_of(
    "Sample Mock Test Feign Faux Fable Myth Draft Proto Demo Dummy Trial Model Paper Ink "
    "Sham Figment Pretend Fancy Phantom"
)
_TAILS = words_of(
    "well ridge ley son by worth man field ton ham wick berg stone brook ford person gate more"
)
MEN = words_of(
    "James John Robert William Charles George Joseph Edward Frank Thomas Walter Harold Henry Paul "
    "Raymond Albert Arthur Harry Donald Ralph Louis Clarence Howard Ernest Carl Eugene Leonard "
    "Stanley Daniel Michael David Steven Gary Mark Kevin Brian Jason Anthony Luis Hector Dmitri"
)
WOMEN = words_of(
    "Mary Dorothy Helen Margaret Ruth Virginia Elizabeth Mildred Frances Anna Evelyn Marie Alice "
    "Florence Lillian Rose Irene Louise Edna Gladys Ethel Lois Betty Barbara Patricia Linda Susan "
    "Karen Nancy Donna Carol Sharon Michelle Angela Melissa Jennifer Consuelo Ingrid Naomi Priya"
)
_STREETS = words_of(
    "Placeholder Specimen Example Lorem Sampler Blueprint Prototype Mannequin Rehearsal Tracing"
)
_WAYS = words_of("Street Avenue Road Lane Court Drive Boulevard")
_TOWNS = (
    ("Exampleton", "OH", "43999"),
    ("Mockbury", "PA", "19899"),
    ("Port Sample", "MI", "48999"),
    ("Fable Falls", "WI", "54999"),
    ("New Specimen", "NY", "14999"),
    ("Draftsville", "IL", "60999"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """One invented patient as the master patient index has them."""

    mrn: str
    last_name: str
    first_name: str
    middle_name: str
    suffix: str
    sex: str
    birth_date: date
    ssn: str
    address: str
    city: str
    state: str
    zip: str
    phone: str
    maiden_name: str = ""
    other_mrns: tuple[str, ...] = ()

    @property
    def sort_name(self) -> str:
        """The name in normal form: ``LAST, FIRST MIDDLE SUFFIX`` in capitals."""
        given = " ".join(filter(None, (self.first_name, self.middle_name, self.suffix)))
        return f"{self.last_name}, {given}".upper()

    @property
    def full_name(self) -> str:
        """The name as it is spoken."""
        given = (self.first_name, self.middle_name, self.last_name, self.suffix)
        return " ".join(filter(None, given))

    @property
    def aliases(self) -> str:
        """Earlier numbers and names as the aliases column writes them."""
        numbers = [f"MRN {mrn}" for mrn in self.other_mrns]
        names = [f"{self.maiden_name}, {self.first_name}"] if self.maiden_name else []
        return ";".join(numbers + names)


def people(seed: int) -> Iterator[Person]:
    """Yield patients without end, family by family; numbers never repeat."""
    rng = Random(f"people {seed}")
    numbers = _numbers(rng)
    while True:
        yield from _family(rng, numbers)


def first_people(seed: int, count: int) -> tuple[Person, ...]:
    """Return the first ``count`` patients of a seed."""
    return tuple(islice(people(seed), count))


def write_mpi_csv(path: Path, patients: Iterable[Person]) -> None:
    """Write the master patient index that ``chartroom patients import`` takes."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(_row(person) for person in patients)


def _row(person: Person) -> dict[str, str]:
    row = {column: getattr(person, column) for column in COLUMNS}
    return row | {"birth_date": person.birth_date.isoformat()}


def _numbers(rng: Random) -> Iterator[str]:
    seen: set[str] = set()
    while True:
        width = rng.choice((6, 7, 7, 7, 8))
        number = f"{rng.randrange(10**3, 10 ** rng.choice((width - 2, width - 1, width))):0{width}}"
        if number.lstrip("0") not in seen:
            seen.add(number.lstrip("0"))
            yield number


def _family(rng: Random, numbers: Iterator[str]) -> Iterator[Person]:
    home = _home(rng)
    father = _person(rng, numbers, "M", _born(rng, 1905, 1950), home)
    mother = _person(rng, numbers, "F", father.birth_date + timedelta(rng.randrange(3000)), home)
    maiden = _surname(rng) if rng.random() < 0.5 else ""
    family = [father, replace(mother, last_name=father.last_name, maiden_name=maiden)]
    family += _children(rng, numbers, father, home)
    if family[2].suffix == "Jr":
        family[0] = replace(father, suffix="Sr")
    yield from family[: rng.choice((1, 2, 2, 3, 4, 5))]


def _children(
    rng: Random, numbers: Iterator[str], father: Person, home: dict[str, str]
) -> list[Person]:
    born = father.birth_date + timedelta(days=365 * 24 + rng.randrange(4000))
    kind = rng.choice(("junior", "twins", "single", "single"))
    first = _person(rng, numbers, rng.choice("MF"), born, home)
    second = _person(rng, numbers, rng.choice("MF"), born, home)
    if kind != "twins":
        second = replace(second, birth_date=born + timedelta(rng.randrange(400, 2000)))
    children = [replace(child, last_name=father.last_name) for child in (first, second)]
    if kind == "junior":
        children[0] = _junior(children[0], father)
    return children


def _junior(child: Person, father: Person) -> Person:
    return replace(
        child,
        first_name=father.first_name,
        middle_name=father.middle_name,
        suffix="Jr",
        sex="M",
    )


def _person(
    rng: Random, numbers: Iterator[str], sex: str, born: date, home: dict[str, str]
) -> Person:
    first, middle = rng.sample(MEN if sex == "M" else WOMEN, 2)
    earlier = (next(numbers),) if rng.random() < 0.12 else ()
    return Person(
        mrn=next(numbers),
        last_name=_surname(rng),
        first_name=first,
        middle_name=rng.choice((middle, middle[0], middle[0], "")),
        suffix="",
        sex=sex,
        birth_date=born,
        ssn=f"9{rng.randrange(0, 50):02}-{rng.randrange(10, 99)}-{rng.randrange(1000, 9999)}",
        other_mrns=earlier,
        **home,
    )


def _home(rng: Random) -> dict[str, str]:
    city, state, code = rng.choice(_TOWNS)
    street = f"{rng.randrange(2, 1900)} {rng.choice(_STREETS)} {rng.choice(_WAYS)}"
    phone = f"(555) 555-01{rng.randrange(100):02}"
    return {"address": street, "city": city, "state": state, "zip": code, "phone": phone}


def _surname(rng: Random) -> str:
    return rng.choice(_STEMS) + rng.choice(_TAILS)


def _born(rng: Random, first: int, last: int) -> date:
    return date(rng.randrange(first, last), 1, 1) + timedelta(rng.randrange(365))
