"""Clinical sentences composed by a grammar of our own, so that no two pages say the same."""

from __future__ import annotations

from random import Random

from .conditions import Condition

_OPENINGS = (
    "This {age}-year-old {noun} came in with {complaint} of {span} duration.",
    "The patient is a {age}-year-old {state} {noun} who was admitted because of {complaint}.",
    "{Complaint} brought this {age}-year-old {noun} to the hospital after {span}.",
    "A {age}-year-old {noun}, {work}, is seen for {complaint} present for {span}.",
)
_PAST = (
    "Past history includes {illness} in {year} and an allergy to {allergen}.",
    "There was {illness} many years ago; the patient denies allergy to {allergen}.",
    "Previous admissions were for {illness} and for {illness2}.",
    "Past health was good except for {illness} in {year}.",
)
_FAMILY = (
    "The father died at {old} of {cause} and the mother is living and well at {old2}.",
    "Both parents are deceased, the mother of {cause}.",
    "One brother has {cause}; the remaining family history is not contributory.",
)
_SYSTEMS = (
    "Review of systems is negative for headache, dizziness and loss of consciousness.",
    "Appetite is fair and weight has been steady at {weight} pounds.",
    "Bowel habits are regular and there is no dysuria.",
    "Sleep is poor because of worry about work.",
    "There is some dyspnea on climbing two flights of stairs.",
    "Glasses are worn for reading and hearing is adequate.",
)
_GENERAL = (
    "The patient is alert, cooperative and in no acute distress.",
    "Blood pressure is {bp}, pulse {pulse} and regular, temperature {temp}.",
    "The neck is supple without masses or bruits.",
    "The lungs are clear to percussion and auscultation.",
    "The heart is regular without murmur or gallop.",
    "The abdomen is soft and no organs are felt.",
    "Extremities show good pulses and full range of motion.",
    "Deep tendon reflexes are equal and active.",
    "The skin is warm and dry with a scar from an old {illness}.",
)
_LABS = (
    "Hemoglobin was {hgb} grams with a hematocrit of {hct} percent.",
    "White count was {wbc} with {segs} percent segmented forms.",
    "Urinalysis showed a specific gravity of {sg} and was otherwise unremarkable.",
    "Blood sugar was {sugar} and urea nitrogen {bun} mg percent.",
    "Sodium was {na}, potassium {k}, chlorides {cl}.",
    "The electrocardiogram showed {rhythm}.",
)
_PLANS = (
    "Activity is to be increased gradually over {span}.",
    "The patient will be seen in the office in {span}.",
    "A return visit was arranged through the clinic for {weekday} morning.",
    "Instructions about diet and medicines were given to the family.",
    "Stitches, if any remain, will be removed at the first visit.",
    "Work may be resumed when strength allows.",
    "Blood count is to be repeated in {span}.",
)
_NURSING = (
    "{hour} Resting quietly, skin warm and dry. Denies pain at present.",
    "{hour} Medicated for pain with relief noted in thirty minutes.",
    "{hour} Vital signs taken: BP {bp}, P {pulse}, T {temp}.",
    "{hour} Ambulated in hall with assistance, tolerated well.",
    "{hour} IV infusing at 100 ml per hour, site clean without swelling.",
    "{hour} Physician notified of temperature of {temp}; orders received.",
    "{hour} Dressing dry and intact. Turned and positioned for comfort.",
    "{hour} Took {percent} percent of lunch. Voided {urine} ml clear urine.",
    "{hour} Family at bedside; questions answered about visiting hours.",
    "{hour} Slept at long intervals, side rails up, call light in reach.",
    "{hour} Oxygen by nasal cannula at 2 liters; respirations easy.",
    "{hour} Refused breakfast, complains of nausea. Crackers offered later.",
)
_PROGRESS = (
    "Feels better today and slept well.",
    "Complains of some soreness but is up in the chair.",
    "Temperature {temp}, pulse {pulse}, pressure {bp}.",
    "Chest clear; abdomen soft with active bowel sounds.",
    "Hematocrit {hct} percent, potassium {k}.",
    "Continue present management and recheck in the morning.",
    "Will advance diet and stop intravenous fluids.",
    "Discussed findings and plans with the family.",
    "Wound clean and dry without sign of infection.",
    "Consultant's note is appreciated and followed.",
    "Still has {complaint} on exertion.",
)
_ORDERS = (
    "Admit to {service}, condition fair.",
    "Diet: {diet}.",
    "Vital signs every {hours} hours.",
    "Bed rest with bathroom privileges.",
    "CBC, urinalysis, chest film on admission.",
    "Intake and output, daily weights.",
    "Milk of magnesia 30 ml at bedtime as needed.",
    "Flurazepam 15 mg at bedtime, may repeat once.",
    "IV: 1000 ml D5W over {hours} hours.",
    "Call house officer for temperature over 101.",
    "Type and cross match two units of whole blood.",
    "NPO after midnight.",
    "Physical therapy to evaluate and treat.",
    "Electrocardiogram in the morning.",
)
_FILL: dict[str, tuple[str, ...]] = {
    "span": ("two days", "ten days", "three weeks", "one month", "six weeks", "four months"),
    "state": ("married", "single", "widowed", "retired", "pleasant", "well nourished"),
    "work": ("a bookkeeper", "a machinist", "a teacher", "a farmer", "a clerk", "a retired cook"),
    "illness": ("scarlet fever", "an appendectomy", "pleurisy", "hepatitis", "a broken wrist"),
    "illness2": ("gastritis", "a kidney stone", "dehydration", "minor surgery"),
    "allergen": ("penicillin", "sulfa", "iodine", "codeine", "adhesive tape", "shellfish"),
    "cause": ("heart disease", "a stroke", "diabetes", "old age", "an accident", "cancer"),
    "rhythm": ("sinus rhythm", "sinus tachycardia", "nonspecific T wave changes", "no change"),
    "diet": ("regular", "soft", "clear liquids", "low salt", "1800 calorie ADA", "bland"),
    "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "hours": ("4", "6", "8", "10", "12"),
}
_NUMBERS: dict[str, tuple[int, int]] = {
    "old": (51, 89),
    "old2": (60, 92),
    "weight": (104, 231),
    "pulse": (58, 118),
    "wbc": (4300, 17800),
    "segs": (48, 88),
    "sugar": (78, 242),
    "bun": (8, 38),
    "na": (131, 146),
    "cl": (95, 108),
    "hct": (29, 47),
    "percent": (20, 100),
    "urine": (150, 650),
}


