import { z } from "zod";
import { askLabels } from "../../domain/metrics/ask/ask-labels.ts";
import type { Dimension } from "../../domain/metrics/dimensions.ts";
import type { Scope } from "../../domain/metrics/scope.ts";
import type { Analytics } from "./analytics.ts";

const LabelRow = z.object({ key: z.string(), label: z.string() });

/**
 * What the `field`s of an answer read as: themselves, or the names of keys. "" stays, and so do the digits of a key that has
 * no name any more.
 */
export async function namesOf(
  analytics: Analytics,
  scope: Scope,
  {
    dimension,
    keyed,
    fields,
    keepMs,
  }: { dimension: Dimension; keyed: boolean; fields: readonly string[]; keepMs: number },
): Promise<(field: string) => string> {
  if (!keyed || fields.every((field) => field === "")) return (field) => field;
  const rows = await analytics.ask(askLabels(scope, dimension, fields), LabelRow, { name: "labels", keepMs });
  const names = new Map(rows.map(({ key, label }) => [key, label]));
  return (field) => names.get(field) ?? field;
}
