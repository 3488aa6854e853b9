// The outline: what is only reached through a node stands below it (its dominator tree), so that each node has one
// line, branches are indented, and what branches come together in follows them at the level of their question.

import { at, kindOf, list, table, text, type Table } from "./shape";
import { nodesOf, partsOf, placeOf, startOf, ways, type Place } from "./places";

export type Row =
  | { is: "settings"; key: string; level: number }
  | { is: "part"; key: string; level: number; part: string; isOpen: boolean }
  | { is: "loose"; key: string; level: number; part: string }
  | { is: "node"; key: string; level: number; place: Place; answer: string; mark: string; hasBelow: boolean; isOpen: boolean; on: Place[] }
  | { is: "way"; key: string; level: number; from: Place; answer: string; mark: string; target: Place; isThere: boolean };

/** Immediate dominators (Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm, 2001). */
export function dominators(start: string, next: (name: string) => string[]): { order: string[]; over: Map<string, string> } {
  const order: string[] = [];
  const seen = new Set<string>([start]);
  const stack: { name: string; left: string[] }[] = [{ name: start, left: next(start) }];
  while (stack.length) {
    const top = stack[stack.length - 1]!;
    const target = top.left.shift();
    if (target === undefined) {
      order.push(top.name);
      stack.pop();
    } else if (!seen.has(target)) {
      seen.add(target);
      stack.push({ name: target, left: next(target) });
    }
  }
  order.reverse();
  const rank = new Map(order.map((name, place) => [name, place]));
  const before = new Map<string, string[]>();
  for (const name of order)
    for (const target of next(name)) before.set(target, [...(before.get(target) ?? []), name]);
  const over = new Map<string, string>([[start, start]]);
  const meet = (left: string, right: string): string => {
    while (left !== right) {
      while (rank.get(left)! > rank.get(right)!) left = over.get(left)!;
      while (rank.get(right)! > rank.get(left)!) right = over.get(right)!;
    }
    return left;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const name of order.slice(1)) {
      const known = (before.get(name) ?? []).filter((one) => over.has(one));
      const found = known.reduce((left, right) => meet(left, right));
      if (over.get(name) !== found) {
        over.set(name, found);
        changed = true;
      }
    }
  }
  return { order, over };
}

/** The rows in order. closed: places and parts whose rows below are folded away. */
export function rows(tree: Table, closed: ReadonlySet<string>): Row[] {
  const all: Row[] = [{ is: "settings", key: "settings", level: 1 }];
  all.push(...scope(tree, "", 1));
  for (const part of partsOf(tree)) {
    all.push({ is: "part", key: `part:${part}`, level: 1, part, isOpen: true });
    all.push(...scope(tree, part, 2));
  }
  const found: Row[] = [];
  let hidden = Infinity;
  for (const [place, row] of all.entries()) {
    if (row.level > hidden) continue;
    hidden = Infinity;
    const hasBelow = (all[place + 1]?.level ?? 0) > row.level;
    const isOpen = !closed.has(row.key);
    if (hasBelow && !isOpen) hidden = row.level;
    found.push(row.is === "node" ? { ...row, hasBelow, isOpen } : row.is === "part" ? { ...row, isOpen } : row);
  }
  return found;
}

