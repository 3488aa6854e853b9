import { describe, expect, test } from "vitest";
import { added, blank, doubled, freshName, moved, readBy, referrers, removed, renamed, turned, variables } from "./edit";
import { begun, done, redone, undone } from "./history";
import { changes, clashes, taken } from "./compare";
import { laidOut } from "./layout";
import { dominators, matches, rows } from "./outline";
import { references, resolved, ways } from "./places";
import { located } from "./problems";
import { KINDS, kindOf, put, same, type Table } from "./shape";
import { pieces } from "./yaml";

const say = (next: string): Table => ({ say: { ja: "はい", en: "Yes" }, next });
const tree: Table = {
  name: "試験",
  languages: ["ja", "en"],
  start: "hello",
  person: "staff",
  subtrees: { verify: { start: "member", exits: ["ok"], nodes: { member: { ask: { ja: "番号" }, slot: "digits", next: "@ok" } } } },
  nodes: {
    hello: say("matter"),
    matter: {
      question: { ja: "ご用件" },
      options: [
        { id: "order", key: "1", label: { ja: "注文" }, next: "number" },
        { id: "card", key: "2", label: { ja: "カード" }, next: "check" },
        { id: "staff", key: "0", label: { ja: "担当" }, next: "staff" },
      ],
    },
    number: { ask: { ja: "番号" }, slot: "digits", next: "told" },
    told: { say: { ja: "番号は{number}です" }, next: "more" },
    check: { subtree: "verify", exits: { ok: "more" } },
    more: { ask: { ja: "ほかには" }, slot: "yesno", yes: "matter", no: "bye" },
    staff: { voicemail: { ja: "伝言" }, hours: "desk" },
    bye: { goodbye: { ja: "失礼します" } },
  },
};
const node = (of: Table, name: string) => (of.nodes as Table)[name] as Table;

