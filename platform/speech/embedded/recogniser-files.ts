import { type ExecFileException, execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Where the recogniser is kept, for programs and tests; `npm ci` empties it, and the next start fetches it again. */
export const RECOGNISER_FOLDER = fileURLToPath(new URL("../../../node_modules/.cache/speech", import.meta.url));

/** Debian's: another Python might have its library where no sandbox shows it. */
export const PYTHON = "/usr/bin/python3";
/** Debian's packages of that Python and of what fetches from its registry. */
export const PYTHON_PACKAGES = "python3 python3-pip";

/** MIT, with its model of English inside. Later versions fetch theirs when they run (docs/decisions/captions.md). */
const VERSION = "0.0.49";
/** Of the wheel for Linux on x64 with glibc 2.34 or later, the only one there is that runs here. */
const SHA256 = "03edc378e5236832421ccd382b267e43b95af8008137ad6643f5baf5ba31b579";
/** What the wheel brings for other systems. */
const OF_OTHERS = ["libmoonshine.dylib", "libonnxruntime.1.23.2.dylib"];
/** 85 MB. */
const FETCH_LIMIT_MS = 5 * 60_000;

const run = promisify(execFile);

/** What `npm run speech` mends by installing packages first. */
export const NO_PYTHON = `Python 3 with pip is not installed (Debian: ${PYTHON_PACKAGES}); it fetches and runs the recogniser`;
/** What an operator, and a customer, is told. */
export const NOT_INSTALLED = "the recogniser of speech is not installed; `npm run speech` installs it";

/** Folder of the recogniser's package; null where it is not installed. */
export function recogniserIn(folder: string): string | null {
  const installed = targetIn(folder);
  return existsSync(installed) ? installed : null;
}

/** Why nothing can be written down with the recogniser of this folder, in words for people; null when it can. */
export function recogniserMissing(folder: string): string | null {
  return recogniserIn(folder) === null ? NOT_INSTALLED : null;
}

/**
 * Fetches the recogniser by pip, from wherever its own settings say, into a folder of its own below `folder`; later calls find it
 * there. Resolves with the reason, in words for people, where that cannot be. Seconds, by the network.
 *
 * @param python other than Debian's only in tests
 */
export async function prepareRecogniser(
  folder: string,
  say: (line: string) => void,
  python = PYTHON,
): Promise<string | null> {
  if (recogniserIn(folder) !== null) return null;
  const hasPip = await run(python, ["-m", "pip", "--version"]).then(
    () => true,
    () => false,
  );
  if (!hasPip) return NO_PYTHON;
  say(`fetching the recogniser of speech, moonshine-voice ${VERSION} (85 MB), with pip`);
  return fetchRecogniser(folder, python).then(
    () => null,
    (error: unknown) => whyPipFailed(error),
  );
}

/** Nothing half-fetched is taken for it: it gets its name when all is there. */
async function fetchRecogniser(folder: string, python: string): Promise<void> {
  const work = join(folder, `fetching-${process.pid}`);
  const requirements = join(work, "requirements.txt");
  const packages = join(work, "packages");
  await mkdir(work, { recursive: true });
  try {
    await writeFile(requirements, `moonshine-voice==${VERSION} --hash=sha256:${SHA256}\n`);
    const exactly = ["--require-hashes", "--no-deps", "--only-binary", ":all:"];
    const quietly = ["--quiet", "--no-input", "--no-cache-dir", "--no-compile", "--disable-pip-version-check"];
    const pip = ["-m", "pip", "install", ...quietly, ...exactly, "--target", packages, "--requirement", requirements];
    await run(python, pip, { timeout: FETCH_LIMIT_MS });
    for (const name of OF_OTHERS) await rm(join(packages, "moonshine_voice", name), { force: true });
    await rename(packages, targetIn(folder)).catch((error: unknown) => {
      if (!existsSync(targetIn(folder))) throw error; // another process was faster
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function whyPipFailed(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { killed, stderr = "" } = error as ExecFileException;
  if (killed === true) return `pip had not fetched the recogniser after ${FETCH_LIMIT_MS / 1_000} s; try again`;
  const reasons = [...stderr.matchAll(/^ERROR: +(\S.*)$/gm)].map(([, reason]) => reason);
  return `pip cannot fetch the recogniser: ${reasons.at(-1) ?? error.message}`;
}

function targetIn(folder: string): string {
  return join(folder, `moonshine-voice-${VERSION}`);
}
