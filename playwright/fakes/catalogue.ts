import { exampleAsset, type FakeAsset } from "./videos.ts";

const TITLES = [
  "Grand Final",
  "Grand Final: Tactical camera",
  "Interview: The Last Projectionist, or why nobody remembers the smell of nitrate film any more",
  "Morning News",
  "Semi-final Highlights",
  "Why Rivers Bend",
  "The Lighthouse Keeper",
  null,
  "Bread in Forty Minutes",
] as const;
const HOUR_MS = 3_600_000;

/** A library that holds something of every kind, newest first. */
export function everyKindOfVideo(nowMs: number): FakeAsset[] {
  const ready = TITLES.map((title, at) => ({
    ...exampleAsset(`asset${at}Qm4Xr8Tn2Vb6Ls0Kd9Fh3Jw5Pz7Yc1Gx`, title, nowMs - (at * at * 5 + 0.6) * HOUR_MS),
    durationSeconds: [5_412, 24, 312.4, 1_801, 754, 96, 42][at % 7] ?? 24,
    resolutionTier: ["1080p", "1080p", "720p", "2160p"][at % 4] ?? "720p",
  }));
  const forever = nowMs + 1_000 * HOUR_MS;
  const broken = "This file is no video or audio that can be read. Send MP4, MOV, WebM or the like.";
  return [
    { ...exampleAsset("preparing1", "Press conference", nowMs - 4_000), readyAtMs: forever },
    { ...exampleAsset("converting1", "Archive tape 17", nowMs - 150_000), readyAtMs: forever, converted: 23.02 },
    { ...exampleAsset("broken1", "Invoice 2026-03", nowMs - 240_000), error: broken },
    {
      ...exampleAsset("signed1", "Members only: Backstage", nowMs - 1_900_000),
      playbackIds: [{ id: "signedPlay1", policy: "signed" }],
    },
    {
      ...exampleAsset("sound1", "Radio hour", nowMs - 2_000_000),
      resolutionTier: "audio-only",
      durationSeconds: 3_599,
    },
    ...ready,
  ];
}
