"""Documents that are mostly forms and tables."""

from __future__ import annotations

from datetime import timedelta

from .blocks import Cell, Checks, Columns, Gap, Grid, Parts, Sign, Table, Text, Trace
from .case import Voice
from .design import Draft
from .people import MEN, WOMEN


def face_sheet(voice: Voice) -> Draft:
    """Write an admission face sheet."""
    grid = Grid((*_who(voice), *_stay(voice), *_payer(voice)), above=True, boxed=True)
    result = Checks(
        (("Recovered", False), ("Improved", True), ("Not improved", False), ("Died", False))
    )
    sign = Sign(("Signature of Attending Physician",), voice.rng.randrange(10**9))
    title = voice.pick("FACE SHEET", "ADMISSION RECORD", "SUMMARY AND ADMISSION RECORD")
    return Draft(title, (grid, Gap(0.6), result, Gap(), sign), plain=True)


def _who(voice: Voice) -> tuple[tuple[Cell, ...], ...]:
    person = voice.case.person
    return (
        (
            Cell("Patient Name", (voice.name("caps"),), 2.4),
            Cell(voice.case.house.mrn_label, (voice.mrn(),)),
            Cell("Account Number", (voice.account(),)),
        ),
        (
            Cell("Date of Birth", (voice.born(),)),
            Cell("Age", (str(voice.age),), 0.5),
            Cell("Sex", (voice.sex(),), 0.5),
            Cell("Race", ("--",), 0.6),
            Cell("Soc. Sec. No.", (voice.ssn(),)),
        ),
        (
            Cell("Street Address", (person.address,), 2),
            Cell("City, State, ZIP", (f"{person.city}, {person.state} {person.zip}",), 2),
            Cell("Telephone", (person.phone,), 1.2),
        ),
    )


def _stay(voice: Voice) -> tuple[tuple[Cell, ...], ...]:
    rng = voice.rng
    hour = f"{rng.randint(0, 23):02}{rng.choice((5, 20, 45)):02}"
    return (
        (
            Cell("Admission Date", (voice.admitted(),)),
            Cell("Hour", (hour,), 0.5),
            Cell("Discharge Date", (voice.discharged(),)),
            Cell("Service", (voice.case.condition.service,), 1.2),
        ),
        (
            Cell("Attending Physician", (voice.attending(),)),
            Cell("Referring Physician", (voice.referring(),)),
        ),
    )


def _payer(voice: Voice) -> tuple[tuple[Cell, ...], ...]:
    case, rng = voice.case, voice.rng
    kin, kin_name = _nearest(voice)
    insurer = voice.pick("Placeholder Mutual", "Specimen Life and Casualty", "Self pay", "Medicare")
    return (
        (
            Cell("Nearest Relative", (kin_name,), 1.6),
            Cell("Relationship", (kin,)),
            Cell("Telephone", (case.referring.phone,)),
        ),
        (
            Cell("Insurance", (insurer,), 1.6),
            Cell("Policy No.", (f"{rng.randint(10**8, 10**9 - 1)}",)),
            Cell("Group", (f"{rng.randint(100, 999)}",), 0.6),
        ),
        (Cell("Admitting Diagnosis", (voice.admitting_diagnosis(),)),),
        (Cell("Principal Diagnosis", (voice.diagnosis(),), 3), Cell("Code", (_code(voice),), 0.7)),
        (Cell("Principal Procedure", voice.procedure()),),
    )


def _nearest(voice: Voice) -> tuple[str, str]:
    person, rng = voice.case.person, voice.rng
    spouse = "Wife" if person.sex == "M" else "Husband"
    kin = rng.choice(("Mother", "Father") if voice.age < 24 else (spouse, "Daughter", "Son"))
    first = rng.choice(WOMEN if kin in {"Wife", "Mother", "Daughter"} else MEN)
    return kin, f"{first} {person.last_name}"


def _code(voice: Voice) -> str:
    return voice.case.condition.icd9 if 1979 <= voice.day.year < 2015 else ""


