"""Documents that are mostly sentences: summaries, histories, reports, notes, letters."""

from __future__ import annotations

from datetime import timedelta

from .blocks import Block, Columns, Gap, Parts, Sign, Span, Table, Text
from .case import Voice
from .design import Draft, section, section_look
from .fonts import HANDS


def closing(voice: Voice, most: int = 3) -> tuple[Block, ...]:
    """Return the signature with who dictated and transcribed it when."""
    rng = voice.rng
    dictated = voice.later(most)
    typed = dictated + timedelta(rng.randint(0, 2))
    signed = typed + timedelta(rng.randint(0, 9))
    name = voice.attending()
    sign = Sign((Span(name.text, "", ""),), rng.randrange(10**9), rng.random() < 0.85)
    initials = f"{voice.case.attending.first_name[0]}{voice.case.attending.last_name[0]}/mt"
    shown: Parts = (
        f"{initials}   {voice.pick('D:', 'Dictated:', 'DD:')} ",
        voice.dated("dictated_date", dictated),
        f"   {voice.pick('T:', 'Transcribed:', 'DT:')} ",
        voice.dated("transcribed_date", typed),
    )
    stamp: Parts = (
        f"{voice.pick('Signed:', 'Electronically signed', 'Date signed:')} ",
        voice.dated("signed_date", signed),
    )
    lines = [Text(shown)] if rng.random() < 0.7 else []
    lines += [Text(stamp)] if rng.random() < 0.4 else []
    return (Gap(0.8), sign, *lines)


def discharge_summary(voice: Voice) -> Draft:
    """Write a discharge summary."""
    pen, look = voice.pen, section_look(voice)
    parts = [
        *section(voice, "Admitting diagnosis", (voice.admitting_diagnosis(), "."), look),
        *section(
            voice,
            voice.pick("Final diagnosis", "Discharge diagnosis"),
            (voice.diagnosis(), "."),
            look,
        ),
        *section(voice, voice.pick("Operation", "Procedures"), voice.procedure(), look),
        *section(voice, "History of present illness", pen.history(), look),
        *section(voice, "Physical examination", pen.exam(), look),
        *section(voice, "Laboratory data", pen.laboratory(), look),
        *section(voice, "Hospital course", f"{pen.course()} {pen.course()}", look),
        *section(voice, "Condition on discharge", "Improved.", look),
        *section(voice, "Disposition and follow-up", pen.plan(), look),
        *section(voice, "Discharge medications", ", ".join(pen.condition.drugs) + ".", look),
    ]
    title = voice.pick("DISCHARGE SUMMARY", "Discharge Summary", "CLINICAL RESUME", "SUMMARY SHEET")
    return Draft(title, (*parts, *closing(voice)), stay=True)


def history_and_physical(voice: Voice) -> Draft:
    """Write an admission history and physical examination."""
    pen, look = voice.pen, section_look(voice)
    parts = [
        *section(voice, "Chief complaint", pen.condition.complaint.capitalize() + ".", look),
        *section(voice, "Present illness", pen.history(), look),
        *section(voice, "Past history", pen.past(), look),
        *section(voice, "Family and social history", f"{pen.past()} {pen.past()}", look),
        *section(voice, "Physical examination", f"{pen.exam()} {pen.exam()}", look),
        *section(voice, "Laboratory", pen.laboratory(), look),
        *section(voice, voice.pick("Impression", "Assessment"), (voice.diagnosis(), "."), look),
        *section(voice, "Plan", pen.plan(), look),
    ]
    title = voice.pick(
        "HISTORY AND PHYSICAL EXAMINATION", "HISTORY AND PHYSICAL", "Admission History & Physical"
    )
    return Draft(title, (*parts, *closing(voice, 1)), dated=voice.pick("Date", "Date of Exam"))


