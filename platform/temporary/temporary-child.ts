import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inTemporaryFolder } from "./temporary-folder.ts";

/** A process that is killed in the middle of a work: writes into a temporary folder below the given one, tells it, and stays. */
const [root] = process.argv.slice(2);
await inTemporaryFolder(
  "test",
  async (folder) => {
    await writeFile(join(folder, "half"), Buffer.alloc(1_000));
    process.stdout.write(`${folder}\n`);
    await new Promise(() => setInterval(() => {}, 1_000));
  },
  root,
);
