import { join } from "node:path";
import { z } from "zod";
import type { Ports } from "../../domain/ports.ts";
import { RECOGNISER_FOLDER, recogniserMissing } from "../../platform/speech/embedded/recogniser-files.ts";
import { ffmpegMissing } from "../debian/ffmpeg.ts";
import { buildApp } from "./app-build.ts";
import type { StartArguments } from "./arguments.ts";
import type { SuperviseConfig } from "./config.ts";
import { type DataFolder, StartError } from "./data-folder.ts";
import { type EnvironmentInput, environmentOf } from "./environment.ts";
import { startPostgres } from "./postgres.ts";
import { APP, CLICKHOUSE, type ProgramPlan, SERVICES } from "./programs.ts";
import { untilStarted } from "./ready.ts";
import type { Secrets } from "./secrets.ts";
import type { Service } from "./service.ts";
import { type Stoppable, stopInStages } from "./stop-order.ts";
import { type Job, type Script, Supervisor } from "./supervisor.ts";
import type { Terminal } from "./terminal.ts";
import { watchSources } from "./watch-sources.ts";
import type { Access } from "./welcome.ts";

export interface PlayheadOptions {
  root: string;
  folder: DataFolder;
  secrets: Secrets;
  ports: Ports;
  config: Readonly<SuperviseConfig>;
  wanted: StartArguments;
  terminal: Terminal;
  /** Aborted when the start is no longer wanted. */
  signal: AbortSignal;
}

/** The first person; without mail at that address nothing is sent to it. */
const EMAIL = "admin@playhead.local";

/** What the seed prints as its last line; no environment when somebody made an organisation without any. */
const Seeded = z.object({ environment: z.object({ id: z.string() }).nullable() });

/** All databases and programs of one data folder. */
export class Playhead {
  readonly #options: PlayheadOptions;
  readonly #supervisor: Supervisor;
  readonly #access: Access;
  /** In the order in which they are stopped: what takes requests, ClickHouse, Postgres. */
  readonly #stages: [Stoppable[], Stoppable[], Stoppable[]] = [[], [], []];

