import { describe, expect, it } from "vitest";
import { contentSecurityPolicy } from "./security-headers.ts";

const config = {
  socketOrigin: "https://socket.play.example",
  apiOrigin: "https://api.play.example",
  streamOrigin: "https://stream.play.example",
  imageOrigin: "https://image.play.example",
  collector: "beacon.play.example",
  dev: false,
};

function directive(name: string, change: Partial<typeof config> = {}): string | undefined {
  const policy = contentSecurityPolicy({ nonce: "n0nce", config: { ...config, ...change } });
  return policy.split("; ").find((one) => one.startsWith(`${name} `));
}

describe("contentSecurityPolicy", () => {
  it("lets pages reach our own hosts, each for its own purpose", () => {
    expect(directive("connect-src")).toBe(
      "connect-src 'self' https://socket.play.example wss://socket.play.example https://api.play.example https://stream.play.example https://beacon.play.example",
    );
    expect(directive("img-src")).toBe("img-src 'self' data: https://image.play.example");
    expect(directive("media-src")).toBe("media-src 'self' blob: https://stream.play.example");
    expect(directive("script-src")).toBe("script-src 'self' 'nonce-n0nce' 'strict-dynamic'");
  });

  it("sends beacons without TLS on localhost alone, as the SDK does", () => {
    expect(directive("connect-src", { collector: "localhost:3002" })).toMatch(/ http:\/\/localhost:3002$/);
    expect(directive("connect-src", { collector: "10.0.0.7:3002" })).toMatch(/ https:\/\/10\.0\.0\.7:3002$/);
  });
});
