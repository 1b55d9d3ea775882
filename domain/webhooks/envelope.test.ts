import { describe, expect, it } from "vitest";
import { MAX_ATTEMPTS } from "./back-off.ts";
import { type Attempt, envelopeOf, type WebhookEvent } from "./envelope.ts";

const EVENT: WebhookEvent = {
  id: "3a56ac3d-33da-4366-855b-f592d898409d",
  type: "video.asset.ready",
  createdAt: new Date("2026-11-23T10:00:00.250Z"),
  object: { type: "asset", id: "asset1" },
  environment: { id: "abc123", name: "Production" },
  data: { id: "asset1", status: "ready" },
};
const REFUSED: Attempt = {
  id: "f1a0b9ad-9d3c-4a5c-8a0e-0b8a2a3f0001",
  address: "https://example.com/hook",
  webhookNumber: 7,
  createdAt: new Date("2026-11-23T10:00:00.500Z"),
  statusCode: 500,
  headers: { "content-type": "text/plain" },
  body: "not now",
};

describe("envelopeOf", () => {
  it("tells what happened to what, with the whole resource", () => {
    expect(envelopeOf(EVENT, [])).toEqual({
      type: "video.asset.ready",
      id: EVENT.id,
      created_at: "2026-11-23T10:00:00.250Z",
      object: { type: "asset", id: "asset1" },
      environment: { id: "abc123", name: "Production" },
      data: { id: "asset1", status: "ready" },
      attempts: [],
    });
  });

  it("tells the attempts before, also those that nobody answered", () => {
    const silent: Attempt = { ...REFUSED, statusCode: null, headers: {}, body: null };
    expect(envelopeOf(EVENT, [REFUSED, silent]).attempts).toEqual([
      {
        id: REFUSED.id,
        webhook_id: 7,
        address: "https://example.com/hook",
        created_at: "2026-11-23T10:00:00.500Z",
        max_attempts: MAX_ATTEMPTS,
        response_status_code: 500,
        response_headers: { "content-type": "text/plain" },
        response_body: "not now",
      },
      {
        id: REFUSED.id,
        webhook_id: 7,
        address: "https://example.com/hook",
        created_at: "2026-11-23T10:00:00.500Z",
        max_attempts: MAX_ATTEMPTS,
        response_headers: {},
        response_body: null,
      },
    ]);
  });
});
