import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KAFKA_VERSION, kafkaMissing, prepareKafka } from "./kafka-jars.ts";

let folder: string;
let jars: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-jars-"));
  jars = join(folder, "jars");
  vi.stubEnv("PATH", folder);
  await command("java", `echo 'openjdk version "17.0.1"' >&2`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function command(name: string, does: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${does}\n`);
  await chmod(join(folder, name), 0o755);
}

describe("the jars of Kafka", () => {
  it("are asked for once: where they are, Maven is not needed", async () => {
    await mkdir(join(jars, `jars-${KAFKA_VERSION}`), { recursive: true });
    expect(await prepareKafka(jars, () => expect.fail("nothing to be said"))).toBeNull();
  });

  it("are named as the reason, with Maven's own, where it cannot fetch them", async () => {
    await command("mvn", "echo '[ERROR] '; echo '[ERROR] no route to host'; exit 1");
    const said: string[] = [];
    expect(await prepareKafka(jars, (line) => said.push(line))).toBe(
      "Maven cannot fetch Kafka's jars: no route to host",
    );
    expect(said).toHaveLength(1);
    expect(await readdir(jars)).toEqual([]); // nothing half-fetched is taken for them
    expect(await kafkaMissing(jars)).toContain("jars");
  });

  it("need Maven, which is named where it is not", async () => {
    expect(await prepareKafka(jars, () => undefined)).toContain("Maven is not installed");
  });

  it("are not fetched for a Java that cannot run them", async () => {
    await command("java", `echo 'openjdk version "11.0.2"' >&2`);
    expect(await prepareKafka(jars, () => expect.fail("nothing to be said"))).toContain("Java 11 is too old");
  });
});
