// What an admin does to a tree, as functions from a tree to a tree. Nothing is changed in place.

import { at, isTable, kindOf, list, NAME, put, table, text, texts, type Json, type Kind, type Path, type Table } from "./shape";
import { isPlace, nodeAt, nodesOf, nodesPath, pathOf, partsOf, placeOf, references, split, startOf, targets, ways, type Place } from "./places";

export const edited = (tree: Table, path: Path, value: Json | undefined): Table => put(tree, path, value) as Table;

export const languagesOf = (tree: Table): string[] => {
  const found = texts(tree.languages).filter(Boolean);
  return found.length ? found : ["ja"];
};

/** The tree's languages in the order in which somebody who reads this one looks for words. */
export const readBy = (tree: Table, language: string): string[] =>
  languagesOf(tree).sort((left, right) => Number(right === language) - Number(left === language));

/** A name that no node of the part has yet. */
export function freshName(tree: Table, part: string, wanted: string): string {
  const taken = nodesOf(tree, part);
  const stem = NAME.test(wanted) ? wanted : "node";
  if (!(stem in taken)) return stem;
  for (let count = 2; ; count++) {
    const name = `${stem.slice(0, 36)}_${count}`;
    if (!(name in taken)) return name;
  }
}

/** A node of the kind with everything it must have; next: where its ways lead. */
export function blank(tree: Table, kind: Kind, next: string): Table {
  const empty = (): Table => Object.fromEntries(languagesOf(tree).map((language) => [language, ""]));
  const option = (id: string, key: string): Table => ({ id, key, label: empty(), ...(next ? { next } : {}) });
  const to = next ? { next } : { next: "" };
  switch (kind) {
    case "say":
      return { say: empty(), ...to };
    case "menu":
      return { menu: empty(), options: [option("first", "1"), option("second", "2")] };
    case "question":
      return { question: empty(), label: empty(), options: [option("first", "1"), option("second", "2")] };
    case "ask":
      return { ask: empty(), slot: "digits", label: empty(), ...to };
    case "link":
      return { link: empty(), ...to };
    case "agent":
      return { agent: empty(), queue: "main", busy: next };
    case "callback":
      return { callback: empty(), queue: "main", ...to };
    case "voicemail":
      return { voicemail: empty() };
    case "hours":
      return { hours: Object.keys(table(tree.hours))[0] ?? "", open: next, closed: next };
    case "decide":
      return { decide: [{ when: "screen", next }], otherwise: next };
    case "webhook":
      return { webhook: Object.keys(table(tree.webhooks))[0] ?? "", send: [], save: {}, ...to, failed: next };
    case "identify":
      return { identify: { phone: "phone" }, ...to, failed: next };
    case "transfer":
      return { transfer: empty(), to: "", failed: next };
    case "survey":
      return { survey: [{ id: "solved", answer: "yesno", ask: empty(), label: empty() }], ...to };
    case "subtree": {
      const part = partsOf(tree)[0] ?? "";
      const exits = texts(at(tree, ["subtrees", part, "exits"]));
      return { subtree: part, exits: Object.fromEntries(exits.map((exit) => [exit, next])) };
    }
    case "goodbye":
      return { goodbye: empty(), outcome: "resolved" };
  }
}

/** The tree with a node put in behind another, whose single way on now leads to it. */
export function added(tree: Table, part: string, name: string, kind: Kind, after: string): Table {
  const nodes = nodesOf(tree, part);
  const way = after ? onlyWay(nodes[after]) : null;
  const node = blank(tree, kind, way?.target || "");
  const found: Table = {};
  for (const [one, value] of Object.entries(nodes)) {
    found[one] = way && one === after ? put(value, way.path, name) : value;
    if (one === after) found[name] = node;
  }
  if (!(name in found)) found[name] = node;
  return edited(tree, nodesPath(part), found);
}

function onlyWay(node: Json | undefined): { path: Path; target: string } | null {
  const out = ways(node);
  const one = out[0];
  return out.length === 1 && one && one.path.length === 1 ? one : null;
}

/** The tree without the node. What led there leads on to where it led, if it led to one place only. */
export function removed(tree: Table, place: Place): { tree: Table; led: number; on: string } {
  const { part, node } = split(place);
  const leads = targets(tree, place).filter((target) => target !== place);
  const on = leads.length === 1 ? split(leads[0]!).node : "";
  let led = 0;
  let found = edited(tree, pathOf(place), undefined);
  found = mapped(found, part, (target) => {
    if (target !== node) return target;
    led++;
    return on || target;
  });
  return { tree: found, led, on };
}