class Pen:
    """Composes sentences about one patient on one occasion."""

    def __init__(self, rng: Random, condition: Condition, sex: str, age: int, year: int) -> None:
        self.rng = rng
        self.condition = condition
        self._age, self._sex, self._year = age, sex, year

    def history(self) -> str:
        """Return the history of the present illness."""
        opening = self.say(self.rng.choice(_OPENINGS))
        return " ".join((opening, *self.some(self.condition.history, 2, 3)))

    def past(self) -> str:
        """Return past, family and systemic history."""
        own, family = self.rng.choice(_PAST), self.rng.choice(_FAMILY)
        return " ".join(map(self.say, (own, family, *self.some(_SYSTEMS, 1, 4))))

    def exam(self) -> str:
        """Return a physical examination."""
        general = [self.say(sentence) for sentence in self.some(_GENERAL, 3, 7)]
        return " ".join((*general, *self.some(self.condition.exam, 2, 3)))

    def laboratory(self) -> str:
        """Return laboratory findings in sentences."""
        return " ".join(self.say(sentence) for sentence in self.some(_LABS, 2, 5))

    def course(self) -> str:
        """Return what happened in hospital."""
        drug = self.rng.choice(self.condition.drugs)
        start = self.rng.choice(
            (
                f"The patient was started on {drug}.",
                f"Treatment with {drug} was begun on admission.",
                f"Because of the findings {drug} was given.",
            )
        )
        operation = self.condition.operation
        done = f"{operation.name} was carried out without incident." if operation else ""
        told = (start, done, *self.some(self.condition.course, 2, 2), *self.progress(1))
        return " ".join(filter(None, told))

    def plan(self) -> str:
        """Return arrangements for afterwards."""
        return " ".join(self.say(sentence) for sentence in self.some(_PLANS, 2, 4))

    def findings(self) -> str:
        """Return what the picture showed."""
        return " ".join(self.some(self.condition.findings, 2, 3))

    def progress(self, count: int) -> tuple[str, ...]:
        """Return sentences of a progress note."""
        return tuple(self.say(sentence) for sentence in self.some(_PROGRESS, count, count))

    def nursing(self, count: int) -> tuple[str, ...]:
        """Return entries of a nursing note, each with its hour."""
        hours = sorted(self.rng.sample(range(96), count))
        lines = [self.rng.choice(_NURSING) for _ in hours]
        stamps = (f"{hour // 4:02}{15 * (hour % 4):02}" for hour in hours)
        return tuple(self.say(line, hour=hour) for line, hour in zip(lines, stamps, strict=True))

    def orders(self, count: int) -> tuple[str, ...]:
        """Return orders, drugs among them."""
        drugs = [f"{drug} {self.timing()}" for drug in self.condition.drugs]
        lines = [self.say(line) for line in self.some(_ORDERS, count, count)] + drugs
        return tuple(self.rng.sample(lines, min(count, len(lines))))

    def timing(self) -> str:
        """Return how often a drug is given."""
        return self.rng.choice(("q4h prn", "q6h", "b.i.d.", "t.i.d.", "daily", "h.s.", "stat"))

    def some(self, sentences: tuple[str, ...], least: int, most: int) -> tuple[str, ...]:
        """Return a few of ``sentences`` in their order."""
        count = min(self.rng.randint(least, most), len(sentences))
        chosen = sorted(self.rng.sample(range(len(sentences)), count))
        return tuple(sentences[i] for i in chosen)

    def say(self, pattern: str, **known: str) -> str:
        """Return ``pattern`` with its blanks filled."""
        blanks = {name: self.rng.choice(words) for name, words in _FILL.items()}
        blanks |= {name: str(self.rng.randint(*ends)) for name, ends in _NUMBERS.items()}
        blanks |= self._particulars() | self._child_words() | known
        return pattern.format(**blanks)

    def _particulars(self) -> dict[str, str]:
        rng, complaint = self.rng, self.condition.complaint
        return {
            "age": str(self._age),
            "noun": self._noun(),
            "complaint": complaint,
            "Complaint": complaint[0].upper() + complaint[1:],
            "service": self.condition.service,
            "year": str(self._year - rng.randint(2, 20)),
            "bp": f"{rng.randint(102, 178)}/{rng.randint(58, 98)}",
            "temp": f"{rng.randint(972, 1024) / 10}",
            "hgb": f"{rng.randint(88, 162) / 10}",
            "k": f"{rng.randint(33, 52) / 10}",
            "sg": f"1.0{rng.randint(10, 28)}",
            "hour": "",
        }

    def _child_words(self) -> dict[str, str]:
        if self._age >= 20:
            return {}
        return {"state": self.rng.choice(("healthy", "pleasant", "thin")), "work": "a student"}

    def _noun(self) -> str:
        if self._age < 16:
            return "boy" if self._sex == "M" else "girl"
        return "man" if self._sex == "M" else "woman"
