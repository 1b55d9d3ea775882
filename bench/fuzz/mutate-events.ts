import type { Random } from "../../domain/simulation/random.ts";

type Event = Record<string, unknown>;

/** Ways to make nonsense of a beacon that stays JSON. */
export const EVENT_MUTATIONS: Record<string, (random: Random, events: Event[]) => string> = {
  numbers_extreme: (random, events) =>
    body(events).replaceAll(/:(-?\d+(?:\.\d+)?)/g, (whole) =>
      random.chance(0.3) ? `:${random.pick(NUMBERS)}` : whole,
    ),
  types_swapped: (random, events) => {
    const event = random.pick(events);
    for (const key of Object.keys(event)) if (random.chance(0.3)) event[key] = random.pick(VALUES);
    return body(events);
  },
  fields_renamed: (random, events) => {
    const event = random.pick(events);
    for (const key of Object.keys(event)) if (random.chance(0.2)) event[random.pick(KEYS) + key] = event[key];
    return body(events);
  },
  prototype_names: (random, events) => {
    const text = body(events);
    const members = PROTOTYPE_NAMES.map((name) => `"${name}":${JSON.stringify(random.pick(VALUES) ?? null)}`);
    return text.replace("{", `{${members.join()},`).replace('"events":[{', `"events":[{${members.join()},`);
  },
  duplicate_keys: (random, events) => {
    const text = body(events);
    const value = JSON.stringify(random.pick(VALUES) ?? null);
    return text.replaceAll(/"(xid|xsqno|e|vid|uti)":/g, (whole, key) =>
      random.chance(0.2) ? `"${key}":${value},${whole}` : whole,
    );
  },
  deep_nesting: (random, events) => {
    const depth = random.pick([100, 10_000, 200_000]);
    const deep = random.chance(0.5)
      ? "[".repeat(depth) + "]".repeat(depth)
      : `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    const text = body(events);
    return random.chance(0.5)
      ? text.replace('"events":[', `"events":[${deep},`)
      : text.replace('"events":[{', `"events":[{"x":${deep},`);
  },
  huge_keys: (random, events) => {
    const event = random.pick(events);
    event["k".repeat(random.integer(100, 60_000))] = "v".repeat(random.integer(0, 60_000));
    return body(events);
  },
  many_keys: (random, events) => {
    const event = random.pick(events);
    for (let key = random.integer(100, 3_000); key > 0; key -= 1) event[`c${key}`] = random.pick(VALUES);
    return body(events);
  },
  lone_surrogates: (random, events) =>
    body(events).replaceAll(/":"/g, (whole) => (random.chance(0.2) ? `${whole}\\ud800` : whole)),
  control_characters: (random, events) =>
    body(events).replaceAll(/":"/g, (whole) => (random.chance(0.2) ? `${whole}\\u0000\\u001b[31m'\\n` : whole)),
  large_batch: (random, events) => {
    const count = random.pick([300, 3_600, 3_601, 10_000]);
    const slim = random.pick(events);
    const { e, xid, ake } = slim;
    return body(
      Array.from({ length: count }, (_, at) => ({ e, xid, ake, xsqno: random.chance(0.9) ? at : 7, uti: at })),
    );
  },
  sequences_shuffled: (random, events) => {
    for (const event of events) event["xsqno"] = random.pick([0, 1, 2, 3, 4_294_967_295, "5", 1e300, -1, 2 ** 31]);
    return body(events);
  },
  events_no_list: (random, events) => JSON.stringify({ events: random.pick([...VALUES, events[0]]) }),
  random_json: (random) => JSON.stringify(randomJson(random, 4)),
};

const NUMBERS = [
  "0",
  "-0",
  "-1",
  "1e999",
  "-1e999",
  "1e-400",
  "4294967296",
  "9007199254740993",
  "8.64e15",
  "1e21",
  "0.1",
];
const VALUES: readonly unknown[] = [
  null,
  true,
  [],
  {},
  [[[]]],
  { a: { b: 1 } },
  "",
  " ",
  "\u0000",
  "null",
  "NaN",
  "🙂".repeat(500),
  -1,
  0.5,
  1e300,
  2 ** 53,
  "'; DROP TABLE views; --",
  "2026-02-30T25:61:61Z",
];
const KEYS = ["", "_", "x", "_gc", "c1", " "];
const PROTOTYPE_NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "length"];

function body(events: readonly Event[]): string {
  return JSON.stringify({ metadata: { transmission_timestamp: Date.now() }, events });
}

function randomJson(random: Random, depth: number): unknown {
  if (depth === 0 || random.chance(0.3)) return random.pick(VALUES);
  const members = Array.from({ length: random.integer(0, 6) }, () => randomJson(random, depth - 1));
  if (random.chance(0.5)) return members;
  const names = ["events", "metadata", "e", "xid", "xsqno", "ake", ...PROTOTYPE_NAMES];
  return Object.fromEntries(members.map((member) => [random.pick(names), member]));
}
