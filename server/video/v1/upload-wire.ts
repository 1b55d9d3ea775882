import { z } from "zod";
import type { UploadRow } from "../uploads.ts";
import { SettingsBody } from "./settings-body.ts";

/** An upload as the API gives it (reference video-api.md §4). */
export const UploadWire = z.object({
  id: z.string(),
  url: z.string().optional().describe("Where to send the bytes, while it waits for them"),
  status: z.enum(["waiting", "asset_created", "errored", "cancelled", "timed_out"]),
  timeout: z.number().describe("Seconds that the URL is valid"),
  cors_origin: z.string(),
  new_asset_settings: SettingsBody,
  asset_id: z.string().optional(),
  error: z.object({ type: z.string(), message: z.string() }).optional(),
  test: z.boolean().optional(),
});

export function uploadToWire(upload: UploadRow, publicApiUrl: string): z.output<typeof UploadWire> {
  return UploadWire.parse({
    id: upload.id,
    status: upload.status,
    timeout: upload.timeout_seconds,
    cors_origin: upload.cors_origin,
    new_asset_settings: upload.new_asset_settings,
    ...(upload.status === "waiting" ? { url: uploadUrl(upload.url_token, publicApiUrl) } : {}),
    ...(upload.status === "asset_created" ? { asset_id: upload.asset_id } : {}),
    ...(upload.error === null ? {} : { error: upload.error }),
    ...(upload.is_test ? { test: true } : {}),
  });
}

function uploadUrl(urlToken: string, publicApiUrl: string): string {
  return `${publicApiUrl}/uploads/${urlToken}`;
}
