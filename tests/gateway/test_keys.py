import base64
import stat

import pytest

from gateway.errors import Complaint
from gateway.keys import master_key
from gateway.settings import Settings


def test_a_trial_makes_its_key_once_and_keeps_it_from_others(tmp_path):
    settings = Settings(data=tmp_path / "data", dev=True)
    first = master_key(settings)
    assert len(first) == 32
    assert master_key(settings) == first
    assert stat.S_IMODE((tmp_path / "data" / "master.key").stat().st_mode) == 0o600


def test_without_a_key_nothing_starts_and_the_reason_says_what_to_do(tmp_path):
    with pytest.raises(Complaint, match="DENWABAN_MASTER_KEY"):
        master_key(Settings(data=tmp_path))


@pytest.mark.parametrize("text", ["short", "ü", base64.b64encode(b"x" * 31).decode()])
def test_what_is_no_key_is_refused_without_being_repeated(tmp_path, text):
    with pytest.raises(Complaint) as refused:
        master_key(Settings(data=tmp_path, master_key=text))
    assert text not in str(refused.value)
