import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { drafting } from "./contract-drafts.ts";
import { ObjectMismatchError, ObjectMissingError, type Objects, type ResumableObjects } from "./objects.ts";

/** What an implementation has to provide; each test gets its own, empty. */
export interface ObjectsHarness {
  /** A further user of the same store, as another process would be one. */
  open(): ResumableObjects;
  dispose(): Promise<void>;
}

/** The facts that every implementation of {@link ResumableObjects} keeps. */
export function objectsContract(name: string, makeHarness: () => Promise<ObjectsHarness>): void {
  describe(`${name} keeps the contract of an object store`, () => {
    let harness: ObjectsHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(() => harness.dispose());
    const open = (): ResumableObjects => harness.open();

    describe("put", () => putting(open));
    describe("read", () => reading(open));
    describe("list and delete", () => listing(open));
    describe("localCopy", () => copying(open));
    describe("keys", () => keys(open));
    describe("drafts", () => drafting(open));
  });
}

function putting(open: () => Objects): void {
  it("records length and SHA-256, and every user sees them", async () => {
    const body = Buffer.from("segment bytes");
    const info = { key: "env/asset/plan/720p/1", sizeBytes: body.length, sha256: sha256(body) };
    expect(await open().put(info.key, Readable.from([body.subarray(0, 3), body.subarray(3)]))).toEqual(info);
    expect(await open().head(info.key)).toEqual(info);
    expect(await contents(open(), info.key)).toEqual(body);
  });

  it("stores nothing, and leaves the old object, when the stream fails half-way", async () => {
    const objects = open();
    await objects.put("a", Buffer.from("old"));
    await expect(objects.put("a", failing())).rejects.toThrow("connection lost");
    await expect(objects.put("b", failing())).rejects.toThrow("connection lost");
    expect(await contents(objects, "a")).toEqual(Buffer.from("old"));
    expect(await objects.head("b")).toBeNull();
  });

  it("stores nothing when length or hash are not the expected ones", async () => {
    const objects = open();
    const body = Buffer.from("0123456789");
    for (const expected of [{ sizeBytes: 9 }, { sizeBytes: 11 }, { sha256: sha256(Buffer.from("other")) }])
      await expect(objects.put("a", body, expected)).rejects.toThrow(ObjectMismatchError);
    expect(await objects.head("a")).toBeNull();
    await objects.put("a", body, { sizeBytes: 10, sha256: sha256(body) });
  });

  it("replaces as a whole: whoever reads meanwhile sees one version, with its own record", async () => {
    const version = (n: number): Buffer => Buffer.alloc(50_000 + n * 1_000, n);
    await open().put("a", version(0));
    let isWriting = true;
    const write = async (): Promise<void> => {
      const objects = open();
      for (let n = 1; n <= 30; n += 1) await objects.put("a", version(n));
      isWriting = false;
    };
    const read = async (): Promise<void> => {
      const objects = open();
      while (isWriting) {
        const found = await objects.read("a");
        if (found === null) throw new Error("The object is gone");
        const bytes = await buffer(found.body);
        expect(sha256(bytes)).toBe(found.info.sha256);
      }
    };
    await Promise.all([write(), read(), read()]);
    expect(await contents(open(), "a")).toEqual(version(30));
  });

  it("lets users put the same key at once: one of them wins whole", async () => {
    const bodies = Array.from({ length: 12 }, (_, n) => Buffer.alloc(10_000, n));
    await Promise.all(bodies.map((body) => open().put("same/key", body)));
    const kept = await contents(open(), "same/key");
    expect(bodies.some((body) => body.equals(kept))).toBe(true);
    expect(await listed(open(), "")).toEqual(["same/key"]);
  });
}

