/** Answers to the bodies of `BODY_EXAMPLES` whose form follows from what was asked: the reference page shows them. */
export const ANSWER_EXAMPLES: Readonly<Record<string, object>> = {
  "POST /data/v1/query": {
    data: [
      {
        time: null,
        group: { country: "DE" },
        metrics: [
          { metric: "views", measurement: "count", value: 1_204, views: 1_204 },
          { metric: "video_startup_time", measurement: "95th", value: 1_830, views: 1_197 },
        ],
      },
      {
        time: null,
        group: { country: null },
        metrics: [
          { metric: "views", measurement: "count", value: 3, views: 3 },
          { metric: "video_startup_time", measurement: "95th", value: null, views: 0 },
        ],
      },
    ],
    total_row_count: 2,
    next_cursor: null,
    timeframe: [1_795_000_000, 1_795_604_800],
  },
  "POST /data/v1/sql": {
    data: {
      columns: [
        { name: "country", type: "LowCardinality(String)" },
        { name: "views", type: "UInt64" },
      ],
      row_count: 2,
      truncated: false,
      elapsed_ms: 41,
      rows: [
        ["US", 5_310],
        ["DE", 1_204],
      ],
    },
  },
};
