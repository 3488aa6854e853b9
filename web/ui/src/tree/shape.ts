// A tree's file as JSON. A draft may be broken anywhere, so nothing here trusts that a field has its kind.

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Table = { [key: string]: Json };
export type Path = readonly (string | number)[];

export const KINDS = [
  "say", "menu", "question", "ask", "link", "agent", "callback", "voicemail", "hours", "decide", "webhook",
  "identify", "transfer", "survey", "subtree", "goodbye",
] as const;
export type Kind = (typeof KINDS)[number];

export const SLOTS = [
  "digits", "phone", "member", "date", "time", "amount", "count", "name", "address", "text", "yesno", "choice",
] as const;

export const COMMANDS = ["repeat", "slower", "back", "correct", "person", "restart", "ja", "en"] as const;
export const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export const NAME = /^[a-z][a-z0-9_]{0,39}$/;
export const LONGEST_LINE = 600;

/** Variables that every conversation has, words known at loading, and columns of an identified customer. */
export const GIVEN = ["caller_class", "language", "screen", "voice", "link_sent", "identified"] as const;
export const VALUES = ["sms_sender", "link_domain", "centre_number"] as const;
export const CUSTOMER = ["customer_name", "customer_kana", "customer_rank"] as const;

export const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const table = (value: Json | undefined): Table => (isTable(value) ? value : {});
export const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
export const text = (value: Json | undefined): string =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : "";
export const texts = (value: Json | undefined): string[] => list(value).map(text);
/** YAML is read with every scalar as text, so a claim may be the word "true". */
export const holds = (value: Json | undefined): boolean => value === true || text(value).toLowerCase() === "true";

/** The kind of a node, or null when it has no single one. A voicemail may name hours, and stays a voicemail. */
export function kindOf(node: Json | undefined): Kind | null {
  const has = table(node);
  let found = KINDS.filter((kind) => kind in has);
  if (found.includes("voicemail")) found = found.filter((kind) => kind !== "hours");
  return found.length === 1 ? found[0]! : null;
}

/** The words of a text in a language, recorded ones included. */
export function words(value: Json | undefined, language: string): string {
  const one = table(value)[language];
  return isTable(one) ? text(one.text) : text(one);
}

/** The first words there are, the wanted language before others. */
export function anyWords(value: Json | undefined, languages: readonly string[]): string {
  for (const language of [...languages, ...Object.keys(table(value))]) {
    const found = words(value, language);
    if (found) return found.replace(/\s+/g, " ").trim();
  }
  return "";
}

/** The value at the path, or undefined. */
export function at(value: Json | undefined, path: Path): Json | undefined {
  let here: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(here)) here = here[Number(step)];
    else if (isTable(here)) here = here[String(step)];
    else return undefined;
  }
  return here;
}

/** A copy with the value at the path; what is not on the path is shared. undefined takes the entry out. */
export function put(value: Json | undefined, path: Path, wanted: Json | undefined): Json {
  const [step, ...rest] = path;
  if (step === undefined) return wanted ?? null;
  if (Array.isArray(value) || typeof step === "number") {
    const copy = [...list(value)];
    if (rest.length === 0 && wanted === undefined) copy.splice(Number(step), 1);
    else copy[Number(step)] = put(copy[Number(step)], rest, wanted);
    return copy;
  }
  const copy: Table = { ...table(value) };
  if (rest.length === 0 && wanted === undefined) delete copy[step];
  else copy[step] = put(copy[step], rest, wanted);
  return copy;
}

/** Whether two values are the same; 8 and "8" are, as YAML knows only texts. */
export function same(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((one, place) => same(one, right[place]));
  if (isTable(left) && isTable(right)) {
    const names = Object.keys(left);
    return names.length === Object.keys(right).length && names.every((name) => name in right && same(left[name], right[name]));
  }
  if (typeof left === "object" || typeof right === "object" || left === undefined || right === undefined) return false;
  return text(left) === text(right);
}
