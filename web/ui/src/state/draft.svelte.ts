// The draft that is open: what is on the screen, what the hub has, and how one becomes the other within a second.

import { api, Refusal, type DraftFile, type Layout } from "../api";
import { changes } from "../tree/compare";
import { begun, done, redone, undone, type History } from "../tree/history";
import { located, reason, type Problem } from "../tree/problems";
import type { Table } from "../tree/shape";
import { say, tongue } from "../words/index.svelte";
import { notices } from "./notices.svelte";
import { worded } from "./refusals";

export type Saving = "saved" | "waiting" | "saving" | "offline" | "clash" | "refused" | "signed_out";

/** Milliseconds from a change until it is sent; writing on puts it off, but never past LATEST. */
const PAUSE = 400;
const LATEST = 900;
/** Milliseconds until what is not with the hub is in the tab's own storage. */
const KEPT_AFTER = 150;
const RETRY = [1000, 2000, 5000, 10000];

export interface Other {
  tree: Table;
  revision: number;
  saved_at: string;
  saved_by: string;
}

interface Kept {
  revision: number;
  base: Table;
  tree: Table;
  layout: Layout;
  source: string | null;
}

/** Why it was not taken: what was found first, with its line, when the hub says so. */
function told(error: Refusal): string {
  const [first] = (error.body.problems as Problem[] | undefined) ?? [];
  return first ? [reason(first, tongue.language), ...first.path].join(" · ") : worded(error);
}

export class Draft {
  readonly id: string;
  history = $state.raw<History>(begun({}));
  layout = $state.raw<Layout>({});
  problems = $state.raw<Problem[]>([]);
  /** The YAML as the hub has it, or as it is being written. */
  source = $state.raw("");
  /** Why the YAML that is being written is no tree. */
  wrong = $state("");
  saving = $state<Saving>("saved");
  savedAt = $state("");
  refused = $state("");
  other = $state.raw<Other | null>(null);
  isRestored = $state(false);
  isReadOnly: boolean;

  tree = $derived(this.history.now.tree);
  found = $derived(located(this.tree, this.problems));

  private base: Table = {};
  private revision = 0;
  private isWriting = false;
  private count = 0;
  private sent = 0;
  private first = 0;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  private keeping: ReturnType<typeof setTimeout> | undefined;

  constructor(id: string, file: DraftFile, isReadOnly: boolean) {
    this.id = id;
    this.isReadOnly = isReadOnly;
    this.accept(file);
    this.restore();
  }

  /** Whether something on the screen is not with the hub yet. */
  get isDirty(): boolean {
    return this.count !== this.sent;
  }

  get canUndo(): boolean {
    return this.history.past.length > 0;
  }

  get canRedo(): boolean {
    return this.history.future.length > 0;
  }

  /** mark: changes told by the same mark are one step to undo. */
  change(tree: Table, what: string, mark = ""): void {
    if (this.isReadOnly || tree === this.tree || this.isHeld()) return;
    this.history = done(this.history, tree, what, mark);
    this.touched();
  }

  undo(): boolean {
    if (!this.canUndo || this.isReadOnly || this.isHeld()) return false;
    this.history = undone(this.history);
    this.touched();
    return true;
  }

  redo(): boolean {
    if (!this.canRedo || this.isReadOnly || this.isHeld()) return false;
    this.history = redone(this.history);
    this.touched();
    return true;
  }

  /** Whether YAML is written that is no tree yet: a change to the tree as it was would throw it away. */
  private isHeld(): boolean {
    if (!this.isWriting) return false;
    notices.tell(say("source.first"));
    void this.flush();
    return true;
  }

  arrange(layout: Layout): void {
    if (this.isReadOnly) return;
    this.layout = layout;
    this.touched();
  }

  /** The YAML as it is being written; it becomes the tree once the hub has read it. */
  write(source: string): void {
    if (this.isReadOnly) return;
    this.source = source;
    this.isWriting = true;
    this.touched();
  }

  /** The page is about to go: what is not with the hub stays in the tab. */
  readonly leave = (): void => this.keep();

  /** Send what is waiting now. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    await (this.running ?? this.save());
    if (this.isDirty && this.saving === "waiting") await this.save();
  }

  /** Go on from what another admin saved, with this tree in place of it. */
  settle(tree: Table): void {
    if (!this.other) return;
    this.base = this.other.tree;
    this.revision = this.other.revision;
    this.other = null;
    this.history = done(this.history, tree, "settled");
    this.isWriting = false;
    this.saving = "waiting";
    this.touched();
  }

  dispose(): void {
    clearTimeout(this.timer);
    removeEventListener("online", this.again);
  }

