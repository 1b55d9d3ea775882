import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type {} from "vitest";
import { z } from "zod";
import { JARS_FOLDER, prepareKafka } from "../../embedded/kafka-jars.ts";
import { startKafka } from "../../embedded/start-kafka.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where the broker lives that test files of one run share; nothing is in it before one of them asks. */
    kafkaFolder: string;
  }
}

const Shared = z.object({ bootstrap: z.string(), pid: z.number() });

export type SharedKafka = { kind: "running"; bootstrap: string } | { kind: "missing"; reason: string };

const Asked = z.object({ reason: z.string().nullable() });

/** Why tests cannot have brokers; asked once in a run, and said. The first run on a machine fetches the jars. */
export async function brokersMissing(folder: string): Promise<string | null> {
  const file = join(folder, "asked.json");
  if (existsSync(file)) return Asked.parse(JSON.parse(await readFile(file, "utf8"))).reason;
  const reason = await prepareKafka(JARS_FOLDER, say);
  if (reason !== null) say(`the log on Kafka is not tried: ${reason}`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify({ reason }));
  return reason;
}

function say(line: string): void {
  process.stderr.write(`   ${line}\n`);
}

/**
 * One broker for all test files of a run: the first that asks starts it, whoever opened the folder stops it. Test files do
 * not run side by side.
 */
export async function sharedKafka(folder: string): Promise<SharedKafka> {
  const file = join(folder, "shared.json");
  if (existsSync(file)) return { kind: "running", ...Shared.parse(JSON.parse(await readFile(file, "utf8"))) };
  const reason = await brokersMissing(folder);
  if (reason !== null) return { kind: "missing", reason };
  const { bootstrap, brokers } = await startKafka({ brokers: 1, folder, jarsFolder: JARS_FOLDER });
  await writeFile(file, JSON.stringify({ bootstrap, pid: brokers[0]?.pid() ?? 0 }));
  return { kind: "running", bootstrap };
}

/** Ends the shared broker, if there is one, and removes what it kept. */
export async function stopSharedKafka(folder: string): Promise<void> {
  const text = await readFile(join(folder, "shared.json"), "utf8").catch(() => null);
  if (text !== null) {
    const { pid } = Shared.parse(JSON.parse(text));
    signal(pid, "SIGKILL"); // nobody needs its data
    while (signal(pid, 0)) await sleep(20);
  }
  await rm(folder, { recursive: true, force: true });
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
