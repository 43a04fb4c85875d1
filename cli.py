"""The ``chartroom`` command: parse, call one function, print.

Results go to stdout, progress and log to stderr. An error of ours becomes one line and its
exit code; a bug of ours keeps its trace.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from errno import EPIPE
from io import UnsupportedOperation
from itertools import groupby
from pathlib import Path
from shlex import quote
from stat import S_ISREG
from typing import Any, NoReturn, TypeVar, get_args

import click
from click.core import ParameterSource
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from archive import deliveries, pages, patients
from archive.archive import Archive, open_archive
from archive.audit import broken_seals, record, this_person
from archive.catalogue import Connection
from archive.documents import DocumentRow, count_held
from archive.film import film_frames
from archive.home import sole_writer
from archive.learned import keep_weights
from archive.records import PageRecord
from archive.register_choice import Asked, Register
from archive.registers import Line
from archive.same_sheets import same_sheets
from archive.verify import verify as verify_archive
from batch import film_ledger, runner
from batch.again import file_again
from batch.film import deferred_frames
from batch.film_ledger import FilmLedger
from batch.inspection import Inspected, inspect_files
from batch.on_demand import frames_asked_for, read_frames
from batch.progress import Progress as Step
from batch.progress import Watch
from batch.report import BatchReport, report_of, troubles_of
from batch.settings import Settings, settings_of
from capture.encode import to_png
from capture.errors import ArchiveError, BusyError, ChartroomError, CustodyError
from capture.model import SourceKind
from capture.patch_map import USUAL
from capture.settings import load_section
from desk import (
    charts,
    deciding,
    doctor,
    export,
    film,
    registers,
    review,
    review_sheet,
    saved_searches,
)
from desk.film_sheet import write_film_sheet
from desk.settings import DeskSettings
from desk.tables import csv_text, not_written, write_whole
from desk.weight_training import Lesson, learn_weights
from desk.words import ON_PAGE, Order, person_named
from indexer.doctypes import ChartOrder
from ocr.alto import write_alto
from ocr.engines import open_engine
from ocr.hocr import write_hocr
from ocr.model import OcrPage
from search import publish, service
from search.archive_text import ArchiveText
from search.grouping import By, Group, grouped
from search.model import Facet, Filters, Found, Kinship, Result
from search.publish import IndexState
from search.service import Manner, Marking
from search.settings import SearchSettings
from search.synonym_file import load as load_synonyms

HELD = 4
INTERRUPTED = 130
_MOST_BAD_LINES = 20

Function = TypeVar("Function", bound=Callable[..., Any])


class _Told(click.ClickException):
    """One of our errors as click prints it."""

    def __init__(self, error: ChartroomError) -> None:
        super().__init__(str(error))
        self.exit_code = error.exit_code  # type: ignore[misc]  # click means it to be set


class _Group(click.Group):
    """Turns our errors into one line and an exit code, and lets bugs trace."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ChartroomError as error:
            raise _Told(error) from error
        except KeyboardInterrupt:
            click.echo("interrupted: give the same command again to go on", err=True)
            sys.exit(INTERRUPTED)


def _home_option(command: Function) -> Function:
    return click.option(
        "--home",
        type=click.Path(path_type=Path),
        envvar="CHARTROOM_HOME",
        default=Path("chartroom-archive"),
        show_default=True,
        help="Folder of the archive; also CHARTROOM_HOME.",
    )(command)


def _json_option(command: Function) -> Function:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")(command)


def _csv_option(command: Function) -> Function:
    return click.option(
        "--csv",
        "table",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Write a table, - for stdout.",
    )(command)


def _source_option(command: Function) -> Function:
    return click.option(
        "--source",
        "kind",
        type=click.Choice([kind.value for kind in SourceKind]),
        default=SourceKind.AUTO.value,
        show_default=True,
        help="What the files are; auto lets each file tell.",
    )(command)


def _patch_codes_option(command: Function) -> Function:
    return click.option(
        "--patch-codes",
        metavar="MAP",
        help=f"What patch codes do in this job, such as {USUAL}; default: as set.",
    )(command)


def _workers_option(command: Function) -> Function:
    return click.option(
        "--workers", type=click.IntRange(1, 256), help="Worker processes; default: the cores."
    )(command)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chartroom")