  /** Try once more what could not be sent: the line is back, or somebody has signed in on another tab. */
  readonly again = (): void => {
    if (!this.isDirty) return;
    if (this.saving === "offline") void this.save();
    if (this.saving === "signed_out") void api.me().then(() => this.save(), () => undefined);
  };

  private touched(): void {
    this.count++;
    this.keeping ??= setTimeout(() => this.keep(), KEPT_AFTER);
    if (this.saving === "clash") return;
    const now = performance.now();
    if (this.saving !== "waiting") this.first = now;
    if (!this.running) this.saving = "waiting";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), Math.max(0, Math.min(PAUSE, this.first + LATEST - now)));
  }

  private save(): Promise<void> {
    if (this.running || !this.isDirty || this.saving === "clash") return this.running ?? Promise.resolve();
    this.running = this.put().finally(() => {
      this.running = null;
      if (this.isDirty && this.saving === "saved") this.touchedMeanwhile();
    });
    return this.running;
  }

  private touchedMeanwhile(): void {
    this.saving = "waiting";
    this.timer = setTimeout(() => void this.save(), PAUSE);
  }

  private async put(): Promise<void> {
    const count = this.count;
    const tree = this.tree;
    const wasWriting = this.isWriting;
    this.saving = "saving";
    try {
      const what = wasWriting ? { source: this.source } : { tree };
      const saved = await api.save(this.id, { revision: this.revision, ...what, layout: this.layout });
      this.revision = saved.revision;
      this.savedAt = saved.saved_at;
      this.sent = count;
      this.tries = 0;
      this.wrong = this.refused = "";
      if (wasWriting) {
        const file = await api.draft(this.id);
        if (this.count === count) {
          this.isWriting = false;
          this.history = done(this.history, file.tree, "yaml", "yaml");
        }
        this.base = file.tree;
      } else {
        this.base = tree;
        if (!this.isWriting) this.source = saved.source;
      }
      this.problems = saved.problems;
      this.saving = "saved";
      if (this.count === count) this.forget();
      else this.keep();
    } catch (error) {
      this.failed(error, wasWriting);
    }
  }

  private failed(error: unknown, wasWriting: boolean): void {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 409) {
      this.other = error.body as unknown as Other;
      this.saving = "clash";
    } else if (error.status === 422 && wasWriting) {
      this.wrong = told(error);
      this.saving = "refused";
    } else if (error.status === 401 || error.error === "forged") {
      this.saving = "signed_out";
    } else if (error.status === 0 || error.status === 429 || error.status >= 500) {
      this.saving = "offline";
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.save(), RETRY[Math.min(this.tries++, RETRY.length - 1)]);
    } else {
      this.refused = told(error);
      this.saving = "refused";
    }
  }

  private accept(file: DraftFile): void {
    this.history = begun(file.tree);
    this.base = file.tree;
    this.layout = file.layout;
    this.problems = file.problems;
    this.source = file.source;
    this.revision = file.revision;
    this.savedAt = file.saved_at;
    addEventListener("online", this.again);
  }

  // -- what outlives a reload before it was saved -----------------------------------------------------------------

  private get key(): string {
    return `denwaban.draft.${this.id}`;
  }

  private keep(): void {
    clearTimeout(this.keeping);
    this.keeping = undefined;
    if (!this.isDirty) return;
    const kept: Kept = {
      revision: this.revision,
      base: this.base,
      tree: this.tree,
      layout: this.layout,
      source: this.isWriting ? this.source : null,
    };
    try {
      sessionStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      // Full or switched off: the hub has it within a second all the same.
    }
  }

  private forget(): void {
    clearTimeout(this.keeping);
    this.keeping = undefined;
    try {
      sessionStorage.removeItem(this.key);
    } catch {
      // Nothing was kept.
    }
  }

  private restore(): void {
    let kept: Kept | null = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(this.key) ?? "null") as Kept | null;
    } catch {
      return;
    }
    if (!kept || this.isReadOnly) return;
    const isSame = kept.source === null && changes(kept.tree, this.tree).length === 0;
    if (isSame) return this.forget();
    this.isRestored = true;
    if (kept.revision === this.revision || kept.source !== null) {
      this.layout = kept.layout;
      if (kept.source !== null) this.write(kept.source);
      else this.change(kept.tree, "restored");
      return;
    }
    // Somebody saved while this page was away: the same question as when two save at once.
    this.other = { tree: this.tree, revision: this.revision, saved_at: this.savedAt, saved_by: "" };
    this.base = kept.base;
    this.history = begun(kept.tree);
    this.saving = "clash";
    this.count++;
  }

  /** The revision of the hub that this goes on from. */
  get at(): number {
    return this.revision;
  }

  get common(): Table {
    return this.base;
  }
}
