import { createHmac } from "node:crypto";
import { Mux } from "@mux/mux-node";
import fc from "fast-check";
import { parse, type types } from "hls-parser";
import Mux9 from "mux-node-9";
import Mux12 from "mux-node-12";
import Mux14 from "mux-node-14";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { createEnvironment, publish, publishText } from "../testing/publish.ts";
import { errorOf } from "../testing/read-back.ts";
import { createRestriction, createTestKey, signToken, type TestKey } from "../testing/signing.ts";
import { type Asking, type Got, openWorld, type World } from "../testing/world.ts";

let engine: TestPostgres;
let world: World;
let key: TestKey;
let id: string;
beforeAll(async () => {
  engine = await startTestPostgres();
});
afterAll(() => engine.stop());
beforeEach(async () => {
  world = await openWorld(await engine.createTestDatabase());
  key = await createTestKey(world.postgres);
  await world.start();
  world.makeAll();
  id = (await publish(world, { policy: "signed", title: "A film" })).playbackId;
});
afterEach(() => world.close());

interface Signed {
  type: "video" | "thumbnail";
  params: Record<string, string>;
}
const as = ({ id: jwtSigningKey, privateKey: jwtPrivateKey }: TestKey) => {
  return { tokenId: "a", tokenSecret: "b", jwtSigningKey, jwtPrivateKey };
};
/** Each asked by its own types, which are overloaded: together they could not be called. */
const SIGNERS = {
  15: (by: TestKey, playbackId: string, wanted: Signed) => new Mux(as(by)).jwt.signPlaybackId(playbackId, wanted),
  14: (by: TestKey, playbackId: string, wanted: Signed) => new Mux14(as(by)).jwt.signPlaybackId(playbackId, wanted),
  12: (by: TestKey, playbackId: string, wanted: Signed) => new Mux12(as(by)).jwt.signPlaybackId(playbackId, wanted),
  9: (by: TestKey, playbackId: string, wanted: Signed) => new Mux9(as(by)).jwt.signPlaybackId(playbackId, wanted),
};

const inSeconds = (seconds: number): number => Math.floor(world.nowMs() / 1_000) + seconds;
const claims = (change: object = {}) => ({ sub: id, aud: "v", exp: inSeconds(600), ...change });
const playlist = (token: string, asking?: Asking): Promise<Got> => world.get(`/${id}.m3u8?token=${token}`, asking);
const refusal = async (path: string, asking?: Asking) => {
  const got = await world.get(path, asking);
  return [got.status, errorOf(got).message];
};

/** Paths of everything that a multivariant playlist leads to, by kind. */
async function childrenOf(
  multivariant: Got,
  asking?: Asking,
): Promise<{ playlist: string; init: string; segments: string[] }> {
  const base = new URL(`http://localhost/${id}.m3u8`);
  const path = (uri: string, from: URL): URL => new URL(uri, from);
  const { variants } = parse(multivariant.body.toString()) as types.MasterPlaylist;
  const child = path(variants[0]?.uri ?? "", base);
  const got = await world.get(child.pathname + child.search, asking);
  expect(got.status).toBe(200);
  const { segments } = parse(got.body.toString()) as types.MediaPlaylist;
  const inner = (uri: string): string => path(uri, child).pathname + path(uri, child).search;
  return {
    playlist: child.pathname + child.search,
    init: inner(segments[0]?.map?.uri ?? ""),
    segments: segments.map(({ uri }) => inner(uri)),
  };
}

