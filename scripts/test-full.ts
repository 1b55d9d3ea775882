import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseFullArguments } from "./full/arguments.ts";
import { PARTS, type Part } from "./full/parts.ts";
import { forgetProgress, passedParts, rememberPassed } from "./full/progress.ts";
import { describeMachine, renderResult } from "./full/result.ts";
import { runPart } from "./full/run-part.ts";
import { resultFile } from "./full/stale-parts.ts";
import { sourcesHash } from "./sources-hash.ts";
import { seconds } from "./supervise/terminal.ts";
import { killCurrentTool } from "./testing/run-tool.ts";

/** `npm run test:full [-- part…] [--list] [--resume]`: what takes too long for `npm test`, each part alone by name. */

const ROOT = dirname(import.meta.dirname);

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    killCurrentTool();
    process.exit(130);
  });
}

process.exit(await main());

async function main(): Promise<number> {
  const parsed = parseFullArguments(process.argv.slice(2), PARTS);
  if (parsed.kind === "wrong") {
    console.error(parsed.complaint);
    return 2;
  }
  if (parsed.kind === "list") {
    for (const { name, minutes, shows } of PARTS) console.log(`${name.padEnd(16)} ${minutes} min  ${shows}`);
    return 0;
  }
  if (!parsed.resume) forgetProgress(ROOT);
  const done = passedParts(ROOT);
  let failed = 0;
  for (const part of parsed.parts) {
    const hash = await sourcesHash(ROOT, part.covers);
    if (done.get(part.name) === hash) console.log(`${part.name}: passed before the interruption`);
    else if (await runOne(part, hash)) rememberPassed(ROOT, part.name, hash);
    else failed += 1;
  }
  if (failed === 0) forgetProgress(ROOT);
  console.log(`\n${parsed.parts.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function runOne(part: Part, hash: string): Promise<boolean> {
  console.log(`\n── ${part.name}, about ${part.minutes} min: ${part.shows}`);
  const startedAt = new Date();
  const { code, lastLines } = await runPart(part, ROOT);
  const tookMs = Date.now() - startedAt.getTime();
  const file = resultFile(ROOT, part);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, renderResult(part, { code, lastLines, hash, startedAt, tookMs, machine: describeMachine(ROOT) }));
  console.log(
    `${code === 0 ? "✓" : "✗"} ${part.name} ${seconds(tookMs)}, written to ${file.slice(join(ROOT, "/").length)}`,
  );
  return code === 0;
}