@click.option("--verbose", "-v", is_flag=True, help="Log what is done to stderr.")
def cli(verbose: bool) -> None:
    """Turn paper and microfilm charts into an indexed, searchable archive."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
    )


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--batch", "name", help="Name of the batch; default: that of the first folder.")
@_source_option
@click.option("--expect", type=click.IntRange(0), help="Frames that the delivery should hold.")
@click.option("--defer", is_flag=True, help="Keep film uncut; `film read` reads a frame of it.")
@_patch_codes_option
@_workers_option
@_home_option
@_json_option
def convert(
    paths: tuple[Path, ...],
    name: str | None,
    kind: str,
    expect: int | None,
    defer: bool,
    patch_codes: str | None,
    workers: int | None,
    home: Path,
    as_json: bool,
) -> None:
    """Take scans in, read, index and file them; make the archive at first use.

    Given again it goes on where it was. Exit code 4 says that frames are held, quarantined
    or unaccounted for; frames of film that --defer keeps uncut are, until they are read.

    \b
    Example:
      chartroom convert box-17/ --batch box-17 --expect 412
      chartroom convert roll-0042.tif --source roll --defer
    """
    order = runner.Order(paths, name, SourceKind(kind), expect, defer, patch_codes)
    with open_archive(home, create=True) as archive, sole_writer(archive.home):
        settings = _settings(archive, workers)
        with _progress() as watch:
            batch = runner.convert(archive, order, settings, watch)
            _publish(archive, watch)
        _finish(archive, batch, as_json)


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@_source_option
@_patch_codes_option
@_workers_option
@_json_option
def inspect(
    paths: tuple[Path, ...],
    kind: str,
    patch_codes: str | None,
    workers: int | None,
    as_json: bool,
) -> None:
    """Show what the conveyor makes of files, without an archive.

    A .txt file is taken as the text of one page.

    \b
    Example:
      chartroom inspect scan.tif --json
    """
    settings = _with_workers(Settings().with_patch_codes(patch_codes), workers)
    seen = failed = 0
    crew = settings.batch.crew
    for frame in inspect_files(paths, settings, kind=SourceKind(kind), workers=crew):
        seen += 1
        failed += bool(frame.reason)
        _print_json(frame.as_json()) if as_json else _print_inspected(frame)
    if failed:
        sys.exit(3 if failed == seen else HELD)


@cli.group(name="patients")
def patients_group() -> None:
    """The master patient index (MPI)."""


@patients_group.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@_home_option
@_json_option
def import_patients(file: Path, home: Path, as_json: bool) -> None:
    """Load or update the patients of a CSV file, all of it or nothing.

    Columns: mrn, last_name, first_name, middle_name, suffix, sex, birth_date, ssn, address,
    city, state, zip, phone, aliases. Required: mrn, both names and birth_date (1961-03-04).

    \b
    Example:
      chartroom patients import mpi.csv
    """
    rows = patients.read_patients(file)
    with open_archive(home, create=True) as archive, archive.catalogue.write() as connection:
        done = patients.import_patients(connection, rows)
        record(connection, "patients imported", "mpi", actor=this_person(), **asdict(done))
        held = count_held(connection) if done.new or done.changed else 0
    if as_json:
        _print_json(asdict(done))
        return
    click.echo(f"{done.rows} patients read: {done.new} new, {done.changed} changed")
    if held:
        click.echo(f"{held} documents are held; to file what they allow: chartroom review again")


@patients_group.command(name="train")
@click.option("--dry-run", is_flag=True, help="Show what would be learned and change nothing.")
@_home_option
@_json_option
def train_patients(dry_run: bool, home: Path, as_json: bool) -> None:
    """Learn how often numbers, names and birth dates agree on this site's own pages.

    Pages that were read are compared with the patient index; nobody's answers are needed. From
    then on documents are weighed by what was learned; those filed before stay as they are.

    \b
    Example:
      chartroom patients train --dry-run
    """
    with open_archive(home) as archive, archive.catalogue.write() as connection:
        lesson = learn_weights(connection)
        if lesson.after is not None and not dry_run:
            keep_weights(connection, lesson.after)
            counts = {"pages": lesson.pages, "numbered": lesson.numbered, "named": lesson.named}
            record(connection, "weights learned", "mpi", actor=this_person(), **counts)
    if as_json:
        taken = lesson.after is not None and not dry_run
        _print_json({"pages": lesson.pages, "taken": taken, "lacking": lesson.lacking})
    elif lesson.lacking:
        click.echo(f"Nothing learned: {lesson.lacking}.")
    else:
        _print_lesson(lesson, dry_run)


def _print_lesson(lesson: Lesson, dry_run: bool) -> None:
    for field, level, before, after in lesson.rows():
        click.echo(f"{field:14} {level:20} {100 * before:6.2f} % -> {100 * after:6.2f} %")
    click.echo("Nothing changed." if dry_run else f"Learned from {lesson.pages} pages.")


@cli.group(name="batch")
def batch_group() -> None:
    """The life of a batch."""


@batch_group.command(name="list")
@_home_option
@_json_option
def list_batches(home: Path, as_json: bool) -> None:
    """Show every batch with its numbers.

    \b
    Example:
      chartroom batch list
    """
    with open_archive(home) as archive, archive.catalogue.read() as connection:
        rows = [
            {"state": batch.state, **report_of(connection, batch).as_json()}
            for batch in deliveries.batches(connection)
        ]
    if as_json:
        for row in rows:
            _print_json(row)
        return
    columns = ("batch", "state", "sources", "frames", "filed", "held", "quarantined", "unaccounted")
    _print_table(columns, [[row[column] for column in columns] for row in rows])


@batch_group.command(name="show")
@click.argument("name", metavar="BATCH")
@_home_option
@_json_option
def show_batch(name: str, home: Path, as_json: bool) -> None:
    """Show the account of one batch and what in it needs a person.

    \b
    Example:
      chartroom batch show box-17
    """
    with open_archive(home) as archive, archive.catalogue.read() as connection:
        batch = deliveries.batch_named(connection, name)
        if as_json:
            _print_json({"state": batch.state, **report_of(connection, batch).as_json()})
            return
        _print_report(connection, batch)
        _print_open_rolls(_open_rolls(archive, connection, batch))


@batch_group.command(name="retry")
@click.argument("name", metavar="BATCH")
@_workers_option
@_home_option
@_json_option
def retry_batch(name: str, workers: int | None, home: Path, as_json: bool) -> None:
    """Look again at what failed, and match held documents with the patients of now.

    \b
    Example:
      chartroom batch retry box-17
    """
    with open_archive(home) as archive, sole_writer(archive.home):
        with archive.catalogue.read() as connection:
            batch = deliveries.batch_named(connection, name)
        settings = _settings(archive, workers)
        with _progress() as watch:
            batch = runner.retry(archive, batch, settings, watch)
            _publish(archive, watch)
        _finish(archive, batch, as_json)


@batch_group.command(name="release")
@click.argument("name", metavar="BATCH")
@click.option("--with-held", is_flag=True, help="Accept it although frames wait for a person.")
@_home_option
def release_batch(name: str, with_held: bool, home: Path) -> None:
    """Accept a batch: its counts balance and nothing more is converted into it.

    Every difference on a roll of film must be explained before: see `film show`.

    \b
    Example:
      chartroom batch release box-17
    """
    with open_archive(home) as archive, archive.catalogue.write() as connection:
        batch = deliveries.batch_named(connection, name)
        settings = settings_of(archive.home).indexer
        film_ledger.refuse_differences(connection, batch, settings)
        report = report_of(connection, batch)
        report = film_ledger.with_explained_count(connection, batch, report, settings)
        runner.release(connection, batch, report, with_held=with_held)
    click.echo(f"batch {name} is released")


_FILTERS = (
    click.option("--patient", default="", help="Name of the patient, or one that sounds alike."),
    click.option("--mrn", default="", help="Record number."),
    click.option("--born", default="", help="Date of birth: 1927, 1927-03, 1927-03-04."),
    click.option("--type", default="", help="Document type, by name or LOINC code."),
    click.option("--from", "date_from", default="", help="First date: 1961, 1961-03, 1961-03-04."),
    click.option("--to", "date_to", default="", help="Last date."),
    click.option("--diagnosis", default="", help="Words of the diagnosis as indexed."),
    click.option("--procedure", default="", help="Words of the procedure as indexed."),
    click.option("--physician", default="", help="Name of the physician."),
    click.option("--facility", default="", help="Words of the facility's name."),
    click.option("--batch", default="", help="Only this batch."),
    click.option("--roll", default="", help="Only this roll or file."),
    click.option("--state", default="", help="Only pages in this state, such as held."),
)


_exact_option = click.option(
    "--exact", is_flag=True, help="To the letter: no similar spellings and no other names."
)


def _filter_options(command: Function) -> Function:
    """Add what narrows a search, one option for each entry of a form."""
    for option in reversed(_FILTERS):
        command = option(command)
    return command


@cli.command()
@click.argument("query", default="")
@_filter_options
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@_exact_option
@click.option(
    "--group",
    type=click.Choice(get_args(By)),
    help="Put the pages of a document or of a chart together.",
)
@click.option("--facets", is_flag=True, help="Count by type, year, facility and physician.")
@_home_option
@_json_option
def search(
    query: str,
    limit: int,
    exact: bool,
    group: By | None,
    facets: bool,
    home: Path,
    as_json: bool,
    **narrowing: str,
) -> None:
    """Find pages by their words, patient, type or date; QUERY may be empty with a filter.

    Pages with the words themselves come first, then those with similar spellings, misread
    letters, other names of the same thing, then those with most of the words.

    \b
    Example:
      chartroom search '"chest pain" NOT pneumonia date:1961..1965'
      chartroom search --patient Testperson --type "discharge summary"
      chartroom search 'myocardial infarction' --group chart --facets
    """
    filters = Filters(**narrowing)
    with open_archive(home) as archive:
        source, settings = ArchiveText(archive), _search_settings(archive)
        marking = Marking() if as_json else Marking(mark=_marked, plain=str)
        manner = replace(_manner(archive, settings, exact=exact), marking=marking)
        groups: tuple[Group, ...] = ()
        counts: list[tuple[Facet, Sequence[tuple[str, int]]]] = []
        with publish.opened(archive.home.index, settings, source.archive_id) as index:
            single = 0 if group else limit
            result = service.find(source, index, query, filters, limit=single, manner=manner)
            if group:
                groups = grouped(source, index, query, filters, group, limit=limit, manner=manner)
            for facet in Facet if facets else ():
                counts.append((facet, service.tally(index, query, facet, filters, manner=manner)))
        _audit_search(archive, result, len(result.found) + sum(len(one.found) for one in groups))
    _print_search_notes(result, filters)
    if group:
        _print_groups(groups, group, as_json)
    else:
        _print_found(result, as_json)
    _print_facets(counts, as_json)


def _print_search_notes(result: Result, filters: Filters) -> None:
    for note in result.notes:
        click.echo(f"note: {note}", err=True)
    if result.behind:
        click.echo(f"note: the index has yet to see {result.behind} changes", err=True)
    _print_unreliable(
        result.unreliable, "of this chart" if filters.mrn else "of those looked through"
    )


def _print_unreliable(count: int, where: str) -> None:
    if count:
        click.echo(
            f"note: {count} pages {where} are not reliably searchable "
            "(by hand, badly read or unread)",
            err=True,
        )


def _print_found(result: Result, as_json: bool) -> None:
    if as_json:
        for hit in result.found:
            _print_json(hit.as_json())
        return
    for kinship, hits in groupby(result.found, key=lambda hit: hit.kinship):
        if kinship is not Kinship.EXACT:
            click.echo(f"-- {kinship}:")
        for hit in hits:
            _print_hit(hit)
    similar = f", and {result.similar} with similar words" if result.similar else ""
    click.echo(f"{len(result.found)} of {result.total} pages{similar}")


def _print_groups(groups: Sequence[Group], by: By, as_json: bool) -> None:
    for one in groups:
        if as_json:
            _print_json(one.as_json(by))
            continue
        best = one.found[0]
        told = (best.type, best.date) if by == "document" else ()
        head = "  ".join(filter(None, (one.key, best.patient, *told)))
        click.echo(f"{head or 'not filed'}  ({one.pages} pages)")
        for hit in one.found:
            click.echo(f"    {hit.page}  {hit.snippet}")
            _print_why(hit)


def _print_facets(counts: Iterable[tuple[Facet, Sequence[tuple[str, int]]]], as_json: bool) -> None:
    for facet, values in counts:
        if as_json:
            for value, pages in values:
                _print_json({"facet": facet, "value": value, "pages": pages})
        else:
            click.echo(f"{facet}: " + ", ".join(f"{value} {pages}" for value, pages in values))


@cli.command()
@click.argument("mrn")
@click.option(
    "--order",
    type=click.Choice(list(ChartOrder)),
    help="Section by section, by date, or stay by stay; else as the settings say.",
)
@_home_option
@_json_option
def chart(mrn: str, order: str | None, home: Path, as_json: bool) -> None:
    """Show one patient's documents in chart order.

    \b
    Example:
      chartroom chart 0071234 --order date
    """
    with open_archive(home) as archive, archive.catalogue.write() as connection:
        found = charts.chart_of(connection, mrn, _chart_order(archive, order))
        record(connection, "chart viewed", "chart", actor=this_person())
    _print_unreliable(found.unreliable, "of this chart")
    if as_json:
        for row in found.documents:
            _print_json(_document_json(row) | {"same_as": found.same_as(row)})
        return
    patient = found.patient
    click.echo(f"{patient.mrn}  {patient.last_name}, {patient.first_name}  {patient.birth_date}")
    _print_table(
        ("document", "type", "date", "pages", "batch"),
        [
            [row.id, row.type_name, row.service_date or "", len(row.pages), row.batch]
            for row in found.documents
        ],
    )
    for row in found.documents:
        for page_id, others in found.same_as(row).items():
            click.echo(f"page {page_id} of {row.id} is the same as page {', '.join(others)}")


@cli.command(name="index")
@click.argument("register", metavar="INDEX", type=click.Choice([one.value for one in Register]))
@click.argument("words", nargs=-1)
@click.option("--from", "date_from", default="", help="First date: 1961, 1961-03, 1961-03-04.")
@click.option("--to", "date_to", default="", help="Last date.")
@click.option("--facility", default="", help="Only documents that name this hospital or clinic.")
@click.option("--type", "type_", default="", help="Document type, by name or LOINC code.")
@click.option("--batch", default="", help="Only this batch.")
@click.option("--held", is_flag=True, help="Also documents that wait for a person.")
@click.option("--entries", is_flag=True, help="List the documents under each heading.")
@click.option("--limit", type=click.IntRange(1), help="Show so many headings; default: all.")
@_csv_option
@_home_option
@_json_option
def index_command(
    register: str,
    words: tuple[str, ...],
    date_from: str,
    date_to: str,
    facility: str,
    type_: str,
    batch: str,
    held: bool,
    entries: bool,
    limit: int | None,
    table: Path | None,
    home: Path,
    as_json: bool,
) -> None:
    """Show the patient, disease, operation or physician index: INDEX is one of these words.

    Headings with their counts; with WORDS, which a heading begins with or has among its own,
    also the documents under each.

    \b
    Example:
      chartroom index disease appendicitis --from 1961 --to 1965
      chartroom index physician --csv physicians.csv
    """
    _refuse_two_forms(table, as_json)
    asked = Asked(
        Register(register),
        words=" ".join(words),
        date_from=date_from,
        date_to=date_to,
        facility=facility,
        type=type_,
        batch=batch,
        held=held,
        entries=entries or bool(words),
        limit=limit,
    )
    with open_archive(home) as archive:
        with archive.catalogue.read() as connection:
            view = registers.view_of(connection, asked)
        with archive.catalogue.write() as connection:
            seen = {"headings": len(view.answer.headings), "documents": view.answer.documents}
            record(connection, "index viewed", f"{register} index", actor=this_person(), **seen)
    with _written_out():
        if table:
            rows = (row.values() for row in registers.rows_of(view))
            _write_table(table, csv_text(registers.columns_of(view), map(tuple, rows)))
        elif as_json:
            for row in registers.rows_of(view):
                _print_json(row)
        else:
            _print_index(view)
    for note in view.notes:
        click.echo(f"note: {note}", err=True)


@cli.group(name="saved")
def saved_group() -> None:
    """Searches that are kept, to be told again and again what is new."""


@saved_group.command(name="add")
@click.argument("name")
@click.argument("query", default="")
@_filter_options
@_exact_option
@_home_option
def add_saved(name: str, query: str, exact: bool, home: Path, **narrowing: str) -> None:
    """Keep a search under NAME. A changed query gets a name of its own.

    \b
    Example:
      chartroom saved add appendix 'diagnosis:append* OR procedure:appendectomy' --from 1961
    """
    filters = Filters(**narrowing)
    with open_archive(home) as archive, archive.catalogue.write() as connection:
        kept, notes = saved_searches.save(
            connection, name, query, filters, this_person(), to_the_letter=exact
        )
        record(connection, "search saved", f"saved search {kept.id}", actor=this_person())
    for note in notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"saved; to see what is new: chartroom saved run {quote(kept.name)}")


@saved_group.command(name="list")
@_home_option
@_json_option
def list_saved(home: Path, as_json: bool) -> None:
    """Show every saved search with its query, and when it was run last.

    \b
    Example:
      chartroom saved list
    """
    with open_archive(home) as archive, archive.catalogue.write() as connection:
        kept = saved_searches.every_search(connection)
        record(connection, "saved searches listed", "search", actor=this_person(), count=len(kept))
    for search in kept:
        row = asdict(search)
        if as_json:
            _print_json(row)
            continue
        narrowed = "  ".join(f"{name}={value}" for name, value in search.filters.items())
        click.echo("  ".join(filter(None, (search.name, search.query, narrowed))))
        run = f"run {search.runs} times, last {search.last_run_at}" if search.runs else "never run"
        click.echo(
            f"    by {search.person} at {search.created_at}; {run}; {search.pages} pages told"
        )


@saved_group.command(name="run")
@click.argument("name")
@click.option("--all", "everything", is_flag=True, help="Show all that match; note nothing.")
@_csv_option
@_home_option
@_json_option
def run_saved(name: str, everything: bool, table: Path | None, home: Path, as_json: bool) -> None:
    """Tell what is new since the last run, document by document, and what no longer matches.

    What was told is noted only when all of it is written out; a run that is cut short is told
    again. The first run tells everything. A table is never written over an older one.

    \b
    Example:
      chartroom saved run appendix --csv cases-1.csv
    """
    _refuse_two_forms(table, as_json)
    with open_archive(home) as archive:
        settings = _search_settings(archive)
        done = saved_searches.run(archive, name, settings, _manner(archive, settings))
        counts = {"documents": len(done.cases), "new": done.count("new", "more", "refiled")}
        subject = f"saved search {done.search.id}"
        with archive.catalogue.write() as connection:
            record(connection, "saved search run", subject, actor=this_person(), **counts)
        with _written_out():
            cases = done.shown(everything=everything)
            if table:
                rows = map(saved_searches.case_row, cases)
                _write_table(table, csv_text(saved_searches.COLUMNS, rows), anew=True)
            else:
                for case in cases:
                    _print_json(asdict(case)) if as_json else _print_case(case)
            if not table and not as_json:
                click.echo(saved_searches.count_words(done))
        if not everything:
            with archive.catalogue.write() as connection:
                saved_searches.note(connection, done)
                record(connection, "saved search told", subject, actor=this_person(), **counts)
    for note in done.notes:
        click.echo(f"note: {note}", err=True)
    if table or as_json:
        click.echo(saved_searches.count_words(done), err=True)


@saved_group.command(name="forget")
@click.argument("name")
@_home_option
def forget_saved(name: str, home: Path) -> None:
    """Let a saved search go, with the list of what it has told.

    \b
    Example:
      chartroom saved forget appendix
    """
    with open_archive(home) as archive, archive.catalogue.write() as connection:
        gone = saved_searches.forget(connection, name)
        record(connection, "saved search forgotten", f"saved search {gone.id}", actor=this_person())
    click.echo("forgotten")


@cli.command()
@click.argument("page_id")
@click.option("--out", type=click.Path(path_type=Path), help="Write the page image as PNG.")
@click.option("--text", "as_text", is_flag=True, help="Print the words of the page.")
@_home_option
def page(page_id: str, out: Path | None, as_text: bool, home: Path) -> None:
    """Show one page: its state, its text, its image.

    \b
    Example:
      chartroom page 1f0c55aa90b2e6d1-3 --out page.png
    """
    with open_archive(home) as archive, archive.catalogue.write() as connection:
        frame = deliveries.frame_of_page(connection, page_id)
        kept = pages.pages_of(connection, [frame]).get(frame.ref)
        words = pages.words_of(connection, frame)
        others = same_sheets(connection, [page_id]).get(page_id, ())
        record(connection, "page viewed", page_id, actor=this_person())
        image = archive.vault.get(kept.image) if out and kept and kept.image else None
    if out:
        _write_png(out, image, page_id)
    if as_text:
        click.echo(words.text if words else "")
    elif not out:
        _print_page(frame, kept)
        for other in others:
            click.echo(f"  same as page {other}")
        _print_reading(words)


@cli.command(name="export")
@click.argument("form", type=click.Choice(["text", "csv", "pdf", "hocr", "alto"]))
@click.option("--batch", "batch_name", help="All of a batch.")
@click.option("--mrn", help="What is filed to one patient, in chart order.")
@click.option("--document", "document_id", help="One document.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write to.")
@_home_option
def export_command(
    form: str,
    batch_name: str | None,
    mrn: str | None,
    document_id: str | None,
    out: Path,
    home: Path,
) -> None:
    """Write hand-over files: text, tables, searchable PDF, hOCR or ALTO.

    \b
    Example:
      chartroom export pdf --mrn 0071234 --out handover/
    """
    if sum(given is not None for given in (batch_name, mrn, document_id)) > 1:
        raise click.UsageError("say only one of --batch, --mrn and --document")
    export.prepare_folder(out)
    with open_archive(home) as archive:
        with archive.catalogue.read() as connection:
            order = _chart_order(archive)
            chosen = _selection(connection, batch_name, mrn, document_id, order)
            written = _export(form, archive, connection, chosen, out)
        with archive.catalogue.write() as connection:
            what = batch_name or document_id or ("chart" if mrn else "archive")
            record(connection, f"exported {form}", what, actor=this_person(), files=len(written))
    click.echo(f"{len(written)} files in {out}")


@cli.group(name="film")
def film_group() -> None:
    """Rolls and cards of microfilm."""


@film_group.command(name="index")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--map", "names", multiple=True, metavar="COLUMN=NAME", help="Name a column has in the file."
)
@_home_option
@_json_option
def load_film_index(file: Path, names: tuple[str, ...], home: Path, as_json: bool) -> None:
    """Load or update an old index of film (CAR): what stands at which address of which roll.

    Columns: roll, address, mrn, last_name, first_name, document_type, date. Required: roll,
    address, and mrn or last_name. Lines that are not right are told by number and left out;
    exit code 4 says that there were some. `batch retry` files what is here already by it.

    \b
    Example:
      chartroom film index car.csv --map roll=REEL --map mrn="CHART NO"
    """
    with open_archive(home, create=True) as archive:
        done = film.load_index(archive, file, dict(map(_mapped, names)))
    if as_json:
        _print_json(done.as_json())
    else:
        _print_index_loaded(done)
    if done.bad:
        sys.exit(HELD)


@film_group.command(name="show")
@click.argument("name", metavar="[ROLL]", default="")
@click.option("--batch", "batch_name", help="The batch it came in, where several have its name.")
@click.option("--frames", is_flag=True, help="Show every frame with its address.")
@_home_option
@_json_option
def show_film(name: str, batch_name: str | None, frames: bool, home: Path, as_json: bool) -> None:
    """Show the account of a roll or card: its frames, who expected how many, what differs.

    Without ROLL it lists the rolls. ROLL is a name, or a number that only one roll has.

    \b
    Example:
      chartroom film show 0042 --frames
    """
    with open_archive(home) as archive, archive.catalogue.read() as connection:
        settings = settings_of(archive.home).indexer
        if not name:
            _list_rolls(film_ledger.ledgers_of(connection, batch_name, settings), as_json)
            return
        roll = film.roll_called(connection, name, batch_name)
        ledger = film_ledger.ledger_of(connection, roll, settings)
        every = film_frames(connection, roll) if frames else []
    _print_json(ledger.as_json()) if as_json else _print_ledger(ledger)
    lines = [film.frame_line(roll, entry) for entry in every]
    if as_json:
        for line in lines:
            _print_json(line)
    elif lines:
        columns = ("frame", "address", "state", "page", "reason")
        _print_table(columns, [[line[column] for column in columns] for line in lines])


@film_group.command(name="explain")
@click.argument("name", metavar="ROLL")
@click.argument("key")
@click.argument("text")
@click.option("--batch", "batch_name", help="The batch it came in, where several have its name.")
@_home_option
def explain_film(name: str, key: str, text: str, batch_name: str | None, home: Path) -> None:
    """Record why a difference is none, with your name and the time; KEY is from `film show`.

    A roll with differences that nobody explained cannot be released. When the figures change
    the explanation no longer holds.

    \b
    Example:
      chartroom film explain 0042 hole-117 "film was blank here, seen on the reader"
    """
    with open_archive(home) as archive, archive.catalogue.write() as connection:
        settings = settings_of(archive.home).indexer
        roll = film.roll_called(connection, name, batch_name)
        film_ledger.explain(connection, roll, key, text, person=this_person(), settings=settings)
        left = len(film_ledger.ledger_of(connection, roll, settings).open)
    click.echo(f"{key} of {roll.name} is explained; {left} differences are left")


@film_group.command(name="read")
@click.argument("name", metavar="ROLL")
@click.argument("places", metavar="[FRAME]...", nargs=-1)
@click.option("--mrn", default="", help="What the film index gives to this patient.")
@click.option("--batch", "batch_name", help="The batch it came in, where several have its name.")
@click.option("--text", "as_text", is_flag=True, help="Print the text of the frames.")
@_home_option
@_json_option
def read_film(
    name: str,
    places: tuple[str, ...],
    mrn: str,
    batch_name: str | None,
    as_text: bool,
    home: Path,
    as_json: bool,
) -> None:
    """Cut and read frames of film that waits uncut, and show where their pages are.

    FRAME is a place on the roll (317, 317-320) or an address (3.12.5, or 3.12 for all under it).
    They are filed when all of the roll is read: give `convert` again without --defer.

    \b
    Example:
      chartroom film read 0042 317-320
      chartroom film read 0042 --mrn 0071234
    """
    if not places and not mrn:
        raise click.UsageError("say which frames, or --mrn")
    with open_archive(home) as archive, sole_writer(archive.home):
        with archive.catalogue.read() as connection:
            roll = film.roll_called(connection, name, batch_name)
            asked = frames_asked_for(connection, roll, places, mrn)
        read_frames(archive, roll, asked, _settings(archive, None))
        with archive.catalogue.read() as connection:
            wanted = {one.position for one in asked}
            entries = [e for e in film_frames(connection, roll) if e.position in wanted]
            texts = [pages.words_of(connection, entry.frame) for entry in entries]
    for entry, words in zip(entries, texts, strict=True):
        line = film.frame_line(roll, entry)
        text = words.text if words else ""
        if as_json:
            _print_json({**line, "text": text})
        else:
            told = (line["frame"], line["address"], line["page"], line["state"], line["reason"])
            click.echo("  ".join(str(part) for part in told if part != ""))
            click.echo(text) if as_text else None


@film_group.command(name="sheet")
@click.argument("name", metavar="ROLL")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write to.")
@click.option("--batch", "batch_name", help="The batch it came in, where several have its name.")
@_home_option
def sheet_of_film(name: str, out: Path, batch_name: str | None, home: Path) -> None:
    """Write a contact sheet: the film, its frames and its account, to look at before reading.

    Open index.html in OUT with any browser. It shows patients' pages: keep it as you keep those.

    \b
    Example:
      chartroom film sheet 0042 --out sheets/0042
    """
    with open_archive(home) as archive:
        with archive.catalogue.read() as connection:
            roll = film.roll_called(connection, name, batch_name)
        with _progress() as watch:
            written = write_film_sheet(
                archive,
                roll,
                settings_of(archive.home),
                out,
                told=lambda done, total: watch(Step("drawing", done, total)),
            )
        with archive.catalogue.write() as connection:
            record(connection, "contact sheet", f"{roll.batch}/{roll.name}", actor=this_person())
    click.echo(written[0])


@cli.group(name="review")
def review_group() -> None:
    """What needs a person, and what people decide."""


@review_group.command(name="list")
@click.option("--batch", help="Only this batch.")
@click.option("--reason", default="", help="Only what has these words in its reason.")
@click.option("--limit", type=click.IntRange(1), help="Show so many; the counts are of all.")
@click.option("--parked", is_flag=True, help="Also what a person found no patient for.")
@_home_option
@_json_option
def list_review(
    batch: str | None, reason: str, limit: int | None, parked: bool, home: Path, as_json: bool
) -> None:
    """Show what waits, batch by batch, what waits for the same reason together.

    Held documents with the likeliest patients, frames that were set aside unread, and filed
    pages whose text is doubtful; at the end how many wait for which reason.

    \b
    Example:
      chartroom review list --batch box-17 --reason "birth date"
    """
    asked = review.Asked(batch, reason, parked)
    with open_archive(home) as archive, archive.catalogue.read() as connection:
        waiting = review.waiting_list(connection, asked)
        shown = review.with_candidates(connection, waiting[:limit])
    for entry in shown:
        _print_json(asdict(entry)) if as_json else _print_waiting(entry)
    if not as_json:
        for count, state, why in review.counts_of(waiting):
            click.echo(f"{count:>6}  {state}: {why}")
        click.echo(f"{len(waiting)} waiting")


@review_group.command(name="show")
@click.argument("subject")
@_home_option
@_json_option
def show_review(subject: str, home: Path, as_json: bool) -> None:
    """Show one document or page: why it waits, what was read, whose it may be, how to decide.

    SUBJECT is an id from `review list`. It shows names and numbers of patients.

    \b
    Example:
      chartroom review show d-1f0c55aa90b2e6d1-3
    """
    with open_archive(home) as archive, archive.catalogue.write() as connection:
        sheet = review_sheet.sheet_of(connection, subject, _home_words(home))
        record(connection, "review shown", subject, actor=this_person())
    if as_json:
        _print_json(sheet.as_json())
        return
    for line in review_sheet.sheet_lines(sheet):
        click.echo(line)


@review_group.command(name="decide")
@click.argument("subjects", nargs=-1, required=True, metavar="SUBJECT...")
@click.option("--mrn", default="", help="It is of the patient with this record number.")
@click.option("--candidate", type=click.IntRange(1), help="It is of this patient of `show`.")
@click.option("--no-patient", is_flag=True, help="The patient index has no such patient.")
@click.option("--type", default="", help="Its type, by name or LOINC code.")
@click.option("--value", "pairs", multiple=True, metavar="FIELD=VALUE", help="Correct a field.")
@click.option("--starts-here", is_flag=True, help="A document begins with this page.")
@click.option("--joins-previous", is_flag=True, help="This page goes on with the one before.")
@click.option("--blank", is_flag=True, help="This frame is a blank page.")
@click.option("--technical", is_flag=True, help="This frame is a target, leader or notice.")
@click.option("--separator", is_flag=True, help="This frame is a separator sheet.")
@click.option("--seen", is_flag=True, help="I have seen it and it stays: off the list.")
@click.option("--undo", is_flag=True, help="Take back what was decided.")
@click.option("--despite", is_flag=True, help="Although a page of it names another patient.")
@click.option(
    "--expect", "expected", multiple=True, metavar="TOKEN", help="What `show` printed; else refuse."
)
@click.option("--by", default="", help="Who decides; default: the login name.")
@click.option("--note", default="", help="Why, for whoever looks later.")
@_home_option
@_json_option
def decide_review(
    subjects: tuple[str, ...],
    pairs: tuple[str, ...],
    undo: bool,
    by: str,
    home: Path,
    as_json: bool,
    **said: Any,  # noqa: ANN401  (an option for each field of an order)
) -> None:
    """Decide whose a document is, what it is, where it begins, or what a frame is.

    SUBJECT is an id from `review list`; several are decided alike, all or none. A person's
    word stands through `batch retry` and new rules, until --undo. What somebody else decided
    meanwhile is not overwritten: the command says who and when.

    \b
    Example:
      chartroom review decide d-1f0c55aa90b2e6d1-3 --mrn 0071234
      chartroom review decide d-1f0c55aa90b2e6d1-3 --candidate 1 --expect 9b1c22e0
      chartroom review decide d-1f0c55aa90b2e6d1-3 --type "Progress note" --note "form 12"
      chartroom review decide d-1f0c55aa90b2e6d1-3 --undo
      chartroom review decide 1f0c55aa90b2e6d1-7 --starts-here
    """
    order = Order(
        person=person_named(by or this_person()),
        values=tuple(map(_field_and_value, pairs)),
        on_page=tuple(word for word in (*ON_PAGE, "seen") if said.pop(word)),
        **said,
    )
    with open_archive(home) as archive:
        settings = settings_of(archive.home).indexer
        with archive.catalogue.write() as connection:
            carry_out = deciding.take_back if undo else deciding.decide
            outcomes = carry_out(connection, subjects, order, settings)
        _publish_soon(archive)
    for outcome in outcomes:
        _print_json(outcome.as_json()) if as_json else _print_outcome(outcome, undo)


@review_group.command(name="again")
@click.option("--batch", "name", help="Only this batch.")
@_home_option
@_json_option
def review_again(name: str | None, home: Path, as_json: bool) -> None:
    """File again what is held, by the patients and rules of now; nothing is read anew.

    After `patients import`, or when pages of a document changed. Released batches too.

    \b
    Example:
      chartroom review again --batch box-17
    """
    with open_archive(home) as archive:
        settings = settings_of(archive.home).indexer
        with archive.catalogue.read() as connection:
            every = deliveries.batches(connection)
            asked = [deliveries.batch_named(connection, name)] if name is not None else every
        with _progress() as watch:
            done = file_again(
                archive,
                asked,
                settings,
                whole=name is not None,
                watch=lambda n, of: watch(Step("filing", n, of)),
            )
        _publish_soon(archive)
    if as_json:
        _print_json(asdict(done))
    else:
        click.echo(f"{done.filed} of {done.waited} held pages are filed now")


@cli.command()
@click.option("--quick", is_flag=True, help="Look for the files without reading them.")
@_home_option
@_json_option
def verify(quick: bool, home: Path, as_json: bool) -> None:
    """Prove that every kept byte is unaltered and every count balances.

    Exit code 8 says that something is lost or altered; each such thing is named.

    \b
    Example:
      chartroom verify
    """
    with open_archive(home) as archive, _progress() as watch:
        found = verify_archive(
            archive,
            quick=quick,
            watch=lambda done, total: watch(Step("verifying", done, total)),
        )
    if as_json:
        _print_json(asdict(found))
    for fault in () if as_json else found.faults:
        click.echo(f"{fault.subject}: {fault.what}")
    if found.faults:
        raise CustodyError(f"{len(found.faults)} faults found; each is named above")
    if not as_json:
        click.echo(f"{found.masters} masters and {found.images} page images are whole")


@cli.command()
@_home_option
def reindex(home: Path) -> None:
    """Build the search index anew, beside the one in use until it is done.

    \b
    Example:
      chartroom reindex
    """
    with open_archive(home) as archive:
        publish.rebuild(ArchiveText(archive), archive.home.index, _search_settings(archive))
        pages_now = publish.status(
            ArchiveText(archive), archive.home.index, _search_settings(archive)
        ).pages
    click.echo(f"the index holds {pages_now} pages")


@cli.command(name="doctor")
@_home_option
@_json_option
def doctor_command(home: Path, as_json: bool) -> None:
    """Check programs, libraries, the archive and its index, and say what to mend.

    \b
    Example:
      chartroom doctor
    """
    checks = doctor.examine(home)
    for check in checks:
        mark = "ok  " if check.ok else "MEND"
        _print_json(asdict(check)) if as_json else click.echo(
            f"{mark}  {check.name}: {check.found}"
        )
    worst = max((check.exit_code for check in checks if not check.ok), default=0)
    if worst:
        sys.exit(worst)


@cli.group(name="types")
def types_group() -> None:
    """Types of documents."""


@types_group.command(name="train")
@click.option("--dry-run", is_flag=True, help="Show what would come of it and keep nothing.")
@_home_option
@_json_option
def train_types(dry_run: bool, home: Path, as_json: bool) -> None:
    """Learn the types of documents from the documents of released batches.

    The new model is compared with the one in use on documents that neither has seen, and kept
    only if it is right more often by more than luck. `convert` uses it from then on.

    \b
    Example:
      chartroom types train --dry-run
    """
    # Its libraries take a second to load, which no other command should wait for.
    from desk import type_training

    with open_archive(home) as archive, _progress() as watch:
        done = type_training.train(archive, dry_run=dry_run, watch=watch)
    if as_json:
        _print_json(done.as_json())
        return
    compared = done.compared
    click.echo(f"{done.verified} verified documents, {done.types} types with enough of them")
    if compared.documents:
        click.echo(
            f"right on {compared.documents}: {compared.right_before} with the model in use, "
            f"{compared.right_after} with the new one (only one right: {compared.only_before} and "
            f"{compared.only_after}, p = {compared.chance:.2g})"
        )
        click.echo(f"macro-F1: {compared.macro_f1_before:.3f} and {compared.macro_f1_after:.3f}")
    click.echo(done.reason)


@cli.group(name="audit")
def audit_group() -> None:
    """The audit trail."""


@audit_group.command(name="verify")
@_home_option
def verify_audit(home: Path) -> None:
    """Prove that no row of the audit trail was altered, removed or slipped in.

    \b
    Example:
      chartroom audit verify
    """
    with open_archive(home) as archive, archive.catalogue.read() as connection:
        broken = broken_seals(connection)
    if broken:
        raise CustodyError(
            f"the audit trail is broken at row {broken[0]} ({len(broken)} rows do not fit); "
            "compare it with a backup"
        )
    click.echo("the audit trail is whole")


def _not_built(ctx: click.Context) -> NoReturn:
    raise click.UsageError(f"`{ctx.command_path}` is not built yet", ctx=ctx)


def _promise(group: click.Group, name: str, what: str) -> None:
    """Name a command of the contract that a later version brings."""
    path = name if group is cli else f"{group.name} {name}"

    @group.command(
        name=name,
        help=f"{what} (not built yet).\n\n\b\nExample:\n  chartroom {path}",
        context_settings={"ignore_unknown_options": True},
    )
    @click.argument("args", nargs=-1, type=click.UNPROCESSED)
    @click.pass_context
    def promised(ctx: click.Context, args: tuple[str, ...]) -> None:
        _not_built(ctx)


_users = click.Group("users", help="People of the web stations (not built yet).")
cli.add_command(_users)
_promise(_users, "add", "Add a person")
_promise(cli, "watch", "Convert what arrives in a folder")
_promise(cli, "serve", "Serve the web stations")
_promise(cli, "backup", "Back the archive up")
_promise(cli, "restore", "Restore an archive")


def _settings(archive: Archive, workers: int | None) -> Settings:
    settings = _with_workers(settings_of(archive.home), workers)
    _search_settings(archive)
    # A machine that cannot read should say so before a batch is taken in.
    open_engine(settings.ocr).close()
    settings.types.opened()
    return settings


def _with_workers(settings: Settings, workers: int | None) -> Settings:
    return settings.with_workers(workers) if workers else settings


def _search_settings(archive: Archive) -> SearchSettings:
    return load_section(archive.home.section("search"), SearchSettings, "search")


def _manner(archive: Archive, settings: SearchSettings, *, exact: bool = False) -> Manner:
    """Return how this archive is searched, with the site's own terms."""
    site = archive.home.root / "synonyms.toml"
    terms = load_synonyms(site) if site.exists() else service.shipped_synonyms()
    return Manner(to_the_letter=exact or settings.spelling == "off", synonyms=terms)


