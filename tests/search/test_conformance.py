"""Every engine finds the same pages, and they are the right ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture.errors import ArchiveError, BusyError
from search import tree
from search.dates import day_range
from search.engine import SearchEngine
from search.engines import engine_named
from search.model import Answer, Entry
from search.nodes import AllParts, Begins, Constant, Node
from search.plan import plan
from search.query import parse
from search.text import chains, identifier, label, tokens
from tests.search.archives import corpora, put, temporary_folder, trees

NAMES = ("tantivy", "whoosh")


@pytest.fixture(params=NAMES)
def engine(request: pytest.FixtureRequest) -> SearchEngine:
    return engine_named(request.param)


@pytest.fixture
def folder(tmp_path: Path, engine: SearchEngine) -> Path:
    engine.create(tmp_path / "index")
    return tmp_path / "index"


def write(engine: SearchEngine, folder: Path, entries: Iterable[Entry]) -> None:
    with engine.writing(folder) as writer:
        writer.replace(entries)


def found(engine: SearchEngine, folder: Path, asked: tree.Tree | str) -> list[str]:
    wanted = parse(asked).tree if isinstance(asked, str) else asked
    assert wanted is not None
    with engine.reading(folder) as reader:
        answer = reader.find(plan(wanted), 100)
        ids = [hit.page_id for hit in answer.hits]
        assert answer.total == len(ids)
        assert list(reader.every(plan(wanted))) == sorted(ids)
        return ids


# The meaning of a query, told a second time and as plainly as can be: page by page, no index.


def matches(entry: Entry, asked: tree.Tree) -> bool:
    match asked:
        case tree.And(parts):
            return all(matches(entry, part) for part in parts)
        case tree.Or(parts):
            return any(matches(entry, part) for part in parts)
        case tree.Not(part):
            return not matches(entry, part)
        case tree.Between():
            return overlaps(entry, asked)
        case tree.Wildcard() | tree.Fuzzy():
            return any(parts_stand_in(entry, row, asked) for row in readings(asked))
        case _:
            return any(stands_in(text, asked) for text in texts(entry, asked.field))


def parts_stand_in(entry: Entry, row: list[str], asked: tree.Leaf) -> bool:
    """A shape or a spelling of several parts: each anywhere in the field."""
    return all(
        any(row_stands_in(text, [part], asked) for text in texts(entry, asked.field))
        for part in row
    )


def overlaps(entry: Entry, asked: tree.Between) -> bool:
    if asked.field == "frame":
        low, high = int(asked.low or 0), int(asked.high or 10**9)
        return entry.frame is not None and low <= entry.frame <= high
    days = day_range(entry.date if asked.field == "date" else entry.birth_date)
    first = day_range(asked.low or "0001")
    last = day_range(asked.high or "9999")
    assert first is not None
    assert last is not None
    return days is not None and days[0] <= last[1] and days[1] >= first[0]


def texts(entry: Entry, field: str) -> list[Terms]:
    names = [entry.patient_name, *entry.other_names]
    kind = [entry.type_name, entry.type_code]
    rest = [entry.diagnosis, entry.procedure, entry.attending, entry.facility, entry.roll]
    match field:
        case "mrn":
            return [whole(identifier(entry.mrn))]
        case "batch" | "state" | "reading":
            return [whole(label(getattr(entry, field)))]
        case "":
            return [terms_of(text) for text in (entry.text, entry.mrn, *names, *kind, *rest)]
        case "name":
            return [terms_of(text) for text in names]
        case "type":
            return [terms_of(text) for text in kind]
        case _:
            return [terms_of(getattr(entry, field))]


@dataclass(frozen=True)
class Terms:
    row: list[str]
    extra: list[str]


def whole(key: str) -> Terms:
    return Terms([key] if key else [], [])


def terms_of(text: str) -> Terms:
    found = list(tokens(text))
    return Terms(
        [token.term for token in found if token.in_row],
        [token.term for token in found if not token.in_row],
    )


def stands_in(terms: Terms, asked: tree.Leaf) -> bool:
    return any(row_stands_in(terms, row, asked) for row in readings(asked))


def row_stands_in(terms: Terms, row: list[str], asked: tree.Leaf) -> bool:
    if len(row) == 1:
        return any(alike(term, row[0], asked) for term in (*terms.row, *terms.extra))
    starts = range(len(terms.row) - len(row) + 1)
    return any(terms.row[start : start + len(row)] == row for start in starts)


def readings(asked: tree.Leaf) -> Iterator[list[str]]:
    text = asked.pattern if isinstance(asked, tree.Wildcard) else getattr(asked, "text", "")
    if asked.field in tree.WHOLE_FIELDS:
        key = label(text) if asked.field != "mrn" else identifier(text, pattern=True)
        yield from [[key]] if key.strip("*?") else []
        return
    words = [
        word
        for word in chains(text, pattern=isinstance(asked, tree.Wildcard))
        if word.joined.strip("*?")
    ]
    if words:
        atoms = [atom for word in words for atom in word.atoms]
        yield from [atoms] if all(atom.strip("*?") for atom in atoms) else []
        yield [word.joined for word in words]


def alike(term: str, word: str, asked: tree.Leaf) -> bool:
    match asked:
        case tree.Wildcard():
            return fnmatchcase(term, word)
        case tree.Fuzzy(distance=distance):
            return wrong_letters(term, word) <= min(distance, max(len(word) - 2, 0))
        case _:
            return term == word


def wrong_letters(one: str, other: str) -> int:
    """Optimal string alignment, from the textbook."""
    cost = [[row + column for column in range(len(other) + 1)] for row in range(len(one) + 1)]
    for row, letter in enumerate(one, 1):
        for column, wanted in enumerate(other, 1):
            cost[row][column] = min(
                cost[row - 1][column] + 1,
                cost[row][column - 1] + 1,
                cost[row - 1][column - 1] + (letter != wanted),
            )
            swapped = (
                row > 1 and column > 1 and one[row - 2] == wanted and letter == other[column - 2]
            )
            if swapped:
                cost[row][column] = min(cost[row][column], cost[row - 2][column - 2] + 1)
    return cost[-1][-1]


@given(corpus=corpora, changed=corpora, asked=st.lists(trees, min_size=1, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_engine_finds_what_the_plain_meaning_says(
    corpus: list[Entry], changed: list[Entry], asked: list[tree.Tree]
) -> None:
    kept = {entry.page_id: entry for entry in (*corpus, *changed)}
    right = [
        sorted(page_id for page_id, entry in kept.items() if matches(entry, wanted))
        for wanted in asked
    ]
    for name in NAMES:
        engine = engine_named(name)
        with temporary_folder() as home:
            engine.create(Path(home))
            write(engine, Path(home), corpus)
            write(engine, Path(home), changed)
            assert [sorted(found(engine, Path(home), wanted)) for wanted in asked] == right, name


CHEST = Entry("page-1", text="Chest pain since Monday", date="1961-03-05", frame=3)
ANKLE = Entry("page-2", text="Ankle sprain, no chest injury, no pain", date="1963")


def test_a_page_is_replaced_by_its_newer_self(engine: SearchEngine, folder: Path) -> None:
    write(engine, folder, [CHEST, ANKLE])
    write(engine, folder, [Entry("page-1", text="Headache")])
    assert found(engine, folder, "chest") == ["page-2"]
    assert found(engine, folder, "headache") == ["page-1"]


def test_a_page_replaced_twice_in_one_commit_is_there_once(
    engine: SearchEngine, folder: Path
) -> None:
    with engine.writing(folder) as writer:
        writer.replace([CHEST])
        writer.replace([Entry("page-1", text="Headache")])
    assert found(engine, folder, "NOT nowhere") == ["page-1"]
    assert found(engine, folder, "chest") == []


def test_a_removed_page_is_gone_and_an_unknown_one_no_error(
    engine: SearchEngine, folder: Path
) -> None:
    write(engine, folder, [CHEST, ANKLE])
    with engine.writing(folder) as writer:
        writer.remove(["page-1", "page-9"])
    assert found(engine, folder, "chest") == ["page-2"]


def test_the_last_word_of_one_commit_counts(engine: SearchEngine, folder: Path) -> None:
    with engine.writing(folder) as writer:
        writer.replace([CHEST, ANKLE])
        writer.remove(["page-1"])
        writer.remove(["page-2"])
        writer.replace([ANKLE])
    assert found(engine, folder, "chest") == ["page-2"]


def test_a_write_that_fails_leaves_nothing_and_the_index_open_to_the_next(
    engine: SearchEngine, folder: Path
) -> None:
    write(engine, folder, [CHEST])
    with pytest.raises(ZeroDivisionError):
        fail_while_writing(engine, folder)
    assert found(engine, folder, "chest") == ["page-1"]
    write(engine, folder, [ANKLE])
    assert found(engine, folder, "ankle") == ["page-2"]


def fail_while_writing(engine: SearchEngine, folder: Path) -> None:
    with engine.writing(folder) as writer:
        writer.replace([ANKLE])
        writer.remove(["page-1"])
        raise ZeroDivisionError


def test_two_writers_never_meet(engine: SearchEngine, folder: Path) -> None:
    with engine.writing(folder) as writer:
        writer.replace([CHEST])
        with pytest.raises(BusyError, match="run again"), engine.writing(folder):
            pass
    assert found(engine, folder, "chest") == ["page-1"]


def test_a_reader_sees_one_state_whatever_is_written(engine: SearchEngine, folder: Path) -> None:
    write(engine, folder, [CHEST])
    everything = plan_of("NOT nowhere")
    with engine.reading(folder) as reader:
        write(engine, folder, [ANKLE])
        assert (reader.pages(), reader.find(everything, 0).total) == (1, 1)
    with engine.reading(folder) as reader:
        assert reader.pages() == 2


def plan_of(query: str) -> Node:
    wanted = parse(query).tree
    assert wanted is not None
    return plan(wanted)


def test_the_page_that_says_it_more_comes_first(engine: SearchEngine, folder: Path) -> None:
    often = Entry("page-9", text="fever fever fever")
    seldom = Entry("page-1", text="fever and a great many other words of no account at all")
    write(engine, folder, [seldom, often, ANKLE])
    assert found(engine, folder, "fever") == ["page-9", "page-1"]


def test_equal_pages_come_by_id_however_they_were_written(
    engine: SearchEngine, folder: Path
) -> None:
    ids = [f"page-{number:02}" for number in (7, 3, 9, 1, 5, 2, 8, 4, 6)]
    for start in (0, 3, 6):
        write(engine, folder, [Entry(page_id, text="fever") for page_id in ids[start : start + 3]])
    node = plan_of("fever")
    with engine.reading(folder) as reader:
        pages = [hit.page_id for at in (0, 2, 4, 6, 8) for hit in reader.find(node, 2, at).hits]
    assert pages == sorted(ids)


def test_filters_alone_give_pages_by_id(engine: SearchEngine, folder: Path) -> None:
    ids = [f"page-{number:02}" for number in (7, 3, 9, 1)]
    write(engine, folder, [Entry(page_id, date="1961") for page_id in ids])
    node = plan_of("date:1961")
    with engine.reading(folder) as reader:
        assert [hit.page_id for hit in reader.find(node, 2, 1).hits] == ["page-03", "page-07"]
        assert {hit.score for hit in reader.find(node, 9).hits} == {0.0}
        assert reader.find(node, 0) == Answer((), 4)


def test_a_word_that_begins_alike_is_found_give_or_take_an_edit(
    engine: SearchEngine, folder: Path
) -> None:
    words = ("gastrostomy", "gastroxxxxx", "gasrostomy", "gsatrostom", "gastr", "duodenostomy")
    write(engine, folder, [Entry(f"page-{at}", text=word) for at, word in enumerate(words)])
    with engine.reading(folder) as reader:
        found = reader.every(Begins("words", "gastrostomy", 6))
    assert list(found) == ["page-0", "page-1", "page-2", "page-3", "page-4"]


def test_an_and_not_within_another_loses_no_page(engine: SearchEngine, folder: Path) -> None:
    frames = (None, None, 12, 1, None, None)
    write(engine, folder, [Entry(f"page-{at}", frame=frame) for at, frame in enumerate(frames)])
    assert len(found(engine, folder, "NOT (frame:0..11 -frame:..15)")) == len(frames)


def test_what_does_not_score_leaves_the_score_alone(engine: SearchEngine, folder: Path) -> None:
    write(engine, folder, [CHEST, ANKLE])
    chest, dated = plan_of("chest"), plan_of("date:1961..1963")
    absent, framed = plan_of("NOT fever"), plan_of("since OR no")
    with engine.reading(folder) as reader:
        alone = reader.find(chest, 9)
        narrowed = reader.find(AllParts((chest, dated, absent, Constant(framed))), 9)
    assert narrowed == alone


def test_a_word_that_stands_for_hundreds_finds_them_all(engine: SearchEngine, folder: Path) -> None:
    write(
        engine, folder, [Entry(f"page-{number:03}", text=f"lot{number}") for number in range(300)]
    )
    assert len(parse_and_count(engine, folder, "lot*")) == 300
    assert parse_and_count(engine, folder, "lot1* -lot1??") == sorted(
        ["page-001", *(f"page-{number:03}" for number in range(10, 20))]
    )


def parse_and_count(engine: SearchEngine, folder: Path, query: str) -> list[str]:
    node = plan_of(query)
    with engine.reading(folder) as reader:
        return sorted(hit.page_id for hit in reader.find(node, 1000).hits)


def test_long_and_odd_text_is_taken_in(engine: SearchEngine, folder: Path) -> None:
    odd = "\x00 \ufdfa ½ " + "a" * 100_000 + " " + "x-" * 5_000 + "x \U0001f600 \ufffd end"
    write(engine, folder, [Entry("page-1", text=odd, batch="\x00\n\u2028")])
    assert found(engine, folder, "end") == ["page-1"]
    assert found(engine, folder, "a" * 90_000) == ["page-1"]


# Whoosh leaves files open when it trips over a damaged one; the collector closes them.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("harm", ["emptied", "cut", "removed"])
def test_a_damaged_index_is_told_and_never_answers_wrong(
    engine: SearchEngine, folder: Path, harm: str
) -> None:
    write(engine, folder, [CHEST, ANKLE])
    right = ["page-1", "page-2"]
    answers = []
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        damage(path, harm)
        answers.append(found_or_told(engine, folder, "chest pain"))
        put(path, whole)
    assert "the search index is corrupt: run `chartroom reindex`" in answers
    assert [answer for answer in answers if not isinstance(answer, str) and answer != right] == []


def found_or_told(engine: SearchEngine, folder: Path, query: str) -> list[str] | str:
    try:
        return sorted(found(engine, folder, query))
    except ArchiveError as error:
        return str(error)


def damage(path: Path, harm: str) -> None:
    match harm:
        case "emptied":
            put(path, b"")
        case "cut":
            put(path, path.read_bytes()[:-20])
        case _:
            path.unlink()


def test_a_folder_without_an_index_is_told(engine: SearchEngine, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="reindex"), engine.reading(tmp_path):
        pass
    with pytest.raises(ArchiveError, match="reindex"), engine.writing(tmp_path / "nowhere"):
        pass