function scope(tree: Table, part: string, level: number): Row[] {
  const nodes = nodesOf(tree, part);
  const start = startOf(tree, part);
  const leads = new Map(
    Object.keys(nodes).map((name) => [
      name,
      [...new Set(ways(nodes[name]).map((way) => way.target))].filter((target) => target in nodes),
    ]),
  );
  const { order, over } = start in nodes ? dominators(start, (name) => [...leads.get(name)!]) : { order: [], over: new Map<string, string>() };
  const reached = new Set(order);
  const below = new Map<string, string[]>();
  for (const name of order) if (name !== start) below.set(over.get(name)!, [...(below.get(over.get(name)!) ?? []), name]);
  const found: Row[] = [];

  // An explicit stack: a row of 500 nodes one after another must not be 500 calls deep.
  type Step = { name: string; answer: string; mark: string; level: number } | { row: Row };
  const walk = (first: string) => {
    const stack: Step[] = [{ name: first, answer: "", mark: "", level }];
    while (stack.length) {
      const step = stack.pop()!;
      if ("row" in step) {
        found.push(step.row);
        continue;
      }
      const place = placeOf(part, step.name);
      const node = nodes[step.name];
      // What is left out of a link, an agent or a callback follows from another field, and has no line of its own.
      const out = ways(node).filter((way) => !way.isFallback || way.path.length > 1 || kindOf(node) === "ask");
      const distinct = [...new Set(out.map((way) => way.target))];
      const mine = new Set(below.get(step.name) ?? []);
      const isRow = out.length <= 1 || (distinct.length === 1 && kindOf(node) !== "decide");
      // What follows a branch belongs to it; what follows a line of the main run stands beside it.
      const beside = step.answer ? step.level + 1 : step.level;
      const after: Step[] = [];
      const branches: Step[] = [];
      if (isRow) {
        if (distinct[0] !== undefined && mine.delete(distinct[0]))
          after.push({ name: distinct[0], answer: "", mark: "", level: beside });
      } else {
        const led = new Map<string, number>();
        for (const way of out) led.set(way.target, (led.get(way.target) ?? 0) + 1);
        for (const [place_, way] of out.entries()) {
          const mark = markOf(node, place_, way.answer);
          if (mine.has(way.target) && led.get(way.target) === 1) {
            mine.delete(way.target);
            branches.push({ name: way.target, answer: way.answer, mark, level: step.level + 1 });
          } else {
            const target = way.target.startsWith("@") ? way.target : placeOf(part, way.target);
            const isThere = way.target.startsWith("@") || way.target in nodes;
            branches.push({
              row: { is: "way", key: `${place}>${way.path.join(".")}`, level: step.level + 1, from: place, answer: way.answer, mark, target: way.target ? target : "", isThere },
            });
          }
        }
      }
      for (const name of below.get(step.name) ?? []) if (mine.has(name)) after.push({ name, answer: "", mark: "", level: beside });
      const on = isRow ? distinct.filter((target) => target && !after.some((one) => "name" in one && one.name === target)) : [];
      found.push({
        is: "node", key: place, level: step.level, place, answer: step.answer, mark: step.mark,
        hasBelow: false, isOpen: true, on: on.map((target) => (target.startsWith("@") ? target : placeOf(part, target))),
      });
      for (const one of after.reverse()) stack.push(one);
      for (const one of branches.reverse()) stack.push(one);
    }
  };

  if (start in nodes) walk(start);
  const loose = Object.keys(nodes).filter((name) => !reached.has(name));
  if (loose.length) {
    found.push({ is: "loose", key: `loose:${part}`, level, part });
    for (const name of loose) {
      const place = placeOf(part, name);
      const on = (leads.get(name) ?? []).map((target) => placeOf(part, target));
      found.push({ is: "node", key: place, level: level + 1, place, answer: "", mark: "", hasBelow: false, isOpen: true, on });
    }
  }
  return found;
}

/** The telephone key of an option, if it has one. */
function markOf(node: Table[string] | undefined, place: number, answer: string): string {
  const option = table(list(table(node).options)[place]);
  return text(option.id) === answer ? text(at(option, ["key"])) : "";
}

/** What stands in a row's search: its id and all of its words. */
export function matches(tree: Table, place: Place, wanted: string): boolean {
  const { part, node } = { part: place.includes("/") ? place.split("/")[0]! : "", node: place.split("/").pop()! };
  const hay = `${node} ${JSON.stringify(nodesOf(tree, part)[node] ?? "")}`.toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hay.includes(word));
}
