// The hub's API. Every failure is a Refusal with the id that the hub gives, or `offline`.

import type { Change } from "./tree/compare";
import type { Problem } from "./tree/problems";
import type { Table } from "./tree/shape";
import type { Spot } from "./tree/layout";

export interface Me { name: string; role: "agent" | "supervisor" | "admin" | "auditor"; language: string; csrf: string; may: string[] }
export interface Template { id: string; title: Record<string, string>; about: Record<string, string>; nodes: number }
export interface Listed {
  id: string;
  name: string;
  draft: { revision: number; saved_at: string; saved_by: string };
  live: { version: number; share: number } | null;
  candidate: { version: number; share: number } | null;
  versions: number;
}
export type Layout = Record<string, Spot>;
export interface DraftFile {
  revision: number;
  source: string;
  tree: Table;
  layout: Layout;
  saved_at: string;
  saved_by: string;
  problems: Problem[];
}
export interface Saved { revision: number; saved_at: string; problems: Problem[]; source: string }
export interface Version { version: number; digest: string; at: string; by: string; note: string; share: number; live: boolean; ready: boolean }
export interface Golden { name: string; text: string }
export interface Verdict { name: string; passed: boolean; diff: string }
export interface Turn {
  who: "caller" | "us" | "note";
  text: string;
  spoken?: string;
  options?: { key: string | null; label: string }[] | null;
  node?: string | null;
}
export interface Tried { golden: string; turns: Turn[]; node: string | null; finished: boolean; expects: string | null }
export interface Confusing {
  node: string;
  language: string;
  first: { option: string; example: string };
  second: { option: string; example: string };
  likeness: number;
}

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    readonly body: Record<string, unknown>,
  ) {
    super(error);
  }

  /** What the hub says about it, in the language, if it does. */
  said(language: string): string {
    const message = this.body.message as Record<string, string> | undefined;
    return message?.[language] ?? message?.en ?? "";
  }
}

let csrf = "";

async function send(method: string, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = {};
  if (method !== "GET") headers["X-CSRF"] = csrf;
  let payload: BodyInit | undefined;
  if (body instanceof ArrayBuffer) {
    headers["Content-Type"] = "application/octet-stream";
    payload = body;
  } else if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    payload = JSON.stringify(body);
  }
  let answer: Response;
  try {
    answer = await fetch(path, { method, headers, redirect: "error", ...(payload === undefined ? {} : { body: payload }) });
  } catch {
    throw new Refusal(0, "offline", {});
  }
  if (answer.ok) return answer;
  const told = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  throw new Refusal(answer.status, typeof told.error === "string" ? told.error : `status_${answer.status}`, told);
}

const json = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const answer = await send(method, path, body);
  return (answer.status === 204 ? {} : await answer.json()) as T;
};
const tree = (id: string, rest = "") => `/api/trees/${encodeURIComponent(id)}${rest}`;

export const api = {
  async me(): Promise<Me> {
    const me = await json<Me>("GET", "/api/me");
    csrf = me.csrf;
    return me;
  },
  templates: () => json<Template[]>("GET", "/api/templates"),
  trees: () => json<Listed[]>("GET", "/api/trees"),
  make: (body: { template?: string | null; source?: string | null; name?: string | null }) =>
    json<{ id: string }>("POST", "/api/trees", { template: null, source: null, name: null, ...body }),
  draft: (id: string) => json<DraftFile>("GET", tree(id, "/draft")),
  save: (id: string, body: { revision: number; tree?: Table; source?: string; layout?: Layout }) =>
    json<Saved>("PUT", tree(id, "/draft"), body),
  versions: (id: string) => json<Version[]>("GET", tree(id, "/versions")),
  compare: (id: string, left: string, right: string) =>
    json<{ changes: Change[] }>("GET", `${tree(id, "/compare")}?left=${left}&right=${right}`),
  publish: (id: string, body: { revision: number; share: number; note: string }) =>
    json<{ version: number }>("POST", tree(id, "/publish"), body),
  share: (id: string, version: number, share: number) => json<object>("POST", tree(id, "/share"), { version, share }),
  rollback: (id: string) => json<{ tree: string; version: number }>("POST", tree(id, "/rollback"), {}),
  tests: (id: string) => json<Golden[]>("GET", tree(id, "/tests")),
  keep: (id: string, body: Golden) => json<object>("POST", tree(id, "/tests"), body),
  drop: (id: string, name: string) => json<object>("DELETE", tree(id, `/tests/${encodeURIComponent(name)}`)),
  run: (id: string) => json<Verdict[]>("POST", tree(id, "/tests/run"), {}),
  attempt: (id: string, body: { tree?: Table; language: string; number: string; at?: string; lines: string[] }) =>
    json<Tried>("POST", tree(id, "/try"), body),
  hear: (id: string, language: string, pcm: ArrayBuffer) =>
    json<{ text: string }>("POST", `${tree(id, "/hear")}?language=${language}`, pcm),
  voice: (language: string, text: string) =>
    send("GET", `/api/say?language=${language}&text=${encodeURIComponent(text)}`).then((answer) => answer.blob()),
  confusing: (id: string) => json<Confusing[]>("GET", tree(id, "/confusing")),
};
