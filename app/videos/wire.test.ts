import { describe, expect, it } from "vitest";
import { AssetAnswer, AssetPageAnswer, UploadAnswer } from "./wire.ts";

const PREPARING = { id: "Ab01", status: "preparing", created_at: "1767225600" };

describe("AssetAnswer", () => {
  it("reads the least an asset has", () => {
    expect(AssetAnswer.parse({ data: PREPARING })).toMatchObject({
      createdAtMs: 1_767_225_600_000,
      title: null,
      convertedRatio: null,
      playbackIds: [],
      errors: [],
    });
  });

  it("tells converting, with its share, from everything else that takes a moment", () => {
    const data = { ...PREPARING, progress: { state: "transcoding", progress: 23.02 } };
    expect(AssetAnswer.parse({ data }).convertedRatio).toBeCloseTo(0.2302);
    expect(AssetAnswer.parse({ data: { ...PREPARING, progress: { state: "ingesting", progress: 0 } } })).toMatchObject({
      convertedRatio: null,
    });
  });

  it("knows no frame rate where the wire says -1, and no title where it is empty", () => {
    const data = { ...PREPARING, max_stored_frame_rate: -1, meta: { title: "" } };
    expect(AssetAnswer.parse({ data })).toMatchObject({ frameRate: null, title: null });
  });
});

describe("AssetPageAnswer", () => {
  it("ends where there is no cursor", () => {
    expect(AssetPageAnswer.parse({ data: [], next_cursor: "" }).nextCursor).toBeNull();
    expect(AssetPageAnswer.parse({ data: [] }).nextCursor).toBeNull();
    expect(AssetPageAnswer.parse({ data: [], next_cursor: "c1" }).nextCursor).toBe("c1");
  });
});

describe("UploadAnswer", () => {
  it("keeps what went wrong", () => {
    const data = { id: "u1", status: "errored", error: { type: "x", message: "too long" } };
    expect(UploadAnswer.parse({ data })).toEqual({
      id: "u1",
      status: "errored",
      url: null,
      assetId: null,
      error: "too long",
    });
  });
});
