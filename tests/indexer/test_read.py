"""Reading the index values of a page."""

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.model import Digest, FrameRef
from indexer.model import FIELDS, IndexValue, PageIndex
from indexer.read import index_page, page_from_text, text_size
from indexer.settings import IndexSettings

FRAME = FrameRef(Digest("0" * 64), 1)
SETTINGS = IndexSettings(newest_year=2026)
SUMMARY = """\
                    ST. EXAMPLE MEMORIAL HOSPITAL
                        DISCHARGE SUMMARY

Patient Name: TESTPERSON, ALMA F JR       MRN: 0712345
DOB: 03/04/27      Sex: F        Account No: V10023456
ADMITTED: 05/06/1961    DISCHARGED: 5-12-61
Attending Physician: George Samplewell, M.D.   Referring: Dr. Mockridge

FINAL DIAGNOSIS:
1. Acute cholecystitis 574.00
2. Hypertension

OPERATION: Cholecystectomy

SSN: 123-45-6789  Phone: 555-123-4567   Zip: 12345
D: 05/13/61  T: 05/14/61
Electronically signed by George Samplewell, M.D. on 05/15/1961 10:22
                                  Page 1 of 2
"""


def indexed(text: str, settings: IndexSettings = SETTINGS) -> PageIndex:
    width, height = text_size(text)
    return index_page(page_from_text(text, FRAME), width=width, height=height, settings=settings)


def values(text: str, field: str, settings: IndexSettings = SETTINGS) -> list[str]:
    return [value.value for value in indexed(text, settings).values if value.field == field]


def only(text: str, field: str) -> IndexValue:
    (value,) = (value for value in indexed(text).values if value.field == field)
    return value


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("mrn", ["0712345"]),
        ("account", ["V10023456"]),
        ("patient_name", ["TESTPERSON, ALMA F JR"]),
        ("birth_date", ["1927-03-04"]),
        ("sex", ["F"]),
        ("ssn", ["123-45-6789"]),
        ("admission_date", ["1961-05-06"]),
        ("discharge_date", ["1961-05-12"]),
        ("dictated_date", ["1961-05-13"]),
        ("transcribed_date", ["1961-05-14"]),
        ("signed_date", ["1961-05-15"]),
        ("attending", ["SAMPLEWELL, GEORGE"]),
        ("referring", ["MOCKRIDGE"]),
        ("facility", ["ST. EXAMPLE MEMORIAL HOSPITAL"]),
        ("diagnosis", ["Acute cholecystitis 574.00", "Hypertension"]),
        ("procedure", ["Cholecystectomy"]),
        ("page_of", ["1/2"]),
    ],
)
def test_a_discharge_summary_gives_every_field(field: str, expected: list[str]) -> None:
    assert values(SUMMARY, field) == expected


def test_every_value_is_of_the_contract_and_carries_its_evidence() -> None:
    for value in indexed(SUMMARY).values:
        assert value.field in FIELDS
        assert value.frame == FRAME
        assert value.rule.endswith("@1")
        assert 0.0 < value.confidence < 1.0


def test_the_box_covers_the_value_and_not_its_label() -> None:
    found = only("MRN: 0712345", "mrn")
    assert (found.box.x, found.box.width) == (5 * 20, 7 * 20)


