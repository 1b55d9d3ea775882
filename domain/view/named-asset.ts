import type { ViewState } from "./view-state.ts";

/** The asset behind the playback id that events of one request named, as it was when they came. */
export interface NamedAsset {
  /** Highest sequence number of the events that named it. */
  sequence: number;
  assetId: string;
  /** "" when it has none. */
  title: string;
  /** What the asset's owner calls it and its maker; absent where nobody said, as in records of earlier releases. */
  externalId?: string;
  creatorId?: string;
}

/** A record's asset with the arrival of the record, log time. */
export type KnownAsset = NamedAsset & { atMs: number };

/**
 * Folds what is known of the asset into its view, in place; false when it says nothing new. It belongs to its highest
 * sequence number like a field, but counts also when the events came before: a title that could not be looked up at first
 * is told by a repeat. Among equals the newest wins, then any fixed one, so that no order shows.
 */
export function foldAsset(view: ViewState, named: NamedAsset, atMs: number): boolean {
  const { sequence, assetId, title, externalId, creatorId } = named;
  const asset: KnownAsset = { sequence, assetId, title, atMs };
  if (externalId !== undefined) asset.externalId = externalId;
  if (creatorId !== undefined) asset.creatorId = creatorId;
  const known = view.asset;
  if (known !== null && compare(asset, known) <= 0) return false;
  view.asset = asset;
  return known === null || compareNames(asset, known) !== 0;
}

function compare(a: KnownAsset, b: KnownAsset): number {
  return a.sequence - b.sequence || a.atMs - b.atMs || compareNames(a, b);
}

function compareNames(a: NamedAsset, b: NamedAsset): number {
  return (
    compareTexts(a.assetId, b.assetId) ||
    compareTexts(a.title, b.title) ||
    compareTexts(a.externalId ?? "", b.externalId ?? "") ||
    compareTexts(a.creatorId ?? "", b.creatorId ?? "")
  );
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
