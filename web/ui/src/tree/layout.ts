// Where nodes lie on the canvas when nobody has put them anywhere: in columns by their distance from the start, each
// column ordered by where its nodes are reached from (barycentres, Sugiyama, Tagawa and Toda 1981).

import { nodesOf, startOf, ways } from "./places";
import type { Table } from "./shape";

export interface Spot {
  x: number;
  y: number;
}

export const WIDE = 240;
const HEAD = 62;
const EACH = 24;
const ACROSS = WIDE + 112;
const BETWEEN = 28;
const SWEEPS = 4;

/** Pixels that a node takes on the canvas: several ways out have a line each. */
export const high = (count: number): number => (count > 1 ? HEAD + count * EACH + 6 : HEAD);

/** A spot for every node of the part, by its name. */
export function laidOut(tree: Table, part: string): Map<string, Spot> {
  const nodes = nodesOf(tree, part);
  const names = Object.keys(nodes);
  const next = new Map(names.map((name) => [name, [...new Set(ways(nodes[name]).map((way) => way.target))].filter((one) => one in nodes)]));
  const column = new Map<string, number>();
  const visit = (first: string) => {
    let front = [first];
    for (let depth = column.size ? 1 : 0; front.length; depth++) {
      const further: string[] = [];
      for (const name of front) {
        if (column.has(name)) continue;
        column.set(name, depth);
        further.push(...next.get(name)!.filter((one) => !column.has(one)));
      }
      front = further;
    }
  };
  const start = startOf(tree, part);
  if (start in nodes) visit(start);
  for (const name of names) if (!column.has(name)) visit(name);

  const columns: string[][] = [];
  for (const name of column.keys()) (columns[column.get(name)!] ??= []).push(name);
  const before = new Map<string, string[]>(names.map((name) => [name, []]));
  for (const name of names) for (const target of next.get(name)!) before.get(target)!.push(name);

  const rank = new Map<string, number>();
  const number = (one: string[]) => one.forEach((name, place) => rank.set(name, place - one.length / 2));
  columns.forEach(number);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isForward = sweep % 2 === 0;
    for (const one of isForward ? columns : [...columns].reverse()) {
      const middle = new Map(one.map((name) => [name, mean((isForward ? before : next).get(name)!, name, rank)]));
      one.sort((left, right) => middle.get(left)! - middle.get(right)!);
      number(one);
    }
  }
  const spots = new Map<string, Spot>();
  columns.forEach((one, x) => {
    const tall = one.map((name) => high(ways(nodes[name]).length));
    let y = -(tall.reduce((sum, each) => sum + each + BETWEEN, -BETWEEN) / 2);
    one.forEach((name, place) => {
      spots.set(name, { x: x * ACROSS, y: Math.round(y) });
      y += tall[place]! + BETWEEN;
    });
  });
  return spots;
}

function mean(names: string[], own: string, rank: Map<string, number>): number {
  if (!names.length) return rank.get(own)!;
  return names.reduce((sum, name) => sum + rank.get(name)!, 0) / names.length;
}