  constructor(options: PlayheadOptions) {
    const { root, folder, ports, terminal, config, signal } = options;
    this.#options = options;
    this.#access = accessOf(options);
    const input: EnvironmentInput = {
      ...options,
      dataFolder: folder.path,
      access: this.#access,
      dev: options.wanted.dev,
    };
    this.#supervisor = new Supervisor({
      root,
      logFolder: folder.logs,
      ports,
      host: internalHost(config.HOST),
      terminal,
      environmentOf: (program) => environmentOf(program, input),
      signal,
    });
  }

  /** Resolves when everything is ready. Rejects with the first thing that cannot be started; `stop` is still needed. */
  async start(): Promise<Access> {
    const { terminal, wanted } = this.#options;
    await this.#provideFfmpeg();
    const building = wanted.dev ? Promise.resolve() : terminal.step("app build", () => this.#build());
    const [environmentId] = await Promise.all([this.#startServices(), building]);
    await this.#program(APP, this.#stages[0]);
    this.#fetchRecogniser();
    return { ...this.#access, environmentId };
  }

  /** Stops everything that was started, within 10 s, and at once when `hurry` is aborted. */
  async stop(hurry: AbortSignal): Promise<void> {
    await stopInStages(this.#stages, hurry);
    this.#supervisor.close();
  }

  async #startServices(): Promise<string> {
    const { terminal } = this.#options;
    await Promise.all([this.#postgres(), this.#clickhouse()]);
    await terminal.step("migrations", () => this.#job("migrate", ["scripts/migrate.ts"]));
    const environmentId = await terminal.step("seed", () => this.#seed());
    await Promise.all(SERVICES.map((plan) => this.#program(plan, this.#stages[0])));
    await this.#supervisor.tellShortcomings(SERVICES);
    return environmentId;
  }

  /** Before anything runs: an install that silently lacks video is worse than one that says what it needs. */
  async #provideFfmpeg(): Promise<void> {
    const { config, terminal } = this.#options;
    const paths = { ffmpegPath: config.FFMPEG_PATH, ffprobePath: config.FFPROBE_PATH, searchPath: config.PATH };
    const complaint = await ffmpegMissing(paths, (command) =>
      terminal.step("ffmpeg from Debian", () => this.#install(command)),
    );
    if (complaint !== null) throw new StartError(complaint);
  }

  /** In the background, since nothing waits for it: until it is there captions are not written down, and tracks say so. */
  #fetchRecogniser(): void {
    const { config, terminal, signal } = this.#options;
    if (!config.PLAYHEAD_SPEECH || recogniserMissing(RECOGNISER_FOLDER) === null) return;
    const child = this.#supervisor.job("speech", ["scripts/speech.ts"]);
    this.#stages[0].push(child);
    child.exitCode.then((code) => {
      if (signal.aborted) return;
      terminal.say(
        code === 0 ? "  ✓ automatic captions: the recogniser is installed" : `  ! ${child.lastLines().at(-1)}`,
      );
    });
  }

  async #install(command: readonly [string, string, string]): Promise<number> {
    const child = this.#supervisor.installation(command);
    this.#stages[0].push(child);
    const code = await child.exitCode;
    this.#options.signal.throwIfAborted();
    return code;
  }

  async #postgres(): Promise<void> {
    const { config, folder, ports, secrets, terminal } = this.#options;
    if (config.DATABASE_URL !== undefined) return;
    const options = {
      dataDir: join(folder.path, "postgres"),
      port: ports.postgres,
      password: secrets.postgresPassword,
      logLevel: config.LOG_LEVEL,
      note: (line: string) => this.#supervisor.note("postgres", line),
    };
    const service = this.#supervisor.service("postgres", () => startPostgres(options));
    this.#stages[2].push(service);
    service.start();
    await terminal.step("postgres", () => untilStarted(service, this.#options.signal));
  }

  async #clickhouse(): Promise<void> {
    if (this.#options.config.CLICKHOUSE_URL !== undefined) return;
    await this.#program(CLICKHOUSE, this.#stages[1]);
  }

  async #program(plan: ProgramPlan, stage: Stoppable[]): Promise<void> {
    const { root, wanted, terminal } = this.#options;
    const onService = (service: Service): void => {
      stage.push(service);
      if (wanted.dev && plan.watches.length > 0) stage.push(watchSources(root, plan.watches, service));
    };
    await terminal.step(plan.name, () => this.#supervisor.program(plan, onService));
  }

  async #build(): Promise<void> {
    const { root, signal } = this.#options;
    await buildApp(root, () => this.#supervisor.job("build", ["node_modules/next/dist/bin/next", "build"]), signal);
  }

  async #seed(): Promise<string> {
    let lastLine = "";
    await this.#job("seed", ["server/seed.ts"], (line) => {
      if (line !== "") lastLine = line;
    });
    return Seeded.parse(JSON.parse(lastLine)).environment?.id ?? "";
  }

  /** Runs a job to its end; a stop in the meantime ends it too. */
  async #job(name: Job, script: Script, onLine?: (line: string) => void): Promise<void> {
    const child = this.#supervisor.job(name, script, onLine);
    this.#stages[0].push(child);
    const code = await child.exitCode;
    this.#options.signal.throwIfAborted();
    if (code !== 0) throw new StartError(`${name} failed:\n${child.lastLines().join("\n")}`);
  }
}

/** Where the internal ports of programs bound to `HOST` answer. */
function internalHost([host = "127.0.0.1"]: readonly string[]): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

function accessOf({ config, ports, secrets }: PlayheadOptions): Access {
  const at = (port: number): string => `http://localhost:${port}`;
  return {
    app: config.PUBLIC_APP_URL ?? at(ports.app),
    api: config.PUBLIC_API_URL ?? at(ports.server),
    stream: config.PUBLIC_STREAM_URL ?? at(ports.delivery),
    image: config.PUBLIC_IMAGE_URL ?? at(ports.delivery),
    socket: config.PUBLIC_SOCKET_URL ?? at(ports.socket),
    collector: config.PUBLIC_COLLECTOR ?? `localhost:${ports.collector}`,
    tls: `localhost:${ports.tls}`,
    environmentKey: secrets.environmentKey,
    environmentId: "",
    tokenId: secrets.tokenId,
    tokenSecret: secrets.tokenSecret,
    email: EMAIL,
    password: secrets.personPassword,
  };
}