describe("a signed playback id", () => {
  it("plays from its playlist to the last segment, whose URLs need no token", async () => {
    const multivariant = await playlist(key.sign(claims()));
    expect([multivariant.status, multivariant.headers["cache-control"]]).toEqual([200, "private, max-age=60"]);
    const children = await childrenOf(multivariant);
    expect(children.segments).toHaveLength(4);
    for (const path of [children.init, ...children.segments]) {
      const got = await world.get(path);
      expect([path, got.status]).toEqual([path, 200]);
      expect(got.headers["cache-control"]).toMatch(/^public, max-age=(59\d|6\d\d), immutable$/); // as long as the grant lives
    }
    const data = (parse(multivariant.body.toString()) as types.MasterPlaylist).sessionDataList[0]?.uri;
    expect((await world.get(`/${data}`)).body.toString()).toContain("A film");
  });

  it.each(Object.entries(SIGNERS))("takes what @mux/mux-node %s signs, parameters as texts", async (_, sign) => {
    const params = { max_resolution: "720p", rendition_order: "desc" };
    const limited = await playlist(await sign(key, id, { type: "video", params }));
    const { variants } = parse(limited.body.toString()) as types.MasterPlaylist;
    const played = variants.filter(({ isIFrameOnly }) => !isIFrameOnly);
    expect(played.map(({ resolution }) => resolution?.height)).toEqual([720, 360]);
    const thumbnail = await sign(key, id, { type: "thumbnail", params: { time: "3", width: "16" } });
    expect((await world.get(`/${id}/thumbnail.webp?token=${thumbnail}`)).status).toBe(200);
    expect(world.transcoder.asked.at(-1)).toMatchObject({ kind: "image", timeSeconds: 3, widthPx: 16 });
  });

  it("takes TOKEN, kid in the header, parameters as numbers", async () => {
    const { kid, ...rest } = { kid: key.id, ...claims() };
    const inHeader = signToken(key.privateKey, rest, { alg: "RS256", kid });
    expect((await world.get(`/${id}.m3u8?TOKEN=${inHeader}`)).status).toBe(200);
    await world.get(`/${id}/thumbnail.webp?token=${key.sign(claims({ aud: "t", time: 4.5 }))}`);
    expect(world.transcoder.asked.at(-1)).toMatchObject({ kind: "image", timeSeconds: 4.5 });
  });

  it("opens pictures by tokens of their own, and a storyboard's image by the token of its times", async () => {
    for (const [aud, name] of [
      ["t", "thumbnail.jpg"],
      ["g", "animated.gif"],
      ["s", "storyboard.png"],
      ["s", "storyboard.vtt"],
      ["s", "storyboard.json"],
    ]) {
      expect([name, (await world.get(`/${id}/${name}?token=${key.sign(claims({ aud }))}`)).status]).toEqual([
        name,
        200,
      ]);
      expect([name, (await world.get(`/${id}/${name}?token=${key.sign(claims())}`)).status]).toEqual([name, 403]);
    }
    const token = key.sign(claims({ aud: "s" }));
    const times = await world.get(`/${id}/storyboard.vtt?token=${token}&format=webp`); // as the reference's player asks
    const image = new URL(/^http\S+/m.exec(times.body.toString())?.[0] ?? "");
    expect(image.pathname).toBe(`/${id}/storyboard.webp`);
    expect((await world.get(image.pathname + image.search)).status).toBe(200);
  });

  it("opens all that a player asks for by one token for a list of them", async () => {
    const token = key.sign(claims({ aud: ["v", "t", "s"] }));
    const children = await childrenOf(await playlist(token));
    expect((await world.get(children.segments[0] ?? "")).status).toBe(200);
    const times = await world.get(`/${id}/storyboard.vtt?token=${token}`);
    const image = new URL(/^http\S+/m.exec(times.body.toString())?.[0] ?? "");
    for (const path of [`/${id}/thumbnail.webp?token=${token}`, image.pathname + image.search])
      expect([path, (await world.get(path)).status]).toEqual([path, 200]);
    expect(await refusal(`/${id}/animated.gif?token=${token}`)).toEqual([403, expect.stringContaining("must be g")]);
  });

  it("refuses every other parameter beside the token but CMCD and vsid, and a second token", async () => {
    const token = key.sign(claims());
    for (const session of ["CMCD=sid%3D%22a%22", "vsid=aaaaaaaaaaaaaaaa"])
      expect([session, (await world.get(`/${id}.m3u8?token=${token}&${session}`)).status]).toEqual([session, 200]);
    for (const more of ["max_resolution=720p", "time=", `token=${token}`, `TOKEN=${token}`]) {
      const [status, message] = await refusal(`/${id}.m3u8?token=${token}&${more}`);
      expect([more, status, message]).toEqual([more, 400, expect.stringContaining("takes its token alone")]);
    }
    expect(await refusal(`/${id}.m3u8?max_resolution=720p`)).toEqual([
      403,
      expect.stringContaining("token is missing"),
    ]);
    expect((await playlist(key.sign(claims({ max_resolution: "4k" })))).status).toBe(400);
  });

  it("refuses tokens in the order in which players explain them", async () => {
    const wrong = { sub: "other", aud: "t", exp: inSeconds(0) };
    const message = async (change: object) =>
      (await refusal(`/${id}.m3u8?token=${key.sign(claims(change))}`)).join(" ");
    expect(await message(wrong)).toMatch(/^403 .*expired/);
    expect(await message({ ...wrong, exp: inSeconds(60) })).toMatch(/^403 .*another playback id/);
    expect(await message({ aud: undefined })).toMatch(/^403 .*no aud/);
    expect(await message({ aud: "t" })).toMatch(/^403 .*must be v/);
    const playback = key.sign(claims());
    expect(await refusal(`/${id}/thumbnail.jpg?token=${playback}`)).toEqual([
      403,
      expect.stringContaining("must be t"),
    ]);
    const preparing = await publish(world, { policy: "signed", status: "preparing" });
    const early = key.sign(claims({ sub: preparing.playbackId }));
    expect((await world.get(`/${preparing.playbackId}.m3u8?token=${early}`)).status).toBe(412);
    expect((await world.get(`/${preparing.playbackId}.m3u8?token=${key.sign(claims())}`)).status).toBe(403);
  });
});

