// A failure in words.

import { Refusal } from "../api";
import { say, tongue } from "../words/index.svelte";

export function worded(error: unknown): string {
  if (!(error instanceof Refusal)) throw error;
  if (error.error === "offline") return say("app.offline");
  if (error.status === 401) return say("app.signed_out");
  if (error.status === 429) return say("app.many");
  return error.said(tongue.language) || say("app.broken");
}
