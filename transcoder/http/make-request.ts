import { z } from "zod";
import { IMAGE_FORMATS, type Wanted } from "../../domain/media/transcoder-wire.ts";

const id = z.string().regex(/^[A-Za-z0-9]{1,64}$/);
const rendition = z.string().regex(/^[a-z0-9]{1,16}$/);
const ofAsset = { environment: id, assetId: id, planId: z.string().regex(/^[0-9a-f]{16}$/) };
const side = z.int().min(1).max(4_096).nullable();

/** Body of `POST /make`, as domain/media/transcoder-wire.ts documents it. */
export const MakeRequest: z.ZodType<Wanted> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("init"), ...ofAsset, rendition }),
  z.object({ kind: z.literal("segment"), ...ofAsset, rendition, segment: z.int().min(0) }),
  z.object({
    kind: z.literal("image"),
    ...ofAsset,
    format: z.enum(Object.keys(IMAGE_FORMATS) as (keyof typeof IMAGE_FORMATS)[]),
    timeSeconds: z.number().min(0),
    widthPx: side,
    heightPx: side,
  }),
]);
