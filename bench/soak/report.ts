import type { SoakResult } from "./soak-run.ts";

/** What is wrong, in sentences; none when every promise is kept. */
export function complaintsOf(result: SoakResult): string[] {
  const { comparison, outcomes, logged, pending, replay, counting, crashes } = result;
  const accounted = outcomes.folded + outcomes.repeated + outcomes.late + outcomes.rejected;
  const complaints = [
    ...wrong(comparison.lost, "acknowledged events are lost"),
    ...wrong(comparison.doubled, "events are stored twice"),
    ...wrong(comparison.invented, "events are stored that nobody sent"),
    ...wrong(comparison.viewRows, "views have no row, or more than one"),
    ...wrong(comparison.figures, "views have wrong figures"),
    ...wrong(pending, "records are pending"),
    ...wrong(logged - outcomes.received, "events of the log were not received"),
    ...wrong(outcomes.received - accounted, "received events are unaccounted for"),
    ...replay.flatMap(({ table, different }) => wrong(different, `rows of ${table} differ after a replay`)),
    ...wrong(crashes.length, "times a program ended by itself"),
  ];
  const enough = result.simulated.events >= result.arguments.events;
  if (!enough) complaints.push(`only ${result.simulated.events} events were sent`);
  if (counting.events === 0) complaints.push("a consumer that increments shows no error: the kills met nothing");
  return complaints;
}

const wrong = (count: number, what: string): string[] => (count === 0 ? [] : [`${count} ${what}`]);

/** The figures, for people and for docs/results. */
export function reportOf(result: SoakResult): string {
  const { comparison, simulated, outcomes, replay, counting, kills } = result;
  const { examples } = comparison;
  const details = [...examples, ...replay.flatMap((table) => table.examples), ...result.crashes];
  return [
    ...details.map((line) => `  ${line}`),
    `| kills | events sent | acknowledged | stored | lost | doubled | invented | view rows wrong | figures wrong |`,
    "|---|---|---|---|---|---|---|---|---|",
    `| ${kills} | ${simulated.events} | ${comparison.acknowledged} | ${comparison.stored} | ${comparison.lost} | ${comparison.doubled} | ${comparison.invented} | ${comparison.viewRows} | ${comparison.figures} |`,
    "",
    `requests ${simulated.requests}, sent again ${simulated.failed}`,
    `in the log ${result.logged} = received ${outcomes.received} = folded ${outcomes.folded} + repeated ${outcomes.repeated} + late ${outcomes.late} + rejected ${outcomes.rejected}; pending ${result.pending}`,
    ...replay.map(
      ({ table, rows, replayed, different }) =>
        `replay of ${table}: ${rows} rows, ${replayed} replayed, ${different} differ`,
    ),
    `a consumer that increments: ${counting.events} events too many or too few, in ${counting.views} of ${comparison.views} views`,
  ].join("\n");
}
