import { NO_PYTHON, PYTHON_PACKAGES } from "../../platform/speech/embedded/recogniser-files.ts";
import { installing, mayInstall } from "./install-packages.ts";

interface Steps {
  /** Fetches the recogniser; resolves with the reason where it cannot. */
  prepare: () => Promise<string | null>;
  /** Runs a command to its end and resolves with its exit code. */
  install: (command: [string, string, string]) => Promise<number>;
}

/**
 * Fetches the recogniser of speech, with Debian's Python before it where that lacks and may be installed. Resolves with the line
 * that says what to do, or null.
 */
export async function provideRecogniser(
  { prepare, install }: Steps,
  canInstall = mayInstall(),
): Promise<string | null> {
  const missing = await prepare();
  if (missing !== NO_PYTHON || !canInstall) return missing;
  const code = await install(installing(PYTHON_PACKAGES));
  return code === 0 ? prepare() : missing;
}
