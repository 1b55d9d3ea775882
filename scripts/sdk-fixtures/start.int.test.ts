import Mux from "@mux/mux-node";
import { expect, it } from "vitest";
import { startSdkFixtures } from "./start.ts";

it("answers one write after another, of whatever an environment may have only once or so many times", async () => {
  const fixtures = await startSdkFixtures(0);
  try {
    const options = { tokenId: "my token id", tokenSecret: "my secret", maxRetries: 0 };
    const { video, system } = new Mux({ ...options, baseURL: fixtures.origin });
    for (let n = 0; n < 2; n += 1) {
      expect((await system.signingKeys.create()).id).toBeTruthy();
      expect((await video.assets.retrieve("ASSET_ID")).status).toBe("ready");
    }
  } finally {
    await fixtures.stop();
  }
});
