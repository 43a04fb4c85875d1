"""How a page is set, begins and ends."""

from capture.model import Digest, FrameRef
from indexer.model import PageTraits
from indexer.read import index_page, page_from_text, text_size

FRAME = FrameRef(Digest("0" * 64), 1)
BODY = (
    "The patient was seen in the morning and felt well and was\n"
    "walked about the ward by the nurses of the day until noon\n"
) * 20


def traits(text: str) -> PageTraits:
    width, height = text_size(text)
    return index_page(page_from_text(text, FRAME), width=width, height=height).traits


def test_a_page_without_words_has_no_traits() -> None:
    assert traits("") == PageTraits()


def test_a_sentence_that_runs_over_the_foot_is_seen_at_both_ends() -> None:
    first = traits("PROGRESS NOTES\n\n" + BODY.rstrip("\n"))
    second = traits("Page 2 of 2\n\nand then went home with his wife.\n" + BODY)
    assert first.ends_open
    assert not first.opens_small
    assert second.opens_small


def test_a_sentence_that_ends_is_no_open_end() -> None:
    assert not traits(
        BODY + "He slept through the night and felt well in the morning again."
    ).ends_open


def test_a_number_that_stands_alone_is_the_number_of_the_page() -> None:
    assert traits("                    -2-\n\n" + BODY).number == 2
    assert traits(BODY + "\n\n                    - 3 -").number == 3
    assert traits(BODY).number == 0


def test_small_print_at_the_foot_is_told_without_the_number_of_the_page() -> None:
    text = "PROGRESS NOTES\n\n" + BODY + "\n\nForm 892-96 Rev. 2/58                    Page 2"
    assert traits(text).foot == "FORM89296REV258"


def test_continued_is_heard_at_head_and_foot() -> None:
    assert traits("PROGRESS NOTES (continued)\n\n" + BODY).continued
    assert not traits("PROGRESS NOTES\n\n" + BODY).continued
    assert traits(BODY + "\n\n                    (continued on next page)").goes_on


def test_pages_set_alike_have_the_same_measures() -> None:
    one, two = traits("PROGRESS NOTES\n\n" + BODY), traits("NURSES NOTES\n\n" + BODY[: len(BODY)])
    assert (one.pitch, one.left, one.leading) == (two.pitch, two.left, two.leading)
