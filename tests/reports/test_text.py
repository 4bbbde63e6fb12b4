"""Foreign text made safe to show."""

from __future__ import annotations

from reports.terms.text import isolated, plain, shortened


def test_signs_that_act_unseen_are_written_out():
    """Neither direction marks nor escape codes nor zero bytes get through."""
    assert plain("a\u202eb\x1bc\x00d\u200be") == "a[U+202E]b[U+001B]c[U+0000]d[U+200B]e"


def test_a_lone_surrogate_is_written_out():
    """It could not be encoded, and the page would not be written."""
    assert plain("x\ud800") == "x[U+D800]"


def test_line_ends_stay():
    """The end of a log keeps its lines."""
    assert plain("a\r\nb\tc") == "a\nb\tc"


def test_a_name_from_right_to_left_is_isolated():
    """Otherwise the numbers after it change place with it."""
    assert isolated("عربي") == "\u2068عربي\u2069"


def test_a_name_cannot_end_its_own_isolation():
    """A release in the name is written out."""
    assert isolated("ع\u2069x") == "\u2068ع[U+2069]x\u2069"


def test_a_cut_is_marked():
    """A reader knows that there is more."""
    assert (shortened("abc def", 4), shortened("one\ntwo"), shortened("all")) == (
        "abc […]",
        "one […]",
        "all",
    )
