import { join } from "node:path";
import { internalPort, type Ports } from "../../domain/ports.ts";
import { type ChildCommand, type RunningChild, startChild } from "./child.ts";
import { LogFile } from "./log-file.ts";
import { troubleIn } from "./log-lines.ts";
import type { ProgramName, ProgramPlan } from "./programs.ts";
import { shortcomings, untilBack, untilReady, untilStarted } from "./ready.ts";
import { Service, type ServiceOptions } from "./service.ts";
import type { Terminal } from "./terminal.ts";

export interface SupervisorOptions {
  root: string;
  logFolder: string;
  ports: Ports;
  /** Address at which the internal ports answer. */
  host: string;
  terminal: Terminal;
  environmentOf: (program: ProgramName | Job) => Record<string, string>;
  signal: AbortSignal;
}

/** A script of the repository and its arguments. */
export type Script = readonly [path: string, ...args: string[]];

/** Programs that run to their end. */
export type Job = "migrate" | "seed" | "build" | "install" | "speech";

/** The same trouble is shown again after this long. */
const SHOW_AGAIN_MS = 10_000;

/** Starts programs with their logs and keeps them alive. Which, in which order and until when is the caller's business. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #shown = new Map<string, number>();
  readonly #logs = new Map<string, LogFile>();

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** A program of ours as a service; resolves with it when it is ready. `onService` gets it before that. */
  async program(plan: ProgramPlan, onService: (service: Service) => void): Promise<void> {
    const [address, port] = this.#internalOf(plan);
    const launch = () => this.#start(plan.name, [plan.script]);
    const service = this.service(plan.name, launch, (died, stopped) => untilBack(died, address, port, stopped));
    onService(service);
    service.start();
    await untilReady(service, address, port, this.#options.signal);
  }

  /** Says what programs do without; each is ready. */
  async tellShortcomings(plans: readonly ProgramPlan[]): Promise<void> {
    for (const plan of plans) {
      const [address, port] = this.#internalOf(plan);
      for (const shortcoming of await shortcomings(address, port)) {
        this.#options.terminal.say(`  ! ${plan.name}: ${shortcoming}`);
      }
    }
  }

  #internalOf({ loopbackOnly, publicPort }: ProgramPlan): [address: string, port: number] {
    const { ports, host } = this.#options;
    return [loopbackOnly ? "127.0.0.1" : host, internalPort(ports[publicPort])];
  }

  /** @param untilBack by default it is back when it is launched, as a database that is launched ready */
  service(
    name: string,
    launch: ServiceOptions["launch"],
    untilBack: NonNullable<ServiceOptions["untilBack"]> = untilStarted,
  ): Service {
    const say = (line: string) => this.#options.terminal.say(`  ! ${line}`);
    return new Service({ name, launch, say, untilBack });
  }

  /** Starts a script of ours that ends by itself; its lines go to its log and, all of them, to `onLine`. */
  job(name: Job, [script, ...args]: Script, onLine: (line: string) => void = () => {}): RunningChild {
    return this.#start(name, [script, ...args], onLine);
  }

  /** A program of the system's own, to be installed; its lines go to a log. */
  installation([command, ...args]: readonly [string, ...string[]]): RunningChild {
    const environment = this.#options.environmentOf("install");
    const installer: ChildCommand = { command, args, cwd: this.#options.root, environment };
    return startChild(installer, (line) => this.note("install", line));
  }

  /** Writes a line to the program's log and shows its trouble, if it holds any. */
  note(program: string, line: string): void {
    this.#log(program).write(`${line}\n`);
    const trouble = troubleIn(line);
    if (trouble === null) return;
    const text = `${program}: ${trouble}`;
    const nowMs = performance.now();
    if (nowMs - (this.#shown.get(text) ?? Number.NEGATIVE_INFINITY) < SHOW_AGAIN_MS) return;
    this.#shown.set(text, nowMs);
    this.#options.terminal.say(`  ! ${text}`);
  }

  close(): void {
    for (const log of this.#logs.values()) log.close();
    this.#logs.clear();
  }

  #start(name: ProgramName | Job, [script, ...args]: Script, onLine: (line: string) => void = () => {}): RunningChild {
    const { root } = this.#options;
    const command: ChildCommand = {
      command: process.execPath,
      args: [join(root, script), ...args], // absolute, so that a list of processes tells one Playhead from another
      cwd: root,
      environment: this.#options.environmentOf(name),
    };
    return startChild(command, (line) => {
      onLine(line);
      this.note(name, line);
    });
  }

  #log(program: string): LogFile {
    const known = this.#logs.get(program);
    if (known !== undefined) return known;
    const opened = new LogFile(join(this.#options.logFolder, `${program}.log`));
    this.#logs.set(program, opened);
    return opened;
  }
}
