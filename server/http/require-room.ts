import { ApiError } from "../../domain/errors.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";

/** Something that an environment may have only so many of. */
export interface Capped {
  most: number;
  /** For people, such as signing keys. */
  noun: string;
}

/**
 * Refuses one more where an environment has all it may. Locks the environment's row until the transaction ends, so that those
 * who come at once are counted one after another.
 *
 * @param count how many there are now
 */
export async function requireRoom(
  transaction: PostgresTransaction,
  environmentId: string,
  { most, noun }: Capped,
  count: () => Promise<{ count: number }>,
): Promise<void> {
  await transaction
    .selectFrom("environments")
    .select("id")
    .where("id", "=", environmentId)
    .forNoKeyUpdate() // rows that refer to it may be written meanwhile
    .execute();
  if ((await count()).count >= most)
    throw new ApiError("limit_reached", [
      `This environment has ${most} ${noun}, and may have no more: delete some first`,
    ]);
}
