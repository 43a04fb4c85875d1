"""A chart may call it otherwise than the person who looks for it."""

from __future__ import annotations

import re
import time
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.errors import SettingsError
from search.synonym_file import load
from search.synonyms import MOST_WORDS, Group, Kind, Synonyms, literal
from search.text import has_word

SHIPPED = load()


@pytest.fixture
def shipped() -> Synonyms:
    return SHIPPED


def found(synonyms: Synonyms, typed: str) -> dict[str, Kind]:
    return {same.text: same.kind for same in synonyms.of(typed.split())}


def meanings(synonyms: Synonyms, typed: str) -> set[str]:
    return {same.meaning for same in synonyms.of(typed.split())}


def site(folder: Path, text: str) -> Path:
    path = folder / "synonyms.toml"
    path.write_text(text, encoding="utf-8")
    return path


# The shipped file.


def lists(group: Group) -> dict[str, tuple[str, ...]]:
    return {name: getattr(group, name) for name in group.__slots__}


def test_there_are_many_groups(shipped: Synonyms) -> None:
    assert len(shipped.groups) >= 1000
    assert len(shipped.spellings) >= 150


def test_every_term_can_be_searched_for_and_typed(shipped: Synonyms) -> None:
    for group in shipped.groups:
        terms = [term for held in lists(group).values() for term in held]
        assert len(terms) >= 2, group.name
        for term in terms:
            assert has_word(term), group.name
            assert len(term.split()) <= MOST_WORDS, term


def test_no_term_belongs_to_two_groups(shipped: Synonyms) -> None:
    owners: dict[tuple[str, ...], str] = {}
    for group in shipped.groups:
        for term in group.own:
            assert owners.setdefault(literal(term), group.name) == group.name, term


def test_what_is_found_by_one_meaning_is_no_word_written_small(shipped: Synonyms) -> None:
    capitals = {literal(term) for group in shipped.groups for term in group.capitals}
    own = {literal(term) for group in shipped.groups for term in group.own}
    assert not capitals & own


COMMON = """a age all an and as at be by cat cold do ed for go he her his if in is it me mom no of
on or pan par pat pet pt scan she so the to up us was we"""


def test_a_common_word_has_no_equivalent(shipped: Synonyms) -> None:
    assert not [word for word in COMMON.split() if shipped.of([word])]


DISEASES = (
    "tuberculosis", "syphilis", "influenza", "pneumonia", "bronchitis", "asthma", "emphysema",
    "stroke", "epilepsy", "multiple sclerosis", "mitral stenosis", "aortic stenosis",
    "mitral insufficiency", "myocardial infarction", "angina pectoris", "congestive heart failure",
    "hypertension", "nephritis", "pyelonephritis", "kidney stones", "gallstones", "cholecystitis",
    "appendicitis", "diphtheria", "measles", "German measles", "chickenpox", "smallpox",
    "scarlet fever", "typhoid fever", "typhus", "poliomyelitis", "tetanus", "malaria", "gonorrhea",
    "diabetes mellitus", "hyperthyroidism", "hypothyroidism", "anemia", "pernicious anemia",
    "leukemia", "acute lymphocytic leukemia", "chronic lymphocytic leukemia", "cancer",
    "rheumatoid arthritis", "osteoarthritis", "gout", "hepatitis A", "hepatitis B", "cirrhosis",
    "duodenal ulcer", "gastric ulcer", "schizophrenia", "Down syndrome", "mental retardation",
    "toxemia of pregnancy", "puerperal fever", "miscarriage", "pulmonary embolism",
    "pleural effusion", "cerebral palsy", "muscular dystrophy", "myasthenia gravis",
)  # fmt: skip


@pytest.mark.parametrize("one", DISEASES)
def test_no_disease_finds_another_but_its_kinds(shipped: Synonyms, one: str) -> None:
    others = {other.casefold() for other in DISEASES if other != one}
    for text, kind in found(shipped, one).items():
        assert text.casefold() not in others or kind is Kind.NARROWER


def test_no_two_diseases_share_a_term_of_their_own(shipped: Synonyms) -> None:
    own = {group.name: {literal(term) for term in group.own} for group in shipped.groups}
    assert set(DISEASES) <= set(own)
    assert not [pair for pair in combinations(DISEASES, 2) if own[pair[0]] & own[pair[1]]]


