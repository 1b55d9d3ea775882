import { expect, it } from "vitest";
import { USAGE_HEADER, type UsageLine, usageLine } from "./usage-file.ts";

const LINE: UsageLine = {
  ...{ date: "2026-11-22", environment_id: "abc123", asset_id: "film", asset_state: "ready", asset_duration: 40.04 },
  ...{ asset_resolution_tier: "1080p", asset_video_quality: "basic", created_at: "1795000000", deleted_at: null },
  ...{ passthrough: 'One, "two"', external_id: null, creator_id: "ada", delivered_seconds: 12.5 },
  ...{ tier_audio_only: 0, tier_720p: 4.5, tier_1080p: 8, tier_1440p: 0, tier_2160p: 0 },
};

it("has every field of a line as a column, in order, and empty cells for what there is not", () => {
  expect(USAGE_HEADER).toBe(`${Object.keys(LINE).join(",")}\r\n`);
  expect(usageLine(LINE)).toBe(
    '2026-11-22,abc123,film,ready,40.04,1080p,basic,1795000000,,"One, ""two""",,ada,12.5,0,4.5,8,0,0\r\n',
  );
});
