import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** Brokers of the 4 line and kafkajs 2.2.4 understand each other: tried with this one (docs/kafka.md). */
export const KAFKA_VERSION = "4.4.0";
/** The binding of slf4j 1.7, which the broker logs through. */
const LOG4J_VERSION = "2.25.5";
const LEAST_JAVA = 17;
const FETCH_LIMIT_MS = 5 * 60_000;

const run = promisify(execFile);

/** Why no broker can be started on this machine, in words for people; null when one can. */
export async function kafkaMissing(): Promise<string | null> {
  const java = await run("java", ["-version"]).catch(() => null);
  const version = /version "(\d+)/.exec(java?.stderr ?? "")?.[1];
  if (version === undefined) return `Java ${LEAST_JAVA} or later is not installed (Debian: openjdk-17-jre-headless)`;
  if (Number(version) < LEAST_JAVA) return `Java ${version} is too old: Kafka needs ${LEAST_JAVA} or later`;
  const maven = await run("mvn", ["-version"]).catch(() => null);
  return maven === null ? "Maven is not installed (Debian: maven); it fetches Kafka's jars" : null;
}

/**
 * Fetches the broker's jars (45 MB) by Maven, from wherever its own settings say, into a folder of their own below
 * `folder`; later calls find them there. Resolves with the class path. Seconds with Maven's cache, else a minute.
 */
export async function fetchKafkaJars(folder: string, say: (line: string) => void): Promise<string> {
  const target = join(folder, `jars-${KAFKA_VERSION}`);
  const classPath = join(target, "*");
  if (existsSync(target)) return classPath;
  say(`fetching the jars of Kafka ${KAFKA_VERSION} with Maven`);
  const work = join(folder, `fetching-${process.pid}`);
  await mkdir(work, { recursive: true });
  try {
    await writeFile(join(work, "pom.xml"), POM);
    const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${join(work, "jars")}`, "-DincludeScope=runtime"];
    await run("mvn", ["-B", "-q", "-f", join(work, "pom.xml"), ...goal], { timeout: FETCH_LIMIT_MS });
    await rename(join(work, "jars"), target).catch((error: unknown) => {
      if (!existsSync(target)) throw error; // another process was faster
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return classPath;
}

const dependency = (group: string, artifact: string, version: string): string =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>playhead</groupId>
  <artifactId>kafka-broker</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    ${dependency("org.apache.kafka", "kafka_2.13", KAFKA_VERSION)}
    ${dependency("org.apache.logging.log4j", "log4j-slf4j-impl", LOG4J_VERSION)}
  </dependencies>
</project>
`;
