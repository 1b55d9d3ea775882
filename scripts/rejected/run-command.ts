import { resolve } from "node:path";
import { UsageError } from "../simulate/running-system.ts";
import { type RejectedArguments, readArguments } from "./arguments.ts";
import { openStores, type Stores } from "./stores.ts";

/** Reads the command line, opens the databases, runs the command and resolves with its exit code; mistakes are one line. */
export async function runCommand(
  name: string,
  usage: string,
  command: (args: RejectedArguments, stores: Stores) => Promise<number>,
): Promise<number> {
  try {
    const args = readArguments(process.argv.slice(2));
    if (args.help) {
      console.log(usage);
      return 0;
    }
    const stores = openStores(resolve(args.data));
    try {
      return await command(args, stores);
    } finally {
      await stores.close();
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${name}: ${error.message} (--help tells more)`);
    return 2;
  }
}
