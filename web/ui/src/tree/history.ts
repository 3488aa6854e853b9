// What can be undone: trees one after another, which share all that did not change.

import type { Table } from "./shape";

const MOST = 300;

export interface Moment {
  tree: Table;
  /** What was done to get here. */
  what: string;
}

export interface History {
  past: Moment[];
  now: Moment;
  future: Moment[];
}

export const begun = (tree: Table): History => ({ past: [], now: { tree, what: "" }, future: [] });

/** mark: writing on in one field, told by the same mark, is undone as one. */
export function done(history: History, tree: Table, what: string, mark = ""): History {
  const isSame = mark !== "" && history.now.what === mark;
  return {
    past: isSame ? history.past : [...history.past, history.now].slice(-MOST),
    now: { tree, what: mark || what },
    future: [],
  };
}

export function undone(history: History): History {
  const before = history.past.at(-1);
  if (!before) return history;
  return { past: history.past.slice(0, -1), now: before, future: [history.now, ...history.future] };
}

export function redone(history: History): History {
  const [after, ...future] = history.future;
  if (!after) return history;
  return { past: [...history.past, history.now], now: after, future };
}
