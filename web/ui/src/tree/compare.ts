// What differs between two trees, node by node, and three trees brought together.

import { isTable, put, same, table, type Json, type Path, type Table } from "./shape";
import { nodesOf, partsOf, pathOf, placeOf, type Place } from "./places";

export interface Field {
  path: Path;
  before: Json | undefined;
  after: Json | undefined;
}

export interface Change {
  /** The place of the node, or empty for the top of the file. */
  node: Place;
  kind: "added" | "removed" | "changed";
  fields: Field[];
}

/** The changes that lead from one tree to the other. */
export function changes(before: Table, after: Table): Change[] {
  const found: Change[] = [];
  const top = fields(topOf(before), topOf(after));
  if (top.length) found.push({ node: "", kind: "changed", fields: top });
  for (const part of new Set(["", ...partsOf(before), ...partsOf(after)])) {
    const left = nodesOf(before, part);
    const right = nodesOf(after, part);
    for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
      if (left[name] === right[name]) continue;
      const node = placeOf(part, name);
      if (!(name in left)) found.push({ node, kind: "added", fields: [{ path: [], before: undefined, after: right[name] }] });
      else if (!(name in right)) found.push({ node, kind: "removed", fields: [{ path: [], before: left[name], after: undefined }] });
      else {
        const differing = fields(left[name], right[name]);
        if (differing.length) found.push({ node, kind: "changed", fields: differing });
      }
    }
  }
  return found;
}

/** Everything but the nodes. */
function topOf(tree: Table): Table {
  const { nodes: _nodes, subtrees, ...rest } = tree;
  const parts = Object.entries(table(subtrees)).map(([name, part]) => {
    const { nodes: _inner, ...own } = table(part);
    return [name, own] as const;
  });
  return parts.length ? { ...rest, subtrees: Object.fromEntries(parts) } : rest;
}

function fields(before: Json | undefined, after: Json | undefined, path: Path = []): Field[] {
  if (same(before, after)) return [];
  if (isTable(before) && isTable(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
      fields(before[name], after[name], [...path, name]),
    );
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((one, place) => fields(one, after[place], [...path, place]));
  return [{ path, before, after }];
}

export interface Clash {
  node: Place;
  mine: Change | null;
  theirs: Change | null;
}

/** Node by node, what two admins have done since the tree that both began with. */
export function clashes(base: Table, mine: Table, theirs: Table): Clash[] {
  const own = new Map(changes(base, mine).map((change) => [change.node, change]));
  const other = new Map(changes(base, theirs).map((change) => [change.node, change]));
  return [...new Set([...other.keys(), ...own.keys()])].map((node) => ({
    node,
    mine: own.get(node) ?? null,
    theirs: other.get(node) ?? null,
  }));
}

/** Mine, with the nodes named taken over from theirs as they stand there (or do not). */
export function taken(mine: Table, theirs: Table, nodes: Iterable<Place>): Table {
  let found = mine;
  for (const place of nodes) {
    if (place === "") {
      const keep = topOf(theirs);
      const parts: Table = {};
      for (const [name, own] of Object.entries(table(keep.subtrees)))
        parts[name] = { ...table(own), nodes: nodesOf(found, name) };
      const { subtrees: _subtrees, ...rest } = keep;
      found = { ...rest, ...(Object.keys(parts).length ? { subtrees: parts } : {}), nodes: nodesOf(found, "") };
      continue;
    }
    const path = pathOf(place);
    const name = String(path[path.length - 1]);
    const there = nodesOf(theirs, path.length > 2 ? String(path[1]) : "");
    if (name in there) found = put(found, path, there[name]) as Table;
    else if (name in nodesOf(found, path.length > 2 ? String(path[1]) : "")) found = put(found, path, undefined) as Table;
  }
  return found;
}

