import pytest

from gateway.bench_matters import KNOWN, QUESTION, taken
from ivr import demo, tree
from meaning.sense import Meant


@pytest.mark.parametrize(
    ("meant", "wanted", "found"),
    [
        (Meant(choice="lost", scores=(("lost", 0.9),)), "lost", "right"),
        (Meant(choice="lost", scores=(("lost", 0.9),)), "operator", "wrong"),
        (Meant(choice="lost", scores=(("lost", 0.9),)), None, "wrong"),
        (Meant(choice="lost", scores=(("lost", 0.4),)), "lost", "asked_right"),
        (Meant(choice="lost", scores=(("lost", 0.4),)), None, "asked_wrong"),
        (Meant(choice="lost", scores=(("lost", 0.1),)), "lost", "unclear"),
        (Meant(close=("lost", "operator")), "operator", "asked_right"),
        (Meant(command="person"), "operator", "right"),
        (Meant(command="repeat"), None, "wrong"),
        (Meant(), None, "unclear"),
    ],
)
def test_what_the_tree_would_do_with_an_answer(meant, wanted, found):
    assert taken(meant, wanted, 1.0, 0.6, 0.3) == found


def test_every_matter_that_counts_as_known_is_an_option_of_the_demo():
    values = {"sms_sender": "050", "link_domain": "x.example", "centre_number": "03"}
    options = {option.id for option in tree.load(demo.text(), values=values).nodes[QUESTION].options}
    assert set(KNOWN.values()) <= options
