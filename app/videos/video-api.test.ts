import { describe, expect, it } from "vitest";
import { readAnswer } from "./video-api.ts";
import { AssetAnswer } from "./wire.ts";

const problem = (messages: unknown) => ({ error: { type: "invalid_parameters", messages } });

describe("readAnswer", () => {
  it("hands on the server's own sentences", async () => {
    const answer = Response.json(problem(["cors_origin is required"]), { status: 400 });
    expect(await readAnswer(answer, AssetAnswer)).toEqual({ kind: "refused", messages: ["cors_origin is required"] });
  });

  it("has a sentence where a proxy answered in the server's place", async () => {
    const answer = new Response("<html>", { status: 413 });
    expect(await readAnswer(answer, AssetAnswer)).toEqual({ kind: "refused", messages: ["The server answered 413."] });
  });

  it.each([
    [401, "signed_out"],
    [404, "not_found"],
    [503, "unavailable"],
  ])("takes %d for %s", async (status, kind) => {
    expect(await readAnswer(Response.json(problem(["x"]), { status }), AssetAnswer)).toEqual({ kind });
  });

  it("takes an unexpected shape for no answer", async () => {
    expect(await readAnswer(Response.json({ data: { id: 7 } }), AssetAnswer)).toEqual({ kind: "unavailable" });
  });

  it("needs no body of a deletion", async () => {
    expect(await readAnswer(new Response(null, { status: 204 }), null)).toEqual({ kind: "ok", value: null });
  });
});