def progress_note(voice: Voice) -> Draft:
    """Write a sheet of progress notes, dated line by line."""
    pen, day = voice.pen, voice.day
    rows: list[tuple[Parts, ...]] = []
    for _ in range(voice.rng.randint(3, 7)):
        rows.append(((voice.plain(day),), (" ".join(pen.progress(voice.rng.randint(2, 5))),)))
        day += timedelta(1)
    first: Parts = (voice.served(),)
    rows[0] = (first, rows[0][1])
    table = Table(("Date", "Notes"), tuple(rows), (1.2, 5), voice.rng.random() < 0.5)
    added = _handwritten(voice) if voice.rng.random() < 0.3 else ()
    title = voice.pick("PROGRESS NOTES", "PHYSICIAN'S PROGRESS NOTES", "PROGRESS RECORD")
    return Draft(title, (table, *added, Gap(), Sign(("M.D.",), voice.rng.randrange(10**9))))


def _handwritten(voice: Voice) -> tuple[Block, ...]:
    hand = voice.pick(*HANDS)
    lines = voice.pen.progress(voice.rng.randint(1, 4))
    return (Gap(0.6), *(Text((line,), scale=1.25, face=hand) for line in lines))


def consultation(voice: Voice) -> Draft:
    """Write a consultation."""
    pen, look = voice.pen, section_look(voice)
    asker = voice.case.attending
    parts = [
        *section(voice, "Reason for consultation", pen.condition.complaint.capitalize(), look),
        *section(voice, "History", f"{pen.history()} {pen.past()}", look),
        *section(voice, "Examination", pen.exam(), look),
        *section(voice, "Impression", (voice.diagnosis(), "."), look),
        *section(voice, "Recommendations", " ".join(pen.orders(4)), look),
        Text((f"Thank you, Dr. {asker.last_name}, for the privilege of seeing this patient.",)),
    ]
    title = voice.pick("CONSULTATION REPORT", "CONSULTATION", "REPORT OF CONSULTATION")
    return Draft(title, (*parts, *closing(voice)), dated="Date of Consultation", referred=True)


def operative_report(voice: Voice) -> Draft:
    """Write an operative report; the case must have an operation."""
    pen, look, operation = voice.pen, section_look(voice), voice.case.condition.operation
    assert operation is not None, "a report needs an operation"
    anesthetist, assistant = voice.rng.sample(voice.case.doctors, 2)
    parts = [
        *section(voice, "Preoperative diagnosis", (voice.diagnosis(), "."), look),
        *section(voice, "Postoperative diagnosis", (voice.same_diagnosis(), "."), look),
        *section(voice, voice.pick("Operation", "Procedure performed"), voice.procedure(), look),
        *section(voice, "Assistant", (voice.doctor("", assistant),), look),
        *section(voice, "Anesthesia", f"General, Dr. {anesthetist.last_name}", look),
        *section(voice, "Findings", pen.findings(), look),
        *section(voice, "Procedure", " ".join(operation.steps) + " " + pen.progress(1)[0], look),
        *section(voice, "Specimen", operation.specimen or "None", look),
        *section(voice, "Blood loss", f"{voice.rng.randint(5, 60) * 10} ml", look),
    ]
    title = voice.pick("OPERATIVE REPORT", "REPORT OF OPERATION", "OPERATION RECORD")
    return Draft(title, (*parts, *closing(voice)), dated=voice.pick("Date of Operation", "Date"))


def pathology(voice: Voice) -> Draft:
    """Write a surgical pathology report."""
    rng, look, operation = voice.rng, section_look(voice), voice.case.condition.operation
    specimen = (operation.specimen if operation else "") or "Tissue for diagnosis"
    microscopy = (operation.microscopy if operation else "") or "No malignant change is seen."
    size = " x ".join(f"{rng.randint(8, 90) / 10}" for _ in range(3))
    number = f"S-{voice.day.year % 100:02}-{rng.randint(100, 9999)}"
    parts = [
        Text((f"Accession No.: {number}",)),
        *section(voice, "Specimen", f"{specimen}.", look),
        *section(voice, "Clinical history", voice.pen.history(), look),
        *section(
            voice,
            "Gross description",
            f"Received in formalin is a specimen labeled {specimen.lower()} measuring {size} cm. "
            f"The cut surface is {voice.pick('gray-tan', 'pink', 'yellow', 'mottled')} and "
            f"{voice.pick('firm', 'soft', 'rubbery')}. Representative sections are submitted in "
            f"{rng.randint(1, 8)} cassettes.",
            look,
        ),
        *section(voice, "Microscopic description", microscopy, look),
        *section(voice, "Diagnosis", (f"{specimen}: ", voice.diagnosis(), "."), look),
    ]
    title = voice.pick("SURGICAL PATHOLOGY REPORT", "TISSUE REPORT", "PATHOLOGY REPORT")
    return Draft(title, (*parts, *closing(voice, 2)), dated="Date Received", referred=True)


