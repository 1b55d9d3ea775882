import { fileURLToPath } from "node:url";
import { buildApp } from "../../scripts/supervise/app-build.ts";
import { startChild } from "../../scripts/supervise/child.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BUILD_WITHIN_MS = 240_000;

/** Builds the app as `npm start` does: only when its sources are newer than the build that is there. */
export async function buildFresh(): Promise<void> {
  const build = () =>
    startChild(
      {
        command: process.execPath,
        args: ["node_modules/next/dist/bin/next", "build"],
        cwd: ROOT,
        environment: {
          PATH: process.env["PATH"] ?? "",
          HOME: process.env["HOME"] ?? "",
          NODE_ENV: "production",
          NEXT_TELEMETRY_DISABLED: "1",
        },
      },
      () => undefined,
    );
  await buildApp(ROOT, build, AbortSignal.timeout(BUILD_WITHIN_MS));
}
