/**
 * Keys of everything that is stored for an asset. They name the environment's public id, the asset and the plan, never a
 * playback id, so that a playback id can go without a byte being moved. One environment's keys are a prefix of their own.
 */
export interface AssetRef {
  /** Public id of the environment, six characters. */
  environment: string;
  assetId: string;
}

export interface PlanRef extends AssetRef {
  planId: string;
}

/** What a new segment plan is cut from: 1 is what the customer sent, 2 what standardising made of it. */
export function sourceKey({ environment, assetId }: AssetRef, generation: number): string {
  return `${environment}/${assetId}/source/${generation}`;
}

/** While an input is fetched: what it has to be the same by, to go on after a break. */
export function fetchStateKey({ environment, assetId }: AssetRef): string {
  return `${environment}/${assetId}/source/fetch`;
}

/** Id of the draft that an input's bytes are gathered in. */
export function fetchDraftId(assetId: string): string {
  return `fetch-${assetId.replaceAll("/", "-")}`; // that of a sound track is a path
}

/** Prefix of everything that belongs to the asset. */
export function assetPrefix({ environment, assetId }: AssetRef): string {
  return `${environment}/${assetId}/`;
}

/** The plan itself, as JSON (`domain/media/plan.ts`). */
export function planKey({ environment, assetId, planId }: PlanRef): string {
  return `${environment}/${assetId}/${planId}/plan`;
}

export function initKey({ environment, assetId, planId }: PlanRef, rendition: string): string {
  return `${environment}/${assetId}/${planId}/${rendition}/init`;
}

/** @param segment index in the plan, from 0 */
export function segmentKey({ environment, assetId, planId }: PlanRef, rendition: string, segment: number): string {
  return `${environment}/${assetId}/${planId}/${rendition}/${segment}`;
}

/** A file of a whole rendition, such as `highest.mp4`. */
export function staticKey({ environment, assetId, planId }: PlanRef, name: string): string {
  return `${environment}/${assetId}/${planId}/static/${name}`;
}

/** The source as a file that plays while it arrives, where the source itself is none (`domain/asset/master.ts`). */
export function masterKey({ environment, assetId, masterId }: AssetRef & { masterId: string }): string {
  return `${environment}/${assetId}/master/${masterId}`;
}

/** What a customer's URL gave for an image that is burnt in; `input` is its place among the inputs. */
export function sentOverlayKey({ environment, assetId }: AssetRef, input: number): string {
  return `${environment}/${assetId}/overlays/sent/${input}`;
}

/** An image that a plan burns in, as PNG: `image` is the begin of its SHA-256, so that it never changes. */
export function overlayImageKey({ environment, assetId }: AssetRef, image: string): string {
  return `${environment}/${assetId}/overlays/${image}`;
}

export interface TrackRef extends AssetRef {
  trackId: string;
}

/** A text track: its captions as JSON (`domain/captions/captions.ts`), which never change. */
export function captionsKey({ environment, assetId, trackId }: TrackRef): string {
  return `${environment}/${assetId}/text/${trackId}/captions`;
}

/** What a customer's URL gave for a text track. */
export function sentTextKey({ environment, assetId, trackId }: TrackRef): string {
  return `${environment}/${assetId}/text/${trackId}/sent`;
}

/**
 * A sound that is added by URL is taken in as an asset is: its file and its plan have keys as an asset's, below those of the asset
 * that it belongs to. Its segments lie with those of the asset's plan.
 */
export function soundTrackRef({ environment, assetId, trackId }: TrackRef): AssetRef {
  return { environment, assetId: `${assetId}/sound/${trackId}` };
}

/** Prefix of a rendition's init segment and segments. */
export function renditionPrefix({ environment, assetId, planId }: PlanRef, rendition: string): string {
  return `${environment}/${assetId}/${planId}/${rendition}/`;
}
