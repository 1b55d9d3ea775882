import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { decodeRequest } from "../../domain/wire/decode-request.ts";
import type { PlaybackOwner } from "./playback-owners.ts";
import { routeEvents, type Whereabouts } from "./route-events.ts";

const environment = (id: number) => ({ environmentId: id as EnvironmentId, retentionDays: 30 });
const id = (begin: string) => begin.padEnd(44, "0");
const owner = (environmentId: number, title: string): PlaybackOwner => ({
  environment: environment(environmentId),
  asset: { assetId: `asset ${title}`, title },
});

const [OURS, FOREIGN, UNKNOWN, NOBODYS] = [id("ours"), id("foreign"), id("unknown"), id("nobodys")];
const OWNERS = new Map([
  [OURS, owner(1, "Tea")],
  [FOREIGN, owner(2, "Secret")],
]);

const url = (playbackId: string) => `https://stream.localhost:3443/${playbackId}.m3u8`;
const event = (fields: object, sequence = 1) => ({ e: "hb", xid: "view", xsqno: sequence, ...fields });

function route(events: readonly object[], more: Partial<Whereabouts> = {}, hostLabel: string | null = null) {
  const decoded = decodeRequest({ events });
  if (decoded.kind === "rejected") throw new Error(decoded.reason);
  const ownerOf = (playbackId: string) => (playbackId === UNKNOWN ? undefined : (OWNERS.get(playbackId) ?? null));
  const routed = routeEvents(decoded.events, hostLabel, {
    environmentOf: (key) => (key === "key1" ? environment(1) : null),
    ownerOf,
    assetOf: ownerOf,
    sourceOf: () => null,
    categoriesOf: () => undefined,
    ...more,
  });
  const views = routed.views.map((view) => ({
    environmentId: view.environment.environmentId,
    events: view.events.length,
    asset: view.asset,
  }));
  const rejected = [...routed.rejected.values()].map(({ reason, count }) => `${count} ${reason}`);
  return { ...routed, views, rejected };
}

describe("the environment of an event", () => {
  it("is that of its own key, then of the host, then of who owns the playback id", () => {
    const places = (fields: object, hostLabel: string | null) =>
      route([event(fields)], {}, hostLabel).views.map(({ environmentId }) => environmentId);
    expect(places({ ake: "key1", vid: FOREIGN }, null)).toEqual([1]);
    expect(places({ vid: FOREIGN }, "key1")).toEqual([1]);
    expect(places({ vid: FOREIGN }, "beacon")).toEqual([2]);
    expect(places({ vsour: url(FOREIGN) }, null)).toEqual([2]);
    expect(places({ vid: "my-own", vsour: url(FOREIGN) }, null)).toEqual([2]);
  });

  it("is unknown where a key is wrong, whatever it plays, and where nobody owns what it plays", () => {
    for (const fields of [{ ake: "wrong", vid: OURS }, { vid: NOBODYS }, { vid: "my-own" }, {}]) {
      const routed = route([event(fields)]);
      expect([routed.views, routed.rejected, routed.isBlocked]).toEqual([[], ["1 unknown_environment"], false]);
    }
  });

  it("has to be asked for where the owner is not known yet; other events do not hide that", () => {
    const routed = route([event({ vid: OURS }), event({ vid: UNKNOWN, xid: "other" })]);
    expect([routed.isBlocked, [...routed.unknownIds], routed.rejected]).toEqual([true, [UNKNOWN], []]);
    const named = route([event({ vid: OURS, vsour: url(UNKNOWN) })]);
    expect([named.isBlocked, [...named.unknownIds]]).toEqual([true, [UNKNOWN]]);
  });
});

