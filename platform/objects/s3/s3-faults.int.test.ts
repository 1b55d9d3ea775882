import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  DraftIncompleteError,
  DraftTooLongError,
  ObjectDamagedError,
  ObjectsUnavailableError,
  type ResumableObjects,
} from "../objects.ts";
import type { DoubleRequest, Fault } from "../testing/s3-double.ts";
import { type S3World, startS3World } from "../testing/s3-world.ts";
import { parseS3Url } from "./s3-access.ts";
import { S3Bucket } from "./s3-bucket.ts";
import { openS3Objects } from "./s3-objects.ts";

const KEY = "env/asset/source/1";
const PART = 4_096;
const WHOLE = Buffer.from(Uint8Array.from({ length: 10 * PART + 100 }, (_, at) => (at * 31 + (at >> 8)) % 251));

let world: S3World;
let objects: ResumableObjects;
beforeEach(async () => {
  const patience = { tries: 2, connectMs: 500, answerMs: 500, idleMs: 500 };
  world = await startS3World({ minPartBytes: PART, partBytes: PART, patience });
  objects = world.open();
});
afterEach(() => world.close());

/** A fault for the first so many requests of a kind. */
function failing(times: number, fault: Fault, isMeant: (request: DoubleRequest) => boolean): void {
  let left = times;
  world.double.fault = (request) => {
    if (left === 0 || !isMeant(request)) return null;
    left -= 1;
    return fault;
  };
}

