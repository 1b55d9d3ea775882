import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** A helper process of a benchmark; it ends when its channel to us closes, however we end. */
export interface Child {
  pid: number;
  /** Sends an order and resolves with the next message. Rejects when the process ends instead. */
  ask(order: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts a script and resolves with it and its first message. */
export async function startChild(script: URL, args: readonly string[] = []): Promise<{ child: Child; first: unknown }> {
  const process = fork(script, args, { execArgv: [] });
  const exited = once(process, "exit");
  const first = await nextMessage(process, exited);
  const child: Child = {
    pid: process.pid ?? 0, // set: it has spoken
    ask: (order) => {
      process.send(order as object);
      return nextMessage(process, exited);
    },
    stop: async () => {
      if (process.connected) process.disconnect();
      await exited;
    },
  };
  return { child, first };
}

function nextMessage(process: ChildProcess, exited: Promise<unknown[]>): Promise<unknown> {
  return Promise.race([
    once(process, "message").then(([message]) => message as unknown),
    exited.then(([code]) => {
      throw new Error(`${process.spawnargs.at(-1)} ended with ${code}`);
    }),
  ]);
}
