import json

import pytest

from gateway import bench
from gateway.settings import Settings


def test_a_number_of_calls_that_makes_no_sense_is_refused(capsys):
    with pytest.raises(SystemExit) as refused:
        bench.main(["calls", "--calls", "20,none"], Settings())
    assert refused.value.code == 2


def test_a_figure_that_cannot_be_taken_says_why_and_fails(capsys):
    assert bench.main(["speech", "--json"], Settings()) == 1
    assert "--speech" in json.loads(capsys.readouterr().out)["figures"]["speech"]["error"]


@pytest.mark.real
@pytest.mark.timeout(300)
def test_three_calls_are_set_up_and_measured(capsys):
    assert bench.main(["setup", "--calls", "3", "--json"], Settings()) == 0
    (line,) = capsys.readouterr().out.splitlines()
    made = json.loads(line)
    assert made["machine"]["cores"] >= 1
    setup = made["figures"]["setup"]
    assert setup["calls"] == setup["answered"] == 3
    for name in ("to_answer", "to_first_packet", "to_first_sound"):
        assert setup[name]["count"] == 3
        assert 0 < setup[name]["p50"] <= setup[name]["p95"] <= setup[name]["most"]
    assert setup["to_answer"]["goal"] == {"p95": 0.05}
    assert isinstance(setup["to_first_sound"]["reached"], bool)
