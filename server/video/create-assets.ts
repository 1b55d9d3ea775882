import type { AssetSettings } from "../../domain/asset/settings-wire.ts";
import { ApiError } from "../../domain/errors.ts";
import { attempt, type PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import type { AssetRecord } from "./assets.ts";
import { createAsset } from "./create-asset.ts";

/** What became of one of many: the asset, or why there is none. */
export type CreatedOrNot = { asset: AssetRecord } | { refusal: ApiError };

/**
 * Creates assets one after another, each as if alone: what one is refused for leaves nothing of it, and the others as they are.
 *
 * @param settings of each, or why they are refused already
 */
export async function createAssets(
  transaction: PostgresTransaction,
  services: Pick<Services, "newId" | "now">,
  environmentId: string,
  settings: readonly (AssetSettings | ApiError)[],
): Promise<CreatedOrNot[]> {
  const made: CreatedOrNot[] = [];
  for (const one of settings) made.push(await createOne(transaction, services, environmentId, one));
  return made;
}

async function createOne(
  transaction: PostgresTransaction,
  services: Pick<Services, "newId" | "now">,
  environmentId: string,
  settings: AssetSettings | ApiError,
): Promise<CreatedOrNot> {
  if (settings instanceof ApiError) return { refusal: settings };
  const asset = { environmentId, id: services.newId(), settings, uploadId: null };
  try {
    return { asset: await attempt(transaction, () => createAsset(transaction, services, asset)) };
  } catch (error) {
    if (error instanceof ApiError) return { refusal: error };
    throw error;
  }
}
