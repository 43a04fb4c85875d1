"""Common words side by side as terms of their own, for phrases of nothing but such words.

A phrase is looked up by the places of its rarest word. Where all are common (*of the left*), an
index of a million pages would compare the places of words that stand many times on every page.
So two or three common words side by side are indexed as one term as well (common grams:
Burton-West 2008, for the scanned books of HathiTrust), and such a phrase is looked up by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

COMMON = frozenset(
    """
    a about above after again against all along also although among an and another any are as at
    away back be became because been before being below best better between both but by came can
    could did do does done down due during each either enough even ever every few first for four
    from further gave given had has have having he her here him his how however i if in into is it
    its just kept last later least less little long made many may me more most much must my near
    need never next no none nor not nothing now of off often on once one only onto or other others
    our out over own per quite rather same second seen several she should since six small so some
    soon still such taken ten than that the their them then there these they third this those
    three through thus till to today together too took two under until up upon us very was we week
    well went were what when where which while who whom whose will with within without would yet
    you your

    able abdomen abdominal active acute address admission admitted age ago alert allergies allergy
    am anterior any appears applied april arm artery attending august back bed being birth bleeding
    blood bone bowel breath brought carried case cc cells center change changes chest chief child
    chronic clear clinic clinical cm complaint complaints complains complete condition consultation
    continued cooperative count course daily date day days december deep denies department
    developed diagnosis diet discharge discharged disease distress doctor dose dr drug each ear
    edema emergency evening evidence exam examination extremities eye eyes fair family father
    february feeling felt female fever film final findings floor fluid followed following follows
    food found friday free full function general good grade great group head health heart height
    history home hospital hour hours house husband illness impression improved increased infection
    injury january july june known laboratory large left leg legs life limits liver living lobe
    lower lung lungs male man march marked married mass md medical medication medications medicine
    mg middle mild minutes ml moderate monday month months morning mother motion mouth name nausea
    neck negative new night normal note noted notes november number nurse nurses october office
    old open operating operation oral order orders organs ounces page pain part past patient
    patients percent performed period person phone physical physician place placed point positive
    possible posterior present pressure previous prior private problem procedure process progress
    pulse quiet rate ray reason received record red referred reflexes regular relief removed
    report respiration respirations rest result results returned review right room routine
    saturday school seems sent september service severe sex showed shows side sign signed signs
    since single size skin slight slightly soft sounds specimen stated status stomach stool strong
    subject summary sunday supple surgery surgical symptoms system taking temp temperature tender
    tenderness test tests thursday time times tissue today total treated treatment tuesday type
    under unit units unremarkable upper urine use used usual visit vital vomiting wall ward
    wednesday weeks weight white wife within woman work wound year years
    """.split()  # noqa: SIM905  # as people read it
)
"""The commonest words of English, and those that stand on every other page of any chart."""


def rows_of_grams(row: Sequence[str]) -> Iterator[str]:
    """Yield a row of grams, with spaces between, for each run of common words in ``row``.

    A row of pairs for each run of two words or more, and one of threes for three or more.
    """
    for are_common, run in groupby(row, COMMON.__contains__):
        if are_common and len(words := [*run]) > 1:
            yield " ".join(map("_".join, pairwise(words)))
            if len(words) > 2:
                yield " ".join(grams(words, 3))


def grams(words: Sequence[str], size: int) -> list[str]:
    """Return a term for every ``size`` words in a row; no word has the sign between them."""
    return ["_".join(words[at : at + size]) for at in range(len(words) - size + 1)]


def as_grams(terms: Sequence[str]) -> list[str]:
    """Return the grams that a phrase is looked up by; none where a word of it is not common."""
    return grams(terms, min(len(terms), 3)) if COMMON.issuperset(terms) else []
