import { cutText } from "../../domain/cut-text.ts";
import type { RejectionReason } from "../../domain/messages/rejection-reasons.ts";
import type { ViewSource } from "../../domain/messages/view-source.ts";
import { type ErrorCategory, MAX_ERROR_CODE_LENGTH } from "../../domain/view/error-category.ts";
import type { NamedAsset } from "../../domain/view/named-asset.ts";
import type { PeekedEvent } from "../../domain/wire/decode-request.ts";
import { type EventPeek, isRecord, peekClaimedKey, peekErrorCode } from "../../domain/wire/peek-event.ts";
import { hasTitle, peekPlaybackIds } from "../../domain/wire/peek-playback-ids.ts";
import { MAX_VIEWS_PER_REQUEST } from "../../domain/wire/request-views.ts";
import type { EdgeEnvironment } from "./environments.ts";
import type { ErrorCategoryDirectory } from "./error-categories.ts";
import { type Ownership, PlacingByPlaybackId } from "./place-by-playback-id.ts";
import type { PlaybackOwner } from "./playback-owners.ts";
import { type Claim, claimOf, type Rejections, reject } from "./rejection.ts";

/** The events of one view in one request. */
export interface RoutedView {
  environment: EdgeEnvironment;
  viewId: string;
  events: unknown[];
  /** What may be a playback id in the last event that names any; null where none does. */
  named: { playbackIds: readonly string[]; sequence: number } | null;
  asset: NamedAsset | null;
  /** Of its errors, by sequence number; null where none has any. */
  errorCategories: Record<number, ErrorCategory> | null;
  /** Numbers of errors that were looked at, with a category or without. */
  errorNumbers: Set<number> | null;
}

export interface RoutedEvents {
  views: RoutedView[];
  rejected: Rejections;
  /** Events of the request; 1 where nobody could count them. Equal to those of `views` and `rejected` together. */
  received: number;
  /** Views placed by a playback id that their later events do not name. */
  learned: ViewSource[];
  /** Playback ids whose owners have to be asked for before this is all. */
  unknownIds: ReadonlySet<string>;
  /** Some events cannot be placed before that; without it only titles are missing. */
  isBlocked: boolean;
}

/** Where events belong, as far as it is known. */
export interface Whereabouts extends Ownership {
  /** Null for unknown and revoked keys. */
  environmentOf(envKey: string): EdgeEnvironment | null;
  /** As `ownerOf`, where no more than a title depends on it. */
  assetOf(playbackId: string): PlaybackOwner | null | undefined;
  categoriesOf: ErrorCategoryDirectory["of"];
}

/**
 * Sorts the events of a request by environment and view, keeping their order. An event's own key (`ake`) decides its
 * environment, else the collection host's first label (`KEY.beacons.example.com`) where it is a key, else who owns the
 * playback id that the view names. A key that nobody has is not mended by what else an event says.
 */
export function routeEvents(
  events: readonly PeekedEvent[],
  hostLabel: string | null,
  whereabouts: Whereabouts,
): RoutedEvents {
  const views = new Map<string, RoutedView>();
  const rejected: Rejections = new Map();
  const ofHost = hostLabel === null ? null : whereabouts.environmentOf(hostLabel);
  const placing = new PlacingByPlaybackId(events, whereabouts);
  for (const { raw, peek } of events) {
    if (typeof peek === "string") {
      reject(rejected, peek, claimOfEvent(raw, ofHost, whereabouts), raw);
      continue;
    }
    const byKey = peek.envKey === null ? ofHost : whereabouts.environmentOf(peek.envKey);
    const environment = byKey === null && peek.envKey === null ? placing.place(raw, peek.viewId) : byKey;
    if (environment === undefined) continue;
    if (environment === null) reject(rejected, "unknown_environment", claimOfEvent(raw, ofHost, whereabouts), raw);
    else {
      const view = viewOf(views, environment, peek.viewId);
      if (view === null) reject(rejected, "too_many_views", { environment, envKey: peek.envKey ?? "" }, raw);
      else addEvent(view, peek, raw, whereabouts);
    }
  }
  const { unknownIds, learned, isBlocked } = placing;
  for (const view of views.values()) if (view.named !== null) addAsset(view, view.named, whereabouts, unknownIds);
  return { views: [...views.values()], rejected, received: events.length, learned, unknownIds, isBlocked };
}

