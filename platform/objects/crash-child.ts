import { writeSync } from "node:fs";
import { openFolderObjects } from "./folder-objects.ts";

/** The process that folder-objects.int.test.ts kills: it replaces and deletes objects for ever. */
const objects = openFolderObjects(process.argv[2] ?? "");
writeSync(1, "ready\n");
for (let n = 0; ; n += 1) {
  await objects.put("env/replaced", Buffer.alloc(20_000 + (n % 50) * 100, n % 251));
  await objects.put(`env/passing/${n % 3}`, Buffer.alloc(3_000, n % 251));
  await objects.delete(`env/passing/${n % 3}`);
}
