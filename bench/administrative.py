"""Forms of the office: insurance and release of records."""

from __future__ import annotations

from .blocks import Cell, Checks, Gap, Grid, Sign, Text
from .case import Voice
from .design import MRN_LABELS, Draft


def insurance_form(voice: Voice) -> Draft:
    """Write an insurance claim form, full of numbers that are not the patient's."""
    person, rng = voice.case.person, voice.rng
    claim = [f"{rng.randint(10**6, 10**7 - 1)}" for _ in range(3)]
    rows = (
        (Cell("Patient's Name", (voice.name("caps"),), 2), Cell("Birth Date", (voice.born(),))),
        (
            Cell("Insured's I.D. No.", (claim[0],)),
            Cell("Group No.", (claim[1],)),
            Cell("Claim No.", (claim[2],)),
        ),
        (
            Cell("Patient's Address", (f"{person.address}, {person.city}",), 2),
            Cell("Telephone", (person.phone,)),
        ),
        (
            Cell("Patient Account No.", (voice.account(),)),
            Cell(rng.choice(MRN_LABELS), (voice.mrn(),)),
        ),
        (
            Cell("Diagnosis", (voice.diagnosis(),), 2),
            Cell("Dates of Stay From", (voice.admitted(),)),
            Cell("Through", (voice.discharged(),)),
        ),
        (
            Cell("Total Charge", (f"$ {rng.randint(90, 9999)}.{rng.randint(0, 99):02}",)),
            Cell("Provider", (voice.facility(),), 2),
        ),
    )
    sign = Sign(("Signature of insured",), rng.randrange(10**9))
    return Draft("HEALTH INSURANCE CLAIM FORM", (Grid(rows, True, True), Gap(), sign), plain=True)


def release_request(voice: Voice) -> Draft:
    """Write an authorization to release records."""
    case, rng = voice.case, voice.rng
    rows = (
        (Cell("Patient", (voice.name(),), 2), Cell(case.house.mrn_label, (voice.mrn(),))),
        (Cell("Date of Birth", (voice.born(),)), Cell("Telephone", (case.person.phone,))),
        (Cell("Release to", (f"Dr. {case.referring.last_name}, {case.referring.phone}",)),),
    )
    body = (
        Grid(rows, True, rng.random() < 0.5),
        Gap(0.5),
        Checks((("Entire record", False), ("Discharge summary", True), ("X-ray reports", True))),
        Gap(0.5),
        Text(
            (
                "I authorize the release of the records named above. This permission ends ninety "
                "days after it is signed and may be withdrawn in writing.",
            ),
            printed=True,
        ),
        Gap(),
        Sign(("Signature of patient",), rng.randrange(10**9)),
        Text(("Date signed: ", voice.dated("signed_date", voice.day))),
    )
    title = voice.pick(
        "AUTHORIZATION TO RELEASE MEDICAL RECORDS", "REQUEST FOR RELEASE OF INFORMATION"
    )
    return Draft(title, body, plain=True, style="printed")