def _chart_order(archive: Archive, asked: str | None = None) -> ChartOrder:
    settings = load_section(archive.home.section("desk"), DeskSettings, "desk")
    return ChartOrder(asked) if asked else settings.order


def _publish(archive: Archive, watch: Watch) -> None:
    watch(Step("indexing", 0, 1))
    try:
        publish.publish(ArchiveText(archive), archive.home.index, _search_settings(archive))
    except ArchiveError as error:
        # The index can be made again; what was captured is safe without it.
        click.echo(f"warning: {error}", err=True)
    watch(Step("indexing", 1, 1))


def _publish_soon(archive: Archive) -> None:
    """Bring the index up to date, or leave that to whoever is at it or comes next.

    An index that has to be built anew is left to `reindex`: a decision must not wait for it.
    """
    source, settings = ArchiveText(archive), _search_settings(archive)
    if publish.status(source, archive.home.index, settings).state is not IndexState.READY:
        return
    try:
        _publish(archive, lambda _: None)
    except BusyError:
        click.echo("note: search is being brought up to date by another chartroom", err=True)


def _home_words(home: Path) -> str:
    """Return how to name the archive in a command, where this one had to."""
    source = click.get_current_context().get_parameter_source("home")
    return f" --home {quote(str(home))}" if source is ParameterSource.COMMANDLINE else ""