@pytest.mark.parametrize(
    "label",
    ["MRN:", "MR#", "MR No.", "Med Rec No:", "Medical Record Number:", "Chart No.", "Unit No:",
     "Hospital No.", "Patient ID:", "History No.", "M.R.N.", "Medical Rec0rd Number:", "MRN"],
)  # fmt: skip
def test_a_record_number_is_known_by_its_label(label: str) -> None:
    assert values(f"{label} 0712345", "mrn") == ["0712345"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("MRN:0712345", ["0712345"], id="run-together"),
        pytest.param("MRN0712345", ["0712345"], id="grown-together"),
        pytest.param("MRN: 07-22-48", ["072248"], id="pairs"),
        pytest.param("MRN: 07 22 48", ["072248"], id="pairs-apart"),
        pytest.param("MRN: ____0712345__", ["0712345"], id="on-a-line"),
        pytest.param("Patient Name      MRN\nTESTPERSON, ALMA  0712345", ["0712345"], id="below"),
        pytest.param("MRN: O7I2345", ["0712345"], id="look-alikes"),
        pytest.param("MRN: 1234", [], id="too-short"),
        pytest.param("MRN: 12345678901", [], id="too-long"),
        pytest.param("MRN: 03/04/1961", [], id="a-date"),
        pytest.param("MRN: 555-123-4567", [], id="a-telephone"),
        pytest.param("MRN: 123-45-6789", [], id="a-security-number"),
        pytest.param("MRN: SEE ABOVE", [], id="words"),
        pytest.param("MRN: OISBOIS", [], id="letters-only"),
        pytest.param("MRN:     Account No: 7654321", [], id="empty"),
        pytest.param("Account No: 7654321", [], id="account"),
        pytest.param("FIN: 7654321", [], id="financial-number"),
        pytest.param("Visit No. 7654321", [], id="visit"),
        pytest.param("Policy No: 7654321", [], id="policy"),
        pytest.param("Zip: 12345   Phone: 555-1234", [], id="zip-and-telephone"),
        pytest.param("Next of kin: SAMPLEWELL, GEORGE   MRN: 7654321", [], id="another-person"),
        pytest.param("White count was 11400 and 7654321 was seen", [], id="prose"),
    ],
)  # fmt: skip
def test_only_what_fits_is_a_record_number(text: str, expected: list[str]) -> None:
    assert values(text, "mrn") == expected


def test_a_mended_number_says_so_and_keeps_what_was_read() -> None:
    found = only("MRN: O7I2345", "mrn")
    assert found.raw == "O7I2345"
    assert found.rule == "mrn-label-repaired@1"
    assert found.confidence < only("MRN: 0712345", "mrn").confidence


def test_two_record_numbers_on_a_page_are_both_doubted() -> None:
    alone = only("MRN: 04802568", "mrn")
    page = indexed("MRN: 04802568\n\nSeen today.\n\nMed Rec No: 64862568")
    both = [value for value in page.values if value.field == "mrn"]
    assert [value.value for value in both] == ["04802568", "64862568"]
    assert all(value.confidence < 0.7 * alone.confidence for value in both)


def test_a_torn_number_is_not_trusted() -> None:
    assert only("MRN: 07123 45", "mrn").confidence < SETTINGS.low_confidence + 0.1


def test_a_failed_check_digit_is_not_trusted() -> None:
    settings = IndexSettings(check_digit="m10")
    (good,) = (v for v in indexed("MRN: 123455", settings).values if v.field == "mrn")
    (bad,) = (v for v in indexed("MRN: 123456", settings).values if v.field == "mrn")
    assert bad.confidence < settings.low_confidence < good.confidence


def test_a_plate_in_the_corner_needs_no_labels() -> None:
    text = "PROGRESS NOTES".ljust(60) + "TESTPERSON, ALMA F\n" + " " * 60 + "0712345\n"
    text += " " * 60 + "03/04/1927 F\n" + "\n" * 20 + "Seen today, feels well."
    assert values(text, "mrn") == ["0712345"]
    assert values(text, "patient_name") == ["TESTPERSON, ALMA F"]
    assert values(text, "birth_date") == ["1927-03-04"]


def plate(*lines: str, title: str = "PROGRESS NOTES") -> str:
    """A page with ``lines`` in its right corner."""
    head = [f"{'INVENTED HOSPITAL' if n == 0 else '':<60}{line}" for n, line in enumerate(lines)]
    return "\n".join([*head, "", f"{title:^80}", *[""] * 20, "Seen today, feels well."])


@pytest.mark.parametrize(
    "lines",
    [
        ("TESTPERSON, ALMA F", "Unit No. 0712345", "DOB 3-4-27 SEX F", "DR MOCKRIDGE G"),
        ("Unit No. 0712345", "TESTPERSON, ALMA F", "DOB 3-4-27 SEXF", "ACCT 4423-1"),
        ("Unit No. 0712345 5/6/61", "TESTPERSON, ALMA F", "DOB 3-4-27 SEX F", "ACCT 4423-1"),
        (
            "TESTPERSON, ALMA F",
            "25 EXAMPLE COURT, SAMPLETON",
            "Unit No. 0712345",
            "DOB 3-4-27 SEXF",
        ),
    ],
)
def test_a_plate_that_labels_its_number_names_its_patient(lines: tuple[str, ...]) -> None:
    text = plate(*lines)
    assert values(text, "patient_name") == ["TESTPERSON, ALMA F"]
    assert values(text, "mrn") == ["0712345"]
    assert values(text, "birth_date") == ["1927-03-04"]
    assert values(text, "sex") == ["F"]


