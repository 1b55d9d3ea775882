import type { Judged } from "./judge-source.ts";
import { FAMILIES } from "./source.ts";

/** A line on one file as soon as it is judged. */
export function lineOf(judged: Judged): string {
  const { name, family, status, renditions, pictures, losses, offsetsMs, complaints, seconds } = judged;
  const mark = complaints.length === 0 ? "✓" : "✗";
  const figures = [
    ...(status === "ready" ? [`${renditions} renditions`, `${pictures} pictures`] : []),
    ...(losses.length === 0
      ? []
      : [
          `SSIM ${worst(
            losses.map(({ whole }) => whole),
            4,
          )} worse`,
        ]),
    ...(losses.length === 0
      ? []
      : [
          `at joins ${worst(
            losses.map(({ atJoins }) => atJoins),
            4,
          )}`,
        ]),
    ...(losses.length === 0
      ? []
      : [
          `at one ${worst(
            losses.map(({ worstJoin }) => worstJoin),
            4,
          )}`,
        ]),
    ...(offsetsMs.length === 0 ? [] : [`sound ${offsetsMs.map((offset) => offset.toFixed(1)).join(" ")} ms`]),
  ];
  const line = `${mark} ${family}: ${name}: ${[status, ...figures].join(", ")} (${seconds.toFixed(1)} s)`;
  return [line, ...complaints.map((complaint) => `    ${complaint}`)].join("\n");
}

const HEADINGS = [
  "",
  "files",
  "ready",
  "errored",
  "renditions",
  "pictures",
  "told",
  "SSIM",
  "joins",
  "a join",
  "sound",
  "wrong",
];

/**
 * A table by family: of pictures those at which a neighbour would have been seen; what is worst in structural similarity below one
 * continuous encode, around joins and at one; the furthest that sound is off, in ms.
 */
export function tableOf(all: readonly Judged[]): string[] {
  const families = FAMILIES.filter((family) => all.some((one) => one.family === family));
  const rows = families.map((family) =>
    rowOf(
      family,
      all.filter((one) => one.family === family),
    ),
  );
  const table = [HEADINGS, ...rows, rowOf("all", all)];
  const widths = HEADINGS.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  "),
  );
}

function rowOf(name: string, judged: readonly Judged[]): string[] {
  const sum = (value: (one: Judged) => number): string => String(judged.reduce((total, one) => total + value(one), 0));
  const losses = judged.flatMap((one) => one.losses);
  return [
    name,
    String(judged.length),
    sum(({ status }) => (status === "ready" ? 1 : 0)),
    sum(({ status }) => (status === "errored" ? 1 : 0)),
    sum(({ renditions }) => renditions),
    sum(({ pictures }) => pictures),
    sum(({ told }) => told),
    worst(
      losses.map(({ whole }) => whole),
      4,
    ),
    worst(
      losses.map(({ atJoins }) => atJoins),
      4,
    ),
    worst(
      losses.map(({ worstJoin }) => worstJoin),
      4,
    ),
    worst(
      judged.flatMap(({ offsetsMs }) => offsetsMs.map(Math.abs)),
      1,
    ),
    sum(({ complaints }) => (complaints.length > 0 ? 1 : 0)),
  ];
}

function worst(values: readonly number[], digits: number): string {
  return values.length === 0 ? "–" : Math.max(...values).toFixed(digits);
}
