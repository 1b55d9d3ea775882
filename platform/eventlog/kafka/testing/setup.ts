import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { stopSharedKafka } from "./shared-kafka.ts";

/** Set-up of the integration tests: gives them a place for a shared broker, and stops it after the last file. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "playhead-kafka-"));
  project.provide("kafkaFolder", folder);
  return () => stopSharedKafka(folder);
}
