// What the server found wrong, tied to where it stands in the tree.

import type { Table } from "./shape";
import { isPlace, placeOf, resolved, type Place } from "./places";

export interface Problem {
  node: string;
  path: string[];
  reason: { ja?: string | null; en: string } | string;
  kind?: string | null;
  level?: string | null;
}

export interface Found {
  problem: Problem;
  /** Where to go to mend it; null: the whole file. */
  place: Place | null;
  /** The nodes on the failing path, from the start. */
  trail: Place[];
  /** The field, when the problem names one. */
  field: string;
  isWarning: boolean;
}

export function located(tree: Table, problems: readonly Problem[]): Found[] {
  return problems.map((problem) => {
    const trail = trailOf(tree, problem);
    return {
      problem,
      place: placeIn(tree, problem) ?? null,
      trail,
      field: fieldOf(problem, trail.length),
      isWarning: problem.level !== undefined && problem.level !== null && problem.level !== "problem" && problem.level !== "error",
    };
  });
}

function placeIn(tree: Table, { node, path }: Problem): Place | null {
  if (path[0] === "subtrees" && path[1]) {
    const place = path[2] === "nodes" && path[3] ? placeOf(path[1], path[3]) : "";
    return place && isPlace(tree, place) ? place : null;
  }
  if (node) return resolved(tree, node) ?? (isPlace(tree, node) ? node : null);
  return path[0] === "nodes" && path[1] && isPlace(tree, path[1]) ? path[1] : null;
}

function trailOf(tree: Table, { path }: Problem): Place[] {
  if (path[0] === "nodes" || path[0] === "subtrees") return [];
  const found: Place[] = [];
  for (const step of path) {
    const place = resolved(tree, step);
    if (place === null) break;
    found.push(place);
  }
  return found;
}

function fieldOf({ path }: Problem, walked: number): string {
  if (path[0] === "nodes") return path.slice(2).join(" › ");
  if (path[0] === "subtrees") return path.slice(path[2] === "nodes" ? 4 : 1).join(" › ");
  return path.slice(walked).join(" › ");
}

export const reason = (problem: Problem, language: string): string =>
  typeof problem.reason === "string" ? problem.reason : ((language === "ja" && problem.reason.ja) || problem.reason.en);
