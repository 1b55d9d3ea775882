import { existsSync } from "node:fs";
import { runTool } from "./run-tool.ts";

/** Debian's own; Playwright's download is not used. */
const CHROMIUM = "/usr/bin/chromium";

/** Installs Chromium where that is possible without asking. Resolves with the line that says what to do, or null. */
export async function browserMissing(root: string): Promise<string | null> {
  if (existsSync(CHROMIUM)) return null;
  const install = "apt-get install --yes --no-install-recommends chromium";
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    return `The browser tests need ${CHROMIUM}: sudo ${install}`;
  }
  console.log("installing chromium");
  await runTool(["/bin/sh", "-c", `apt-get update && DEBIAN_FRONTEND=noninteractive ${install}`], root);
  return existsSync(CHROMIUM) ? null : `Chromium could not be installed: ${install}`;
}
