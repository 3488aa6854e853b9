// Opening hours as an admin edits them: ranges `09:00-17:30` in order and apart.

import { texts, type Json } from "./shape";

export const RANGE = /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

export const ends = (range: string): [string, string] => {
  const [from = "", to = ""] = range.split("-");
  return [from, to];
};

/** Whether the ranges of a day can be taken: each of the right form, in order, and none touching the next. */
export function isSound(ranges: Json | undefined): boolean {
  const given = texts(ranges);
  const moments = given.flatMap(ends);
  return given.every((range) => RANGE.test(range)) && moments.every((one, place) => place === 0 || moments[place - 1]! < one);
}

/** One more range behind those of the day. */
export function longer(ranges: Json | undefined): string[] {
  const given = texts(ranges);
  const last = given.at(-1);
  if (!last) return ["09:00-18:00"];
  const hour = Number(ends(last)[1].slice(0, 2)) + 1;
  return hour > 22 ? given : [...given, `${String(hour).padStart(2, "0")}:00-${String(hour + 1).padStart(2, "0")}:00`];
}
