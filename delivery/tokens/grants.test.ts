import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createGrants, type Grant } from "./grants.ts";

const SECRETS = ["new-secret-of-at-least-32-characters", "old-secret-of-at-least-32-characters"] as const;
const ID = "Wxleyp02vY5LdQ01v00VDiqWLMUFXiwVL8Mw01qLZTBbgM";
const GRANT: Grant = { expiresAtMs: 1_800_000_000_000, key: "abcdefghijkl", restriction: null, clip: null };
const grants = createGrants(SECRETS);

const short = fc.stringMatching(/^[A-Za-z0-9]{12}$/);
const anyGrant: fc.Arbitrary<Grant> = fc.record({
  expiresAtMs: fc.integer({ min: 0, max: 2 ** 33 }).map((minutes) => minutes * 60_000),
  key: short,
  restriction: fc.option(short),
  clip: fc.option(fc.record({ startMs: fc.nat(), endMs: fc.nat() })),
});

describe("grants", () => {
  it("say what they were made of, in characters that a path may have, and short enough for every line of a playlist", () => {
    fc.assert(
      fc.property(anyGrant, (grant) => {
        const text = grants.issue(ID, grant);
        expect(text).toMatch(/^[A-Za-z0-9._-]{30,90}$/);
        expect(grants.read(ID, text)).toEqual(grant);
      }),
    );
    expect(grants.issue(ID, GRANT).length).toBeLessThan(48);
  });

  it("end with the token or up to a minute later, so that viewers share URLs", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 42 }), (expiresAtMs) => {
        const read = grants.read(ID, grants.issue(ID, { ...GRANT, expiresAtMs }));
        const longerMs = (read?.expiresAtMs ?? 0) - expiresAtMs;
        expect(longerMs).toBeGreaterThanOrEqual(0);
        expect(longerMs).toBeLessThan(60_000);
      }),
    );
    expect(grants.issue(ID, GRANT)).toBe(grants.issue(ID, { ...GRANT, expiresAtMs: GRANT.expiresAtMs - 59_000 }));
    expect(grants.read(ID, grants.issue(ID, { ...GRANT, expiresAtMs: 1e300 }))?.expiresAtMs).toBe(2 ** 40 * 1_000);
  });

  it("are none with any character changed, left out or added", () => {
    fc.assert(
      fc.property(
        anyGrant,
        fc.nat(),
        fc.constantFrom(..."ABCxyz019._-"),
        fc.nat({ max: 2 }),
        (grant, place, letter, how) => {
          const text = grants.issue(ID, grant);
          const at = place % text.length;
          const changed = text.slice(0, at) + (how === 1 ? "" : letter) + text.slice(how === 2 ? at : at + 1);
          if (changed !== text) expect(grants.read(ID, changed)).toBeNull();
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("are none with any bit of any character flipped", () => {
    const text = grants.issue(ID, { ...GRANT, restriction: "mnopqrstuvwx", clip: { startMs: 1, endMs: 2 } });
    for (let at = 0; at < text.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << bit));
        expect(grants.read(ID, text.slice(0, at) + flipped + text.slice(at + 1))).toBeNull();
      }
    }
  });

  it("are for one playback id, by one of our secrets", () => {
    const text = grants.issue(ID, GRANT);
    expect(grants.read(`${ID}x`, text)).toBeNull();
    expect(grants.read(ID.slice(1), text)).toBeNull();
    expect(createGrants(["another-secret-of-at-least-32-characters"]).read(ID, text)).toBeNull();
    for (const nothing of ["", "-", ".", "..", "....", text.split(".").at(-1) ?? ""]) {
      expect(grants.read(ID, nothing)).toBeNull();
    }
  });

  it("of a former secret are still believed; new ones are the first secret's", () => {
    expect(grants.read(ID, createGrants([SECRETS[1]]).issue(ID, GRANT))).toEqual(GRANT);
    expect(createGrants([SECRETS[0]]).read(ID, grants.issue(ID, GRANT))).toEqual(GRANT);
    expect(createGrants([SECRETS[1]]).read(ID, grants.issue(ID, GRANT))).toBeNull();
  });
});
