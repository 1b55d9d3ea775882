import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DraftHash } from "./draft-hash.ts";

const whole = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, at) => at % 253));
const sha256 = createHash("sha256").update(whole).digest("hex");

describe("DraftHash", () => {
  it("hashes bytes that come in order as they pass: no file is read in the end", async () => {
    const hash = new DraftHash("/there/is/no/such/file");
    for (let at = 0; at < whole.length; at += 65_536) hash.offer(at, [whole.subarray(at, at + 65_536)]);
    expect(await hash.digest(whole.length)).toBe(sha256);
    expect(await hash.digest(whole.length)).toBe(sha256);
  });

  it("reads from the file what came out of order, and goes on with what passes", async () => {
    const directory = await mkdtemp(join(tmpdir(), "playhead-hash-"));
    const path = join(directory, "bytes");
    await writeFile(path, whole);
    const hash = new DraftHash(path);
    hash.offer(0, [whole.subarray(0, 500), whole.subarray(500, 1_000)]);
    hash.offer(2_000_000, [whole.subarray(2_000_000)]);
    hash.follow(2_500_000);
    expect(await hash.digest(whole.length)).toBe(sha256);
    await rm(directory, { recursive: true });
  });

  it("says so when the file is shorter than it should be, and may be asked again", async () => {
    const hash = new DraftHash("/there/is/no/such/file");
    hash.follow(10);
    await expect(hash.digest(10)).rejects.toThrow("ENOENT");
    await expect(hash.digest(10)).rejects.toThrow("ENOENT");
  });
});