describe("a tree's shape", () => {
  test("a voicemail that names hours is a voicemail", () => {
    expect(kindOf(node(tree, "staff"))).toBe("voicemail");
    expect(kindOf({ say: {}, menu: {} })).toBeNull();
    expect(kindOf(null)).toBeNull();
  });

  test("putting shares what is not on the path and changes nothing in place", () => {
    const after = put(tree, ["nodes", "hello", "say", "ja"], "どうも") as Table;
    expect(node(tree, "hello").say).toEqual({ ja: "はい", en: "Yes" });
    expect(node(after, "hello").say).toEqual({ ja: "どうも", en: "Yes" });
    expect(node(after, "matter")).toBe(node(tree, "matter"));
    expect(put([1, 2, 3], [1], undefined)).toEqual([1, 3]);
  });

  test.each([
    ["8", 8, true],
    [true, "true", true],
    ["08", 8, false],
    [undefined, "", false],
    [{ a: [1] }, { a: ["1"] }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
  ])("%j beside %j", (left, right, wanted) => expect(same(left, right)).toBe(wanted));
});

describe("ways out", () => {
  test("an answer without a target of its own takes the node's", () => {
    const out = ways({ menu: {}, next: "b", options: [{ id: "x", next: "a" }, { id: "y" }] });
    expect(out.map(({ answer, target, isFallback }) => [answer, target, isFallback])).toEqual([
      ["x", "a", false],
      ["y", "b", true],
    ]);
  });

  test("every kind can be made and its ways be listed", () => {
    for (const kind of KINDS) {
      const made = blank(tree, kind, "bye");
      expect(kindOf(made)).toBe(kind);
      for (const way of ways(made)) expect(["bye", ""]).toContain(way.target);
    }
  });

  test("a voicemail's hours are not taken for a way out", () => {
    expect(references(node(tree, "staff"))).toEqual([]);
  });

  test("a laid-out name is the node of the part", () => {
    expect(resolved(tree, "check.member")).toBe("verify/member");
    expect(resolved(tree, "more")).toBe("more");
    expect(resolved(tree, "nowhere")).toBeNull();
  });
});

describe("the outline", () => {
  const told = (closed: string[] = []) =>
    rows(tree, new Set(closed)).map((row) => {
      const indent = "  ".repeat(row.level - 1);
      if (row.is === "node") return `${indent}${row.mark && `${row.mark} `}${row.answer && `${row.answer}: `}${row.place}${row.on.map((one) => ` > ${one}`).join("")}`;
      if (row.is === "way") return `${indent}${row.mark && `${row.mark} `}${row.answer} -> ${row.target}`;
      return `${indent}[${row.key}]`;
    });

  test("branches are indented, and what they come together in follows", () => {
    expect(told()).toEqual([
      "[settings]",
      "hello",
      "matter",
      "  1 order: number",
      "    told > more",
      "  2 card: check > more",
      "  0 staff: staff",
      "more",
      "  yes -> matter",
      "  no: bye",
      "[part:verify]",
      "  verify/member > @ok",
    ]);
  });

  test("a folded question hides its branches and nothing else", () => {
    expect(told(["matter", "part:verify"])).toEqual(["[settings]", "hello", "matter", "more", "  yes -> matter", "  no: bye", "[part:verify]"]);
  });

  test("a folded branch hides what follows in it", () => {
    expect(told(["number"])).not.toContain("    told > more");
    expect(told(["number"])).toContain("  2 card: check > more");
  });

  test("what is left out and follows from another field has no line of its own", () => {
    const link = put(tree, ["nodes", "hello"], { link: { ja: "画面で" }, next: "matter", failed: "bye" }) as Table;
    const answers = rows(link, new Set()).flatMap((row) => (row.is === "way" && row.from === "hello") || row.is === "node" ? [row.answer] : []);
    expect(answers).toContain("next");
    expect(answers).not.toContain("refused");
    expect(ways(node(link, "hello")).map(({ target, isFallback }) => [target, isFallback])).toEqual([["matter", false], ["matter", true], ["bye", false]]);
  });

  test("what cannot be reached stands apart", () => {
    const lone = put(tree, ["nodes", "lone"], say("bye")) as Table;
    expect(rows(lone, new Set()).some((row) => row.is === "loose")).toBe(true);
  });

  test("every node has one row, in chains of thousands as well", () => {
    const nodes: Table = {};
    for (let i = 0; i < 2000; i++) nodes[`n${i}`] = say(`n${(i + 1) % 2000}`);
    const found = rows({ ...tree, start: "n0", subtrees: {}, nodes }, new Set()).filter((row) => row.is === "node");
    expect(found.length).toBe(2000);
  });

  test("dominators of a loop with two entries", () => {
    const graph: Record<string, string[]> = { a: ["b", "c"], b: ["c", "d"], c: ["b", "d"], d: [] };
    const { over } = dominators("a", (name) => [...graph[name]!]);
    expect([...over].sort()).toEqual([["a", "a"], ["b", "a"], ["c", "a"], ["d", "a"]]);
  });

  test("a search looks at names and words alike", () => {
    expect(matches(tree, "told", "番号")).toBe(true);
    expect(matches(tree, "bye", "bye 失礼")).toBe(true);
    expect(matches(tree, "verify/member", "番号")).toBe(true);
    expect(matches(tree, "bye", "番号")).toBe(false);
  });
});

describe("what an admin does", () => {
  test("a new node is put in between", () => {
    const after = added(tree, "", "thanks", "say", "told");
    expect(node(after, "told").next).toBe("thanks");
    expect(node(after, "thanks").next).toBe("more");
    expect(Object.keys(after.nodes as Table).indexOf("thanks")).toBe(4);
  });

  test("behind a question a new node leads nowhere yet and changes no answer", () => {
    const after = added(tree, "", "thanks", "say", "matter");
    expect(node(after, "matter")).toBe(node(tree, "matter"));
    expect(node(after, "thanks").next).toBe("");
  });

  test("what led to a removed node leads on to where it led", () => {
    const { tree: after, led, on } = removed(tree, "told");
    expect([led, on, node(after, "number").next]).toEqual([1, "more", "more"]);
    const kept = removed(tree, "more");
    expect([kept.on, node(kept.tree, "told").next]).toEqual(["", "more"]);
  });

  test("a renamed node keeps what leads to it, and its variable", () => {
    const after = renamed(tree, "number", "order_number");
    expect(node(after, "order_number").save).toBe("number");
    expect(((node(after, "matter").options as Table[])[0] as Table).next).toBe("order_number");
    expect(renamed(tree, "hello", "greeting").start).toBe("greeting");
    expect(renamed(tree, "staff", "clerk").person).toBe("clerk");
    expect(renamed(tree, "hello", "bye")).toBe(tree);
    expect(renamed(tree, "hello", "Not a name")).toBe(tree);
  });

  test("a name of a part does not change the tree's own of the same name", () => {
    const after = renamed(tree, "verify/member", "number");
    expect((after.subtrees as any).verify.start).toBe("number");
    expect(node(after, "number")).toBe(node(tree, "number"));
  });

  test("a copy has a name of its own", () => {
    expect(doubled(tree, "bye").name).toBe("bye_2");
    expect(freshName(tree, "", "Not a name")).toBe("node");
  });

  test("another kind keeps the words and the way on", () => {
    const after = turned(put(tree, ["nodes", "hello"], { menu: { ja: "どれ" }, options: [{ id: "a", next: "bye" }] }) as Table, "hello", "question");
    expect(node(after, "hello")).toMatchObject({ question: { ja: "どれ" }, options: [{ id: "a", next: "bye" }] });
    expect(node(turned(tree, "hello", "goodbye"), "hello").goodbye).toEqual({ ja: "はい", en: "Yes" });
  });

  test("variables are those that questions save and webhooks bring", () => {
    expect(variables(tree)).toEqual(["matter", "member", "more", "number"]);
    expect(referrers(tree, "more")).toBe(2);
    expect(referrers(tree, "staff")).toBe(2);
  });

  test("words are looked for in the reader's language first", () => {
    expect([readBy(tree, "en"), readBy(tree, "fr")]).toEqual([["en", "ja"], ["ja", "en"]]);
  });

  test.each([[0, 2, "bca"], [2, 0, "cab"], [1, 9, "acb"]])("moving %d to %d", (from, to, wanted) =>
    expect(moved([..."abc"], from, to).join("")).toBe(wanted));
});

describe("undo", () => {
  test("writing on in one field is undone as one, and done again", () => {
    let history = begun(tree);
    for (const words of ["あ", "あり", "ありが"]) history = done(history, put(tree, ["name"], words) as Table, "", "name");
    history = done(history, put(history.now.tree, ["start"], "bye") as Table, "start");
    const back = undone(undone(history));
    expect(back.now.tree).toBe(tree);
    expect(redone(redone(back)).now.tree).toBe(history.now.tree);
    expect(undone(back)).toBe(back);
  });
});

describe("comparing", () => {
  const mine = put(tree, ["nodes", "hello", "say", "ja"], "わたし") as Table;
  const theirs = put(put(tree, ["nodes", "bye"], undefined), ["name"], "かれら") as Table;

  test("changes are told node by node with what was and what is", () => {
    expect(changes(tree, mine)).toEqual([
      { node: "hello", kind: "changed", fields: [{ path: ["say", "ja"], before: "はい", after: "わたし" }] },
    ]);
    expect(changes(tree, theirs).map(({ node, kind }) => [node, kind])).toEqual([["", "changed"], ["bye", "removed"]]);
    expect(changes(tree, tree)).toEqual([]);
  });

  test("two admins' work is brought together without losing either", () => {
    expect(clashes(tree, mine, theirs).map((one) => [one.node, !!one.mine, !!one.theirs])).toEqual([
      ["", false, true],
      ["bye", false, true],
      ["hello", true, false],
    ]);
    const both = taken(mine, theirs, ["", "bye"]);
    expect(both.name).toBe("かれら");
    expect(node(both, "bye")).toBeUndefined();
    expect(node(both, "hello").say).toMatchObject({ ja: "わたし" });
    expect((both.subtrees as any).verify.nodes.member).toBeDefined();
  });

  test("a node of a part is taken over too", () => {
    const other = put(tree, ["subtrees", "verify", "nodes", "member", "slot"], "phone") as Table;
    expect(changes(tree, other).map((one) => one.node)).toEqual(["verify/member"]);
    expect(taken(mine, other, ["verify/member"])).toMatchObject({ subtrees: { verify: { nodes: { member: { slot: "phone" } } } } });
  });
});

describe("problems", () => {
  test("are tied to their node and to the path that fails", () => {
    const [one, two, three] = located(tree, [
      { node: "told", path: ["hello", "matter", "number", "told", "say"], reason: "x" },
      { node: "check.member", path: ["hello", "matter", "check", "check.member"], reason: { ja: "だめ", en: "bad" } },
      { node: "", path: ["line 3"], reason: "not YAML" },
    ]);
    expect([one!.place, one!.trail, one!.field]).toEqual(["told", ["hello", "matter", "number", "told"], "say"]);
    expect([two!.place, two!.trail.at(-1)]).toEqual(["verify/member", "verify/member"]);
    expect([three!.place, three!.field]).toEqual([null, "line 3"]);
  });

  test("fields of the file are no path of nodes", () => {
    const [one] = located(tree, [{ node: "told", path: ["nodes", "told", "say", "ja"], reason: "x" }]);
    expect([one!.place, one!.trail, one!.field]).toEqual(["told", [], "say › ja"]);
  });
});

describe("the canvas' own layout", () => {
  test("gives every node a spot of its own", () => {
    const spots = laidOut(tree, "");
    expect(spots.size).toBe(8);
    expect(new Set([...spots.values()].map(({ x, y }) => `${x},${y}`)).size).toBe(8);
    expect(spots.get("hello")!.x).toBeLessThan(spots.get("matter")!.x);
  });
});

describe("colours of YAML", () => {
  test.each([
    ["  say: {ja: はい, en: Yes}", ["key:say", "key:ja", "key:en"]],
    ['url: "a # b" # note', ["key:url", 'string:"a # b"', "comment:# note"]],
    ["- 09:00", ["mark:-", "number:09:00"]],
    ["# all", ["comment:# all"]],
  ])("%s", (line, wanted) => {
    const found = pieces(line);
    expect(found.map(({ text }) => text).join("")).toBe(line);
    const told = found.map(({ text, is }) => `${is}:${text}`);
    for (const one of wanted) expect(told).toContain(one);
  });
});
