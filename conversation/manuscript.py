"""A tree's file rewritten to say something else, so that whoever wrote it finds it again.

What did not change stays to the letter: its comments, its order, its way of quoting. What changed is rewritten entry by
entry. Whatever is written is read again and compared, so that a file never says something else than what was put in.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from conversation.changes import IDENTITY
from ivr.errors import BrokenTree, Problem
from ivr.source import DEEPEST, MOST, read

WIDTH = 110
"""Characters after which a long text is folded."""
ONE_LINE = 72
"""Characters that the same words in several languages may take to stand on one line."""
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_FOREIGN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def plain(tree: Any) -> dict[str, Any]:
    """JSON as the reader of files would give it: every scalar a text, what is null left out.

    Raises BrokenTree for what is no tree at all, is too deep or too large, or holds signs that no text has.
    """
    if not isinstance(tree, dict):
        raise BrokenTree(Problem("", (), "a tree is a mapping"))
    count = [0]
    found: dict[str, Any] = _plain(tree, 1, count)
    return found


def written(tree: Mapping[str, Any]) -> str:
    """A new file that says this (see ``plain``). Raises BrokenTree."""
    return _checked(_dumped(_fresh(tree), ""), tree)


def rewritten(source: str, tree: Mapping[str, Any]) -> str:
    """The file that says this instead (see ``plain``). Raises BrokenTree."""
    try:
        old = read(source)
    except BrokenTree:
        return written(tree)
    if _same(old, tree):
        return source
    for way in (_spliced, _merged_whole):
        try:
            return _checked(way(source, old, tree), tree)
        except (BrokenTree, YAMLError, yaml.YAMLError, ValueError, KeyError, IndexError, AttributeError, TypeError):
            continue  # a manuscript in a way of writing that is not foreseen: the next way costs more of it
    return written(tree)


def sound(data: Any) -> None:
    """Raises BrokenTree for texts that hold signs which no text has; YAML can spell them out."""
    count = [0]
    _plain(data, 1, count)


def _plain(data: Any, depth: int, count: list[int]) -> Any:
    count[0] += 1
    if count[0] > MOST:
        raise BrokenTree(Problem("", (), f"more than {MOST} items"))
    if depth > DEEPEST:
        raise BrokenTree(Problem("", (), f"nested deeper than {DEEPEST}"))
    match data:
        case dict():
            for key in data:
                _text(key)
            return {key: _plain(value, depth + 1, count) for key, value in data.items() if value is not None}
        case list():
            return [_plain(value, depth + 1, count) for value in data if value is not None]
        case bool():
            return "true" if data else "false"
        case int() | float():
            return repr(data)
        case _:
            return _text(data)


def _text(data: Any) -> str:
    if not isinstance(data, str) or _FOREIGN.search(data):
        raise BrokenTree(Problem("", (), "a text holds signs that cannot be written"))
    return data


def _checked(text: str, tree: Mapping[str, Any]) -> str:
    if read(text) != tree:
        raise BrokenTree(Problem("", (), "it cannot be written as YAML"))
    return text


def _same(left: Any, right: Any) -> bool:
    """Equal, and in the same order."""
    if isinstance(left, dict) and isinstance(right, dict):
        return list(left) == list(right) and all(_same(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return bool(left == right)


# -- entry by entry -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where an entry of a mapping stands. begin: of the comments above it; key: of its line; end: of its last line."""

    begin: int
    key: int
    end: int
    column: int
    value: yaml.Node


