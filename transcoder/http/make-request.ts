import { z } from "zod";
import { FIT_MODES, ROTATIONS } from "../../domain/media/image-shape.ts";
import { ANIMATION_FORMATS, IMAGE_FORMATS, type Wanted } from "../../domain/media/transcoder-wire.ts";

const id = z.string().regex(/^[A-Za-z0-9]{1,64}$/);
/** That of a sound which was added by URL holds its track's id. */
const rendition = z.string().regex(/^[A-Za-z0-9]{1,64}$/);
const ofAsset = { environment: id, assetId: id, planId: z.string().regex(/^[0-9a-f]{16}$/) };
const side = z.int().min(1).max(4_096).nullable();
const seconds = z.number().min(0);
const format = z.enum(namesOf(IMAGE_FORMATS));

/** Body of `POST /make`, as domain/media/transcoder-wire.ts documents it. */
export const MakeRequest: z.ZodType<Wanted> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("init"), ...ofAsset, rendition }),
  z.object({ kind: z.literal("segment"), ...ofAsset, rendition, segment: z.int().min(0) }),
  z.object({
    kind: z.literal("image"),
    ...ofAsset,
    format,
    timeSeconds: seconds,
    widthPx: side,
    heightPx: side,
    fitMode: z.enum(FIT_MODES),
    rotateDegrees: z.literal(ROTATIONS),
    flipH: z.boolean(),
    flipV: z.boolean(),
  }),
  z.object({
    kind: z.literal("animation"),
    ...ofAsset,
    format: z.enum(namesOf(ANIMATION_FORMATS)),
    startSeconds: seconds,
    endSeconds: seconds,
    widthPx: side,
    heightPx: side,
    fps: z.number().min(1).max(30),
  }),
  z.object({ kind: z.literal("storyboard"), ...ofAsset, format, startSeconds: seconds, endSeconds: seconds }),
]);

function namesOf<T extends object>(formats: T): (keyof T)[] {
  return Object.keys(formats) as (keyof T)[]; // written out in the module that it comes from
}
