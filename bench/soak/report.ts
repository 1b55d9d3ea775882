import { complaintsOfComparison, wrong } from "../kill/complaints.ts";
import type { SoakResult } from "./soak-run.ts";

/** What is wrong, in sentences; none when every promise is kept. */
export function complaintsOf(result: SoakResult): string[] {
  const { comparison, rows, outcomes, logged, pending, replay, counting, crashes } = result;
  const accounted = outcomes.folded + outcomes.repeated + outcomes.late + outcomes.rejected;
  const complaints = [
    ...complaintsOfComparison(comparison, rows),
    ...wrong(pending, "records are pending"),
    ...wrong(logged - outcomes.received, "events of the log were not received"),
    ...wrong(outcomes.received - accounted, "received events are unaccounted for"),
    ...replay.flatMap(({ table, different }) => wrong(different, `rows of ${table} differ after a replay`)),
    ...wrong(crashes.length, "times a program ended by itself"),
  ];
  const enough = result.simulated.events >= result.arguments.events;
  if (!enough) complaints.push(`only ${result.simulated.events} events were sent`);
  complaints.push(...missingDisturbances(result));
  if (counting.events === 0) complaints.push("a consumer that increments shows no error: the kills met nothing");
  return complaints;
}

function missingDisturbances({ arguments: given, disturbed }: SoakResult): string[] {
  const [kills, pauses] = [sumOf(disturbed.kills), sumOf(disturbed.pauses)];
  const wantedPauses = given.log === "kafka" ? given.pauses : 0;
  return [
    ...(kills >= given.kills ? [] : [`only ${kills} of ${given.kills} kills took place`]),
    ...(pauses >= wantedPauses ? [] : [`only ${pauses} of ${wantedPauses} pauses took place`]),
  ];
}

/** The figures, for people and for docs/results. */
export function reportOf(result: SoakResult): string {
  const { comparison, rows, simulated, outcomes, replay, counting, disturbed } = result;
  const { examples } = comparison;
  const details = [...examples, ...replay.flatMap((table) => table.examples), ...result.crashes];
  return [
    ...details.map((line) => `  ${line}`),
    lineOf("kills", disturbed.kills),
    ...(disturbed.pauses.size === 0 ? [] : [lineOf("pauses on top", disturbed.pauses)]),
    "",
    `| events sent | acknowledged | stored | lost | doubled | invented | views judged | view rows wrong | figures wrong |`,
    "|---|---|---|---|---|---|---|---|---|",
    `| ${simulated.events} | ${comparison.acknowledged} | ${comparison.stored} | ${comparison.lost} | ${comparison.doubled} | ${comparison.invented} | ${comparison.judged} of ${comparison.views} | ${comparison.viewRows} | ${comparison.figures} |`,
    "",
    `requests ${simulated.requests}, sent again ${simulated.failed}`,
    `in the log ${result.logged} = received ${outcomes.received} = folded ${outcomes.folded} + repeated ${outcomes.repeated} + late ${outcomes.late} + rejected ${outcomes.rejected}; pending ${result.pending}`,
    `folded ${rows.folded}, rows of these stored ${rows.stored}`,
    ...replay.map(
      (table) => `replay of ${table.table}: ${table.rows} rows, ${table.replayed} replayed, ${table.different} differ`,
    ),
    `a consumer that increments: ${counting.events} events too many or too few, in ${counting.views} of ${comparison.views} views`,
  ].join("\n");
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function lineOf(what: string, counts: ReadonlyMap<string, number>): string {
  return `${what} ${sumOf(counts)}: ${[...counts].map(([victim, count]) => `${victim} ${count}`).join(", ")}`;
}
