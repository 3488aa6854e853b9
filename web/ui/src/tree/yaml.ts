// Colours for YAML, one line at a time: enough to read a tree by, not a parser.

export interface Piece {
  text: string;
  is: "key" | "mark" | "string" | "number" | "comment" | "plain";
}

const STEPS: [Piece["is"], RegExp][] = [
  ["key", /^[A-Za-z_"'][\w"'-]*(?=\s*:(\s|$))/],
  ["string", /^"(?:[^"\\]|\\.)*"|^'(?:[^']|'')*'/],
  ["mark", /^[-:?,[\]{}|>](?=\s|$|[[\]{},"'])|^[[\]{},]/],
  ["number", /^-?\d[\d.:-]*(?=[\s,\]}]|$)/],
];

export function pieces(line: string): Piece[] {
  const found: Piece[] = [];
  let rest = line.slice(0, 2000);
  let before = " ";
  const push = (text: string, is: Piece["is"]) => {
    const last = found.at(-1);
    if (last && last.is === is) last.text += text;
    else found.push({ text, is });
    rest = rest.slice(text.length);
    before = text.at(-1) ?? before;
  };
  while (rest) {
    const isFresh = /[\s,[{]/.test(before);
    if (rest.startsWith("#") && /\s/.test(before)) {
      push(rest, "comment");
      continue;
    }
    const step = STEPS.map(([is, form]) => {
      if (!isFresh && is !== "mark") return null;
      const match = form.exec(rest);
      return match ? ([is, match[0]] as const) : null;
    }).find(Boolean);
    if (step) push(step[1], step[0]);
    else push(/^\s+|^[^\s:,[\]{}#]+|^./u.exec(rest)![0], "plain");
  }
  if (line.length > 2000) found.push({ text: line.slice(2000), is: "plain" });
  return found;
}
