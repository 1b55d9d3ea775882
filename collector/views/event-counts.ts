/**
 * What became of every event that one partition of topic `beacons` held so far. Part of the fold's state, kept with the
 * checkpoint: so each event is counted once, whatever is read again, and
 * received = folded + repeated + late + rejected + skipped holds at any moment.
 */
export interface EventCounts {
  /** As the records tell; a repeat is received again. */
  received: number;
  /** Told their view something new. */
  folded: number;
  /** Their view had them already. */
  repeated: number;
  /** Came when their view was final. */
  late: number;
  /** Could not be read as events, or their environment had no room for one more view. */
  rejected: number;
  /** Of views that began before a log that was cut: their rows stay as they are stored (`PartitionFold.cutAtMs`). */
  skipped: number;
}

const [received, folded, repeated, late, rejected, skipped] = [0, 0, 0, 0, 0, 0];
export const NO_EVENTS: Readonly<EventCounts> = { received, folded, repeated, late, rejected, skipped };

export function addCounts(a: EventCounts, b: EventCounts): EventCounts {
  return {
    received: a.received + b.received,
    folded: a.folded + b.folded,
    repeated: a.repeated + b.repeated,
    late: a.late + b.late,
    rejected: a.rejected + b.rejected,
    skipped: a.skipped + b.skipped,
  };
}

/** Events of which nobody knows what became of them; 0 unless the fold is wrong. */
export function unaccounted({ received, folded, repeated, late, rejected, skipped }: EventCounts): number {
  return received - folded - repeated - late - rejected - skipped;
}