describe("attacks on tokens", () => {
  it("find no way in: other algorithms, keys, environments, changed texts", async () => {
    await createEnvironment(world.postgres, "zyx987");
    const foreign = await createTestKey(world.postgres, "zyx987");
    const stranger = await createTestKey(world.postgres, "zyx987", true);
    const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const named = { kid: key.id, ...claims() };
    const hmac = `${encoded({ alg: "HS256" })}.${encoded(named)}`;
    const tokens = {
      none: `${encoded({ alg: "none" })}.${encoded(named)}.`,
      "HS256 with the public key": `${hmac}.${createHmac("sha256", key.publicKey).update(hmac).digest("base64url")}`,
      "a key of another environment": foreign.sign(claims()),
      "the same, named in the header": signToken(foreign.privateKey, claims(), { alg: "RS256", kid: foreign.id }),
      "another key under our kid": signToken(stranger.privateKey, named, { alg: "RS256" }),
      "the begin of our kid": key.sign(claims({ kid: key.id.slice(0, 12) })),
      "a wildcard as kid": key.sign(claims({ kid: "%" })),
      "no kid": key.sign(claims({ kid: undefined })),
      "kid of a strange type": key.sign(claims({ kid: { a: 1 } })),
      "a list as aud that has not v": key.sign(claims({ aud: ["t", "s"] })),
      "a list in a list": key.sign(claims({ aud: [["v"]] })),
      "a restriction of a strange type": key.sign(claims({ playback_restriction_id: 7 })),
      nothing: "",
    };
    for (const [name, token] of Object.entries(tokens))
      expect([name, (await playlist(token)).status]).toEqual([name, 403]);
  });

  it("find no way in by changing one character", async () => {
    const token = key.sign(claims());
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: token.length - 2 }), fc.constantFrom(..."AZaz09-_."), async (at, letter) => {
        const changed = token.slice(0, at) + letter + token.slice(at + 1);
        if (changed !== token) expect((await playlist(changed)).status).toBe(403);
      }),
      { numRuns: 60 },
    );
  });
});

