import { addressIn, COUNTRIES, type Country } from "./countries.ts";
import { DEVICES, type Device, type PlayerKind } from "./devices.ts";
import type { Random } from "./random.ts";

/** Who watches, on what and from where; stays the same over all their views. */
export interface Person {
  country: Country;
  address: string;
  device: Device;
  playerKind: PlayerKind;
  /** Their clock minus true time. */
  clockSkewMs: number;
  /** `mux_viewer_id`, kept in a cookie. */
  viewerId: string;
  /** `viewer_user_id`: only people who signed in have one. */
  userId: string | null;
  sampleNumber: number;
  /** Share of viewers whom the page tracks. */
  sampleRate: number;
  /** False: the page sets none, so that viewer and session stay unknown (data-wire.md §2.7). */
  cookies: boolean;
  sessionId: string;
  sessionStartMs: number;
}

/** @param nowMs true time, Unix milliseconds */
export function choosePerson(random: Random, nowMs: number): Person {
  const country = random.weighted(COUNTRIES);
  const device = random.weighted(DEVICES);
  const clockSkewMs = chooseSkew(random);
  return {
    country,
    address: addressIn(country, random),
    device,
    playerKind: random.pick(device.players),
    clockSkewMs,
    viewerId: createSdkId(random, nowMs + clockSkewMs),
    userId: random.chance(0.4) ? `user-${random.integer(1, 100_000)}` : null,
    sampleNumber: random.unit(),
    sampleRate: 1,
    cookies: true,
    sessionId: createSdkId(random, nowMs + clockSkewMs),
    sessionStartMs: nowMs + clockSkewMs,
  };
}

/** Most clocks are set by the network; some are minutes off, a few are in the wrong time zone. */
function chooseSkew(random: Random): number {
  if (random.chance(0.01)) return random.integer(1, 12) * (random.chance(0.5) ? 3_600_000 : -3_600_000);
  return Math.round(random.chance(0.06) ? random.between(-300_000, 300_000) : random.between(-1_500, 1_500));
}

/** The SDK's form: version 4 layout, the last eight digits from the client's clock (data-wire.md §2.7). */
export function createSdkId(random: Random, clientNowMs: number): string {
  const clock = (Math.floor(clientNowMs) % 4_294_967_296).toString(16).padStart(8, "0").slice(-8);
  return [
    random.hex(8),
    random.hex(4),
    `4${random.hex(3)}`,
    `${random.pick([..."89ab"])}${random.hex(3)}`,
    random.hex(4) + clock,
  ].join("-");
}
