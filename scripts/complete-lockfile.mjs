import { readFileSync, writeFileSync } from "node:fs";
import { missingOptional } from "./bootstrap/lockfile.mjs";

/**
 * Run after `npm install` has changed package-lock.json. npm writes no entry for another platform's optional package when the
 * registry in use does not carry it, and then `npm ci` refuses the lockfile; this adds what can be known without it.
 */
const FILE = new URL("../package-lock.json", import.meta.url);

const lock = JSON.parse(readFileSync(FILE, "utf8"));
const missing = missingOptional(lock.packages);
for (const { path, entry } of missing) lock.packages[path] = entry;
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${missing.length} entries added`);
