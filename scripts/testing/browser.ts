import { existsSync } from "node:fs";
import { installCommand, installing, mayInstall } from "../debian/install-packages.ts";
import { runTool } from "./run-tool.ts";

/** Debian's own; Playwright's download is not used. */
const CHROMIUM = "/usr/bin/chromium";

/** Installs Chromium where that is possible without asking. Resolves with the line that says what to do, or null. */
export async function browserMissing(root: string): Promise<string | null> {
  if (existsSync(CHROMIUM)) return null;
  const command = installCommand("chromium");
  if (!mayInstall()) return `The browser tests need ${CHROMIUM}: sudo ${command}`;
  console.log("installing chromium");
  await runTool(installing("chromium"), root);
  return existsSync(CHROMIUM) ? null : `Chromium could not be installed: ${command}`;
}
