/** Topics of the contract test. Apart from it, for child processes, in which its tools do not run. */
export const CONTRACT_TOPICS = {
  events: { partitions: 4, compacted: false },
  states: { partitions: 2, compacted: true },
} as const;
