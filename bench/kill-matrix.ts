import { runKills, VICTIMS } from "./kill/kill-run.ts";

/** `node bench/kill-matrix.ts`: five kills of each process in one simulation, and the same with tables that must fail. */
const FULL = {
  viewers: 200,
  durationMs: 180_000,
  killsEach: 5,
  onProgress: (line: string) => console.log(`  ${line}`),
};

console.log("keyed tables:");
const keyed = await runKills(FULL);
console.log(keyed);
console.log("plain tables, which must show doubles:");
const plain = await runKills({ ...FULL, durationMs: 90_000, killsEach: 2, plainTables: true });
console.log(plain);

const missing = FULL.killsEach * VICTIMS.length - keyed.kills;
const complaints = [...keyed.complaints, ...(missing === 0 ? [] : [`${missing} kills did not take place`])];
const exact = complaints.length === 0;
const canSee = plain.doubled > 0 && plain.rows.stored > plain.rows.folded;
console.log(
  `\n| tables | kills | acknowledged | stored | folded | rows of these | lost | doubled | invented | views judged | view rows wrong | figures wrong |`,
);
console.log("|---|---|---|---|---|---|---|---|---|---|---|---|");
for (const [name, run] of Object.entries({ keyed, plain })) {
  console.log(
    `| ${name} | ${run.kills} | ${run.acknowledged} | ${run.stored} | ${run.rows.folded} | ${run.rows.stored} | ${run.lost} | ${run.doubled} | ${run.invented} | ${run.judged} of ${run.views} | ${run.viewRows} | ${run.figures} |`,
  );
}
for (const complaint of complaints) console.log(`✗ ${complaint}`);
if (!canSee) console.log("✗ plain tables show no doubles: the comparison cannot fail");
console.log(`\n${Number(exact) + Number(canSee)} passed, ${Number(!exact) + Number(!canSee)} failed`);
process.exitCode = exact && canSee ? 0 : 1;
