// What the admin looks at: which view, which node, which panel. Held apart from the draft, which is what is saved.

import type { Draft } from "./draft.svelte";
import { notices } from "./notices.svelte";
import { say } from "../words/index.svelte";
import { added, doubled, edited, freshName, removed } from "../tree/edit";
import { isPlace, nodesOf, pathOf, placeOf, split, type Place } from "../tree/places";
import type { Found } from "../tree/problems";
import { at, type Json, type Kind, type Path } from "../tree/shape";

export type View = "outline" | "canvas" | "source";
export type Panel = "node" | "problems" | "try" | "tests" | "versions";
export const VIEWS: readonly View[] = ["outline", "canvas", "source"];
export const PANELS: readonly Panel[] = ["node", "problems", "try", "tests", "versions"];
export const SETTINGS = "settings";

export class Desk {
  view = $state<View>("outline");
  panel = $state<Panel>("node");
  /** A place, or SETTINGS. */
  selected = $state<string>(SETTINGS);
  closed = $state.raw<ReadonlySet<string>>(new Set());
  search = $state("");
  /** The failing path that is shown. */
  trail = $state.raw<readonly Place[]>([]);
  /** Where the trial call is. */
  current = $state<Place | null>(null);
  dialog = $state<"" | "help" | "add" | "publish">("");
  /** The answer whose target the node about to be made becomes. */
  link = $state.raw<{ place: Place; path: Path } | null>(null);
  /** Raised to have the inspector take the focus. */
  edit = $state(0);

  constructor(readonly draft: Draft) {
    const { tree } = draft;
    if (typeof tree.start === "string" && isPlace(tree, tree.start)) this.selected = tree.start;
  }

  get place(): Place | null {
    return this.selected !== SETTINGS && isPlace(this.draft.tree, this.selected) ? this.selected : null;
  }

  /** The value at a path of the tree. */
  at(path: Path): Json | undefined {
    return at(this.draft.tree, path);
  }

  /** isTyping: one more sign in a field, undone together with those before it. undefined takes the entry out. */
  put(path: Path, value: Json | undefined, isTyping = false): void {
    this.draft.change(edited(this.draft.tree, path, value), "put", isTyping ? path.join("/") : "");
  }

  select(key: string, panel: Panel | null = "node"): void {
    this.selected = key;
    if (panel) this.panel = panel;
  }

  open(place: Place): void {
    this.select(place);
    this.search = "";
    if (this.view === "source") this.view = "outline";
  }

  show(found: Found): void {
    this.trail = found.trail;
    if (this.view === "source") this.view = "outline";
    this.selected = found.place ?? SETTINGS;
    this.search = "";
  }

  fold(key: string, isOpen: boolean): void {
    const closed = new Set(this.closed);
    if (isOpen) closed.delete(key);
    else closed.add(key);
    this.closed = closed;
  }

  /** The part that a new node would belong to, and the node it would follow. */
  get behind(): { part: string; node: string } {
    return this.place ? split(this.place) : { part: "", node: "" };
  }

  add(kind: Kind, wanted: string): void {
    const { part, node } = this.link ? { part: split(this.link.place).part, node: "" } : this.behind;
    const name = freshName(this.draft.tree, part, wanted || kind);
    let tree = added(this.draft.tree, part, name, kind, node);
    if (this.link) tree = edited(tree, [...pathOf(this.link.place), ...this.link.path], name);
    this.draft.change(tree, "add");
    this.link = null;
    this.select(placeOf(part, name));
    this.edit++;
    notices.tell(say("node.added", { name }));
  }

  remove(place: Place): void {
    const { part, node } = split(place);
    const names = Object.keys(nodesOf(this.draft.tree, part));
    const { tree, led, on } = removed(this.draft.tree, place);
    if (tree === this.draft.tree || this.draft.isReadOnly) return;
    this.draft.change(tree, "remove");
    const where = names.indexOf(node);
    const beside = on || names[where + 1] || names[where - 1];
    this.selected = beside ? placeOf(part, beside) : SETTINGS;
    const words = led === 0 ? say("node.removed", { name: node }) : on
      ? say("node.removed_led", { name: node, count: led, on })
      : say("node.removed_left", { name: node, count: led });
    notices.tell(words, () => this.undo(place));
  }

  double(place: Place): void {
    const { part } = split(place);
    const { tree, name } = doubled(this.draft.tree, place);
    this.draft.change(tree, "double");
    this.select(placeOf(part, name));
    notices.tell(say("node.added", { name }));
  }

  undo(back: Place | null = null): void {
    notices.tell(this.draft.undo() ? say("node.undone") : say("node.nothing_to_undo"));
    if (back && isPlace(this.draft.tree, back)) this.selected = back;
  }

  redo(): void {
    notices.tell(this.draft.redo() ? say("node.redone") : say("node.nothing_to_redo"));
  }
}