def test_a_line_too_long_for_a_plate_is_none() -> None:
    text = plate("TESTPERSON, ALMA F AND MANY MORE WORDS", "Unit No. 0712345", "DOB 3-4-27")
    assert values(text, "patient_name") == []
    assert values(text, "mrn") == ["0712345"]


_PIECES = st.sampled_from(
    ["TESTPERSON,", "ALMA", "F", "Unit", "No.", "0712345", "DOB", "3-4-27", "SEXM", "MRN:", "12",
     "HOSPITAL", "OHIO", "43999", "Dear", "Page", "of", "Same.", "DIAGNOSIS:", "OPERATION", "-",
     "|", "", "        ", "          "]
)  # fmt: skip


@given(st.lists(st.lists(_PIECES, max_size=12).map(" ".join), max_size=12).map("\n".join))
def test_any_arrangement_of_the_pieces_of_a_form_is_indexed_without_failing(text: str) -> None:
    page = indexed(text)
    assert all(value.value and 0.0 <= value.confidence < 1.0 for value in page.values)


def test_a_town_on_a_plate_is_nobodys_name() -> None:
    text = plate("Unit No. 0712345", "25 EXAMPLE COURT", "SAMPLETON, OHIO", "DOB 3-4-27")
    assert values(text, "patient_name") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "TESTPERSON, ALMA F          Unit No. 0712345\n\nCondition improved.",
            ["TESTPERSON, ALMA F"],
        ),
        ("MOCKRIDGE, GEORGE MD        Unit No. 0712345\n\nCondition improved.", []),
        ("SAMPLETON, OHIO 43999       Unit No. 0712345\n\nCondition improved.", []),
        ("TESTPERSON, ALMA F          Room 214\n\nCondition improved.", []),
    ],
)
def test_a_running_head_names_its_patient_beside_the_record_number(
    text: str, expected: list[str]
) -> None:
    assert values(text, "patient_name") == expected


def test_a_letterhead_keeps_to_itself_beside_a_plate() -> None:
    text = "SAMPLETON REGIONAL MEDICAL CENTER TESTPERSON, ALMA F\n\nPROGRESS NOTES"
    assert values(text, "facility") == ["SAMPLETON REGIONAL MEDICAL CENTER"]


@pytest.mark.parametrize("label", ["Unit Ho.", "Hospital Mo.", "Soc. Sec. Ho."])
def test_a_misread_no_is_still_a_label_and_nobodys_name(label: str) -> None:
    text = f"Patient Name          {label}         Room\nTESTPERSON, ALMA F    0712345          214"
    read = {value.field: value.value for value in indexed(text).values}
    assert read["patient_name"] == "TESTPERSON, ALMA F"
    assert ("mrn" in read) == (label != "Soc. Sec. Ho.")


def test_the_date_above_a_salutation_is_that_of_the_letter() -> None:
    text = "INVENTED HOSPITAL\n\nOctober 15, 1979\n\nDear Dr. Mockridge:\n\nShe was seen on 3/4/78."
    assert values(text, "service_date") == ["1979-10-15"]
    assert values(text.replace("Dear", "See"), "service_date") == []


@pytest.mark.parametrize("date", ["1-29-61", "01/29/1961", "Jan. 29, 1961"])
def test_a_short_label_in_capitals_is_borne_out_by_the_date_after_it(date: str) -> None:
    assert values(f"ADM {date}", "admission_date") == ["1961-01-29"]
    assert values(f"He was admitted {date} and did well", "admission_date") == []


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Kurt L. Mockridge, M.D.", ["MOCKRIDGE, KURT L"]),
        ("J. H. Mockridge, MO", ["MOCKRIDGE, J H"]),
        ("J.H. Mockridge, M.D.", ["MOCKRIDGE, J H"]),
        ("F-.S. Mockridge, MD", ["MOCKRIDGE, F S"]),
        ("Mockridge, Kurt L MD", ["MOCKRIDGE, KURT L"]),
        ("Mockridge, Kurt LMD", ["MOCKRIDGE, KURT L"]),
        ("K. L. Mockridge, M", ["MOCKRIDGE, K L"]),
        ("Mockridge, M", ["MOCKRIDGE, M"]),
    ],
)
def test_a_physician_is_read_through_his_initials_and_degree(
    printed: str, expected: list[str]
) -> None:
    assert values(f"Attending Physician: {printed}", "attending") == expected