# What finds what.


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("MI", "myocardial infarction"), ("heart attack", "coronary thrombosis"),
        ("MI", "coronary occlusion"), ("consumption", "tuberculosis"), ("phthisis", "TB"),
        ("grippe", "influenza"), ("dropsy", "edema"), ("anasarca", "edema"),
        ("apoplexy", "stroke"), ("CVA", "stroke"), ("lues", "syphilis"),
        ("infantile paralysis", "poliomyelitis"), ("mongolism", "Down syndrome"),
        ("Bright's disease", "nephritis"), ("summer complaint", "infantile diarrhea"),
        ("childbed fever", "puerperal fever"), ("quinsy", "peritonsillar abscess"),
        ("lockjaw", "tetanus"), ("CHF", "congestive heart failure"), ("SOB", "dyspnea"),
        ("HTN", "hypertension"), ("DM", "diabetes mellitus"), ("Fx", "fracture"),
        ("Dx", "diagnosis"), ("Hx", "history"), ("s/p", "status post"), ("c/o", "complains of"),
        ("h/o", "history of"), ("w/o", "without"), ("T&A", "tonsillectomy and adenoidectomy"),
        ("D&C", "dilatation and curettage"), ("TURP", "transurethral resection"),
        ("TAH-BSO", "total abdominal hysterectomy and bilateral salpingo-oophorectomy"),
        ("CABG", "coronary artery bypass graft"), ("ECG", "EKG"), ("CXR", "chest X-ray"),
        ("CBC", "complete blood count"), ("UA", "urinalysis"), ("BUN", "blood urea nitrogen"),
        ("ICU", "intensive care unit"), ("ER", "emergency room"),
        ("q.i.d.", "four times a day"), ("Lanoxin", "digoxin"), ("Demerol", "meperidine"),
        ("Dilantin", "diphenylhydantoin"), ("nephrolithiasis", "kidney stones"),
        ("cholelithiasis", "gallstones"), ("pyrexia", "fever"), ("harelip", "cleft lip"),
        ("dementia praecox", "schizophrenia"), ("shell shock", "traumatic neurosis"),
        ("oesophagus", "esophagus"), ("anaemia", "anemia"), ("haemorrhage", "hemorrhage"),
        ("oedema", "edema"), ("tumour", "tumor"), ("paediatric", "pediatric"),
        ("foetus", "fetus"), ("removal of the gallbladder", "cholecystectomy"),
    ],
)  # fmt: skip
def test_both_ways_of_saying_it_find_each_other(shipped: Synonyms, one: str, other: str) -> None:
    there, back = found(shipped, one), found(shipped, other)
    assert other in there
    assert {literal(text) for text in back} >= {literal(one)}


def test_a_term_is_told_for_what_it_is(shipped: Synonyms) -> None:
    same = found(shipped, "tuberculosis")
    assert same["TB"] is Kind.ABBREVIATION
    assert same["consumption"] is Kind.PERIOD
    assert same["miliary tuberculosis"] is Kind.NARROWER
    assert found(shipped, "consumption")["tuberculosis"] is Kind.SYNONYM
    assert found(shipped, "Down syndrome")["mongolism"] is Kind.PERIOD
    assert found(shipped, "oedema")["edema"] is Kind.SPELLING
    assert found(shipped, "edema")["oedema"] is Kind.SPELLING


def test_an_abbreviation_of_several_meanings_finds_all_and_none_finds_it(
    shipped: Synonyms,
) -> None:
    every = {"multiple sclerosis", "mitral stenosis", "morphine"}
    assert meanings(shipped, "MS") == every
    for meaning in every:
        assert not {"MS", "M.S."} & set(found(shipped, meaning))
        assert meanings(shipped, meaning) == {meaning}


def test_the_usual_meaning_comes_first_and_alone_finds_the_abbreviation(shipped: Synonyms) -> None:
    assert shipped.of(["MI"])[0].meaning == "myocardial infarction"
    assert meanings(shipped, "MI") == {"myocardial infarction", "mitral insufficiency"}
    assert "MI" in found(shipped, "heart attack")
    assert "MI" not in found(shipped, "mitral insufficiency")


@pytest.mark.parametrize("abbreviation", ["AS", "ALL", "OR", "AIDS", "US", "COLD", "PT"])
def test_an_english_word_is_an_abbreviation_only_in_capitals(
    shipped: Synonyms, abbreviation: str
) -> None:
    assert shipped.of([abbreviation])
    assert not shipped.of([abbreviation.lower()])
    for meaning in meanings(shipped, abbreviation):
        assert literal(abbreviation) not in map(literal, found(shipped, meaning))


