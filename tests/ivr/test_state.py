import json

import pytest
from centre import Conversation, load
from pydantic import ValidationError

from ivr import state


def test_a_state_goes_through_json_unchanged():
    held = Conversation(load()).call().press("12").press("12345678").open_page().press("1500").state
    assert state.load(json.loads(json.dumps(state.dump(held)))) == held


def test_a_state_stays_small():
    held = Conversation(load()).call().press("12").press("12345678").press("1500001").press("09012345678").state
    assert len(json.dumps(state.dump(held))) < 2000


@pytest.mark.parametrize("data", [{}, {"language": "ja", "stage": "dancing"}, {"language": None}])
def test_what_is_no_state_is_refused(data):
    with pytest.raises(ValidationError):
        state.load(data)