def imaging(voice: Voice) -> Draft:
    """Write a radiology report."""
    look, condition = section_look(voice), voice.case.condition
    parts = [
        Text((f"Examination: {condition.study}",)),
        Text((f"X-ray No. {voice.rng.randint(10000, 99999)}",)),
        Gap(0.5),
        *section(voice, "Clinical information", condition.complaint.capitalize() + ".", look),
        *section(voice, "Findings", voice.pen.findings(), look),
        *section(voice, "Impression", condition.impression, look),
    ]
    title = voice.pick(
        "RADIOLOGY REPORT", "DIAGNOSTIC IMAGING REPORT", "DEPARTMENT OF RADIOLOGY", "X-RAY REPORT"
    )
    return Draft(title, (*parts, *closing(voice, 1)), dated="Date of Examination", referred=True)


def emergency_note(voice: Voice) -> Draft:
    """Write an emergency department record."""
    pen, look, rng = voice.pen, section_look(voice), voice.rng
    left = (
        Text(("TRIAGE",), bold=True),
        Text((f"Arrived {rng.randint(0, 23):02}{rng.choice((0, 15, 40)):02} by private car.",)),
        Text((pen.progress(1)[0],)),
        Text((f"Allergies: {voice.pick('None known', 'Penicillin', 'Sulfa')}",)),
    )
    right = (
        Text(("VITAL SIGNS",), bold=True),
        Text((pen.say("BP {bp}  P {pulse}  T {temp}"),)),
        Text((f"Weight {rng.randint(12, 99)} kg",)),
        Text((f"Tetanus: {voice.pick('current', 'unknown', 'given today')}",)),
    )
    parts = [
        Columns(left, right),
        Gap(0.6),
        *section(voice, "History", pen.history(), look),
        *section(voice, "Examination", pen.exam(), look),
        *section(voice, "Treatment", " ".join(pen.orders(4)), look),
        *section(voice, "Diagnosis", (voice.diagnosis(), "."), look),
        *section(voice, "Disposition", voice.pick("Admitted.", "Home.", "To surgery."), look),
    ]
    title = voice.pick(
        "EMERGENCY DEPARTMENT RECORD", "EMERGENCY ROOM REPORT", "EMERGENCY SERVICE RECORD"
    )
    sign = Sign((voice.doctor("", rng.choice(voice.case.doctors)),), rng.randrange(10**9))
    return Draft(title, (*parts, sign), dated=voice.pick("Date of Visit", "Date"))


def nursing_note(voice: Voice) -> Draft:
    """Write nurses' notes, hour by hour."""
    count = voice.rng.randint(7, 16)
    rows: list[tuple[Parts, ...]] = []
    for entry in voice.pen.nursing(count):
        hour, _, text = entry.partition(" ")
        rows.append(((hour,), (text,), (voice.pick("R.N.", "L.P.N.", "S.N."),)))
    table = Table(("Hour", "Observations", "Sign"), tuple(rows), (0.8, 6, 0.9), True)
    title = voice.pick("NURSES' NOTES", "NURSING NOTES", "NURSING PROGRESS RECORD")
    return Draft(title, (table,), dated="Date")


