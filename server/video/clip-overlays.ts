import { z } from "zod";
import { isOverlay, MAX_OVERLAYS } from "../../domain/asset/overlay-input.ts";
import {
  type AssetSettings,
  type InputWire,
  NO_MASTER_OF_TESTS,
  overlaysOf,
} from "../../domain/asset/settings-wire.ts";
import { ApiError } from "../../domain/errors.ts";
import type { AssetRecord } from "./assets.ts";

/** What is read of the inputs of a stored asset: whether they are overlays, and how these lie. */
const Kept = z.object({
  inputs: z
    .array(
      z.looseObject({
        url: z.string().optional(),
        type: z.string().optional(),
        overlay_settings: z.record(z.string(), z.string()).optional(),
      }),
    )
    .default([]),
});

/**
 * The settings of a clip with what it takes over of its source: the images that are burnt into it, unless `copy_overlays` is false,
 * behind the first input, so that the clip's own lie above them; and whether it is a test. 400 where there are too many, and where a
 * master is asked for of a test.
 */
export function withSourcesPictures(
  settings: AssetSettings,
  { settings: ofSource, is_test }: Pick<AssetRecord, "settings" | "is_test">,
): AssetSettings {
  const isTest = settings.isTest || is_test;
  if (isTest && settings.masterAccess !== "none")
    throw new ApiError("invalid_parameters", [`master_access: ${NO_MASTER_OF_TESTS}`]);
  const { kept } = settings;
  const copied = kept["copy_overlays"] === false ? [] : overlayInputs(ofSource);
  if (copied.length === 0) return { ...settings, isTest };
  const [clip, ...own] = kept.inputs;
  const inputs = [...(clip === undefined ? [] : [clip]), ...copied, ...own];
  const overlays = overlaysOf(inputs);
  if (overlays.length > MAX_OVERLAYS)
    throw new ApiError("invalid_parameters", [
      `inputs: with the ${copied.length} overlays that the clip takes over there are more than ${MAX_OVERLAYS}; copy_overlays: false leaves them out`,
    ]);
  return { ...settings, isTest, overlays, kept: { ...kept, inputs } };
}

function overlayInputs(settings: unknown): InputWire[] {
  return Kept.parse(settings).inputs.filter(isOverlay);
}