def _finish(archive: Archive, batch: deliveries.Batch, as_json: bool) -> NoReturn:
    with archive.catalogue.read() as connection:
        report = report_of(connection, batch)
        rolls = _open_rolls(archive, connection, batch)
        if as_json:
            _print_json(report.as_json())
        else:
            _print_report(connection, batch)
            _print_open_rolls(rolls)
    sys.exit(0 if report.complete and not rolls else HELD)


def _open_rolls(
    archive: Archive, connection: Connection, batch: deliveries.Batch
) -> list[FilmLedger]:
    settings = settings_of(archive.home).indexer
    return [one for one in film_ledger.ledgers(connection, batch, settings) if one.open]


def _print_open_rolls(rolls: Iterable[FilmLedger]) -> None:
    for one in rolls:
        look = f"`chartroom film show {quote(one.roll.name)}`"
        click.echo(f"Roll {one.roll.name}: {len(one.open)} differences to explain: {look}")


def _audit_search(archive: Archive, result: Result, shown: int) -> None:
    # How much was found and shown, and by whom; never the words, which may be a patient's name.
    told = {"pages": result.total, "similar": result.similar, "shown": shown}
    with archive.catalogue.write() as connection:
        record(connection, "searched", "search", actor=this_person(), **told)


def _selection(
    connection: Connection,
    batch_name: str | None,
    mrn: str | None,
    document_id: str | None,
    order: ChartOrder,
) -> export.Selection:
    if batch_name is not None:
        return export.select_batch(connection, batch_name)
    if mrn is not None:
        return export.select_chart(connection, mrn, order)
    if document_id is not None:
        return export.select_document(connection, document_id)
    return export.select_all(connection)


