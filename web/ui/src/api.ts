// The hub's API. Every failure is a Refusal with the id that the hub gives, or `offline`.
// What goes over it stands in openapi.d.ts, made from the hub's own document: `npm run types -- openapi.json`.

import type { components } from "./openapi";
import type { Change } from "./tree/compare";
import type { Table } from "./tree/shape";

type Shapes = components["schemas"];
export type Me = Shapes["Me"];
export type Template = Shapes["TemplateShape"];
export type Listed = Shapes["TreeShape"];
export type Layout = Record<string, Shapes["Place"]>;
export type DraftFile = Omit<Shapes["DraftShape"], "tree"> & { tree: Table };
export type Saved = Shapes["SavedDraft"];
export type Version = Shapes["VersionShape"];
export type Golden = Shapes["TestShape"];
export type Verdict = Shapes["Ran"];
export type Turn = Shapes["TurnShape"];
export type Tried = Shapes["Tried"];
export type Confusing = Shapes["ConfusingShape"];

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
  make: (body: Shapes["NewTree"]) => json<Shapes["Made"]>("POST", "/api/trees", body),
  draft: (id: string) => json<DraftFile>("GET", tree(id, "/draft")),
  save: (id: string, body: Omit<Shapes["NewDraft"], "tree"> & { tree?: Table }) =>
    json<Saved>("PUT", tree(id, "/draft"), body),
  versions: (id: string) => json<Version[]>("GET", tree(id, "/versions")),
  compare: (id: string, left: string, right: string) =>
    json<{ changes: Change[] }>("GET", `${tree(id, "/compare")}?left=${left}&right=${right}`),
  publish: (id: string, body: Shapes["Publishing"]) =>
    json<Shapes["Published"]>("POST", tree(id, "/publish"), body),
  share: (id: string, version: number, share: number) => json<Shapes["Shared"]>("POST", tree(id, "/share"), { version, share }),
  rollback: (id: string) => json<Shapes["RolledBack"]>("POST", tree(id, "/rollback"), {}),
  tests: (id: string) => json<Golden[]>("GET", tree(id, "/tests")),
  keep: (id: string, body: Golden) => json<object>("POST", tree(id, "/tests"), body),
  drop: (id: string, name: string) => json<object>("DELETE", tree(id, `/tests/${encodeURIComponent(name)}`)),
  run: (id: string) => json<Verdict[]>("POST", tree(id, "/tests/run"), {}),
  attempt: (id: string, body: Omit<Shapes["Trying"], "tree" | "source"> & { tree?: Table }) =>
    json<Tried>("POST", tree(id, "/try"), body),
  hear: (id: string, language: string, pcm: ArrayBuffer) =>
    json<Shapes["Heard"]>("POST", `${tree(id, "/hear")}?language=${language}`, pcm),
  voice: (language: string, text: string) =>
    send("GET", `/api/say?language=${language}&text=${encodeURIComponent(text)}`).then((answer) => answer.blob()),
  confusing: (id: string) => json<Confusing[]>("GET", tree(id, "/confusing")),
};
