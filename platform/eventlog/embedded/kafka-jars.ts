import { type ExecFileException, execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Where tests and benchmarks keep the jars between runs. */
export const JARS_FOLDER = fileURLToPath(new URL("../../../node_modules/.cache/kafka", import.meta.url));

/** Brokers of the 4 line and kafkajs 2.2.4 understand each other: tried with this one (docs/kafka.md). */
export const KAFKA_VERSION = "4.4.0";
/** The binding of slf4j 1.7, which the broker logs through. */
const LOG4J_VERSION = "2.25.5";
const LEAST_JAVA = 17;
/** What Maven has by then it keeps, and another attempt goes on from there. */
const FETCH_LIMIT_MS = 2 * 60_000;

const run = promisify(execFile);

/** Why no broker can be started with the jars of this folder now, in words for people; null when one can. */
export async function kafkaMissing(jarsFolder: string): Promise<string | null> {
  const java = await run("java", ["-version"]).catch(() => null);
  const version = /version "(\d+)/.exec(java?.stderr ?? "")?.[1];
  if (version === undefined) return `Java ${LEAST_JAVA} or later is not installed (Debian: openjdk-17-jre-headless)`;
  if (Number(version) < LEAST_JAVA) return `Java ${version} is too old: Kafka needs ${LEAST_JAVA} or later`;
  return existsSync(targetIn(jarsFolder)) ? null : NOT_FETCHED;
}

/** Fetches the jars where they are all that is missing. Resolves with the reason where no broker can be started even so. */
export async function prepareKafka(jarsFolder: string, say: (line: string) => void): Promise<string | null> {
  const missing = await kafkaMissing(jarsFolder);
  if (missing !== NOT_FETCHED) return missing;
  return fetchKafkaJars(jarsFolder, say).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

/**
 * Fetches the broker's jars (45 MB) by Maven, from wherever its own settings say, into a folder of their own below
 * `folder`; later calls find them there. Resolves with the class path. Seconds with Maven's cache, else a minute.
 */
export async function fetchKafkaJars(folder: string, say: (line: string) => void): Promise<string> {
  const target = targetIn(folder);
  const classPath = join(target, "*");
  if (existsSync(target)) return classPath;
  say(`fetching the jars of Kafka ${KAFKA_VERSION} (45 MB) with Maven`);
  const work = join(folder, `fetching-${process.pid}`);
  await mkdir(work, { recursive: true });
  try {
    await writeFile(join(work, "pom.xml"), POM);
    await runMaven(join(work, "pom.xml"), join(work, "jars"));
    await rename(join(work, "jars"), target).catch((error: unknown) => {
      if (!existsSync(target)) throw error; // another process was faster
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return classPath;
}

async function runMaven(pom: string, into: string): Promise<void> {
  const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${into}`, "-DincludeScope=runtime"];
  try {
    await run("mvn", ["-B", "-q", "-f", pom, ...goal], { timeout: FETCH_LIMIT_MS });
  } catch (error) {
    throw new Error(whyMavenFailed(error), { cause: error });
  }
}

function whyMavenFailed(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, killed, stdout = "" } = error as ExecFileException;
  if (code === "ENOENT") return "Maven is not installed (Debian: maven); it fetches Kafka's jars";
  if (killed === true) return `Maven had not fetched Kafka's jars after ${FETCH_LIMIT_MS / 1_000} s; try again`;
  return `Maven cannot fetch Kafka's jars: ${/\[ERROR\] +(\S.*)$/m.exec(stdout)?.[1] ?? error.message}`;
}

const NOT_FETCHED = "Kafka's jars are not there, which Maven fetches";

function targetIn(folder: string): string {
  return join(folder, `jars-${KAFKA_VERSION}`);
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
