// Words that people see, by id, in the language of the page.

import { en } from "./en";
import { ja, type Word } from "./ja";

export type { Word };
export type Language = "ja" | "en";
const CATALOGUES: Record<Language, Record<Word, string>> = { ja, en };
const KEPT = "denwaban.language";

class Tongue {
  language = $state<Language>("ja");

  begin(asked: string): void {
    let kept: string | null = null;
    try {
      kept = localStorage.getItem(KEPT);
    } catch {
      // Storage may be switched off: the language of the session holds.
    }
    this.use(kept === "en" || kept === "ja" ? kept : asked === "en" ? "en" : "ja", false);
  }

  use(language: Language, isChosen = true): void {
    this.language = language;
    document.documentElement.lang = language;
    if (!isChosen) return;
    try {
      localStorage.setItem(KEPT, language);
    } catch {
      // As above: it holds until the page is left.
    }
  }
}

export const tongue = new Tongue();

/** The words of the id, with `{name}` filled in. */
export function say(id: Word, values: object = {}): string {
  const given = values as Record<string, unknown>;
  return CATALOGUES[tongue.language][id].replace(/\{(\w+)\}/g, (whole, name: string) => String(given[name] ?? whole));
}

export const isWord = (id: string): id is Word => id in ja;
/** The words of `group.id`, or the id itself when the catalogue does not know it. */
export const sayOne = (group: string, id: string): string => {
  const full = `${group}.${id}`;
  return isWord(full) ? say(full) : id;
};

export function moment(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.valueOf())) return "";
  const isToday = at.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(tongue.language === "ja" ? "ja-JP" : "en-GB", {
    ...(isToday ? {} : { year: "numeric", month: "short", day: "numeric" }),
    hour: "2-digit",
    minute: "2-digit",
  }).format(at);
}
