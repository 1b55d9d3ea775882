// `npm start`: plain JavaScript for Node 18 and later. It installs what is missing and goes on under the pinned Node.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { prepare } from "./bootstrap/prepare.mjs";
import { runPinned } from "./bootstrap/run-pinned.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await prepare(root);
process.exit(await runPinned(root, "scripts/supervise.ts", process.argv.slice(2)));
