import { z } from "zod";

/** Numbers that ffprobe writes as text; `N/A` and what is no number is absent. */
const numeric = z
  .union([z.string(), z.number()])
  .optional()
  .transform((value) => (value === undefined || !Number.isFinite(Number(value)) ? undefined : Number(value)));

/** One stream of `ffprobe -show_streams -of json`. Only what is used; all of it is optional, since containers differ. */
const ProbeStream = z.object({
  index: z.number().int(),
  id: z.string().optional(),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  profile: z.union([z.string(), z.number()]).optional(),
  level: z.number().optional(),
  pix_fmt: z.string().optional(),
  width: z.number().int().optional(),
  height: z.number().int().optional(),
  sample_aspect_ratio: z.string().optional(),
  field_order: z.string().optional(),
  has_b_frames: z.number().optional(),
  color_transfer: z.string().optional(),
  color_space: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  r_frame_rate: z.string().optional(),
  sample_rate: numeric,
  channels: z.number().int().optional(),
  duration: numeric,
  start_time: numeric,
  bit_rate: numeric,
  nb_frames: numeric,
  disposition: z.record(z.string(), z.number()).default({}),
  tags: z.record(z.string(), z.string()).default({}),
  side_data_list: z.array(z.looseObject({ rotation: numeric })).default([]),
});

export const ProbeResult = z.object({
  streams: z.array(ProbeStream).default([]),
  format: z.object({ format_name: z.string().optional(), duration: numeric, start_time: numeric, bit_rate: numeric }),
});

export type ProbeStream = z.infer<typeof ProbeStream>;
export type ProbeResult = z.infer<typeof ProbeResult>;
