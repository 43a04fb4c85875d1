"""Write ``sample_scans/``: small charts of invented patients in every form a delivery takes.

``python -m bench.samples`` writes the same bytes every time.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

from . import degrade, write
from .charts import Paper, chart, house
from .degrade import Scan
from .delivery import (
    Leaf,
    Record,
    Shot,
    at,
    leaves,
    pour,
    record,
    shoot,
    shoot_blank,
    shoot_separator,
    shoot_strip,
)
from .people import Person, first_people, write_mpi_csv
from .render import render, render_colour
from .truth import write_truth

SEED = 1974
FOLDER = Path(__file__).resolve().parent.parent / "sample_scans"


def write_samples(folder: Path = FOLDER) -> None:
    """Write every sample file, its truth and the patient index into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    patients = first_people(SEED, 60)
    senior, junior = _father_and_son(patients)
    others = [person for person in patients if person not in (senior, junior)]
    where = house(Random(f"{SEED} house"))
    charts = {
        person.mrn: chart(
            person,
            Random(f"{SEED} {person.mrn}"),
            f"c{person.mrn}",
            where if person in (senior, junior) else None,
        )
        for person in (senior, junior, *others[:10])
    }
    write_mpi_csv(folder / "mpi.csv", patients)
    for name, records in _files(folder, charts, senior, junior, others):
        write_truth(folder / "truth", name, records)


def _father_and_son(patients: tuple[Person, ...]) -> tuple[Person, Person]:
    junior = next(person for person in patients if person.suffix == "Jr")
    name = junior.first_name, junior.last_name, "Sr"
    same = (p for p in patients if (p.first_name, p.last_name, p.suffix) == name)
    return next(same), junior


def _files(
    folder: Path,
    charts: dict[str, tuple[Paper, ...]],
    senior: Person,
    junior: Person,
    others: list[Person],
) -> Iterator[tuple[str, list[Record]]]:
    pages = [list(leaves(charts[person.mrn])) for person in others[:10]]
    yield _group4_chart(folder, pages[0])
    yield from _grey_chart(folder, pages[1])
    yield _scanned_pdf(folder, list(leaves(charts[others[2].mrn][-3:])))
    yield _born_digital(folder, charts[others[3].mrn])
    yield _separated(folder, [charts[person.mrn] for person in others[4:7]])
    yield _misfile(folder, list(leaves(charts[junior.mrn])), list(leaves(charts[senior.mrn])))
    yield _film(folder, pages[7])
    yield from _single(folder, pages[8])
    yield from _oddities(folder, pages[9])


def _full(pages: list[Leaf]) -> list[Leaf]:
    return [leaf for leaf in pages if len(leaf.sheet.runs) > 70]


def _group4_chart(folder: Path, pages: list[Leaf]) -> tuple[str, list[Record]]:
    rng, path = Random("group4"), folder / "chart-group4.tif"
    shots = (shoot(leaf, "bitonal", rng) for leaf in pages[:12])
    return path.name, pour(path, shots, write.write_group4)


def _grey_chart(folder: Path, pages: list[Leaf]) -> Iterator[tuple[str, list[Record]]]:
    rng = Random("grey")
    looks = ("clean", "holes", "light", "faded", "stains")
    for number, (leaf, look) in enumerate(zip(_full(pages), looks, strict=False), 1):
        path = folder / f"chart-grey-{number:02}-{look}.jpg"
        yield _single_jpeg(path, at(200)(shoot(leaf, look, rng)))


def _single_jpeg(path: Path, shot: Shot, quality: int = 60) -> tuple[str, list[Record]]:
    write.write_jpeg(path, shot.scan, quality)
    return path.name, [record(path.name, 1, shot)]


def _scanned_pdf(folder: Path, pages: list[Leaf]) -> tuple[str, list[Record]]:
    rng, path = Random("pdf"), folder / "chart-scanned.pdf"
    shots = (at(200)(shoot(leaf, "clean", rng)) for leaf in pages[:4])
    return path.name, pour(path, shots, write.write_image_pdf)


