import { expect, it } from "vitest";
import { operationId } from "./operation-id.ts";

it.each([
  ["get", "/video/v1/assets", true, "listVideoAssets"],
  ["post", "/video/v1/assets", false, "createVideoAsset"],
  ["get", "/video/v1/assets/{asset_id}", false, "getVideoAsset"],
  ["delete", "/video/v1/assets/{asset_id}/playback-ids/{playback_id}", false, "deleteVideoAssetPlaybackId"],
  ["post", "/video/v1/assets/{asset_id}/playback-ids", false, "createVideoAssetPlaybackId"],
  ["put", "/video/v1/uploads/{upload_id}/cancel", false, "putVideoUploadCancel"],
  ["get", "/data/v1/metrics/{metric_id}/timeseries", true, "listDataMetricTimeseries"],
  ["get", "/data/v1/metrics/comparison", true, "listDataMetricsComparison"],
  ["post", "/data/v1/query", false, "runDataQuery"],
  ["get", "/system/v1/whoami", false, "getSystemWhoami"],
])("%s %s is an operation with a name", (method, path, isList, name) => {
  expect(operationId(method, path, isList)).toBe(name);
});
