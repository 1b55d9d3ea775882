import { type ObjectDraft, ObjectMismatchError, type ReceivedBytes } from "../../platform/objects/objects.ts";

/**
 * Says how long the file is, for good: so a total that cannot be, since another was said or more came, is refused before it is
 * remembered, with {@link ObjectMismatchError}.
 */
export async function announceTotal(draft: ObjectDraft, sizeBytes: number, known?: ReceivedBytes): Promise<void> {
  const { sizeBytes: announced, ranges } = known ?? (await draft.received());
  if (announced === sizeBytes) return;
  const cameTo = ranges.at(-1)?.end ?? 0;
  if (cameTo > sizeBytes) throw new ObjectMismatchError(`bytes up to ${cameTo} came, of ${sizeBytes}`);
  await draft.announce(sizeBytes);
}
