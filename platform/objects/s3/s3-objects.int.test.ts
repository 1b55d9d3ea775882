import { objectsContract } from "../contract.ts";
import { startS3World } from "../testing/s3-world.ts";

const KIBIBYTE = 1_024;
const MIN_PART_BYTES = 5_120 * KIBIBYTE;

/** With small parts all of the suite's larger objects are large ones, over many pages of parts and keys. */
for (const partBytes of [8_192 * KIBIBYTE, 4 * KIBIBYTE]) {
  objectsContract(`S3 with parts of ${partBytes / KIBIBYTE} KiB`, async () => {
    const minPartBytes = Math.min(partBytes, MIN_PART_BYTES);
    const world = await startS3World({ minPartBytes, pageSize: 7, partBytes });
    return { open: world.open, dispose: world.close };
  });
}