def test_heads_of_boxes_keep_their_columns_though_one_is_misread() -> None:
    text = "Patient Name        MRN         Date of Birth     sex\n"
    text += "TESTPERSON, ALMA    0712345     03/04/1927        F"
    assert values(text, "birth_date") == ["1927-03-04"]
    assert values(text, "sex") == ["F"]
    assert values(text.replace("sex", "5ex"), "birth_date") == ["1927-03-04"]


def test_digits_are_never_taken_for_a_label() -> None:
    text = "Patient Name        MRN         Date of Birth     Sex\n"
    text += "TESTPERSON, ALMA    9545333     5-3-53            F"
    assert values(text, "mrn") == ["9545333"]
    assert values(text, "birth_date") == ["1953-05-03"]


def test_surname_and_given_name_in_boxes_of_their_own_are_joined() -> None:
    text = "Last Name         First Name        Middle Initial\n"
    text += "TESTPERSON        ALMA              F"
    assert values(text, "patient_name") == ["TESTPERSON, ALMA F"]


@pytest.mark.parametrize(
    "text", ["GENERAL HOSPITAL", "DISCHARGE SUMMARY", "Sex education was given", "DOB: unknown"]
)
def test_a_label_alone_is_not_a_value(text: str) -> None:
    read = {value.field for value in indexed(text).values}
    assert not read & {"sex", "discharge_date", "birth_date", "patient_name"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Page 2 of 3", ["2/3"]),
        ("PAGE 2", ["2"]),
        ("Page: 2/3", ["2/3"]),
        ("2/3 of the dose", []),
        ("Page: 1 of i", ["1/1"]),
        ("Page of 1", ["1/1"]),
        ("Page of 2", []),
    ],
)
def test_a_page_number_stands_by_the_word_page(text: str, expected: list[str]) -> None:
    assert values(text, "page_of") == expected


def test_a_page_number_whose_total_is_unreadable_is_not_asserted() -> None:
    assert only("Page 1 of x", "page_of").confidence < SETTINGS.low_confidence


@pytest.mark.parametrize("label", ["Attending Physictua", "Attending Pnysiclan"])
def test_a_misread_label_is_nobodys_name(label: str) -> None:
    assert values(f"{label}          Room\n          214", "attending") == []


def test_a_birth_date_that_two_centuries_fit_is_not_asserted() -> None:
    assert only("DOB: 11-8-09", "birth_date").confidence < SETTINGS.low_confidence
    assert only("DOB: 11-8-59", "birth_date").confidence > SETTINGS.low_confidence


def test_an_age_settles_the_century_of_a_birth_date() -> None:
    text = "DOB: 3/4/05   Date of Service: 05/06/2008\nThis 103-year-old woman came in."
    assert values(text, "birth_date") == ["1905-03-04"]


def test_dates_out_of_order_are_less_sure() -> None:
    good = "DOB: 03/04/1927  Admitted: 05/06/1961"
    bad = "DOB: 03/04/1971  Admitted: 05/06/1961"
    assert only(bad, "birth_date").confidence < 0.7 * only(good, "birth_date").confidence


def test_a_date_to_come_is_no_date() -> None:
    assert values("Date of Service: 05/06/2096", "service_date") == []


def test_an_empty_page_gives_nothing() -> None:
    page = indexed("")
    assert page.values == ()
    assert page.type.code == "34109-9"


@given(st.text(string.printable + "\xe9\u2019\u2014", max_size=400))
def test_any_text_is_indexed_without_failing(text: str) -> None:
    page = indexed(text)
    assert all(value.field in FIELDS for value in page.values)
    assert 0.0 <= page.type.confidence <= 1.0


@given(st.text(string.digits, min_size=5, max_size=10))
def test_every_record_number_reads_back_with_its_zeros(number: str) -> None:
    assert values(f"Chart No: {number}", "mrn") == [number]


def test_a_full_page_is_indexed_fast() -> None:
    text = SUMMARY + "The patient did well and was seen by the surgeon twice a day. \n" * 45
    indexed(text)
    start = time.process_time()
    indexed(text)
    assert time.process_time() - start < 0.1