def _spliced(source: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    root = yaml.compose(source, Loader=_LOADER)
    if root is None or not _is_block(root):
        raise ValueError("not written in lines")
    return _Splicer(source).mapping(root, 0, len(source), old, new)


def _is_block(node: yaml.Node | None) -> bool:
    return isinstance(node, yaml.MappingNode) and node.flow_style is False and bool(node.value)


class _Splicer:
    def __init__(self, source: str) -> None:
        self._source = source
        self._style = _style(source)

    def mapping(self, node: yaml.Node, begin: int, end: int, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
        entries = dict(self._entries(node, begin, end))
        first = next(iter(entries.values()))
        apart = any(self._source[entry.begin : entry.begin + 1] == "\n" for entry in entries.values())
        pieces: list[str] = []
        for key, value in new.items():
            entry = entries.get(key)
            if entry is None:
                text = _indented(_dumped(CommentedMap({key: _fresh(value)}), self._style), first.column)
            elif _same(old[key], value):
                text = self._source[entry.begin : entry.end]
            else:
                text = self._changed(entry, key, old[key], value)
            if apart and pieces and (entry is None or entry is first) and not text.startswith("\n"):
                text = "\n" + text
            elif not pieces and entry is not first:
                text = text.lstrip("\n")
            pieces.append(_closed(text))
        return _closed(self._source[begin : first.begin]) + "".join(pieces)

    def _changed(self, entry: _Entry, key: str, old: Any, new: Any) -> str:
        source = self._source
        if isinstance(old, dict) and isinstance(new, dict) and new and _is_block(entry.value):
            below = source.index("\n", entry.key) + 1
            if below <= _line(source, entry.value.start_mark.index):
                return source[entry.begin : below] + self.mapping(entry.value, below, entry.end, old, new)
        body = "\n".join(line[entry.column :] for line in source[entry.key : entry.end].split("\n"))
        loaded = _yaml(self._style).load(body)
        loaded[key] = _merged(loaded[key], old, new)
        return source[entry.begin : entry.key] + _indented(_dumped(loaded, self._style), entry.column)

    def _entries(self, node: yaml.Node, begin: int, end: int) -> Iterator[tuple[str, _Entry]]:
        assert isinstance(node, yaml.MappingNode)
        source = self._source
        marks = [(key, value, key.start_mark) for key, value in node.value]
        begins = []
        for place, (_, _, mark) in enumerate(marks):
            line = _line(source, mark.index)
            if mark.index - line != mark.column or source[line : mark.index].strip():
                raise ValueError("more than one entry on a line")
            begins.append(self._above(line, mark.column, begin) if place or begin else line)
        for place, (key, value, mark) in enumerate(marks):
            last = begins[place + 1] if place + 1 < len(marks) else end
            yield key.value, _Entry(begins[place], _line(source, mark.index), last, mark.column, value)

    def _above(self, line: int, column: int, begin: int) -> int:
        """Where the comments and empty lines begin that stand above this line and belong to it; not before begin."""
        found = line
        while found > begin:
            above = _line(self._source, found - 1)
            text = self._source[above : found - 1]
            if text.strip() and not (text.lstrip().startswith("#") and len(text) - len(text.lstrip()) == column):
                break
            found = above
        return found


def _line(source: str, index: int) -> int:
    """Where the line of this place begins."""
    return source.rfind("\n", 0, index) + 1


def _closed(piece: str) -> str:
    return piece if not piece or piece.endswith("\n") else piece + "\n"


def _indented(text: str, column: int) -> str:
    return "".join(" " * column + line if line.strip() else line for line in text.splitlines(keepends=True))


# -- by ruamel.yaml -----------------------------------------------------------------------------------------------


class _AllText(VersionedResolver):
    """Every plain scalar is a text, as for ``ivr.source``."""

    @property
    def versioned_resolver(self) -> Any:
        return {}


def _yaml(style: str) -> YAML:
    """style: a piece of the file, whose indentation is followed."""
    found = YAML()
    found.Resolver = _AllText
    found.preserve_quotes = True
    found.width = WIDTH
    found.allow_unicode = True
    mapping, sequence, offset = 2, 4, 2
    if style:
        mapping, sequence, offset = map(int, style.split())
    found.indent(mapping=mapping, sequence=sequence, offset=offset)
    return found


def _style(source: str) -> str:
    """How far mappings and lists are indented in this file: mapping, sequence, offset."""
    mapping = re.search(r"^( *)[\w.]+:\n( +)[^\s#-]", source, re.MULTILINE)
    listed = re.search(r"^( *)[\w.]+:\n( *)- ", source, re.MULTILINE)
    step = len(mapping[2]) - len(mapping[1]) if mapping else 2
    offset = len(listed[2]) - len(listed[1]) if listed else 2
    return f"{step if step > 0 else 2} {offset + 2} {offset}" if offset >= 0 else "2 4 2"


def _dumped(data: Any, style: str) -> str:
    stream = io.StringIO()
    _yaml(style).dump(data, stream)
    return stream.getvalue()


def _merged_whole(source: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    style = _style(source)
    return _dumped(_merged(_yaml(style).load(source), old, new), style)


def _merged(found: Any, old: Any, new: Any) -> Any:
    """found: what ruamel.yaml has of ``old``, comments and all; gives what says ``new``."""
    if _same(old, new):
        return found
    if isinstance(found, CommentedMap) and isinstance(new, dict):
        return _merged_map(found, old, new)
    if isinstance(found, CommentedSeq) and isinstance(new, list):
        return _merged_list(found, list(old), new)
    return _fresh(new)


def _merged_map(found: CommentedMap, old: Mapping[str, Any], new: Mapping[str, Any]) -> CommentedMap:
    for key in [key for key in found if key not in new]:
        del found[key]
    for place, (key, value) in enumerate(new.items()):
        if key in found:
            found[key] = _merged(found[key], old[key], value)
        else:
            found.insert(place, key, _fresh(value))
    return found


def _merged_list(found: CommentedSeq, old: list[Any], new: list[Any]) -> CommentedSeq:
    wanted = [_name(entry) for entry in new]
    for place in range(len(old) - 1, -1, -1):
        if _name(old[place]) not in wanted:
            del found[place], old[place]
    for place, entry in enumerate(new):
        later = next((at for at in range(place, len(old)) if _name(old[at]) == _name(entry)), None)
        if later is None:
            found.insert(place, _fresh(entry))
            old.insert(place, entry)
            continue
        if later != place:
            found.insert(place, found.pop(later))
            old.insert(place, old.pop(later))
        found[place] = _merged(found[place], old[place], entry)
    del found[len(new) :]
    return found


def _name(entry: Any) -> Any:
    if isinstance(entry, dict):
        return next((entry[field] for field in IDENTITY if isinstance(entry.get(field), str)), str(entry))
    return entry if isinstance(entry, str) else str(entry)


def _fresh(value: Any, *, in_line: bool = False) -> Any:
    """The value as it is written where nothing stood before. in_line: within braces or brackets."""
    if isinstance(value, dict):
        short = in_line or _is_short(value)
        made = CommentedMap((_word(key, short), _fresh(inner, in_line=short)) for key, inner in value.items())
        if short:
            made.fa.set_flow_style()
        return made
    if isinstance(value, list):
        short = in_line or (all(isinstance(inner, str) for inner in value) and sum(map(len, value)) < ONE_LINE // 2)
        listed = CommentedSeq(_fresh(inner, in_line=short) for inner in value)
        if short:
            listed.fa.set_flow_style()
        return listed
    if not in_line and "\n" in value.strip("\n") and value == value.strip(" "):
        return LiteralScalarString(value)
    return _word(value, in_line)


def _word(text: str, in_line: bool) -> str:
    """Readers differ about these signs within braces, so there they are quoted."""
    return DoubleQuotedScalarString(text) if in_line and re.search(r"[?:]", text) else text


def _is_short(value: Mapping[str, Any]) -> bool:
    """The same words in several languages, or nothing at all."""
    words = all(len(key) == 2 and isinstance(text, str) and "\n" not in text for key, text in value.items())
    return words and sum(len(text) + 6 for text in value.values()) < ONE_LINE
