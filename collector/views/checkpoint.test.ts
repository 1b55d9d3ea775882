import { zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { encodeBeaconRecord } from "../../domain/messages/beacon-record.ts";
import { serializeView } from "../../domain/view/view-state.ts";
import { MAX_FIELD_LENGTH } from "../../domain/wire/decode-events.ts";
import { MAX_RECORD_BYTES, type StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { arrivingAt, busyLog, newFold, run, START_MS, Tables, ticks } from "../testing/fold-run.ts";
import { asLog, recordedRecords } from "../testing/recorded-records.ts";
import { StateTopic } from "../testing/state-topic.ts";
import { Checkpoints } from "./checkpoint.ts";
import { unaccounted } from "./event-counts.ts";
import type { PartitionFold } from "./partition-fold.ts";

const ONE = 1 as EnvironmentId;
/** Records of `asLog` are this far apart. */
const STEP = 100;

/** Views of some environments, repeats among them; then some of it comes again when the views are final. */
function longLog(environments: number): StoredRecord[] {
  const ids = Array.from({ length: environments }, (_, index) => (index + 1) as EnvironmentId);
  const late = recordedRecords("html5-stall", ONE, START_MS).map((record, index) =>
    arrivingAt(record, START_MS + 550_000 + index),
  );
  const reopened = recordedRecords("hlsjs-tab-close", ONE, START_MS).map((record, index) =>
    arrivingAt(record, START_MS + 100_000_000 + index),
  );
  const after = ticks(START_MS + 100_000_000, START_MS + 100_400_000, 10_000);
  return asLog([...busyLog(ids), ...late, ...reopened, ...after]);
}

/** A process that folds the log from where the topic says, until it dies. */
class Life {
  readonly fold: PartitionFold = newFold();
  readonly #topic: StateTopic;
  readonly #checkpoints: Checkpoints;
  readonly #tables: Tables;
  found = false;

  constructor(topic: StateTopic, tables: Tables, name: string) {
    this.#topic = topic;
    this.#tables = tables;
    this.#checkpoints = new Checkpoints(0, name);
  }

  async begin(): Promise<this> {
    this.found = await this.#checkpoints.read(this.#topic.read(), this.fold);
    return this;
  }

  feed(log: readonly StoredRecord[], count: number): void {
    const from = this.fold.nextOffset / STEP;
    this.fold.apply(log.slice(from, from + count));
    this.#tables.insert(this.fold.collect());
  }

  checkpoint({ commits = true } = {}): void {
    const { records, settle } = this.#checkpoints.write(this.fold);
    this.#topic.append(records);
    settle(true);
    if (commits) this.#checkpoints.committed();
  }

  /** The log refuses it, though some of it may come to be there. */
  refused(share: number): void {
    const { records, settle } = this.#checkpoints.write(this.fold);
    this.#topic.append(records, Math.floor(records.length * share));
    settle(false);
  }

  /** Dies while it writes. */
  torn(share: number): void {
    const { records } = this.#checkpoints.write(this.fold);
    this.#topic.append(records, Math.floor(records.length * share));
  }
}

const Step = fc.record({
  feed: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 400 })),
  event: fc.constantFrom("nothing", "checkpoint", "checkpoint", "checkpoint", "refused", "torn", "crash", "compact"),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe("Checkpoints", () => {
  it("and a replay give what a life without crashes gives, wherever it is cut", async () => {
    const log = longLog(3);
    const truth = run(log, [3]);
    await fc.assert(
      fc.asyncProperty(fc.array(Step, { minLength: 1, maxLength: 80 }), async (steps) => {
        const [topic, tables] = [new StateTopic(), new Tables()];
        let life = await new Life(topic, tables, "0").begin();
        for (const [index, { feed, event, share }] of steps.entries()) {
          life.feed(log, feed);
          if (event === "checkpoint") life.checkpoint();
          if (event === "refused") life.refused(share);
          if (event === "torn") life.torn(share);
          if (event === "compact") topic.compact((at) => (at * 7 + index) % 3 !== 0);
          if (event === "torn" || event === "crash") life = await new Life(topic, tables, String(index + 1)).begin();
        }
        life.feed(log, log.length);
        expect(life.fold.counts).toEqual(truth.counts);
        expect(unaccounted(life.fold.counts)).toBe(0);
        expect(tables.content()).toEqual(truth.tables.content());
      }),
      { numRuns: Number(process.env["FC_RUNS"] ?? 12) },
    );
  }, 60_000);

  it("keep to what a whole manifest names, at every cut and when a record of the newest is damaged", async () => {
    const log = longLog(1);
    const [topic, tables] = [new StateTopic(), new Tables()];
    const life = await new Life(topic, tables, "a").begin();
    life.feed(log, 20);
    life.checkpoint();
    const first = topic.records.length;
    life.feed(log, 20);
    life.checkpoint();
    const offsetsAt = async (records: StateTopic["records"]) => {
      const cut = new StateTopic();
      cut.append(records);
      return (await new Life(cut, tables, "b").begin()).fold.nextOffset;
    };
    for (let cut = first; cut < topic.records.length; cut += 1) {
      expect(await offsetsAt(topic.records.slice(0, cut))).toBe(20 * STEP);
    }
    expect(await offsetsAt(topic.records)).toBe(40 * STEP);
    for (let at = first; at < topic.records.length; at += 1) {
      const damaged = topic.records.map((record, index) =>
        index === at ? { ...record, value: Buffer.from("damage") } : record,
      );
      expect(await offsetsAt(damaged)).toBe(20 * STEP);
    }
  });

  it("write again only what changed, and delete what is superfluous", async () => {
    const log = longLog(6);
    const topic = new StateTopic();
    const life = await new Life(topic, new Tables(), "a").begin();
    life.feed(log, log.length - 200);
    life.checkpoint();
    const whole = sizeOf(topic);
    for (let turn = 0; turn < 5; turn += 1) {
      life.feed(log, 1); // a tick
      life.checkpoint();
    }
    expect(sizeOf(topic) - whole).toBeLessThan(5 * 1_000);
    for (let turn = 0; turn < 100; turn += 1) life.checkpoint(); // so old that all is written anew
    topic.compact(() => true);
    expect(topic.records.filter(({ key }) => key.includes("manifest"))).toHaveLength(2);
    expect(sizeOf(topic)).toBeLessThan(3 * whole);
  });

  it("of a process that lost its partition unawares do not disturb the new holder's", async () => {
    const log = longLog(1);
    const [topic, tables] = [new StateTopic(), new Tables()];
    const first = await new Life(topic, tables, "a").begin();
    first.feed(log, 30);
    first.checkpoint();
    const second = await new Life(topic, tables, "b").begin();
    second.feed(log, 30);
    first.feed(log, 10);
    second.checkpoint();
    first.checkpoint({ commits: false });
    topic.compact(() => true);
    const third = await new Life(topic, tables, "c").begin();
    expect([40 * STEP, 60 * STEP]).toContain(third.fold.nextOffset);
    second.feed(log, 10);
    second.checkpoint();
    topic.compact(() => true);
    const fourth = await new Life(topic, tables, "d").begin();
    expect(fourth.fold.nextOffset).toBe(70 * STEP);
    fourth.feed(log, log.length);
    expect(fourth.fold.counts).toEqual(run(log, [9]).counts);
  });

  it("of such a process never delete what the new holder still needs, however long it goes on", async () => {
    const log = longLog(3);
    const [topic, tables] = [new StateTopic(), new Tables()];
    const first = await new Life(topic, tables, "a").begin();
    first.feed(log, 200);
    first.checkpoint();
    const second = await new Life(topic, tables, "b").begin();
    second.feed(log, 1);
    second.checkpoint();
    for (let turn = 0; turn < 20; turn += 1) {
      first.feed(log, 100);
      first.checkpoint({ commits: false });
    }
    second.feed(log, 1);
    second.checkpoint();
    topic.compact(() => true);
    expect((await new Life(topic, tables, "c").begin()).fold.nextOffset).toBe(202 * STEP);
  });

  it("hold also views whose texts are as long as may be, in records that any log takes", async () => {
    const topic = new StateTopic();
    const life = await new Life(topic, new Tables(), "a").begin();
    const large = largeViews();
    life.feed(large, large.length);
    for (let turn = 0; turn < 12; turn += 1) life.checkpoint(); // until it is written anew
    expect(Math.max(...topic.records.map(({ key, value }) => key.length + value.length))).toBeLessThan(
      MAX_RECORD_BYTES,
    );
    topic.compact(() => true);
    expect(sizeOf(topic)).toBeGreaterThan(MAX_RECORD_BYTES);
    expect(topic.records.length).toBeLessThan(LARGE_VIEWS + 5); // the newest of each alone
    const { fold } = await new Life(topic, new Tables(), "b").begin();
    const states = [fold, life.fold].map(({ views }) => [...views.values()].map(({ state }) => serializeView(state)));
    expect(states[0]).toEqual(states[1]);
  });

  it("of earlier releases are read, and replaced", async () => {
    const log = longLog(1);
    const truth = run(log, [3]);
    const old = newFold();
    const tables = new Tables();
    old.apply(log.slice(0, 250)); // none is final
    tables.insert(old.collect());
    const topic = new StateTopic();
    topic.append(earlierCheckpoint(old));
    const life = await new Life(topic, tables, "a").begin();
    expect([life.found, life.fold.nextOffset, life.fold.views.size]).toEqual([true, 250 * STEP, old.views.size]);
    expect(life.fold.finals.find("1/gone", START_MS + 1)).toBe(START_MS - 5_000);
    life.feed(log, 10);
    for (let turn = 0; turn < 3; turn += 1) life.checkpoint();
    const next = await new Life(topic, tables, "b").begin();
    next.feed(log, log.length);
    expect(tables.content()).toEqual(truth.tables.content());
    topic.compact(() => true);
    expect(topic.records.filter(({ key }) => /^0\/[01]\//.test(key))).toEqual([]);
  });
});

const LARGE_VIEWS = 10;

/** Views with as many fields as are kept, full of text that cannot be packed. */
function largeViews(): StoredRecord[] {
  const units = () => crypto.getRandomValues(new Uint16Array(MAX_FIELD_LENGTH)).map((unit) => 0x800 + (unit % 0xc000));
  const noise = () => String.fromCharCode(...units());
  const context = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90 };
  const records = Array.from({ length: 8 * LARGE_VIEWS }, (_, request) => {
    const names = Array.from({ length: 64 }, (_field, at) => `a_own${request % 8}x${at}_`);
    const viewId = `large ${Math.floor(request / 8)}`;
    const head = { environmentId: ONE, viewId, arrivedAtMs: START_MS, transmittedAtMs: null, context };
    const fields = Object.fromEntries(names.map((name) => [name, noise()]));
    const event = { e: "hb", xid: viewId, xsqno: (request % 8) + 1, ...fields };
    const value = Buffer.from(encodeBeaconRecord(head, JSON.stringify({ events: [event] })));
    return { partition: 0, key: "", value, timestampMs: START_MS, offset: 0, nextOffset: 0 };
  });
  return asLog(records);
}

function sizeOf(topic: StateTopic): number {
  return topic.records.reduce((sum, { value }) => sum + value.length, 0);
}

/** As the first releases wrote it. */
function earlierCheckpoint(fold: PartitionFold) {
  const views = [...fold.views.values()].map(({ environmentId, stage, stageAtMs, state }) => {
    return { environmentId, stage, stageAtMs, state: serializeView(state) };
  });
  const marker = { generation: 3, chunks: 1, nextOffset: fold.nextOffset, watermarkMs: fold.watermarkMs };
  const record = (name: string, body: unknown) => {
    return { partition: 0, key: `0/1/${name}`, value: zstdCompressSync(JSON.stringify(body)), timestampMs: 0 };
  };
  const finals = [["1/gone", { firstSeenMs: START_MS - 5_000, finalAtMs: START_MS - 1_000 }]];
  return [record("0", { generation: 3, views, finals }), record("marker", marker)];
}