def _export(
    form: str, archive: Archive, connection: Connection, chosen: export.Selection, out: Path
) -> list[Path]:
    if form == "text":
        return export.export_text(connection, chosen, out)
    if form == "csv":
        return export.export_csv(connection, chosen, out)
    if form == "hocr":
        return export.export_markup(connection, chosen, out, write_hocr, ".hocr")
    if form == "alto":
        return export.export_markup(connection, chosen, out, write_alto, ".xml")
    # Loads what writes PDFs, for which no other command should wait.
    from desk.export_pdf import export_pdf

    return export_pdf(archive, connection, chosen, out)


def _write_png(out: Path, image: bytes | None, page_id: str) -> None:
    if image is None:
        raise ArchiveError(f"page {page_id} has no image; `chartroom page {page_id}` says why")
    try:
        out.write_bytes(to_png(image))
    except OSError as error:
        raise ArchiveError(f"cannot write {out}: {error.strerror}; choose another --out") from error
    click.echo(f"written {out}", err=True)


@contextmanager
def _progress() -> Iterator[Watch]:
    """Show progress on a terminal, and nothing elsewhere."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:>10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        tasks: dict[str, Any] = {}

        def watch(now: Step) -> None:
            if now.step not in tasks:
                tasks[now.step] = progress.add_task(now.step, total=now.total)
            progress.update(tasks[now.step], completed=now.done, total=now.total)

        yield watch


def _print_json(row: Mapping[str, object]) -> None:
    click.echo(json.dumps(row, ensure_ascii=False))


def _print_table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    Console().print(table)


def _print_report(connection: Connection, batch: deliveries.Batch) -> None:
    report = report_of(connection, batch)
    click.echo(f"Batch {report.batch} ({batch.state})")
    for line in _report_lines(report):
        click.echo(f"  {line}")
    seen = deliveries.sightings(connection, batch)
    for kind in ("seen before", "passed over"):
        count = sum(sighting.kind == kind for sighting in seen)
        if count:
            click.echo(f"  {count} files {kind}")
    waiting = len(deferred_frames(connection, batch))
    if waiting:
        click.echo(f"  {waiting} frames of film wait uncut; `chartroom film read` reads one")
    troubles = troubles_of(connection, batch)
    if troubles:
        click.echo("Needs a person:")
    for trouble in troubles:
        where = f" frame {trouble.frame}" if trouble.frame else ""
        click.echo(f"  {trouble.state:<12}{trouble.name}{where}: {trouble.reason}")


def _report_lines(report: BatchReport) -> Iterator[str]:
    yield f"{report.sources} sources, {report.frames} frames, {report.documents} documents"
    yield (
        f"{report.filed} filed, {report.held} held, {report.quarantined} quarantined, "
        f"{report.blank} blank, {report.separator} separator, {report.technical} technical"
    )
    if report.unaccounted > 0:
        yield f"{report.unaccounted} of {report.expected} expected frames are unaccounted for"
    elif report.unaccounted < 0:
        yield f"{-report.unaccounted} frames more than the {report.expected} expected"
    else:
        yield f"all {report.expected} expected frames are accounted for"
    yield f"{report.seconds:.1f} seconds, {report.pages_per_minute:.0f} pages a minute"


def _print_hit(hit: Found) -> None:
    head = "  ".join(filter(None, (hit.patient, hit.mrn, hit.type, hit.date)))
    click.echo(f"{hit.page}  {head or 'not filed'}")
    click.echo(f"    {hit.snippet}")
    _print_why(hit)
    if hit.handwritten:
        click.echo("    mostly handwritten: look at the page, its writing was not read")


def _print_why(hit: Found) -> None:
    similar = [one for one in hit.why if one.how.is_similar]
    told = (
        f"{one.asked}: {one.found} ({one.how})" if one.found else f"{one.asked}: {one.how}"
        for one in similar
    )
    if similar:
        click.echo("    " + "; ".join(told))


def _marked(words: str) -> str:
    return click.style(words, bold=True) if sys.stdout.isatty() else f"[{words}]"


def _print_waiting(entry: review.Waiting) -> None:
    click.echo(f"{entry.subject}  {entry.state}  {entry.batch}  {entry.type_name}")
    click.echo(f"    why: {entry.reason}")
    for candidate in entry.candidates:
        click.echo(f"    {candidate.mrn}  {candidate.score:.2f}  {candidate.reason}")
    for other in entry.same_as:
        click.echo(f"    same as page {other}")


def _print_outcome(outcome: deciding.Outcome, undone: bool) -> None:
    done = "taken back" if undone else "decided" if outcome.decided else "so already"
    row = outcome.document
    where = f" to {row.mrn}" if row and row.mrn else ""
    click.echo(f"{outcome.subject}  {done}: {outcome.state}{where}  {outcome.reason}".rstrip())
    if row and row.id != outcome.subject:
        click.echo(f"    it is in document {row.id} ({len(row.pages)} pages)")


def _field_and_value(pair: str) -> tuple[str, str]:
    field, equals, value = pair.partition("=")
    if not equals:
        raise click.UsageError("--value takes FIELD=VALUE, such as service_date=1961-03-04")
    return field.strip(), value


def _print_page(frame: deliveries.FrameRow, kept: PageRecord | None) -> None:
    click.echo(f"{frame.page}  {frame.state}  {frame.reason}".rstrip())
    if frame.document_id:
        click.echo(f"  page {frame.sequence} of document {frame.document_id}")
    if kept:
        click.echo(f"  {kept.width} x {kept.height} pixels, {kept.dpi} dpi, lay at {kept.rotation}")
        for step in kept.steps:
            mark = "done" if step.applied else "left"
            value = "" if step.value is None else f" {step.value:.2f}"
            click.echo(
                f"  {mark} {step.name}{value} ({step.confidence:.2f}) {step.reason}".rstrip()
            )


def _print_reading(words: OcrPage | None) -> None:
    if words is None or words.quality is None:
        return
    told = words.quality
    click.echo(f"  {told.verdict}: about {told.estimated_cer:.0%} of its letters read wrong")
    if told.reason:
        click.echo(f"  why: {told.reason}")
    if words.mostly_handwritten:
        click.echo("  mostly handwritten: its writing was not read")


def _print_inspected(frame: Inspected) -> None:
    told = frame.as_json()
    click.echo(f"{frame.source} frame {frame.frame}: {told['state']} {told.get('reason', '')}")
    type_ = told.get("type")
    if isinstance(type_, dict):
        click.echo(f"  {type_['name']} ({type_['confidence']:.2f})")
    values = told.get("values")
    for value in values if isinstance(values, list) else ():
        click.echo(f"  {value['field']}: {value['value']} ({value['confidence']:.2f})")


def _mapped(pair: str) -> tuple[str, str]:
    column, equals, name = pair.partition("=")
    if not equals:
        raise click.UsageError(f"--map takes COLUMN=NAME, such as roll=REEL, not {pair!r}")
    return column.strip(), name


def _print_index_loaded(done: film.IndexLoaded) -> None:
    click.echo(
        f"{done.rows} rows read: at {done.new} new addresses, {done.changed} changed, "
        f"{done.same} as before"
    )
    for bad in done.bad[:_MOST_BAD_LINES]:
        click.echo(f"  line {bad.line}: {bad.reason}")
    if done.bad:
        click.echo(f"{len(done.bad)} lines were not taken")
    if done.rolls_not_here:
        click.echo(f"{done.rolls_not_here} rolls of the index are not here, or more than one fits")
    for name in done.batches if done.new or done.changed else ():
        click.echo(f"to file by it: chartroom batch retry {quote(name)}")


def _list_rolls(ledgers: Iterable[FilmLedger], as_json: bool) -> None:
    if as_json:
        for one in ledgers:
            _print_json(one.as_json())
        return
    columns = ("batch", "roll", "kind", "frames", "pages", "waiting", "unexplained")
    rows = [one.as_json() for one in ledgers]
    _print_table(columns, [[row[column] for column in columns] for row in rows])


def _print_ledger(ledger: FilmLedger) -> None:
    click.echo(f"Roll {ledger.roll.name} of batch {ledger.roll.batch}")
    for line in film.ledger_lines(ledger):
        click.echo(f"  {line}")
    if ledger.differences:
        _print_table(("difference", "frames", "what", "to do"), film.difference_rows(ledger))
    left = len(ledger.open)
    click.echo(f"{left} differences to explain" if left else "nothing stands against its release")


@contextmanager
def _written_out() -> Iterator[None]:
    """Make sure that what is printed has left us, and say so plainly where it cannot.

    A reader that went away (EPIPE) is left to click, which ends the command with code 1.
    """
    try:
        yield
        sys.stdout.flush()
        _sync_stdout()
    except OSError as error:
        if error.errno == EPIPE:
            raise
        raise not_written("the output", error) from error


def _sync_stdout() -> None:
    """Wait until the disk has what was printed into a file; a pipe or terminal has no disk."""
    try:
        number = sys.stdout.fileno()
        if S_ISREG(os.fstat(number).st_mode):
            os.fsync(number)
    except UnsupportedOperation:
        return  # stdout is no file, as in a test


def _refuse_two_forms(table: Path | None, as_json: bool) -> None:
    if table and as_json:
        raise click.UsageError("say only one of --csv and --json")


def _write_table(table: Path, text: str, *, anew: bool = False) -> None:
    if table == Path("-"):
        # A table is UTF-8 whatever the terminal is.
        click.echo(text.encode(), nl=False)
        return
    write_whole(table, text, anew=anew)
    click.echo(f"written {table}", err=True)


def _print_index(view: registers.View) -> None:
    for heading in view.answer.headings:
        known = "  ".join(filter(None, (heading.mrn, heading.birth_date)))
        if heading.see:
            click.echo(f"{heading.text}  see {heading.see}  {known}")
            continue
        kind = "" if heading.kind == "patient" else heading.kind
        dates = " to ".join(dict.fromkeys(filter(None, (heading.first_date, heading.last_date))))
        counts = f"{heading.documents} documents, {heading.pages} pages"
        if view.asked.register is not Register.PATIENT:
            counts = f"{heading.patients} patients, {counts}"
        click.echo("  ".join(filter(None, (heading.text, kind, known, counts, dates))))
        for line in heading.lines:
            _print_line(line)
    click.echo(registers.count_words(view))


def _print_line(line: Line) -> None:
    whose = (line.mrn, line.patient) if line.state == "filed" else ("held", line.patient)
    told = (*whose, line.type_name, line.date, line.document, f"{line.pages} pages")
    click.echo("    " + "  ".join(filter(None, told)))


def _print_case(case: saved_searches.Case) -> None:
    told = (case.document, case.mrn, case.patient, case.type_name, case.date, case.state)
    how = f"  ({case.match})" if case.match == Kinship.SIMILAR else ""
    click.echo(f"{case.change:<8}" + "  ".join(filter(None, told)) + how)
    for page_id in case.new_pages:
        click.echo(f"        page {page_id}")


def _document_json(row: DocumentRow) -> dict[str, object]:
    return {
        "document": row.id,
        "type": {"code": row.type_code, "name": row.type_name, "confidence": row.type_confidence},
        "date": row.service_date,
        "pages": list(row.pages),
        "batch": row.batch,
        "confidence": row.confidence,
        "rule": row.rule,
    }