describe("a view whose page gives video_id a value of its own", () => {
  const [full, heartbeat] = [{ vid: "my-own", vsour: url(OURS) }, { vid: "my-own" }];

  it("is placed by its full snapshot, wherever that stands in the request, and learned", () => {
    for (const events of [
      [event(full, 1), event(heartbeat, 2)],
      [event(heartbeat, 2), event(full, 3)],
    ]) {
      const routed = route(events);
      expect(routed.views).toMatchObject([{ environmentId: 1, events: 2 }]);
      expect(routed.learned).toEqual([{ viewId: "view", playbackId: OURS, environmentId: 1 }]);
    }
  });

  it("is placed by what was learned; the first word holds", () => {
    const sourceOf = (viewId: string) => (viewId === "view" ? OURS : null);
    expect(route([event(heartbeat)], { sourceOf }).views).toMatchObject([{ environmentId: 1 }]);
    expect(route([event({ ...heartbeat, xid: "other" })], { sourceOf }).rejected).toEqual(["1 unknown_environment"]);
    const moved = route([event({ vid: "my-own", vsour: url(FOREIGN) })], { sourceOf });
    expect([moved.views[0]?.environmentId, moved.learned]).toEqual([2, []]);
  });

  it("waits while what was learned is not read yet", () => {
    expect(route([event(heartbeat)], { sourceOf: () => undefined }).isBlocked).toBe(true);
    expect(route([event({ vid: OURS })], { sourceOf: () => undefined }).views).toMatchObject([{ environmentId: 1 }]);
  });

  it("is not learned where every event names its playback id, nor where a key places it", () => {
    expect(route([event({ vid: OURS, vsour: url(OURS) })]).learned).toEqual([]);
    expect(route([event({ ...full, ake: "key1" })]).learned).toEqual([]);
  });
});

describe("a request of many views", () => {
  it("is taken as to the first 100 views, by whatever places them; events of later ones are rejected", () => {
    const events = Array.from({ length: 300 }, (_, index) => event({ ake: "key1", xid: `view${index % 150}` }));
    const routed = route(events);
    expect(routed.views).toHaveLength(100);
    expect(routed.views.every(({ events: count }) => count === 2)).toBe(true);
    expect(routed.rejected).toEqual(["100 too_many_views"]);
    const keyless = route(events.map((one) => ({ ...one, ake: undefined, vsour: url(OURS) })));
    expect([keyless.views.length, keyless.learned.length, keyless.rejected]).toEqual([
      100,
      100,
      ["100 too_many_views"],
    ]);
  });

  it("makes no more records of few view ids in many environments", () => {
    const events = [OURS, FOREIGN].flatMap((vid) =>
      Array.from({ length: 60 }, (_, index) => event({ vid, xid: `view${index}` })),
    );
    const routed = route(events);
    expect([routed.views.length, routed.rejected]).toEqual([100, ["20 too_many_views"]]);
  });
});

describe("a view that names thousands of ids", () => {
  it("costs a few questions an event, not all of them for each", () => {
    let questions = 0;
    const ownerOf = () => {
      questions += 1;
      return null;
    };
    const events = Array.from({ length: 3_600 }, (_, index) => event({ vid: id(`nobodys${index}x`) }, index));
    const routed = route(events, { ownerOf });
    expect([routed.rejected, routed.isBlocked]).toEqual([["3600 unknown_environment"], false]);
    expect(questions).toBeLessThan(3 * events.length);
  });

  it("is placed by each event's own id still, and by the first ones where an event names none", () => {
    const named = Array.from({ length: 20 }, (_, index) => event({ vid: id(`nobodys${index}x`) }, index + 2));
    const routed = route([event({ vid: OURS }, 1), ...named, event({ vid: FOREIGN }, 30), event({}, 31)]);
    expect(routed.views).toMatchObject([
      { environmentId: 1, events: 22 },
      { environmentId: 2, events: 1 },
    ]);
  });
});

describe("the asset of a view", () => {
  it("is that of the last event that names one", () => {
    const routed = route([event({ ake: "key1", vid: OURS }, 3), event({ ake: "key1", vid: "vid-a" }, 4)]);
    expect(routed.views[0]?.asset).toEqual({ sequence: 3, assetId: "asset Tea", title: "Tea" });
    expect(route([event({ vid: OURS })]).views[0]?.asset?.title).toBe("Tea");
  });

  it("is not asked for where the player tells the title", () => {
    const routed = route([event({ ake: "key1", vid: UNKNOWN }, 1), event({ ake: "key1", vtt: "Mine" }, 2)]);
    expect([routed.views[0]?.asset, routed.unknownIds.size]).toEqual([null, 0]);
  });

  it("is told to nobody but its own environment", () => {
    const routed = route([event({ ake: "key1", vid: FOREIGN })]);
    expect(routed.views).toEqual([{ environmentId: 1, events: 1, asset: null }]);
  });

  it("that is not known yet blocks nothing", () => {
    const routed = route([event({ ake: "key1", vid: UNKNOWN })]);
    expect([routed.isBlocked, [...routed.unknownIds]]).toEqual([false, [UNKNOWN]]);
  });
});
