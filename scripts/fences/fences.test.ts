import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cruise, cruise, FENCED, ROOT } from "./cruise.ts";

/** Every forbidden direction once: the rule that must see it, where the import stands, what it names. */
const PLANTS: readonly [rule: string, folder: string, specifier: string][] = [
  ["domain-is-pure", "domain/view", "../../platform/thing/driver.ts"],
  ["domain-is-pure", "domain/view", "../../server/thing.ts"],
  ["domain-is-pure", "domain/view", "zod"],
  ["domain-is-pure", "domain/view", "node:fs"],
  ["platform-below-services", "platform/thing", "../../server/thing.ts"],
  ["platform-below-services", "platform/thing", "../../app/thing.ts"],
  ["platform-below-services", "platform/thing", "../../scripts/thing.ts"],
  ["services-stay-apart", "server/http", "../../collector/thing.ts"],
  ["services-stay-apart", "server/http", "../../app/thing.ts"],
  ["services-stay-apart", "server/http", "../../scripts/thing.ts"],
  ["services-stay-apart", "collector/edge", "../../server/thing.ts"],
  ["services-stay-apart", "collector/edge", "../../app/thing.ts"],
  ...apart("server/http", "delivery", "transcoder"),
  ...apart("collector/edge", "delivery", "transcoder"),
  ...apart("delivery/playlists", "server", "collector", "transcoder", "app", "scripts", "bench"),
  ...apart("transcoder/jobs", "server", "collector", "delivery", "app", "scripts", "bench"),
  ["domain-is-pure", "domain/media", "../../delivery/thing.ts"],
  ["domain-is-pure", "domain/media", "../../transcoder/thing.ts"],
  ["platform-below-services", "platform/thing", "../../delivery/thing.ts"],
  ["platform-below-services", "platform/thing", "../../transcoder/thing.ts"],
  ["app-talks-http", "app/live", "../../server/thing.ts"],
  ["app-talks-http", "app/live", "../../collector/thing.ts"],
  ["app-talks-http", "app/live", "../../delivery/thing.ts"],
  ["app-talks-http", "app/live", "../../transcoder/thing.ts"],
  ["app-talks-http", "app/live", "../../platform/thing/driver.ts"],
  ["programs-are-started", "scripts/start", "../../server/thing.ts"],
  ["programs-are-started", "bench/start", "../../collector/thing.ts"],
  ["programs-are-started", "scripts/start", "../../transcoder/thing.ts"],
  ["programs-are-started", "bench/start", "../../delivery/thing.ts"],
  ["stores-in-platform", "server/http", "pg"],
  ["stores-in-platform", "collector/edge", "@clickhouse/client"],
  ["stores-in-platform", "collector/edge", "kafkajs"],
  ["stores-in-platform", "app/live", "kysely"],
  ["stores-in-platform", "scripts/start", "chdb"],
  ["stores-in-platform", "delivery/playlists", "pg"],
  ["stores-in-platform", "transcoder/jobs", "graphile-worker"],
  ["stores-in-platform", "server/http", "graphile-worker"],
  ["stripe-in-billing", "server/http", "stripe"],
  ["ffmpeg-in-one-place", "transcoder/jobs", "fluent-ffmpeg"],
  ["ffmpeg-in-one-place", "delivery/playlists", "fluent-ffmpeg"],
  ["ffmpeg-in-one-place", "platform/thing", "fluent-ffmpeg"],
  ["processes-in-few-places", "server/http", "node:child_process"],
  ["processes-in-few-places", "collector/edge", "child_process"],
  ["processes-in-few-places", "platform/thing", "node:child_process"],
  ["processes-in-few-places", "delivery/playlists", "node:child_process"],
  ["processes-in-few-places", "transcoder/jobs", "node:child_process"],
  ["main-is-the-end", "collector/edge", "./main.ts"],
  ["tests-are-leaves", "server/http", "./thing.test.ts"],
  ["tests-are-leaves", "server/http", "../../platform/thing/testing.ts"],
];

/** Imports that must stay possible, lest the fences be a wall. */
const ALLOWED: readonly [folder: string, specifier: string][] = [
  ["domain/view", "../thing.ts"],
  ["platform/thing", "../../domain/thing.ts"],
  ["platform/thing", "pg"],
  ["platform/thing/embedded", "node:child_process"],
  ["server/http", "../../platform/thing/driver.ts"],
  ["server/http", "../thing.ts"],
  ["server/billing", "stripe"],
  ["delivery/playlists", "../../domain/thing.ts"],
  ["delivery/playlists", "../../platform/thing/driver.ts"],
  ["transcoder/jobs", "../../platform/thing/driver.ts"],
  ["transcoder/jobs", "../thing.ts"],
  ["collector/edge", "../../domain/thing.ts"],
  ["app/live", "../../domain/thing.ts"],
  ["scripts/start", "node:child_process"],
  ["bench/start", "../../transcoder/testing/thing.ts"],
];