_CHEMISTRY = (
    ("Sodium", "mEq/L", 1350, 1450, 10),
    ("Potassium", "mEq/L", 35, 50, 10),
    ("Chloride", "mEq/L", 980, 1060, 10),
    ("CO2", "mEq/L", 240, 300, 10),
    ("Glucose", "mg/dL", 700, 1100, 10),
    ("BUN", "mg/dL", 80, 200, 10),
    ("Creatinine", "mg/dL", 6, 13, 10),
    ("Calcium", "mg/dL", 85, 105, 10),
    ("Uric Acid", "mg/dL", 30, 75, 10),
    ("Total Bilirubin", "mg/dL", 2, 12, 10),
    ("Alk. Phosphatase", "U/L", 300, 1150, 10),
    ("SGOT (AST)", "U/L", 80, 400, 10),
    ("LDH", "U/L", 1000, 2250, 10),
    ("Cholesterol", "mg/dL", 1500, 2500, 10),
    ("Total Protein", "g/dL", 60, 80, 10),
    ("Albumin", "g/dL", 35, 50, 10),
    ("Hemoglobin", "g/dL", 120, 160, 10),
    ("Hematocrit", "%", 360, 480, 10),
    ("WBC", "x10^3", 45, 110, 10),
    ("Platelets", "x10^3", 1500, 4000, 10),
)


def laboratory(voice: Voice) -> Draft:
    """Write a laboratory report as a table of results."""
    rng = voice.rng
    rows: list[tuple[Parts, ...]] = []
    tests = rng.sample(_CHEMISTRY, rng.randint(8, len(_CHEMISTRY)))
    for name, unit, low, high, scale in tests:
        found = round(rng.gauss((low + high) / 2, (high - low) / 2.4))
        flag = "H" if found > high else "L" if found < low else ""
        span = f"{low / scale:g} - {high / scale:g}"
        rows.append(((name,), (f"{max(found, 1) / scale:g}",), (flag,), (unit,), (span,)))
    head = ("Test", "Result", "Flag", "Units", "Reference Range")
    table = Table(head, tuple(rows), (2, 1, 0.6, 1, 1.6), rng.random() < 0.5)
    drawn = Text(
        (f"Specimen No. {rng.randint(10000, 99999)}   Technologist: {voice.pick('MT', 'AB')}",)
    )
    title = voice.pick("LABORATORY REPORT", "CLINICAL LABORATORY REPORT", "CHEMISTRY REPORT")
    return Draft(title, (drawn, Gap(0.4), table), dated=voice.pick("Collected", "Date Collected"))


def orders(voice: Voice) -> Draft:
    """Write a sheet of physician's orders."""
    day, rng = voice.day, voice.rng
    rows: list[tuple[Parts, ...]] = []
    for line in voice.pen.orders(rng.randint(7, 13)):
        rows.append(((voice.plain(day),), (line,), (voice.pick("RN", "noted", ""),)))
    rows[0] = ((voice.served(),), *rows[0][1:])
    table = Table(("Date", "Orders", "Noted"), tuple(rows), (1.3, 5, 0.9), True)
    title = voice.pick("PHYSICIAN'S ORDERS", "DOCTOR'S ORDER SHEET", "PHYSICIAN ORDERS")
    return Draft(title, (table, Gap(), Sign(("M.D.",), rng.randrange(10**9))))


def medication_record(voice: Voice) -> Draft:
    """Write a medication administration record as a ruled table."""
    rng, days = voice.rng, [voice.day + timedelta(i) for i in range(4)]
    head = ("Medication, Dose, Route", "Freq.", *(f"{d.month}/{d.day}" for d in days))
    rows: list[tuple[Parts, ...]] = []
    for drug in voice.case.condition.drugs:
        marks = [
            (f"{rng.choice((6, 8, 9, 12, 14, 18, 21)):02}00 {_initials(voice)}",) for _ in days
        ]
        rows.append(((drug,), (voice.pen.timing(),), *marks))
    table = Table(head, tuple(rows), (3, 1, 1.1, 1.1, 1.1, 1.1), True)
    allergy = Text(
        (f"ALLERGIES: {voice.pick('NKA', 'PENICILLIN', 'CODEINE', 'SULFA')}",), bold=True
    )
    title = voice.pick("MEDICATION ADMINISTRATION RECORD", "MEDICATION RECORD", "MEDICATION SHEET")
    return Draft(title, (allergy, Gap(0.4), table), dated="Week of")


