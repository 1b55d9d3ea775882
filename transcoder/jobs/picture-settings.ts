import { z } from "zod";
import type { OverlayInput } from "../../domain/asset/overlay-input.ts";
import { overlaysOf } from "../../domain/asset/settings-wire.ts";
import type { AssetRef } from "../../domain/media/object-keys.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";

/** What a customer wants of an asset's pictures beside their quality. */
export interface PictureSettings {
  overlays: readonly OverlayInput[];
  isTest: boolean;
}

const text = z.string().optional();

/** As `server/video/v1/settings-body.ts` let them in. */
const Inputs = z.array(
  z.object({
    url: text,
    type: text,
    overlay_settings: z
      .object({
        ...{ vertical_align: text, vertical_margin: text, horizontal_align: text, horizontal_margin: text },
        ...{ width: text, height: text, opacity: text },
      })
      .optional(),
  }),
);

export async function pictureSettings(db: Postgres, { environment, assetId }: AssetRef): Promise<PictureSettings> {
  const row = await db
    .selectFrom("transcoder_picture_settings")
    .select(["inputs", "is_test"])
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .executeTakeFirstOrThrow();
  return { overlays: overlaysOf(Inputs.parse(row.inputs)), isTest: row.is_test };
}
