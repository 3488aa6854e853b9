from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.settings import Settings
from gateway.trees import main
from ivr import demo

NAME = "みらいライフ サポートセンター"


@pytest.fixture
def trees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    settings = Settings(data=tmp_path / "data", dev=True)
    (tmp_path / "tree.yaml").write_text(demo.text(), "utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        code = main(arguments, settings)
        shown = capsys.readouterr()
        return code, shown.out + shown.err

    return run


def test_a_file_is_brought_in_published_to_a_share_and_taken_back(trees: Any, tmp_path: Path) -> None:
    file = tmp_path / "tree.yaml"
    assert "no trees yet" in trees("list")[1]
    assert trees("import", str(file))[0] == 0
    assert trees("publish", NAME, "--note", "first")[0] == 0
    file.write_text(demo.text() + "# second\n", "utf-8")
    assert "revision 2" in trees("import", str(file), "--tree", NAME)[1]
    code, told = trees("publish", NAME, "--share", "10")
    assert (code, "version 2 is what 10 %" in told) == (0, True)
    assert "version 2 candidate 10 %  version 1 live 90 %" in trees("list")[1]
    assert trees("share", NAME, "2", "100")[0] == 0
    assert "version 1 is live" in trees("rollback", NAME)[1]
    code, told = trees("rollback", NAME)
    assert (code, "nothing was before" in told) == (1, True)
    assert trees("export", NAME)[1] == demo.text() + "# second\n"
    assert trees("export", NAME, "--version", "1")[1] == demo.text()


def test_programs_can_read_the_list(trees: Any, tmp_path: Path) -> None:
    made = json.loads(trees("--json", "import", str(tmp_path / "tree.yaml"))[1])
    trees("publish", made["tree"][:8])
    (listed,) = json.loads(trees("--json", "list")[1])
    assert (listed["tree"], listed["name"]) == (made["tree"], NAME)
    assert listed["versions"] == [{"version": 1, "share": 100, "live": True}]


def test_a_broken_tree_is_brought_in_and_not_published(trees: Any, tmp_path: Path) -> None:
    file = tmp_path / "tree.yaml"
    file.write_text(demo.text().replace("next: matter", "next: nowhere", 1), "utf-8")
    assert trees("import", str(file))[0] == 0
    code, told = trees("publish", NAME)
    assert (code, "greeting: there is no node 'nowhere'" in told) == (1, True)
    assert "live" not in trees("list")[1]


@pytest.mark.parametrize("content", ["not: [closed", "- list", 'name: "\\ud800"'])
def test_what_is_no_tree_is_not_brought_in(trees: Any, tmp_path: Path, content: str) -> None:
    (tmp_path / "tree.yaml").write_text(content, "utf-8")
    assert trees("import", str(tmp_path / "tree.yaml"))[0] == 1
    assert trees("import", str(tmp_path / "none.yaml"))[0] == 1


@pytest.mark.parametrize("arguments", [("publish", NAME, "--share", "0"), ("share", NAME, "1", "101"), ("sing",), ()])
def test_misuse_is_said_to_be_so(trees: Any, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as error:
        trees(*arguments)
    assert error.value.code == 2


def test_an_unknown_or_ambiguous_name_is_refused(trees: Any, tmp_path: Path) -> None:
    assert trees("publish", "nothing")[0] == 1
    for _ in range(2):
        trees("import", str(tmp_path / "tree.yaml"))
    code, told = trees("publish", NAME)
    assert (code, "2 trees are called" in told) == (1, True)
