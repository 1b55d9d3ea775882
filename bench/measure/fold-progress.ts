export const EVENT_OUTCOMES = ["received", "folded", "repeated", "late", "rejected"] as const;

export interface FoldProgress {
  outcomes: Record<(typeof EVENT_OUTCOMES)[number], number>;
  /** Not yet read, as the log counts. */
  pending: number;
}

/** What the views programs say together, each for its own partitions. */
export async function readProgress(internalPorts: readonly number[]): Promise<FoldProgress> {
  const texts = await Promise.all(
    internalPorts.map((port) => fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text())),
  );
  const sum = (name: string, label: string): number =>
    texts.reduce((total, text) => total + labelled(text, name, label), 0);
  const outcomes = Object.fromEntries(
    EVENT_OUTCOMES.map((outcome) => [outcome, sum("playhead_views_events", `outcome="${outcome}"`)]),
  ) as FoldProgress["outcomes"]; // each of them was asked for
  return { outcomes, pending: sum("playhead_views_pending", "") };
}

function labelled(text: string, name: string, label: string): number {
  const line = text.split("\n").find((one) => new RegExp(`^${name}[{ ]`).test(one) && one.includes(label));
  return Number(line?.slice(line.lastIndexOf(" ") + 1) ?? 0);
}