def _born_digital(folder: Path, papers: tuple[Paper, ...]) -> tuple[str, list[Record]]:
    path = folder / "chart-born-digital.pdf"
    pages = list(islice(leaves(papers[-7:]), 7))
    write.write_born_digital_pdf(path, [leaf.sheet for leaf in pages])
    shots = [Shot(Scan(render(leaf.sheet)), leaf=leaf) for leaf in pages]
    return path.name, [record(path.name, number, shot) for number, shot in enumerate(shots, 1)]


def _separated(folder: Path, charts: list[tuple[Paper, ...]]) -> tuple[str, list[Record]]:
    rng, path = Random("separated"), folder / "batch-with-separators.tif"
    shots: list[Shot] = []
    for papers, symbology in zip(charts, ("Code 128", "QR Code", "Code 39"), strict=True):
        paper = papers[1]
        text = write.payload(code=paper.kind.code, mrn=paper.person.mrn)
        if symbology == "Code 39":
            text = write.payload(mrn=paper.person.mrn)
        shots.append(shoot_separator(text, symbology, rng, "bitonal"))
        shots += [shoot(leaf, "bitonal", rng) for leaf in leaves([paper])]
        shots.append(shoot_blank(rng, "bitonal"))
    return path.name, pour(path, shots, write.write_group4)


def _misfile(folder: Path, own: list[Leaf], strange: list[Leaf]) -> tuple[str, list[Record]]:
    rng, path = Random("misfile"), folder / "chart-with-misfile.tif"
    mrn = own[0].paper.person.mrn
    stray = next(leaf for leaf in strange if leaf.paper.kind.name == "Laboratory report")
    place = next(n for n, leaf in enumerate(own) if n >= 3 and leaf.number == 1)
    order = [*own[:place], stray, *own[place : place + 3]]
    shots = (shoot(leaf, "bitonal", rng, chart=mrn) for leaf in order)
    return path.name, pour(path, shots, write.write_group4)


def _film(folder: Path, pages: list[Leaf]) -> tuple[str, list[Record]]:
    path = folder / "film-strip.tif"
    ribbon, shots = shoot_strip(pages[:4], Random("film"), dpi=170)
    write.write_grey_tiff(path, ribbon, 42)
    return path.name, [record(path.name, number, shot) for number, shot in enumerate(shots, 1)]


def _single(folder: Path, pages: list[Leaf]) -> Iterator[tuple[str, list[Record]]]:
    rng = Random("single")
    pages = _full(pages)
    for name, leaf, recipe, rotation in (
        ("fax-204x98.tif", pages[1], "fax-low", 0),
        ("fax-204x196.tif", pages[2], "fax", 0),
        ("upside-down.tif", pages[3], "bitonal", 180),
        ("sideways.tif", pages[4], "bitonal", 90),
        ("photocopy.tif", pages[5], "copy", 0),
    ):
        path = folder / name
        shot = shoot(leaf, recipe, rng, rotation=rotation)
        yield name, pour(path, [shot], write.write_group4)
    path = folder / "blank.jpg"
    yield _single_jpeg(path, at(200)(shoot_blank(rng)))


def _oddities(folder: Path, pages: list[Leaf]) -> Iterator[tuple[str, list[Record]]]:
    rng = Random("odd")
    pages = _full(pages)
    yield _single_jpeg(folder / "colour-form.jpg", _colour(pages[0], rng))
    shot = at(150)(shoot(pages[1], "border", rng))
    path = folder / "black-border.jp2"
    write.write_jpeg2000(path, shot.scan)
    yield path.name, [record(path.name, 1, shot)]
    back = render(pages[3].sheet)
    scan = degrade.bleed_through(degrade.paper(Scan(render(pages[2].sheet)), rng), back, rng)
    yield _single_jpeg(folder / "bleed-through.jpg", at(200)(Shot(scan, leaf=pages[2])))


def _colour(leaf: Leaf, rng: Random) -> Shot:
    tinted = render_colour(
        leaf.sheet, printed=(150, 40, 60), typed=(30, 30, 70), paper=(250, 240, 205)
    )
    return at(200)(Shot(degrade.skew(degrade.paper(Scan(tinted), rng), -0.8), leaf=leaf))


if __name__ == "__main__":
    write_samples()
