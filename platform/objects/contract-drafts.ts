import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  DraftIncompleteError,
  ObjectMismatchError,
  ObjectMissingError,
  type Objects,
  type ResumableObjects,
} from "./objects.ts";

const KEY = "env/asset/source/1";

/** The facts of resumable objects. */
export function drafting(open: () => ResumableObjects): void {
  arriving(open);
  interrupted(open);
  finishing(open);
  reaping(open);
}

function arriving(open: () => ResumableObjects): void {
  it("keeps what arrived for every user, in pieces of any order, and shows no object before the end", async () => {
    const whole = bytesOf(300_000);
    const draft = open().openDraft(KEY, "d1");
    expect(await draft.received()).toEqual({ ranges: [], contiguousBytes: 0, sizeBytes: null });
    await draft.write(200_000, Readable.from([whole.subarray(200_000)]));
    await open()
      .openDraft(KEY, "d1")
      .write(0, Readable.from([whole.subarray(0, 100_000)]));
    expect(await open().openDraft(KEY, "d1").received()).toEqual({
      ranges: [
        { start: 0, end: 100_000 },
        { start: 200_000, end: 300_000 },
      ],
      contiguousBytes: 100_000,
      sizeBytes: null,
    });
    await expect(open().openDraft(KEY, "d1").finish({ sizeBytes: 300_000 })).rejects.toThrow(DraftIncompleteError);
    expect(await open().head(KEY)).toBeNull();
    expect(await listed(open())).toEqual([]);
    await open()
      .openDraft(KEY, "d1")
      .write(100_000, Readable.from([whole.subarray(100_000, 200_000)]));
    const info = { key: KEY, sizeBytes: 300_000, sha256: sha256(whole) };
    expect(await draft.finish({ sizeBytes: 300_000 })).toEqual(info);
    expect(await contents(open())).toEqual(whole);
  });

  it("makes the same object of any cover by pieces, overlapping, repeated, at once, by several users", async () => {
    let id = 0;
    const piece = fc.tuple(fc.nat(5_000), fc.integer({ min: 1, max: 2_000 }), fc.nat(2));
    const property = fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      id += 1;
      const whole = bytesOf(5_000 + id);
      const users = [open(), open(), open()];
      const cover = [0, 1_500, 3_000, 4_500].map((at) => [at, 1_500 + id, at % 2] as const);
      const all = [...pieces, ...cover].map(([start, length, user]) => {
        const chunks = [whole.subarray(start, start + 700), whole.subarray(start + 700, start + length)];
        const body = Readable.from(length <= 700 ? [whole.subarray(start, start + length)] : chunks);
        return (users[user] ?? open()).openDraft(KEY, `any${id}`).write(start, body);
      });
      await Promise.all(all);
      const info = await open().openDraft(KEY, `any${id}`).finish({ sizeBytes: whole.length });
      expect(info.sha256).toBe(sha256(whole));
      expect(await contents(open())).toEqual(whole);
    });
    await fc.assert(property, { numRuns: 20 });
  });

  it("remembers how long the whole is to be, and refuses another length", async () => {
    const draft = open().openDraft(KEY, "announced");
    await draft.announce(10);
    await open().openDraft(KEY, "announced").announce(10);
    await expect(open().openDraft(KEY, "announced").announce(11)).rejects.toThrow(ObjectMismatchError);
    expect((await draft.received()).sizeBytes).toBe(10);
    const users = [1, 2, 3, 4].map((sizeBytes) => open().openDraft(KEY, "at-once").announce(sizeBytes));
    const ends = await Promise.allSettled(users);
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
}

function interrupted(open: () => ResumableObjects): void {
  it("keeps what came before the stream broke, and rejects with what broke it", async () => {
    const whole = bytesOf(90_000);
    const draft = open().openDraft(KEY, "broken");
    await expect(draft.write(0, failing(whole.subarray(0, 60_000)))).rejects.toThrow("connection lost");
    expect((await open().openDraft(KEY, "broken").received()).contiguousBytes).toBe(60_000);
    await draft.write(60_000, Readable.from([whole.subarray(60_000)]));
    expect((await draft.finish({ sizeBytes: 90_000 })).sha256).toBe(sha256(whole));
  });

  it("takes a second stream for the same bytes while the first hangs", async () => {
    const whole = bytesOf(50_000);
    const hanging = new Readable({ read() {} });
    hanging.push(whole.subarray(0, 10_000));
    const draft = open().openDraft(KEY, "hangs");
    const first = draft.write(0, hanging);
    await sleep(50);
    await draft.write(0, Readable.from([whole]));
    expect((await draft.finish({ sizeBytes: 50_000 })).sha256).toBe(sha256(whole));
    hanging.destroy(new Error("connection lost"));
    await expect(first).rejects.toThrow();
  });
}

function finishing(open: () => ResumableObjects): void {
  it("finishes once, and says the same when asked again, by anyone, also at the same time", async () => {
    const whole = bytesOf(20_000);
    const draft = open().openDraft(KEY, "twice");
    await draft.write(0, Readable.from([whole]));
    const info = { key: KEY, sizeBytes: 20_000, sha256: sha256(whole) };
    const finishes = [draft, draft, open().openDraft(KEY, "twice")].map((one) => one.finish({ sizeBytes: 20_000 }));
    expect(await Promise.all(finishes)).toEqual([info, info, info]);
    expect(await open().openDraft(KEY, "twice").finish({ sizeBytes: 20_000 })).toEqual(info);
    expect(await listed(open())).toEqual([KEY]);
  });

  it("makes an object without bytes", async () => {
    const draft = open().openDraft(KEY, "empty");
    await draft.write(0, Readable.from([]));
    expect(await draft.finish({ sizeBytes: 0 })).toEqual({ key: KEY, sizeBytes: 0, sha256: sha256(Buffer.alloc(0)) });
  });

  it("refuses to finish when more came than there should be", async () => {
    const draft = open().openDraft(KEY, "more");
    await draft.write(0, Readable.from([bytesOf(100)]));
    await expect(draft.finish({ sizeBytes: 99 })).rejects.toThrow(ObjectMismatchError);
    expect((await draft.received()).contiguousBytes).toBe(100);
  });

  it("forgets everything when discarded, twice too; a write that still runs is told", async () => {
    const draft = open().openDraft(KEY, "gone");
    const slow = new Readable({ read() {} });
    slow.push(bytesOf(1_000));
    const running = draft.write(0, slow);
    await sleep(50);
    await open().openDraft(KEY, "gone").discard();
    await open().openDraft(KEY, "gone").discard();
    slow.push(null);
    await expect(running).rejects.toThrow(ObjectMissingError);
    expect(await open().openDraft(KEY, "gone").received()).toEqual({ ranges: [], contiguousBytes: 0, sizeBytes: null });
    await expect(open().openDraft(KEY, "gone").finish({ sizeBytes: 1_000 })).rejects.toThrow(DraftIncompleteError);
  });

  it("begins anew, with other bytes too, when somebody else has discarded it", async () => {
    const draft = open().openDraft(KEY, "anew");
    await draft.write(0, Readable.from([Buffer.alloc(30_000, 1)]));
    await open().openDraft(KEY, "anew").discard();
    const whole = bytesOf(40_000);
    await draft.write(0, Readable.from([whole]));
    expect((await draft.finish({ sizeBytes: 40_000 })).sha256).toBe(sha256(whole));
    expect(await contents(open())).toEqual(whole);
  });

  it.each(["", "..", "a/b", "a@b"])("refuses the draft id %j", (id) => {
    expect(() => open().openDraft(KEY, id)).toThrow(RangeError);
    expect(() => open().openDraft("../key", "id")).toThrow(RangeError);
  });
}

function reaping(open: () => ResumableObjects): void {
  it("reaps drafts that nobody has touched for long, and nothing else", async () => {
    const whole = bytesOf(30_000);
    const draft = open().openDraft(KEY, "left");
    await draft.write(0, Readable.from([whole]));
    await open().put("env/asset/other", whole);
    const done = open().openDraft("env/asset/large", "done");
    await done.write(0, Readable.from([whole]));
    await done.finish({ sizeBytes: whole.length });
    expect(await open().reap(new Date(Date.now() - 60_000))).toBe(0);
    expect((await draft.received()).contiguousBytes).toBe(30_000);
    expect(await open().reap(new Date(Date.now() + 60_000))).toBeGreaterThan(0);
    expect(await draft.received()).toEqual({ ranges: [], contiguousBytes: 0, sizeBytes: null });
    await expect(draft.finish({ sizeBytes: 30_000 })).rejects.toThrow(DraftIncompleteError);
    expect(await listed(open())).toEqual(["env/asset/large", "env/asset/other"]);
    const kept = await open().read("env/asset/large");
    expect(kept && (await buffer(kept.body))).toEqual(whole);
    expect(await open().reap(new Date(Date.now() + 60_000))).toBe(0);
  });
}

function bytesOf(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) % 251));
}

function failing(first: Buffer): Readable {
  return Readable.from(
    (function* () {
      yield first;
      throw new Error("connection lost");
    })(),
  );
}

async function contents(objects: Objects): Promise<Buffer | null> {
  const found = await objects.read(KEY);
  return found && buffer(found.body);
}

async function listed(objects: Objects): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of objects.list("")) keys.push(key);
  return keys;
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
