import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type LockedPackage, missingOptional } from "./lockfile.mjs";

describe("package-lock.json", () => {
  const lock = JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8")) as {
    packages: Record<string, LockedPackage>;
  };

  it("has an entry for every platform's packages; else npm ci refuses it (node scripts/complete-lockfile.mjs)", () => {
    expect(missingOptional(lock.packages).map(({ path }) => path)).toEqual([]);
  });

  it("names no registry", () => {
    expect(JSON.stringify(lock)).not.toMatch(/"resolved":/);
  });
});

describe("missingOptional", () => {
  it("reads the platform off the name", () => {
    const packages = { "node_modules/a": { optionalDependencies: { "@a/linux-x64-musl": "^1.2.3" } } };
    expect(missingOptional(packages)).toEqual([
      {
        path: "node_modules/@a/linux-x64-musl",
        entry: { version: "1.2.3", cpu: ["x64"], libc: ["musl"], optional: true, os: ["linux"] },
      },
    ]);
  });
});
