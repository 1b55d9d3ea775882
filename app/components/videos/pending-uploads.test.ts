import { expect, it } from "vitest";
import type { Upload, UploadState } from "../../videos/upload-state.ts";
import { AssetWire } from "../../videos/wire.ts";
import { pendingUploads } from "./pending-uploads.ts";

const upload = (state: UploadState): Upload => ({ key: 1, title: "Film", sizeBytes: 9, state });
const assets = [AssetWire.parse({ id: "shown", status: "ready", created_at: "1" })];
const count = (state: UploadState, askedMs: number) => pendingUploads([upload(state)], assets, askedMs).length;

it("keeps an upload until the list shows its video, or would have shown it", () => {
  expect(count({ kind: "arrived" }, 900)).toBe(1);
  expect(count({ kind: "failed", messages: [] }, 900)).toBe(1);
  expect(count({ kind: "created", assetId: "shown", atMs: 500 }, 100)).toBe(0);
  expect(count({ kind: "created", assetId: "deleted", atMs: 500 }, 499)).toBe(1);
  expect(count({ kind: "created", assetId: "deleted", atMs: 500 }, 501)).toBe(0);
});
