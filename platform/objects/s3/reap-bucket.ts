import { DRAFTS_PREFIX, draftPrefix, largePrefix, ownerOf } from "./bucket-keys.ts";
import { DraftStore } from "./draft-state.ts";
import { inParallel } from "./in-parallel.ts";
import type { ListedBytes, S3Bucket } from "./s3-bucket.ts";

/**
 * Removes drafts that were last touched before a time, uploads that were begun before it and have not ended, and bytes of
 * large objects, as old, that no record names; what belongs to another draft stays, however long ago that was begun. Gives how many.
 */
export async function reapBucket(bucket: S3Bucket, beforeMs: number): Promise<number> {
  const { reaped: drafts, spared } = await reapDrafts(bucket, beforeMs);
  let reaped = drafts;
  for await (const { key, uploadId, initiatedMs } of bucket.listUploads(largePrefix(""))) {
    if (!(initiatedMs < beforeMs) || spared.has(key)) continue;
    await bucket.abortUpload(key, uploadId);
    reaped += 1;
  }
  // A store dates bytes when their upload began.
  for await (const page of bucket.list(largePrefix(""))) {
    const old = page.filter(({ key, modifiedMs }) => modifiedMs < beforeMs && !spared.has(key));
    const removed = await inParallel(old, (large) => removeUnnamed(bucket, large));
    reaped += removed.filter(Boolean).length;
  }
  return reaped;
}

/** The places of those that stay are spared. */
async function reapDrafts(bucket: S3Bucket, beforeMs: number): Promise<{ reaped: number; spared: Set<string> }> {
  const draftIds = new Set<string>();
  for await (const page of bucket.list(DRAFTS_PREFIX))
    for (const { key } of page) draftIds.add(key.slice(DRAFTS_PREFIX.length).split("/")[0] ?? "");
  const spared = new Set<string>();
  let reaped = 0;
  for (const draftId of draftIds) {
    const draft = new DraftStore(bucket, draftPrefix(draftId));
    const { places, modifiedMs } = await draft.touched();
    if (modifiedMs < beforeMs) {
      await draft.remove();
      reaped += 1;
    } else for (const place of places) spared.add(place);
  }
  return { reaped, spared };
}

async function removeUnnamed(bucket: S3Bucket, { key: place }: ListedBytes): Promise<boolean> {
  const owner = ownerOf(place);
  if (owner === null) return false;
  const record = await bucket.head(owner.key);
  if (record?.metadata["large"] === owner.id) return false;
  await bucket.delete(place);
  return true;
}