/** The tree with each reference to a node of the part led elsewhere: start, home, person and matter included. */
function mapped(tree: Table, part: string, lead: (target: string) => string): Table {
  let found = tree;
  for (const [name, node] of Object.entries(nodesOf(tree, part)))
    for (const { path, target } of references(node)) {
      const wanted = lead(target);
      if (wanted !== target) found = edited(found, [...nodesPath(part), name, ...path], wanted);
    }
  const heads: Path[] = part ? [["subtrees", part, "start"]] : [["start"], ["home"], ["person"], ["matter"]];
  for (const path of heads) {
    const target = text(at(found, path));
    if (target && lead(target) !== target) found = edited(found, path, lead(target));
  }
  return found;
}

/** The tree with the node under another name; what leads to it still does, and what it saves keeps its variable. */
export function renamed(tree: Table, place: Place, name: string): Table {
  const { part, node } = split(place);
  if (name === node || !NAME.test(name) || isPlace(tree, placeOf(part, name))) return tree;
  const kind = kindOf(nodeAt(tree, place));
  let was = nodeAt(tree, place)!;
  const saves = kind === "menu" || kind === "question" || kind === "ask";
  if (saves && !text(table(was).save) && isUsed(tree, node)) was = { ...table(was), save: node };
  const found: Table = {};
  for (const [one, value] of Object.entries(nodesOf(tree, part))) found[one === node ? name : one] = one === node ? was : value;
  return mapped(edited(tree, nodesPath(part), found), part, (target) => (target === node ? name : target));
}

/** Whether a variable is named anywhere: in words, conditions, or what is sent. */
function isUsed(tree: Table, variable: string): boolean {
  const named = new RegExp(`\\b${variable}\\b`);
  for (const part of ["", ...partsOf(tree)])
    for (const node of Object.values(nodesOf(tree, part))) {
      const has = table(node);
      if (JSON.stringify(has).includes(`{${variable}}`)) return true;
      if (list(has.decide).some((one) => named.test(text(table(one).when)))) return true;
      if (texts(has.send).includes(variable) || text(has.date) === variable || text(has.time) === variable) return true;
      if (Object.values(table(has.identify)).some((one) => text(one) === variable)) return true;
    }
  return false;
}

/** The tree with a copy of the node right behind it. */
export function doubled(tree: Table, place: Place): { tree: Table; name: string } {
  const { part, node } = split(place);
  const name = freshName(tree, part, node);
  const found: Table = {};
  for (const [one, value] of Object.entries(nodesOf(tree, part))) {
    found[one] = value;
    if (one === node) found[name] = structuredClone(value);
  }
  return { tree: edited(tree, nodesPath(part), found), name };
}

/** The node turned into another kind; words and ways that both kinds have are kept. */
export function turned(tree: Table, place: Place, kind: Kind): Table {
  const was = table(nodeAt(tree, place));
  const before = kindOf(was);
  if (before === kind) return tree;
  const on = ways(was).map((way) => way.target).find(Boolean) ?? "";
  const node = blank(tree, kind, on);
  if (before && isTable(was[before]) && isTable(node[kind])) node[kind] = was[before]!;
  for (const field of ["options", "label", "spoken", "save", "patience", "failed", "refused", "queue"])
    if (field in was && (field in node || ((kind === "menu" || kind === "question" || kind === "ask") && field !== "options")))
      node[field] = was[field]!;
  return edited(tree, pathOf(place), node);
}

/** A list with one of its entries somewhere else. */
export function moved<T>(entries: readonly T[], from: number, to: number): T[] {
  const found = [...entries];
  const [one] = found.splice(from, 1);
  if (one !== undefined) found.splice(Math.max(0, Math.min(to, found.length)), 0, one);
  return found;
}

/** Variables that conditions and words may name: given ones, those that nodes save, and what webhooks bring. */
export function variables(tree: Table): string[] {
  const found = new Set<string>();
  for (const part of ["", ...partsOf(tree)])
    for (const [name, node] of Object.entries(nodesOf(tree, part))) {
      const kind = kindOf(node);
      const has = table(node);
      if (kind === "menu" || kind === "question" || kind === "ask") found.add(text(has.save) || name);
      if (kind === "webhook") for (const one of Object.keys(table(has.save))) found.add(one);
      if (kind === "survey") for (const one of list(has.survey)) found.add(text(table(one).id));
    }
  found.delete("");
  return [...found].sort();
}

/** How many references lead to the place, the tree's own start, home, person and matter included. */
export function referrers(tree: Table, place: Place): number {
  const { part, node } = split(place);
  let count = startOf(tree, part) === node ? 1 : 0;
  if (!part) for (const head of ["home", "person", "matter"]) if (text(tree[head]) === node) count++;
  for (const one of Object.values(nodesOf(tree, part))) count += references(one).filter(({ target }) => target === node).length;
  return count;
}
