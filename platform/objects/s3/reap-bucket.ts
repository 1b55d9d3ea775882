import { DRAFTS_PREFIX, draftPrefix, largePrefix, ownerOf } from "./bucket-keys.ts";
import { DraftStore } from "./draft-state.ts";
import { inParallel } from "./in-parallel.ts";
import type { ListedBytes, S3Bucket } from "./s3-bucket.ts";

/**
 * Removes drafts that were last touched before a time, uploads that were begun before it and have not ended, and bytes of
 * large objects, as old, that no record names. Gives how many. A store dates bytes when their upload began: who reaps waits
 * for longer than the longest upload may take.
 */
export async function reapBucket(bucket: S3Bucket, beforeMs: number): Promise<number> {
  const drafts = await staleDrafts(bucket, beforeMs);
  for (const draftId of drafts) await new DraftStore(bucket, draftPrefix(draftId)).remove();
  let reaped = drafts.length;
  for await (const { key, uploadId, initiatedMs } of bucket.listUploads(largePrefix(""))) {
    if (!(initiatedMs < beforeMs)) continue;
    await bucket.abortUpload(key, uploadId);
    reaped += 1;
  }
  for await (const page of bucket.list(largePrefix(""))) {
    const old = page.filter(({ modifiedMs }) => modifiedMs < beforeMs);
    const removed = await inParallel(old, (large) => removeUnnamed(bucket, large));
    reaped += removed.filter(Boolean).length;
  }
  return reaped;
}

async function staleDrafts(bucket: S3Bucket, beforeMs: number): Promise<string[]> {
  const touchedMs = new Map<string, number>();
  for await (const page of bucket.list(DRAFTS_PREFIX)) {
    for (const { key, modifiedMs } of page) {
      const draftId = key.slice(DRAFTS_PREFIX.length).split("/")[0] ?? "";
      touchedMs.set(draftId, Math.max(modifiedMs, touchedMs.get(draftId) ?? 0));
    }
  }
  return [...touchedMs].filter(([, ms]) => ms < beforeMs).map(([draftId]) => draftId);
}

async function removeUnnamed(bucket: S3Bucket, { key: place }: ListedBytes): Promise<boolean> {
  const owner = ownerOf(place);
  if (owner === null) return false;
  const record = await bucket.head(owner.key);
  if (record?.metadata["large"] === owner.id) return false;
  await bucket.delete(place);
  return true;
}