/** Every third request meets the next fault of a list. */
function failingOften(faults: readonly Fault[]): void {
  let count = 0;
  world.double.fault = () => {
    count += 1;
    return count % 3 === 0 ? (faults[(count / 3) % faults.length] ?? null) : null;
  };
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const isPart = ({ method, query }: DoubleRequest): boolean => method === "PUT" && query.has("uploadId");
const isGet = ({ method, query }: DoubleRequest): boolean => method === "GET" && !query.has("list-type");
const isComplete = ({ method, query }: DoubleRequest): boolean => method === "POST" && query.has("uploadId");
const INFO = { key: KEY, sizeBytes: WHOLE.length, sha256: sha256(WHOLE) };

async function contents(): Promise<Buffer | null> {
  const found = await objects.read(KEY);
  return found && buffer(found.body);
}

describe("S3 through faults that pass", () => {
  const passing: Fault[] = [{ kind: "slow down" }, { kind: "cut before" }, { kind: "cut after" }, { kind: "cut body" }];

  it.each(passing.map((fault) => [fault.kind, fault] as const))("stores and reads whole: %s", async (_, fault) => {
    failingOften([fault]);
    expect(await objects.put(KEY, Readable.from([WHOLE]))).toEqual(INFO);
    expect(await contents()).toEqual(WHOLE);
    const range = await objects.read(KEY, { start: 5_000, end: 20_000 });
    expect(range && (await buffer(range.body))).toEqual(WHOLE.subarray(5_000, 20_000));
    expect(await objects.localCopy(KEY, async (path) => path)).toContain(world.scratch);
  });

  it("loses nothing of a draft and takes nothing twice", async () => {
    failingOften(passing);
    for (let at = 0; at < WHOLE.length; at += 3_000)
      await world
        .open()
        .openDraft(KEY, "d")
        .write(at, Readable.from([WHOLE.subarray(at, at + 3_000)]));
    expect(await objects.openDraft(KEY, "d").finish({ sizeBytes: WHOLE.length })).toEqual(INFO);
    world.double.fault = () => null;
    expect(await contents()).toEqual(WHOLE);
    expect([...world.double.store.objects.keys()].filter((key) => key.includes("@drafts"))).toEqual([]);
    // An upload that was begun twice, since the first answer was lost, is one that nobody knows.
    await objects.reap(new Date(Date.now() + 60_000));
    expect(world.double.store.uploads.size).toBe(0);
    expect(await contents()).toEqual(WHOLE);
  });

  it("knows an object that was completed by a request whose answer was lost", async () => {
    failing(1, { kind: "cut after" }, isComplete);
    expect(await objects.put(KEY, Readable.from([WHOLE]))).toEqual(INFO);
    expect(await contents()).toEqual(WHOLE);
  });

  it("gives back the connection of what nobody reads", async () => {
    await objects.put(KEY, WHOLE.subarray(0, 100));
    const bucket = new S3Bucket(world.access); // with connections of its own, and more patience than the test
    const found = await bucket.get(KEY);
    const open = await world.double.connections();
    found?.body.destroy();
    await expect.poll(() => world.double.connections()).toBe(open - 1);
    bucket.close();
  });

  it("gives up a store that does not answer, soon and by its name", async () => {
    world.double.fault = () => ({ kind: "delay", ms: 3_000 });
    await expect(objects.head(KEY)).rejects.toThrow(ObjectsUnavailableError);
  });
});

describe("S3 that is asked for keys", () => {
  it("is asked for pages of them, not for each object", async () => {
    const keys = Array.from({ length: 20 }, (_, n) => `env/${String(n).padStart(2, "0")}`);
    for (const key of keys) await objects.put(key, Buffer.from("x"));
    const methods: string[] = [];
    world.double.fault = ({ method }) => {
      methods.push(method);
      return null;
    };
    const told: string[] = [];
    for await (const key of objects.listKeys("env/")) told.push(key);
    expect(told).toEqual(keys);
    expect(methods).toEqual(["GET"]);
  });
});

describe("S3 that goes on failing", () => {
  it("is unavailable, and neither empty nor short", async () => {
    await objects.put(KEY, WHOLE);
    world.double.fault = () => ({ kind: "slow down" });
    const answers = await Promise.allSettled([
      objects.head(KEY),
      objects.read(KEY),
      objects.put("b", WHOLE),
      objects.openDraft(KEY, "d").received(),
      objects.deleteAll("env/"),
      objects.list("")[Symbol.asyncIterator]().next(),
    ]);
    for (const answer of answers)
      expect(answer).toMatchObject({ status: "rejected", reason: expect.any(ObjectsUnavailableError) });
  });

  it("ends a body with an error, never early", async () => {
    await objects.put(KEY, WHOLE);
    failing(Number.POSITIVE_INFINITY, { kind: "cut body" }, isGet);
    const found = await objects.read(KEY, { start: 0, end: 9_000 });
    await expect(found && buffer(found.body)).rejects.toThrow(ObjectsUnavailableError);
  });

  it("keeps the bytes of a draft that it took before", async () => {
    const draft = objects.openDraft(KEY, "d");
    await draft.write(0, Readable.from([WHOLE.subarray(0, 9_000)]));
    world.double.fault = (request) => (request.method === "PUT" ? { kind: "slow down" } : null);
    await expect(draft.write(9_000, Readable.from([WHOLE.subarray(9_000)]))).rejects.toThrow(ObjectsUnavailableError);
    world.double.fault = () => null;
    expect((await world.open().openDraft(KEY, "d").received()).contiguousBytes).toBe(9_000);
    await draft.write(9_000, Readable.from([WHOLE.subarray(9_000)]));
    expect(await draft.finish({ sizeBytes: WHOLE.length })).toEqual(INFO);
    expect(await contents()).toEqual(WHOLE);
  });
});

describe("S3 that loses bytes", () => {
  it("makes no object of a put that lacks a part", async () => {
    failing(1, { kind: "lose part" }, isPart);
    await expect(objects.put(KEY, Readable.from([WHOLE]))).rejects.toThrow(ObjectsUnavailableError);
    expect(await objects.head(KEY)).toBeNull();
    expect(world.double.store.uploads.size).toBe(0);
    expect(world.double.store.objects.size).toBe(0);
  });

  it("asks for the bytes of a draft's lost part again", async () => {
    failing(1, { kind: "lose part" }, isPart);
    const draft = objects.openDraft(KEY, "d");
    await draft.write(0, Readable.from([WHOLE]));
    expect((await draft.received()).ranges).toEqual([{ start: PART, end: WHOLE.length }]);
    await expect(draft.finish({ sizeBytes: WHOLE.length })).rejects.toThrow(DraftIncompleteError);
    await draft.write(0, Readable.from([WHOLE]));
    expect(await draft.finish({ sizeBytes: WHOLE.length })).toEqual(INFO);
    expect(await contents()).toEqual(WHOLE);
  });

  it("goes on with a draft whose upload somebody has aborted, from what is left", async () => {
    const draft = objects.openDraft(KEY, "d");
    await draft.write(0, Readable.from([WHOLE.subarray(0, 9_000)]));
    world.double.store.uploads.clear();
    expect((await draft.received()).ranges).toEqual([{ start: 2 * PART, end: 9_000 }]);
    await draft.write(0, Readable.from([WHOLE]));
    expect(await draft.finish({ sizeBytes: WHOLE.length })).toEqual(INFO);
    expect(await contents()).toEqual(WHOLE);
  });

  it.each(["small", "large"])("reports a %s object whose length is not the recorded one", async (size) => {
    const body = size === "small" ? WHOLE.subarray(0, 100) : WHOLE;
    await objects.put(KEY, Readable.from([body]));
    for (const stored of world.double.store.objects.values()) stored.bytes = stored.bytes.subarray(0, 50);
    await expect(objects.read(KEY)).rejects.toThrow(ObjectDamagedError);
    await expect(objects.read(KEY, { start: 0, end: 10 })).rejects.toThrow(ObjectDamagedError);
    await expect(objects.localCopy(KEY, async () => 1)).rejects.toThrow(ObjectDamagedError);
  });

  it("reports bytes that are gone, records of others, and copies with another hash", async () => {
    await objects.put(KEY, Readable.from([WHOLE]));
    const { objects: stored } = world.double.store;
    const large = [...stored.keys()].find((key) => key.includes("@large")) ?? "";
    const whole = stored.get(large);
    if (whole === undefined) throw new Error("there is no large object");
    stored.set(large, { ...whole, bytes: Buffer.alloc(whole.bytes.length) });
    await expect(objects.localCopy(KEY, async () => 1)).rejects.toThrow(ObjectDamagedError);
    stored.delete(large);
    await expect(objects.read(KEY)).rejects.toThrow(ObjectDamagedError);
    stored.set(`some/prefix/${KEY}`, { ...whole, metadata: {} });
    await expect(objects.head(KEY)).rejects.toThrow(ObjectDamagedError);
    expect(await readdir(join(world.scratch, "@work")).then((names) => names.length)).toBe(1);
  });
});

describe("a draft that ends at any request", () => {
  it("is finished by the next process, whichever request of its finish was the last one", async () => {
    for (let last = 0; ; last += 1) {
      const draft = objects.openDraft(KEY, `d${last}`);
      await draft.write(0, Readable.from([WHOLE]));
      let count = 0;
      world.double.fault = () => {
        count += 1;
        return count > last ? { kind: "cut before" } : null;
      };
      const isDone = await draft.finish({ sizeBytes: WHOLE.length }).then(
        () => true,
        () => false,
      );
      world.double.fault = () => null;
      expect(await world.open().openDraft(KEY, `d${last}`).finish({ sizeBytes: WHOLE.length })).toEqual(INFO);
      expect(await contents()).toEqual(WHOLE);
      if (isDone) return expect(last).toBeGreaterThan(5);
      await objects.delete(KEY);
    }
  }, 120_000);
});

describe("a write that ends at any request", () => {
  it("has lost nothing that was answered before, and the rest can be sent again", async () => {
    for (let last = 0; ; last += 1) {
      const draft = objects.openDraft(KEY, `w${last}`);
      let count = 0;
      world.double.fault = () => {
        count += 1;
        return count > last ? { kind: count % 2 === 0 ? "cut before" : "cut after" } : null;
      };
      let answeredBytes = 0;
      let isDone = true;
      for (let at = 0; at < WHOLE.length && isDone; at += 15_000) {
        const writing = draft.write(at, Readable.from([WHOLE.subarray(at, at + 15_000)]));
        isDone = await writing.then(
          () => true,
          () => false,
        );
        if (isDone) answeredBytes = Math.min(at + 15_000, WHOLE.length);
      }
      world.double.fault = () => null;
      const next = world.open().openDraft(KEY, `w${last}`);
      const { contiguousBytes } = await next.received();
      expect(contiguousBytes).toBeGreaterThanOrEqual(answeredBytes);
      await next.write(contiguousBytes, Readable.from([WHOLE.subarray(contiguousBytes)]));
      expect(await next.finish({ sizeBytes: WHOLE.length })).toEqual(INFO);
      expect(await contents()).toEqual(WHOLE);
      if (isDone) return expect(last).toBeGreaterThan(20);
    }
  }, 120_000);
});

describe("bytes of large objects", () => {
  it("go with their object: replaced, deleted, refused or broken off", async () => {
    const { store } = world.double;
    for (let n = 0; n < 3; n += 1) await objects.put(KEY, Readable.from([WHOLE, Buffer.alloc(n)]));
    const other = objects.put("b", Readable.from([WHOLE]), { sha256: sha256(Buffer.from("other")) });
    await expect(other).rejects.toThrow("SHA-256");
    expect(store.objects.size).toBe(2);
    await objects.put(KEY, Buffer.from("small"));
    await objects.reap(new Date(Date.now() + 60_000));
    expect(store.objects.size).toBe(1);
    await objects.put(KEY, WHOLE);
    await objects.delete(KEY);
    expect([store.objects.size, store.uploads.size]).toEqual([0, 0]);
  });
});

describe("what nobody finished", () => {
  it("is reaped: drafts, uploads that broke off, bytes without a record", async () => {
    await objects.put("env/kept", Readable.from([WHOLE]));
    await objects.openDraft(KEY, "d").write(0, Readable.from([WHOLE]));
    const bucket = world.bucket();
    await bucket.createUpload("@large/env/killed@0a");
    await bucket.put("@large/env/unnamed@0b", WHOLE);
    expect(await objects.reap(new Date(Date.now() - 60_000))).toBe(0);
    expect(await objects.reap(new Date(Date.now() + 60_000))).toBe(3);
    expect(world.double.store.uploads.size).toBe(0);
    const kept = await objects.read("env/kept");
    expect(kept && (await buffer(kept.body))).toEqual(WHOLE);
    expect(world.double.store.objects.size).toBe(2); // bytes and record
  });
});

describe("a draft of unknown length", () => {
  const mostBytes = 10_000 * PART; // as many parts as S3 takes

  it("refuses what no part can hold, keeps what came before, and still ends as less", async () => {
    const draft = objects.openDraft(KEY, "d");
    const across = draft.write(mostBytes - 100, Readable.from([WHOLE.subarray(0, PART)]));
    await expect(across).rejects.toThrow(DraftTooLongError);
    expect((await draft.received()).ranges).toEqual([{ start: mostBytes - 100, end: mostBytes }]);
    await expect(draft.write(mostBytes, Readable.from([WHOLE]))).rejects.toThrow(DraftTooLongError);
    await draft.discard();
    await draft.write(0, Readable.from([WHOLE]));
    await expect(draft.announce(mostBytes + 1)).rejects.toThrow(DraftTooLongError);
    await draft.announce(WHOLE.length);
    expect(await draft.finish({ sizeBytes: WHOLE.length })).toEqual(INFO);
  });

  it("takes any length that is announced before its first part", async () => {
    const draft = objects.openDraft(KEY, "d");
    await draft.announce(mostBytes + 1);
    await draft.write(mostBytes, Readable.from([WHOLE.subarray(0, 1)]));
    expect((await draft.received()).ranges).toEqual([{ start: mostBytes, end: mostBytes + 1 }]);
  });
});

describe("an upload that goes on for very long", () => {
  it("is spared as long as bytes come, also whole parts alone", async () => {
    const draft = objects.openDraft(KEY, "d");
    const [dayMs, now] = [24 * 3_600_000, Date.now()];
    await draft.write(0, Readable.from([WHOLE.subarray(0, PART)]));
    world.double.advance(10 * dayMs);
    await draft.write(PART, Readable.from([WHOLE.subarray(PART, 2 * PART)]));
    expect(await objects.reap(new Date(now + 9 * dayMs))).toBe(0);
    await draft.write(2 * PART, Readable.from([WHOLE.subarray(2 * PART)]));
    expect(await draft.finish({ sizeBytes: WHOLE.length })).toEqual(INFO);
    expect(await objects.reap(new Date(now + 30 * dayMs))).toBe(0);
    expect(await contents()).toEqual(WHOLE);
  });
});

describe("the check of a bucket", () => {
  it("passes for one that answers, and fails at once for one that does not", async () => {
    await objects.put(KEY, WHOLE);
    await objects.put("b", WHOLE);
    const bucket = world.bucket();
    await bucket.check();
    world.double.fault = () => ({ kind: "delay", ms: 3_000 });
    await expect(bucket.check()).rejects.toThrow("list in bucket films");
  });
});

describe("a bucket that is set up wrongly", () => {
  it.each([
    ["AKTEST:", "AKOTHER:", "does not know the key"],
    ["secret", "other", "secret is another one"],
    ["eu-test-1", "eu-test-2", "another region"],
    ["@films", "@other", "bucket"],
  ])("is told by what is wrong with it: %s as %s", async (right, wrong, words) => {
    const access = parseS3Url(world.double.url.replace(right, wrong));
    if (typeof access === "string") throw new Error(access);
    const bucket = new S3Bucket(access);
    const other = openS3Objects({ bucket, scratch: world.scratch });
    await expect(other.put(KEY, WHOLE)).rejects.toThrow(words);
    await expect(bucket.check()).rejects.toThrow(words);
    bucket.close();
  });
});
