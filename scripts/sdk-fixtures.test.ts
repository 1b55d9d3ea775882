import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ENTRY = fileURLToPath(new URL("sdk-fixtures.ts", import.meta.url));

it.each([
  ["--host", "0.0.0.0"],
  ["--host", "::"],
  ["--port", "70000"],
])("does not start with %s %s", (...args) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [ENTRY, ...args], { encoding: "utf8" });
  expect([status, stdout, stderr]).toEqual([2, "", expect.stringContaining(args[1] ?? "")]);
});
