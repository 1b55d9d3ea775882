import { writeSync } from "node:fs";
import { Readable } from "node:stream";
import { openFolderObjects } from "./folder-objects.ts";

/** The process that folder-drafts.int.test.ts kills: it resumes a draft where it stands, finishes it and begins the next. */
const PIECE_BYTES = 40_000;
const PIECES = 6;
const [directory = "", firstDraft = "0"] = process.argv.slice(2);
const objects = openFolderObjects(directory);
writeSync(1, "ready\n");
for (let n = Number(firstDraft); ; n += 1) {
  const key = `env/asset/source/${n}`;
  const draft = objects.openDraft(key, `draft${n}`);
  if ((await objects.head(key)) === null) {
    for (let piece = 0; piece < PIECES; piece += 1) {
      const { contiguousBytes } = await draft.received();
      const start = piece * PIECE_BYTES;
      if (contiguousBytes >= start + PIECE_BYTES) continue;
      await draft.write(start, Readable.from([Buffer.alloc(PIECE_BYTES, n % 251)]));
      writeSync(1, `${n} ${start + PIECE_BYTES}\n`);
    }
    await draft.finish({ sizeBytes: PIECES * PIECE_BYTES });
  }
  writeSync(1, `${n} done\n`);
}
