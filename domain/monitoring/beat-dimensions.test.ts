import { expect, it } from "vitest";
import { recordOf } from "../view/record/record-of.ts";
import { NO_DEVICE } from "../view/testing/no-device.ts";
import { type Circumstances, type Moment, playView } from "../view/testing/play.ts";
import { traceView } from "../view/timeline.ts";
import { viewDimensions, viewerDevice } from "../view/viewer-facts.ts";
import { beatDimensions } from "./beat-dimensions.ts";

const ASSET = { assetId: "a1", title: "Tea", externalId: "tea-1" };
const PLAYED: Moment = ["playing", 400, { video_source_url: "https://stream.example.com/AbC123.m3u8" }];

const VIEWS: readonly [what: string, moments: Moment[], circumstances?: Circumstances][] = [
  ["told nothing", [["play", 0]]],
  ["told by the asset", [["play", 0], PLAYED], { asset: ASSET }],
  [
    "told by the player",
    [["play", 0, { video_title: "Own", video_id: "7", player_software: "X" }], PLAYED],
    { asset: ASSET },
  ],
  [
    "with an ad",
    [
      ["play", 0],
      ["adbreakstart", 10],
      ["adplay", 20],
    ],
  ],
  [
    "whose client says that it has ads",
    [["play", 0, { view_has_ad: true, video_cdn: "a", video_stream_type: "live" }]],
  ],
];

it.each(VIEWS)("are those of the row, of a view %s", (_, moments, circumstances) => {
  const view = playView(moments, circumstances);
  const device = viewerDevice(view, NO_DEVICE);
  const row = recordOf({ view, timeline: traceView(view), device, dropped: false });
  const dimensions = beatDimensions(view, viewDimensions(view, device));
  expect(row).toMatchObject(dimensions);
});