def _initials(voice: Voice) -> str:
    return "".join(voice.rng.choice("ABCDEFGHJKLMPRSTW") for _ in range(2))


def anesthesia_record(voice: Voice) -> Draft:
    """Write an anesthesia record."""
    rng, start = voice.rng, voice.rng.randint(28, 52)
    rows: list[tuple[Parts, ...]] = []
    for i in range(rng.randint(6, 12)):
        hour, quarter = divmod(start + i, 4)
        signs = voice.pen.say("{bp}|{pulse}").split("|")
        rows.append(
            (
                (f"{hour:02}{quarter * 15:02}",),
                (signs[0],),
                (signs[1],),
                (f"{rng.randint(95, 100)}",),
            )
        )
    table = Table(("Time", "B.P.", "Pulse", "O2 Sat"), tuple(rows), (1, 1.2, 1, 1), True)
    left = (
        Text(("Premedication",), bold=True),
        Text((rng.choice(("Atropine 0.4 mg", "Diazepam 10 mg", "Meperidine 75 mg")),)),
        Text(("Agents",), bold=True),
        Text((rng.choice(("Thiopental, nitrous oxide", "Halothane and oxygen", "Spinal")),)),
    )
    right = (
        Text(("Airway",), bold=True),
        Text((rng.choice(("Oral tube 8.0", "Mask", "Nasal cannula")),)),
        Text(("ASA class",), bold=True),
        Text((rng.choice(("I", "II", "III", "II E")),)),
    )
    done = Text(("Operation: ", *voice.procedure()))
    sign = Sign(("Anesthesiologist",), rng.randrange(10**9))
    title = voice.pick("ANESTHESIA RECORD", "RECORD OF ANESTHESIA")
    blocks = (done, Gap(0.5), Columns(left, right), Gap(0.5), table, Gap(), sign)
    return Draft(title, blocks, dated="Date of Anesthesia")


def consent(voice: Voice) -> Draft:
    """Write a consent to operation."""
    case, rng = voice.case, voice.rng
    terms = (
        "I have been told the nature and purpose of the procedure, its risks and the other ways "
        "of treatment, and my questions were answered.",
        "I understand that no guarantee has been made about the result.",
        "I agree to the giving of such anesthetics as may be thought needed.",
        "Any tissue removed may be examined and disposed of by the hospital.",
        "I consent to the admission of observers for the teaching of medicine.",
        "If unforeseen conditions arise I ask that whatever is judged advisable be done.",
    )
    body: list[Text | Gap | Checks | Grid | Sign] = [
        Text(
            (
                "I, ",
                voice.name("spoken"),
                f", hereby authorize Dr. {case.attending.last_name} and assistants to perform: ",
                *voice.procedure(),
                ".",
            )
        ),
        Gap(0.5),
    ]
    for number, term in enumerate(rng.sample(terms, rng.randint(3, 6)), 1):
        body += [Text((f"{number}. {term}",), printed=True), Gap(0.4)]
    body += [
        Checks((("I have read this form", True), ("It was read to me", False))),
        Sign(("Signature of patient or person authorized to consent",), rng.randrange(10**9)),
        Text(("Date ", voice.dated("signed_date", voice.day))),
        Gap(0.5),
        Sign(("Witness",), rng.randrange(10**9)),
    ]
    title = voice.pick(
        "CONSENT TO OPERATION", "CONSENT FOR SURGERY", "AUTHORIZATION FOR OPERATION AND ANESTHESIA"
    )
    return Draft(title, tuple(body), style="printed")


