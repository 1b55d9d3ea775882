import { createHash } from "node:crypto";
import { ObjectDamagedError, type Objects } from "../../platform/objects/objects.ts";
import type { DeliveryMetrics } from "../delivery-metrics.ts";
import { unavailable } from "../playback-error.ts";

/** A whole object in memory, its hash checked. */
export interface VerifiedObject {
  bytes: Buffer;
  /** Lower-case hex. */
  sha256: string;
}

/**
 * Null when there is none. Rejects with `ObjectDamagedError` when length or hash are not those of the record, and with a
 * `PlaybackError` (503) when the store cannot be read.
 */
export async function readVerified(objects: Objects, key: string): Promise<VerifiedObject | null> {
  try {
    return await readChecked(objects, key);
  } catch (error) {
    if (error instanceof ObjectDamagedError) throw error;
    throw unavailable("The store cannot be read now", { cause: error });
  }
}

/** The same where whatever is damaged is made again over what is there: then it counts as missing, and is told of. */
export async function readIntact(
  objects: Objects,
  key: string,
  metrics: Pick<DeliveryMetrics, "damaged">,
): Promise<VerifiedObject | null> {
  try {
    return await readVerified(objects, key);
  } catch (error) {
    if (!(error instanceof ObjectDamagedError)) throw error;
    metrics.damaged(key, error);
    return null;
  }
}

async function readChecked(objects: Objects, key: string): Promise<VerifiedObject | null> {
  const found = await objects.read(key);
  if (found === null) return null;
  const hash = createHash("sha256");
  const chunks: Buffer[] = [];
  for await (const chunk of found.body) {
    hash.update(chunk);
    chunks.push(chunk);
  }
  const { sha256, sizeBytes } = found.info;
  const bytes = Buffer.concat(chunks);
  if (bytes.length !== sizeBytes) throw new ObjectDamagedError(`${key} gave ${bytes.length} bytes of ${sizeBytes}`);
  if (hash.digest("hex") !== sha256) throw new ObjectDamagedError(`${key} does not have the SHA-256 of its record`);
  return { bytes, sha256 };
}
