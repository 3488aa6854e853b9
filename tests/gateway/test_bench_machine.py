import os
import subprocess
import sys
import time

from gateway.bench_machine import cpu_seconds, machine, parent, parent_of, used, with_children

# proc(5): the second field is the name in brackets, and may hold anything; 14 and 15 are user and system ticks.
STAT = "4242 (we) ird ) name) S 17 4242 4242 0 -1 4194560 1 2 3 4 {user} {system} 0 0 20 0 1 0 5 6 7"


def test_time_and_parent_are_read_behind_any_name():
    tick = os.sysconf("SC_CLK_TCK")
    stat = STAT.format(user=2 * tick, system=tick)
    assert cpu_seconds(stat) == 3.0
    assert parent(stat) == 17


def test_a_working_process_uses_time_and_one_that_is_gone_uses_none():
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    assert used([os.getpid()]) > 0
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert used([ended.pid]) == 0
    assert parent_of(ended.pid) == 0


def test_children_of_children_belong_to_the_family():
    code = "import subprocess, sys; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); p.wait()"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    grandchild = int(child.stdout.readline())
    try:
        assert parent_of(child.pid) == os.getpid()
        assert with_children({"it": child.pid})["it"] == {child.pid, grandchild}
    finally:
        os.kill(grandchild, 9)
        child.wait(10)
        child.stdout.close()


def test_the_machine_is_named_with_how_busy_it_was():
    seen = machine()
    assert seen["cores"] >= 1
    assert seen["memory_gib"] > 0
    assert len(seen["load"]) == 3
    assert seen["cpu"]