function reading(open: () => Objects): void {
  it("gives any range of any object exactly", async () => {
    const objects = open();
    const anyRange = fc
      .uint8Array({ maxLength: 500 })
      .chain((bytes) => fc.tuple(fc.constant(Buffer.from(bytes)), fc.nat(bytes.length), fc.nat(bytes.length)));
    const property = fc.asyncProperty(anyRange, async ([body, one, other]) => {
      const [start, end] = [Math.min(one, other), Math.max(one, other)];
      await objects.put("range", body);
      const found = await objects.read("range", { start, end });
      expect(found?.info.sizeBytes).toBe(body.length);
      expect(found && (await buffer(found.body))).toEqual(body.subarray(start, end));
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it("refuses a range that is not within the object", async () => {
    const objects = open();
    await objects.put("a", Buffer.from("12345"));
    for (const range of [
      { start: 0, end: 6 },
      { start: -1, end: 2 },
      { start: 3, end: 2 },
      { start: 0.5, end: 2 },
    ])
      await expect(objects.read("a", range)).rejects.toThrow(RangeError);
  });

  it("gives null for what does not exist", async () => {
    expect(await open().read("no/such")).toBeNull();
    expect(await open().head("no/such")).toBeNull();
  });

  it("goes on reading what it began when the object is deleted meanwhile", async () => {
    const objects = open();
    const body = Buffer.alloc(300_000, 5);
    await objects.put("a", body);
    const found = await objects.read("a");
    await objects.delete("a");
    expect(found && (await buffer(found.body))).toEqual(body);
  });
}

function listing(open: () => Objects): void {
  const anyPart = fc.stringMatching(/^[a-cA0._-]{1,3}$/).filter((part) => part !== "." && part !== "..");
  const anyKey = fc.array(anyPart, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));

  it("lists exactly what is stored, in byte order, also where a key is another's folder", async () => {
    const property = fc.asyncProperty(fc.uniqueArray(anyKey, { maxLength: 15 }), fc.nat(), async (all, seed) => {
      const objects = open();
      for (const { key } of await infos(objects, "")) await objects.delete(key);
      for (const key of all) await objects.put(key, Buffer.from(key));
      const gone = all.filter((_, at) => (seed + at) % 3 === 0);
      for (const key of gone) await objects.delete(key);
      const kept = all
        .filter((key) => !gone.includes(key))
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(await listed(objects, "")).toEqual(kept);
      expect(await listed(objects, "a/")).toEqual(kept.filter((key) => key.startsWith("a/")));
    });
    await fc.assert(property, { numRuns: 25 });
  });

  it("gives the records with the keys", async () => {
    const objects = open();
    const info = await objects.put("x/y", Buffer.from("z"));
    expect(await infos(objects, "x/")).toEqual([info]);
    expect(await infos(objects, "none/")).toEqual([]);
    expect(await listed(objects, "x/")).toEqual([info.key]);
    expect(await listed(objects, "none/")).toEqual([]);
  });

  it("deletes once and does not mind a second time", async () => {
    const objects = open();
    await objects.put("a/b/c", Buffer.from("1"));
    await objects.delete("a/b/c");
    await objects.delete("a/b/c");
    expect(await objects.head("a/b/c")).toBeNull();
    await objects.put("a/b/c", Buffer.from("2"));
    expect(await contents(objects, "a/b/c")).toEqual(Buffer.from("2"));
  });

  it("deletes all under a prefix and nothing beside it", async () => {
    const objects = open();
    for (const key of ["a/b/1", "a/b/c/2", "a/b", "a/bc/3", "b/1"]) await objects.put(key, Buffer.alloc(20_000, key));
    await objects.deleteAll("a/b/");
    await objects.deleteAll("a/b/");
    expect(await listed(objects, "")).toEqual(["a/b", "a/bc/3", "b/1"]);
    expect(await contents(objects, "a/bc/3")).toEqual(Buffer.alloc(20_000, "a/bc/3"));
    const stopped = AbortSignal.abort(new Error("the program stops"));
    await expect(objects.deleteAll("b/", stopped)).rejects.toThrow("the program stops");
    expect(await listed(objects, "b/")).toEqual(["b/1"]);
  });

  it("puts into and deletes from one folder at once without losing either", async () => {
    await Promise.all(
      Array.from({ length: 8 }, async (_, user) => {
        const objects = open();
        for (let n = 0; n < 15; n += 1) {
          await objects.put(`folder/sub/${user}`, Buffer.from(`${n}`));
          await objects.delete(`folder/sub/${user}`);
        }
        await objects.put(`folder/sub/${user}`, Buffer.from("last"));
      }),
    );
    expect(await listed(open(), "folder/")).toHaveLength(8);
  });
}

function copying(open: () => Objects): void {
  it("gives a path that holds the object while it is used, whatever happens to the object", async () => {
    const objects = open();
    await objects.put("a", Buffer.from("first"));
    const [used, path] = await objects.localCopy("a", async (local) => {
      await objects.put("a", Buffer.from("second"));
      await objects.delete("a");
      return [await readFile(local, "utf8"), local];
    });
    expect(used).toBe("first");
    expect(await objects.head("a")).toBeNull();
    expect(path).not.toBe("");
  });

  it("passes on what `use` throws and rejects for what does not exist", async () => {
    const objects = open();
    await objects.put("a", Buffer.from("x"));
    await expect(objects.localCopy("a", () => Promise.reject(new Error("use failed")))).rejects.toThrow("use failed");
    await expect(objects.localCopy("none", async () => 1)).rejects.toThrow(ObjectMissingError);
  });
}

function keys(open: () => Objects): void {
  const bad = [
    "",
    "/",
    "/a",
    "a/",
    "a//b",
    "..",
    "a/../b",
    "./a",
    "a/.",
    "a b",
    "a@b",
    "a\\b",
    "ä",
    "a\0b",
    "%2e%2e/a",
  ];
  it.each(bad)("refuses the key %j everywhere", async (key) => {
    const objects = open();
    await expect(objects.put(key, Buffer.from("x"))).rejects.toThrow(RangeError);
    await expect(objects.head(key)).rejects.toThrow(RangeError);
    await expect(objects.read(key)).rejects.toThrow(RangeError);
    await expect(objects.delete(key)).rejects.toThrow(RangeError);
    await expect(objects.localCopy(key, async () => 1)).rejects.toThrow(RangeError);
  });

  it.each(["a", "../", "a//", "/"])("refuses the prefix %j", async (prefix) => {
    await expect(open().deleteAll(prefix)).rejects.toThrow(RangeError);
    await expect(listed(open(), prefix)).rejects.toThrow(RangeError);
  });
}

async function contents(objects: Objects, key: string): Promise<Buffer> {
  const found = await objects.read(key);
  if (found === null) throw new Error(`There is no ${key}`);
  return buffer(found.body);
}

async function infos(objects: Objects, prefix: string) {
  return all(objects.list(prefix));
}

/** By both lists, which are the same. */
async function listed(objects: Objects, prefix: string): Promise<string[]> {
  const keys = await all(objects.listKeys(prefix));
  expect((await infos(objects, prefix)).map(({ key }) => key)).toEqual(keys);
  return keys;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

function failing(): Readable {
  return Readable.from(
    (function* () {
      yield Buffer.alloc(100_000);
      throw new Error("connection lost");
    })(),
  );
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
