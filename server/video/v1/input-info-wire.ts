import { z } from "zod";
import type { InputFacts } from "../../../domain/asset/outcome.ts";

const InputTrackWire = z.object({
  type: z.string(),
  duration: z.number(),
  encoding: z.string(),
  width: z.number().optional(),
  height: z.number().optional(),
  frame_rate: z.number().optional(),
  channels: z.number().optional(),
  sample_rate: z.number().optional(),
});

export const InputInfoWire = z.object({
  settings: z
    .looseObject({})
    .describe("As they were given; of a clip, behind the first, also the overlays that it takes over"),
  file: z
    .object({ container_format: z.string(), tracks: z.array(InputTrackWire) })
    .optional()
    .describe("Known once the asset is ready"),
});

/** The inputs of an asset, the media first; one of an upload may have no settings. */
export function inputInfoToWire(settings: unknown, facts: InputFacts | null): z.output<typeof InputInfoWire>[] {
  const { inputs } = z.object({ inputs: z.array(z.looseObject({})).default([]) }).parse(settings);
  const file = facts === null ? {} : { file: fileToWire(facts) };
  const [first] = inputs;
  const hasMedia = first !== undefined && !isBesideMedia(first);
  const others = inputs.slice(hasMedia ? 1 : 0).map((settings) => ({ settings }));
  return [{ settings: hasMedia ? first : {}, ...file }, ...others];
}

function fileToWire({ containerFormat, tracks }: InputFacts) {
  return {
    container_format: containerFormat,
    tracks: tracks.map((track) => ({
      type: track.type,
      duration: track.durationSeconds,
      encoding: track.encoding,
      width: track.widthPx,
      height: track.heightPx,
      frame_rate: track.frameRate,
      channels: track.channels,
      sample_rate: track.sampleRate,
    })),
  };
}

/** Captions, further sounds and overlays: of an upload they may be all inputs. */
function isBesideMedia(input: Readonly<Record<string, unknown>>): boolean {
  return input["type"] === "text" || input["type"] === "audio" || input["overlay_settings"] !== undefined;
}
