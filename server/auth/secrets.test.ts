import { describe, expect, it } from "vitest";
import { createPasswordCheck, hashPassword } from "./passwords.ts";
import { newAccessTokenSecret, newEnvironmentId, newSessionToken } from "./secrets.ts";

describe("secrets", () => {
  it("have the promised form and do not repeat", () => {
    expect(newAccessTokenSecret()).toMatch(/^[A-Za-z0-9+/]{75}$/);
    expect(newSessionToken()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(newEnvironmentId()).toMatch(/^[a-z0-9]{6}$/);
    expect(new Set(Array.from({ length: 1_000 }, newSessionToken)).size).toBe(1_000);
  });
});

describe("passwords", () => {
  it("are kept as argon2id, salted, and only the right one of an existing person is accepted", async () => {
    const [check, stored, again] = await Promise.all([
      createPasswordCheck(),
      hashPassword("päss"),
      hashPassword("päss"),
    ]);
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(stored).not.toBe(again);
    expect(await check("päss", stored)).toBe(true);
    expect(await check("pass", stored)).toBe(false);
    expect(await check("päss", null)).toBe(false);
  });

  it("cost the same whether the person exists or not", async () => {
    const check = await createPasswordCheck();
    const stored = await hashPassword("päss");
    const fastest = async (hash: string | null): Promise<number> => {
      const times: number[] = [];
      for (let run = 0; run < 5; run += 1) {
        const startedAt = performance.now();
        await check("wrong", hash);
        times.push(performance.now() - startedAt);
      }
      return Math.min(...times);
    };
    const ratio = (await fastest(null)) / (await fastest(stored));
    expect(ratio).toBeGreaterThan(0.2);
    expect(ratio).toBeLessThan(5); // an early answer would be a thousand times faster
  });
});