describe("grants", () => {
  it("are of one playback id, and end with their token", async () => {
    const children = await childrenOf(await playlist(key.sign(claims())));
    const other = await publish(world, { policy: "signed" });
    const open = await publish(world);
    const [segment = ""] = children.segments;
    for (const path of [
      segment.replace(id, other.playbackId),
      segment.replace(id, open.playbackId),
      segment.replace(/\/s\/[^/]+\//, "/s/-/"),
      segment.replace(/\/s\/[^/]+\//, "/s/a.b/"),
    ]) {
      expect([path, (await world.get(path)).status]).toEqual([path, 403]);
    }
    world.advance(590_000);
    expect((await world.get(segment)).status).toBe(200);
    world.advance(70_000); // a grant lives up to a minute longer than its token
    for (const path of [segment, children.init, children.playlist]) {
      expect(await refusal(path)).toEqual([403, expect.stringContaining("expired")]);
    }
  });

  it("end within 10 s with their key, their playback id, and with a restriction", async () => {
    const restriction = await createRestriction(world.postgres, { allowNoReferrer: true });
    const [free, bound] = await Promise.all(
      [{}, { playback_restriction_id: restriction }].map(async (more) => {
        const { segments } = await childrenOf(await playlist(key.sign(claims(more))));
        return segments[0] ?? "";
      }),
    );
    const deleted_at = new Date();
    await world.postgres
      .updateTable("playback_restrictions")
      .set({ deleted_at })
      .where("id", "=", restriction)
      .execute();
    world.advance(9_999);
    expect([(await world.get(free ?? "")).status, (await world.get(bound ?? "")).status]).toEqual([200, 403]);
    await world.postgres.updateTable("signing_keys").set({ deleted_at }).where("id", "=", key.id).execute();
    world.advance(9_999);
    expect(await refusal(free ?? "")).toEqual([403, expect.stringContaining("key")]);
    expect((await playlist(key.sign(claims()))).status).toBe(403);
    await world.postgres.updateTable("playback_ids").set({ deleted_at }).where("id", "=", id).execute();
    world.advance(9_999);
    expect((await world.get(free ?? "")).status).toBe(404);
  });

  it("outlive a change of the secret while both are believed", async () => {
    const { segments } = await childrenOf(await playlist(key.sign(claims())));
    await world.start({
      grantSecrets: ["another-secret-of-at-least-32-characters", "a-secret-of-at-least-32-characters"],
    });
    expect((await world.get(segments[0] ?? "")).status).toBe(200);
    await world.start({ grantSecrets: ["another-secret-of-at-least-32-characters"] });
    expect((await world.get(segments[0] ?? "")).status).toBe(403);
  });

  it("hold the part of the asset that the token names", async () => {
    const clip = { asset_start_time: 2.5, asset_end_time: "4" }; // in the second of 2.002, 2.002, 4.004 and 2.002 s
    const { segments, playlist: path } = await childrenOf(await playlist(key.sign(claims(clip))));
    expect(segments.map((segment) => /(\d)\.m4s/.exec(segment)?.[1])).toEqual(["1"]);
    expect(path).toContain("/720p.m3u8");
    expect((await world.get(segments[0] ?? "")).status).toBe(200);
    expect(await refusal((segments[0] ?? "").replace("1.m4s", "2.m4s"))).toEqual([
      403,
      expect.stringContaining("part"),
    ]);
    const file = await world.get(`/${id}/highest.mp4?token=${key.sign(claims(clip))}`);
    expect([file.status, file.body.toString()]).toEqual([403, expect.stringContaining("part")]);
    for (const wrong of [
      { asset_start_time: -1 },
      { asset_start_time: 5, asset_end_time: 5 },
      { asset_start_time: 11 },
    ]) {
      expect([wrong, (await playlist(key.sign(claims(wrong)))).status]).toEqual([wrong, 400]);
    }
  });
});

describe("grants of text tracks", () => {
  it("hold the part of the asset that the token names, in segments and in DASH's one file", async () => {
    const { playbackId, assetId } = await publish(world, { policy: "signed" });
    const text = { startMs: 3_000, endMs: 9_000, id: null, settings: "", text: "said" };
    const trackId = await publishText(world, assetId, { cues: [text] });
    const token = key.sign(claims({ sub: playbackId, asset_start_time: 2.5, asset_end_time: "4" })); // 2.002 to 4.004 s
    const manifest = (await world.get(`/${playbackId}.mpd?token=${token}`)).body.toString();
    const [, uri = ""] = /<BaseURL>([^<]+\.vtt)<\/BaseURL>/.exec(manifest) ?? [];
    const file = await world.get(`/${uri}`);
    // to where the segment's sound ends, 7 ms behind its picture
    expect(file.body.toString()).toBe("WEBVTT\n\n00:00:00.998 --> 00:00:02.009\nsaid\n");
    const folder = `/${uri.replace(/\.vtt$/, "")}`;
    expect(folder).toContain(trackId);
    const statuses = ["1", "2", "4"].map(async (segment) => (await world.get(`${folder}/${segment}.vtt`)).status);
    expect(await Promise.all(statuses)).toEqual([200, 403, 404]);
  });
});

describe("playback restrictions", () => {
  const page = (referer: string, more: Record<string, string> = {}): Asking => ({ headers: { referer, ...more } });

  it("hold for playlists and for every child, and only browsers keep what they let through", async () => {
    const allowedDomains = ["*.example.com"];
    const playback_restriction_id = await createRestriction(world.postgres, {
      allowedDomains,
      allowHighRiskUserAgent: false,
    });
    const good = page("https://www.example.com/watch", { "user-agent": "Mozilla/5.0" });
    const token = key.sign(claims({ playback_restriction_id }));
    const children = await childrenOf(await playlist(token, good), good);
    const paths = [`/${id}.m3u8?token=${token}`, children.playlist, children.init, ...children.segments];
    const thumbnail = key.sign(claims({ aud: "t", playback_restriction_id }));
    for (const path of [...paths, `/${id}/thumbnail.jpg?token=${thumbnail}`]) {
      const got = await world.get(path, good);
      expect([path, got.status, got.headers["cache-control"]]).toEqual([path, 200, expect.stringMatching(/^private/)]);
      const evil = await refusal(path, page("https://evil.org/"));
      expect(evil).toEqual([403, expect.stringContaining("domain")]);
      expect(await refusal(path)).toEqual([403, expect.stringContaining("Referer")]);
      const curl = page("https://www.example.com/", { "user-agent": "curl/8.5.0" });
      expect(await refusal(path, curl)).toEqual([403, expect.stringContaining("user agent")]);
    }
  });

  it("of another environment do not exist", async () => {
    await createEnvironment(world.postgres, "zyx987");
    const playback_restriction_id = await createRestriction(world.postgres, { allowNoReferrer: true }, "zyx987");
    expect((await playlist(key.sign(claims({ playback_restriction_id })))).status).toBe(403);
  });

  it("change within 10 s", async () => {
    const playback_restriction_id = await createRestriction(world.postgres, { allowedDomains: ["a.com"] });
    const [a, b] = [page("https://a.com/"), page("https://b.com/")];
    const token = key.sign(claims({ playback_restriction_id }));
    expect([(await playlist(token, a)).status, (await playlist(token, b)).status]).toEqual([200, 403]);
    await world.postgres
      .updateTable("playback_restrictions")
      .set({ allowed_domains: ["b.com"] })
      .execute();
    world.advance(9_999);
    expect([(await playlist(token, a)).status, (await playlist(token, b)).status]).toEqual([403, 200]);
  });
});