def test_a_kind_of_it_is_found_but_does_not_find_it(shipped: Synonyms) -> None:
    assert found(shipped, "stroke")["cerebral hemorrhage"] is Kind.NARROWER
    assert "stroke" not in found(shipped, "cerebral hemorrhage")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("M.I.", "myocardial infarction"),
        ("mi", "myocardial infarction"),
        ("T & A", "tonsillectomy and adenoidectomy"),
        ("T and A", "tonsillectomy and adenoidectomy"),
        ("Brights disease", "nephritis"),
        ("Bright disease", "nephritis"),
        ("xray", "X-ray"),
        ("x ray", "X-ray"),
        ("gallstone", "gallstones"),
        ("strokes", "stroke"),
        ("pernicious anaemia", "pernicious anemia"),
        ("HEART ATTACK", "myocardial infarction"),
        ("Guillain Barre syndrome", "Guillain-Barré syndrome"),
        ("(heart attack)", "myocardial infarction"),
    ],
)
def test_other_ways_of_writing_it_need_not_be_listed(
    shipped: Synonyms, typed: str, meant: str
) -> None:
    assert meant in meanings(shipped, typed)


def test_a_term_is_found_in_its_other_spellings(shipped: Synonyms) -> None:
    assert {"pernicious anaemia", "Addison anemia"} <= set(found(shipped, "Addison's anemia"))
    assert "M.I." in found(shipped, "heart attack")


@pytest.mark.parametrize("typed", ["", "zzz", "and", "&", "T. A. Brown", "T. A.", "- TB"])
def test_what_is_no_term_has_no_equivalent(shipped: Synonyms, typed: str) -> None:
    assert shipped.of(typed.split()) == ()


def test_nothing_is_its_own_equivalent(shipped: Synonyms) -> None:
    for group in shipped.groups:
        for term in group.own:
            same = [literal(one.text) for one in shipped.of(term.split())]
            assert literal(term) not in same, term


# Runs of words.


def runs(synonyms: Synonyms, query: str) -> list[str]:
    words = query.split()
    return [" ".join(words[run.start : run.stop]) for run in synonyms.runs(words)]


def test_the_longest_run_stands(shipped: Synonyms) -> None:
    asked = "old heart attack with kidney stones s/p T&A"
    assert runs(shipped, asked) == ["heart attack", "kidney stones", "s/p", "T&A"]
    assert runs(shipped, "acute lymphocytic leukemia") == ["acute lymphocytic leukemia"]


def test_a_query_all_in_capitals_has_no_words_for_abbreviations(shipped: Synonyms) -> None:
    assert runs(shipped, "PAIN AS BEFORE") == []
    assert runs(shipped, "AS with CHF") == ["AS", "CHF"]
    assert runs(shipped, "HTN AS") == ["HTN", "AS"]


TYPED = ("heart", "attack", "MI", "AS", "of", "T", "&", "A", "s/p", "stones", "kidney", "TB")


@given(st.lists(st.sampled_from(TYPED)))
def test_runs_lie_in_order_and_apart(words: list[str]) -> None:
    before = 0
    for run in SHIPPED.runs(words):
        assert before <= run.start < run.stop <= min(len(words), run.start + MOST_WORDS)
        assert run.equivalents
        before = run.stop


@given(st.lists(st.text()))
def test_anything_may_be_typed(words: list[str]) -> None:
    list(SHIPPED.runs(words))
    SHIPPED.of(words)


def test_a_look_up_takes_no_time(shipped: Synonyms) -> None:
    words = ["heart", "attack"]
    shipped.of(words)
    started = time.perf_counter()
    for _ in range(1000):
        shipped.of(words)
    assert time.perf_counter() - started < 0.5


# A file of the site.


def test_a_site_adds_terms_to_a_group_and_groups(tmp_path: Path) -> None:
    ours = load(site(tmp_path, """
        [[group]]
        terms = ["myocardial infarction"]
        abbreviations = ["CORTHROM"]

        [[group]]
        terms = ["Ward Six", "contagion house"]

        [spellings]
        "tonsilar" = "tonsillar"
        """))  # fmt: skip
    assert "CORTHROM" in found(ours, "heart attack")
    assert "heart attack" in found(ours, "corthrom")
    assert "Ward Six" in found(ours, "contagion house")
    assert "tonsillar" in found(ours, "tonsilar")
    assert len(ours.groups) == len(SHIPPED.groups) + 1


