"""Reading real pages stays as good as it was measured to be."""

import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rapidfuzz.distance import Levenshtein

from capture.model import PageImage
from ocr import tesseract
from ocr.engines import open_engine
from ocr.settings import OcrSettings

from .pages import page_of, shared_folder

pytestmark = pytest.mark.skipif(not tesseract.available(), reason="tesserocr is not here")


def scanned(path: Path) -> PageImage:
    with Image.open(path) as picture:
        bitonal = picture.mode == "1"
        return page_of(np.array(picture.convert("L")), bitonal=bitonal)


def counted(text: str) -> Counter[str]:
    stripped = (re.sub(r"^\W+|\W+$", "", word).casefold() for word in text.split())
    return Counter(word for word in stripped if word)


def recall(truth: str, text: str) -> float:
    wanted = counted(truth)
    return sum((wanted & counted(text)).values()) / sum(wanted.values())


def test_a_plain_page_of_one_bit_is_read_without_a_mistake() -> None:
    path = shared_folder("ocr") / "tess_phototest.tif"
    if not path.exists():
        pytest.skip("the shared pages are not beside the checkout")
    truth = " ".join(path.with_suffix(".gt.txt").read_text(encoding="utf-8").split())
    text = " ".join(open_engine(OcrSettings()).read(scanned(path)).text.split())
    assert Levenshtein.distance(truth, text) <= 0.01 * len(truth)


@pytest.mark.slow
def test_seven_words_of_ten_are_found_on_faxed_forms_at_a_hundred_dpi() -> None:
    """The forms of the half on which nothing was tuned; plain tesseract finds six of ten."""
    paths = sorted(shared_folder("forms").glob("*.png"))[1::2]
    if not paths:
        pytest.skip("the shared forms are not beside the checkout")
    engine = open_engine(OcrSettings())
    found = []
    for path in paths:
        form = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["form"]
        truth = " ".join(word["text"] for field in form for word in field["words"])
        found.append(recall(truth, engine.read(scanned(path)).text))
    assert len(found) == 35
    assert sum(found) / len(found) > 0.70
