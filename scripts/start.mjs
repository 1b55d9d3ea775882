// `npm start`: plain JavaScript for Node 18 and later. It installs what is missing and goes on under the pinned Node.
import { prepare } from "./bootstrap/prepare.mjs";
import { root } from "./bootstrap/root.mjs";
import { runPinned } from "./bootstrap/run-pinned.mjs";

await prepare(root);
process.exit(await runPinned(root, "scripts/supervise.ts", process.argv.slice(2)));
