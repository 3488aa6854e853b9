// Where a node stands: in the tree itself, or in one of its parts (subtrees). A place is written `node` or `part/node`.

import { at, isTable, kindOf, list, table, text, type Json, type Path, type Table } from "./shape";

export type Place = string;

export const placeOf = (part: string, node: string): Place => (part ? `${part}/${node}` : node);

export function split(place: Place): { part: string; node: string } {
  const cut = place.indexOf("/");
  return cut < 0 ? { part: "", node: place } : { part: place.slice(0, cut), node: place.slice(cut + 1) };
}

export const nodesPath = (part: string): Path => (part ? ["subtrees", part, "nodes"] : ["nodes"]);

export function pathOf(place: Place): Path {
  const { part, node } = split(place);
  return [...nodesPath(part), node];
}

export const nodesOf = (tree: Table, part: string): Table => table(at(tree, nodesPath(part)));
export const nodeAt = (tree: Table, place: Place): Json | undefined => at(tree, pathOf(place));
export const isPlace = (tree: Table, place: Place): boolean => nodeAt(tree, place) !== undefined;
export const partsOf = (tree: Table): string[] => Object.keys(table(tree.subtrees));
export const startOf = (tree: Table, part: string): string =>
  part ? text(at(tree, ["subtrees", part, "start"])) : text(tree.start);

/** Every place of the tree, parts last. */
export function places(tree: Table): Place[] {
  return ["", ...partsOf(tree)].flatMap((part) => Object.keys(nodesOf(tree, part)).map((node) => placeOf(part, node)));
}

/** The place of a node as the server names it once parts are laid out: `check.member` is `member` of check's part. */
export function resolved(tree: Table, name: string): Place | null {
  let part = "";
  const steps = name.split(".");
  for (const [count, step] of steps.entries()) {
    const node = nodesOf(tree, part)[step];
    if (node === undefined) return null;
    if (count === steps.length - 1 || kindOf(node) !== "subtree") return placeOf(part, step);
    part = text(table(node).subtree);
  }
  return null;
}

/** One way out of a node: the field that holds it, what leads there (an option's id, a condition, a field's name). */
export interface Way {
  path: Path;
  answer: string;
  target: string;
  /** The same target as another answer that has none of its own. */
  isFallback: boolean;
}

/** Kind to its fields that lead on, each with the field that holds when it is left out. */
const PLAIN: Record<string, readonly (readonly [string, string?])[]> = {
  say: [["next"]],
  link: [["next"], ["refused", "next"], ["failed", "next"]],
  agent: [["busy"], ["closed", "busy"], ["failed", "busy"]],
  callback: [["next"], ["refused", "next"], ["failed", "next"]],
  voicemail: [],
  hours: [["open"], ["closed"]],
  webhook: [["next"], ["failed"]],
  identify: [["next"], ["failed"]],
  transfer: [["failed"]],
  survey: [["next"]],
};

/** Every way out of a node, in the order of its file; those without a target have an empty one. */
export function ways(node: Json | undefined): Way[] {
  const has = table(node);
  const kind = kindOf(node);
  const found: Way[] = [];
  const add = (answer: string, path: Path, fallback = "") => {
    const own = text(at(has, path));
    found.push({ path, answer, target: own || fallback, isFallback: !own });
  };
  const next = text(has.next);
  const options = () => {
    for (const [place, option] of list(has.options).entries())
      add(text(table(option).id), ["options", place, "next"], next);
  };
  switch (kind) {
    case null:
      break;
    case "menu":
    case "question":
      options();
      break;
    case "ask":
      if (has.slot === "yesno") {
        add("yes", ["yes"], next);
        add("no", ["no"], next);
      } else if (has.slot === "choice") options();
      else add("next", ["next"]);
      break;
    case "decide":
      for (const [place, one] of list(has.decide).entries()) add(text(table(one).when), ["decide", place, "next"]);
      add("otherwise", ["otherwise"]);
      break;
    case "subtree":
      for (const exit of Object.keys(table(has.exits))) add(exit, ["exits", exit]);
      break;
    case "goodbye":
      if (text(has.screen)) add("screen", ["screen"]);
      break;
    default:
      for (const [field, otherwise] of PLAIN[kind] ?? []) add(field, [field], otherwise ? text(has[otherwise]) : "");
  }
  return found;
}

/** Every field of a node that names another, shared `next` of options included. */
export function references(node: Json | undefined): { path: Path; target: string }[] {
  const has = table(node);
  const found: { path: Path; target: string }[] = [];
  const add = (path: Path) => {
    const target = text(at(has, path));
    if (target) found.push({ path, target });
  };
  for (const field of ["next", "refused", "failed", "open", "closed", "otherwise", "screen", "yes", "no", "busy"]) {
    if (field in has && !(field === "closed" && isTable(has[field]))) add([field]);
  }
  for (const group of ["options", "decide"])
    for (const place of list(has[group]).keys()) add([group, place, "next"]);
  for (const exit of Object.keys(table(has.exits))) add(["exits", exit]);
  return found;
}

/** The places that a node leads to, each once, exits of a part left out. */
export function targets(tree: Table, place: Place): Place[] {
  const { part } = split(place);
  const found = new Set<Place>();
  for (const way of ways(nodeAt(tree, place)))
    if (way.target && !way.target.startsWith("@")) found.add(placeOf(part, way.target));
  return [...found];
}