def letter(voice: Voice) -> Draft:
    """Write a letter from one physician to another about the patient."""
    case, pen = voice.case, voice.pen
    to = case.referring
    parts: list[Block] = [
        Text((voice.dated("service_date", voice.day, "long"),)),
        Gap(1.2),
        Text((f"{to.first_name} {to.initial}. {to.last_name}, M.D.",)),
        Text((f"{voice.rng.randint(10, 990)} Rehearsal Street",)),
        Text((f"{case.person.city}, {case.person.state}",)),
        Gap(1),
        Text(("RE: ", voice.name("spoken"), f"   {case.house.mrn_label} ", voice.mrn())),
        Text(("DOB: ", voice.born()), indent=2),
        Gap(0.8),
        Text((f"Dear Dr. {to.last_name}:",)),
        Gap(0.5),
        Text((f"Thank you for sending your patient to us. {pen.history()}",)),
        Gap(0.5),
        Text((f"{pen.exam()} {pen.laboratory()}",)),
        Gap(0.5),
        Text(("My impression is ", voice.diagnosis(), f". {pen.plan()}")),
        Gap(0.5),
        Text(("With kind regards,",)),
        Sign((voice.doctor("", case.attending),), voice.rng.randrange(10**9)),
    ]
    return Draft("", tuple(parts), plain=True)


def telephone_note(voice: Voice) -> Draft:
    """Write a telephone encounter."""
    pen, person = voice.pen, voice.case.person
    caller = voice.pick("Patient", "Wife", "Husband", "Daughter", "Pharmacy")
    parts = (
        Text((f"Caller: {caller}   Call back number: {person.phone}",)),
        Gap(0.4),
        Text((f"Message: {pen.progress(1)[0]} {pen.say('Asks about {complaint}.')}",)),
        Gap(0.4),
        Text((f"Advice given: {pen.plan()}",)),
        Gap(),
        Sign(("Taken by",), voice.rng.randrange(10**9)),
    )
    return Draft(
        voice.pick("TELEPHONE ENCOUNTER", "TELEPHONE MESSAGE"), parts, dated="Date of Call"
    )


def outpatient_note(voice: Voice) -> Draft:
    """Write a clinic visit."""
    pen, look = voice.pen, section_look(voice)
    parts = [
        *section(voice, "Subjective", " ".join(pen.progress(2)), look),
        *section(voice, "Objective", pen.exam(), look),
        *section(voice, "Assessment", (voice.diagnosis(), "."), look),
        *section(voice, "Plan", pen.plan(), look),
    ]
    title = voice.pick("OUTPATIENT CLINIC NOTE", "OFFICE VISIT", "CLINIC NOTE")
    return Draft(title, (*parts, *closing(voice, 1)), dated="Date of Visit")


def autopsy(voice: Voice) -> Draft:
    """Write an autopsy protocol."""
    pen, look, rng = voice.pen, section_look(voice), voice.rng
    weights = {"heart": (280, 520), "right lung": (400, 900), "liver": (1200, 1900)}
    organs = " ".join(
        f"The {organ} weighs {rng.randint(*ends)} grams and is "
        f"{voice.pick('congested', 'firm', 'unremarkable', 'pale')} on section."
        for organ, ends in weights.items()
    )
    parts = [
        Text((f"Autopsy No. A-{voice.day.year % 100:02}-{rng.randint(1, 180)}",)),
        *section(voice, "Clinical summary", f"{pen.history()} {pen.past()}", look),
        *section(
            voice,
            "External examination",
            f"The body is that of a well developed person measuring {rng.randint(58, 74)} inches "
            f"and weighing an estimated {rng.randint(96, 220)} pounds. Rigor is present. "
            "There is no jewelry. The pupils are equal.",
            look,
        ),
        *section(voice, "Internal examination", organs, look),
        *section(voice, "Final anatomic diagnosis", (voice.diagnosis(), "."), look),
    ]
    title = voice.pick("AUTOPSY PROTOCOL", "AUTOPSY REPORT", "POSTMORTEM EXAMINATION")
    return Draft(title, (*parts, *closing(voice, 5)), dated="Date of Autopsy")


def transfer_summary(voice: Voice) -> Draft:
    """Write a transfer summary."""
    pen, look = voice.pen, section_look(voice)
    parts = [
        *section(voice, "Transferred to", "Rehearsal Convalescent Home", look),
        *section(voice, "Diagnosis", (voice.diagnosis(), "."), look),
        *section(voice, "Summary of stay", pen.course(), look),
        *section(voice, "Present condition", pen.exam(), look),
        *section(voice, "Orders on transfer", " ".join(pen.orders(5)), look),
    ]
    return Draft("TRANSFER SUMMARY", (*parts, *closing(voice)), dated="Date of Transfer")
