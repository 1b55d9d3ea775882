import { resolve } from "node:path";
import { UsageError } from "../simulate/running-system.ts";
import { type RejectedArguments, readArguments } from "./arguments.ts";
import { readConfig } from "./config.ts";
import { openStores, type Stores } from "./stores.ts";

/** Reads the command line, opens the databases, runs the command and resolves with its exit code; mistakes are one line. */
export async function runCommand(
  name: string,
  usage: string,
  command: (args: RejectedArguments, stores: Stores, dataFolder: string) => Promise<number>,
): Promise<number> {
  try {
    const args = readArguments(process.argv.slice(2));
    if (args.help) {
      console.log(usage);
      return 0;
    }
    const dataFolder = resolve(readConfig().INIT_CWD ?? process.cwd(), args.data);
    const stores = openStores(dataFolder);
    try {
      return await command(args, stores, dataFolder);
    } finally {
      await stores.close();
    }
  } catch (error) {
    const complaint = complaintOf(error);
    if (complaint === null) throw error;
    console.error(`${name}: ${complaint} (--help tells more)`);
    return 2;
  }
}

/** What a person can act on; null where only the stack helps. */
function complaintOf(error: unknown): string | null {
  if (error instanceof UsageError) return error.message;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && cause.code === "ECONNREFUSED") {
      return "the databases do not answer: is that Playhead running, and is PLAYHEAD_PORT_BASE unset or what it was started with?";
    }
  }
  return null;
}