def electrocardiogram(voice: Voice) -> Draft:
    """Write an electrocardiogram with its tracing."""
    rng, rate = voice.rng, voice.rng.randint(52, 118)
    numbers = Grid(
        (
            (
                Cell("Rate:", (f"{rate}",)),
                Cell("PR:", (f".{rng.randint(12, 21)}",)),
                Cell("QRS:", (f".0{rng.randint(6, 9)}",)),
                Cell("QT:", (f".{rng.randint(32, 44)}",)),
                Cell("Axis:", (f"+{rng.randint(0, 90)}",)),
            ),
        )
    )
    reading = voice.pick(
        "Normal sinus rhythm. Normal tracing.",
        "Sinus rhythm with nonspecific ST-T wave changes.",
        "Sinus tachycardia. Left axis deviation.",
        "Old inferior infarct cannot be ruled out.",
    )
    trace = Trace(
        tuple(rng.sample(("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V4"), 4)),
        rate,
        rng.randrange(10**9),
    )
    title = voice.pick("ELECTROCARDIOGRAM", "ELECTROCARDIOGRAPHIC REPORT", "ECG REPORT")
    blocks = (numbers, Text((f"Interpretation: {reading}",)), Gap(0.5), trace)
    return Draft(title, blocks, dated=voice.pick("Date Taken", "Date"))


def immunization(voice: Voice) -> Draft:
    """Write an immunization record."""
    rng, day = voice.rng, voice.case.person.birth_date
    rows: list[tuple[Parts, ...]] = []
    for vaccine in ("DPT", "Polio, oral", "DPT", "Measles", "Mumps", "Rubella", "Td booster"):
        day += timedelta(rng.randint(50, 400))
        lot = f"{rng.choice('ABCDEF')}{rng.randint(1000, 99999)}"
        site = voice.pick("L arm", "R arm", "L thigh", "oral")
        rows.append(((vaccine,), (voice.plain(day),), (lot,), (site,), (_initials(voice),)))
    table = Table(
        ("Vaccine", "Date Given", "Lot No.", "Site", "By"), tuple(rows), (2, 1.6, 1.2, 1, 0.6), True
    )
    return Draft(voice.pick("IMMUNIZATION RECORD", "RECORD OF IMMUNIZATIONS"), (table,))


def birth_certificate(voice: Voice) -> Draft:
    """Write a birth certificate."""
    case, person, rng = voice.case, voice.case.person, voice.rng
    rows = (
        (Cell("1. Child's Name", (voice.name("spoken"),), 2), Cell("2. Sex", (voice.sex(True),))),
        (
            Cell("3. Date of Birth", (voice.born(),)),
            Cell("4. Hour", (f"{rng.randint(0, 23):02}{rng.randint(0, 59):02}",), 0.6),
            Cell("5. Weight", (f"{rng.randint(5, 9)} lb {rng.randint(0, 15)} oz",)),
        ),
        (Cell("6. Place of Birth", (voice.facility(),), 2), Cell("7. City", (person.city,))),
        (Cell("8. Father's Name", (f"{rng.choice(MEN)} {person.last_name}",)),),
        (Cell("9. Mother's Maiden Name", (f"{rng.choice(WOMEN)} Fablewick",)),),
        (
            Cell("10. Attendant", (voice.doctor("", case.attending),)),
            Cell("11. Local File No.", (f"{rng.randint(1000, 99999)}",)),
            Cell(case.house.mrn_label, (voice.mrn(),)),
        ),
    )
    sign = Sign(("Local Registrar",), rng.randrange(10**9))
    title = voice.pick("CERTIFICATE OF LIVE BIRTH", "BIRTH CERTIFICATE")
    return Draft(title, (Grid(rows, above=True, boxed=True), Gap(), sign), plain=True)


def referral(voice: Voice) -> Draft:
    """Write a referral form."""
    case, pen = voice.case, voice.pen
    rows = (
        (Cell("To:", (f"{case.condition.service} Clinic",)), Cell("From:", (voice.referring(),))),
        (Cell("Telephone:", (case.referring.phone,)), Cell("Fax:", (case.attending.phone,))),
    )
    urgency = Checks((("Routine", True), ("Urgent", False), ("Emergency", False)))
    parts = (
        Grid(rows),
        urgency,
        Gap(0.4),
        Text(("Reason for referral: ", case.condition.complaint, ".")),
        Gap(0.4),
        Text((pen.history(),)),
        Gap(0.4),
        Text(("Working diagnosis: ", voice.diagnosis())),
        Gap(),
        Sign(("Referring physician",), voice.rng.randrange(10**9)),
    )
    return Draft(
        voice.pick("REFERRAL FORM", "REQUEST FOR REFERRAL"), parts, dated="Date of Referral"
    )