def test_an_absent_file_adds_nothing(tmp_path: Path) -> None:
    assert load(tmp_path / "synonyms.toml").groups == SHIPPED.groups


def test_a_term_of_the_site_is_no_other_groups_any_more(tmp_path: Path) -> None:
    ours = load(site(tmp_path, '[[group]]\nterms = ["blister ward", "consumption"]\n'))
    assert set(found(ours, "consumption")) == {"blister ward"}
    assert "consumption" not in found(ours, "tuberculosis")


def test_a_site_says_what_its_abbreviation_means(tmp_path: Path) -> None:
    ours = load(site(tmp_path, """
        [[group]]
        terms = ["multiple sclerosis"]
        abbreviations = ["MS"]

        [[group]]
        terms = ["mitral stenosis"]
        off = ["MS"]

        [[group]]
        terms = ["morphine"]
        off = ["MS"]
        """))  # fmt: skip
    assert meanings(ours, "MS") == {"multiple sclerosis"}
    assert "MS" in found(ours, "multiple sclerosis")


def test_a_site_switches_a_term_off(tmp_path: Path) -> None:
    ours = load(site(tmp_path, 'off = ["consumption", "MS", "oedema"]\n'))
    assert found(ours, "consumption") == {}
    assert "consumption" not in found(ours, "tuberculosis")
    assert found(ours, "MS") == {}
    assert "oedema" not in found(ours, "edema")
    assert "TB" in found(ours, "tuberculosis")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[group]\n", "synonyms.toml is not valid TOML"),
        ('[group]\nterms = ["a b"]\n', "write [[group]]"),
        ('[[groups]]\nterms = ["a b"]\n', "'groups' cannot be used here"),
        ("[[group]]\n", "entry 1: it has no terms"),
        ('[[group]]\nterms = ["a b"]\nperiods = ["c"]\n', "did you mean 'period'?"),
        ('[[group]]\nterms = "a b"\n', "entry 1: terms: write a list"),
        ('[[group]]\nterms = ["a b", ""]\n', "entry 1 (a b): terms: '' is no term"),
        ('[[group]]\nterms = ["a b", 3]\n', "entry 1 (a b): terms: 3 is no term"),
        ('[[group]]\nterms = ["a b", "A. B."]\n', "entry 1 (a b): 'A. B.' is in it twice"),
        ('[[group]]\nterms = ["a b c d e f g"]\n', "of one to 6 words"),
        ('[[group]]\nterms = ["a b"]\ncapitals = ["as"]\n', "capitals: 'as' is not in capitals"),
        (
            '[[group]]\nterms = ["a b"]\n[[group]]\nterms = ["c d", "a b"]\n',
            "entry 2 (c d): 'a b' is in entry 1 too",
        ),
        ('[[group]]\nterms = ["no such"]\noff = ["MS"]\n', "entry 1 (no such): there is no group"),
        ('[spellings]\nx = "two words"\n', "spellings: 'two words' is not one word"),
        ('[spellings]\nx = "y"\ny = "z"\n', "'y' stands on both sides"),
        ("off = [3]\n", "off: 3 is no term"),
        ('off = "MS"\n', "'off' cannot be used here"),
    ],
)
def test_a_mistake_is_told_with_its_entry(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError) as error:
        load(site(tmp_path, text))
    assert told in str(error.value)
    assert "synonyms.toml" in str(error.value)


EXAMPLES = (Path(__file__).parents[2] / "docs" / "synonyms.md").read_text(encoding="utf-8")


def test_the_examples_of_the_page_for_sites_can_be_used(tmp_path: Path) -> None:
    group, overlay = re.findall(r"```toml\n(.*?)```", EXAMPLES, re.DOTALL)
    assert found(load(site(tmp_path, group)), "apoplexy")
    ours = load(site(tmp_path, overlay))
    assert not found(ours, "consumption")
    assert "COR THROMB" in found(ours, "MI")
    assert meanings(ours, "MS") == {"multiple sclerosis"}


def test_the_page_for_sites_tells_every_kind_and_list() -> None:
    assert all(kind in EXAMPLES for kind in Kind)
    assert all(f"`{name}`" in EXAMPLES for name in Group.__slots__)
