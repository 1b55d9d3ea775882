import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder; `import.meta.dirname` is too new for Node 18. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