/** Whose an event is meant to be that is not taken; what it plays is looked at last and only where that is known already. */
function claimOfEvent(raw: unknown, ofHost: EdgeEnvironment | null, whereabouts: Whereabouts): Claim {
  const envKey = peekClaimedKey(raw);
  if (envKey !== "") return claimOf(envKey, whereabouts.environmentOf);
  if (ofHost !== null || !isRecord(raw)) return { environment: ofHost, envKey };
  for (const playbackId of peekPlaybackIds(raw)) {
    const owner = whereabouts.ownerOf(playbackId);
    if (owner) return { environment: owner.environment, envKey };
  }
  return { environment: null, envKey };
}

/** Null where it is one too many: the same id is another view in each environment. */
function viewOf(views: Map<string, RoutedView>, environment: EdgeEnvironment, viewId: string): RoutedView | null {
  const key = `${environment.environmentId}/${viewId}`;
  const known = views.get(key);
  if (known !== undefined) return known;
  if (views.size >= MAX_VIEWS_PER_REQUEST) return null;
  const nothing = { named: null, asset: null, errorCategories: null, errorNumbers: null };
  const view: RoutedView = { environment, viewId, events: [], ...nothing };
  views.set(key, view);
  return view;
}

function addEvent(view: RoutedView, peek: EventPeek, raw: unknown, whereabouts: Whereabouts): void {
  view.events.push(raw);
  const { sequence } = peek;
  const playbackIds = peekPlaybackIds(raw);
  if (playbackIds.length > 0 && sequence >= (view.named?.sequence ?? 0)) view.named = { playbackIds, sequence };
  if (peek.name === "error") addCategory(view, sequence, raw, whereabouts);
}

/** A code is compared as the view will show it. Of two errors with one number the first counts. */
function addCategory(view: RoutedView, sequence: number, raw: unknown, { categoriesOf }: Whereabouts): void {
  const categories = categoriesOf(view.environment.environmentId);
  if (categories === undefined || view.errorNumbers?.has(sequence)) return;
  view.errorNumbers ??= new Set();
  view.errorNumbers.add(sequence);
  const category = categories.get(cutText(peekErrorCode(raw), MAX_ERROR_CODE_LENGTH));
  if (category === undefined) return;
  view.errorCategories ??= {};
  view.errorCategories[sequence] = category;
}

/** Only the view's own environment learns what its asset is called. */
function addAsset(
  view: RoutedView,
  { playbackIds, sequence }: NonNullable<RoutedView["named"]>,
  { assetOf }: Whereabouts,
  unknownIds: Set<string>,
): void {
  if (view.events.some(hasTitle)) return;
  for (const playbackId of playbackIds) {
    const owner = assetOf(playbackId);
    if (owner === undefined) unknownIds.add(playbackId);
    if (owner === undefined || owner === null) continue;
    if (owner.environment.environmentId !== view.environment.environmentId) continue;
    view.asset = { sequence, ...owner.asset };
    return;
  }
}

/** Nothing of a request is taken. It counts as one event. */
export function refusal(reason: RejectionReason, claim: Claim): RoutedEvents {
  const rejected: Rejections = new Map();
  reject(rejected, reason, claim, undefined);
  return { views: [], rejected, received: 1, learned: [], unknownIds: new Set(), isBlocked: false };
}

/** `KEY` of `KEY.beacons.example.com`; null where the host is a plain name, an address or an unlikely key. */
export function hostEnvKey(host: string | undefined): string | null {
  const label = /^([a-z0-9]{1,64})\.[^.]+/i.exec(host ?? "")?.[1];
  if (label === undefined || /^\d+$/.test(label)) return null;
  return label.toLowerCase();
}