/** ffmpeg and processes have one place in the transcoder: this file, which the real rules name. */
const FFMPEG_FILE = "transcoder/ffmpeg.ts";
const PACKAGES = [
  ...["zod", "pg", "@clickhouse/client", "kafkajs", "kysely", "graphile-worker", "chdb", "stripe", "fluent-ffmpeg"],
];

describe("the fences", () => {
  let tree: string;
  let result: Cruise;

  beforeAll(async () => {
    tree = mkdtempSync(join(tmpdir(), "playhead-fences-"));
    plantTree(tree);
    result = await cruise(tree, FENCED);
  }, 30_000);
  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  it.each(PLANTS)("%s: %s may not import %s, neither a value nor a type", (rule, folder, specifier) => {
    for (const kind of ["value", "type"] as const) {
      expect(result.violations).toContain(`${rule} ${plantPath(kind, folder, specifier)}`);
    }
  });

  it.each(ALLOWED)("%s may import %s", (folder, specifier) => {
    for (const kind of ["value", "type"] as const) {
      const path = plantPath(kind, folder, specifier);
      expect(result.violations.filter((violation) => violation.endsWith(` ${path}`))).toEqual([]);
    }
  });

  it("leave one file in which ffmpeg is run", () => {
    expect(result.seen).toContain(FFMPEG_FILE);
    expect(result.violations.filter((violation) => violation.endsWith(` ${FFMPEG_FILE}`))).toEqual([]);
  });

  it("keep test tools out of what runs in production", () => {
    expect(result.violations).toContain("no-test-tools-in-programs server/tool.ts");
  });

  it("see modules that need each other", () => {
    expect(result.violations).toContain("no-cycles domain/cycle/one.ts");
  });
});

describe("the fences around this repository", () => {
  // With TypeScript 7 the tool sees no module at all, and reports success.
  it("see every source file", { timeout: 30_000 }, async () => {
    const { seen } = await cruise(ROOT, FENCED);
    const sources: string[] = [];
    for await (const file of glob(`{${FENCED.join(",")}}/**/*.{ts,tsx,mjs}`, { cwd: ROOT })) sources.push(file);
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((file) => !seen.has(file))).toEqual([]);
  });
});

/** A folder of a service, and what it must not import. */
function apart(folder: string, ...others: string[]): [rule: string, folder: string, specifier: string][] {
  return others.map((other) => ["services-stay-apart", folder, `../../${other}/thing.ts`]);
}

function plantTree(tree: string): void {
  for (const file of [".dependency-cruiser.cjs", "tsconfig.base.json"])
    copyFileSync(join(ROOT, file), join(tree, file));
  const devDependencies = { vitest: "1.0.0" };
  const versions = Object.fromEntries(PACKAGES.map((name) => [name, "1.0.0"]));
  write(
    tree,
    "package.json",
    JSON.stringify({ name: "tree", type: "module", dependencies: versions, devDependencies }),
  );
  for (const name of [...PACKAGES, ...Object.keys(devDependencies)]) {
    write(tree, `node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
    write(tree, `node_modules/${name}/index.js`, "export const x = 1;\n");
  }
  for (const folder of FENCED) write(tree, `${folder}/thing.ts`, "export const x = 1;\n");
  write(tree, "platform/thing/driver.ts", "export const x = 1;\n");
  write(tree, "platform/thing/testing.ts", "export const x = 1;\n");
  write(tree, "transcoder/testing/thing.ts", "export const x = 1;\n");
  write(tree, "server/tool.ts", `import { x } from "vitest";\nexport const y = x;\n`);
  write(
    tree,
    FFMPEG_FILE,
    `import { x } from "fluent-ffmpeg";\nimport { spawn } from "node:child_process";\nexport { spawn, x };\n`,
  );
  write(tree, "collector/edge/main.ts", "export const x = 1;\n");
  write(tree, "server/http/thing.test.ts", "export const x = 1;\n");
  write(tree, "domain/cycle/one.ts", `import { two } from "./two.ts";\nexport const one = () => two;\n`);
  write(tree, "domain/cycle/two.ts", `import { one } from "./one.ts";\nexport const two = () => one;\n`);
  for (const [folder, specifier] of [...PLANTS.map(([, ...rest]) => rest), ...ALLOWED]) {
    const named = (keyword: string): string => `${keyword} { x } from "${specifier}";\nexport type { x };\n`;
    write(tree, plantPath("type", folder, specifier), named("import type"));
    write(tree, plantPath("value", folder, specifier), `import { x } from "${specifier}";\nexport const y = x;\n`);
  }
}

function plantPath(kind: "value" | "type", folder: string, specifier: string): string {
  return `${folder}/${kind}-${specifier.replaceAll(/[^a-z]+/g, "-")}.ts`;
}

function write(tree: string, path: string, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
}
