import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NO_PYTHON, prepareRecogniser, recogniserMissing } from "./recogniser-files.ts";

let folder: string;
let speech: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-speech-"));
  speech = join(folder, "speech");
});
afterEach(() => rm(folder, { recursive: true }));

/** A Python that answers as told where it is asked to install; `$target` is where to. */
async function python(does: string): Promise<string> {
  const file = join(folder, "python");
  const target = 'while [ "$1" != --target ]; do shift; done; target=$2; requirements=$4';
  await writeFile(file, `#!/bin/sh\n[ "$3" = --version ] && exit 0\n${target}\n${does}\n`);
  await chmod(file, 0o755);
  return file;
}

const silent = () => {};

describe("the recogniser's files", () => {
  it("are fetched by their hash, once, without what is for other systems", async () => {
    const copies = `mkdir -p $target/moonshine_voice && touch $target/moonshine_voice/libmoonshine.dylib && cp $requirements $target`;
    const said: string[] = [];
    expect(await prepareRecogniser(speech, (line) => said.push(line), await python(copies))).toBeNull();
    expect(said).toHaveLength(1);
    const [installed = "", ...others] = await readdir(speech);
    expect([installed, others]).toEqual([expect.stringMatching(/^moonshine-voice-/), []]);
    expect(await readdir(join(speech, installed, "moonshine_voice"))).toEqual([]);
    expect(await readFile(join(speech, installed, "requirements.txt"), "utf8")).toMatch(
      /^moonshine-voice==[\d.]+ --hash=sha256:[0-9a-f]{64}\n$/,
    );
    expect(await prepareRecogniser(speech, () => expect.fail("nothing to be said"), await python("exit 1"))).toBeNull();
  });

  it("are named as missing, with pip's own reason, where it cannot fetch them", async () => {
    const fails = `mkdir -p $target; echo 'WARNING: x' >&2; echo 'ERROR: no route to host' >&2; exit 1`;
    expect(await prepareRecogniser(speech, silent, await python(fails))).toBe(
      "pip cannot fetch the recogniser: no route to host",
    );
    expect(await readdir(speech)).toEqual([]);
    expect(recogniserMissing(speech)).toContain("npm run speech");
  });

  it("need Python with pip, which is named where it is not", async () => {
    expect(await prepareRecogniser(speech, () => expect.fail("nothing to be said"), join(folder, "none"))).toBe(
      NO_PYTHON,
    );
  });

  it("are there for whoever comes second", async () => {
    const other = `mkdir -p $target ${speech}/moonshine-voice-0.0.49/x`;
    expect(await prepareRecogniser(speech, silent, await python(other))).toBeNull();
    expect(await readdir(speech)).toEqual(["moonshine-voice-0.0.49"]);
  });
});
